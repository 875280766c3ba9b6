import { type ChildProcess, execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../../scripts/eproof.ts', import.meta.url));

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd: string;
  env: Record<string, string>;
  input?: string;
  /** Told the process, to end it before it does. */
  onStart?: (child: ChildProcess) => void;
}

/** `npx eproof …` as somebody types it; an end by a signal has the code NaN. */
export function runEproof(args: readonly string[], { cwd, env, input = '', onStart }: RunOptions): Promise<Ran> {
  return new Promise((resolve) => {
    const { PATH, NODE_COMPILE_CACHE } = process.env;
    const options = { cwd, env: { PATH, NODE_COMPILE_CACHE, ...env } };
    const child = execFile(process.execPath, [COMMAND, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? Number.NaN) : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
    onStart?.(child);
  });
}
