import { sql } from 'kysely';
import type { Db } from '../store/schema.ts';

/*
 * How often facts for one reference may be guessed: five times, then once after 15 minutes, 30 minutes and so on up to a day. It holds
 * for references that nothing has as well, so that the answers to a person who guesses say nothing of which there are.
 */

const FREE_ATTEMPTS = 5;
const MOST_DOUBLINGS = 7;
const KEPT_MS = 7 * 86_400_000;

/**
 * Counts an attempt before it is judged, and says whether it may be: of a hundred at the same moment five are. One that comes too early
 * is not counted, so that nobody locks the others out for longer by asking on.
 */
export async function countAttempt(db: Db, reference: Uint8Array, now: Date): Promise<boolean> {
  const forgotten = new Date(now.getTime() - KEPT_MS);
  const attempts = sql`case when a.open_at < ${forgotten} then 1 else a.attempts + 1 end`;
  const { rows } = await sql`insert into look_up_attempts as a (reference, attempts, open_at)
    values (${Buffer.from(reference)}, 1, ${now})
    on conflict (reference) do update set attempts = ${attempts}, open_at = ${now}::timestamptz + ${pauseAfter(attempts)}
      where a.open_at <= ${now}
    returning attempts`.execute(db);
  return rows.length > 0;
}

function pauseAfter(attempts: ReturnType<typeof sql>) {
  return sql`case when ${attempts} < ${FREE_ATTEMPTS} then interval '0' else least(interval '1 day',
    interval '15 minutes' * power(2, least(${attempts} - ${FREE_ATTEMPTS}, ${MOST_DOUBLINGS}))) end`;
}

/** An attempt that was right counts for nothing, and takes away nothing of what wrong ones count for. */
export async function giveBackAttempt(db: Db, reference: Uint8Array, now: Date): Promise<void> {
  await db
    .updateTable('look_up_attempts')
    .set((row) => ({ attempts: row('attempts', '-', 1), open_at: now }))
    .where('reference', '=', Buffer.from(reference))
    .where('attempts', '>', 0)
    .execute();
}

export async function forgetAttempts(db: Db, now: Date): Promise<void> {
  await db
    .deleteFrom('look_up_attempts')
    .where('open_at', '<', new Date(now.getTime() - KEPT_MS))
    .execute();
}
