import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A department's webhook receiver, which keeps what it was told. */
export interface Receiver {
  url: string;
  events: readonly { id: string; type: string; data: Record<string, string> }[];
  /** While it is dead, every connection is cut. */
  setDead(isDead: boolean): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const events: Receiver['events'][number][] = [];
  let isDead = false;
  const server = createServer(async (request, response) => {
    if (isDead) return void request.socket.destroy();
    let body = '';
    for await (const chunk of request) body += chunk;
    events.push(JSON.parse(body));
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    events,
    setDead(dead) {
      isDead = dead;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
