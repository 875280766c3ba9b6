import { type Presented, readPresentedText } from '../proof/presented.ts';
import { toReceipt } from '../proof/receipt.ts';
import { element } from '../ui/element.ts';
import { frameView } from '../ui/frame-view.ts';
import { type Language, preferredLanguage, rememberedLanguage, rememberLanguage } from '../ui/language.ts';
import { createCalendar } from '../ui/phrase.ts';
import { type Camera, openCamera } from './camera.ts';
import { type CameraScreen, cameraScreen } from './camera-view.ts';
import { createDecoder } from './decoder.ts';
import { loadDictionary } from './dictionaries.ts';
import type { FactsAsked, factsView } from './facts/facts-view.ts';
import { homeView, refusalView, type Ways } from './home-view.ts';
import { createLookUps } from './look-up.ts';
import type { Given } from './many/gather.ts';
import type { List } from './many/many.ts';
import type { Keeping } from './offline/keeping.ts';
import { judge, readFile } from './presented.ts';
import type { Reader } from './reader.ts';
import { Refusal, wordsOf } from './refusal.ts';
import { scriptUrl } from './script-url.ts';
import { createOrigin } from './sources.ts';
import { type Judged, verdictTitle, verdictView } from './verdict-view.ts';

/** What is on the page. Drawn again, unchanged, when the language changes. */
type Screen =
  | VerdictScreen
  | { kind: 'home' }
  | { kind: 'camera' }
  | { kind: 'checking' }
  | { kind: 'many'; list: List }
  | { kind: 'facts'; asked: FactsAsked; view: typeof factsView }
  | { kind: 'refusal'; refusal: Refusal };

interface VerdictScreen extends Judged {
  kind: 'verdict';
}

const HELP_MS = 8_000;
const TRUST_PATIENCE_MS = 600;

const base = new URL('.', document.baseURI);
const origin = createOrigin(base, async () => (await keeping)?.snapshot());
const lookUps = createLookUps(base);
const decodeImage = createDecoder(base);
/** For lists, one after another: each is a worker as soon as it reads a picture, and stays. */
const decoders = [
  decodeImage,
  ...Array.from({ length: Math.min(4, navigator.hardwareConcurrency) - 1 }, () => createDecoder(base)),
];
const video = element('video', { muted: true, playsinline: true });

/** What this device keeps for places without a network: nothing until the reader says so. */
let keeping: Promise<Keeping | null> = findKeeping();
/** The same, once it is there. */
let kept: Keeping | null = null;

let reader: Reader;
let screen: Screen = { kind: 'home' };
let camera: Camera | null = null;
let cameraControls: CameraScreen | null = null;
/** The list that is on the page, or that the verdict on the page was opened from. */
let list: List | null = null;
/** Counts what was begun: whatever ends after something newer has begun is dropped, so that two verdicts never meet. */
let turn = 0;

const ways: Ways = {
  scan: () => void scan(),
  files: presentFiles,
  many: () => void checkMany([]),
  text(text) {
    leaveLink();
    void present(readPresentedText(text));
  },
  lookUp: (reference) => void lookUp(reference),
  keep: () => void keepAll(),
};

async function present(presented: Presented): Promise<void> {
  const mine = begin({ kind: 'checking' });
  await settle(mine, async () => {
    const verdict = await judge(presented, await origin.sources());
    return { kind: 'verdict', verdict, presented };
  });
}

/** What the service has for a typed reference is judged as if it had been scanned. */
async function lookUp(reference: string): Promise<void> {
  leaveLink();
  await settle(begin({ kind: 'checking' }), async () => {
    const text = await lookUps.byReference(reference);
    if (text !== null) return judgedQrText(text);
    const { factsView: view }: typeof import('./facts/facts-view.ts') = await load(__FACTS__);
    return { kind: 'facts', view, asked: { reference, types: await lookUps.factTypes(), typed: null } };
  });
}

async function lookUpFacts(
  { asked, view }: Screen & { kind: 'facts' },
  typed: NonNullable<FactsAsked['typed']>,
): Promise<void> {
  await settle(begin({ kind: 'checking' }), async () => {
    const text = await lookUps.byFacts({ ...typed, reference: asked.reference });
    return text === null ? { kind: 'facts', view, asked: { ...asked, typed } } : judgedQrText(text);
  });
}

async function judgedQrText(text: string): Promise<Screen> {
  const presented: Presented = { kind: 'qr-text', text };
  return { kind: 'verdict', verdict: await judge(presented, await origin.sources()), presented };
}

/** The verdict is made anew, with the day: an answer about the past never stands beside an older one about today. */
async function askPast({ verdict, presented }: VerdictScreen, day: number): Promise<void> {
  const mine = ++turn;
  screen = { kind: 'verdict', verdict, presented, isAsking: true };
  draw();
  document.querySelector<HTMLElement>('[data-action=past]')?.focus();
  await settle(mine, async () => {
    const sources = await origin.sources();
    return { kind: 'verdict', verdict: await judge(presented, { ...sources, day }), presented };
  });
  if (mine === turn) document.querySelector<HTMLElement>('.past-answer')?.focus();
}

// An archive by its name: a Word file is one by its content. A list that is on the page is not lost to whatever is dropped onto it.
function presentFiles(files: readonly File[]): void {
  const [file, another] = files;
  if (!file || another || screen.kind === 'many' || /\.(zip|csv)$/i.test(file.name)) void checkMany(files);
  else void presentFile(file);
}

async function presentFile(file: File): Promise<void> {
  leaveLink();
  const mine = begin({ kind: 'checking' });
  await settle(mine, async () => {
    const [{ presented }, another] = await readFile(file, decodeImage);
    if (another && mine === turn) void checkMany([file]);
    const verdict = await judge(presented, await origin.sources());
    return { kind: 'verdict', verdict, presented };
  });
}

/** What comes while a list is there joins it. */
async function checkMany(given: readonly Given[]): Promise<void> {
  leaveLink();
  const mine = ++turn;
  await settle(mine, async () => {
    const joined = list ?? (await createList());
    if (mine === turn) {
      list = joined;
      if (given.length > 0) void joined.add(given);
    }
    return { kind: 'many', list: joined };
  });
}

async function createList(): Promise<List> {
  const many: typeof import('./many/many.ts') = await load(__MANY__);
  return many.createList({
    decoders,
    readFile,
    judge,
    sources: origin.sources,
    lookUp: lookUps.byReference,
    toRefusal,
    keep,
    open: ({ verdict, presented }) => turnTo({ kind: 'verdict', verdict, presented }),
    leave: goHome,
  });
}

/** A script that only some readers need. */
function load<T>(name: string): Promise<T> {
  return import(new URL(name, base).href);
}

/** Where the page was kept before, it is kept; a browser that keeps nothing has nothing. */
async function findKeeping(): Promise<Keeping | null> {
  const found = await navigator.serviceWorker?.getRegistration(base).catch(() => {});
  return found ? loadKeeping().catch(() => null) : null;
}

async function loadKeeping(): Promise<Keeping> {
  const { createKeeping }: typeof import('./offline/keeping.ts') = await load(__KEEPING__);
  return createKeeping({ base, sources: origin.sources, scriptUrl, redraw });
}

async function keepAll(): Promise<void> {
  try {
    kept = await loadKeeping();
  } catch (error) {
    return turnTo({ kind: 'refusal', refusal: toRefusal(error) });
  }
  keeping = Promise.resolve(kept);
  kept.keep();
  redraw();
  document.querySelector<HTMLElement>('.kept')?.focus();
}

/** To another page of the same work: the list stays. */
function turnTo(next: Screen): void {
  turn++;
  show(next);
}

async function scan(): Promise<void> {
  leaveLink();
  const mine = begin({ kind: 'camera' });
  await settle(mine, async () => {
    const opened = await openCamera(video, decodeImage);
    if (mine !== turn) {
      opened.stop();
      return screen;
    }
    camera = opened;
    if (opened.light) cameraControls?.offerLight(opened.light);
    cameraControls?.say('looking');
    setTimeout(() => mine === turn && cameraControls?.say('help'), HELP_MS);
    const text = await opened.read();
    stopCamera();
    if (mine === turn) {
      navigator.vibrate?.(60);
      show({ kind: 'checking' });
    }
    return judgedQrText(text);
  });
}

/** Shows what a piece of work ends in, unless something newer has begun meanwhile. */
async function settle(mine: number, work: () => Promise<Screen>): Promise<void> {
  let next: Screen;
  try {
    next = await work();
  } catch (error) {
    next = { kind: 'refusal', refusal: toRefusal(error) };
  }
  if (mine !== turn) return;
  stopCamera();
  show(next);
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  console.error(error);
  return new Refusal('PAGE_FAILED');
}

function begin(next: Screen): number {
  stopCamera();
  list?.end();
  list = null;
  turn++;
  show(next);
  return turn;
}

function stopCamera(): void {
  camera?.stop();
  camera = null;
}

function goHome(): void {
  leaveLink();
  begin({ kind: 'home' });
}

// What a link said must not stay in the address bar beside the verdict on something else.
function leaveLink(): void {
  if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
}

/** The fragment is read here and nowhere sent; it stays in the address bar, so that reloading checks again. */
function openLink(): boolean {
  if (location.hash.length < 2) return false;
  void present({ kind: 'qr-text', text: `${base.href}${location.hash}` });
  return true;
}

function show(next: Screen): void {
  screen = next;
  draw();
  const here = document.querySelector<HTMLElement>('main [data-here]');
  here?.focus();
  if (here) return;
  document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function draw(): void {
  const main = element('main', { id: 'main', tabindex: '-1' }, viewOf(screen));
  document.documentElement.lang = reader.language;
  document.title = titleOf(screen);
  const { language, words } = reader;
  const footer = helpView(reader);
  const frame = {
    language,
    words: words.page,
    version: __VERSION__,
    href: './',
    isTest: origin.isTest(),
    footer,
    main,
  };
  document.body.replaceChildren(...frameView({ ...frame, choose, home: goHome }));
  const view = kept?.view(reader);
  if (view) main.before(view);
  // A video that leaves the page for a moment, as when the language changes, stops playing.
  if (camera) void video.play().catch(() => {});
}

function helpView({ language, words: { page } }: Reader): HTMLElement {
  const { help } = page;
  const link = (name: 'accept' | 'holders') => element('a', { href: `${name}-${language}.html` }, help[name]);
  return element('nav', { 'aria-label': help.label }, link('accept'), link('holders'));
}

function viewOf(current: Screen): HTMLElement {
  const { words } = reader;
  switch (current.kind) {
    case 'home':
      return homeView(words, ways, !kept?.isOn());
    case 'camera':
      cameraControls = cameraScreen(video, words, goHome);
      cameraControls.say(camera ? 'looking' : 'starting');
      if (camera?.light) cameraControls.offerLight(camera.light);
      return cameraControls.view;
    case 'checking':
      return checkingView();
    case 'many':
      return current.list.view(reader);
    case 'facts':
      return current.view(current.asked, reader, {
        ask: (type, facts) => void lookUpFacts(current, { type, facts }),
        back: goHome,
      });
    case 'refusal':
      return refusalView(current.refusal, reader, ways);
    case 'verdict':
      return verdictView(current, reader, {
        isListed: list !== null,
        another: () => (list ? turnTo({ kind: 'many', list }) : goHome()),
        retry() {
          if (!list) return void present(current.presented);
          list.again();
          turnTo({ kind: 'many', list });
        },
        print: () => print(),
        save: () => save(current),
        askPast: (day) => void askPast(current, day),
      });
  }
}

/** The receipt for machines, which goes to the reader's own folder and nowhere else. */
function save({ verdict, presented }: VerdictScreen): void {
  const receipt = toReceipt(verdict, presented, { address: base.href, version: __VERSION__ });
  const file = new Blob([`${JSON.stringify(receipt, null, 2)}\n`], { type: 'application/json' });
  keep(file, `e-proof-receipt-${verdict.credential?.reference ?? verdict.time}.json`);
}

function keep(file: Blob, name: string): void {
  const href = URL.createObjectURL(file);
  element('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href));
}

function checkingView(): HTMLElement {
  const { heading, text } = reader.words.checking;
  return element(
    'div',
    { class: 'checking', 'aria-busy': 'true' },
    element('div', { class: 'checking-mark' }),
    element('h1', { tabindex: '-1' }, heading),
    element('p', { role: 'status' }, text),
  );
}

function titleOf(current: Screen): string {
  const { title } = reader.words.page;
  if (current.kind === 'verdict') return `${verdictTitle(current.verdict, reader)} · ${title}`;
  if (current.kind === 'many') return `${current.list.title(reader)} · ${title}`;
  if (current.kind === 'refusal') return `${wordsOf(current.refusal, reader).heading} · ${title}`;
  return title;
}

async function choose(language: Language): Promise<void> {
  rememberLanguage(language);
  await read(language);
  redraw();
  document.querySelector<HTMLElement>(`[data-language="${language}"]`)?.focus();
}

/** Of what is typed nothing is lost: a field has the same id in every language. */
function redraw(): void {
  const fields = 'main :is(input, textarea, select)[id]';
  const typed = [...document.querySelectorAll<HTMLInputElement>(fields)].map(({ id, value }) => ({ id, value }));
  draw();
  for (const { id, value } of typed) Object.assign(document.getElementById(id) ?? {}, { value });
}

async function read(language: Language): Promise<void> {
  reader = { language, words: await loadDictionary(language), calendar: createCalendar(language) };
}

function listen(): void {
  addEventListener('hashchange', () => openLink() || goHome());
  addEventListener('keydown', (event) => event.key === 'Escape' && screen.kind === 'camera' && goHome());
  addEventListener('pagehide', stopCamera);
  // who puts it on a home screen wants it there without a network
  addEventListener('appinstalled', () => void keepAll());
  addEventListener('beforeprint', () => setFolds(true));
  addEventListener('afterprint', () => setFolds(false));
  addEventListener('paste', takePaste);
  addEventListener('dragover', takeDrag);
  addEventListener('dragleave', (event) => !event.relatedTarget && document.body.classList.remove('is-dropping'));
  addEventListener('drop', takeDrop);
}

// A receipt on paper cannot be unfolded.
function setFolds(isOpen: boolean): void {
  for (const fold of document.querySelectorAll('details')) fold.open = isOpen;
}

function takePaste(event: ClipboardEvent): void {
  const files = [...(event.clipboardData?.files ?? [])];
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (files.length > 0) void presentFiles(files);
  else if (text.trim() !== '' && !(event.target instanceof HTMLTextAreaElement)) ways.text(text);
  else return;
  event.preventDefault();
}

function takeDrag(event: DragEvent): void {
  if (!event.dataTransfer?.types.includes('Files')) return;
  event.preventDefault();
  document.body.dataset.drop = reader.words.home.drop;
  document.body.classList.add('is-dropping');
}

function takeDrop(event: DragEvent): void {
  document.body.classList.remove('is-dropping');
  const files = [...(event.dataTransfer?.files ?? [])];
  if (files.length === 0) return;
  event.preventDefault();
  // a folder is found here alone, and only now
  const entries = [...(event.dataTransfer?.items ?? [])].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.some(({ isDirectory }) => isDirectory)) void checkMany(entries);
  else presentFiles(files);
}

// The test band is there from the first drawing where the list of trust comes at once, so that nothing jumps.
const trusted = origin.sources();
await read(preferredLanguage(rememberedLanguage(), navigator.languages));
kept = await keeping;
listen();
if (!openLink()) {
  await Promise.race([trusted, new Promise((resolve) => setTimeout(resolve, TRUST_PATIENCE_MS))]);
  if (turn === 0) draw();
}
await trusted;
document.querySelector('.test-band')?.toggleAttribute('hidden', !origin.isTest());
