import { z } from 'zod';
import { decodeHex } from '../../proof/bytes.ts';
import { ProofError } from '../../proof/errors.ts';
import { decodeJson, type Json } from '../../proof/json.ts';
import { AppError, type Problem } from '../app-error.ts';
import { BOM } from '../csv.ts';
import { newCredential } from '../http/credential-schema.ts';
import { parseBody } from '../http/validation.ts';
import { hasEmail } from '../issuance/holder.ts';
import { type Draft, type OpenType, type PrepareDeps, readDraft, toRow } from '../issuance/prepare.ts';
import type { ImportFormat } from '../store/schema.ts';
import { type Column, readHeader, toRequest } from './columns.ts';
import { readRecords } from './csv.ts';
import { MOST_ROW_BYTES } from './split.ts';
import { TupleWriter } from './tuples.ts';

/** What every row of an import has in common. */
export interface ImportSettings {
  open: OpenType;
  format: ImportFormat;
  /** A CSV's first line; null for NDJSON. */
  header: readonly string[] | null;
  importSeq: number;
  actor: string;
}

export interface RowProblem extends Problem {
  line: number;
  /** The CSV's column, by the name that the file gives it. */
  column: string | null;
}

/** An image of a good row: it goes into a table of its own. */
export interface RowImage {
  id: Uint8Array;
  claim: string;
  mediaType: string;
  sha256: Uint8Array;
  data: Uint8Array;
}

/** The rows of one piece: the good ones ready for COPY, and what is wrong with the others. */
export interface CheckedPiece {
  /** One tuple after another; tuple i ends at `ends[i]`. */
  tuples: Uint8Array;
  ends: Uint32Array;
  /** Of each good row: its line in the file, and 16 bytes that tell what it is. */
  lines: Uint32Array;
  identities: Uint8Array;
  /** Of each good row: the 32 bytes that will be sealed. */
  contents: Uint8Array;
  images: RowImage[];
  problems: RowProblem[];
  malformed: number;
}

/** The columns of credentials that a tuple has, in its order. The last three are put behind it when it is stored (sealed-rows.ts). */
export const TUPLE_COLUMNS =
  'id, issuer_id, type_number, code, version, definition, header, issued, valid_from, valid_until, partly_until, content_hash, wrapped_key, payload, holder_subject_hmac, has_email, identity, prepared_by, submitted_by, approved_by, approved_at, created_at, import_seq, import_line, state, batch_seq, leaf';
const TUPLE_LENGTH = TUPLE_COLUMNS.split(',').length;

/** More of one row would help nobody to mend it. */
const MOST_PROBLEMS_OF_ROW = 20;

const rowSchema = newCredential.extend({ type: z.string().optional() });
type ReadRow = { json: Json } | { problems: readonly Problem[] } | null;

/** Reads, checks, hashes and encrypts the rows of one piece. `firstLine` is where it starts in the file. */
export async function checkPiece(
  { bytes, firstLine }: { bytes: Uint8Array; firstLine: number },
  settings: ImportSettings,
  deps: PrepareDeps,
): Promise<CheckedPiece> {
  const good = createGoodRows(settings, deps);
  const problems: RowProblem[] = [];
  let malformed = 0;
  const columns = settings.header && readHeader(settings.open.type.definition, settings.header);
  const rows = columns ? readCsvRows(bytes, columns) : readJsonRows(bytes);
  let line = firstLine;
  for (const row of rows) {
    if (row !== null) {
      const read = 'problems' in row ? row.problems : await readRow(row.json, settings, deps);
      if (Array.isArray(read)) {
        malformed++;
        problems.push(...toRowProblems(read as Problem[], line, settings, columns));
      } else good.add(read as Draft, line);
    }
    line++;
  }
  return { ...good.take(), problems, malformed };
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
    return { json: decodeJson(line) };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    return { problems: [refuseLine(error)] };
  }
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
    if (cells.every((cell) => cell === '')) yield null;
    else {
      const { row, problems } = toRequest(columns, cells);
      yield problems.length > 0 ? { problems } : { json: row };
    }
  }
}

/** @returns the draft, or what is wrong */
async function readRow(json: Json, { open }: ImportSettings, deps: PrepareDeps): Promise<Draft | readonly Problem[]> {
  try {
    const row = parseBody(rowSchema, json);
    if (row.type !== undefined && row.type !== open.type.code)
      return [
        { pointer: '/type', code: 'FIELD_INVALID', message: `"type" must be ${open.type.code}, as in the address` },
      ];
    return await readDraft(open, row, deps);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.problems.length > 0
      ? error.problems
      : [{ pointer: '/claims', code: error.code, message: error.message }];
  }
}

function toRowProblems(
  problems: readonly Problem[],
  line: number,
  { header }: ImportSettings,
  columns: readonly Column[] | null,
): RowProblem[] {
  return problems.slice(0, MOST_PROBLEMS_OF_ROW).map(({ pointer, code, message }) => ({
    line,
    pointer: toStorable(pointer),
    code,
    message: toStorable(message),
    column: columns && header ? columnFor(pointer, columns, header) : null,
  }));
}

// Names of unknown fields stand in messages: a database takes no U+0000, and a page no direction marks.
function toStorable(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd')
    .slice(0, 1000);
}

function columnFor(pointer: string, columns: readonly Column[], header: readonly string[]): string | null {
  const exact = columns.findIndex((column) => pointer === column.pointer || pointer.startsWith(`${column.pointer}/`));
  const at = exact >= 0 ? exact : columns.findIndex((column) => column.pointer.startsWith(`${pointer}/`));
  return at < 0 ? null : (header[at] as string);
}

interface GoodRows {
  add(draft: Draft, line: number): void;
  take(): Omit<CheckedPiece, 'problems' | 'malformed'>;
}

/** Encodes each row as soon as it is read: a piece of drafts that wait would cost as much to collect as they cost to encrypt. */
function createGoodRows(settings: ImportSettings, deps: PrepareDeps): GoodRows {
  const [tuples, identities, contents] = [new TupleWriter(), new TupleWriter(), new TupleWriter()];
  const ends: number[] = [];
  const lines: number[] = [];
  const images: RowImage[] = [];
  return {
    add(draft, line) {
      const row = toRow(draft, deps);
      writeTuple(tuples, { draft, row, line, settings, now: deps.now() });
      ends.push(tuples.length);
      lines.push(line);
      identities.raw(draft.identity);
      contents.raw(row.contentHash);
      for (const image of row.images) images.push({ id: row.id, ...image, sha256: decodeHex(image.sha256) });
    },
    take: () => ({
      tuples: tuples.take(),
      ends: Uint32Array.from(ends),
      lines: Uint32Array.from(lines),
      identities: identities.take(),
      contents: contents.take(),
      images,
    }),
  };
}

interface Tuple {
  draft: Draft;
  row: ReturnType<typeof toRow>;
  line: number;
  settings: ImportSettings;
  now: number;
}

function writeTuple(writer: TupleWriter, { draft, row, line, settings, now }: Tuple): void {
  const { open, header, payload, identity, holderSubjectHmac } = draft;
  writer.start(TUPLE_LENGTH);
  writer.bytes(row.id);
  writer.int4(open.issuer.id);
  writer.int8(open.number);
  writer.text(open.type.code);
  writer.int4(open.type.version);
  writer.text(open.type.sha256);
  writer.bytes(row.header);
  writer.int4(header.issued);
  writer.int4(header.validFrom);
  writer.int4(header.validUntil);
  writer.int4(header.partlyUntil);
  writer.bytes(row.contentHash);
  writer.bytes(row.wrappedKey);
  writer.bytes(row.payload);
  if (holderSubjectHmac) writer.bytes(holderSubjectHmac);
  else writer.int4(null);
  writer.bool(hasEmail(payload.holder));
  writer.bytes(identity);
  for (let i = 0; i < 3; i++) writer.text(settings.actor);
  writer.instant(now);
  writer.instant(now);
  writer.int8(settings.importSeq);
  writer.int8(line);
}
