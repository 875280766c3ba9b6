import { readRecords } from '../../catalogue/csv-records.ts';
import { ProofError } from '../../proof/errors.ts';
import { decodeJson, isJsonObject, type Json } from '../../proof/json.ts';
import type { Problem } from '../app-error.ts';
import { BOM } from '../csv.ts';
import { type Column, isNote, toRequest } from './columns.ts';
import { MOST_ROW_BYTES } from './split.ts';

/* The rows of a piece as they stand in the file, before any rule of a type. */

/** Null for an empty row. */
export type ReadRow = { json: Json } | { problems: readonly Problem[] } | null;

/** @param columns a CSV's; null for NDJSON */
export function readRows(bytes: Uint8Array, columns: readonly Column[] | null): Iterable<ReadRow> {
  return columns ? readCsvRows(bytes, columns) : readJsonRows(bytes);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const NEWLINE = 0x0a;

const NOT_UTF8: Problem = {
  pointer: '',
  code: 'TEXT_MALFORMED',
  message: 'the row is not UTF-8: save the file as "CSV UTF-8" or "Unicode (UTF-8)"',
};

function* readJsonRows(bytes: Uint8Array): Generator<ReadRow> {
  const text = decode(bytes);
  if (text !== null) {
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf('\n', at);
      yield readJsonRow(text.slice(at, end < 0 ? text.length : end));
      at = end < 0 ? text.length : end + 1;
    }
    return;
  }
  // somewhere there is a byte that is not UTF-8: the other rows shall not suffer from it
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, at);
    const end = found < 0 ? bytes.length : found;
    const line = decode(bytes.subarray(at, end));
    yield line === null ? { problems: [NOT_UTF8] } : readJsonRow(line);
    at = end + 1;
  }
}

function decode(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function readJsonRow(line: string): ReadRow {
  if (/^[\t\r ]*$/.test(line) || line === BOM) return null;
  try {
    return noteless(decodeJson(line));
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    return { problems: [refuseLine(error)] };
  }
}

/** Notes of a bad row are not imported, and a line of notes alone is no row. */
function noteless(json: Json): ReadRow {
  if (!isJsonObject(json) || !Object.hasOwn(json, 'note')) return { json };
  const { note: _, ...row } = json;
  return Object.keys(row).length === 0 ? null : { json: row };
}

function refuseLine({ code }: ProofError): Problem {
  if (code === 'TOO_LARGE') return TOO_LARGE;
  const message = 'the line must be one JSON object, of at most 16 levels, with no name twice in an object';
  return { pointer: '', code, message };
}

/** What a row is told that is longer than rows may be. */
export const TOO_LARGE: Problem = {
  pointer: '',
  code: 'ROW_TOO_LARGE',
  message: `the row must have at most ${MOST_ROW_BYTES} bytes; in a CSV, look for a quotation mark that is not closed`,
};

function* readCsvRows(bytes: Uint8Array, columns: readonly Column[]): Generator<ReadRow> {
  // cells of another encoding are told by the replacement character, which no claim may have
  const text = decode(bytes) ?? new TextDecoder('utf-8').decode(bytes);
  for (const cells of readRecords(text)) {
    if (cells.every((cell, i) => cell === '' || isNoteAt(columns, i))) yield null;
    else {
      const { row, problems } = toRequest(columns, cells);
      yield problems.length > 0 ? { problems } : { json: row };
    }
  }
}

function isNoteAt(columns: readonly Column[], at: number): boolean {
  const column = columns[at];
  return column !== undefined && isNote(column);
}
