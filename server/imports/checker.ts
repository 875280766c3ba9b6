import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { CatalogueType } from '../../catalogue/catalogue.ts';
import type { OpenType, PrepareDeps } from '../issuance/prepare.ts';
import type { CheckedPiece, ImportSettings, Parents, PieceBytes } from './check.ts';

/** What a thread makes its tools from. The key reaches it as its data, never by the environment or a file. */
export interface CheckerSettings extends Pick<PrepareDeps, 'registry' | 'registryIndex' | 'verifier'> {
  masterKey: Uint8Array;
  /** auth/holder-index.ts */
  holderIndexKey: Uint8Array;
}

export interface Task {
  id: number;
  piece: PieceBytes;
  /** By its hash; `type` is told once to each thread: a department may have published it since the thread began. */
  definition: string;
  type: CatalogueType | null;
  settings: Omit<ImportSettings, 'open'> & { open: Omit<OpenType, 'type'> };
  /** Null: only the ids of the parents that rows name are asked for. */
  parents: Parents | null;
}

/** What a thread answers. */
export type Answer = { id: number } & ({ checked: CheckedPiece } | { named: string[] } | { error: unknown });

/** Threads that check pieces of imports. */
export interface Checker {
  threads: number;
  /** @param parents those of {@link findNamed} that are credentials of the department */
  check(piece: PieceBytes, settings: ImportSettings, parents: Parents): Promise<CheckedPiece>;
  /** The ids of the parents that rows name. */
  findNamed(piece: PieceBytes, settings: ImportSettings): Promise<string[]>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

interface Thread {
  worker: Worker;
  waiting: Map<number, Waiting>;
  /** Hashes of the types that it was told. */
  told: Set<string>;
}

const MOST_THREADS = 4;

/** Threads start with the first import and stay: each reads fonts and compiles for a second before it is fast. */
export function createChecker({
  masterKey,
  holderIndexKey,
  registry,
  registryIndex,
  verifier,
}: CheckerSettings): Checker {
  const settings = { masterKey, holderIndexKey, registry, registryIndex, verifier };
  const threads = Math.max(1, Math.min(MOST_THREADS, availableParallelism() - 1));
  const running: Thread[] = [];
  let lastId = 0;
  const choose = (): Thread => {
    const idle = running.find(({ waiting }) => waiting.size === 0);
    if (idle) return idle;
    if (running.length >= threads) return running.reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a));
    const thread = startThread(settings, () => running.splice(running.indexOf(thread), 1));
    running.push(thread);
    return thread;
  };
  const ask = (piece: PieceBytes, { open: { type, ...open }, ...rest }: ImportSettings, parents: Parents | null) =>
    new Promise<Answer>((resolve, reject) => {
      const { worker, waiting, told } = choose();
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      worker.ref();
      const task = { id, piece, definition: type.sha256, settings: { ...rest, open }, parents };
      worker.postMessage({ ...task, type: told.has(type.sha256) ? null : type } satisfies Task);
      told.add(type.sha256);
    });
  return {
    threads,
    check: async (piece, settings, parents) =>
      ((await ask(piece, settings, parents)) as { checked: CheckedPiece }).checked,
    findNamed: async (piece, settings) => ((await ask(piece, settings, null)) as { named: string[] }).named,
    async close() {
      await Promise.all(running.map(({ worker }) => worker.terminate()));
    },
  };
}

function startThread(settings: CheckerSettings, onEnd: () => void): Thread {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: settings });
  const waiting = new Map<number, Waiting>();
  worker.on('message', (answer: Answer) => {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
    if ('error' in answer) one?.reject(answer.error);
    else one?.resolve(answer);
  });
  let ended = false;
  const end = (cause: unknown) => {
    if (ended) return;
    ended = true;
    onEnd();
    for (const { reject } of waiting.values()) reject(new Error('a thread that checks imports ended', { cause }));
  };
  worker.on('error', end);
  worker.on('exit', end);
  // an idle thread keeps no process alive
  worker.unref();
  return { worker, waiting, told: new Set() };
}
