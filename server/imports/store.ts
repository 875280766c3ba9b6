import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { AppError } from '../app-error.ts';
import { failpoint } from '../failpoint.ts';
import { stillStand } from '../issuance/parent.ts';
import type { ImportErrorKind, ImportRow, ImportState } from '../store/schema.ts';
import { type CheckedPiece, type RowImage, type RowProblem, TERM_COLUMNS, TUPLE_COLUMNS } from './check.ts';
import { encodeRows, encodeTerms, type RowSealing, sealRows } from './sealed-rows.ts';
import type { Piece } from './split.ts';

/** States in which what an import holds is deleted: no row of it is known any more, from the moment that it is in one. */
export const THROWN_AWAY: readonly ImportState[] = ['refused', 'returned', 'withdrawn', 'abandoned'];

/** What is stored of one piece, in one transaction: its good rows, what is wrong with the others, and how far the import has come. */
export interface PieceToStore {
  row: ImportRow;
  piece: Piece;
  checked: CheckedPiece;
  /** JSON pointer and column that say which document a row is. */
  identityPlace: { pointer: string; column: string | null };
  sealing: RowSealing;
}

/** Something has happened to a parent since the piece was checked. */
export class ParentsMoved extends Error {}

/**
 *   1. the import's row moves on, if it still stands where this piece starts: of two requests for one import one is told to come back
 *   2. parents of rows are kept from ending before this does
 *   3. rows that are known already are left out, under a lock, so that two imports of one type do not both find a row new
 *   4. the others are copied, sealed as far as they fill batches; a dry run, and a file that is refused anyway, keeps only what tells them apart
 * @throws AppError IDEMPOTENCY_CONFLICT
 */
export async function storePiece(client: pg.ClientBase, work: PieceToStore): Promise<ImportRow> {
  await client.query('begin');
  try {
    await takeTurn(client, work);
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `import:${work.row.issuer_id}:${work.row.code}`,
    ]);
    if (!(await stillStand(client, work.row.issuer_id, work.checked.parents))) throw new ParentsMoved();
    const known = await findKnown(client, work);
    const fresh = await keepFresh(client, work, known);
    await insertProblems(client, work, [...work.checked.problems.map(toMalformed), ...fresh.problems]);
    const row = await moveOn(client, work, fresh);
    failpoint('import-piece-copied');
    await client.query('commit');
    return row;
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

async function takeTurn(client: pg.ClientBase, { row, piece }: PieceToStore): Promise<void> {
  const { rowCount } = await client.query(
    `select 1 from imports where issuer_id = $1 and seq = $2 and received_bytes = $3 and state = 'receiving' for update`,
    [row.issuer_id, row.seq, piece.startByte],
  );
  if (rowCount === 0)
    throw new AppError('IDEMPOTENCY_CONFLICT', 'another request with this "Idempotency-Key" sends this file');
  await client.query(
    'insert into import_chunks (issuer_id, import_seq, start_byte, size_bytes, sha256) values ($1, $2, $3, $4, $5)',
    [row.issuer_id, row.seq, piece.startByte, piece.sizeBytes, piece.sha256],
  );
}

/** By identity in hex: whether this import has it already, or something that was issued, or handed in, before. */
type Known = Map<string, 'duplicate' | 'already-issued'>;

async function findKnown(client: pg.ClientBase, { row, checked }: PieceToStore): Promise<Known> {
  if (checked.lines.length === 0) return new Map();
  const { rows } = await client.query<{ identity: Buffer; own: boolean }>(
    `select identity, coalesce(import_seq = $2, false) as own from credentials
     where issuer_id = $1 and identity = any ($3) and state <> 'failed' and not revoked and superseded_by_seq is null
       and (import_seq is null or import_seq not in (select seq from imports where holds and state = any ($4)))`,
    [row.issuer_id, row.seq, identitiesOf(checked), THROWN_AWAY],
  );
  const known: Known = new Map();
  for (const { identity, own } of rows) known.set(identity.toString('hex'), own ? 'duplicate' : 'already-issued');
  return known;
}

function identitiesOf({ identities, lines }: CheckedPiece): Buffer[] {
  return Array.from(lines, (_, i) => identityAt(identities, i));
}

function identityAt(identities: Uint8Array, i: number): Buffer {
  return Buffer.from(identities.buffer, identities.byteOffset + 16 * i, 16);
}

interface Fresh {
  ready: number;
  duplicates: number;
  alreadyIssued: number;
  problems: StoredProblem[];
}

interface StoredProblem extends RowProblem {
  kind: ImportErrorKind;
}

function toMalformed(problem: RowProblem): StoredProblem {
  return { ...problem, kind: 'malformed' };
}

async function keepFresh(client: pg.ClientBase, work: PieceToStore, known: Known): Promise<Fresh> {
  const { row, checked } = work;
  const identities = identitiesOf(checked);
  const remembered = isCopied(work) ? null : await remember(client, row, identities);
  const kinds = identities.map((identity) => {
    const hex = identity.toString('hex');
    const kind = known.get(hex) ?? (remembered && !remembered.has(hex) ? 'duplicate' : 'ready');
    // the next one of the same is a duplicate of this one
    known.set(hex, 'duplicate');
    return kind;
  });
  const fresh = kinds.flatMap((kind, i) => (kind === 'ready' ? [i] : []));
  if (isCopied(work) && fresh.length > 0) await copyRows(client, work, fresh);
  return {
    ready: fresh.length,
    duplicates: kinds.filter((kind) => kind === 'duplicate').length,
    alreadyIssued: kinds.filter((kind) => kind === 'already-issued').length,
    problems: kinds.flatMap((kind, i) => (kind === 'ready' ? [] : [toKnownProblem(work, kind, i)])),
  };
}

function isCopied({ row, checked }: PieceToStore): boolean {
  return !row.dry_run && !isRefused(row) && !(row.mode === 'all' && checked.malformed > 0);
}

/** Whether something is wrong with a file of which all rows must be good. */
export function isRefused({ mode, malformed, duplicates, already_issued }: ImportRow): boolean {
  return mode === 'all' && malformed + duplicates + already_issued > 0;
}

/** Those of the identities that this import had not met before, in hex. */
async function remember(client: pg.ClientBase, row: ImportRow, identities: readonly Buffer[]): Promise<Set<string>> {
  const { rows } = await client.query<{ identity: Buffer }>(
    `insert into import_identities (issuer_id, import_seq, identity) select distinct $1::int, $2::bigint, unnest($3::bytea[])
     on conflict do nothing returning identity`,
    [row.issuer_id, row.seq, identities],
  );
  return new Set(rows.map(({ identity }) => identity.toString('hex')));
}

const KNOWN_RULES = {
  duplicate: ['DUPLICATE_IN_FILE', 'an earlier row of the file is the same document: remove one of them'],
  'already-issued': [
    'ALREADY_ISSUED',
    'the same document was issued already, or waits for approval: remove the row, or revoke or replace what was issued',
  ],
} as const;

function toKnownProblem(
  { checked, identityPlace }: PieceToStore,
  kind: keyof typeof KNOWN_RULES,
  i: number,
): StoredProblem {
  const [code, message] = KNOWN_RULES[kind];
  return { ...identityPlace, line: checked.lines[i] as number, kind, code, message };
}

async function copyRows(
  client: pg.ClientBase,
  { row, checked, sealing }: PieceToStore,
  fresh: readonly number[],
): Promise<void> {
  const placed = await sealRows(client, sealing, { row, checked, fresh });
  const bytes = encodeRows(checked, placed, row.for_approval ? 'submitted' : 'issued');
  await copyInto(client, `credentials_and_copies (${TUPLE_COLUMNS})`, bytes);
  await copyInto(client, `search_terms (${TERM_COLUMNS})`, encodeTerms(checked, fresh));
  if (checked.images.length > 0) await insertImages(client, row, checked.images);
}

async function copyInto(client: pg.ClientBase, columns: string, bytes: Buffer): Promise<void> {
  const copy = client.query(copyFrom(`copy ${columns} from stdin with (format binary)`));
  await new Promise<void>((resolve, reject) => {
    copy.on('finish', resolve);
    copy.on('error', reject);
    copy.end(bytes);
  });
}

// Images of rows that were left out find no credential, and are left out too.
async function insertImages(client: pg.ClientBase, row: ImportRow, images: readonly RowImage[]): Promise<void> {
  await client.query(
    `insert into images (issuer_id, credential_seq, claim, media_type, sha256, data)
     select c.issuer_id, c.seq, i.claim, i.media_type, i.sha256, i.data
     from unnest($3::bytea[], $4::text[], $5::text[], $6::bytea[], $7::bytea[]) as i (id, claim, media_type, sha256, data)
     join credentials c on c.id = i.id and c.issuer_id = $1 and c.import_seq = $2`,
    [
      row.issuer_id,
      row.seq,
      images.map(({ id }) => Buffer.from(id)),
      images.map(({ claim }) => claim),
      images.map(({ mediaType }) => mediaType),
      images.map(({ sha256 }) => Buffer.from(sha256)),
      images.map(({ data }) => Buffer.from(data)),
    ],
  );
}

async function insertProblems(
  client: pg.ClientBase,
  { row }: PieceToStore,
  problems: readonly StoredProblem[],
): Promise<void> {
  if (problems.length === 0) return;
  const places = problems.map(({ line }, i) => {
    let place = 0;
    while (problems[i - place - 1]?.line === line) place++;
    return place;
  });
  await client.query(
    `insert into import_errors (issuer_id, import_seq, line, place, kind, pointer, csv_column, code, message)
     select $1, $2, * from unnest($3::bigint[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])`,
    [
      row.issuer_id,
      row.seq,
      problems.map(({ line }) => line),
      places,
      problems.map(({ kind }) => kind),
      problems.map(({ pointer }) => pointer),
      problems.map(({ column }) => column),
      problems.map(({ code }) => code),
      problems.map(({ message }) => message),
    ],
  );
}

async function moveOn(client: pg.ClientBase, { row, piece, checked }: PieceToStore, fresh: Fresh): Promise<ImportRow> {
  const { rows } = await client.query<ImportRow>(
    `update imports set received_bytes = received_bytes + $3, lines = lines + $4, ready = ready + $5, malformed = malformed + $6,
       duplicates = duplicates + $7, already_issued = already_issued + $8, updated_at = now()
     where issuer_id = $1 and seq = $2 returning *`,
    [
      row.issuer_id,
      row.seq,
      piece.sizeBytes,
      piece.lines,
      fresh.ready,
      checked.malformed,
      fresh.duplicates,
      fresh.alreadyIssued,
    ],
  );
  return rows[0] as ImportRow;
}
