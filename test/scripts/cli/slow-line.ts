import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A line to a service that carries so many bytes to it, and then no more, as one that was pulled out. */
export async function createSlowLine(target: string, mostBytes: number) {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let left = mostBytes;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    near.on('data', (bytes) => {
      if (left > 0) far.write(bytes.subarray(0, left));
      left -= Math.min(left, bytes.length);
    });
    far.on('data', (bytes) => near.write(bytes));
    near.on('end', () => far.end());
    far.on('end', () => near.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    isFull: () => left === 0,
    /** Cuts what is connected, and connects nobody any more. */
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
