import { sql } from 'kysely';
import { decodeDate, toDate } from '../../proof/day.ts';
import { ProofError } from '../../proof/errors.ts';
import { AppError, type Problem } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { isSamePerson } from '../auth/same-person.ts';
import type { CredentialTypeRow, Db, NoticeRow, Tx } from '../store/schema.ts';
import { isReleased } from './held.ts';
import { requireType } from './issue.ts';
import { lastDaySql } from './last-day.ts';
import {
  decodeNoticeId,
  type NoticeView,
  noticeNotFound,
  type OneNotice,
  selectNotices,
  toNoticeId,
  toNoticeView,
} from './notice-view.ts';
import { revokeCopies } from './record-changes.ts';
import { statusApprovals } from './status-approvals.ts';
import type { IssuanceDeps } from './use-cases.ts';

/*
 * A law that moves the last valid days of a whole type, as one did for travel agents: "what would end from 31 August to 30 November 2022 is
 * valid until 1 December".
 *   1. preview    how many credentials it moves; nothing is changed
 *   2. confirmed  it stands for every version of the type in the registry, signed by the anchor key (carry-notices.ts)
 *      cancelled
 *   3. withdrawn  by the department's admin, whose key this service does not have; seen on the chain (confirm-notices.ts)
 * Which credentials it moves is never stored: those that are issued later are moved too, as a verifier moves them.
 */

/** As the contract has it: every verifier reads all of them. */
const MOST_NOTICES = 32;

export interface NoticeRequest {
  actor: Actor;
  /** The code of a credential type. */
  type: string;
  from: string;
  to: string;
  validUntil: string;
  law: string;
}

/** @throws AppError VALIDATION_FAILED, TYPE_UNKNOWN, TYPE_NOT_YOURS, TYPE_NOT_OPEN, NOTICE_LIMIT */
export async function previewNotice(tx: Tx, deps: IssuanceDeps, request: NoticeRequest): Promise<NoticeView> {
  const { actor, type: code, law } = request;
  requireAct(actor, 'validity.change');
  await requireType(tx, deps, { issuer: actor.issuer, code });
  const days = readDays(request);
  await requireRoom(tx, { issuer_id: actor.issuer.id, code });
  const notice = await tx
    .insertInto('notices')
    .values({
      issuer_id: actor.issuer.id,
      code,
      ...days,
      law,
      touched: await countTouched(tx, { issuer_id: actor.issuer.id, code, ...days }),
      approvals: await statusApprovals(tx, actor.issuer, [code]),
      state: 'preview',
      requested_by: actor.id,
      created_at: new Date(deps.now()),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await audit(tx, { actor, notice, what: 'preview' });
  return toNoticeView(tx, deps, { notice, issuer: actor.issuer });
}

type Days = Pick<NoticeRow, 'from_day' | 'to_day' | 'valid_until'>;

/** @throws AppError VALIDATION_FAILED */
function readDays({ from, to, validUntil }: NoticeRequest): Days {
  const days = { from: toDay(from), to: toDay(to), validUntil: toDay(validUntil) };
  const problems = (['from', 'to', 'validUntil'] as const)
    .filter((name) => days[name] === null)
    .map((name) => problem(name, 'DATE_INVALID', 'must be a day of the calendar as YYYY-MM-DD, from 1970-01-01'));
  const [first, last, end] = [days.from ?? 0, days.to ?? 0, days.validUntil ?? 0];
  if (problems.length === 0 && first > last)
    problems.push(problem('to', 'END_BEFORE_START', 'must not be before "from"'));
  if (problems.length === 0 && end <= last)
    problems.push(problem('validUntil', 'NOTHING_MOVED', 'must be after "to": a notice prolongs what it is about'));
  if (problems.length > 0) throw new AppError('VALIDATION_FAILED', 'the notice has no such days', { problems });
  return { from_day: first, to_day: last, valid_until: end };
}

function problem(field: string, code: string, rule: string): Problem {
  return { pointer: `/${field}`, code, message: `"${field}" ${rule}` };
}

function toDay(date: string): number | null {
  try {
    const day = decodeDate(date);
    return day < 0 ? null : day;
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}

type OfType = Pick<NoticeRow, 'issuer_id' | 'code'>;

async function requireRoom(tx: Tx, ofType: OfType): Promise<void> {
  const { most } = await tx
    .selectFrom('credential_types as t')
    .leftJoin('notice_posts as p', (join) =>
      join.onRef('p.issuer_id', '=', 't.issuer_id').onRef('p.type_number', '=', 't.number'),
    )
    .select((from) => from.fn.count<string>('p.seq').as('most'))
    .where('t.issuer_id', '=', ofType.issuer_id)
    .where('t.code', '=', ofType.code)
    .groupBy('t.number')
    .orderBy('most', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  if (Number(most) >= MOST_NOTICES)
    throw new AppError('NOTICE_LIMIT', `the type has ${MOST_NOTICES} notices, and the registry keeps no more`);
}

/** Credentials whose last valid day, as it is moved until now, the notice is about; those that ended otherwise are left out. */
export async function countTouched(tx: Db | Tx, { issuer_id, code, ...days }: OfType & Days): Promise<number> {
  const { n } = await tx
    .selectFrom('credentials as c')
    .select((from) => from.fn.countAll<string>().as('n'))
    .where('issuer_id', '=', issuer_id)
    .where('code', '=', code)
    .where('state', 'not in', ['submitted', 'failed'])
    .where('revoked', '=', false)
    .where('superseded_by_seq', 'is', null)
    .where(isReleased('c'))
    .where(sql<boolean>`${lastDaySql('c', 'intended')} between ${days.from_day} and ${days.to_day}`)
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** @throws AppError NOTICE_NOT_FOUND, NOTICE_CLOSED, NOTICE_LIMIT, SAME_PERSON */
export async function confirmNotice(tx: Tx, deps: IssuanceDeps, { actor, id }: OneNotice): Promise<NoticeView> {
  requireDecider(actor);
  const notice = await lockNotice(tx, { actor, id });
  // a rule that became stricter since the preview holds
  const approvals = Math.max(notice.approvals, await statusApprovals(tx, actor.issuer, [notice.code]));
  requireAct(actor, approvals > 0 ? 'status.approve' : 'validity.change');
  if (approvals > 0 && (await isSamePerson(tx, actor, [notice.requested_by])))
    throw new AppError('SAME_PERSON', 'the notice needs a second person: somebody else has to confirm it');
  requireOpen(notice);
  await requireRoom(tx, notice);
  const touched = await countTouched(tx, notice);
  await record(tx, deps, notice);
  const closed = await close(tx, deps, { notice, actor, change: { state: 'confirmed', touched } });
  await audit(tx, { actor, notice: closed, what: 'confirm' });
  return toNoticeView(tx, deps, { notice: closed, issuer: actor.issuer });
}

/** @throws AppError NOTICE_NOT_FOUND, NOTICE_CLOSED */
export async function cancelNotice(tx: Tx, deps: IssuanceDeps, { actor, id }: OneNotice): Promise<NoticeView> {
  requireDecider(actor);
  const notice = await lockNotice(tx, { actor, id });
  requireOpen(notice);
  const closed = await close(tx, deps, { notice, actor, change: { state: 'cancelled' } });
  await audit(tx, { actor, notice: closed, what: 'cancel' });
  return toNoticeView(tx, deps, { notice: closed, issuer: actor.issuer });
}

/** Before anything is looked for: which of the two it takes depends on what is found. */
function requireDecider(actor: Actor): void {
  if (!actor.may.has('status.approve')) requireAct(actor, 'validity.change');
}

async function lockNotice(tx: Tx, { actor, id }: OneNotice): Promise<NoticeRow> {
  const notice = await selectNotices(tx, actor.issuer)
    .where('seq', '=', decodeNoticeId(id))
    .forUpdate()
    .executeTakeFirst();
  if (!notice) throw noticeNotFound();
  return notice;
}

/** After the rights: what became of it is told to nobody who may not decide it. */
function requireOpen({ state }: NoticeRow): void {
  if (state !== 'preview') throw new AppError('NOTICE_CLOSED', `the notice was ${state} already`);
}

/** One post for each version of the type that the registry knows. */
async function record(tx: Tx, deps: IssuanceDeps, notice: NoticeRow): Promise<void> {
  const { issuer_id, code, seq } = notice;
  const types: Pick<CredentialTypeRow, 'number'>[] = await tx
    .selectFrom('credential_types')
    .select('number')
    .where('issuer_id', '=', issuer_id)
    .where('code', '=', code)
    // a copy is made before it, and seen below, or after it
    .forNoKeyUpdate()
    .execute();
  await tx
    .insertInto('notice_posts')
    .values(
      types.map(({ number }) => ({
        issuer_id,
        notice_seq: seq,
        type_number: number,
        state: 'recorded' as const,
        created_at: new Date(deps.now()),
      })),
    )
    .execute();
  await revokeMovedCopies(tx, deps, notice);
}

/** A copy ends on another day than its original, and would be moved where that is not: also one that has run out would be valid again. */
async function revokeMovedCopies(tx: Tx, deps: IssuanceDeps, notice: NoticeRow): Promise<void> {
  const copies = await tx
    .selectFrom('credentials_and_copies')
    .select('seq')
    .where('issuer_id', '=', notice.issuer_id)
    .where('code', '=', notice.code)
    .where('copy_of', 'is not', null)
    .where('valid_until', '>=', notice.from_day)
    .where('valid_until', '<=', notice.to_day)
    .execute();
  const seqs = copies.map(({ seq }) => seq);
  await revokeCopies(tx, { seqs, by: notice.requested_by, now: new Date(deps.now()) });
}

interface Closing {
  notice: NoticeRow;
  actor: Actor;
  change: { state: 'confirmed' | 'cancelled'; touched?: number };
}

function close(tx: Tx, deps: IssuanceDeps, { notice, actor, change }: Closing): Promise<NoticeRow> {
  return tx
    .updateTable('notices')
    .set({ ...change, decided_by: actor.id, decided_at: new Date(deps.now()) })
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', notice.seq)
    .returningAll()
    .executeTakeFirstOrThrow();
}

interface Told {
  actor: Actor;
  notice: NoticeRow;
  what: 'preview' | 'confirm' | 'cancel';
}

async function audit(tx: Tx, { actor, notice, what }: Told): Promise<void> {
  await recordAudit(tx, actor, {
    act: `notice.${what}`,
    object: toNoticeId(notice.seq),
    after: describeNotice(notice),
  });
}

/** For the record of who changed what. */
export function describeNotice({ code, from_day, to_day, valid_until, law, touched, requested_by }: NoticeRow) {
  return {
    type: code,
    from: toDate(from_day),
    to: toDate(to_day),
    validUntil: toDate(valid_until),
    law,
    touched,
    requestedBy: requested_by,
  };
}
