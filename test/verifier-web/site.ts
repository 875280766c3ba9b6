import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { verifierHeaders } from '../../server/publication/verifier-page.ts';
import { close, listen } from './fake-chain.ts';

/** The verifier's own origin: the built page, the trust list and the files that it names, under the headers that production has. */
export interface Site {
  address: string;
  /** By path below the address; replaces or adds to what was built. */
  files: Map<string, Uint8Array | string>;
  /** Paths that were asked for, newest last. */
  asked: string[];
  /** Paths that answer 503. */
  missing: Set<string>;
  /** Closes every connection without an answer, as a server that is not there. */
  isMuted: boolean;
  /** What the service beside the page answers, by path; every other path is a file. */
  service: Map<string, (body: unknown) => { status: number; body: object }>;
  close(): Promise<void>;
}

const MEDIA_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

export async function startSite(folder: string, nodes: readonly string[]): Promise<Site> {
  const site: Site = {
    address: '',
    files: new Map(),
    asked: [],
    missing: new Set(),
    isMuted: false,
    service: new Map(),
    close: async () => {},
  };
  const server = createServer(async (request, response) => {
    if (site.isMuted) return void response.destroy();
    const name = new URL(request.url ?? '/', 'http://site').pathname.slice(1) || 'index.html';
    site.asked.push(name);
    const answer = site.service.get(name);
    if (answer && !site.missing.has(name)) return void sendJson(response, answer(await readJson(request)));
    const body = site.missing.has(name) ? null : (site.files.get(name) ?? (await readBuilt(folder, name)));
    for (const [header, value] of Object.entries(verifierHeaders(`/${name}`, { nodes, embedders: null })))
      if (value !== null) response.setHeader(header, value);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('content-type', MEDIA_TYPES[path.extname(name)] ?? 'application/octet-stream');
    response.statusCode = body === null ? 503 : 200;
    response.end(body ?? '');
  });
  await listen(server);
  site.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  site.close = () => close(server);
  return site;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? null : JSON.parse(text);
}

function sendJson(response: ServerResponse, { status, body }: { status: number; body: object }): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBuilt(folder: string, name: string): Promise<Uint8Array | null> {
  const file = path.resolve(folder, name);
  if (!file.startsWith(path.resolve(folder))) return null;
  return readFile(file).catch(() => null);
}
