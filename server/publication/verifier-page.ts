import type { Router } from 'express';
import { serveBuiltPage } from './built-page.ts';

export interface VerifierPage {
  /** The built page: `index.html`, and beside it what it loads. */
  folder: string;
  /** The nodes that it asks. */
  nodes: readonly string[];
}

/** The page that a citizen opens, under rules that let it load nothing but its own files and talk to nobody but itself and the nodes. */
export function serveVerifierPage({ folder, nodes }: VerifierPage): Router {
  return serveBuiltPage({
    folder,
    route: 'verifier page',
    headers: {
      'Content-Security-Policy': contentPolicy(nodes),
      'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
      // the address of this page carries a credential in its fragment; not even its path goes to another site
      'Referrer-Policy': 'no-referrer',
    },
  });
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
