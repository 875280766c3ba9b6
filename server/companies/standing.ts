import type { CompanyNominationRow, Db } from '../store/schema.ts';
import { activeDelegates } from './acting.ts';

/** How many act for a company at this moment. Who they are is the company's business, and told to no department. */
export interface CompanyStanding {
  administrators: number;
  delegates: number;
  /** Whether whom the department named acts by that word; false where the company has ended them since, and before they signed in. */
  isActing: boolean;
}

/** `platform` is asked beyond the walls of departments. */
export async function findStanding(
  platform: Db,
  { seq, subject_hmac }: Pick<CompanyNominationRow, 'seq' | 'subject_hmac'>,
): Promise<CompanyStanding> {
  const rows = await activeDelegates(platform)
    .select(['delegates.role', 'delegates.nomination_seq'])
    .where('companies.subject_hmac', '=', subject_hmac)
    .execute();
  return {
    administrators: rows.filter(({ role }) => role === 'admin').length,
    delegates: rows.filter(({ role }) => role === 'delegate').length,
    isActing: rows.some(({ nomination_seq }) => nomination_seq === seq),
  };
}
