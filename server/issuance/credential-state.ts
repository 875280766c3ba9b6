import { type RawBuilder, sql } from 'kysely';
import type { BatchState, CredentialState, StoredState } from '../store/schema.ts';

/*
 * No index has the state of a credential (migrations/0030-issuing-speed.ts), so that becoming final is cheap. What is looked for by its
 * state is said in columns that an index has beside it: most credentials are final, and the others are few.
 */

/** Issued and not sealed, in the words of the index of those. */
export function isWaiting(alias: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  return sql<boolean>`(${column('state')} = 'issued' and ${column('batch_seq')} is null
    and ${column('approved_at')} is not null and ${column('failure')} is null)`;
}

/** Of the credentials `c`, joined with their batches `b`. The state stands in the text: how many there are of it decides how to find them. */
export function isInState(state: CredentialState, issuerId: number): RawBuilder<boolean> {
  if (state === 'issued') return isWaiting('c');
  if (state === 'failed') return sql<boolean>`(c.state = 'failed' and c.failure is not null)`;
  if (state !== 'sealed' && state !== 'anchored') return sql<boolean>`c.state = ${sql.lit(state)}`;
  const isAnchored = state === 'anchored';
  return sql<boolean>`(c.state = 'sealed' and (b.state = 'anchored') = ${sql.lit(isAnchored)} and c.batch_seq in (
    select seq from batches where issuer_id = ${issuerId} and state not in ('final', 'failed')))`;
}

export function toState(stored: StoredState, batch: BatchState | null): CredentialState {
  return stored === 'sealed' && batch === 'anchored' ? 'anchored' : stored;
}
