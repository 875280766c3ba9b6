import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hasCode, LocalError, reasonOf } from './local-error.ts';

/** Answers one call: the result, or an exception whose `code` and `data` go to the caller. */
export type Answer = (method: string, params: unknown[]) => Promise<unknown>;

export interface RpcServer {
  port: number;
  close(): Promise<void>;
}

export class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const INVALID_PARAMS = -32602;
export const METHOD_NOT_FOUND = -32601;
export const NOT_SUPPORTED = -32004;
export const REFUSED = -32000;
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const INTERNAL_ERROR = -32603;

const BODY_LIMIT_BYTES = 2 * 1024 * 1024;
const BATCH_LIMIT = 500;

/** Serves JSON-RPC over HTTP on this machine, to pages of any origin; on the preferred port, or on another one where that is taken. */
export async function serveRpc(preferredPort: number, answer: Answer): Promise<RpcServer> {
  const server = createServer((request, response) => void handle(request, response, answer));
  await listen(server, preferredPort).catch((error) => {
    if (!hasCode(error, 'EADDRINUSE', 'EACCES'))
      throw new LocalError(`the chain cannot listen on 127.0.0.1 (${reasonOf(error)})`);
    return listen(server, 0);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => closeServer(server),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 1_000).unref();
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  response.setHeader('Access-Control-Allow-Origin', '*');
  if (request.method === 'OPTIONS') return preflight(response);
  if (request.method !== 'POST')
    return send(response, 405, failure(null, new RpcError(INVALID_REQUEST, 'JSON-RPC comes by POST')));
  const body = await readBody(request).catch(() => '');
  if (body === undefined) {
    response.setHeader('Connection', 'close');
    return send(
      response,
      413,
      failure(null, new RpcError(INVALID_REQUEST, `a body has at most ${BODY_LIMIT_BYTES} bytes`)),
    );
  }
  send(response, 200, await respond(body, answer));
}

function preflight(response: ServerResponse): void {
  response.writeHead(204, {
    'Access-Control-Allow-Methods': 'POST, OPTIONS',
    'Access-Control-Allow-Headers': 'Content-Type',
    'Access-Control-Max-Age': '3600',
  });
  response.end();
}

/** A notification alone has no answer. */
function send(response: ServerResponse, status: number, answer: unknown): void {
  if (response.destroyed) return;
  if (answer === undefined) return void response.writeHead(204).end();
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
}

/** The body as text, or undefined when it is too large: the rest is thrown away as it comes, so that the caller hears the answer. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function respond(body: string, answer: Answer): Promise<unknown> {
  let call: unknown;
  try {
    call = JSON.parse(body);
  } catch {
    return failure(null, new RpcError(PARSE_ERROR, 'the body is not JSON'));
  }
  if (!Array.isArray(call)) return respondTo(call, answer);
  if (call.length === 0 || call.length > BATCH_LIMIT) {
    return failure(null, new RpcError(INVALID_REQUEST, `a batch has 1 to ${BATCH_LIMIT} calls`));
  }
  const answers = await Promise.all(call.map((each) => respondTo(each, answer)));
  const spoken = answers.filter((each) => each !== undefined);
  return spoken.length > 0 ? spoken : undefined;
}

async function respondTo(call: unknown, answer: Answer): Promise<object | undefined> {
  if (!isCall(call))
    return failure(null, new RpcError(INVALID_REQUEST, 'expected {"jsonrpc":"2.0","id","method","params"}'));
  const { id, method, params = [] } = call;
  const spoken = await tryAnswer(() => {
    if (Array.isArray(params)) return answer(method, params);
    throw new RpcError(INVALID_PARAMS, '"params" must be a list');
  });
  return id === undefined ? undefined : { jsonrpc: '2.0', id, ...spoken };
}

async function tryAnswer(work: () => Promise<unknown>): Promise<object> {
  try {
    return { result: (await work()) ?? null };
  } catch (error) {
    return { error: describe(error) };
  }
}

function failure(id: null, error: RpcError): object {
  return { jsonrpc: '2.0', id, error: describe(error) };
}

/** `data` is passed on where it is what the EVM returned, which clients decode. */
function describe(error: unknown): object {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : INTERNAL_ERROR;
  const data = error instanceof Error && 'data' in error && typeof error.data === 'string' ? { data: error.data } : {};
  return { code, message: reasonOf(error), ...data };
}

function isCall(call: unknown): call is { id?: string | number | null; method: string; params?: unknown } {
  if (typeof call !== 'object' || call === null) return false;
  const { jsonrpc, id, method } = call as Record<string, unknown>;
  return (
    jsonrpc === '2.0' &&
    typeof method === 'string' &&
    (id === undefined || id === null || ['string', 'number'].includes(typeof id))
  );
}
