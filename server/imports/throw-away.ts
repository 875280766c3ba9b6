import { failpoint } from '../failpoint.ts';
import type { Db, ImportRow } from '../store/schema.ts';
import { THROWN_AWAY } from './store.ts';

/** Whether it ended without anything of what it holds becoming a credential. */
export function isThrownAway({ holds, state }: ImportRow): boolean {
  return holds && THROWN_AWAY.includes(state);
}

/** Deletes what it holds, which was never shown or sealed. A crash in between leaves it held, and to the job (release.ts). */
export async function throwAway(db: Db, { issuer_id, seq }: ImportRow): Promise<ImportRow> {
  await db
    .deleteFrom('credentials')
    .where('issuer_id', '=', issuer_id)
    .where('import_seq', '=', seq)
    // what the chain has after all, of a time that a restored backup does not know
    .where('batch_seq', 'is', null)
    .execute();
  failpoint('import-cleared');
  return db
    .updateTable('imports')
    .set({ holds: false })
    .where('issuer_id', '=', issuer_id)
    .where('seq', '=', seq)
    .returningAll()
    .executeTakeFirstOrThrow();
}
