import { existsSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import express, { type RequestHandler, type Response, Router } from 'express';

export interface BuiltPage {
  /** The built page: `index.html`, and beside it what it loads. */
  folder: string;
  /** What request logs and metrics call it. */
  route: string;
  /** Of one of its files, by its path from "/" on; null takes a header away. */
  headersOf(path: string): Readonly<Record<string, string | null>>;
}

/** A name with a hash of the contents in it: `assets/main-3F2A9C1B.js`. */
const HASHED = /[-.][0-9A-Za-z_]{8,}\.[a-z0-9]+$/;

/** The files of a page, each under the page's rules, and compressed where the build made it so. What the folder does not have is left to others. */
export function serveBuiltPage({ folder, route, headersOf }: BuiltPage): Router {
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`there is no ${route} in "${folder}": build it with "npm start"`);
  const router = Router();
  router.use(restrict(route, headersOf));
  router.use(preferCompressed(folder));
  router.use(
    express.static(folder, {
      index: 'index.html',
      redirect: false,
      fallthrough: true,
      cacheControl: false,
      setHeaders: setCaching,
    }),
  );
  return router;
}

function restrict(route: string, headersOf: BuiltPage['headersOf']): RequestHandler {
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next('router');
    response.locals.route = route;
    for (const [name, value] of Object.entries(headersOf(request.path)))
      if (value === null) response.removeHeader(name);
      else response.set(name, value);
    next();
  };
}

/** The names of encodings, the smaller first, and what the build puts behind the names of the files that have them. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;
const COMPRESSED = /\.(br|gz)$/;

/** Leads to the compressed one of a file where the browser takes it. */
function preferCompressed(folder: string): RequestHandler {
  const files = new Set(readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `/${name}`));
  return (request, response, next) => {
    const name = request.path === '/' ? '/index.html' : request.path;
    const there = ENCODINGS.filter(([, suffix]) => files.has(name + suffix));
    if (there.length === 0) return next();
    response.vary('Accept-Encoding');
    const [encoding, suffix] = there.find(([one]) => request.acceptsEncodings(one) === one) ?? [];
    if (!encoding) return next();
    response.set('Content-Encoding', encoding).type(extname(name));
    request.url = name + suffix;
    next();
  };
}

export function setCaching(response: Response, path: string): void {
  const isForEver = HASHED.test(path.replace(COMPRESSED, ''));
  response.set('Cache-Control', isForEver ? 'public, max-age=31536000, immutable' : 'no-cache');
}
