import { AppError } from '../app-error.ts';
import type { Actor } from '../auth/policy.ts';
import type { HolderPerson } from '../auth/session.ts';
import type { Db, StoredState } from '../store/schema.ts';
import { fromCredentialId } from './credential-id.ts';
import type { HolderContact, IssuanceDeps } from './use-cases.ts';

/** What is being prepared, and what failed, was never given to anybody. */
export const SEEN_BY_HOLDERS: readonly StoredState[] = ['issued', 'sealed', 'final'];

/** What a credential's row is found by when its holder signs in, or who acts for it; null where the department named neither person nor company. */
export function holderSubjectHmac(
  { hashHolderSubject, hashCompanyNumber }: Pick<IssuanceDeps, 'hashHolderSubject' | 'hashCompanyNumber'>,
  holder: HolderContact | null,
): Buffer | null {
  if (holder?.company !== undefined) return hashCompanyNumber(holder.company);
  return holder?.subject === undefined ? null : hashHolderSubject(holder.subject);
}

/** Whether there is somewhere to send the document to. */
export function hasEmail(holder: HolderContact | null): boolean {
  return holder?.email !== undefined;
}

/**
 * Somebody who may read in the department of this one credential, because it is the holder's own. It must be used for this id alone.
 * @throws AppError CREDENTIAL_NOT_FOUND, in the same words for another holder's as for none
 */
export async function holderActor(db: Db, { holder, id: text }: { holder: HolderPerson; id: string }): Promise<Actor> {
  const id = fromCredentialId(text);
  const issuer =
    id &&
    (await db
      .selectFrom('issuers')
      .innerJoin('credentials as c', 'c.issuer_id', 'issuers.id')
      .selectAll('issuers')
      .where('c.id', '=', id)
      .where('c.holder_subject_hmac', '=', holder.subjectHmac)
      .where('c.state', 'in', SEEN_BY_HOLDERS)
      .executeTakeFirst());
  if (!issuer) throw new AppError('CREDENTIAL_NOT_FOUND', 'there is no such credential');
  return { issuer, id: 'holder', name: 'holder', may: new Set(['credentials.read']) };
}
