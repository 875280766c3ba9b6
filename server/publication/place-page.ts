import { join } from 'node:path';
import { type RequestHandler, Router } from 'express';
import { serveBuiltPage, setCaching } from './built-page.ts';

/** The pages of this service besides the verifier's, and where each is: two behind a sign-in, and what all of them look like. */
export const PLACE_PAGES = { console: '/console', holder: '/my', components: '/ui' } as const;
export type PlacePageName = keyof typeof PLACE_PAGES;
/** The folders of their builds; what is left out is served elsewhere, or not at all. */
export type PlacePageFolders = Partial<Record<PlacePageName, string>>;

const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'self'",
  // the preview of a document, which the page has fetched itself
  'frame-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
];

/** A page that opens without a network has a worker, whose address is a sink of its own. */
const MORE: Record<PlacePageName, readonly string[]> = {
  console: ["trusted-types 'none'"],
  holder: ['trusted-types eproof', "manifest-src 'self'", "worker-src 'self'"],
  components: ["trusted-types 'none'"],
};

/** It has many addresses, all of them answered with the one page. */
export function servePlacePage(name: PlacePageName, folder: string): Router {
  const base = PLACE_PAGES[name];
  const headers = {
    'Content-Security-Policy': [...CONTENT_POLICY, ...MORE[name]].join('; '),
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
    'Referrer-Policy': 'same-origin',
  };
  const router = Router({ strict: true, caseSensitive: true });
  router.get(base, (_request, response) => response.redirect(308, `${base}/`));
  router.use(
    base,
    serveBuiltPage({
      folder,
      route: `${name} page`,
      headersOf: () => headers,
    }),
    answerWithPage(folder),
  );
  return router;
}

// a file that is not there must not be answered with a page: a browser would take it for the script
function answerWithPage(folder: string): RequestHandler {
  const page = 'index.html';
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next('router');
    if (request.path.startsWith('/assets/')) return next('router');
    setCaching(response, join(folder, page));
    // below a root, so that a hidden folder on the way to it is none of the request's
    response.sendFile(page, { root: folder, cacheControl: false });
  };
}
