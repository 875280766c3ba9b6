import { type Insertable, sql } from 'kysely';
import type { StatusChangeRow, StatusChangesTable, Tx } from '../store/schema.ts';
import { REASONS } from './use-cases.ts';

/*
 * Whatever changes a status is recorded here, because what ends an original ends its copies on holders' devices with it:
 *   1. the originals are locked, so that a copy is either there to be seen, or its enrolment sees the change (copies/enrol.ts)
 *   2. each change that shortens is recorded of every copy that is shown still, in the same transaction, and copies are carried first (carry-status.ts)
 *   3. a copy that is not signed yet never is (copy-original.ts); one that is signed gets the change when it is anchored, and is handed to nobody meanwhile
 * What prolongs, and what takes a suspension back, reaches no copy: its holder's page makes another one.
 */

/** @returns them in the order in which they were given */
export async function recordChanges(
  tx: Tx,
  changes: readonly Insertable<StatusChangesTable>[],
): Promise<StatusChangeRow[]> {
  await lock(
    tx,
    changes.map(({ credential_seq }) => credential_seq),
  );
  const recorded = await tx.insertInto('status_changes').values(changes).returningAll().execute();
  await recordOfCopies(
    tx,
    recorded.map(({ seq }) => seq),
  );
  return recorded;
}

async function lock(tx: Tx, seqs: readonly number[]): Promise<void> {
  await sql`select 1 from credentials_and_copies where seq = any(${seqs}::bigint[]) order by seq for no key update`.execute(
    tx,
  );
}

/** An end that is moved is no act of a copy's: one that would outlive its original is revoked. */
async function recordOfCopies(tx: Tx, seqs: readonly number[]): Promise<void> {
  await sql`insert into status_changes (issuer_id, credential_seq, act, reason, until, successor_seq, state, requested_by, created_at)
    select s.issuer_id, k.seq, case s.act when 'extend' then 'revoke' else s.act end, s.reason, s.until, s.successor_seq, 'recorded',
      s.requested_by, s.created_at
    from status_changes s join credentials_and_copies k on k.copy_of = s.credential_seq
    where s.seq = any(${seqs}::bigint[]) and s.act <> 'reinstate' and (s.act <> 'extend' or s.valid_until < k.valid_until)
      and ${isShown('k')}
    order by s.seq, k.seq`.execute(tx);
}

/** Whether a copy is neither revoked nor about to be, so that it may be shown still. `alias` is what the query calls the copies. */
export function isShown(alias: string) {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  return sql<boolean>`(${column('state')} <> 'failed' and not ${column('revoked')} and not exists (
    select from status_changes x where x.credential_seq = ${column('seq')} and x.act = 'revoke' and x.state not in ('final', 'failed')))`;
}

/** Revokes the copies, for what is no change of their original's status. All belong to one department. */
export async function revokeCopies(
  tx: Tx,
  { seqs, by, now }: { seqs: readonly number[]; by: string; now: Date },
): Promise<void> {
  if (seqs.length === 0) return;
  await sql`insert into status_changes (issuer_id, credential_seq, act, reason, state, requested_by, created_at)
    select k.issuer_id, k.seq, 'revoke', ${REASONS['none-given']}::int, 'recorded', ${by}::text, ${now}::timestamptz
    from credentials_and_copies k where k.seq = any(${seqs}::bigint[]) and k.copy_of is not null and ${isShown('k')}
    order by k.seq`.execute(tx);
}
