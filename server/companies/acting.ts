import { AppError } from '../app-error.ts';
import type { Acting, HolderPerson } from '../auth/session.ts';
import type { Cipher } from '../issuance/use-cases.ts';
import type { Db, DelegateRole, Tx } from '../store/schema.ts';
import { type CompanyName, nameOf, open, toCompanyId } from './company.ts';

/** A company that somebody may act for. */
export interface OwnCompany extends CompanyName {
  /** "cmp_7" */
  id: string;
  role: DelegateRole;
}

/** "dlg_7" */
export function toDelegateId(seq: number): string {
  return `dlg_${seq}`;
}

export const DELEGATE_CONTEXT = 'delegate';

/** `data_key` is the company's. */
export function openDelegateName(cipher: Cipher, { data_key, sealed }: { data_key: Buffer; sealed: Buffer }): string {
  return open<string>(cipher.openDataKey(data_key), sealed, DELEGATE_CONTEXT);
}

/** Who acts for which company at this moment: nobody whom anybody has ended, nor whose department took its word back. */
export function activeDelegates(db: Db | Tx) {
  return db
    .selectFrom('delegates')
    .innerJoin('companies', 'companies.seq', 'delegates.company_seq')
    .leftJoin('company_nominations as n', 'n.seq', 'delegates.nomination_seq')
    .where('delegates.ended_at', 'is', null)
    .where('n.withdrawn_at', 'is', null);
}

/** Of a person, by when they came to it. */
export async function listOwnCompanies(
  db: Db,
  deps: { cipher: Cipher },
  { subjectHmac }: HolderPerson,
): Promise<OwnCompany[]> {
  const rows = await activeDelegates(db)
    .selectAll('companies')
    .select('delegates.role')
    .where('delegates.person_hmac', '=', subjectHmac)
    .orderBy('delegates.seq')
    .execute();
  return rows.map(({ role, ...company }) => ({ id: toCompanyId(company.seq), role, ...nameOf(deps, company) }));
}

/**
 * The holder whose documents are asked for: who is signed in, or the company that they act for. It is asked of each request anew, so that a delegate who was
 * ended is so at once, in every session.
 * @throws AppError DELEGATION_ENDED, in the same words for a company that there is not
 */
export async function actAs(db: Db, person: HolderPerson, company: string | undefined): Promise<HolderPerson> {
  if (company === undefined) return person;
  const row = await activeDelegates(db)
    .select(['companies.seq as companySeq', 'companies.subject_hmac', 'delegates.seq as delegateSeq', 'delegates.role'])
    .where('delegates.person_hmac', '=', person.subjectHmac)
    .where('companies.seq', '=', Number(/^cmp_([1-9]\d{0,14})$/.exec(company)?.[1] ?? 0))
    .executeTakeFirst();
  if (!row) throw new AppError('DELEGATION_ENDED', 'you do not act for this company');
  const { subject_hmac: subjectHmac, ...acting } = row;
  return { kind: 'holder', subjectHmac, acting: { ...acting, personHmac: person.subjectHmac } };
}

/** @throws AppError FORBIDDEN */
export function requireAdministrator({ acting }: HolderPerson): Acting {
  if (acting?.role === 'admin') return acting;
  throw new AppError('FORBIDDEN', 'this is for administrators of a company: name it as "company"');
}
