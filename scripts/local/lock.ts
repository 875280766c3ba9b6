import { DatabaseSync } from 'node:sqlite';

export interface Lock {
  release(): void;
}

const SQLITE_BUSY = 5;

// a lock that nobody refers to would be collected, and given back, while its owner still counts on it
const held = new Set<DatabaseSync>();

/**
 * Takes the lock `path`, or undefined while another process has it after `waitMs`.
 *
 * It is an exclusive transaction on an empty SQLite file, thus a lock of the operating system: that gives it back when its
 * holder dies, however it dies, so there is no stale lock to recognise and no process id that may be reused.
 */
export function acquireLock(path: string, waitMs = 0): Lock | undefined {
  const database = new DatabaseSync(path, { timeout: waitMs });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  held.add(database);
  return { release: () => release(database) };
}

function release(database: DatabaseSync): void {
  if (held.delete(database)) database.close();
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
