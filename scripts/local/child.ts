import { type ChildProcess, fork } from 'node:child_process';
import cluster from 'node:cluster';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { LocalError } from './local-error.ts';

export type Log = (line: string) => void;

/** What a child tells its parent; `parent.ts` is the other end. */
export type ChildMessage<Ready> = { log: string } | { ready: Ready } | { failed: string } | { ended: string };

export interface Child<Ready> {
  name: string;
  ready: Ready;
  /** Resolves with the reason when the child ends; says "stopped" where it was asked to. */
  ended: Promise<string>;
  /** Tells it something between its start and its stop; nothing where it has ended. */
  tell(message: object): void;
  stop(): Promise<void>;
}

export interface ChildOptions<Start> {
  name: string;
  file: string;
  start: Start;
  log: Log;
  /** Ends the child, ready or not. */
  signal?: AbortSignal;
  /** It listens at the same ports as the others of its kind, which take connections as they have time; its output is this process's. */
  sharesPorts?: boolean;
}

const STOP_TIMEOUT_MS = 20_000;

/**
 * Starts one of our own processes and waits until it is ready. It ends when it is told to, and by itself when this process ends,
 * even by `kill -9`: the channel between the two closes. Unless it shares ports, it stands in its own process group, so that Ctrl-C in a
 * terminal reaches only the parent, which stops its children in the right order.
 */
export async function startChild<Start extends object, Ready>(options: ChildOptions<Start>): Promise<Child<Ready>> {
  const { name, start, log } = options;
  const child = options.sharesPorts ? forkSharing(options) : forkAlone(options);
  createInterface({ input: child.stderr! }).on('line', (line) => log(`${name}: ${line}`));
  const ended = untilExit(child, name);
  child.send({ start });
  const ready = await untilReady<Ready>(child, { name, log, ended });
  const tell = (message: object) => void (child.connected && child.send(message, () => {}));
  return { name, ready, ended, tell, stop: () => stop(child, ended) };
}

// Hardhat asks about telemetry on terminals, and a child has nobody to ask
const QUIET = { HARDHAT_DISABLE_TELEMETRY: 'true' };

function forkAlone({ file, signal }: ChildOptions<object>): ChildProcess {
  return fork(pathOf(file), {
    detached: true,
    execArgv: [],
    ...(signal && { signal }),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...QUIET },
  });
}

/**
 * Ctrl-C in a terminal reaches these children too, and asks them for what the parent asks them a moment later. They take connections from the
 * system by themselves: where the parent hands them out (SCHED_RR), whatever it has handed to a child that dies before it says thank you is never
 * answered and never closed, and its sender waits for minutes.
 */
function forkSharing({ file, signal }: ChildOptions<object>): ChildProcess {
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ exec: pathOf(file), args: [], execArgv: [], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  const child = cluster.fork(QUIET).process;
  const end = () => child.kill();
  signal?.addEventListener('abort', end);
  child.once('exit', () => signal?.removeEventListener('abort', end));
  return child;
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

function untilReady<Ready>(
  child: ChildProcess,
  { name, log, ended }: { name: string; log: Log; ended: Promise<string> },
): Promise<Ready> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: ChildMessage<Ready>) => {
      if ('log' in message) log(`${name}: ${message.log}`);
      if ('ready' in message) resolve(message.ready);
      if ('failed' in message) reject(new LocalError(message.failed));
    });
    ended.then((reason) => reject(new LocalError(reason)));
  });
}

function untilExit(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve) => {
    let lastWords: string | undefined;
    child.on('message', (message: ChildMessage<unknown>) => {
      if ('ended' in message) lastWords = message.ended;
    });
    child.on('error', (error) => resolve(`${name} could not be started: ${error.message}`));
    child.on('close', (code, signal) => {
      const how = code === 0 ? `${name} stopped` : `${name} ended unexpectedly (${signal ?? `exit code ${code}`})`;
      resolve(lastWords ?? how);
    });
  });
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.connected) child.send('stop', () => {});
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
