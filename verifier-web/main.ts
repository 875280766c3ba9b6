import { element } from '../ui/element.ts';
import { type Language, preferredLanguage, rememberedLanguage, rememberLanguage } from '../ui/language.ts';
import { createCalendar } from '../ui/phrase.ts';
import { type Camera, openCamera } from './camera.ts';
import { type CameraScreen, cameraScreen } from './camera-view.ts';
import { loadChecked, preload } from './checked-script.ts';
import { checkingView } from './checking-view.ts';
import { createDecoder } from './decoder.ts';
import { loadDictionary } from './dictionaries.ts';
import type { FactsAsked, factsView } from './facts/facts-view.ts';
import { homeView, refusalView, type Ways } from './home-view.ts';
import { createLookUps } from './look-up.ts';
import type { Given } from './many/gather.ts';
import type { List } from './many/many.ts';
import type { Keeping } from './offline/keeping.ts';
import { pageView } from './page-view.ts';
import type { DecodeImage, Tools } from './presented.ts';
import type { Reader } from './reader.ts';
import { isRefusal, Refusal, wordsOf } from './refusal.ts';
import { scriptUrl } from './script-url.ts';
import { createOrigin } from './sources.ts';
import type { Judged } from './verdict-view.ts';

/** What is on the page. Drawn again, unchanged, when the language changes. */
type Screen =
  | VerdictScreen
  | { kind: 'home' }
  | { kind: 'camera' }
  | { kind: 'checking' }
  | { kind: 'many'; list: List }
  | FactsScreen
  | { kind: 'refusal'; refusal: Refusal; again?: () => void; back: (() => void) | undefined };

interface FactsScreen {
  kind: 'facts';
  asked: FactsAsked;
  view: typeof factsView;
  /** The verdict that led here; null where a reference was typed. */
  from: VerdictScreen | null;
}

interface VerdictScreen extends Judged {
  kind: 'verdict';
  judgement: Judgement;
}

type Judgement = typeof import('./judgement.ts');

const HELP_MS = 8_000;

const base = new URL('.', document.baseURI);
const origin = createOrigin(base, async () => (await keeping)?.snapshot(), window.askedTrust);
const lookUps = createLookUps(base);
const decodeImage = createDecoder(base);
/** For lists, one after another, and two of them for the camera: each is a worker as soon as it reads a picture, and stays. */
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
    void present(({ readPresentedText }) => ({ presented: readPresentedText(text) }));
  },
  lookUp: (reference) => void lookUp(reference),
  keep: () => void keepAll(),
};

async function present(read: Reading): Promise<void> {
  await settle(begin({ kind: 'checking' }), () => judged(read));
}

/** How what is judged is read. */
type Reading = (judgement: Judgement) => Read | Promise<Read>;
type Read = Pick<Judged, 'presented' | 'pictures'>;

/** The verdict on what is read; on how it stood on a day in the past, too, where one is asked about. */
async function judged(read: Reading, day?: number): Promise<VerdictScreen> {
  void warm(reader);
  const [judgement, sources] = await Promise.all([loadJudgement(), origin.sources()]);
  for (const { nodes } of sources.trust.registries) nodes.forEach(preconnect);
  const { presented, pictures } = await read(judgement);
  const verdict = await judgement.judge(presented, { ...sources, day });
  await breathe();
  return { kind: 'verdict', judgement, presented, pictures, verdict };
}

/** A browser takes longer to make its first format of dates than to draw the verdict: it does while the network is waited for. */
async function warm({ calendar }: Reader): Promise<void> {
  await idle();
  calendar.day(0);
  await idle();
  calendar.time(0);
}

const connected = new Set<string>();

/** It will be asked as soon as it is known what. */
function preconnect(url: string): void {
  if (connected.has(url)) return;
  connected.add(url);
  document.head.append(element('link', { rel: 'preconnect', href: url, crossorigin: 'anonymous' }));
}

/** Between two pieces of work, so that what the reader does meanwhile is heard. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const loadJudgement = (): Promise<Judgement> => load(__JUDGEMENT__);

const FIRST_TOUCHES = ['pointerdown', 'keydown', 'click', 'dragenter'];

/** With the first thing that is done here, whatever it is: there before a camera or a choice of files has opened, and no cost to who only looks. */
function preloadAtFirstTouch(): void {
  const touched = new AbortController();
  const take = () => {
    touched.abort();
    preload(__JUDGEMENT__);
  };
  for (const type of FIRST_TOUCHES) addEventListener(type, take, { signal: touched.signal, passive: true });
}

/** What the service has for a typed reference is judged as if it had been scanned. */
async function lookUp(reference: string): Promise<void> {
  leaveLink();
  await settle(begin({ kind: 'checking' }), async () => {
    const text = await lookUps.byReference(reference);
    return text === null ? factsScreen({ reference, type: null }, null) : judgedAnswer(text, reference);
  });
}

/** To the entries that a scanned code does not tell, for whoever has the paper: its reference and its kind are known. */
async function askFacts(from: VerdictScreen): Promise<void> {
  const { credential } = from.verdict;
  if (!credential?.type) return;
  const { reference, type } = credential;
  await settle(
    turnTo({ kind: 'checking' }),
    () => factsScreen({ reference, type: type.code }, from),
    () => turnTo(from),
  );
}

/** Which facts are asked for is the service's to say: no verifier needs them to judge. @throws Refusal where it does not */
async function factsScreen(
  { reference, type }: { reference: string; type: string | null },
  from: VerdictScreen | null,
): Promise<FactsScreen> {
  const { factsView: view } = await load<typeof import('./facts/facts-view.ts')>(__FACTS__);
  const known = await lookUps.factTypes();
  const types = type === null ? known : known.filter((one) => one.type === type);
  if (type !== null && types.length === 0) throw new Refusal('LOOK_UP_UNAVAILABLE');
  return { kind: 'facts', view, from, asked: { reference, types, isScanned: from !== null, typed: null, fits: null } };
}

async function lookUpFacts({ asked, view, from }: FactsScreen, typed: NonNullable<FactsAsked['typed']>): Promise<void> {
  const { reference } = asked;
  const again = (fits: false | null): FactsScreen => ({ kind: 'facts', view, from, asked: { ...asked, typed, fits } });
  await settle(
    from ? turnTo({ kind: 'checking' }) : begin({ kind: 'checking' }),
    async () => {
      const text = await lookUps.byFacts({ ...typed, reference });
      return text === null ? again(false) : judgedAnswer(text, reference);
    },
    () => turnTo(again(null)),
  );
}

/** A service that answers with another document than the one that was asked about has not answered, however genuine that is. */
async function judgedAnswer(text: string, reference: string): Promise<VerdictScreen> {
  const answer = await judgedQrText(text);
  const { genuine, credential } = answer.verdict;
  if (genuine !== 'not-genuine' && credential?.reference !== reference) throw new Refusal('LOOK_UP_UNAVAILABLE');
  return answer;
}

const judgedQrText = (text: string): Promise<VerdictScreen> => judged(() => ({ presented: { kind: 'qr-text', text } }));

/** The verdict is made anew, with the day: an answer about the past never stands beside an older one about today. */
async function askPast(asked: VerdictScreen, day: number): Promise<void> {
  const mine = ++turn;
  screen = { ...asked, isAsking: true };
  draw();
  document.querySelector<HTMLElement>('[data-action=past]')?.focus();
  await settle(mine, () => judged(() => asked, day));
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
  await settle(mine, () =>
    judged(async ({ readFile }) => {
      const [finding, another] = await readFile(file, toolsWith(decodeImage));
      if (another && mine === turn) void checkMany([file]);
      return finding;
    }),
  );
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
  const [many, judgement] = await Promise.all([load<typeof import('./many/many.ts')>(__MANY__), loadJudgement()]);
  return many.createList({
    decoders,
    readFile: (file, decode) => judgement.readFile(file, toolsWith(decode)),
    judge: judgement.judge,
    sources: origin.sources,
    lookUp: lookUps.byReference,
    toRefusal,
    keep,
    open: ({ verdict, presented }) => turnTo({ kind: 'verdict', judgement, verdict, presented }),
    leave: goHome,
  });
}

const toolsWith = (decode: DecodeImage): Tools => ({ decodeImage: decode, loadPages: () => load(__PDF__), scriptUrl });

/** A script that only some readers need, or not at once. */
const load = <T>(file: PageFile): Promise<T> => loadChecked(file, base);

/** Where the page was kept before, it is kept; a browser that keeps nothing has nothing. */
async function findKeeping(): Promise<Keeping | null> {
  const found = await navigator.serviceWorker?.getRegistration(base).catch(() => {});
  return found ? loadKeeping().catch(() => null) : null;
}

async function loadKeeping(): Promise<Keeping> {
  const { createKeeping } = await load<typeof import('./offline/keeping.ts')>(__KEEPING__);
  return createKeeping({ base, sources: origin.sources, scriptUrl, redraw });
}

async function keepAll(): Promise<void> {
  try {
    kept = await loadKeeping();
  } catch (error) {
    turnTo({ kind: 'refusal', refusal: toRefusal(error), back: undefined });
    return;
  }
  keeping = Promise.resolve(kept);
  kept.keep();
  redraw();
  document.querySelector<HTMLElement>('.kept')?.focus();
}

/** To another page of the same work: the list stays. */
function turnTo(next: Screen): number {
  turn++;
  show(next);
  return turn;
}

async function scan(): Promise<void> {
  leaveLink();
  const mine = begin({ kind: 'camera' });
  await settle(mine, async () => {
    const opened = await openCamera(video, [decodeImage, decoders[1]]);
    if (mine !== turn) {
      opened.stop();
      return screen;
    }
    camera = opened;
    cameraControls?.offer(opened);
    cameraControls?.say('looking');
    // while no code is there yet; what fails now is said when it is needed
    void Promise.all([warm(reader), loadJudgement()]).catch(() => {});
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

/** Shows what a piece of work ends in, unless something newer has begun meanwhile; where it fails, with the way back to what it came from. */
async function settle(mine: number, work: () => Promise<Screen>, back?: () => void): Promise<void> {
  let next: Screen;
  try {
    next = await work();
  } catch (error) {
    const again = () => void settle(begin({ kind: 'checking' }), work, back);
    const refusal = toRefusal(error);
    next = { kind: 'refusal', refusal, back, ...(refusal.code === 'SCRIPT_UNAVAILABLE' && { again }) };
  }
  if (mine !== turn) return;
  stopCamera();
  show(next);
}

function toRefusal(error: unknown): Refusal {
  if (isRefusal(error)) return error;
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
  const text = `${base.href}${location.hash}`;
  void present(() => ({ presented: { kind: 'qr-text', text } }));
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
  document.documentElement.lang = reader.language;
  document.title = titleOf(screen);
  document.body.replaceChildren(...pageView(viewOf(screen), reader, origin.isTest(), { choose, home: goHome }));
  const view = kept?.view(reader);
  if (view) document.querySelector('main')?.before(view);
  // A video that leaves the page for a moment, as when the language changes, stops playing.
  if (camera) void video.play().catch(() => {});
}

function viewOf(current: Screen): HTMLElement {
  const { words } = reader;
  switch (current.kind) {
    case 'home':
      return homeView(words, ways, !kept?.isOn());
    case 'camera':
      cameraControls = cameraScreen(video, words, goHome);
      cameraControls.say(camera ? 'looking' : 'starting');
      if (camera) cameraControls.offer(camera);
      return cameraControls.view;
    case 'checking':
      return checkingView(words);
    case 'many':
      return current.list.view(reader);
    case 'facts':
      return current.view(current.asked, reader, {
        ask: (type, facts) => void lookUpFacts(current, { type, facts }),
        back: () => (current.from ? void turnTo(current.from) : goHome()),
      });
    case 'refusal':
      return refusalView(current.refusal, reader, ways, current);
    case 'verdict':
      return current.judgement.verdictView(current, reader, {
        isListed: list !== null,
        console: origin.console(),
        another: () => (list ? void turnTo({ kind: 'many', list }) : goHome()),
        retry() {
          if (!list) return void present(() => current);
          list.again();
          turnTo({ kind: 'many', list });
        },
        print: () => void printReceipt(),
        save: () => save(current),
        askFacts: () => void askFacts(current),
        askPast: (day) => void askPast(current, day),
        loadDrawing: () => idle().then(loadDrawing),
      });
  }
}

const loadDrawing = (): Promise<typeof import('../ui/qr-drawing.ts')> => load(__DRAWING__);

/** With its code, where that can be drawn. */
async function printReceipt(): Promise<void> {
  await loadDrawing().catch(() => {});
  print();
}

/** The receipt for machines, which goes to the reader's own folder and nowhere else. */
function save({ verdict, presented, judgement }: VerdictScreen): void {
  const receipt = judgement.toReceipt(verdict, presented, { address: base.href, version: __VERSION__ });
  const file = new Blob([`${JSON.stringify(receipt, null, 2)}\n`], { type: 'application/json' });
  keep(file, `e-proof-receipt-${verdict.credential?.reference ?? verdict.time}.json`);
}

function keep(file: Blob, name: string): void {
  const href = URL.createObjectURL(file);
  element('a', { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href));
}

function titleOf(current: Screen): string {
  const { title } = reader.words.page;
  if (current.kind === 'verdict') return `${current.judgement.verdictTitle(current.verdict, reader)} · ${title}`;
  if (current.kind === 'many') return `${current.list.title(reader)} · ${title}`;
  if (current.kind === 'refusal') return `${wordsOf(current.refusal, reader).heading} · ${title}`;
  return title;
}

async function choose(language: Language): Promise<void> {
  try {
    await read(language);
  } catch (error) {
    return sayBesideLanguages(wordsOf(toRefusal(error), reader).heading);
  }
  rememberLanguage(language);
  redraw();
  document.querySelector<HTMLElement>(`[data-language="${language}"]`)?.focus();
}

/** What is on the page stays: it was told in this language. */
function sayBesideLanguages(text: string): void {
  document.querySelector('.top [role=alert]')?.remove();
  document.querySelector('.top-inner')?.append(element('p', { class: 'fault', role: 'alert' }, text));
}

/** Of what is typed nothing is lost: a field has the same id in every language. */
function redraw(): void {
  const fields = 'main :is(input, textarea, select)[id]';
  const typed = [...document.querySelectorAll<HTMLInputElement>(fields)].map(({ id, value }) => ({ id, value }));
  draw();
  for (const { id, value } of typed) Object.assign(document.getElementById(id) ?? {}, { value });
}

/** Not before what is on the page can be used; a browser that tells no idle time has some soon. */
function idle(): Promise<unknown> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(resolve, { timeout: 2_000 });
    else setTimeout(resolve, 200);
  });
}

async function read(language: Language): Promise<void> {
  reader = { language, words: await loadDictionary(language, base), calendar: createCalendar(language) };
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

/** Opened from a folder with the installed page. A file that has gone since, or may not be read, is called unreadable. */
async function takeOpened(handles: readonly FileSystemFileHandle[]): Promise<void> {
  if (handles.length === 0) return;
  const files = await Promise.all(handles.map((handle) => handle.getFile())).catch(() => null);
  if (files) presentFiles(files);
  else turnTo({ kind: 'refusal', refusal: new Refusal('FILE_UNREADABLE'), back: undefined });
}

// A receipt on paper cannot be unfolded.
function setFolds(isOpen: boolean): void {
  for (const fold of document.querySelectorAll('details')) {
    fold.open = isOpen;
    // the browser's own comes when the paper is drawn already
    fold.dispatchEvent(new Event('toggle'));
  }
}

// What is pasted into a field belongs to the field: a reference, or a name from the paper, is no code to be judged.
function takePaste(event: ClipboardEvent): void {
  const files = [...(event.clipboardData?.files ?? [])];
  const text = event.clipboardData?.getData('text/plain') ?? '';
  if (files.length > 0) void presentFiles(files);
  else if (text.trim() !== '' && !isTypedInto(event.target)) ways.text(text);
  else return;
  event.preventDefault();
}

function isTypedInto(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches(':read-write');
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

const trusted = origin.sources();
// where the words cannot be had, what stands in the page says so (start.ts)
await read(preferredLanguage(rememberedLanguage(), navigator.languages));
kept = await keeping;
listen();
if (!openLink()) {
  draw();
  preloadAtFirstTouch();
}
window.launchQueue?.setConsumer(({ files }) => void takeOpened(files));
await trusted;
document.querySelector('.test-band')?.toggleAttribute('hidden', !origin.isTest());
