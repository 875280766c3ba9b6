import { toDate } from '../../proof/day.ts';
import { AppError } from '../app-error.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import { encodeCall } from '../chain/registry.ts';
import type { Db, IssuerRow, NoticePostRow, NoticeRow, Tx } from '../store/schema.ts';
import type { IssuanceDeps } from './use-cases.ts';

/** What a confirmed notice is: as far as the post of it that is least far; withdrawn when all are. */
export const NOTICE_STATES = [
  'preview',
  'cancelled',
  'recorded',
  'sent',
  'anchored',
  'final',
  'disbelieved',
  'withdrawn',
] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

export interface NoticeView {
  /** "ntc_3" */
  id: string;
  type: string;
  /** Days as YYYY-MM-DD: what would end from the first to the second is valid until the third. */
  from: string;
  to: string;
  validUntil: string;
  law: string | null;
  /** How many credentials it moved when it was previewed, or confirmed; those that are issued later it moves too. */
  touched: number;
  state: NoticeState;
  secondPerson: boolean;
  /** One for each version of the type that is open. */
  posts: { version: number; index: number | null; state: NoticeState; withdrawnAt: string | null }[];
  /** What the department's admin, whose key this service does not have, sends to the registry to withdraw it. */
  withdrawal: { chainId: number; to: string; data: string }[];
  requestedBy: string;
  decidedBy: string | null;
  createdAt: string;
  decidedAt: string | null;
}

export interface OneNotice {
  actor: Actor;
  id: string;
}

/** @throws AppError NOTICE_NOT_FOUND */
export async function getNotice(tx: Db | Tx, deps: IssuanceDeps, { actor, id }: OneNotice): Promise<NoticeView> {
  requireAct(actor, 'credentials.read');
  const notice = await selectNotices(tx, actor.issuer).where('seq', '=', decodeNoticeId(id)).executeTakeFirst();
  if (!notice) throw noticeNotFound();
  return toNoticeView(tx, deps, { notice, issuer: actor.issuer });
}

export interface NoticeList {
  actor: Actor;
  type?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/** Newest first. @throws AppError CURSOR_INVALID */
export async function listNotices(
  tx: Db | Tx,
  deps: IssuanceDeps,
  { actor, type, limit, cursor }: NoticeList,
): Promise<{ items: NoticeView[]; next: string | null }> {
  requireAct(actor, 'credentials.read');
  let query = selectNotices(tx, actor.issuer);
  if (type !== undefined) query = query.where('code', '=', type);
  if (cursor !== undefined) query = query.where('seq', '<', decodeCursor(cursor));
  const rows = await query
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const items: NoticeView[] = [];
  for (const notice of rows.slice(0, limit)) items.push(await toNoticeView(tx, deps, { notice, issuer: actor.issuer }));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function decodeCursor(cursor: string): number {
  const seq = decodeNoticeId(cursor);
  if (seq === 0)
    throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
  return seq;
}

export function selectNotices(tx: Db | Tx, issuer: IssuerRow) {
  return tx.selectFrom('notices').selectAll().where('issuer_id', '=', issuer.id);
}

export function toNoticeId(seq: number): string {
  return `ntc_${seq}`;
}

/** 0, which none has, for what is no id. */
export function decodeNoticeId(id: string): number {
  return Number(/^ntc_([1-9]\d{0,14})$/.exec(id)?.[1] ?? 0);
}

export function noticeNotFound(): AppError {
  return new AppError('NOTICE_NOT_FOUND', 'there is no such notice');
}

export async function toNoticeView(
  tx: Db | Tx,
  { registry }: Pick<IssuanceDeps, 'registry'>,
  { notice, issuer }: { notice: NoticeRow; issuer: IssuerRow },
): Promise<NoticeView> {
  const posts = await findPosts(tx, notice);
  return {
    id: toNoticeId(notice.seq),
    type: notice.code,
    from: toDate(notice.from_day),
    to: toDate(notice.to_day),
    validUntil: toDate(notice.valid_until),
    law: notice.law,
    touched: notice.touched,
    state: notice.state === 'confirmed' ? leastFar(posts.map(stateOf)) : notice.state,
    secondPerson: notice.approvals > 0,
    posts: posts.map((post) => ({
      version: post.version,
      index: post.place,
      state: stateOf(post),
      withdrawnAt: post.withdrawn_at?.toISOString() ?? null,
    })),
    withdrawal: posts.filter(isWithdrawable).map(({ type_number, place }) => ({
      chainId: registry.chainId,
      to: registry.address,
      data: encodeCall('withdrawNotice', [issuer.number, type_number, place]),
    })),
    requestedBy: notice.requested_by,
    decidedBy: notice.decided_by,
    createdAt: notice.created_at.toISOString(),
    decidedAt: notice.decided_at?.toISOString() ?? null,
  };
}

function findPosts(tx: Db | Tx, { issuer_id, seq }: NoticeRow) {
  return tx
    .selectFrom('notice_posts as p')
    .innerJoin('credential_types as t', (join) =>
      join.onRef('t.issuer_id', '=', 'p.issuer_id').onRef('t.number', '=', 'p.type_number'),
    )
    .selectAll('p')
    .select('t.version')
    .where('p.issuer_id', '=', issuer_id)
    .where('p.notice_seq', '=', seq)
    .orderBy('t.version')
    .execute();
}

function isWithdrawable({ place, withdrawn_at }: NoticePostRow): boolean {
  return place !== null && withdrawn_at === null;
}

function stateOf({ state, withdrawn_at, disbelieved }: NoticePostRow): NoticeState {
  if (withdrawn_at !== null) return 'withdrawn';
  return disbelieved ? 'disbelieved' : state;
}

function leastFar(states: readonly NoticeState[]): NoticeState {
  return states.reduce((least, state) => (NOTICE_STATES.indexOf(state) < NOTICE_STATES.indexOf(least) ? state : least));
}
