import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, createServiceActor } from '../auth/policy.ts';
import { failpoint } from '../failpoint.ts';
import type { OpenType } from '../issuance/prepare.ts';
import type { Db, ImportRow, Tx } from '../store/schema.ts';
import { emitEvents } from '../webhooks/event.ts';
import { dropOrphans, refuseOrphans } from './orphans.ts';
import { chooseSample, fixParts } from './parts.ts';
import { countsOf } from './query.ts';
import { sha256 } from './split.ts';
import { isRefused } from './store.ts';
import { isThrownAway, throwAway } from './throw-away.ts';

/** The whole file was received: its rows go on, or are refused together. @throws AppError IDEMPOTENCY_CONFLICT */
export async function finishImport(
  db: Db,
  actor: Actor,
  { row, open }: { row: ImportRow; open: OpenType },
): Promise<ImportRow> {
  const ended = await db.transaction().execute(async (tx) => {
    await lockUnmoved(tx, row);
    return end(tx, actor, await judge(tx, row, open));
  });
  failpoint('import-ended');
  await forgetIdentities(db, ended);
  return isThrownAway(ended) ? throwAway(db, ended) : ended;
}

/** Of two requests that end one import, the other finds it moved. @throws AppError IDEMPOTENCY_CONFLICT */
async function lockUnmoved(tx: Tx, { issuer_id, seq, received_bytes }: ImportRow): Promise<void> {
  const mine = await tx
    .selectFrom('imports')
    .select('seq')
    .where('issuer_id', '=', issuer_id)
    .where('seq', '=', seq)
    .where('state', '=', 'receiving')
    .where('received_bytes', '=', received_bytes)
    .forUpdate()
    .executeTakeFirst();
  if (!mine) throw new AppError('IDEMPOTENCY_CONFLICT', 'another request with this "Idempotency-Key" sends this file');
}

/** A file that is refused anyway has nothing that could lose its parent; where good rows go on, one that lost it is left out. */
async function judge(tx: Tx, row: ImportRow, open: OpenType): Promise<ImportRow> {
  if (isRefused(row)) return row;
  const judged = await refuseOrphans(tx, row, open);
  if (judged.ready < row.ready && row.mode === 'good') await dropOrphans(tx, row);
  return judged;
}

async function end(tx: Tx, actor: Actor, row: ImportRow): Promise<ImportRow> {
  const state = endOf(row);
  const contents = state === 'submitted' ? await fixParts(tx, row) : null;
  const ended = await tx
    .updateTable('imports')
    .set({
      state,
      holds: state !== 'completed' && row.holds,
      contents_sha256: contents,
      sample_seqs: contents && (await chooseSample(tx, row, contents)),
      finished_at: state === 'submitted' ? null : sql<Date>`now()`,
      updated_at: sql<Date>`now()`,
    })
    .where('issuer_id', '=', row.issuer_id)
    .where('seq', '=', row.seq)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (ended.state === 'submitted') await record(tx, actor, { act: 'import.submit', row: ended });
  else await tellEnd(tx, actor, ended);
  return ended;
}

/** Of a file without a good row there is nothing to approve. */
function endOf(row: ImportRow): 'refused' | 'submitted' | 'completed' {
  if (isRefused(row)) return 'refused';
  return row.for_approval && !row.dry_run && row.ready > 0 ? 'submitted' : 'completed';
}

/** Tells the audit log and whoever asked to be told that nothing more becomes of an import. */
export async function tellEnd(tx: Tx, actor: Actor, row: ImportRow): Promise<void> {
  await record(tx, actor, { act: 'import.end', row });
  const id = `imp_${row.seq}`;
  const data = { import: id, href: `/v1/imports/${id}`, state: row.state, dryRun: row.dry_run, ...countsOf(row) };
  await emitEvents(tx, row.issuer_id, { type: 'import.finished', all: [data] });
}

interface Told {
  act: 'import.submit' | 'import.end';
  row: ImportRow;
}

async function record(tx: Tx, actor: Actor, { act, row }: Told): Promise<void> {
  const { state, contents_sha256 } = row;
  const contents = contents_sha256 === null ? {} : { contentHash: contents_sha256.toString('hex') };
  const after = { state, ...countsOf(row), file: await hashFile(tx, row), ...contents };
  await recordAudit(tx, actor, { act, object: `imp_${row.seq}`, after });
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

/** What tells rows of one file apart is of no use when all of them are there. */
async function forgetIdentities(db: Db, { issuer_id, seq }: ImportRow): Promise<void> {
  await sql`delete from import_identities where issuer_id = ${issuer_id} and import_seq = ${seq}`.execute(db);
}

const ABANDONED_AFTER_HOURS = 24;

/** Imports to which nothing came for a day end. */
export async function sweepImports(db: Db): Promise<void> {
  await db.transaction().execute(abandon);
  await sql`delete from import_identities where import_seq in (select seq from imports where state <> 'receiving')`.execute(
    db,
  );
}

async function abandon(tx: Tx): Promise<void> {
  const abandoned = await tx
    .updateTable('imports')
    .set({ state: 'abandoned', finished_at: sql<Date>`now()` })
    .where('state', '=', 'receiving')
    .where('updated_at', '<', sql<Date>`now() - make_interval(hours => ${ABANDONED_AFTER_HOURS})`)
    .returningAll()
    .execute();
  for (const row of abandoned) await tellEnd(tx, await serviceOf(tx, row), row);
}

/** What the service does by itself for the department whose import it is. */
export async function serviceOf(tx: Tx, { issuer_id }: ImportRow): Promise<Actor> {
  const issuer = await tx.selectFrom('issuers').selectAll().where('id', '=', issuer_id).executeTakeFirstOrThrow();
  return createServiceActor(issuer, 'imports');
}
