import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import type { HolderPerson } from '../auth/session.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { CompanyRow, Db, DelegateRole, DelegateRow, Tx } from '../store/schema.ts';
import { activeDelegates, openDelegateName, requireAdministrator, toDelegateId } from './acting.ts';
import { recordCompanyAct } from './acts.ts';
import { insertDelegate } from './settle.ts';

/* A company's administrators say who acts for it. */

/** Of one company, at the same time. */
export const MOST_DELEGATES = 100;

export interface DelegateView {
  /** "dlg_7" */
  id: string;
  name: string;
  role: DelegateRole;
  /** Whose word it was: a department, the sign-in service, or the company itself. */
  source: DelegateRow['source'];
  createdAt: string;
  /** The id of the delegate who added them. */
  createdBy: string | null;
  endedAt: string | null;
  /** The id of the delegate who ended them; null where a department or the sign-in service did. */
  endedBy: string | null;
  /** Links that they made and that others can open at this moment. */
  openLinks: number;
  /** Whether it is who asks. */
  isOneself: boolean;
}

type Deps = Pick<IssuanceDeps, 'cipher' | 'now' | 'hashHolderSubject' | 'hashCompanyNumber'>;

/** Who acts first, then who did, newest first. @throws AppError FORBIDDEN */
export async function listDelegates(db: Db, deps: Deps, holder: HolderPerson): Promise<DelegateView[]> {
  const { companySeq } = requireAdministrator(holder);
  return viewsOf(db, deps, { holder, companySeq });
}

async function viewsOf(
  db: Db | Tx,
  { cipher, now }: Deps,
  { holder, companySeq, only = null }: { holder: HolderPerson; companySeq: number; only?: number | null },
): Promise<DelegateView[]> {
  const at = new Date(now());
  let query = db
    .selectFrom('delegates as d')
    .innerJoin('companies as c', 'c.seq', 'd.company_seq')
    .leftJoin('company_nominations as n', 'n.seq', 'd.nomination_seq')
    .selectAll('d')
    .select(['c.data_key', sql<Date | null>`coalesce(d.ended_at, n.withdrawn_at)`.as('over_at')])
    .select(
      sql<string>`(select count(*) from shares s where s.delegate_seq = d.seq and s.ended_at is null and s.expires_at > ${at}
        and (s.most_opens is null or s.most_opens > (select count(*) from share_openings o where o.share_seq = s.seq)))`.as(
        'open_links',
      ),
    )
    .where('d.company_seq', '=', companySeq);
  if (only !== null) query = query.where('d.seq', '=', only);
  const rows = await query
    .orderBy(sql`coalesce(d.ended_at, n.withdrawn_at) is not null`)
    .orderBy('d.seq', 'desc')
    .limit(5 * MOST_DELEGATES)
    .execute();
  return rows.map((row) => ({
    ...{ id: toDelegateId(row.seq), name: openDelegateName(cipher, row), role: row.role, source: row.source },
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by === null ? null : toDelegateId(row.created_by),
    endedAt: row.over_at?.toISOString() ?? null,
    endedBy: row.ended_by === null ? null : toDelegateId(row.ended_by),
    ...{ openLinks: Number(row.open_links), isOneself: row.seq === holder.acting?.delegateSeq },
  }));
}

export interface NewDelegate {
  holder: HolderPerson;
  /** Their subject at the sign-in service. */
  account: string;
  name: string;
  role: DelegateRole;
}

/** Acts at once; adding the same again answers the same. @throws AppError FORBIDDEN, DELEGATE_EXISTS, DELEGATE_LIMIT */
export async function addDelegate(db: Db, deps: Deps, delegate: NewDelegate): Promise<DelegateView> {
  const { holder, account, name, role } = delegate;
  const { companySeq, delegateSeq } = requireAdministrator(holder);
  const now = new Date(deps.now());
  return db.transaction().execute(async (tx) => {
    const company = await lockCompany(tx, holder);
    const personHmac = deps.hashHolderSubject(account);
    const active = await tx
      .selectFrom('delegates as d')
      .leftJoin('company_nominations as n', 'n.seq', 'd.nomination_seq')
      .select(['d.seq', 'd.person_hmac', 'd.role', 'd.created_by', 'd.sealed', 'n.withdrawn_at'])
      .where('d.company_seq', '=', companySeq)
      .where('d.ended_at', 'is', null)
      .execute();
    const same = active.find((one) => one.person_hmac.equals(personHmac));
    const one = same && { ...same, data_key: company.data_key };
    // an answer that was lost on the way is asked for again
    if (one?.created_by === delegateSeq && one.role === role && openDelegateName(deps.cipher, one) === name)
      return (await viewsOf(tx, deps, { holder, companySeq, only: one.seq }))[0] as DelegateView;
    if (same && same.withdrawn_at === null)
      throw new AppError('DELEGATE_EXISTS', 'the account of "account" acts for this company already');
    if (active.length >= MOST_DELEGATES)
      throw new AppError('DELEGATE_LIMIT', `at most ${MOST_DELEGATES} people act for a company: end one first`);
    // whom a department took back, the company may add on its own word
    if (same) await tx.updateTable('delegates').set({ ended_at: now }).where('seq', '=', same.seq).execute();
    const { seq } = await insertDelegate(tx, deps, {
      ...{ company, personHmac, name, role, source: 'company', createdBy: delegateSeq, now },
    });
    await recordCompanyAct(tx, holder, { act: 'delegate.add', object: toDelegateId(seq), now });
    const [view] = await viewsOf(tx, deps, { holder, companySeq, only: seq });
    return view as DelegateView;
  });
}

export interface Ending {
  holder: HolderPerson;
  id: string;
  /** Also the links that they made for the company. */
  endLinks: boolean;
}

/**
 * At once, in every session; who comes back is added anew. Nobody ends oneself, so that an administrator is always left. Ending again answers the same.
 * @throws AppError FORBIDDEN, DELEGATE_NOT_FOUND, OWN_ROLES
 */
export async function endDelegate(db: Db, deps: Deps, { holder, id, endLinks }: Ending): Promise<DelegateView> {
  const { companySeq, delegateSeq } = requireAdministrator(holder);
  const now = new Date(deps.now());
  const seq = Number(/^dlg_([1-9]\d{0,14})$/.exec(id)?.[1] ?? 0);
  return db.transaction().execute(async (tx) => {
    await lockCompany(tx, holder);
    const row = await tx
      .selectFrom('delegates')
      .selectAll()
      .where('company_seq', '=', companySeq)
      .where('seq', '=', seq)
      .executeTakeFirst();
    if (!row) throw new AppError('DELEGATE_NOT_FOUND', 'there is no such delegate');
    if (seq === delegateSeq) throw new AppError('OWN_ROLES', 'another administrator ends what you may do');
    if (row.ended_at === null) {
      await tx.updateTable('delegates').set({ ended_at: now, ended_by: delegateSeq }).where('seq', '=', seq).execute();
      await recordCompanyAct(tx, holder, { act: 'delegate.end', object: id, now });
    }
    if (endLinks)
      await tx
        .updateTable('shares')
        .set({ ended_at: now, sealed: null })
        .where('delegate_seq', '=', seq)
        .where('holder_subject_hmac', '=', holder.subjectHmac)
        .where('ended_at', 'is', null)
        .execute();
    const [view] = await viewsOf(tx, deps, { holder, companySeq, only: seq });
    return view as DelegateView;
  });
}

/**
 * One change of a company's people at a time, by somebody who is an administrator still: of two who end each other at the same moment, the second may not any more.
 * @throws AppError DELEGATION_ENDED
 */
async function lockCompany(tx: Tx, holder: HolderPerson): Promise<CompanyRow> {
  const { companySeq, delegateSeq } = requireAdministrator(holder);
  const company = await tx
    .selectFrom('companies')
    .selectAll()
    .where('seq', '=', companySeq)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const own = await activeDelegates(tx)
    .select('delegates.role')
    .where('delegates.seq', '=', delegateSeq)
    .executeTakeFirst();
  if (own?.role !== 'admin') throw new AppError('DELEGATION_ENDED', 'you do not act for this company');
  return company;
}
