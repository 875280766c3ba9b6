import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';

/** Where the service listens cannot be had; the message is one line for the person at the keyboard. */
export class ListenError extends Error {
  override name = 'ListenError';
}

export interface Address {
  host: string;
  port: number;
  /** Where `node:cluster` runs several of this process, they all listen here, and take connections as they have time. */
  isShared?: boolean;
}

/** Where a browser on this machine reaches what listens there, without "/" at its end. */
export function serviceUrl({ host, port }: Address): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

export interface Listener {
  /** Lets answers under way end, but not for longer than `PATIENCE_MS`. */
  close(): Promise<void>;
}

const PATIENCE_MS = 10_000;
const HEADERS_TIMEOUT_MS = 30_000;
/** Of a body too, whose pace is `http/body-pace.ts`'s business: a file of a million rows takes minutes. */
const REQUEST_TIMEOUT_MS = 3_600_000;

/** @throws ListenError */
export async function listen(handler: RequestListener, address: Address): Promise<Listener> {
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS }, handler);
  await bind(server, address);
  return { close: () => closeServer(server) };
}

/** The port itself, or for 0 one that is free: QR codes carry the address, so it must be known before the first is made. */
export async function choosePort({ host, port }: Address): Promise<number> {
  if (port !== 0) return port;
  const probe = createSocketServer();
  await bind(probe, { host, port });
  const chosen = (probe.address() as AddressInfo).port;
  await new Promise((resolve) => probe.close(resolve));
  return chosen;
}

function bind(server: ReturnType<typeof createSocketServer>, { host, port, isShared = false }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(explain(error, { host, port }), { cause: error })),
    );
    server.listen({ host, port, exclusive: !isShared }, resolve);
  });
}

function explain({ code, message }: NodeJS.ErrnoException, { host, port }: Address): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is taken by another program: stop it, or set PORT to another port`;
    case 'EACCES':
      return `port ${port} needs rights that this user does not have: set PORT to one above 1023`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no address "${host}": set HOST to one that it has, or to 127.0.0.1`;
    default:
      return `cannot listen on ${host}:${port}: ${message}`;
  }
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
  await closed;
  clearTimeout(timer);
}
