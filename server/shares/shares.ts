import { randomBytes } from 'node:crypto';
import { type Expression, type SelectQueryBuilder, sql } from 'kysely';
import { AppError } from '../app-error.ts';
import type { HolderPerson } from '../auth/session.ts';
import { requireAdministrator, toDelegateId } from '../companies/acting.ts';
import { recordCompanyAct } from '../companies/acts.ts';
import { fromCredentialId, toCredentialId } from '../issuance/credential-id.ts';
import { holderActor } from '../issuance/holder.ts';
import type { Database, Db, ShareRow, Tx } from '../store/schema.ts';

/*
 * A link that ends: what a holder's browser has locked is kept here until it ends, and given to whoever has the link. The key stands in the link's
 * fragment, which no server is told, so that what is kept here can be read by nobody without the link.
 */

/** Longer than for one occasion is a document of its own. */
export const MOST_SHARE_DAYS = 90;
export const MOST_SHARE_OPENS = 1000;
/** Of one holder, at the same time. */
export const MOST_OPEN_SHARES = 100;
/** A proof has a few kilobytes. */
export const MOST_SEALED_BYTES = 16_384;
/** How many of the newest openings are told. */
const OPENINGS_TOLD = 20;
/** Further ones are not noted: whoever has a link must not fill the database with visits. */
const MOST_OPENINGS_NOTED = MOST_SHARE_OPENS;
/** For so long a link that is over is told of. */
const REMEMBERED_DAYS = 30;

export interface ShareView {
  /** 32 hex digits: what the link names. */
  id: string;
  credential: string;
  createdAt: string;
  expiresAt: string;
  /** How often it can be opened; null for as often as somebody likes. */
  mostOpens: number | null;
  opens: number;
  /** The newest ones. */
  openedAt: string[];
  endedAt: string | null;
  isOver: boolean;
  /** Of a company's, the id of the delegate who made it. */
  madeBy: string | null;
  /** Whether who asks may end it: a company's delegate those of their own, its administrator all. */
  mayEnd: boolean;
}

export interface NewShare {
  holder: HolderPerson;
  idempotencyKey: string;
  credential: string;
  /** Locked by the holder's browser. */
  sealed: Buffer;
  expiresAt: Date;
  mostOpens: number | null;
}

interface OneShare {
  holder: HolderPerson;
  id: string;
}

/** @throws AppError CREDENTIAL_NOT_FOUND, NOT_FINAL, SHARE_EXPIRY_INVALID, SHARE_LIMIT, IDEMPOTENCY_KEY_REUSED */
export async function createShare(db: Db, share: NewShare, now: Date): Promise<ShareView> {
  const { holder, idempotencyKey, sealed, expiresAt, mostOpens } = share;
  const { issuer } = await holderActor(db, { holder, id: share.credential });
  requireExpiry(expiresAt, now);
  return db.transaction().execute(async (tx) => {
    // one at a time of one holder: the limit is counted, and a repeated request finds the first
    const turn = holder.subjectHmac.toString('hex');
    await sql`select pg_advisory_xact_lock(hashtextextended(${`shares ${turn}`}, 0))`.execute(tx);
    const known = await tx
      .selectFrom('shares')
      .selectAll()
      .where('holder_subject_hmac', '=', holder.subjectHmac)
      .where('idempotency_key', '=', idempotencyKey)
      .executeTakeFirst();
    if (known) return viewSame(tx, { known, share }, now);
    await requireRoom(tx, holder, now);
    const credential = await tx
      .selectFrom('credentials')
      .select(['seq', 'state'])
      .where('issuer_id', '=', issuer.id)
      .where('id', '=', Buffer.from(fromCredentialId(share.credential) as Uint8Array))
      // what is erased meanwhile is nobody's any more
      .where('holder_subject_hmac', '=', holder.subjectHmac)
      .forShare()
      .executeTakeFirst();
    if (!credential) throw new AppError('CREDENTIAL_NOT_FOUND', 'there is no such credential');
    if (credential.state !== 'final')
      throw new AppError('NOT_FINAL', 'the credential is on its way to the chain: it can be shared when it is final');
    const row = await tx
      .insertInto('shares')
      .values({
        ...{ id: randomBytes(16), issuer_id: issuer.id, credential_seq: credential.seq },
        ...{ holder_subject_hmac: holder.subjectHmac, idempotency_key: idempotencyKey, sealed },
        ...{ expires_at: expiresAt, most_opens: mostOpens, created_at: now },
        delegate_seq: holder.acting?.delegateSeq ?? null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    await recordCompanyAct(tx, holder, { act: 'share.create', object: share.credential, now });
    return viewShare(tx, { row, holder }, now);
  });
}

function requireExpiry(expiresAt: Date, now: Date): void {
  const latest = now.getTime() + MOST_SHARE_DAYS * 86_400_000;
  if (expiresAt <= now || expiresAt.getTime() > latest)
    throw new AppError('SHARE_EXPIRY_INVALID', `"expiresAt" must be to come, and within ${MOST_SHARE_DAYS} days`);
}

async function requireRoom(tx: Tx, { subjectHmac }: HolderPerson, now: Date): Promise<void> {
  const { count } = await tx
    .selectFrom('shares')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('holder_subject_hmac', '=', subjectHmac)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .where((eb) => eb.or([eb('most_opens', 'is', null), eb('most_opens', '>', countOpens(eb.ref('shares.seq')))]))
    .executeTakeFirstOrThrow();
  if (count >= MOST_OPEN_SHARES)
    throw new AppError('SHARE_LIMIT', `at most ${MOST_OPEN_SHARES} links are open at a time: end one first`);
}

/** Of a share. */
function countOpens(seq: Expression<number>) {
  return sql<number>`(select count(*) from share_openings where share_seq = ${seq})`;
}

async function viewSame(tx: Tx, { known, share }: { known: ShareRow; share: NewShare }, now: Date): Promise<ShareView> {
  const isSame =
    known.expires_at.getTime() === share.expiresAt.getTime() &&
    known.most_opens === share.mostOpens &&
    (known.sealed === null || known.sealed.equals(share.sealed));
  if (!isSame) throw new AppError('IDEMPOTENCY_KEY_REUSED', 'the key was used for another link: take a new one');
  return viewShare(tx, { row: known, holder: share.holder }, now);
}

/** Of one document, newest first; what is over is told of for some weeks. @throws AppError CREDENTIAL_NOT_FOUND */
export async function listShares(
  db: Db,
  { holder, credential }: { holder: HolderPerson; credential: string },
  now: Date,
): Promise<ShareView[]> {
  const { issuer } = await holderActor(db, { holder, id: credential });
  const rows = await db
    .selectFrom('shares')
    .innerJoin('credentials as c', 'c.seq', 'shares.credential_seq')
    .selectAll('shares')
    .where('shares.issuer_id', '=', issuer.id)
    .where('c.id', '=', Buffer.from(fromCredentialId(credential) as Uint8Array))
    .where('shares.holder_subject_hmac', '=', holder.subjectHmac)
    .orderBy('shares.seq', 'desc')
    .limit(2 * MOST_OPEN_SHARES)
    .execute();
  return viewShares(db, { rows, holder }, now);
}

/** Of all documents of the holder, newest first: of a company for its administrators, who see what its delegates show. @throws AppError FORBIDDEN */
export async function listAllShares(db: Db, holder: HolderPerson, now: Date): Promise<ShareView[]> {
  if (holder.acting) requireAdministrator(holder);
  const rows = await db
    .selectFrom('shares')
    .selectAll()
    .where('holder_subject_hmac', '=', holder.subjectHmac)
    .orderBy('seq', 'desc')
    .limit(2 * MOST_OPEN_SHARES)
    .execute();
  return viewShares(db, { rows, holder }, now);
}

async function viewShares(
  db: Db,
  { rows, holder }: { rows: readonly ShareRow[]; holder: HolderPerson },
  now: Date,
): Promise<ShareView[]> {
  const views: ShareView[] = [];
  for (const row of rows) views.push(await viewShare(db, { row, holder }, now));
  return views;
}

/**
 * Over at once, and what it showed is gone from here; ending it again answers the same.
 * @throws AppError SHARE_NOT_FOUND; FORBIDDEN for a link of another delegate
 */
export async function endShare(db: Db, { holder, id }: OneShare, now: Date): Promise<ShareView> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .selectFrom('shares')
      .selectAll()
      .where('id', '=', readId(id))
      .where('holder_subject_hmac', '=', holder.subjectHmac)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw new AppError('SHARE_NOT_FOUND', 'there is no such link');
    if (!mayEnd(row, holder)) throw new AppError('FORBIDDEN', 'who made the link ends it, or an administrator');
    if (row.ended_at !== null) return viewShare(tx, { row, holder }, now);
    const ended = { ended_at: now, sealed: null };
    await tx.updateTable('shares').set(ended).where('seq', '=', row.seq).execute();
    const view = await viewShare(tx, { row: { ...row, ...ended }, holder }, now);
    await recordCompanyAct(tx, holder, { act: 'share.end', object: view.credential, now });
    return view;
  });
}

function mayEnd({ delegate_seq }: ShareRow, { acting }: HolderPerson): boolean {
  return !acting || acting.role === 'admin' || acting.delegateSeq === delegate_seq;
}

/**
 * What the link shows, to whoever has it. A visit counts once, however often it asks; nothing tells a link that is over from one that never was.
 * @throws AppError SHARE_OVER
 */
export async function openShare(db: Db, { id, visit }: { id: string; visit: Buffer }, now: Date): Promise<Buffer> {
  return db.transaction().execute(async (tx) => {
    const row = await tx.selectFrom('shares').selectAll().where('id', '=', readId(id)).forUpdate().executeTakeFirst();
    if (!row || row.sealed === null || row.ended_at !== null || row.expires_at <= now) throw over();
    const openings = tx.selectFrom('share_openings').where('share_seq', '=', row.seq);
    if (await openings.select('visit').where('visit', '=', visit).executeTakeFirst()) return row.sealed;
    const opens = await countOf(openings);
    if (row.most_opens !== null && opens >= row.most_opens) throw over();
    if (opens < MOST_OPENINGS_NOTED)
      await tx.insertInto('share_openings').values({ share_seq: row.seq, visit, opened_at: now }).execute();
    return row.sealed;
  });
}

function over(): AppError {
  return new AppError('SHARE_OVER', 'the link is over');
}

/** What links that are over held goes at once, and some weeks later that there were any. */
export async function forgetShares(db: Db, now: Date): Promise<void> {
  await db
    .updateTable('shares')
    .set({ sealed: null })
    .where('expires_at', '<=', now)
    .where('sealed', 'is not', null)
    .execute();
  const before = new Date(now.getTime() - REMEMBERED_DAYS * 86_400_000);
  await db
    .deleteFrom('shares')
    .where(({ or, eb }) => or([eb('expires_at', '<', before), eb('ended_at', '<', before)]))
    .execute();
}

function readId(text: string): Buffer {
  return Buffer.from(/^[0-9a-f]{32}$/.test(text) ? text : '', 'hex');
}

async function countOf(openings: SelectQueryBuilder<Database, 'share_openings', object>): Promise<number> {
  return Number((await openings.select(({ fn }) => fn.countAll().as('count')).executeTakeFirstOrThrow()).count);
}

async function viewShare(
  db: Db | Tx,
  { row, holder }: { row: ShareRow; holder: HolderPerson },
  now: Date,
): Promise<ShareView> {
  const { id } = await db
    .selectFrom('credentials')
    .select('id')
    .where('issuer_id', '=', row.issuer_id)
    .where('seq', '=', row.credential_seq)
    .executeTakeFirstOrThrow();
  const openings = db.selectFrom('share_openings').where('share_seq', '=', row.seq);
  const opens = await countOf(openings);
  const newest = await openings.select('opened_at').orderBy('opened_at', 'desc').limit(OPENINGS_TOLD).execute();
  const isUsedUp = row.most_opens !== null && opens >= row.most_opens;
  return {
    id: row.id.toString('hex'),
    credential: toCredentialId(id),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    mostOpens: row.most_opens,
    opens,
    openedAt: newest.map(({ opened_at }) => opened_at.toISOString()),
    endedAt: row.ended_at?.toISOString() ?? null,
    isOver: isUsedUp || row.ended_at !== null || row.expires_at <= now,
    madeBy: row.delegate_seq === null ? null : toDelegateId(row.delegate_seq),
    mayEnd: mayEnd(row, holder),
  };
}
