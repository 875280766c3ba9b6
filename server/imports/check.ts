import { z } from 'zod';
import { decodeHex } from '../../proof/bytes.ts';
import { isJsonObject, type Json } from '../../proof/json.ts';
import { AppError, type Problem } from '../app-error.ts';
import { newCredential } from '../http/credential-schema.ts';
import { parseBody } from '../http/validation.ts';
import { hasEmail } from '../issuance/holder.ts';
import { belongTo, type Parent } from '../issuance/parent-rule.ts';
import { type Draft, type OpenType, type PrepareDeps, readDraft, toRow } from '../issuance/prepare.ts';
import type { ImportFormat } from '../store/schema.ts';
import { type Column, readHeader } from './columns.ts';
import { readRows } from './rows.ts';
import { TupleWriter } from './tuples.ts';

/** What every row of an import has in common. */
export interface ImportSettings {
  open: OpenType;
  format: ImportFormat;
  /** A CSV's first line; null for NDJSON. */
  header: readonly string[] | null;
  importSeq: number;
  actor: string;
  /** Its rows are nobody's before somebody else approves them: nobody has by then, and at no time. */
  forApproval: boolean;
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
  /** By which good rows are found, one tuple after another; those of row i end at `termEnds[i]`. */
  terms: Uint8Array;
  termEnds: Uint32Array;
  images: RowImage[];
  /** Those that good rows belong to, as they were read. */
  parents: Parent[];
  problems: RowProblem[];
  malformed: number;
}

/** The bytes of a piece, and in which line of the file it starts. */
export interface PieceBytes {
  bytes: Uint8Array;
  firstLine: number;
}

/** By the ids that rows name them with. */
export type Parents = ReadonlyMap<string, Parent>;

/** The columns of credentials that a tuple has, in its order. The last three are put behind it when it is stored (sealed-rows.ts). */
export const TUPLE_COLUMNS =
  'id, issuer_id, type_number, code, version, definition, header, issued, valid_from, valid_until, partly_until, content_hash, wrapped_key, payload, holder_subject_hmac, has_email, identity, prepared_by, submitted_by, approved_by, approved_at, created_at, import_seq, import_line, parent_seq, state, batch_seq, leaf';
const TUPLE_LENGTH = TUPLE_COLUMNS.split(',').length;

/** Those of search terms. */
export const TERM_COLUMNS = 'hash, issuer_id, credential_id';
const TERM_LENGTH = TERM_COLUMNS.split(',').length;

/** More of one row would help nobody to mend it. */
const MOST_PROBLEMS_OF_ROW = 20;

const rowSchema = newCredential.extend({ type: z.string().optional() });

/** The ids of parents that the rows of a piece name, for the database to be asked for them all at once. */
export function namedParents({ bytes }: PieceBytes, settings: ImportSettings): string[] {
  const named = new Set<string>();
  for (const row of readRows(bytes, columnsOf(settings))) {
    if (row === null || 'problems' in row || !isJsonObject(row.json)) continue;
    const { parent } = row.json;
    if (typeof parent === 'string') named.add(parent);
  }
  return [...named];
}

/** Reads, checks, hashes and encrypts the rows of one piece. */
export async function checkPiece(
  { bytes, firstLine }: PieceBytes,
  settings: ImportSettings & { parents: Parents },
  deps: PrepareDeps,
): Promise<CheckedPiece> {
  const good = createGoodRows(settings, deps);
  const problems: RowProblem[] = [];
  let malformed = 0;
  const columns = columnsOf(settings);
  let line = firstLine;
  for (const row of readRows(bytes, columns)) {
    if (row !== null) {
      const read = 'problems' in row ? row.problems : await readRow(row.json, settings, deps);
      if (Array.isArray(read)) {
        malformed++;
        problems.push(...toRowProblems(read as Problem[], line, settings, columns));
      } else good.add(read as DraftOfRow, line);
    }
    line++;
  }
  return { ...good.take(), problems, malformed };
}

function columnsOf({ open, header }: ImportSettings): Column[] | null {
  return header && readHeader(open.type, header);
}

/** What a row becomes, and to what it belongs. */
interface DraftOfRow extends Draft {
  parent: Parent | null;
}

/** @returns the draft, or what is wrong */
async function readRow(
  json: Json,
  { open, parents }: ImportSettings & { parents: Parents },
  deps: PrepareDeps,
): Promise<DraftOfRow | readonly Problem[]> {
  try {
    const row = parseBody(rowSchema, json);
    if (row.type !== undefined && row.type !== open.type.code)
      return [
        { pointer: '/type', code: 'FIELD_INVALID', message: `"type" must be ${open.type.code}, as in the address` },
      ];
    const parent = row.parent === undefined ? undefined : parents.get(row.parent);
    const { request } = belongTo({ open, request: row }, parent);
    return { ...(await readDraft(open, request, deps)), parent: parent ?? null };
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
  if (pointer === '') return null;
  const exact = columns.findIndex((column) => pointer === column.pointer || pointer.startsWith(`${column.pointer}/`));
  const at = exact >= 0 ? exact : columns.findIndex((column) => column.pointer.startsWith(`${pointer}/`));
  return at < 0 ? null : (header[at] as string);
}

interface GoodRows {
  add(draft: DraftOfRow, line: number): void;
  take(): Omit<CheckedPiece, 'problems' | 'malformed'>;
}

/** Encodes each row as soon as it is read: a piece of drafts that wait would cost as much to collect as they cost to encrypt. */
function createGoodRows(settings: ImportSettings, deps: PrepareDeps): GoodRows {
  const [tuples, identities, contents] = [new TupleWriter(), new TupleWriter(), new TupleWriter()];
  const terms = new TupleWriter();
  const ends: number[] = [];
  const termEnds: number[] = [];
  const lines: number[] = [];
  const images: RowImage[] = [];
  const parents = new Map<number, Parent>();
  return {
    add(draft, line) {
      const row = toRow(draft, deps);
      writeTuple(tuples, { draft, row, line, settings, now: deps.now() });
      ends.push(tuples.length);
      lines.push(line);
      identities.raw(draft.identity);
      contents.raw(row.contentHash);
      writeTerms(terms, draft, row.id);
      termEnds.push(terms.length);
      if (draft.parent) parents.set(draft.parent.seq, draft.parent);
      for (const image of row.images) images.push({ id: row.id, ...image, sha256: decodeHex(image.sha256) });
    },
    take: () => ({
      tuples: tuples.take(),
      ends: Uint32Array.from(ends),
      lines: Uint32Array.from(lines),
      identities: identities.take(),
      contents: contents.take(),
      terms: terms.take(),
      termEnds: Uint32Array.from(termEnds),
      images,
      parents: [...parents.values()],
    }),
  };
}

interface Tuple {
  draft: DraftOfRow;
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
  writer.text(settings.actor);
  writer.text(settings.actor);
  if (settings.forApproval) {
    writer.int4(null);
    writer.int4(null);
  } else {
    writer.text(settings.actor);
    writer.instant(now);
  }
  writer.instant(now);
  writer.int8(settings.importSeq);
  writer.int8(line);
  if (draft.parent) writer.int8(draft.parent.seq);
  else writer.int4(null);
}

function writeTerms(writer: TupleWriter, { searchTerms, open }: DraftOfRow, id: Uint8Array): void {
  for (const term of searchTerms) {
    writer.start(TERM_LENGTH);
    writer.bytes(term);
    writer.int4(open.issuer.id);
    writer.bytes(id);
  }
}
