import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const PROJECT_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** What hangs is a failure as well: longer than any step may take on a slow machine. */
const MOST_MINUTES = 25;

/** Runs one command with its output passed through; false where it failed. */
export function runStep(title: string, command: string, args: readonly string[]): boolean {
  process.stdout.write(`\n— ${title}\n`);
  const startedAt = performance.now();
  const { status, error } = spawnSync(command, args, {
    cwd: PROJECT_FOLDER,
    stdio: 'inherit',
    timeout: MOST_MINUTES * 60_000,
  });
  if (error) process.stdout.write(`could not run ${command}: ${error.message}\n`);
  const isFine = status === 0;
  process.stdout.write(
    `— ${title}: ${isFine ? 'done' : 'FAILED'} in ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`,
  );
  return isFine;
}
