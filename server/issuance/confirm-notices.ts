import { isBelieved, type NoticeReading } from '../../proof/records.ts';
import { recordAudit } from '../audit/record.ts';
import { createServiceActor } from '../auth/policy.ts';
import { readPostedNotices } from '../chain/notice-reading.ts';
import type { CredentialTypeRow, IssuerRow, NoticePostRow, NoticeRow, Tx } from '../store/schema.ts';
import { emitEvents } from '../webhooks/event.ts';
import type { FinalityDeps } from './finality.ts';
import { isPosted } from './notice-match.ts';
import { toNoticeId } from './notice-view.ts';
import { countTouched, describeNotice } from './notices.ts';

/*
 * The chain decides which notices a type has; the database keeps what it was last seen to say. From the nodes that verifiers ask, deep enough:
 *   1. what was asked for here and is there is final
 *   2. what the department's admin withdrew, or whose key was reported, moves nothing any more
 *   3. what is there and was not asked for here, because it is younger than a backup or another system posted it, is taken over
 */

interface OfType {
  issuer: IssuerRow;
  type: Pick<CredentialTypeRow, 'number' | 'code'>;
}

/** Of the types that have something on its way; whether anything became final. */
export async function confirmNotices(deps: FinalityDeps): Promise<boolean> {
  return compare(deps, (post) => post.state === 'anchored');
}

/** Of the types that have notices: so a withdrawal is seen. */
export async function watchNotices(deps: FinalityDeps): Promise<boolean> {
  return compare(deps, () => true);
}

/** Of every type there is: so what another system posted, or what is younger than a backup, is seen. */
export async function reconcileNotices(deps: FinalityDeps): Promise<void> {
  const issuers = await deps.db.selectFrom('issuers').selectAll().where('number', 'is not', null).execute();
  for (const issuer of issuers) {
    const types = await deps.db
      .selectFrom('credential_types')
      .select(['number', 'code'])
      .where('issuer_id', '=', issuer.id)
      .execute();
    for (const type of types) await compareOne(deps, { issuer, type });
  }
}

async function compare(deps: FinalityDeps, isMeant: (post: Pick<NoticePostRow, 'state'>) => boolean) {
  const posts = await deps.db
    .selectFrom('notice_posts as p')
    .innerJoin('credential_types as t', (join) =>
      join.onRef('t.issuer_id', '=', 'p.issuer_id').onRef('t.number', '=', 'p.type_number'),
    )
    .select(['p.issuer_id', 'p.state', 't.number', 't.code'])
    .distinct()
    .execute();
  const types = new Map(posts.filter(isMeant).map((post) => [`${post.issuer_id} ${post.number}`, post]));
  let isBusy = false;
  for (const { issuer_id, number, code } of types.values()) {
    const issuer = await deps.db
      .selectFrom('issuers')
      .selectAll()
      .where('id', '=', issuer_id)
      .executeTakeFirstOrThrow();
    isBusy = (await compareOne(deps, { issuer, type: { number, code } })) || isBusy;
  }
  return isBusy;
}

/** Whether anything was different. */
async function compareOne(deps: FinalityDeps, { issuer, type }: OfType): Promise<boolean> {
  const posted = await readPostedNotices(deps, issuer.number as number, type.number);
  const changed = await deps.db.transaction().execute((tx) => settle(tx, deps, { issuer, type, posted }));
  return changed > 0;
}

interface Posted extends OfType {
  posted: readonly NoticeReading[];
}

type Post = NoticePostRow & Pick<NoticeRow, 'code' | 'from_day' | 'to_day' | 'valid_until' | 'law'>;

async function settle(tx: Tx, deps: FinalityDeps, { issuer, type, posted }: Posted): Promise<number> {
  const posts = await lockPosts(tx, { issuer, type });
  const waiting = new Set(posts.filter(({ place }) => place === null));
  let changed = 0;
  for (const [place, notice] of posted.entries()) {
    const post = posts.find((one) => one.place === place) ?? [...waiting].find((one) => isPosted(one, notice));
    if (post) {
      // two alike that wait are two places
      waiting.delete(post);
      changed += await keep(tx, deps, { issuer, post, place, notice });
    } else changed += await takeOver(tx, deps, { issuer, type, place, notice });
  }
  return changed;
}

function lockPosts(tx: Tx, { issuer, type }: OfType): Promise<Post[]> {
  return tx
    .selectFrom('notice_posts as p')
    .innerJoin('notices as n', 'n.seq', 'p.notice_seq')
    .selectAll('p')
    .select(['n.code', 'n.from_day', 'n.to_day', 'n.valid_until', 'n.law'])
    .where('p.issuer_id', '=', issuer.id)
    .where('p.type_number', '=', type.number)
    .orderBy('p.seq')
    .forUpdate('p')
    .execute();
}

interface Kept {
  issuer: IssuerRow;
  post: Post;
  place: number;
  notice: NoticeReading;
}

async function keep(tx: Tx, deps: FinalityDeps, { issuer, post, place, notice }: Kept): Promise<number> {
  const shown = toColumns(notice);
  const isNew = post.state !== 'final';
  const isWithdrawn = shown.withdrawn_at !== null && post.withdrawn_at === null;
  if (!isNew && !isWithdrawn && shown.disbelieved === post.disbelieved) return 0;
  await tx
    .updateTable('notice_posts')
    .set({ ...shown, place, state: 'final', final_at: post.final_at ?? new Date(deps.now()), failure: null })
    .where('seq', '=', post.seq)
    .execute();
  if (isNew) await tell(tx, post, 'notice.final');
  if (isWithdrawn) {
    await tellAudit(tx, issuer, { post, act: 'notice.withdraw', shown });
    await tell(tx, post, 'notice.withdrawn');
  }
  if (shown.disbelieved && !post.disbelieved) await tellAudit(tx, issuer, { post, act: 'notice.disbelieve', shown });
  return 1;
}

function toColumns({ posted, withdrawnAt }: NoticeReading) {
  return {
    withdrawn_at: withdrawnAt === 0 ? null : new Date(withdrawnAt * 1000),
    disbelieved: !isBelieved(posted),
  };
}

type Shown = ReturnType<typeof toColumns>;

/** Once for all versions of the type. */
async function tell(tx: Tx, post: Post, type: 'notice.final' | 'notice.withdrawn'): Promise<void> {
  const behind = await tx
    .selectFrom('notice_posts')
    .select('seq')
    .where('notice_seq', '=', post.notice_seq)
    .where((where) => (type === 'notice.final' ? where('state', '!=', 'final') : where('withdrawn_at', 'is', null)))
    .executeTakeFirst();
  if (behind) return;
  const id = toNoticeId(post.notice_seq);
  await emitEvents(tx, post.issuer_id, { type, all: [{ notice: id, href: `/v1/notices/${id}`, type: post.code }] });
}

async function tellAudit(
  tx: Tx,
  issuer: IssuerRow,
  { post, act, shown }: { post: Post; act: `notice.${string}`; shown: Shown },
): Promise<void> {
  await recordAudit(tx, createServiceActor(issuer, 'reconciliation'), {
    act,
    object: toNoticeId(post.notice_seq),
    after: { type: post.code, withdrawnAt: shown.withdrawn_at?.toISOString() ?? null, disbelieved: shown.disbelieved },
  });
}

async function takeOver(
  tx: Tx,
  deps: FinalityDeps,
  { issuer, type, place, notice }: OfType & Pick<Kept, 'place' | 'notice'>,
): Promise<number> {
  const now = new Date(deps.now());
  const days = { from_day: notice.from, to_day: notice.to, valid_until: notice.validUntil };
  const actor = createServiceActor(issuer, 'reconciliation');
  const row = await tx
    .insertInto('notices')
    .values({
      issuer_id: issuer.id,
      code: type.code,
      ...days,
      law: notice.law,
      touched: await countTouched(tx, { issuer_id: issuer.id, code: type.code, ...days }),
      approvals: 0,
      state: 'confirmed',
      requested_by: actor.id,
      decided_by: actor.id,
      created_at: now,
      decided_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await tx
    .insertInto('notice_posts')
    .values({
      issuer_id: issuer.id,
      notice_seq: row.seq,
      type_number: type.number,
      place,
      state: 'final',
      ...toColumns(notice),
      created_at: now,
      final_at: now,
    })
    .execute();
  await recordAudit(tx, actor, {
    act: 'notice.reconcile',
    object: toNoticeId(row.seq),
    after: describeNotice(row),
  });
  return 1;
}
