import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, untilTrue } from '../scripts/local/starter.ts';

const PROJECT = resolve(import.meta.dirname, '../..');
const READY_MS = 150_000;
const GONE_MS = 30_000;

/** What `npm start` leaves for scripts in `demo.json`. */
export interface Demo {
  service: string;
  verifier: string;
  rpc: string;
  registry: string;
  departments: { id: string; name: string; apiKey: string }[];
  samples: { type: string; id: string; standing: string; pdf: string; qr: string; json: string; text: string }[];
}

/** One run of `npm start`, as a process of its own, with all that it starts in turn. */
export interface Run {
  pid: number;
  dataFolder: string;
  /** Everything that it has printed, errors included. */
  output(): string;
  /** Its exit code, or null where a signal ended it. */
  ended: Promise<number | null>;
  untilSaid(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Resolves when /readyz says so. */
  untilReady(): Promise<Demo>;
  /** The JSON-RPC of its two chain nodes, when it has said them. */
  chainNodes(): Promise<string[]>;
  /** Ctrl-C in its terminal: resolves with its exit code. */
  interrupt(): Promise<number | null>;
  /** `kill -9` of the start command alone; resolves when its children have noticed. */
  kill(): Promise<void>;
  /** `kill -9` of every process at once, as a power cut would. */
  killEverything(): Promise<void>;
}

const runs = new Set<Run>();

interface StartOptions {
  settings?: Readonly<Record<string, string>>;
  /** As a person does, instead of its command alone. */
  byNpm?: boolean;
  /** The service's processes; what the command does by itself where it is left out. */
  instances?: number;
}

/** Starts e-Proof on `dataFolder` with nothing of this process's own settings. */
export function startEproof(dataFolder: string, { settings = {}, byNpm = false, instances }: StartOptions = {}): Run {
  const [command, ...start] = byNpm ? ['npm', 'start', '--'] : [process.execPath, 'scripts/start.ts'];
  const args = [...start, ...(instances === undefined ? [] : ['--instances', String(instances)])];
  const child = spawn(command as string, args, {
    cwd: PROJECT,
    // a group of its own, as a terminal gives it one
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...plainEnvironment(), PORT: '0', LOG_LEVEL: 'warn', EPROOF_DATA_DIR: dataFolder, ...settings },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const pid = child.pid as number;
  const untilSaid = async (pattern: RegExp) => {
    await untilTrue(() => pattern.test(printed) || hasEnded, READY_MS);
    const said = pattern.exec(printed);
    if (!said) throw new Error(`npm start ended without saying ${pattern}:\n${printed}`);
    return said;
  };
  const untilGone = async () => {
    await ended;
    await untilTrue(() => processesOf(dataFolder).length === 0, GONE_MS);
  };
  const run: Run = {
    pid,
    dataFolder,
    output: () => printed,
    ended,
    untilSaid,
    async untilReady() {
      const [, service] = await untilSaid(/^listen\s+(\S+)$/m);
      await untilTrue(async () => hasEnded || (await isReady(`http://${service}`)), READY_MS);
      if (hasEnded) throw new Error(`npm start ended before it was ready:\n${printed}`);
      return JSON.parse(readFileSync(join(dataFolder, 'demo.json'), 'utf8'));
    },
    async chainNodes() {
      const [, list = ''] = await untilSaid(/^chain\s+(http.+)$/m);
      return list.split(', ');
    },
    async interrupt() {
      process.kill(-pid, 'SIGINT');
      const inTime = sleep(GONE_MS, undefined, { ref: false }).then(() => {
        throw new Error(`npm start does not stop on Ctrl-C:\n${printed}`);
      });
      return Promise.race([ended, inTime]);
    },
    async kill() {
      process.kill(pid, 'SIGKILL');
      await untilGone();
    },
    async killEverything() {
      // one that was just starting another is followed by it
      await untilTrue(() => {
        const left = processesOf(dataFolder);
        for (const one of left) killQuietly(one);
        return left.length === 0;
      }, GONE_MS);
      await ended;
    },
  };
  runs.add(run);
  return run;
}

async function isReady(service: string): Promise<boolean> {
  return (await fetch(`${service}/readyz`).catch(() => null))?.status === 200;
}

/** The environment without what would point e-Proof somewhere else than a test wants. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(EPROOF_\w+|PG[A-Z]+|DATABASE_URL|CHAIN_RPC_URLS|REGISTRY_ADDRESS|VERIFIER_\w+|HOST|PORT|LOG_LEVEL)$/;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: [join(PROJECT, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
  };
}

/** A new folder that PostgreSQL's own user, whom root's service uses, may pass through. */
export function createDataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eproof-end-to-end-'));
  chmodSync(folder, 0o711);
  return folder;
}

/** Every process that works on the folder, by what it was started with or where it stands: also those whose parent is gone. */
export function processesOf(dataFolder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isWorkingOn(pid, dataFolder));
}

function isWorkingOn(pid: number, dataFolder: string): boolean {
  const has = (read: () => string) => {
    try {
      return read().includes(dataFolder);
    } catch {
      // it ended meanwhile
      return false;
    }
  };
  return (
    has(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ||
    has(() => readFileSync(`/proc/${pid}/environ`, 'utf8')) ||
    has(() => readlinkSync(`/proc/${pid}/cwd`))
  );
}

/** The processes of the run's chain nodes. */
export function chainProcessesOf({ pid }: Run): number[] {
  return childrenOf(pid).filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('chain-node.ts'));
}

/** Ends what is left of the run, and removes its folder. */
export async function discard(run: Run): Promise<void> {
  await run.killEverything();
  rmSync(run.dataFolder, { recursive: true, force: true });
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended meanwhile
  }
}

// where a run of tests is broken off, nothing stays behind
process.once('SIGTERM', () => process.exit(143));
process.once('exit', () => {
  for (const { dataFolder } of runs) for (const pid of processesOf(dataFolder)) killQuietly(pid);
});

export interface Running {
  run: Run;
  demo: Demo;
}

let shared: Promise<Running> | undefined;
let waitingSuites = 0;

/** The running e-Proof that all suites share which only use it: started for the first, ended after the last. */
export function useRunning(): () => Running {
  waitingSuites++;
  let running: Running | undefined;
  before(async function () {
    this.timeout(READY_MS);
    shared ??= startShared();
    running = await shared;
  });
  after(async () => {
    waitingSuites--;
    if (waitingSuites === 0) await endShared();
  });
  return () => running as Running;
}

async function startShared(): Promise<Running> {
  const run = startEproof(createDataFolder());
  return { run, demo: await run.untilReady() };
}

async function endShared(): Promise<void> {
  const ending = shared;
  shared = undefined;
  if (ending) await discard((await ending).run);
}

// a suite that was not chosen never comes to its end
after(endShared);

/** Asks until there is an answer that is not false, null or undefined. */
export async function eventually<T>(what: string, ask: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    const answer = await ask();
    if (answer) return answer;
    await sleep(50);
  }
  throw new Error(`waited in vain: ${what}`);
}
