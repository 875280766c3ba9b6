import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { AddressRefused, checkedAddressOf, type Resolve } from './address.ts';

export interface Outcome {
  /** Null where nobody answered. */
  status: number | null;
  /** For people: why it is no success; null where it is one. Never repeats what the receiver said. */
  failure: string | null;
}

export interface SendOptions {
  resolve: Resolve;
  allowPrivate: boolean;
  timeoutMs: number;
}

export interface Message {
  url: string;
  body: string;
  headers: Readonly<Record<string, string>>;
}

/** One POST, bounded in time; a redirection is not followed, and of the answer only the status is looked at. Never throws. */
export async function send({ url, body, headers }: Message, options: SendOptions): Promise<Outcome> {
  try {
    const status = await post(new URL(url), { url, body, headers }, options);
    return { status, failure: status >= 200 && status < 300 ? null : `it answered ${status}` };
  } catch (error) {
    return { status: null, failure: reasonOf(error) };
  }
}

async function post(url: URL, { body, headers }: Message, options: SendOptions): Promise<number> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  const checked = await within(signal, checkedAddressOf(url.hostname, options));
  return new Promise((resolve, reject) => {
    const start = url.protocol === 'https:' ? requestHttps : requestHttp;
    const request: ClientRequest = start(url, {
      method: 'POST',
      agent: false,
      signal,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      // what was checked is what is connected to; the certificate is still checked against the name
      lookup: (_host, { all }, done) => {
        if (all) done(null, [checked]);
        else done(null, checked.address, checked.family);
      },
    });
    request.once('error', reject);
    request.once('response', (response: IncomingMessage) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    // an answer that would change the protocol (101) ends it with neither answer nor error, and nobody may wait for ever
    request.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
    request.end(body);
  });
}

/** Looking up a name cannot be stopped, but nobody waits for it any longer. */
function within<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const over = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([promise, over]);
}

function reasonOf(error: unknown): string {
  if (error instanceof AddressRefused) return error.message;
  const { name, code } = error as NodeJS.ErrnoException;
  if (name === 'TimeoutError' || name === 'AbortError') return 'it did not answer in time';
  return `it cannot be reached (${code ?? name})`;
}
