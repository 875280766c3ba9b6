import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A department's webhook receiver, which keeps what it was told. */
export interface Receiver {
  url: string;
  events: readonly { id: string; type: string; data: Record<string, string> }[];
  /** Whether it works; else it cuts every connection, answers nothing, or answers with an error. */
  setMood(mood: Mood): void;
  close(): Promise<void>;
}

export type Mood = 'well' | 'dead' | 'silent' | 'failing';

export async function startReceiver(): Promise<Receiver> {
  const events: Receiver['events'][number][] = [];
  let mood: Mood = 'well';
  const server = createServer(async (request, response) => {
    if (mood === 'dead') return void request.socket.destroy();
    if (mood === 'silent') return;
    if (mood === 'failing') return void response.writeHead(500).end();
    let body = '';
    for await (const chunk of request) body += chunk;
    events.push(JSON.parse(body));
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    events,
    setMood(next) {
      mood = next;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
