import { type Beginning, createEngine, type Engine } from './chain-engine.ts';
import { createGate } from './chain-gate.ts';
import type { Journal } from './chain-journal.ts';
import type { ChainNode } from './chain-methods.ts';
import type { Replica } from './chain-replica.ts';
import { REFUSED, RpcError } from './chain-rpc.ts';
import type { Log } from './child.ts';
import { LocalError, reasonOf } from './local-error.ts';

export interface LeaderOptions {
  journal: Pick<Journal, 'append' | 'close'>;
  /** Opens an engine that stands at the last block that the journal has published. */
  openReplica(): Promise<Replica>;
  idleBlockSeconds: number;
  log: Log;
}

/** Cancun is what the contracts are compiled for. */
const BEGINNING: Omit<Beginning, 'timestamp'> = { chainId: 24_601, hardfork: 'cancun', blockGasLimit: 60_000_000 };

/** Transactions that arrive together share a block. */
const GATHER_MS = 50;

/** No longer than this waits a transaction, even where the clock was set back. */
const PATIENCE_MS = 2_000;

/** Writes the first line of an empty journal. */
export async function beginChain(journal: Journal): Promise<void> {
  // a second ago: the first block comes at once
  const beginning: Beginning = { ...BEGINNING, timestamp: secondsOf(Date.now()) - 1 };
  const { genesisHash, version } = await createEngine(beginning);
  await journal.append({ format: 'eproof-chain/1', ...beginning, engine: version, hash: genesisHash });
}

/** Starts the node that makes the blocks, with one block at once: reads and estimates see the present time again after a pause. */
export async function openLeader(options: LeaderOptions): Promise<ChainNode> {
  const leader = new Leader(options, await options.openReplica());
  await leader.makeBlock();
  if (leader.halted) throw new LocalError(leader.halted);
  return leader;
}

/**
 * For each block, in this order:
 *  1. no read is under way, and none begins;
 *  2. the block is made, and journalled durably;
 *  3. reads go on, and see it.
 * Where that fails, the engine, which has the block already, is replaced by one that is replayed from the journal; from then on the
 * node serves what it has, and makes no more blocks.
 */
class Leader implements ChainNode {
  readonly ended: Promise<string>;
  halted: string | undefined;
  readonly #options: LeaderOptions;
  readonly #gate = createGate();
  readonly #end: (reason: string) => void;
  #engine: Engine;
  #timestamp: number;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;
  #isClosed = false;

  constructor(options: LeaderOptions, replica: Replica) {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ended = promise;
    this.#end = resolve;
    this.#options = options;
    this.#engine = replica.engine;
    this.#timestamp = replica.head().timestamp;
  }

  read(method: string, params: unknown[]): Promise<unknown> {
    return this.#gate.shared(() => this.#engine.request(method, params));
  }

  async send(raw: string): Promise<string> {
    const hash = await this.#gate.shared(async () => {
      if (this.halted) throw new RpcError(REFUSED, this.halted);
      return this.#engine.submit(raw);
    });
    this.#makeBlockIn(promptDelayMs(this.#timestamp, Date.now()));
    return hash;
  }

  async makeBlock(): Promise<void> {
    this.#dueMs = Number.POSITIVE_INFINITY;
    const count = await this.#gate.alone(() => this.#mineDurably());
    // what did not fit goes into the next one; what waits for an earlier nonce goes with that
    const isMoreToDo = count > 0 && this.#engine.waitingCount() > 0;
    this.#makeBlockIn(isMoreToDo ? promptDelayMs(this.#timestamp, Date.now()) : this.#options.idleBlockSeconds * 1000);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#gate.alone(async () => {
      this.#isClosed = true;
    });
    await this.#options.journal.close();
  }

  /** Returns how many transactions the block has. */
  async #mineDurably(): Promise<number> {
    if (this.halted || this.#isClosed) return 0;
    try {
      const block = await this.#engine.mine(nextTimestamp(this.#timestamp, Date.now()));
      await this.#options.journal.append(block);
      this.#timestamp = block.timestamp;
      return block.transactions.length;
    } catch (error) {
      await this.#halt(reasonOf(error));
      return 0;
    }
  }

  async #halt(reason: string): Promise<void> {
    this.halted = `the chain makes no more blocks until it is started again: the next one could not be made and journalled (${reason})`;
    this.#options.log(this.halted);
    try {
      this.#engine = (await this.#options.openReplica()).engine;
    } catch (error) {
      this.#end(`the chain has stopped: ${reasonOf(error)}`);
    }
  }

  #makeBlockIn(delayMs: number): void {
    const dueMs = Date.now() + delayMs;
    if (this.halted || this.#isClosed || dueMs >= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => void this.makeBlock(), delayMs);
  }
}

/** Timestamps have whole seconds and must grow: a block waits for the second after its parent's, rather than run ahead of the clock. */
export function promptDelayMs(parentTimestamp: number, nowMs: number): number {
  const nextSecondMs = (parentTimestamp + 1) * 1000 - nowMs;
  return Math.max(GATHER_MS, Math.min(nextSecondMs, PATIENCE_MS));
}

/** The wall clock, unless that was set back. */
export function nextTimestamp(parentTimestamp: number, nowMs: number): number {
  return Math.max(secondsOf(nowMs), parentTimestamp + 1);
}

function secondsOf(timeMs: number): number {
  return Math.floor(timeMs / 1000);
}
