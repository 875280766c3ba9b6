import type { Post } from '../../proof/nodes.ts';
import type { Presented } from '../../proof/presented.ts';
import type { Verdict } from '../../proof/verdict.ts';
import type { Sources } from '../../proof/verification.ts';
import type { DecodeImage, Finding, Findings } from '../presented.ts';
import type { Refusal } from '../refusal.ts';
import type { Result, Row } from './row.ts';

/** What the page lends to the list: the same reading and judging that a single file gets. */
export interface Bench {
  /** QR readers, which load when the first picture comes their way: as many as files are checked at once. */
  decoders: readonly DecodeImage[];
  readFile(file: File, decodeImage: DecodeImage): Promise<Findings>;
  judge(presented: Presented, sources: Sources): Promise<Verdict>;
  sources(): Promise<Sources>;
  /** Asks the service: the text of a QR code, or null where nothing is shown. */
  lookUp(reference: string): Promise<string | null>;
  toRefusal(error: unknown): Refusal;
}

/** The service answers 60 look-ups a minute. */
export const LOOK_UP_PACE_MS = 1_100;
const LIMITED_PAUSE_MS = 61_000;
/** Documents of one page of the register are one question to its nodes within this time; a failure is shared, too, or hundreds would wait for it. */
const SHARED_MS = 30_000;

export interface Run {
  /** Both check the rows of their kind that have no result, and resolve when none is left or the run is stopped. */
  checkFiles(rows: readonly Row[], on: Told): Promise<void>;
  lookUp(rows: readonly Row[], on: Told): Promise<void>;
  /** What was answered before is asked again, for rows that have no result any more. */
  forget(): void;
  stop(): void;
}

interface Told {
  done(row: Row): void;
  /** A file holds several things: the rows for the others belong after the first's. */
  more(first: Row, others: readonly Row[]): void;
}

/** Results of one go: what the nodes answered in it is not used in another. */
export function createRun(bench: Bench): Run {
  const { share, forget } = createSharing();
  let isStopped = false;
  let paced = Promise.resolve();
  const taken = new WeakSet<Row>();

  // What is added while it runs is taken, too; nothing twice.
  function* untaken(rows: readonly Row[], isMine: (row: Row) => boolean): Generator<Row> {
    for (const row of rows) {
      if (row.result || taken.has(row) || !isMine(row)) continue;
      taken.add(row);
      yield row;
    }
  }

  async function judge(presented: Presented): Promise<Result> {
    const sources = share(await bench.sources());
    return { kind: 'verdict', verdict: await bench.judge(presented, sources), presented };
  }

  async function checkFile(row: Row, decode: DecodeImage, on: Told): Promise<Result> {
    if (row.presented) return judge(row.presented);
    const file = await row.open?.().catch(() => null);
    if (!file) return { kind: 'refusal', code: 'FILE_UNREADABLE', host: '' };
    const [first, ...others] = await bench.readFile(file, decode);
    if (others.length > 0) await spread(row, [first, ...others], on);
    return judge(first.presented);
  }

  /** From one row to one for each finding. */
  async function spread(row: Row, [first, ...others]: Findings, on: Told): Promise<void> {
    const rows = others.map((other) => ofFinding(row.name, other));
    delete row.open;
    Object.assign(row, first);
    for (const other of rows) taken.add(other);
    on.more(row, rows);
    for (const other of rows) {
      const { presented } = other;
      if (presented && !isStopped)
        other.result = await judge(presented).catch((error) => toResult(bench.toRefusal(error)));
      taken.delete(other);
      if (other.result) on.done(other);
    }
  }

  async function work(
    queue: Iterator<Row>,
    check: (row: Row) => Promise<Result | null>,
    { done }: Told,
  ): Promise<void> {
    for (let next = queue.next(); !next.done && !isStopped; next = queue.next()) {
      const result = await check(next.value).catch((error) => toResult(bench.toRefusal(error)));
      taken.delete(next.value);
      if (!result) continue;
      next.value.result = result;
      done(next.value);
    }
  }

  async function askService(reference: string): Promise<string | null> {
    try {
      return await bench.lookUp(reference);
    } catch (error) {
      if (bench.toRefusal(error).code !== 'LOOK_UP_LIMITED') throw error;
      // others behind the same address count, too: who waits a minute is let in again
      await pause(LIMITED_PAUSE_MS);
      if (isStopped) throw error;
      return bench.lookUp(reference);
    }
  }

  return {
    async checkFiles(rows, on) {
      const queue = untaken(
        rows,
        ({ open, presented, reference }) => !!open || (!!presented && reference === undefined),
      );
      await Promise.all(bench.decoders.map((decode) => work(queue, (row) => checkFile(row, decode, on), on)));
    },
    async lookUp(rows, on) {
      const queue = untaken(rows, ({ reference }) => reference !== undefined);
      const ask = async ({ reference = '', presented }: Row): Promise<Result | null> => {
        if (presented) return judge(presented);
        await paced;
        if (isStopped) return null;
        paced = pause(LOOK_UP_PACE_MS);
        const text = await askService(reference);
        return text === null ? { kind: 'no-match' } : judge({ kind: 'qr-text', text });
      };
      await work(queue, ask, on);
    },
    forget,
    stop() {
      isStopped = true;
    },
  };
}

function ofFinding(name: string, finding: Finding | Refusal): Row {
  if ('presented' in finding) return { ...finding, name, result: null };
  return { name, ...(finding.page === undefined ? {} : { page: finding.page }), result: toResult(finding) };
}

function toResult({ code, host, words }: Refusal): Result {
  return { kind: 'refusal', code, host, ...(words && { words }) };
}

/** Lets hundreds of verifications ask the nodes the same question once, and load the same file once. */
function createSharing(): { share(sources: Sources): Sources; forget(): void } {
  const answers = new Map<string, { since: number; answer: Promise<unknown> }>();

  function once<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const known = answers.get(question);
    if (known && Date.now() - known.since < SHARED_MS) return known.answer as Promise<T>;
    for (const [old, { since }] of answers) if (Date.now() - since >= SHARED_MS) answers.delete(old);
    const answer = ask();
    answers.set(question, { since: Date.now(), answer });
    return answer;
  }

  return {
    share(sources) {
      const post: Post = (url, body) => once(`${url} ${body}`, () => sources.post(url, body));
      return { ...sources, post, loadFile: (path) => once(path, () => sources.loadFile(path)) };
    },
    forget: () => answers.clear(),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
