import { AppError } from '../app-error.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { Db, ImportErrorKind, ImportFormat, ImportMode, ImportRow, ImportState } from '../store/schema.ts';

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
  counts: { rows: number; ready: number; malformed: number; duplicates: number; alreadyIssued: number; issued: number };
  createdAt: string;
  updatedAt: string;
  finishedAt: string | null;
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

export function toImportView(row: ImportRow): ImportView {
  const { ready, malformed, duplicates, already_issued: alreadyIssued } = row;
  const isIssuing = !row.dry_run && (row.mode === 'good' || row.state === 'completed');
  return {
    id: `imp_${row.seq}`,
    type: row.code,
    mode: row.mode,
    dryRun: row.dry_run,
    format: row.format,
    state: row.state,
    idempotencyKey: row.idempotency_key,
    received: { bytes: row.received_bytes, lines: row.lines },
    counts: {
      rows: ready + malformed + duplicates + alreadyIssued,
      ready,
      malformed,
      duplicates,
      alreadyIssued,
      issued: isIssuing ? ready : 0,
    },
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

/** @throws AppError IMPORT_NOT_FOUND, for another department's too */
export async function getImport(db: Db, { actor, id }: { actor: Actor; id: string }): Promise<ImportView> {
  requireAct(actor, 'credentials.read');
  return toImportView(await findImport(db, { actor, id }));
}

async function findImport(db: Db, { actor, id }: { actor: Actor; id: string }): Promise<ImportRow> {
  const seq = /^imp_([1-9]\d{0,14})$/.exec(id)?.[1];
  const row =
    seq === undefined
      ? undefined
      : await db
          .selectFrom('imports')
          .selectAll()
          .where('issuer_id', '=', actor.issuer.id)
          .where('seq', '=', Number(seq))
          .executeTakeFirst();
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

/** Newest first. `idempotencyKey` finds the one that a cut connection left, whose id was never told. */
export async function listImports(
  db: Db,
  { actor, limit, cursor, idempotencyKey }: PageRequest & { idempotencyKey?: string | undefined },
): Promise<ImportPage<ImportView>> {
  requireAct(actor, 'credentials.read');
  let query = db.selectFrom('imports').selectAll().where('issuer_id', '=', actor.issuer.id);
  if (idempotencyKey !== undefined) query = query.where('idempotency_key', '=', idempotencyKey);
  if (cursor !== undefined) query = query.where('seq', '<', decodeCursor(cursor)[0]);
  const rows = await query
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(toImportView), next: rows.length > limit && last ? encodeCursor(last.seq, 0) : null };
}

/** In the order of the file. */
export async function listImportErrors(
  db: Db,
  { actor, id, limit, cursor }: PageRequest & { id: string },
): Promise<ImportPage<ImportErrorView>> {
  requireAct(actor, 'credentials.read');
  const { seq } = await findImport(db, { actor, id });
  const [line, place] = cursor === undefined ? [0, 0] : decodeCursor(cursor);
  const rows = await db
    .selectFrom('import_errors')
    .selectAll()
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
