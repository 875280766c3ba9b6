import { accessSync, constants, existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readIfPresent } from './durable-file.ts';
import { LocalError, reasonOf } from './local-error.ts';
import { acquireLock, type Lock } from './lock.ts';

export interface DataFolder {
  path: string;
  release(): void;
}

/** Creates the data folder where it is missing, and keeps every other process out of it until `release` or the end of this one. */
export function openDataFolder(name: string): DataFolder {
  const path = createFolder(resolve(name));
  const lock = lockFolder(path);
  const holder = join(path, 'lock.pid');
  writeFileSync(holder, `${process.pid}\n`, { mode: 0o600 });
  return {
    path,
    release() {
      rmSync(holder, { force: true });
      lock.release();
    },
  };
}

function createFolder(path: string): string {
  try {
    makeFolder(path);
    accessSync(`${path}/.`, constants.R_OK | constants.W_OK | constants.X_OK);
    return realpathSync(path);
  } catch (error) {
    throw new LocalError(
      `the data folder "${path}" cannot be written (${reasonOf(error)}); set EPROOF_DATA_DIR to a folder that can`,
    );
  }
}

/** Not `recursive: true`, which under a path like /proc/x tries for ever. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  // root's PostgreSQL runs as another user, who must be able to pass through to its own folder
  mkdirSync(path, { mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
}

function lockFolder(path: string): Lock {
  const lock = acquireLock(join(path, 'lock'));
  if (lock) return lock;
  const pid = readIfPresent(join(path, 'lock.pid'))?.trim();
  const holder = pid ? `process ${pid}` : 'another process';
  throw new LocalError(
    `the data folder "${path}" is in use by ${holder}; stop it, or set EPROOF_DATA_DIR to another folder`,
  );
}
