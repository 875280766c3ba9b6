import type { Session } from '../client/api.ts';
import { createClient } from '../client/client.ts';
import { ApiProblem } from '../client/problem.ts';
import { type Child, element } from '../ui/element.ts';
import { frameView } from '../ui/frame-view.ts';
import { type Language, preferredLanguage, rememberedLanguage, rememberLanguage } from '../ui/language.ts';
import { createCalendar } from '../ui/phrase.ts';
import { accountView, navigationView, welcomeView } from './account-view.ts';
import { loadDictionary } from './dictionaries.ts';
import { type Failure, toFailure } from './failure.ts';
import { failureView } from './failure-view.ts';
import { findPlace } from './places.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, type Officer, type Screen } from './screen.ts';
import { hasUnsaved } from './unsaved.ts';

/** What is on the page. Drawn again, unchanged, when the language changes. */
type Shown =
  | { kind: 'screen'; screen: Screen }
  | { kind: 'loading' }
  | { kind: 'welcome'; holder: boolean }
  | { kind: 'failure'; failure: Failure };

const BASE = '/console/';
/** What takes longer than this is told to be loading. */
const LOADING_MS = 300;

const client = createClient({ url: location.origin, credentials: 'session', patienceMs: 10_000 });

let reader: Reader;
let session: Session | null = null;
let people: ReadonlyMap<string, string> = new Map();
let isTest = false;
let shown: Shown = { kind: 'loading' };
/** Ends what an older screen still loads, so that it never covers a newer one. */
let visit = new AbortController();

const desk = (officer: Officer): Desk => ({
  ...{ client, officer, people, go, redraw: draw },
  settle: (path) => history.replaceState(null, '', hrefOf(path)),
  reload: () => void open('stay'),
});

function go(path: string): void {
  history.pushState(null, '', hrefOf(path));
  void open('move');
}

/** "stay" leaves the focus and the scroll position where they are. */
async function open(how: 'move' | 'stay'): Promise<void> {
  visit.abort();
  const mine = new AbortController();
  visit = mine;
  const timer = setTimeout(() => show({ kind: 'loading' }, 'stay'), LOADING_MS);
  const next = await load(mine.signal).catch((error: unknown): Shown => toShown(error));
  clearTimeout(timer);
  if (!mine.signal.aborted) show(next, how);
}

async function load(signal: AbortSignal): Promise<Shown> {
  session ??= await begin(signal);
  if (session.officer === null) return { kind: 'welcome', holder: true };
  const place = findPlace(location.pathname.slice(BASE.length));
  if (!place) return { kind: 'failure', failure: { kind: 'not-found', code: 'PLACE_UNKNOWN', requestId: null } };
  const query = new URLSearchParams(location.search);
  return { kind: 'screen', screen: await place.open({ desk: desk(session.officer), id: place.id, query, signal }) };
}

async function begin(signal: AbortSignal): Promise<Session> {
  const begun = await client.call('getSession', { signal });
  if (begun.officer?.may.includes('credentials.read')) {
    const named: [string, string][] = [];
    for await (const { id, name } of client.list('listPeople', { query: { limit: 1_000 }, signal }))
      named.push([id, name]);
    people = new Map(named);
  }
  return begun;
}

function toShown(error: unknown): Shown {
  if (error instanceof ApiProblem && error.status === 401) {
    session = null;
    return { kind: 'welcome', holder: false };
  }
  return { kind: 'failure', failure: toFailure(error) };
}

function show(next: Shown, how: 'move' | 'stay'): void {
  shown = next;
  draw();
  if (how === 'stay') return;
  scrollTo(0, 0);
  document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
}

function draw(): void {
  const { language, words } = reader;
  const main = element('main', { id: 'main', tabindex: '-1', class: 'desk' }, ...viewOf(shown));
  const officer = session?.officer ?? null;
  document.documentElement.lang = language;
  document.title = `${titleOf(shown)} – ${words.page.title}`;
  document.body.replaceChildren(
    ...frameView({
      language,
      words: words.page,
      version: __VERSION__,
      href: BASE,
      account: session && accountView(session, reader, () => void signOut()),
      navigation: officer && navigationView(officer, reader, location.pathname),
      isTest,
      main,
      choose: (chosen) => void choose(chosen),
      home: () => go(''),
    }),
  );
}

function viewOf(current: Shown): Child[] {
  switch (current.kind) {
    case 'screen':
      return current.screen.draw(reader);
    case 'loading':
      return [element('p', { class: 'hint', role: 'status' }, reader.words.page.loading)];
    case 'welcome':
      return [welcomeView(reader, { holder: current.holder, returnTo: location.pathname + location.search })];
    case 'failure':
      return [failureView(current.failure, reader, { level: 'h1', again: () => void open('move') })];
  }
}

function titleOf(current: Shown): string {
  const { words } = reader;
  switch (current.kind) {
    case 'screen':
      return current.screen.title(reader);
    case 'loading':
      return words.page.loading;
    case 'welcome':
      return words.account.signIn;
    case 'failure':
      return words.failure[current.failure.kind].heading;
  }
}

async function choose(language: Language): Promise<void> {
  rememberLanguage(language);
  await read(language);
  draw();
  document.querySelector<HTMLElement>(`[data-language="${language}"]`)?.focus();
}

async function read(language: Language): Promise<void> {
  reader = { language, words: await loadDictionary(language), calendar: createCalendar(language) };
}

async function signOut(): Promise<void> {
  if (!session) return;
  const headers = { 'x-csrf-token': session.csrfToken };
  const response = await fetch('/auth/logout', { method: 'POST', headers, credentials: 'same-origin' }).catch(
    () => null,
  );
  session = null;
  if (!response?.ok) return open('move');
  const { next } = (await response.json()) as { next: string };
  location.assign(next);
}

/** Links within the console change the screen and not the page; whatever a modifier, another window or a download asks for stays the browser's. */
function followLink(event: MouseEvent): void {
  const link = (event.target as Element | null)?.closest?.('a');
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  if (event.defaultPrevented || !link || !isPlain || link.target !== '' || link.hasAttribute('download')) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !url.pathname.startsWith(BASE)) return;
  event.preventDefault();
  go(url.pathname.slice(BASE.length) + url.search);
}

async function loadTest(): Promise<void> {
  const trust = (await (await fetch('/trust.json', { credentials: 'omit' })).json()) as { test?: boolean };
  isTest = trust.test === true;
}

const test = loadTest().catch(() => {});
await read(preferredLanguage(rememberedLanguage(), navigator.languages));
addEventListener('click', followLink);
addEventListener('popstate', () => void open('move'));
addEventListener('beforeunload', (event) => {
  if (hasUnsaved()) event.preventDefault();
});
await test;
await open('stay');
