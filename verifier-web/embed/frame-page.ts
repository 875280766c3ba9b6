import { publicPart } from '../../proof/disclosure.ts';
import { type Presented, readPresentedText } from '../../proof/presented.ts';
import { encodeProof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import type { Verdict } from '../../proof/verdict.ts';
import { type Child, element } from '../../ui/element.ts';
import { icon } from '../../ui/icon.ts';
import { preferredLanguage } from '../../ui/language.ts';
import { createCalendar, fill } from '../../ui/phrase.ts';
import { loadChecked } from '../checked-script.ts';
import { createDecoder } from '../decoder.ts';
import { loadDictionary } from '../dictionaries.ts';
import { fileWay, textWay } from '../home-view.ts';
import { judge, readFile, type Tools } from '../presented.ts';
import type { Reader } from '../reader.ts';
import { isRefusal, Refusal, wordsOf } from '../refusal.ts';
import { scriptUrl } from '../script-url.ts';
import { createOrigin } from '../sources.ts';
import { toSentence } from '../verdict-sentence.ts';
import { answersSheet, banner, documentSheet, isShown } from '../verdict-view.ts';
import { CONNECT, type EmbeddedVerdict, type FromFrame, type ToFrame } from './protocol.ts';
import { applyTheme } from './theme.ts';
import { EMBED_WORDS } from './words.ts';

/** What is in the frame. Drawn again, unchanged, when the language changes. */
type Screen =
  | { kind: 'ways' }
  | { kind: 'offered'; text: string }
  | { kind: 'checking' }
  | { kind: 'verdict'; verdict: Verdict; presented: Presented }
  | { kind: 'refusal'; refusal: Refusal };

const base = new URL('.', document.baseURI);
// a frame keeps nothing: what a browser stores for one is of that site alone
const origin = createOrigin(base, async () => undefined, undefined);
const tools: Tools = {
  decodeImage: createDecoder(base),
  loadPages: () => loadChecked(__PDF__, base),
  scriptUrl,
};

/** The site around the frame, as the browser says; null until it has spoken. */
let site: string | null = null;
let port: MessagePort | null = null;
let reader: Reader;
let screen: Screen = { kind: 'ways' };
/** Counts what was begun: whatever ends after something newer has begun is dropped. */
let turn = 0;

function say(message: FromFrame): void {
  port?.postMessage(message);
}

/** The site's word for which language and look; what is none of ours changes nothing. */
function hear(message: ToFrame): void {
  if (message.kind === 'look') {
    applyTheme(message.theme);
    void speak(String(message.locale));
  }
  if (message.kind === 'lost') conclude({ kind: 'refusal', refusal: new Refusal('FILE_UNREADABLE') }, true);
  if (message.kind === 'check' && typeof message.text === 'string') {
    if (message.isAtOnce === true) checkGiven(message.text);
    else show({ kind: 'offered', text: message.text });
  }
}

const checkGiven = (text: string): void => void check(async () => readPresentedText(text), true);

async function check(read: () => Promise<Presented>, isGiven: boolean): Promise<void> {
  show({ kind: 'checking' });
  const mine = turn;
  const next = await settle(read);
  if (mine === turn) conclude(next, isGiven);
}

function conclude(next: Screen, isGiven: boolean): void {
  show(next);
  if (next.kind === 'verdict') say({ kind: 'verdict', verdict: toEmbedded(next.verdict, isGiven) });
  if (next.kind === 'refusal') say({ kind: 'refusal', code: next.refusal.code });
}

async function settle(read: () => Promise<Presented>): Promise<Screen> {
  try {
    const presented = await read();
    return { kind: 'verdict', verdict: await judge(presented, await origin.sources()), presented };
  } catch (error) {
    if (!isRefusal(error)) console.error(error);
    return { kind: 'refusal', refusal: isRefusal(error) ? error : new Refusal('PAGE_FAILED') };
  }
}

function toEmbedded({ genuine, standing, time, checked }: Verdict, isGiven: boolean): EmbeddedVerdict {
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
  return {
    genuine,
    standing: standing?.code ?? null,
    checkedAt: iso(time),
    block: checked && { number: checked.block.number, time: iso(checked.block.time) },
    isGiven,
  };
}

function show(next: Screen): void {
  turn++;
  screen = next;
  draw();
}

function draw(): void {
  const words = EMBED_WORDS[reader.language];
  document.documentElement.lang = reader.language;
  document.title = words.title;
  // what it says first, then where it says so: nobody should have to scroll for that
  const [first, ...others] = site === null ? [element('p', {}, words.alone)] : viewOf(screen);
  document.body.replaceChildren(
    element(
      'main',
      { class: 'embed' },
      element('h1', { class: 'embed-title' }, words.title, ' ', origin.isTest() && element('strong', {}, 'TEST')),
      origin.isTest() && element('p', { class: 'hint' }, reader.words.page.test),
      first,
      insideView(),
      ...others,
    ),
  );
}

function viewOf(current: Screen): Child[] {
  const words = EMBED_WORDS[reader.language];
  switch (current.kind) {
    case 'ways':
      return [waysView()];
    case 'offered':
      return [element('p', {}, words.ready), button('check', words.check, () => checkGiven(current.text))];
    case 'checking':
      return [element('p', { role: 'status', 'aria-busy': 'true' }, reader.words.checking.heading)];
    case 'refusal': {
      const { heading, text } = wordsOf(current.refusal, reader);
      return [
        element(
          'section',
          { class: 'sheet', 'data-refusal': current.refusal.code, role: 'status' },
          element('h2', {}, heading),
          element('p', {}, fill(text, { host: current.refusal.host })),
        ),
        waysView(),
      ];
    }
    case 'verdict':
      return verdictOf(current.verdict);
  }
}

function verdictOf(verdict: Verdict): Child[] {
  const words = EMBED_WORDS[reader.language];
  return [
    element(
      'div',
      { class: 'verdict embed-verdict', 'data-genuine': verdict.genuine, 'data-standing': verdict.standing?.code },
      banner(toSentence(verdict, reader.words, reader.calendar), 'h2'),
    ),
    element(
      'div',
      { class: 'embed-verdict' },
      answersSheet(verdict, reader),
      isShown(verdict) && documentSheet(verdict, verdict.credential, { reader, console: origin.console() }),
    ),
    button('another', words.another, () => show({ kind: 'ways' })),
  ];
}

function waysView(): HTMLElement {
  const { words } = reader;
  return element(
    'div',
    { class: 'embed-ways' },
    fileWay(words.home, {
      files: ([file]) => file && void check(async () => (await readFile(file, tools, true))[0].presented, false),
    }),
    textWay(words.home, { text: (text) => void check(async () => readPresentedText(text), false) }),
  );
}

function button(name: string, text: string, press: () => void): HTMLElement {
  return element(
    'div',
    { class: 'actions' },
    element(
      'button',
      { type: 'button', class: 'button button-main', 'data-action': name, on: { click: press } },
      icon('next'),
      text,
    ),
  );
}

/** Whose page this is in, and the way to the one whose address the reader can see. */
function insideView(): HTMLElement {
  const words = EMBED_WORDS[reader.language];
  const attributes = { class: 'button', href: verifierLink(), target: '_blank', rel: 'noopener noreferrer' };
  return element(
    'section',
    { class: 'address embed-inside' },
    icon('lock'),
    element(
      'div',
      {},
      site !== null && element('p', {}, fill(words.inside, { site, verifier: base.host })),
      element('a', { ...attributes, 'data-action': 'open' }, words.open),
    ),
  );
}

/** With what was checked, where a code can carry it: what a public document's own code shows. */
function verifierLink(): string {
  const credential = screen.kind === 'verdict' ? screen.verdict.credential : null;
  return credential ? toQrText(base.href, encodeProof(publicPart(credential.proof, credential.type))) : base.href;
}

async function speak(locale: string): Promise<void> {
  const language = preferredLanguage(null, [locale, ...navigator.languages].filter(Boolean));
  reader = { language, words: await loadDictionary(language, base), calendar: createCalendar(language) };
  draw();
}

// A frame has one site around it, which speaks first and once: whoever else finds this window is not heard.
function listen(): void {
  addEventListener('message', ({ data, source, origin: from, ports: [given] }) => {
    if (site !== null || data !== CONNECT || source !== parent || parent === self || !given) return;
    site = from;
    port = given;
    given.addEventListener('message', (event: MessageEvent<ToFrame>) => hear(event.data));
    void ready.then(() => {
      draw();
      given.start();
    });
  });
  new ResizeObserver(() => say({ kind: 'size', heightPx: Math.ceil(document.body.scrollHeight) })).observe(
    document.body,
  );
}

// at once: the site speaks as soon as the frame has loaded, and does not wait for its words
listen();
const ready = Promise.all([speak(''), origin.sources()]);
await ready;
draw();
