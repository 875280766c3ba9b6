import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import type { HolderPerson } from '../auth/session.ts';
import type { Cipher } from '../issuance/use-cases.ts';
import type { Db, Tx } from '../store/schema.ts';
import { openDelegateName, requireAdministrator, toDelegateId } from './acting.ts';

/* Who did what in a company's name: for its administrators, and for nobody else. Ids and codes, never a claim. */

/** Never renamed. What is seen is told once an hour of each document and delegate; what is changed, each time. */
export type CompanyAct =
  | 'document.see'
  | 'document.code'
  | 'document.file'
  | 'share.create'
  | 'share.end'
  | 'copy.enrol'
  | 'copy.end'
  | 'report.create'
  | 'request.consent'
  | 'request.refuse'
  | 'request.withdraw'
  | 'delegate.add'
  | 'delegate.end';

const SEEING: readonly CompanyAct[] = ['document.see', 'document.code', 'document.file'];
const REMEMBERED_DAYS = 1_100;

export interface CompanyActView {
  /** Of the delegate. */
  by: string;
  name: string;
  act: CompanyAct;
  /** The id of what it was done to. */
  object: string | null;
  at: string;
}

/** Nothing where somebody acts for themselves. */
export async function recordCompanyAct(
  db: Db | Tx,
  { acting }: HolderPerson,
  { act, object, now }: { act: CompanyAct; object: string | null; now: Date },
): Promise<void> {
  if (!acting) return;
  const since = new Date(now.getTime() - (SEEING.includes(act) ? 3_600_000 : 0));
  await sql`insert into company_acts (company_seq, delegate_seq, act, object, at)
    select ${acting.companySeq}::bigint, ${acting.delegateSeq}::bigint, ${act}::text, ${object}::text, ${now}::timestamptz
    where not exists (select from company_acts where company_seq = ${acting.companySeq} and delegate_seq = ${acting.delegateSeq}
      and act = ${act} and object is not distinct from ${object} and at > ${since} and ${SEEING.includes(act)}::boolean)`.execute(
    db,
  );
}

export interface ActsRequest {
  holder: HolderPerson;
  limit: number;
  cursor?: string | undefined;
}

/** Newest first. @throws AppError FORBIDDEN, CURSOR_INVALID */
export async function listCompanyActs(
  db: Db,
  { cipher }: { cipher: Cipher },
  { holder, limit, cursor }: ActsRequest,
): Promise<{ items: CompanyActView[]; next: string | null }> {
  const { companySeq } = requireAdministrator(holder);
  if (cursor !== undefined && !/^[1-9]\d{0,14}$/.test(cursor))
    throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
  let query = db
    .selectFrom('company_acts as a')
    .innerJoin('delegates as d', 'd.seq', 'a.delegate_seq')
    .innerJoin('companies as c', 'c.seq', 'd.company_seq')
    .select(['a.seq', 'a.act', 'a.object', 'a.at', 'd.seq as delegate_seq', 'd.sealed', 'c.data_key'])
    .where('a.company_seq', '=', companySeq);
  if (cursor !== undefined) query = query.where('a.seq', '<', Number(cursor));
  const rows = await query
    .orderBy('a.seq', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit);
  return {
    items: items.map((row) => ({
      by: toDelegateId(row.delegate_seq),
      name: openDelegateName(cipher, row),
      act: row.act as CompanyAct,
      object: row.object,
      at: row.at.toISOString(),
    })),
    next: rows.length > limit ? String(items.at(-1)?.seq) : null,
  };
}

/** After three years. */
export async function forgetCompanyActs(db: Db, now: Date): Promise<void> {
  const before = new Date(now.getTime() - REMEMBERED_DAYS * 86_400_000);
  await db.deleteFrom('company_acts').where('at', '<', before).execute();
}
