import { sql } from 'kysely';
import { failpoint } from '../failpoint.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { Db, ImportRow, Tx } from '../store/schema.ts';
import { serviceOf, tellEnd } from './finish.ts';
import { refuseOrphans, typeOf } from './orphans.ts';
import { THROWN_AWAY } from './store.ts';
import { isThrownAway, throwAway } from './throw-away.ts';

type TypeDeps = Pick<IssuanceDeps, 'findDefinition'>;

/**
 * One step for imports that people or a crash have left to the service: approved ones have a part of their rows released, others what they hold
 * deleted. Whether there may be more to do.
 */
export async function settleImports(db: Db, deps: TypeDeps): Promise<boolean> {
  const thrownAway = await db
    .selectFrom('imports')
    .selectAll()
    .where('holds', '=', true)
    .where('state', 'in', THROWN_AWAY)
    .orderBy('seq')
    .executeTakeFirst();
  if (thrownAway && isThrownAway(thrownAway)) await throwAway(db, thrownAway);
  const hasReleased = await db.transaction().execute((tx) => releaseNext(tx, deps));
  if (hasReleased) failpoint('import-part-released');
  return thrownAway !== undefined || hasReleased;
}

/** Another instance that releases at this moment has the row of its import. */
async function releaseNext(tx: Tx, deps: TypeDeps): Promise<boolean> {
  const row = await tx
    .selectFrom('imports')
    .selectAll()
    .where('holds', '=', true)
    .where('state', '=', 'approved')
    .orderBy('seq')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!row) return false;
  if (!(await releasePart(tx, row))) await showAll(tx, row, deps);
  return true;
}

/**
 * What is written is the state alone: contents stay as they were approved, and what signs them looks again (issuance/approved-imports.ts).
 * Held until the last part, the rows are shown together.
 */
async function releasePart(tx: Tx, { issuer_id, seq }: ImportRow): Promise<boolean> {
  const part = await tx
    .selectFrom('import_parts')
    .select(['first_seq', 'last_seq'])
    .where('issuer_id', '=', issuer_id)
    .where('import_seq', '=', seq)
    .where('released', '=', false)
    .orderBy('first_seq')
    .limit(1)
    .executeTakeFirst();
  if (!part) return false;
  await sql`
    update credentials set state = 'issued', approved_at = now(), created_at = now(), approved_by = (
      select actor from approvals where issuer_id = ${issuer_id} and import_seq = ${seq} order by seq desc limit 1)
    where issuer_id = ${issuer_id} and import_seq = ${seq} and seq between ${part.first_seq} and ${part.last_seq}
      and state = 'submitted'`.execute(tx);
  await tx
    .updateTable('import_parts')
    .set({ released: true })
    .where('issuer_id', '=', issuer_id)
    .where('import_seq', '=', seq)
    .where('first_seq', '=', part.first_seq)
    .execute();
  return true;
}

/** A row may have lost its parent since the last approval: then none is shown, and the job deletes what is held. */
async function showAll(tx: Tx, row: ImportRow, deps: TypeDeps): Promise<void> {
  const judged = await refuseOrphans(tx, row, { type: typeOf(deps, row) });
  const isWhole = judged.ready === row.ready;
  const ended = await tx
    .updateTable('imports')
    .set({
      ...(isWhole ? { state: 'completed', holds: false } : { state: 'refused' }),
      ...{ finished_at: sql<Date>`now()`, updated_at: sql<Date>`now()` },
    })
    .where('issuer_id', '=', row.issuer_id)
    .where('seq', '=', row.seq)
    .returningAll()
    .executeTakeFirstOrThrow();
  await tellEnd(tx, await serviceOf(tx, ended), ended);
}
