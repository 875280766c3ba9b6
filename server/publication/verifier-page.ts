import type { Router } from 'express';
import { serveBuiltPage } from './built-page.ts';

export interface VerifierPage {
  /** The built page: `index.html`, and beside it what it loads. */
  folder: string;
  /** The nodes that it asks. */
  nodes: readonly string[];
  /** The sites that may show its frame, as origins; null for every site. */
  embedders: readonly string[] | null;
}

/** The page that a citizen opens, under rules that let it load nothing but its own files and talk to nobody but itself and the nodes. */
export function serveVerifierPage({ folder, nodes, embedders }: VerifierPage): Router {
  const frameAncestors = embedders === null ? '*' : embedders.length === 0 ? "'none'" : embedders.join(' ');
  return serveBuiltPage({
    folder,
    route: 'verifier page',
    headers: {
      'Content-Security-Policy': contentPolicy(nodes, "'none'"),
      'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
      // the address of this page carries a credential in its fragment; not even its path goes to another site
      'Referrer-Policy': 'no-referrer',
    },
    headersOf: {
      // a page of its own, so that the verifier itself is never in a frame: whoever looks at the address bar looks at its address
      '/embed.html': {
        'Content-Security-Policy': contentPolicy(nodes, frameAncestors),
        'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
        'Cross-Origin-Resource-Policy': 'cross-origin',
        'X-Frame-Options': null,
      },
      // the one script for other sites' pages; theirs may demand its hash, which takes CORS
      '/embed.js': { 'Cross-Origin-Resource-Policy': 'cross-origin', 'Access-Control-Allow-Origin': '*' },
    },
  });
}

function contentPolicy(nodes: readonly string[], frameAncestors: string): string {
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
    `frame-ancestors ${frameAncestors}`,
    "require-trusted-types-for 'script'",
    // the page's one policy, for the address of its worker
    'trusted-types eproof',
  ].join('; ');
}
