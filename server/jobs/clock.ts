import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../store/schema.ts';

/*
 * Times are written by the clock of the instance that writes them. Where that was ahead and was set right, or another instance has another
 * one, what was put off by seconds would wait for as long as the clock was wrong. Nothing is made or sent twice of being due too early.
 */

/** Clocks of instances agree to so much; a time that is further ahead was written by a wrong one. */
export const CLOCK_TOLERANCE_MS = 60_000;

/** Makes due at once what a clock that was ahead has put off. By right nothing waits for its `retry_at` longer than the tolerance. */
export async function recallFromFuture(db: Db, nowMs: number): Promise<void> {
  const [now, ahead] = [new Date(nowMs), new Date(nowMs + CLOCK_TOLERANCE_MS)];
  for (const recall of [
    sql`update transactions set sent_at = null, created_at = least(created_at, ${now})
      where state = 'stored' and greatest(sent_at, created_at) > ${ahead}`,
    sql`update batches set retry_at = null where state not in ('final', 'failed') and retry_at > ${ahead}`,
    sql`update status_changes set retry_at = null where state not in ('final', 'failed') and retry_at > ${ahead}`,
    sql`update notice_posts set retry_at = null where state <> 'final' and retry_at > ${ahead}`,
    recallDeliveries('webhook_deliveries', nowMs),
    recallDeliveries('mails', nowMs),
  ])
    await recall.execute(db);
}

/** They wait for hours by right, so that the time of the last attempt tells whose clock it was. */
function recallDeliveries(table: 'webhook_deliveries' | 'mails', nowMs: number): RawBuilder<unknown> {
  const [now, ahead] = [new Date(nowMs), new Date(nowMs + CLOCK_TOLERANCE_MS)];
  return sql`update ${sql.table(table)} set next_at = ${now}
    where state = 'waiting' and next_at > ${ahead} and greatest(attempted_at, created_at) > ${ahead}`;
}
