import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, createServiceActor } from '../auth/policy.ts';
import { failpoint } from '../failpoint.ts';
import type { OpenType } from '../issuance/prepare.ts';
import type { Db, ImportRow, Tx } from '../store/schema.ts';
import { emitEvents } from '../webhooks/event.ts';
import { refuseOrphans } from './orphans.ts';
import { toImportView } from './query.ts';
import { sha256 } from './split.ts';
import { isRefused } from './store.ts';

/** The whole file was received: its rows go on, or are refused together. @throws AppError IDEMPOTENCY_CONFLICT */
export async function finishImport(
  db: Db,
  actor: Actor,
  { row, open }: { row: ImportRow; open: OpenType },
): Promise<ImportRow> {
  const ended = await db.transaction().execute(async (tx) => end(tx, actor, await judge(tx, row, open)));
  failpoint('import-ended');
  return clear(db, ended);
}

/** A file that is refused anyway has nothing that could lose its parent. */
async function judge(tx: Tx, row: ImportRow, open: OpenType): Promise<ImportRow> {
  return isRefused(row) ? row : refuseOrphans(tx, row, open);
}

async function end(tx: Tx, actor: Actor, row: ImportRow): Promise<ImportRow> {
  const refused = isRefused(row);
  const ended = await tx
    .updateTable('imports')
    .set({
      state: refused ? 'refused' : 'completed',
      holds: refused && row.holds,
      finished_at: sql<Date>`now()`,
      updated_at: sql<Date>`now()`,
    })
    .where('issuer_id', '=', row.issuer_id)
    .where('seq', '=', row.seq)
    .where('state', '=', 'receiving')
    .where('received_bytes', '=', row.received_bytes)
    .returningAll()
    .executeTakeFirst();
  if (!ended) throw new AppError('IDEMPOTENCY_CONFLICT', 'another request with this "Idempotency-Key" sends this file');
  await tell(tx, actor, ended);
  return ended;
}

async function tell(tx: Tx, actor: Actor, row: ImportRow): Promise<void> {
  const { id, state, counts } = toImportView(row);
  await recordAudit(tx, actor, {
    act: 'import.end',
    object: id,
    after: { state, ...counts, file: await hashFile(tx, row) },
  });
  const data = { import: id, href: `/v1/imports/${id}`, state, dryRun: row.dry_run, ...counts };
  await emitEvents(tx, row.issuer_id, { type: 'import.finished', all: [data] });
}

/** A hash over the hashes of the file's pieces, in hex. */
async function hashFile(tx: Tx, { issuer_id, seq }: ImportRow): Promise<string> {
  const chunks = await tx
    .selectFrom('import_chunks')
    .select('sha256')
    .where('issuer_id', '=', issuer_id)
    .where('import_seq', '=', seq)
    .orderBy('start_byte')
    .execute();
  return sha256(Buffer.concat(chunks.map((chunk) => chunk.sha256))).toString('hex');
}

/**
 * Deletes what an import that ended has no more use for. The rows of a refused one were never shown or sealed; a crash in between leaves
 * them held, and the import to the next sweep.
 */
async function clear(db: Db, { issuer_id, seq, holds }: ImportRow): Promise<ImportRow> {
  await sql`delete from import_identities where issuer_id = ${issuer_id} and import_seq = ${seq}`.execute(db);
  if (holds)
    await db.deleteFrom('credentials').where('issuer_id', '=', issuer_id).where('import_seq', '=', seq).execute();
  failpoint('import-cleared');
  return db
    .updateTable('imports')
    .set({ holds: false })
    .where('issuer_id', '=', issuer_id)
    .where('seq', '=', seq)
    .returningAll()
    .executeTakeFirstOrThrow();
}

const ABANDONED_AFTER_HOURS = 24;

/** Imports to which nothing came for a day end, and what a refused one still holds goes. */
export async function sweepImports(db: Db): Promise<void> {
  await db.transaction().execute(abandon);
  await sql`delete from import_identities where import_seq in (select seq from imports where state <> 'receiving')`.execute(
    db,
  );
  const held = await db
    .selectFrom('imports')
    .selectAll()
    .where('holds', '=', true)
    .where('state', 'in', ['refused', 'abandoned'])
    .orderBy('seq')
    .execute();
  for (const row of held) await clear(db, row);
}

async function abandon(tx: Tx): Promise<void> {
  const abandoned = await tx
    .updateTable('imports')
    .set({ state: 'abandoned', finished_at: sql<Date>`now()` })
    .where('state', '=', 'receiving')
    .where('updated_at', '<', sql<Date>`now() - make_interval(hours => ${ABANDONED_AFTER_HOURS})`)
    .returningAll()
    .execute();
  for (const row of abandoned) {
    const issuer = await tx.selectFrom('issuers').selectAll().where('id', '=', row.issuer_id).executeTakeFirstOrThrow();
    await tell(tx, createServiceActor(issuer, 'imports'), row);
  }
}
