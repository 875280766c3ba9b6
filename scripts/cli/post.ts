import type { Post } from '../../proof/nodes.ts';

const TIMEOUT_MS = 5_000;
const MOST_ANSWER_BYTES = 4 * 1024 * 1024;

/** One JSON-RPC request over HTTP, bounded in time and in size. */
export function createPost(timeoutMs = TIMEOUT_MS): Post {
  return async (url, body) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (!response.ok) throw new Error(`answered ${response.status}`);
      return await readBounded(response);
    } catch (error) {
      throw new Error(`${url}: ${causeOf(error)}`);
    }
  };
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > MOST_ANSWER_BYTES) throw new Error('answered more than it may');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function causeOf(error: unknown): string {
  const cause = (error as Error).cause;
  return cause instanceof Error ? cause.message : (error as Error).message;
}
