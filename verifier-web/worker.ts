/*
 * Keeps the page itself, so that it opens and judges without a network. It is there from the moment that a reader says so, and answers for the
 * page's own files, the list of trust and the files that this names: never for the service, and never for what is checked.
 */

/** Put in by the build: the names of the page's files, as JSON. */
declare const __FILES__: string;

interface LifeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface AskEvent extends LifeEvent {
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
const [PREFIX, CACHE] = ['verifier ', `verifier ${__VERSION__}`];
const base = new URL('.', location.href);
const addressOf = (name: string): string => new URL(name, base).href;
const [PAGE, TRUST] = [base.href, addressOf('trust.json')];
const files = (JSON.parse(__FILES__) as string[]).map(addressOf);
/** The page, and those that explain it: named by what they are, not by what they hold. */
const pages = [PAGE, ...files.filter((file) => file.endsWith('.html'))];
/** A network that is there and does not answer is none; the page itself waits 4 seconds for a file. */
const PATIENCE_MS = 2_500;

/** What a page of the list of trust names. */
interface TrustNames {
  registries: { types: { definition: string }[]; issuers: { profile: string }[] }[];
}

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  const keepNew = async (address: string) => cache.put(address, await fetchNew(address));
  const named = files.filter((file) => !pages.includes(file));
  await Promise.all([...pages.map(keepNew), ...named.map(keepNamed), fetchNew(TRUST).then(keepTrust)]);
  await scope.skipWaiting();
}

async function fetchNew(address: string): Promise<Response> {
  const response = await fetch(address, { cache: 'no-cache', credentials: 'omit' });
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response;
}

/** Named by what it holds: one that is kept already, by an earlier version too, is the right one. */
async function keepNamed(address: string): Promise<void> {
  const cache = await caches.open(CACHE);
  if (await cache.match(address)) return;
  await cache.put(address, (await caches.match(address)) ?? (await fetchNew(address)));
}

/** With the files that it names, so that every kind of document and every department can be told without a network. */
async function keepTrust(trust: Response): Promise<void> {
  const { registries } = (await trust.clone().json()) as TrustNames;
  const names = registries.flatMap(({ types, issuers }) => [
    ...types.map(({ definition }) => `types/${definition}.json`),
    ...issuers.map(({ profile }) => `issuers/${profile}.json`),
  ]);
  await Promise.all([...new Set(names)].map((name) => keepNamed(addressOf(name))));
  await (await caches.open(CACHE)).put(TRUST, trust);
}

/** The version before stays: a page of it may be open, and loads its parts when it needs them. */
async function activate(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await scope.clients.claim();
}

/** The newest while there is a network, else what is kept under the name. */
async function answerNewest(request: Request, name: string): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match(name);
  if (!kept) return fetch(request);
  const impatience = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
  const answer = await Promise.race([fetch(request).catch(() => null), impatience]);
  return answer?.ok ? answer : kept;
}

async function answerTrust(event: AskEvent): Promise<Response> {
  const answer = await answerNewest(event.request, TRUST);
  event.waitUntil(keepTrust(answer.clone()).catch(() => {}));
  return answer;
}

async function answerNamed(request: Request): Promise<Response> {
  return (await caches.match(request.url)) ?? fetch(request);
}

scope.addEventListener('install', (event) => event.waitUntil(install()));
scope.addEventListener('activate', (event) => event.waitUntil(activate()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const page = origin + pathname;
  if (request.method !== 'GET' || origin !== base.origin) return;
  if (request.mode === 'navigate' && pages.includes(page)) event.respondWith(answerNewest(request, page));
  else if (pathname === new URL(TRUST).pathname) event.respondWith(answerTrust(event));
  else if (/^(assets|types|issuers)\//.test(pathname.slice(base.pathname.length)) && pathname.startsWith(base.pathname))
    event.respondWith(answerNamed(request));
});
