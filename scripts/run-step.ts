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

/** Runs commands at the same time: the first with its output passed through, what the others print comes whole as each ends. */
export async function runSideBySide(steps: readonly Step[]): Promise<boolean> {
  const results = await Promise.all(steps.map((step, index) => runBeside(step, index === 0)));
  return results.every(Boolean);
}

function runBeside({ title, command, args }: Step, isShown: boolean): Promise<boolean> {
  const startedAt = performance.now();
  if (isShown) process.stdout.write(`\n— ${title}\n`);
  const child = spawn(command, args, {
    cwd: PROJECT_FOLDER,
    stdio: isShown ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    // and not `timeout`, whose timer goes on for a program that was never there
    signal: AbortSignal.timeout(MOST_MS),
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => printed.push(part));
  return new Promise((resolve) => {
    let failure = '';
    child.once('error', ({ message }) => {
      failure = `could not run ${command}: ${message}\n`;
    });
    child.once('close', (code) => {
      if (!isShown) process.stdout.write(`\n— ${title}\n`);
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
