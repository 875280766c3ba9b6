import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import hre from 'hardhat';

export interface ChainNode {
  url: string;
  /** While it is down, every connection is cut. */
  setDown(isDown: boolean): void;
  /** The next transactions are mined, and their sender never hears of it: its connection is cut, or nothing comes. */
  swallowAnswers(count: number, how?: 'cut' | 'silent'): void;
  /** How many requests had no answer up to now. */
  unanswered(): number;
  /** What it answers in place of the truth, until other lies or none are given. */
  setLies(lies: Lies): void;
  request<T>(method: string, params?: readonly unknown[]): Promise<T>;
  close(): Promise<void>;
}

/** By method: asks for the truth where it wants to, and tells something; what it throws is an error of the node. */
export type Lies = Readonly<Record<string, (ask: () => Promise<unknown>) => Promise<unknown>>>;

interface Body {
  id: number;
  method: string;
  params: unknown[];
}

/** A real Hardhat chain behind a door that tests can shut. */
export async function startChainNode(): Promise<ChainNode> {
  const { provider } = await hre.network.create();
  const state = { isDown: false, toSwallow: 0, isSilent: false, unanswered: 0, lies: {} as Lies };
  const answer = async ({ id, method, params }: Body) => {
    try {
      const ask = () => provider.request({ method, params });
      return { jsonrpc: '2.0', id, result: await (state.lies[method]?.(ask) ?? ask()) };
    } catch (error) {
      const { code, message, data } = error as { code?: number; message: string; data?: unknown };
      return { jsonrpc: '2.0', id, error: { code: code ?? -32000, message, data } };
    }
  };
  const leaveUnanswered = (request: IncomingMessage, isSilent = false) => {
    state.unanswered++;
    if (!isSilent) request.socket.destroy();
  };
  const isSwallowed = (body: Body | Body[]) => {
    if (Array.isArray(body) || body.method !== 'eth_sendRawTransaction' || state.toSwallow === 0) return false;
    state.toSwallow--;
    return true;
  };
  const server = createServer((request, response) => {
    if (state.isDown) return leaveUnanswered(request);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Body | Body[];
      const result = Array.isArray(body) ? await Promise.all(body.map(answer)) : await answer(body);
      if (isSwallowed(body)) return leaveUnanswered(request, state.isSilent);
      response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
    });
  });
  await listen(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    setDown(isDown) {
      state.isDown = isDown;
    },
    swallowAnswers(count, how = 'cut') {
      Object.assign(state, { toSwallow: count, isSilent: how === 'silent' });
    },
    unanswered: () => state.unanswered,
    setLies(lies) {
      state.lies = lies;
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
