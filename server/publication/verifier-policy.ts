/** What the verifier's policy depends on. */
export interface PolicyTerms {
  /** The nodes that the page asks. */
  nodes: readonly string[];
  /** The sites that may show its frame, as origins; null for every site. */
  embedders: readonly string[] | null;
}

/** The frame for other sites: a page of its own, so that the verifier itself is never in a frame and whoever looks at the address bar looks at its address. */
export const FRAME_PATH = '/embed.html';

/** The scripts that compile wasm: what reads QR codes, and what draws the pages of a PDF. */
const WASM_WORKER = /^\/assets\/(decoder|page)-worker-[\w-]+\.js$/;

/**
 * The content security policy of one file of the verifier, by its path from "/" on. A worker with an address of its own lives under the policy that
 * comes with its script, not under the page's (HTML, "initialize worker policy container"): so nothing that runs in the page itself can compile wasm.
 * Chromium does so from 97 on (test/verifier-web/policy.test.ts tries it), Firefox and Safari in all versions that the page is built for, by their own
 * tests. A browser that took the page's policy for its workers would refuse to compile, and the page would say that the QR reader could not be loaded: an
 * answer less, and none that is wrong.
 */
export function verifierPolicy(path: string, terms: PolicyTerms): string {
  return (WASM_WORKER.test(path) ? WORKER_POLICY : pagePolicy(path, terms)).join('; ');
}

/** A worker that fetches its wasm from beside itself, and shows and starts nothing. */
const WORKER_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

function pagePolicy(path: string, { nodes, embedders }: PolicyTerms): string[] {
  const origins = [...new Set(nodes.map((url) => new URL(url).origin))];
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${["'self'", ...origins].join(' ')}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${path === FRAME_PATH ? ancestors(embedders) : "'none'"}`,
    "require-trusted-types-for 'script'",
    // the page's one policy, for the addresses of its workers and scripts
    'trusted-types eproof',
  ];
}

function ancestors(embedders: PolicyTerms['embedders']): string {
  if (embedders === null) return '*';
  return embedders.length === 0 ? "'none'" : embedders.join(' ');
}
