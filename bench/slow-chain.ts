import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Transaction } from 'ethers';

interface Asked {
  method: string;
  params: unknown[];
  id: unknown;
}

/**
 * Before a node that makes a block for each transaction at once: a chain that makes one every `blockMs`. Until then it keeps transactions,
 * as other nodes do in their pool.
 */
export async function startSlowChain(url: string, blockMs: number): Promise<{ url: string; close(): Promise<void> }> {
  const pool = new Map<string, string>();
  const post = async (body: string) =>
    (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text();
  const server = createServer(async (request, response) => {
    const body = await text(request);
    response.setHeader('content-type', 'application/json');
    response.end(keep(pool, body) ?? (await post(body)));
  });
  await listen(server);
  const stopping = new AbortController();
  const mining = mineEach(blockMs, stopping.signal, async () => {
    for (const [hash, body] of pool) {
      await post(body);
      pool.delete(hash);
    }
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      stopping.abort();
      await mining;
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The answer to a transaction that is kept; null for any other question. */
function keep(pool: Map<string, string>, body: string): string | null {
  const { method, params, id } = JSON.parse(body) as Asked;
  if (method !== 'eth_sendRawTransaction') return null;
  const { hash } = Transaction.from(params[0] as string);
  pool.set(hash as string, body);
  return JSON.stringify({ jsonrpc: '2.0', id, result: hash });
}

async function mineEach(blockMs: number, signal: AbortSignal, mine: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await sleep(blockMs, undefined, { signal }).catch(() => undefined);
    await mine();
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
