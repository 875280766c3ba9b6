import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const PROJECT_FOLDER = fileURLToPath(new URL('..', import.meta.url));

export interface Step {
  title: string;
  command: string;
  args: readonly string[];
}

/** What hangs is a failure as well: longer than any step may take on a slow machine. */
const MOST_MS = 27 * 60_000;

/** Runs one command with its output passed through; false where it failed. */
export function runStep(title: string, command: string, args: readonly string[]): boolean {
  const startedAt = performance.now();
  process.stdout.write(`\n— ${title}\n`);
  const { status, error } = spawnSync(command, args, { cwd: PROJECT_FOLDER, stdio: 'inherit', timeout: MOST_MS });
  if (error) process.stdout.write(`could not run ${command}: ${error.message}\n`);
  return tellEnd(title, status === 0, startedAt);
}

/** A step that waits for another one, and is not run where that failed. */
export interface LaneStep extends Step {
  after?: Step;
}

/**
 * Runs all steps, so many at a time: each lane takes the first that may begin as soon as it is free, so that no lane idles while there is work. What a step
 * prints comes whole when it ends.
 */
export async function runInLanes(steps: readonly LaneStep[], lanes: number): Promise<boolean> {
  const left = [...steps];
  const running = new Map<Step, Promise<boolean>>();
  const ended = new Map<Step, boolean>();

  const mayBegin = ({ after }: LaneStep) => after === undefined || ended.has(after);
  const take = (): LaneStep | undefined => {
    const at = left.findIndex(mayBegin);
    return at === -1 ? undefined : left.splice(at, 1)[0];
  };

  async function run(step: LaneStep): Promise<void> {
    const isWanted = step.after === undefined || ended.get(step.after) === true;
    const end = isWanted ? runBeside(step) : Promise.resolve(tellSkipped(step));
    running.set(step, end);
    ended.set(step, await end);
    running.delete(step);
  }

  async function lane(): Promise<void> {
    while (left.length > 0) {
      const step = take();
      await (step ? run(step) : Promise.race(running.values()));
    }
  }

  await Promise.all(Array.from({ length: lanes }, lane));
  return [...ended.values()].every(Boolean);
}

function tellSkipped({ title, after }: LaneStep): boolean {
  process.stdout.write(`\n— ${title}: not run, because "${after?.title}" failed\n`);
  return false;
}

function runBeside({ title, command, args }: Step): Promise<boolean> {
  const startedAt = performance.now();
  const child = spawn(command, args, {
    cwd: PROJECT_FOLDER,
    stdio: ['ignore', 'pipe', 'pipe'],
    // and not `timeout`, whose timer goes on for a program that was never there
    signal: AbortSignal.timeout(MOST_MS),
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => printed.push(part));
  return new Promise((resolve) => {
    let failure = '';
    child.once('error', ({ message }) => {
      failure = `could not run ${command}: ${message}\n`;
    });
    child.once('close', (code) => {
      process.stdout.write(`\n— ${title}\n`);
      process.stdout.write(Buffer.concat([...printed, Buffer.from(failure)]));
      resolve(tellEnd(title, code === 0, startedAt));
    });
  });
}

function tellEnd(title: string, isFine: boolean, startedAt: number): boolean {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`— ${title}: ${isFine ? 'done' : 'FAILED'} in ${seconds} s\n`);
  return isFine;
}
