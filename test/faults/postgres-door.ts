import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A door before a PostgreSQL server, which can let a COMMIT through and not its answer. */
export interface PostgresDoor {
  url: string;
  /** The next so many transactions are committed, and their connections are cut before anybody hears of it. */
  swallowCommits(count: number): void;
  /** How many of those are still to come. */
  left(): number;
  close(): Promise<void>;
}

/** As the driver sends it: a simple query. */
const COMMIT = Buffer.from('commit\0');

export async function openPostgresDoor(databaseUrl: string): Promise<PostgresDoor> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let toSwallow = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let isSwallowing = false;
    client.on('data', (chunk) => {
      if (toSwallow > 0 && chunk.includes(COMMIT)) {
        toSwallow--;
        isSwallowing = true;
      }
      upstream.write(chunk);
    });
    // that it answers says that it has committed
    upstream.on('data', (chunk) => (isSwallowing ? client.destroy() : client.write(chunk)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    swallowCommits(count) {
      toSwallow = count;
    },
    left: () => toSwallow,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
