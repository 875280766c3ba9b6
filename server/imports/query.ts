import { toHex } from '../../proof/bytes.ts';
import { AppError } from '../app-error.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { type ApprovalView, approvalsNeeded, findApprovals, toApprovalView } from '../issuance/approvals.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { Db, ImportErrorKind, ImportFormat, ImportMode, ImportRow, ImportState, Tx } from '../store/schema.ts';

export interface ImportView {
  /** "imp_" and a number. */
  id: string;
  type: string;
  mode: ImportMode;
  dryRun: boolean;
  format: ImportFormat;
  state: ImportState;
  idempotencyKey: string;
  /** What is in the database: always whole rows. The file goes on at `bytes`. */
  received: { bytes: number; lines: number };
  /** Of what its rows say who issued, or handed them in. */
  preparedBy: string;
  /** Null for a file whose rows are issued as they come. */
  approval: ImportApproval | null;
  counts: { rows: number; ready: number; malformed: number; duplicates: number; alreadyIssued: number; issued: number };
  createdAt: string;
  updatedAt: string;
  finishedAt: string | null;
}

export interface ImportApproval {
  /** 64 hex digits: what an approval is for. Null before all of the file is there. */
  contentHash: string | null;
  given: ApprovalView[];
  needed: number;
  returnedBy: string | null;
  /** Why it was returned. */
  note: string | null;
}

export interface OneImport {
  actor: Actor;
  id: string;
}

export interface ImportErrorView {
  /** As editors and spreadsheet programs count. */
  row: number;
  kind: ImportErrorKind;
  pointer: string;
  column: string | null;
  code: string;
  detail: string;
}

function toImportView(row: ImportRow, approval: ImportApproval | null): ImportView {
  return {
    id: `imp_${row.seq}`,
    type: row.code,
    mode: row.mode,
    dryRun: row.dry_run,
    format: row.format,
    state: row.state,
    idempotencyKey: row.idempotency_key,
    received: { bytes: row.received_bytes, lines: row.lines },
    preparedBy: row.requested_by,
    approval,
    counts: countsOf(row),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

export function countsOf(row: ImportRow): ImportView['counts'] {
  const { ready, malformed, duplicates, already_issued: alreadyIssued } = row;
  const isIssuing = !row.dry_run && (row.state === 'completed' || (row.mode === 'good' && !row.for_approval));
  return {
    rows: ready + malformed + duplicates + alreadyIssued,
    ready,
    malformed,
    duplicates,
    alreadyIssued,
    issued: isIssuing ? ready : 0,
  };
}

interface Viewed {
  actor: Actor;
  row: ImportRow;
}

/** With what approvers have done, as it is now. */
export async function viewImport(
  db: Db | Tx,
  { cipher }: Pick<IssuanceDeps, 'cipher'>,
  { actor, row }: Viewed,
): Promise<ImportView> {
  if (!row.for_approval) return toImportView(row, null);
  const { issuer_id, seq, code, contents_sha256, returned_by, note_key, note } = row;
  const of = contents_sha256 && { issuer_id, import_seq: seq, content_hash: contents_sha256 };
  return toImportView(row, {
    contentHash: contents_sha256 && toHex(contents_sha256),
    given: of ? (await findApprovals(db, of)).map(toApprovalView) : [],
    needed: row.approvals_needed ?? (await approvalsNeeded(db, actor, code)),
    returnedBy: returned_by,
    note: note_key && note && Buffer.from(cipher.openDataKey(note_key).decrypt(note, noteContext(row))).toString(),
  });
}

/** What an approver writes may be personal. */
export function lockNote({ cipher }: Pick<IssuanceDeps, 'cipher'>, row: ImportRow, note: string) {
  const key = cipher.createDataKey();
  return {
    note_key: Buffer.from(key.wrapped),
    note: Buffer.from(key.encrypt(Buffer.from(note), noteContext(row))),
  };
}

function noteContext({ issuer_id, seq }: ImportRow): string {
  return `import-note:${issuer_id}:${seq}`;
}

/** @throws AppError IMPORT_NOT_FOUND, for another department's too */
export async function getImport(db: Db, deps: Pick<IssuanceDeps, 'cipher'>, one: OneImport): Promise<ImportView> {
  const { actor } = one;
  requireAct(actor, 'credentials.read');
  return viewImport(db, deps, { actor, row: await findImport(db, one) });
}

/** @throws AppError IMPORT_NOT_FOUND */
export async function findImport(
  db: Db | Tx,
  { actor, id, lock = false }: OneImport & { lock?: boolean },
): Promise<ImportRow> {
  const seq = /^imp_([1-9]\d{0,14})$/.exec(id)?.[1];
  const query = db
    .selectFrom('imports')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', Number(seq ?? 0));
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  if (!row) throw new AppError('IMPORT_NOT_FOUND', 'there is no such import');
  return row;
}

export interface ImportPage<Item> {
  items: Item[];
  next: string | null;
}

interface PageRequest {
  actor: Actor;
  limit: number;
  cursor?: string | undefined;
}

export interface ImportListRequest extends PageRequest {
  idempotencyKey?: string | undefined;
  state?: ImportState | undefined;
}

/** Newest first. `idempotencyKey` finds the one that a cut connection left, whose id was never told. */
export async function listImports(
  db: Db,
  deps: Pick<IssuanceDeps, 'cipher'>,
  { actor, limit, cursor, idempotencyKey, state }: ImportListRequest,
): Promise<ImportPage<ImportView>> {
  requireAct(actor, 'credentials.read');
  let query = db.selectFrom('imports').selectAll().where('issuer_id', '=', actor.issuer.id);
  if (idempotencyKey !== undefined) query = query.where('idempotency_key', '=', idempotencyKey);
  if (state !== undefined) query = query.where('state', '=', state);
  if (cursor !== undefined) query = query.where('seq', '<', decodeCursor(cursor)[0]);
  const rows = await query
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const views: ImportView[] = [];
  for (const row of items) views.push(await viewImport(db, deps, { actor, row }));
  return { items: views, next: rows.length > limit && last ? encodeCursor(last.seq, 0) : null };
}

export interface ImportErrorsRequest extends PageRequest {
  id: string;
  /** Those of this kind alone. */
  kind?: ImportErrorKind | undefined;
}

/** In the order of the file. */
export async function listImportErrors(
  db: Db,
  { actor, id, kind, limit, cursor }: ImportErrorsRequest,
): Promise<ImportPage<ImportErrorView>> {
  requireAct(actor, 'credentials.read');
  const { seq } = await findImport(db, { actor, id });
  const [line, place] = cursor === undefined ? [0, 0] : decodeCursor(cursor);
  let query = db.selectFrom('import_errors').selectAll();
  if (kind !== undefined) query = query.where('kind', '=', kind);
  const rows = await query
    .where('issuer_id', '=', actor.issuer.id)
    .where('import_seq', '=', seq)
    .where(({ eb, refTuple, tuple }) =>
      eb(refTuple('line', 'place'), '>', tuple(line, cursor === undefined ? -1 : place)),
    )
    .orderBy('line')
    .orderBy('place')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map(({ line: row, kind, pointer, csv_column: column, code, message: detail }) => ({
      row,
      kind,
      pointer,
      column,
      code,
      detail,
    })),
    next: rows.length > limit && last ? encodeCursor(last.line, last.place) : null,
  };
}

function encodeCursor(line: number, place: number): string {
  return Buffer.from(`import:${line}:${place}`).toString('base64url');
}

function decodeCursor(cursor: string): [number, number] {
  const [, line, place] = /^import:(\d{1,15}):(\d{1,4})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (line === undefined)
    throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
  return [Number(line), Number(place)];
}
