import type { Router } from 'express';
import { serveBuiltPage } from './built-page.ts';
import { FRAME_PATH, type PolicyTerms, verifierPolicy } from './verifier-policy.ts';

export interface VerifierPage extends PolicyTerms {
  /** The built page: `index.html`, and beside it what it loads. */
  folder: string;
}

const HEADERS = {
  'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
  // the address of this page carries a credential in its fragment; not even its path goes to another site
  'Referrer-Policy': 'no-referrer',
};

/** Of some of its files, instead. */
const HEADERS_OF: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
  [FRAME_PATH]: {
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Frame-Options': null,
  },
  // the one script for other sites' pages; theirs may demand its hash, which takes CORS
  '/embed.js': { 'Cross-Origin-Resource-Policy': 'cross-origin', 'Access-Control-Allow-Origin': '*' },
};

/** What one file of the page is served with, by its path from "/" on; null takes away what the service sends with everything. */
export function verifierHeaders(path: string, terms: PolicyTerms): Record<string, string | null> {
  return { ...HEADERS, 'Content-Security-Policy': verifierPolicy(path, terms), ...HEADERS_OF[path] };
}

/** The page that a citizen opens, under rules that let it load nothing but its own files and talk to nobody but itself and the nodes. */
export function serveVerifierPage({ folder, ...terms }: VerifierPage): Router {
  return serveBuiltPage({
    folder,
    route: 'verifier page',
    headersOf: (path) => verifierHeaders(path, terms),
  });
}
