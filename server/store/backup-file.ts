import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { AppError } from '../app-error.ts';

/*
 * A backup is lines of UTF-8:
 *   {"format":"eproof-backup/1","takenAt":"…","migrations":["0001-first-tables",…]}
 *   for each table  {"table":"credentials","columns":["seq",…]}, its rows as PostgreSQL's COPY writes them, and a line of \.
 *   {"rows":{"credentials":2,…},"sha256":"the hash of every byte before this line"}
 * COPY writes each row as one line, with line breaks inside of a value escaped. Claims are in it as they are in the database: encrypted.
 */

export const FORMAT = 'eproof-backup/1';
export const END_OF_TABLE = '\\.';

export interface BackupHead {
  format: typeof FORMAT;
  takenAt: string;
  /** Those that the database had, in their order. */
  migrations: readonly string[];
}

export interface TableHead {
  table: string;
  columns: readonly string[];
}

export interface BackupEnd {
  rows: Readonly<Record<string, number>>;
  /** 64 hex digits. */
  sha256: string;
}

/** What a backup holds, as it comes. A `row` is the bytes of its line with the line break. */
export type BackupPart =
  | { kind: 'head'; head: BackupHead }
  | { kind: 'table'; table: TableHead }
  | { kind: 'row'; line: Uint8Array }
  | { kind: 'end-of-table' }
  | { kind: 'end'; end: BackupEnd };

/**
 * Reads a backup from its uncompressed bytes. The last part is `end`, and then it is whole: rows and hash were compared.
 * @throws AppError BACKUP_UNUSABLE
 */
export async function* readBackup(source: Readable): AsyncGenerator<BackupPart> {
  const hash = createHash('sha256');
  const rows: Record<string, number> = {};
  let table: TableHead | null = null;
  let isFirst = true;
  for await (const line of linesOf(source)) {
    const part: BackupPart = table ? toRowPart(line) : toPart(line, isFirst);
    isFirst = false;
    if (part.kind === 'end') {
      requireSame(part.end, { rows, sha256: hash.digest('hex') });
      yield part;
      return;
    }
    hash.update(line);
    if (part.kind === 'table') rows[part.table.table] = 0;
    if (part.kind === 'row') rows[(table as TableHead).table] = (rows[(table as TableHead).table] as number) + 1;
    table = part.kind === 'table' ? part.table : part.kind === 'end-of-table' ? null : table;
    yield part;
  }
  throw unusable('it ends in the middle');
}

function toRowPart(line: Uint8Array): BackupPart {
  return line.length === 3 && line[0] === 0x5c && line[1] === 0x2e ? { kind: 'end-of-table' } : { kind: 'row', line };
}

function toPart(line: Uint8Array, isFirst: boolean): BackupPart {
  const value = parse(line);
  if (isFirst) {
    if (value.format !== FORMAT || typeof value.takenAt !== 'string' || !isTexts(value.migrations))
      throw unusable(`it is no backup of the format ${FORMAT}`);
    return { kind: 'head', head: value as unknown as BackupHead };
  }
  if (typeof value.table === 'string' && isTexts(value.columns))
    return { kind: 'table', table: value as unknown as TableHead };
  if (typeof value.sha256 === 'string') return { kind: 'end', end: value as unknown as BackupEnd };
  throw unusable('it has a line that belongs to no table');
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function parse(line: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(line).toString('utf8'));
  } catch {
    value = null;
  }
  if (typeof value !== 'object' || value === null)
    throw unusable(`it is no backup of the format ${FORMAT}, or was changed`);
  return value as Record<string, unknown>;
}

function requireSame(told: BackupEnd, counted: BackupEnd): void {
  const isSame = told.sha256 === counted.sha256 && JSON.stringify(told.rows) === JSON.stringify(counted.rows);
  if (!isSame) throw unusable('its hash is not that of its content: it was changed, or damaged');
}

export function unusable(why: string, cause?: unknown): AppError {
  return new AppError('BACKUP_UNUSABLE', `this backup cannot be used: ${why}`, cause === undefined ? {} : { cause });
}

/** Far above a row of ours: a few bytes of gzip can be a line that no memory holds. */
const MOST_LINE_BYTES = 67_108_864;

/** Every line with its line break. Not node:readline, which also breaks lines at U+2028, and claims' envelopes are not ours to break. */
async function* linesOf(source: Readable): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      let start = 0;
      for (let at = chunk.indexOf(0x0a); at >= 0; at = chunk.indexOf(0x0a, start)) {
        yield Buffer.concat([...rest, chunk.subarray(start, at + 1)]);
        rest = [];
        restBytes = 0;
        start = at + 1;
      }
      if (start < chunk.length) rest.push(chunk.subarray(start));
      restBytes += chunk.length - start;
      if (restBytes > MOST_LINE_BYTES) throw unusable('it has a line that is longer than any row');
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw unusable((cause as Error).message, cause);
  }
  if (rest.length > 0) throw unusable('it ends in the middle of a line');
}
