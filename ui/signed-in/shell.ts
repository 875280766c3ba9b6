import type { Session } from '../../client/api.ts';
import { type Client, createClient } from '../../client/client.ts';
import { ApiProblem, NoAnswer } from '../../client/problem.ts';
import { type Child, element } from '../element.ts';
import { frameView } from '../frame-view.ts';
import { type Language, preferredLanguage, rememberedLanguage, rememberLanguage } from '../language.ts';
import { type Calendar, createCalendar } from '../phrase.ts';
import { askIsTest } from '../test-system.ts';
import { type Failure, toFailure } from './failure.ts';
import { failureView } from './failure-view.ts';
import { signInAddress } from './sign-in.ts';
import { hasUnsaved } from './unsaved.ts';
import type { SignedInWords } from './words/dictionary.ts';

/** For whom a screen is drawn. */
export interface Reader<Words extends SignedInWords = SignedInWords> {
  language: Language;
  words: Words;
  calendar: Calendar;
}

/** Drawing is a function of what was loaded and of the reader, so that the language can change at any time without a request. */
export interface Screen<Words extends SignedInWords = SignedInWords> {
  title(reader: Reader<Words>): string;
  draw(reader: Reader<Words>): Child[];
}

/** What screens do to the page that they are on. Paths are below the page's base, with a query where they have one. */
export interface Shell {
  client: Client;
  /** To another place. */
  go(path: string): void;
  /** The address of what is on the page, which had none of its own before. */
  settle(path: string): void;
  /** Draws the screen again, of what it knows now. */
  redraw(): void;
  /** Asks for the screen's data again. */
  reload(): void;
}

/** An address that is being opened. */
export interface Address {
  path: string;
  query: URLSearchParams;
  /** Ends what it loads when a newer one is opened. */
  signal: AbortSignal;
}

/** A page of places that only a signed-in person sees. `Person` is who they are to it. */
export interface Page<Words extends SignedInWords, Person> {
  /** Where it is: begins and ends with "/". */
  base: string;
  version: string;
  loadDictionary(language: Language): Promise<Words>;
  /** Null for who is signed in as somebody else. */
  begin(session: Session, client: Client, signal: AbortSignal): Promise<Person | null>;
  /** Null where there is no such place. */
  open(person: Person, address: Address, shell: Shell): Promise<Screen<Words>> | null;
  /** Who is signed in. */
  account(session: Session, reader: Reader<Words>): Child[];
  navigation(person: Person, reader: Reader<Words>, pathname: string): HTMLElement;
  /** For who is not signed in, or as somebody else. `address` begins a sign-in that comes back here. */
  welcome(reader: Reader<Words>, isSomebodyElse: boolean, address: string): HTMLElement;
  /** Of a refusal, where its next step is known. */
  explain(code: string, reader: Reader<Words>): string | null;
  /** What can be shown while the service does not answer; null where that is nothing. */
  offline?(address: Address): Promise<Screen<Words> | null>;
  /** What ends with the session, while there is one. It throws nothing. */
  leaving?(client: Client): Promise<void>;
  /** Whoever signs out takes along what they kept here. */
  leave?(): Promise<void>;
  /** As whom to sign in. */
  signInAs: 'officer' | 'holder';
}

/** What is on the page. Drawn again, unchanged, when the language changes. */
type Shown<Words extends SignedInWords> =
  | { kind: 'screen'; screen: Screen<Words>; isOffline: boolean }
  | { kind: 'loading' }
  | { kind: 'welcome'; isSomebodyElse: boolean }
  | { kind: 'failure'; failure: Failure };

/** What takes longer than this is told to be loading. */
const LOADING_MS = 300;

/** Draws the page into the document, and lives as long as that. */
export async function startShell<Words extends SignedInWords, Person>(page: Page<Words, Person>): Promise<void> {
  const client = createClient({ url: location.origin, credentials: 'session', patienceMs: 10_000 });
  let reader = await readerOf(preferredLanguage(rememberedLanguage(), navigator.languages));
  let session: Session | null = null;
  let person: Person | null = null;
  /** Null until the service has said so: whoever cannot know is told that it may be one. */
  let isTest: boolean | null = null;
  let shown: Shown<Words> = { kind: 'loading' };
  let visit = new AbortController();

  /** Of one visit: what a screen finishes when its reader has gone elsewhere moves nothing there. */
  function shellOf(signal: AbortSignal): Shell {
    const address = location.href;
    const here = (act: () => void) => () => {
      if (!signal.aborted) act();
    };
    return {
      client,
      go: (path) => here(() => go(path))(),
      settle: (path) => here(() => history.replaceState(null, '', page.base + path))(),
      // what was typed outlives its screen, and the work that it began redraws the one that shows it now
      redraw: draw,
      // also where the page was asked for anew meanwhile: what that was answered may be older than what was done
      reload() {
        if (!signal.aborted || location.href === address) void open('stay');
      },
    };
  }

  const signIn = (returnTo: string) => signInAddress(page.signInAs, reader.language, returnTo);

  async function readerOf(language: Language): Promise<Reader<Words>> {
    return { language, words: await page.loadDictionary(language), calendar: createCalendar(language) };
  }

  function go(path: string): void {
    history.pushState(null, '', page.base + path);
    void open('move');
  }

  /** "stay" leaves the focus and the scroll position where they are. */
  async function open(how: 'move' | 'stay'): Promise<void> {
    visit.abort();
    const mine = new AbortController();
    visit = mine;
    const timer = setTimeout(() => {
      if (!mine.signal.aborted) show({ kind: 'loading' }, 'stay');
    }, LOADING_MS);
    const [next] = await Promise.all([
      load(mine.signal).catch((error: unknown) => toShown(error, mine.signal)),
      learnIsTest(),
    ]);
    clearTimeout(timer);
    if (!mine.signal.aborted) show(next, how);
  }

  async function load(signal: AbortSignal): Promise<Shown<Words>> {
    const offline = navigator.onLine ? null : await loadOffline(signal);
    if (offline) return offline;
    if (session === null) {
      const begun = await client.call('getSession', { signal });
      person = await page.begin(begun, client, signal);
      session = begun;
    }
    if (person === null) return { kind: 'welcome', isSomebodyElse: true };
    const opening = page.open(person, addressOf(signal), shellOf(signal));
    if (opening === null)
      return { kind: 'failure', failure: { kind: 'not-found', code: 'PLACE_UNKNOWN', requestId: null } };
    return { kind: 'screen', screen: await opening, isOffline: false };
  }

  function addressOf(signal: AbortSignal): Address {
    return { path: location.pathname.slice(page.base.length), query: new URLSearchParams(location.search), signal };
  }

  async function loadOffline(signal: AbortSignal): Promise<Shown<Words> | null> {
    const screen = await page.offline?.(addressOf(signal)).catch((error: unknown) => {
      // what was kept by another version of this page is no answer
      console.error(error);
      return null;
    });
    return screen ? { kind: 'screen', screen, isOffline: true } : null;
  }

  async function toShown(error: unknown, signal: AbortSignal): Promise<Shown<Words>> {
    const offline = error instanceof NoAnswer ? await loadOffline(signal) : null;
    if (offline) return offline;
    if (error instanceof ApiProblem && error.status === 401) {
      [session, person] = [null, null];
      return { kind: 'welcome', isSomebodyElse: false };
    }
    return { kind: 'failure', failure: toFailure(error) };
  }

  function show(next: Shown<Words>, how: 'move' | 'stay'): void {
    shown = next;
    draw();
    if (how === 'stay') return;
    scrollTo(0, 0);
    // an address may name a part of its page, such as a field
    const named = document.getElementById(location.hash.slice(1));
    if (named) named.focus();
    else document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }

  function draw(): void {
    const { language, words } = reader;
    const main = element('main', { id: 'main', tabindex: '-1', class: 'desk' }, ...viewOf(shown));
    document.documentElement.lang = language;
    document.title = `${titleOf(shown)} – ${words.page.title}`;
    document.body.replaceChildren(
      ...frameView({
        ...{ language, words: words.page, version: page.version, href: page.base },
        account: session && accountView(session),
        navigation: person && page.navigation(person, reader, location.pathname),
        ...{ isTest: isTest !== false, main, choose: (chosen) => void choose(chosen), home: () => go('') },
      }),
    );
  }

  function accountView(current: Session): HTMLElement {
    return element(
      'div',
      { class: 'account' },
      element('p', {}, ...page.account(current, reader)),
      element(
        'button',
        { type: 'button', class: 'button', 'data-action': 'sign-out', on: { click: () => void signOut(current) } },
        reader.words.account.signOut,
      ),
    );
  }

  function viewOf(current: Shown<Words>): Child[] {
    switch (current.kind) {
      case 'screen':
        return current.screen.draw(reader);
      case 'loading':
        return [element('p', { class: 'hint', role: 'status' }, reader.words.page.loading)];
      case 'welcome':
        return [page.welcome(reader, current.isSomebodyElse, signIn(location.pathname + location.search))];
      case 'failure':
        return [
          failureView(current.failure, reader, {
            level: 'h1',
            known: page.explain(current.failure.code, reader),
            again: () => void open('move'),
            home: page.base,
            signIn: signIn(page.base),
          }),
        ];
    }
  }

  function titleOf(current: Shown<Words>): string {
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
    reader = await readerOf(language);
    draw();
    document.querySelector<HTMLElement>(`[data-language="${language}"]`)?.focus();
  }

  async function signOut({ csrfToken }: Session): Promise<void> {
    await page.leaving?.(client);
    const headers = { 'x-csrf-token': csrfToken };
    const response = await fetch('/auth/logout', { method: 'POST', headers, credentials: 'same-origin' }).catch(
      () => null,
    );
    [session, person] = [null, null];
    if (!response?.ok) return open('move');
    await page.leave?.();
    const { next } = (await response.json()) as { next: string };
    location.assign(next);
  }

  /** Links within the page change the screen; whatever a modifier, another window or a download asks for stays the browser's. */
  function followLink(event: MouseEvent): void {
    const link = (event.target as Element | null)?.closest?.('a');
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !link || !isPlain || link.target !== '' || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || !url.pathname.startsWith(page.base)) return;
    event.preventDefault();
    go(url.pathname.slice(page.base.length) + url.search + url.hash);
  }

  /** Asks again at every place until there is an answer. */
  async function learnIsTest(): Promise<void> {
    isTest ??= await askIsTest().catch(() => null);
  }

  addEventListener('click', followLink);
  addEventListener('online', () => {
    if (shown.kind === 'screen' && shown.isOffline) void open('stay');
  });
  addEventListener('popstate', () => void open('move'));
  addEventListener('beforeunload', (event) => {
    if (hasUnsaved()) event.preventDefault();
  });
  // before anything is drawn: the band of a test system neither comes late nor goes again
  await learnIsTest();
  await open('stay');
}
