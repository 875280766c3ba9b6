import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Post } from '../../proof/nodes.ts';

const TIMEOUT_MS = 5_000;
const MOST_ANSWER_BYTES = 4 * 1024 * 1024;

/** One JSON-RPC request over HTTP or HTTPS, bounded in time and in size. It follows no redirection: a node is asked where the trust has it. */
export function createPost(timeoutMs = TIMEOUT_MS): Post {
  return async (url, body) => {
    try {
      const response = await send(new URL(url), body, AbortSignal.timeout(timeoutMs));
      if (response.statusCode !== 200) {
        response.destroy();
        throw new Error(`answered ${response.statusCode}`);
      }
      return await readBounded(response);
    } catch (error) {
      throw new Error(`${url}: ${causeOf(error)}`);
    }
  };
}

// the bare module takes half the time of fetch, of which a verification on a near node is made
function send(url: URL, body: string, signal: AbortSignal): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((done, fail) => {
    request(url, { method: 'POST', headers, signal }, done).on('error', fail).end(body);
  });
}

async function readBounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MOST_ANSWER_BYTES) throw new Error('answered more than it may');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function causeOf(error: unknown): string {
  const { cause, code, message } = error as Error & { code?: string };
  if (cause instanceof Error) return cause.message;
  return message || String(code);
}
