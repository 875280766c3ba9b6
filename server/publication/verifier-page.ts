import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type RequestHandler, type Response, Router } from 'express';

export interface VerifierPage {
  /** The built page: `index.html`, and beside it what it loads. */
  folder: string;
  /** The nodes that it asks. */
  nodes: readonly string[];
}

/** A name with a hash of the contents in it: `assets/main-3F2A9C1B.js`. */
const HASHED = /[-.][0-9A-Za-z_]{8,}\.[a-z0-9]+$/;

/** The page that a citizen opens, under rules that let it load nothing but its own files and talk to nobody but itself and the nodes. */
export function serveVerifierPage({ folder, nodes }: VerifierPage): Router {
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`there is no verifier page in "${folder}": build it with "npm start"`);
  const router = Router();
  const policy = contentPolicy(nodes);
  router.use(restrict(policy));
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

function restrict(policy: string): RequestHandler {
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next('router');
    response.locals.route = 'verifier page';
    response.set({
      'Content-Security-Policy': policy,
      'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
      // the address of this page carries a credential in its fragment; not even its path goes to another site
      'Referrer-Policy': 'no-referrer',
    });
    next();
  };
}

function setCaching(response: Response, path: string): void {
  response.set('Cache-Control', HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
}

function contentPolicy(nodes: readonly string[]): string {
  const origins = [...new Set(nodes.map((url) => new URL(url).origin))];
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "media-src 'self' blob:",
    "worker-src 'self'",
    "manifest-src 'self'",
    `connect-src ${["'self'", ...origins].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // the page's one policy, for the address of its worker
    'trusted-types eproof',
  ].join('; ');
}
