/*
 * Keeps the page itself, so that it opens without a network; what it shows then is what its holder has kept (saved.ts). It is there from the first
 * document on that somebody keeps, and answers for nothing of the API.
 */

/** Put in by the build: the names of the page's files, as JSON. */
declare const __FILES__: string;

interface LifeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface AskEvent extends Event {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  addEventListener(type: 'install' | 'activate', listener: (event: LifeEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: AskEvent) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

const scope = self as unknown as WorkerScope;
const PAGE = '/my/';
/** Whether this is a test system: without a network too the page has to say so. */
const TRUST = '/trust.json';
const [PREFIX, CACHE] = ['my-documents ', `my-documents ${__VERSION__}`];

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([PAGE, TRUST, ...(JSON.parse(__FILES__) as string[])]);
  await scope.skipWaiting();
}

/** Other versions go: their page is not there any more. */
async function activate(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
  await scope.clients.claim();
}

/** The newest while there is a network, else what is kept under the name. */
async function answerNewest(request: Request, name: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(name);
    if (kept) return kept;
    throw error;
  }
}

async function answerFile(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

scope.addEventListener('install', (event) => event.waitUntil(install()));
scope.addEventListener('activate', (event) => event.waitUntil(activate()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  // each address of the page is answered with the one page
  if (request.mode === 'navigate' && pathname.startsWith(PAGE)) event.respondWith(answerNewest(request, PAGE));
  else if (pathname === TRUST) event.respondWith(answerNewest(request, TRUST));
  // named by what they hold: a kept one is the right one
  else if (pathname.startsWith(`${PAGE}assets/`)) event.respondWith(answerFile(request));
});
