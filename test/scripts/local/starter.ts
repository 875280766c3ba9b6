import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const started = new Set<ChildProcess>();

/** Runs a program of this folder as `npm start` would be run; its first line of output is its report as JSON. */
export async function runStarter<Report>(
  file: string,
  ...args: string[]
): Promise<{ report: Report; pid: number; kill(): Promise<void> }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.add(child);
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout! });
  const line = await Promise.race([once(lines, 'line'), exited]);
  if (typeof line[0] !== 'string') throw new Error(`"${file}" ended before it reported`);
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return { report: JSON.parse(line[0]), pid: child.pid!, kill };
}

export function killStarters(): void {
  for (const child of started) child.kill('SIGKILL');
  started.clear();
}

/** The processes that `pid` started; Linux only, as are the tests that ask. */
export function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

/** A process that ended and waits to be collected counts as ended. */
export function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

export async function untilTrue(condition: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not true after ${timeoutMs} ms: ${condition}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}
