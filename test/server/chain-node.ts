import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import hre from 'hardhat';

export interface ChainNode {
  url: string;
  /** While it is down, every connection is cut. */
  setDown(isDown: boolean): void;
  /** The next transactions are mined, and their sender never hears of it. */
  swallowAnswers(count: number): void;
  request<T>(method: string, params?: readonly unknown[]): Promise<T>;
  close(): Promise<void>;
}

interface Body {
  id: number;
  method: string;
  params: unknown[];
}

/** A real Hardhat chain behind a door that tests can shut. */
export async function startChainNode(): Promise<ChainNode> {
  const { provider } = await hre.network.create();
  const state = { isDown: false, swallowed: 0 };
  const answer = async ({ id, method, params }: Body) => {
    try {
      return { jsonrpc: '2.0', id, result: await provider.request({ method, params }) };
    } catch (error) {
      const { code, message, data } = error as { code?: number; message: string; data?: unknown };
      return { jsonrpc: '2.0', id, error: { code: code ?? -32000, message, data } };
    }
  };
  const server = createServer((request, response) => {
    if (state.isDown) return void request.socket.destroy();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Body | Body[];
      const result = Array.isArray(body) ? await Promise.all(body.map(answer)) : await answer(body);
      const isSwallowed = !Array.isArray(body) && body.method === 'eth_sendRawTransaction' && state.swallowed-- > 0;
      if (isSwallowed) return void request.socket.destroy();
      response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
    });
  });
  await listen(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    setDown(isDown) {
      state.isDown = isDown;
    },
    swallowAnswers(count) {
      state.swallowed = count;
    },
    request: async <T>(method: string, params: readonly unknown[] = []) =>
      (await provider.request({ method, params: [...params] })) as T,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
