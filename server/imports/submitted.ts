import { sql } from 'kysely';
import { toHex } from '../../proof/bytes.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { approvalsNeeded, approve, contentOf } from '../issuance/approvals.ts';
import { requireReady } from '../issuance/issue.ts';
import { type PreviewSource, submittedPreview } from '../issuance/preview.ts';
import type { IssuanceDeps, NewCredential } from '../issuance/use-cases.ts';
import type { CredentialRow, Db, ImportRow, Tx } from '../store/schema.ts';
import { tellEnd } from './finish.ts';
import { refuseOrphans, typeOf } from './orphans.ts';
import { requireSameRows } from './parts.ts';
import { findImport, type ImportView, lockNote, type OneImport, viewImport } from './query.ts';

/*
 * A file that waits for approval: submitted → approved → completed, or returned, or withdrawn.
 *   1. its rows are credentials in the state "submitted", with ids, seeds and content hashes, which nothing shows or seals
 *   2. each approval is for the hash over all of them; the last one that the type needs makes the file "approved"
 *   3. the job releases its rows part by part, and shows them all at once (release.ts); what is returned or withdrawn it deletes
 * The row of the import is locked first by everything that changes it.
 */

/** @throws AppError IMPORT_NOT_FOUND, IMPORT_STATE, CONTENT_CHANGED, SAME_PERSON, ISSUER_NOT_READY, ISSUER_HELD */
export async function approveImport(
  tx: Tx,
  deps: IssuanceDeps,
  { contentHash, ...one }: OneImport & { contentHash: string },
): Promise<ImportView> {
  const { actor } = one;
  requireAct(actor, 'credentials.approve');
  const row = await openSubmitted(tx, one);
  const hash = row.contents_sha256 as Buffer;
  if (contentHash !== toHex(hash))
    throw new AppError('CONTENT_CHANGED', '"contentHash" is not that of what was handed in: read the import again');
  await requireSameRows(tx, row);
  requireReady(actor.issuer);
  const given = await approve(tx, actor, {
    of: { issuer_id: row.issuer_id, import_seq: row.seq, content_hash: hash },
    people: [row.requested_by],
    at: new Date(deps.now()),
  });
  await recordAudit(tx, actor, { act: 'import.approve', object: one.id, after: { contentHash } });
  const needed = await approvalsNeeded(tx, actor, row.code);
  const now = given >= needed ? await acceptAll(tx, deps, { actor, row, needed }) : row;
  return viewImport(tx, deps, { actor, row: now });
}

interface Accepting {
  actor: Actor;
  row: ImportRow;
  /** Approvals. */
  needed: number;
}

/** Of a file that waited, a row may have lost its parent: what was approved cannot be issued as it was, and is refused whole. */
async function acceptAll(tx: Tx, deps: IssuanceDeps, { actor, row, needed }: Accepting): Promise<ImportRow> {
  const judged = await refuseOrphans(tx, row, { type: typeOf(deps, row) });
  if (judged.ready < row.ready) return end(tx, actor, { row, set: { state: 'refused' } });
  return change(tx, row, { state: 'approved', approvals_needed: needed });
}

/** Back to its preparer, with a note; its rows are gone. @throws AppError IMPORT_NOT_FOUND, IMPORT_STATE */
export async function returnImport(
  tx: Tx,
  deps: IssuanceDeps,
  { note, ...one }: OneImport & { note: string },
): Promise<ImportView> {
  const { actor } = one;
  requireAct(actor, 'credentials.approve');
  const row = await openSubmitted(tx, one);
  const set = { state: 'returned', returned_by: actor.id, ...lockNote(deps, row, note) } as const;
  return viewImport(tx, deps, { actor, row: await end(tx, actor, { row, set }) });
}

/** Taken back by those who prepare; its rows are gone. @throws AppError IMPORT_NOT_FOUND, IMPORT_STATE */
export async function withdrawImport(tx: Tx, deps: IssuanceDeps, one: OneImport): Promise<ImportView> {
  const { actor } = one;
  requireAct(actor, 'credentials.prepare');
  const row = await openSubmitted(tx, one);
  return viewImport(tx, deps, { actor, row: await end(tx, actor, { row, set: { state: 'withdrawn' } }) });
}

async function openSubmitted(tx: Tx, one: OneImport): Promise<ImportRow> {
  const row = await findImport(tx, { ...one, lock: true });
  requireSubmitted(row);
  return row;
}

function requireSubmitted({ state }: ImportRow): void {
  if (state !== 'submitted') throw new AppError('IMPORT_STATE', `"state" is ${state}, and this is for submitted`);
}

type Change = Partial<Pick<ImportRow, 'state' | 'approvals_needed' | 'returned_by' | 'note_key' | 'note'>>;

function change(tx: Tx, { issuer_id, seq }: ImportRow, set: Change, isOver = false): Promise<ImportRow> {
  return tx
    .updateTable('imports')
    .set({ ...set, updated_at: sql<Date>`now()`, finished_at: isOver ? sql<Date>`now()` : null })
    .where('issuer_id', '=', issuer_id)
    .where('seq', '=', seq)
    .returningAll()
    .executeTakeFirstOrThrow();
}

async function end(
  tx: Tx,
  actor: Actor,
  { row, set }: { row: ImportRow; set: Change & { state: 'refused' | 'returned' | 'withdrawn' } },
): Promise<ImportRow> {
  const ended = await change(tx, row, set, true);
  await tellEnd(tx, actor, ended);
  return ended;
}

/** One row of a file that waits, as it will be signed. */
export interface ImportedRow extends Pick<NewCredential, 'claims' | 'validity' | 'holder'> {
  /** As editors and spreadsheet programs count. */
  row: number;
}

export interface RowsRequest extends OneImport {
  /** sample: some that nobody could choose, because the hash of the whole file says which. file: all, in its order. */
  order: 'sample' | 'file';
  limit: number;
  cursor?: string | undefined;
}

/**
 * What an approver looks at. Personal: it is not for logs, and is in no answer that is kept.
 * @throws AppError IMPORT_NOT_FOUND, IMPORT_STATE, CURSOR_INVALID
 */
export async function listImportRows(
  db: Db,
  deps: IssuanceDeps,
  { order, limit, cursor, ...one }: RowsRequest,
): Promise<{ items: ImportedRow[]; next: string | null }> {
  requireAct(one.actor, 'credentials.read');
  const file = await findImport(db, one);
  requireSubmitted(file);
  const query = rowsOf(db, file);
  if (order === 'sample') {
    const sample = await query
      .where('seq', 'in', file.sample_seqs ?? [])
      .orderBy('seq')
      .execute();
    return { items: sample.map((row) => toImportedRow(deps, row)), next: null };
  }
  const rows = await query
    .where('seq', '>', cursor === undefined ? 0 : readCursor(cursor))
    .orderBy('seq')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map((row) => toImportedRow(deps, row)),
    next: rows.length > limit && last ? String(last.seq) : null,
  };
}

/** What the document of one row will look like. @throws AppError IMPORT_NOT_FOUND, IMPORT_STATE, ROW_NOT_FOUND */
export async function previewImportedRow(
  db: Db,
  deps: IssuanceDeps,
  { row: line, ...one }: OneImport & { row: number },
): Promise<PreviewSource> {
  requireAct(one.actor, 'credentials.read');
  const file = await findImport(db, one);
  requireSubmitted(file);
  const part = await db
    .selectFrom('import_parts')
    .select(['first_seq', 'last_seq'])
    .where('issuer_id', '=', file.issuer_id)
    .where('import_seq', '=', file.seq)
    .where('first_line', '<=', line)
    .where('last_line', '>=', line)
    .executeTakeFirst();
  const row =
    part &&
    (await rowsOf(db, file)
      .where('seq', '>=', part.first_seq)
      .where('seq', '<=', part.last_seq)
      .where('import_line', '=', line)
      .executeTakeFirst());
  if (!row) throw new AppError('ROW_NOT_FOUND', `row ${line} of the file is none that waits for approval`);
  return submittedPreview(db, deps, { actor: one.actor, row });
}

/** They lie together and in the order of the file, so that the first and the last one bound what is read. */
function rowsOf(db: Db, { issuer_id, seq }: ImportRow) {
  const bound = (which: string) => sql<number>`(select ${sql.raw(which)} from import_parts where import_seq = ${seq})`;
  return db
    .selectFrom('credentials')
    .selectAll()
    .where('issuer_id', '=', issuer_id)
    .where('import_seq', '=', seq)
    .where('seq', '>=', bound('min(first_seq)'))
    .where('seq', '<=', bound('max(last_seq)'));
}

function toImportedRow(deps: IssuanceDeps, row: CredentialRow): ImportedRow {
  return { row: row.import_line as number, ...contentOf(deps, row) };
}

function readCursor(cursor: string): number {
  if (!/^[1-9]\d{0,14}$/.test(cursor))
    throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
  return Number(cursor);
}
