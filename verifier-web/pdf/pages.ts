import { looksLikeQrText } from '../../proof/qr-text.ts';
import type { Language } from '../../ui/language.ts';
import { fill } from '../../ui/phrase.ts';
import { WHERE_SEEN } from '../decoding/search.ts';
import type { DecodeImage, Finding, Findings } from '../presented.ts';
import type { PdfRefusalCode, Refusal } from '../refusal.ts';
import type { Ask, Told } from './protocol.ts';
import { PDF_WORDS, type PdfPassage } from './words.ts';

/** What the page of the verifier lends: its QR reader, its one policy for addresses of workers, and its own class of refusals. */
export interface PdfHost {
  /** The attachments, where they are several: the file was put together from several documents. */
  attached: ReadonlySet<string>;
  decodeImage: DecodeImage;
  /** Whether there is room for one finding only. */
  isAlone: boolean | undefined;
  scriptUrl(url: string): string;
  Refusal: typeof Refusal;
}

const MOST_PAGES = 20;
/** Of a whole file, from its first byte to its last page. */
const PATIENCE_MS = 30_000;
/** A code of ours is read at 100. A4 has 3.9 megapixels then; a poster gets fewer dots. */
const DOTS_PER_INCH = 200;
const MOST_PIXELS = 9_000_000;

/** A file is read once: a list that takes over what a single file turned out to be asks for the same. */
const known = new WeakMap<File, Promise<Findings>>();

/**
 * What is on the pages of a PDF that has no attachment any more, or is in its several attachments: each code of ours once, with the number of its page, in the order of the pages; and a
 * refusal for what was not looked at. The first of other people's codes where there is none of ours. @throws Refusal where there is nothing else.
 */
export function readPages(file: File, bytes: Uint8Array, host: PdfHost): Promise<Findings> {
  const reading = known.get(file) ?? createReading(bytes, host);
  known.set(file, reading);
  // what could not be loaded, or was too slow, may not be at the next attempt
  reading.catch(() => known.delete(file));
  return reading;
}

async function createReading(bytes: Uint8Array, host: PdfHost): Promise<Findings> {
  const { decodeImage } = host;
  const deadline = performance.now() + PATIENCE_MS;
  const isOurs = new Set<string>();
  const strangers: string[] = [];
  const found: Finding[] = [];
  const refusals: Refusal[] = [];

  async function look(page: number, worker: PdfWorker): Promise<void> {
    const drawn = await worker.ask({ kind: 'draw', page, dotsPerInch: DOTS_PER_INCH, mostPixels: MOST_PIXELS });
    if (drawn.kind !== 'drawn') throw refuse('PDF_BROKEN', {}, page);
    for (const text of await inTime(decodeImage(drawn.image, WHERE_SEEN), deadline)) {
      if (!looksLikeQrText(text)) strangers.push(text);
      else if (!isOurs.has(text)) found.push({ presented: { kind: 'qr-text', text }, page });
      if (looksLikeQrText(text)) isOurs.add(text);
    }
  }

  async function lookAtAll(pages: number, worker: PdfWorker): Promise<void> {
    for (let page = 1; page <= pages; page++)
      try {
        await look(page, worker);
      } catch (error) {
        const refusal = error === TIME_UP ? refuse('PDF_SLOW', { seconds: PATIENCE_MS / 1000, page }) : error;
        if (!(refusal instanceof host.Refusal) || refusal.code === 'DECODER_UNAVAILABLE') throw refusal;
        refusals.push(refusal);
        if (error === TIME_UP) return;
      }
  }

  function refuse(code: PdfRefusalCode, values: Record<string, number> = {}, page?: number): Refusal {
    const said = (language: Language): PdfPassage => {
      const { heading, text, textWithout = text } = PDF_WORDS[language][code];
      return { heading: fill(heading, values), text: fill(found.length > 0 ? text : textWithout, values) };
    };
    const words = { en: said('en'), 'zh-Hant': said('zh-Hant'), 'zh-Hans': said('zh-Hans') };
    return Object.assign(new host.Refusal(code), page === undefined ? { words } : { words, page });
  }

  if (host.attached.size > 0) {
    for (const text of host.attached) found.push({ presented: { kind: 'json', text } });
    return conclude();
  }
  const worker = createWorker(host, deadline);
  try {
    const opened = await worker.ask({ kind: 'open', bytes }, [bytes.buffer]).catch((error) => {
      throw error === TIME_UP ? refuse('PDF_SLOW', { seconds: PATIENCE_MS / 1000, page: 1 }) : error;
    });
    if (opened.kind !== 'opened') throw failure(opened);
    const attached = opened.attachments.map(toText).find((text) => text.startsWith('{'));
    if (attached) return [{ presented: { kind: 'json', text: attached } }];
    await lookAtAll(Math.min(opened.pages, MOST_PAGES), worker);
    const left = { first: MOST_PAGES + 1, last: opened.pages, count: MOST_PAGES };
    if (opened.pages > MOST_PAGES) refusals.push(refuse('PDF_PAGES_LEFT', left));
    return conclude();
  } finally {
    worker.end();
  }

  function failure(told: Told): Refusal {
    if (told.kind !== 'failed' || told.why === 'unavailable') return new host.Refusal('DECODER_UNAVAILABLE');
    return refuse(told.why === 'encrypted' ? 'PDF_ENCRYPTED' : 'PDF_BROKEN');
  }

  function conclude(): Findings {
    const [refusal] = refusals;
    const [stranger] = strangers;
    const [first, ...others] = found;
    if (first && host.isAlone && others.length > 0) throw refuse('PDF_SEVERAL');
    if (first && !(host.isAlone && refusal)) return [first, ...others, ...refusals];
    if (refusal) throw refusal;
    if (stranger !== undefined) return [{ presented: { kind: 'qr-text', text: stranger } }];
    throw refuse('PDF_WITHOUT_PROOF');
  }
}

function toText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).trim();
}

const TIME_UP = Symbol('time is up');

interface PdfWorker {
  /** Rejects with TIME_UP, and then always. */
  ask(ask: Ask, transfer?: Transferable[]): Promise<Told>;
  end(): void;
}

// One for each file, so that the memory of a file is given back with it, and a file that keeps it busy for ever is ended.
function createWorker({ scriptUrl }: PdfHost, deadline: number): PdfWorker {
  const worker = new Worker(scriptUrl(new URL(__PDF_WORKER__.name, document.baseURI).href), {
    type: 'module',
    name: 'pdf',
  });
  return {
    ask(ask, transfer = []) {
      const answer = new Promise<Told>((resolve) => {
        worker.onmessage = ({ data }: MessageEvent<Told>) => isTold(data) && resolve(data);
        worker.onerror = () => resolve({ kind: 'failed', why: 'unavailable' });
        worker.postMessage(ask, transfer);
      });
      return inTime(answer, deadline);
    },
    end: () => worker.terminate(),
  };
}

// pdfjs says a word of its own when it is there.
function isTold({ kind }: Told): boolean {
  return kind === 'opened' || kind === 'drawn' || kind === 'failed';
}

async function inTime<T>(work: Promise<T>, deadline: number): Promise<T> {
  let timer = 0;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(TIME_UP), Math.max(0, deadline - performance.now()));
  });
  return Promise.race([work, end]).finally(() => clearTimeout(timer));
}
