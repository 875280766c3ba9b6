import { type Selectable, sql } from 'kysely';
import { decodeCbor } from '../../proof/cbor.ts';
import { SEED_BYTES } from '../../proof/commitment.ts';
import { LAST_DAY, toDate, toHongKongDay } from '../../proof/day.ts';
import { decodeHeaderItems, encodeHeader } from '../../proof/header.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import type { HolderPerson } from '../auth/session.ts';
import { recordCompanyAct } from '../companies/acts.ts';
import { openChanges } from '../issuance/change-status.ts';
import { hashStoredContent } from '../issuance/content-hash.ts';
import { fromCredentialId } from '../issuance/credential-id.ts';
import { holderActor } from '../issuance/holder.ts';
import { foldChanges, suspensionOn } from '../issuance/intended-status.ts';
import { requireReady } from '../issuance/issue.ts';
import { findNotices, movedDay, type Notices } from '../issuance/last-day.ts';
import { contextOf, decryptPayload, encodePayload } from '../issuance/payload.ts';
import { readHolderKey } from '../issuance/prepare.ts';
import { isShown } from '../issuance/record-changes.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import { MOST_COPY_DAYS, toCopyHeader } from '../keys/copy-rule.ts';
import { requireBelieved } from '../signing-keys/disbelieved.ts';
import type { CredentialRow, CredentialsTable, Db, DeviceCopyRow, Tx } from '../store/schema.ts';
import { type CopyView, type Device, viewCopy } from './copies.ts';

/*
 * A copy of a credential for a key in its holder's browser. It says what the original says, under seeds of its own, is bound to that key, and ends soon. It is issued
 * like any credential: sealed, signed, anchored, and verified before it is handed out.
 */

/** Of one document, that one person shows at the same time. */
export const MOST_COPIES = 5;
/** Each is a leaf on the chain, and ending it an act there. */
export const MOST_COPIES_A_DAY = 20;

export interface NewCopy {
  holder: HolderPerson;
  idempotencyKey: string;
  credential: string;
  /** Compressed P-256, in base64url without padding. */
  holderKey: string;
  device: Device;
}

/** `own` asks behind the wall between holders, `db` beyond it: a copy is a row of the department's. */
interface Stores {
  own: Db;
  db: Db;
}

/**
 *   1. the original is the holder's; it is locked, so that an act on it is either seen here, or sees the copy (issuance/record-changes.ts)
 *   2. it is final, genuine and in force by what was recorded, and bound to no key yet
 *   3. the copy is a row that waits to be sealed
 * @throws AppError CREDENTIAL_NOT_FOUND, NOT_FINAL, CREDENTIAL_DISBELIEVED, ISSUER_HELD, COPY_NOT_POSSIBLE, COPY_LIMIT, VALIDATION_FAILED, IDEMPOTENCY_KEY_REUSED
 */
export async function enrolCopy({ own, db }: Stores, deps: IssuanceDeps, copy: NewCopy): Promise<CopyView> {
  const { holder, idempotencyKey } = copy;
  const actor = await holderActor(own, { holder, id: copy.credential });
  const holderKey = requireHolderKey(copy.holderKey);
  const now = new Date(deps.now());
  return db.transaction().execute(async (tx) => {
    // one at a time of one holder: the limit is counted, and a repeated request finds the first
    const turn = `copies ${holder.subjectHmac.toString('hex')}`;
    await sql`select pg_advisory_xact_lock(hashtextextended(${turn}, 0))`.execute(tx);
    const original = await lockOriginal(tx, { holder, issuerId: actor.issuer.id, credential: copy.credential });
    const known = await tx
      .selectFrom('device_copies')
      .selectAll()
      .where('holder_subject_hmac', '=', holder.subjectHmac)
      .where('idempotency_key', '=', idempotencyKey)
      .executeTakeFirst();
    if (known) return viewSame(tx, { known, copy, original, holderKey }, now);
    requireReady(actor.issuer);
    await requireInForce(tx, original, now);
    await requireRoom(tx, { holder, original }, now);
    const notices = await findNotices(tx, [actor.issuer.id], 'intended');
    const seq = await insertCopy(tx, deps, { original, holderKey, notices });
    const details = await tx
      .insertInto('device_copies')
      .values({
        ...{ copy_seq: seq, issuer_id: actor.issuer.id, credential_seq: original.seq },
        ...{ holder_subject_hmac: holder.subjectHmac, idempotency_key: idempotencyKey },
        ...{ holder_key: Buffer.from(holderKey), device: copy.device, created_at: now },
        delegate_seq: holder.acting?.delegateSeq ?? null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const view = await viewCopy(tx, { row: details, holder }, now);
    await recordAudit(tx, actor, {
      act: 'copy.enrol',
      object: copy.credential,
      after: { copy: view.id, device: copy.device, validUntil: view.validUntil },
    });
    await recordCompanyAct(tx, holder, { act: 'copy.enrol', object: copy.credential, now });
    return view;
  });
}

/** Its hash. @throws AppError VALIDATION_FAILED */
function requireHolderKey(text: string): Uint8Array {
  const { value, problems } = readHolderKey(text);
  if (value === null) throw new AppError('VALIDATION_FAILED', 'the copy can be bound to no such key', { problems });
  return value;
}

async function lockOriginal(
  tx: Tx,
  { holder, issuerId, credential }: { holder: HolderPerson; issuerId: number; credential: string },
): Promise<CredentialRow> {
  const row = await tx
    .selectFrom('credentials')
    .selectAll()
    .where('issuer_id', '=', issuerId)
    .where('id', '=', Buffer.from(fromCredentialId(credential) as Uint8Array))
    // what is erased meanwhile is nobody's any more
    .where('holder_subject_hmac', '=', holder.subjectHmac)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw new AppError('CREDENTIAL_NOT_FOUND', 'there is no such credential');
  // a notice moves the ends of a whole type: it is seen here, or sees the copy (issuance/notices.ts)
  await tx
    .selectFrom('credential_types')
    .select('number')
    .where('issuer_id', '=', row.issuer_id)
    .where('number', '=', row.type_number)
    .forShare()
    .execute();
  return row;
}

async function viewSame(
  tx: Tx,
  asked: { known: DeviceCopyRow; copy: NewCopy; original: CredentialRow; holderKey: Uint8Array },
  now: Date,
): Promise<CopyView> {
  const { known, copy, original, holderKey } = asked;
  const isSame =
    known.credential_seq === original.seq && known.holder_key.equals(holderKey) && known.device === copy.device;
  if (!isSame) throw new AppError('IDEMPOTENCY_KEY_REUSED', 'the key was used for another copy: take a new one');
  return viewCopy(tx, { row: known, holder: copy.holder }, now);
}

/** By what was recorded, not by what the chain shows already. @throws AppError NOT_FINAL, CREDENTIAL_DISBELIEVED, COPY_NOT_POSSIBLE */
async function requireInForce(tx: Tx, original: CredentialRow, now: Date): Promise<void> {
  if (original.state !== 'final')
    throw new AppError('NOT_FINAL', 'the credential is on its way to the chain: it can be copied when it is final');
  await requireBelieved(tx, original);
  const { revoked, superseded, suspension } = foldChanges(original, await openChanges(tx, original));
  const today = toHongKongDay(now.getTime() / 1000);
  if (revoked || superseded || suspensionOn(today, suspension))
    throw notPossible('it was revoked, replaced or suspended');
  if (decodeHeaderItems(decodeCbor(original.header)).holderKey !== null)
    throw notPossible('its department bound it to a key already');
}

/** @throws AppError COPY_LIMIT */
async function requireRoom(
  tx: Tx,
  { holder, original }: { holder: HolderPerson; original: CredentialRow },
  now: Date,
): Promise<void> {
  const dayBefore = new Date(now.getTime() - 86_400_000);
  const { rows } = await sql<{ shown: number; recent: number }>`
    select count(*) filter (where d.ended_at is null and k.valid_until >= ${toHongKongDay(now.getTime() / 1000)}
        and not k.suspended and k.superseded_by_seq is null and ${isShown('k')})::int as shown,
      count(*) filter (where d.created_at > ${dayBefore})::int as recent
    from device_copies d join credentials_and_copies k on k.seq = d.copy_seq
    where d.credential_seq = ${original.seq} and d.delegate_seq is not distinct from ${holder.acting?.delegateSeq ?? null}`.execute(
    tx,
  );
  const [{ shown, recent }] = rows as [{ shown: number; recent: number }];
  if (shown >= MOST_COPIES)
    throw new AppError('COPY_LIMIT', `at most ${MOST_COPIES} devices show a document at a time: end one first`);
  if (recent >= MOST_COPIES_A_DAY)
    throw new AppError(
      'COPY_LIMIT',
      `at most ${MOST_COPIES_A_DAY} copies of a document are made a day: try it tomorrow`,
    );
}

interface Insertion {
  original: CredentialRow;
  holderKey: Uint8Array;
  notices: Notices;
}

async function insertCopy(tx: Tx, deps: IssuanceDeps, { original, holderKey, notices }: Insertion): Promise<number> {
  const { id, issuer_id, type_number, code, version, definition, issued, valid_from, holder_subject_hmac } = original;
  const today = toHongKongDay(deps.now() / 1000);
  const validUntil = lastDayOf(original, { notices, today });
  const header = toCopyHeader(decodeHeaderItems(decodeCbor(original.header)), { validUntil, holderKey });
  const { shown, rest } = decryptPayload(original, deps.cipher);
  const plain = encodePayload({
    shown: { seed: deps.randomBytes(SEED_BYTES), values: shown.values },
    rest: { seed: deps.randomBytes(SEED_BYTES), values: rest.values },
    holder: null,
  }).bytes;
  const key = deps.cipher.createDataKey();
  const bytes = encodeHeader(header);
  const now = new Date(deps.now());
  const copied = { id, issuer_id, type_number, code, version, definition, issued, valid_from, holder_subject_hmac };
  const { seq } = await tx
    .insertInto('credentials_and_copies')
    .values({
      ...copied,
      copy_of: original.seq,
      state: 'issued',
      header: Buffer.from(bytes),
      valid_until: validUntil,
      partly_until: header.partlyUntil,
      content_hash: Buffer.from(hashStoredContent(bytes, plain)),
      wrapped_key: Buffer.from(key.wrapped),
      payload: Buffer.from(key.encrypt(plain, contextOf('payload', id))),
      ...{ prepared_by: 'holder', submitted_by: 'holder', approved_by: 'holder', approved_at: now, created_at: now },
    } satisfies Partial<Selectable<CredentialsTable>>)
    .returning('seq')
    .executeTakeFirstOrThrow();
  return seq;
}

/**
 * The last day within the next weeks that is no later than the original's own, nor than where it was moved to, also after the notices of its type have moved it in turn.
 * @throws AppError COPY_NOT_POSSIBLE
 */
function lastDayOf(original: CredentialRow, { notices, today }: { notices: Notices; today: number }): number {
  const own = original.valid_until ?? LAST_DAY;
  const asMoved = original.extended_until ?? own;
  const end = movedDay(original, asMoved, notices)?.day ?? asMoved;
  const latest = Math.min(own, asMoved, today + MOST_COPY_DAYS);
  for (let day = latest; day >= Math.max(today, original.valid_from); day--)
    if ((movedDay(original, day, notices)?.day ?? day) <= end) return day;
  throw notPossible(
    original.valid_from > today
      ? `it is in force from ${toDate(original.valid_from)} on`
      : 'the last day that was signed with it is past',
  );
}

function notPossible(why: string): AppError {
  return new AppError('COPY_NOT_POSSIBLE', `the document cannot be shown by a device: ${why}`);
}
