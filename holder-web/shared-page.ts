import { createClient, randomName } from '../client/client.ts';
import { ApiProblem } from '../client/problem.ts';
import { toQrText } from '../proof/qr-text.ts';
import { decodeTrust } from '../proof/trust.ts';
import { type Child, element } from '../ui/element.ts';
import { frameView } from '../ui/frame-view.ts';
import { icon } from '../ui/icon.ts';
import { type Language, preferredLanguage, rememberedLanguage, rememberLanguage } from '../ui/language.ts';
import { loadDictionary } from './dictionaries.ts';
import { readShareLink, unlock } from './share-link.ts';
import type { Dictionary } from './words/dictionary.ts';

/** "broken": not all of the link is there, or it was changed. "unreached": nobody knows whether it is over. */
type State = 'ready' | 'working' | 'over' | 'broken' | 'unreached' | 'busy';

/**
 * What a stranger sees who was sent a link. Nothing is asked for before they say so, because a visit counts; then they are at the public
 * verifier, with the proof that the link held.
 */
export async function startShared(): Promise<void> {
  const client = createClient({ url: location.origin, credentials: 'none', patienceMs: 10_000 });
  const link = readShareLink(location.hash);
  const visit = visitOf(link);
  // without WebCrypto (plain http) nothing could be unlocked, and the visit would be spent
  const canUnlock = crypto.subtle !== undefined;
  let state: State = link === null ? 'broken' : 'ready';
  let language = preferredLanguage(rememberedLanguage(), navigator.languages);
  let words = await loadDictionary(language);
  const trust = await loadTrust();

  async function open(): Promise<void> {
    if (link === null || trust === null || !canUnlock) return show('unreached');
    show('working');
    const opened = await client.call('openShare', { body: { id: link.id, visit } }).catch(stateAfter);
    if (typeof opened === 'string') return show(opened);
    const bytes = await unlock({ sealed: opened.sealed, key: link.key }).catch(() => null);
    if (bytes === null) return show('broken');
    // the verifier's address is the service's own word: a link leads nowhere else, whatever it holds
    location.assign(toQrText(trust.verifiers[0] ?? '', bytes));
  }

  async function choose(chosen: Language): Promise<void> {
    rememberLanguage(chosen);
    language = chosen;
    words = await loadDictionary(language);
    draw();
    document.querySelector<HTMLElement>(`[data-language="${language}"]`)?.focus();
  }

  function show(next: State): void {
    state = next;
    draw();
    document.querySelector<HTMLElement>('h1')?.focus();
  }

  function draw(): void {
    const main = element(
      'main',
      { id: 'main', tabindex: '-1', class: 'desk' },
      viewOf(state, words, () => void open()),
    );
    document.documentElement.lang = language;
    document.title = `${words.shared[state].heading} – e-Proof`;
    document.body.replaceChildren(
      ...frameView({
        ...{
          language,
          words: { ...words.page, brand: words.shared.brand },
          version: __VERSION__,
          href: location.pathname,
        },
        ...{ isTest: trust?.test !== false, main, choose: (chosen: Language) => void choose(chosen), home: draw },
      }),
    );
  }

  draw();
  addEventListener('hashchange', () => location.reload());
  // back from the verifier
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted && state === 'working') show('ready');
  });
}

/** One visit of this window, however often an answer is lost or the page is come back to. */
function visitOf(link: ReturnType<typeof readShareLink>): string {
  const name = `visit ${link?.id}`;
  try {
    const visit = sessionStorage.getItem(name) ?? randomName();
    sessionStorage.setItem(name, visit);
    return visit;
  } catch {
    // a browser that keeps nothing is obeyed
    return randomName();
  }
}

function stateAfter(error: unknown): State {
  const code = error instanceof ApiProblem ? error.code : null;
  if (code === 'SHARE_OVER') return 'over';
  return code === 'RATE_LIMITED' ? 'busy' : 'unreached';
}

async function loadTrust() {
  try {
    return decodeTrust(await (await fetch('/trust.json', { credentials: 'omit' })).text());
  } catch {
    return null;
  }
}

function viewOf(state: State, { shared }: Dictionary, open: () => void): HTMLElement {
  const { heading, text } = shared[state];
  const mayOpen = state === 'ready' || state === 'unreached' || state === 'busy';
  const way: Child =
    mayOpen &&
    element(
      'button',
      { type: 'button', class: 'button button-main button-large', 'data-action': 'open', on: { click: open } },
      icon('seal'),
      state === 'ready' ? shared.open : shared.again,
    );
  return element(
    'section',
    { class: 'sheet welcome', 'data-state': state },
    element('h1', { tabindex: '-1' }, heading),
    element('p', { class: 'lead', role: state === 'working' ? 'status' : undefined }, text),
    way,
  );
}
