import { sql } from 'kysely';
import type { CompanyRow, DelegateRole, DelegateRow, Tx } from '../store/schema.ts';
import { DELEGATE_CONTEXT } from './acting.ts';
import { type CompanyDeps, type CompanyName, open, seal, settleCompany } from './company.ts';
import { contextOfNomination } from './nominations.ts';

/** What the holders' provider says of a person and a company. */
export interface CompanyClaim extends CompanyName {
  role: DelegateRole;
}

export interface SignedIn {
  personHmac: Buffer;
  /** Null where the provider tells none. */
  name: string | null;
  /** Null where the provider tells of no companies: then nothing follows from its silence. */
  companies: readonly CompanyClaim[] | null;
}

/**
 * What a sign-in makes of the words of others, in its transaction:
 *   1. whom a department named is administrator from now on
 *   2. for whom the provider vouches acts from now on, in the role that it says; unless an administrator of the company has ended that person, which counts
 *      for more until an administrator adds them
 *   3. for whom it vouches no longer acts no longer; what a department or a company said stays
 */
export async function settleDelegations(tx: Tx, deps: CompanyDeps, person: SignedIn, now: Date): Promise<void> {
  // the same person who signs in twice at the same moment is settled one after the other
  const turn = `delegations ${person.personHmac.toString('hex')}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${turn}, 0))`.execute(tx);
  await takeNominations(tx, deps, person, now);
  if (person.companies === null) return;
  const vouched = new Set<number>();
  // in one order, because each is locked
  for (const claim of person.companies.toSorted((a, b) => (a.number < b.number ? -1 : 1))) {
    const company = await settleCompany(tx, deps, { ...claim, now });
    vouched.add(company.seq);
    await takeClaim(tx, deps, { company, person, role: claim.role, now });
  }
  const known = await tx
    .selectFrom('delegates')
    .selectAll()
    .where('person_hmac', '=', person.personHmac)
    .where('source', '=', 'provider')
    .where('ended_at', 'is', null)
    .execute();
  for (const { seq, company_seq } of known)
    if (!vouched.has(company_seq))
      await tx.updateTable('delegates').set({ ended_at: now }).where('seq', '=', seq).execute();
}

async function takeNominations(tx: Tx, deps: CompanyDeps, { personHmac }: SignedIn, now: Date): Promise<void> {
  const rows = await tx
    .selectFrom('company_nominations')
    .selectAll()
    .where('person_hmac', '=', personHmac)
    .where('decided_at', 'is not', null)
    .where('is_refused', '=', false)
    .where('taken_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .orderBy('seq')
    .forUpdate()
    .execute();
  for (const row of rows) {
    const { number, name, person } = open<CompanyName & { person: string }>(
      deps.cipher.openDataKey(row.data_key),
      row.sealed,
      contextOfNomination(row.subject_hmac),
    );
    const company = await settleCompany(tx, deps, { number, name, now });
    await tx.updateTable('company_nominations').set({ taken_at: now }).where('seq', '=', row.seq).execute();
    // a department's word takes the place of what was: only it can be withdrawn
    await tx
      .updateTable('delegates')
      .set({ ended_at: now })
      .where('company_seq', '=', company.seq)
      .where('person_hmac', '=', personHmac)
      .where('ended_at', 'is', null)
      .execute();
    await insertDelegate(tx, deps, {
      ...{ company, personHmac, name: person, role: 'admin', source: 'department', now },
      nominationSeq: row.seq,
    });
  }
}

interface Claimed {
  company: CompanyRow;
  person: SignedIn;
  role: DelegateRole;
  now: Date;
}

async function takeClaim(tx: Tx, deps: CompanyDeps, { company, person, role, now }: Claimed): Promise<void> {
  const newest = await tx
    .selectFrom('delegates')
    .selectAll()
    .where('company_seq', '=', company.seq)
    .where('person_hmac', '=', person.personHmac)
    .orderBy('seq', 'desc')
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
  if (newest && newest.ended_at === null) {
    if (newest.source === 'provider')
      await tx.updateTable('delegates').set({ role }).where('seq', '=', newest.seq).execute();
    return;
  }
  if (newest && newest.ended_by !== null) return;
  await insertDelegate(tx, deps, {
    ...{ company, personHmac: person.personHmac, name: person.name ?? '', role, source: 'provider', now },
  });
}

interface NewDelegateRow {
  company: CompanyRow;
  personHmac: Buffer;
  name: string;
  role: DelegateRole;
  source: DelegateRow['source'];
  nominationSeq?: number;
  createdBy?: number;
  now: Date;
}

export function insertDelegate(tx: Tx, { cipher }: CompanyDeps, row: NewDelegateRow): Promise<DelegateRow> {
  const { company, personHmac, name, role, source, nominationSeq = null, createdBy = null, now } = row;
  return tx
    .insertInto('delegates')
    .values({
      ...{ company_seq: company.seq, person_hmac: personHmac, role, source },
      sealed: seal(cipher.openDataKey(company.data_key), name, DELEGATE_CONTEXT),
      ...{ nomination_seq: nominationSeq, created_at: now, created_by: createdBy },
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}
