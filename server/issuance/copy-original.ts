import { sql } from 'kysely';
import type { SignedOriginal } from '../keys/copy-rule.ts';
import type { CredentialRow, Db, Tx } from '../store/schema.ts';
import { isWaiting } from './credential-state.ts';
import { findInclusion } from './document.ts';
import { toApproved } from './payload.ts';
import type { IssuanceDeps } from './use-cases.ts';

/** Why a copy failed. */
export const COPY_ENDED = 'what it is a copy of was no longer in force when it was to be signed';

/** Whether a copy must not be signed: something was recorded of it, or its original is not what it was when the copy was made. */
function isEnded(today: number) {
  return sql<boolean>`(exists (select from status_changes x where x.credential_seq = k.seq and x.state not in ('final', 'failed'))
    or exists (select from credentials_and_copies o left join batches b on b.seq = o.batch_seq where o.seq = k.copy_of and (
      o.state <> 'final' or o.revoked or o.superseded_by_seq is not null or o.erased_at is not null or b.disbelieved
      or o.suspended and (o.suspended_until is null or o.suspended_until >= ${today}))))`;
}

/** Those of the leaves that are copies and must not be signed. */
export async function findEndedCopies(
  tx: Tx,
  rows: readonly Pick<CredentialRow, 'seq' | 'copy_of'>[],
  today: number,
): Promise<Set<number>> {
  const copies = rows.filter(({ copy_of }) => copy_of !== null).map(({ seq }) => seq);
  if (copies.length === 0) return new Set();
  const { rows: found } = await sql<{ seq: number }>`select k.seq from credentials_and_copies k
    where k.seq = any(${copies}::bigint[]) and ${isEnded(today)}`.execute(tx);
  return new Set(found.map(({ seq }) => seq));
}

/** Copies that wait and must not be signed fail before they get into a batch, which they would only dissolve. */
export async function failEndedCopies(db: Db, today: number): Promise<void> {
  await sql`with ended as (
      update credentials_and_copies k set state = 'failed', failure = ${COPY_ENDED}
      where k.copy_of is not null and ${isWaiting('k')} and ${isEnded(today)} returning k.seq
    ) ${failChanges(sql`select seq from ended`)}`.execute(db);
}

/** What was recorded of copies that were never signed reaches no chain. */
export async function failChangesOf(tx: Tx, copies: readonly number[]): Promise<void> {
  await failChanges(sql`select unnest(${copies}::bigint[])`).execute(tx);
}

function failChanges(copies: ReturnType<typeof sql>) {
  return sql`update status_changes set state = 'failed', failure = 'the copy was never signed'
    where state = 'recorded' and credential_seq in (${copies})`;
}

/** What the signer is shown of the originals of copies, by their numbers. What cannot be decrypted is left out. */
export async function findOriginals(
  tx: Tx,
  { cipher }: Pick<IssuanceDeps, 'cipher'>,
  rows: readonly Pick<CredentialRow, 'issuer_id' | 'copy_of'>[],
): Promise<Map<number, SignedOriginal>> {
  const found = new Map<number, SignedOriginal>();
  for (const { issuer_id, copy_of } of rows) {
    if (copy_of === null || found.has(copy_of)) continue;
    const row = await tx
      .selectFrom('credentials')
      .selectAll()
      .where('issuer_id', '=', issuer_id)
      .where('seq', '=', copy_of)
      .where('batch_seq', 'is not', null)
      .where('erased_at', 'is', null)
      .executeTakeFirst();
    if (!row) continue;
    const { header, payload } = toApproved(row, cipher);
    const { locator: _, ...inclusion } = await findInclusion(tx, row);
    found.set(copy_of, { header, payload, ...inclusion });
  }
  return found;
}
