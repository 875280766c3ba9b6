import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

export interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `eproof ...` as a person would who started e-Proof on `dataFolder`. */
export function eproof(dataFolder: string, ...args: string[]): Promise<Answer> {
  return eproofWith({}, dataFolder, ...args);
}

/** With settings beside the data folder. */
export function eproofWith(
  settings: Readonly<Record<string, string>>,
  dataFolder: string,
  ...args: string[]
): Promise<Answer> {
  const command = resolve(import.meta.dirname, '../../scripts/eproof.cjs');
  const env = { ...process.env, EPROOF_DATA_DIR: dataFolder, ...settings };
  return new Promise((done) => {
    const child = execFile(process.execPath, [command, ...args], { env }, (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
