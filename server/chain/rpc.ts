import type { Post } from '../../proof/nodes.ts';
import { AppError } from '../app-error.ts';

/** What a node answers instead of a result: it understood the request and refuses it. */
export class RpcError extends Error {
  readonly code: number;
  /** What a contract reverted with, 0x hex, where the node tells. */
  readonly data: string | null;

  constructor(error: { code?: number; message?: string; data?: unknown }) {
    super(error.message ?? 'the node refused the request');
    this.name = 'RpcError';
    this.code = error.code ?? 0;
    this.data = findRevertData(error.data);
  }
}

// Besu and Geth give the hex itself, Hardhat an object around it.
function findRevertData(data: unknown): string | null {
  if (typeof data === 'string') return data.startsWith('0x') ? data : null;
  return typeof data === 'object' && data !== null ? findRevertData((data as { data?: unknown }).data) : null;
}

export interface Rpc {
  /** @throws RpcError, AppError CHAIN_UNREACHABLE */
  call<T>(method: string, params: readonly unknown[]): Promise<T>;
}

const TIMEOUT_MS = 10_000;
const MOST_ANSWER_CHARACTERS = 16_777_216;

/** EIP-1474's "method not found" and "method not supported": a node that only reads says so of a transaction. */
const NOT_DONE_HERE = [-32_601, -32_004];

/** Asks the first node that answers. A refusal is an answer: another node would refuse too, unless this one does not do such a thing. */
export function createRpc(urls: readonly string[], post: Post = postWithFetch): Rpc {
  let first = 0;
  return {
    async call<T>(method: string, params: readonly unknown[]): Promise<T> {
      const faults: unknown[] = [];
      for (let i = 0; i < urls.length; i++) {
        const at = (first + i) % urls.length;
        try {
          const answer = await ask(urls[at] as string, { method, params }, post);
          first = at;
          return answer as T;
        } catch (error) {
          if (error instanceof RpcError && !NOT_DONE_HERE.includes(error.code)) throw error;
          faults.push(error);
        }
      }
      if (faults.every((fault) => fault instanceof RpcError)) throw faults[0];
      throw new AppError('CHAIN_UNREACHABLE', 'no node of the chain answers', { cause: faults[0] });
    },
  };
}

async function ask(url: string, request: { method: string; params: readonly unknown[] }, post: Post): Promise<unknown> {
  const text = await post(url, JSON.stringify({ jsonrpc: '2.0', id: 1, ...request }));
  const answer = JSON.parse(text) as { result?: unknown; error?: ConstructorParameters<typeof RpcError>[0] };
  if (answer.error) throw new RpcError(answer.error);
  if (!('result' in answer)) throw new Error(`"${url}" gave no result for ${request.method}`);
  return answer.result;
}

export const postWithFetch: Post = async (url, body) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (text.length > MOST_ANSWER_CHARACTERS) throw new Error(`"${url}" answered ${text.length} characters`);
  // nodes answer a refused request with a status of their own and the reason as JSON
  if (!response.ok && !text.trimStart().startsWith('{')) throw new Error(`"${url}" answered ${response.status}`);
  return text;
};
