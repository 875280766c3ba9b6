import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { CborValue } from '../../proof/cbor.ts';
import { AppError, type AppErrorCode } from '../app-error.ts';
import type { DepartmentSigners, KeyPurpose } from './department-signers.ts';
import { readFrames, writeFrame } from './frame.ts';
import type { StatusSigner } from './signer.ts';
import {
  type SignerStart,
  toBatchItems,
  toChangeItems,
  toExtensionItems,
  toHeadItems,
  toNoticeItems,
  toSuccessionItems,
} from './signer-message.ts';
import type { ValiditySigner } from './validity-signer.ts';

const PROGRAM = fileURLToPath(new URL('signer-process.ts', import.meta.url));
const ANSWER_TIMEOUT_MS = 60_000;
const FIRST_RESTART_MS = 250;
const LONGEST_RESTART_MS = 30_000;

export interface SignerProcess extends DepartmentSigners {
  /** The running process; null between its end and its next start. */
  pid(): number | null;
  close(): Promise<void>;
}

export interface SignerOptions {
  start: SignerStart;
  /** It ended, and is started again after a pause. */
  onEnd(error: AppError): void;
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

type Act = 'change' | 'succession' | 'extension' | 'notice';
type Question = 'batch' | 'head' | Act;

interface Signature {
  id: Uint8Array;
  signature: Uint8Array;
}

interface Waiting {
  resolve(signature: Signature): void;
  reject(error: AppError): void;
}

/**
 * Starts the signer in a process of its own and starts it again whenever it ends, after a pause that doubles until it answers. Without it
 * nothing is signed (SIGNER_UNREACHABLE), and batches wait; nothing else does.
 * @throws AppError KEY_UNKNOWN, KEY_UNREADABLE, SIGNER_UNREACHABLE where it cannot be started the first time
 */
export async function startSignerProcess({ start, onEnd }: SignerOptions): Promise<SignerProcess> {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let ends = 0;
  let child: Child | null = null;
  let isClosed = false;
  let addresses: DepartmentSigners['addresses'] = { anchor: [], status: [] };
  let ended: Promise<void> = Promise.resolve();
  let pause: NodeJS.Timeout | undefined;

  function run(): Promise<void> {
    const running = spawnSigner(start);
    const ready = Promise.withResolvers<void>();
    ended = listen(running, ready.resolve)
      .catch((error: unknown) => toUnreachable(error))
      .then((error) => {
        child = null;
        const reason = error ?? toUnreachable(null);
        ready.reject(reason);
        for (const [number, { reject }] of waiting) {
          waiting.delete(number);
          reject(reason);
        }
        running.kill('SIGKILL');
        return untilGone(running);
      });
    return ready.promise;
  }

  async function listen(running: Child, onReady: () => void): Promise<AppError | null> {
    for await (const [number, code, ...content] of readFrames(running.stdout)) {
      const error = typeof code === 'string' ? new AppError(code as AppErrorCode, String(content[0])) : null;
      if (number === 0 && error) return error;
      ends = 0;
      if (number === 0) {
        child = running;
        const [anchor, status] = content as string[][];
        addresses = { anchor: anchor ?? [], status: status ?? [] };
        onReady();
      } else settle(number as number, error ?? toSignature(content));
    }
    return null;
  }

  function settle(number: number, outcome: AppError | Signature): void {
    const asked = waiting.get(number);
    waiting.delete(number);
    if (outcome instanceof AppError) asked?.reject(outcome);
    else asked?.resolve(outcome);
  }

  function keepRunning(): void {
    void ended.then(() => {
      if (isClosed) return;
      const pauseMs = Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** Math.min(ends++, 10));
      onEnd(new AppError('SIGNER_UNREACHABLE', `the signer ended and is started again in ${pauseMs} ms`));
      pause = setTimeout(() => {
        run().catch(() => undefined); // told by the next onEnd
        keepRunning();
      }, pauseMs);
    });
  }

  function ask(what: Question, address: string, content: CborValue[]): Promise<Signature> {
    const running = child;
    if (!running) return Promise.reject(toUnreachable(null));
    const number = ++last;
    const { promise, resolve, reject } = Promise.withResolvers<Signature>();
    waiting.set(number, { resolve, reject });
    const timer = setTimeout(() => running.kill('SIGKILL'), ANSWER_TIMEOUT_MS);
    writeFrame(running.stdin, [number, what, address, content]);
    return promise.finally(() => clearTimeout(timer));
  }

  async function askAct(what: Act, address: string, content: CborValue[]): Promise<Uint8Array> {
    return (await ask(what, address, content)).signature;
  }

  function toValiditySigner(address: string): ValiditySigner {
    return {
      address,
      signExtension: (extension) => askAct('extension', address, toExtensionItems(extension)),
      signNotice: (notice) => askAct('notice', address, toNoticeItems(notice)),
      signStatusChange: (change) => askAct('change', address, toChangeItems(change)),
    };
  }

  function toStatusSigner(address: string): StatusSigner {
    return {
      address,
      signStatusChange: (change) => askAct('change', address, toChangeItems(change)),
      signSuccession: (succession) => askAct('succession', address, toSuccessionItems(succession)),
    };
  }

  await run();
  keepRunning();
  const has = (purpose: KeyPurpose, address: string) => addresses[purpose].includes(address);
  return {
    pid: () => child?.pid ?? null,
    addresses,
    findBatchSigner: (address) =>
      has('anchor', address) ? (batch) => ask('batch', address, toBatchItems(batch)) : undefined,
    findHeadSigner: (address) =>
      has('anchor', address) ? (number, head) => ask('head', address, toHeadItems(number, head)) : undefined,
    findValiditySigner: (address) => (has('anchor', address) ? toValiditySigner(address) : undefined),
    findStatusSigner: (address) => (has('status', address) ? toStatusSigner(address) : undefined),
    async close() {
      isClosed = true;
      clearTimeout(pause);
      child?.stdin.end();
      await ended;
    },
  };
}

// In a process group of its own: Ctrl-C reaches the service alone, which still has to sign what it is at.
function spawnSigner(start: SignerStart): Child {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(start)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    env: environmentOf(start),
  });
  // what cannot be written or started shows as its end
  child.stdin.on('error', () => undefined);
  child.on('error', () => undefined);
  return child;
}

/** Nothing of the service's own, whose secrets the signer has no use for. */
function environmentOf({ securityModule }: SignerStart): NodeJS.ProcessEnv {
  const names = securityModule?.environment ?? [];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}

function untilGone(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

function toSignature([id, signature]: readonly CborValue[]): Signature {
  return { id: id as Uint8Array, signature: signature as Uint8Array };
}

function toUnreachable(cause: unknown): AppError {
  return new AppError('SIGNER_UNREACHABLE', 'the signer does not run: it is started again by itself', { cause });
}
