import { decodeCbor } from '../../proof/cbor.ts';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { decodeHeaderItems } from '../../proof/header.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import type { Actor } from '../auth/policy.ts';
import type { HolderPerson } from '../auth/session.ts';
import { activeDelegates, toDelegateId } from '../companies/acting.ts';
import { recordCompanyAct } from '../companies/acts.ts';
import { openChanges } from '../issuance/change-status.ts';
import { fromCredentialId, toCredentialId } from '../issuance/credential-id.ts';
import { findPlace } from '../issuance/document.ts';
import { foldChanges } from '../issuance/intended-status.ts';
import { decryptPayload } from '../issuance/payload.ts';
import { fullProof } from '../issuance/proof-of.ts';
import { revokeCopies } from '../issuance/record-changes.ts';
import type { DocumentSource, IssuanceDeps } from '../issuance/use-cases.ts';
import { requireBelieved } from '../signing-keys/disbelieved.ts';
import type { CredentialRow, Db, DeviceCopyRow, Tx } from '../store/schema.ts';

/** Of which kind a device is, as its browser says: nobody's name for it is kept. */
export const DEVICES = ['android', 'iphone', 'ipad', 'windows', 'mac', 'linux', 'other'] as const;
export type Device = (typeof DEVICES)[number];

/** waiting: on its way to the chain, which takes seconds. ready: it may be shown. over: for ever; its device makes another one. */
export type CopyState = 'waiting' | 'ready' | 'over';

export interface CopyView {
  /** "cpy_…" */
  id: string;
  credential: string;
  device: Device;
  state: CopyState;
  /** Its own last day; another one is made before. */
  validUntil: string;
  createdAt: string;
  /** When its holder ended it. */
  endedAt: string | null;
  /** Of a company's, the id of the delegate who made it. */
  madeBy: string | null;
  /** Whether who asks may end it: a company's delegate those of their own, its administrator all. */
  mayEnd: boolean;
}

interface OneCopy {
  holder: HolderPerson;
  id: string;
}

export function toCopyId(seq: number): string {
  return `cpy_${seq}`;
}

function readCopyId(text: string): number {
  return Number(/^cpy_([1-9]\d{0,14})$/.exec(text)?.[1] ?? 0);
}

/** How many of the newest are told. */
const MOST_TOLD = 200;

/** Of one document, or of all, newest first. */
export async function listCopies(
  own: Db,
  { holder, credential }: { holder: HolderPerson; credential?: string },
  now: Date,
): Promise<CopyView[]> {
  let query = own
    .selectFrom('device_copies as d')
    .innerJoin('credentials as c', 'c.seq', 'd.credential_seq')
    .selectAll('d')
    .where('d.holder_subject_hmac', '=', holder.subjectHmac)
    .where('c.holder_subject_hmac', '=', holder.subjectHmac);
  if (credential !== undefined) query = query.where('c.id', '=', fromCredentialId(credential) ?? Buffer.alloc(0));
  const rows = await query.orderBy('d.copy_seq', 'desc').limit(MOST_TOLD).execute();
  const views: CopyView[] = [];
  for (const row of rows) views.push(await viewCopy(own, { row, holder }, now));
  return views;
}

/** What its device makes presentations of. @throws AppError COPY_NOT_FOUND, NOT_FINAL, COPY_OVER, CREDENTIAL_DISBELIEVED */
export async function copyProof(
  { own, db }: { own: Db; db: Db },
  deps: IssuanceDeps,
  { holder, id }: OneCopy,
): Promise<Pick<DocumentSource, 'type' | 'fullProof' | 'registry'>> {
  const now = new Date(deps.now());
  const row = await findCopy(own, { holder, id });
  if (!isMaker(row, holder)) throw copyNotFound();
  const { state } = await viewCopy(own, { row, holder }, now);
  if (state === 'waiting') throw new AppError('NOT_FINAL', 'the copy is on its way to the chain, which takes seconds');
  if (state === 'over') throw new AppError('COPY_OVER', 'the copy is over: make another one');
  const credential = await findLeaf(db, row);
  await requireBelieved(db, credential);
  const type = deps.findDefinition(credential.definition);
  if (!type) throw new Error(`the catalogue lacks the type with the hash ${credential.definition}`);
  const header = decodeHeaderItems(decodeCbor(credential.header));
  const place = await findPlace(db, credential, deps);
  return {
    type,
    fullProof: fullProof(header, decryptPayload(credential, deps.cipher), place),
    registry: deps.registry,
  };
}

/**
 * What it showed is revoked on the chain, and its device is handed it no more; ending it again answers the same.
 * @throws AppError COPY_NOT_FOUND; FORBIDDEN for a copy of another delegate
 */
export async function endCopy(
  { own, db }: { own: Db; db: Db },
  deps: IssuanceDeps,
  { holder, id }: OneCopy,
): Promise<CopyView> {
  const now = new Date(deps.now());
  const { copy_seq } = await findCopy(own, { holder, id });
  return db.transaction().execute(async (tx) => {
    const row = await findCopy(tx, { holder, id }, 'lock');
    if (!mayEnd(row, holder)) throw new AppError('FORBIDDEN', 'who made the copy ends it, or an administrator');
    if (row.ended_at !== null) return viewCopy(tx, { row, holder }, now);
    await endCopies(tx, [copy_seq], now);
    const view = await viewCopy(tx, { row: { ...row, ended_at: now }, holder }, now);
    const issuer = await tx.selectFrom('issuers').selectAll().where('id', '=', row.issuer_id).executeTakeFirstOrThrow();
    const actor: Actor = { issuer, id: 'holder', name: 'holder', may: new Set() };
    await recordAudit(tx, actor, { act: 'copy.end', object: view.credential, after: { copy: id } });
    await recordCompanyAct(tx, holder, { act: 'copy.end', object: view.credential, now });
    return view;
  });
}

/** What was shown for companies by people who act for them no more; looked for all the time, because there are many ways in which that ends. */
export async function endCopiesOfFormerDelegates(db: Db, now: Date): Promise<void> {
  const former = db
    .selectFrom('device_copies as d')
    .select('d.copy_seq')
    .where('d.delegate_seq', 'is not', null)
    .where('d.ended_at', 'is', null)
    .where('d.delegate_seq', 'not in', activeDelegates(db).select('delegates.seq'));
  if ((await former.limit(1).execute()).length === 0) return;
  await db.transaction().execute(async (tx) => {
    const rows = await tx
      .selectFrom('device_copies as d')
      .select('d.copy_seq')
      .where('d.copy_seq', 'in', former)
      .where('d.ended_at', 'is', null)
      .forUpdate()
      .execute();
    await endCopies(
      tx,
      rows.map(({ copy_seq }) => copy_seq),
      now,
    );
  });
}

/** One that has run out needs nobody's act. */
async function endCopies(tx: Tx, seqs: readonly number[], now: Date): Promise<void> {
  if (seqs.length === 0) return;
  await tx.updateTable('device_copies').set({ ended_at: now }).where('copy_seq', 'in', seqs).execute();
  const live = await tx
    .selectFrom('credentials_and_copies')
    .select('seq')
    .where('seq', 'in', seqs)
    .where('valid_until', '>=', toHongKongDay(now.getTime() / 1000))
    .execute();
  await revokeCopies(tx, { seqs: live.map(({ seq }) => seq), by: 'holder', now });
}

async function findCopy(db: Db | Tx, { holder, id }: OneCopy, lock?: 'lock'): Promise<DeviceCopyRow> {
  let query = db
    .selectFrom('device_copies')
    .selectAll()
    .where('copy_seq', '=', readCopyId(id))
    .where('holder_subject_hmac', '=', holder.subjectHmac);
  if (lock) query = query.forUpdate();
  const row = await query.executeTakeFirst();
  if (!row) throw copyNotFound();
  return row;
}

function copyNotFound(): AppError {
  return new AppError('COPY_NOT_FOUND', 'there is no such copy');
}

function findLeaf(db: Db | Tx, { issuer_id, copy_seq }: DeviceCopyRow): Promise<CredentialRow> {
  return db
    .selectFrom('credentials_and_copies')
    .selectAll()
    .where('issuer_id', '=', issuer_id)
    .where('seq', '=', copy_seq)
    .executeTakeFirstOrThrow();
}

/** Nobody else has the key. */
function isMaker({ delegate_seq }: DeviceCopyRow, { acting }: HolderPerson): boolean {
  return (acting?.delegateSeq ?? null) === delegate_seq;
}

function mayEnd(row: DeviceCopyRow, holder: HolderPerson): boolean {
  return isMaker(row, holder) || holder.acting?.role === 'admin';
}

export async function viewCopy(
  db: Db | Tx,
  { row, holder }: { row: DeviceCopyRow; holder: HolderPerson },
  now: Date,
): Promise<CopyView> {
  const leaf = await findLeaf(db, row);
  return {
    id: toCopyId(row.copy_seq),
    credential: toCredentialId(leaf.id),
    device: row.device as Device,
    state: row.ended_at === null ? await stateOf(db, leaf, now) : 'over',
    validUntil: toDate(leaf.valid_until as number),
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    madeBy: row.delegate_seq === null ? null : toDelegateId(row.delegate_seq),
    mayEnd: mayEnd(row, holder),
  };
}

/** By what was recorded of it. A suspension ends a copy too: when it is taken back, another one is made. */
async function stateOf(db: Db | Tx, leaf: CredentialRow, now: Date): Promise<CopyState> {
  const { revoked, superseded, suspension } = foldChanges(leaf, await openChanges(db, leaf));
  const isPast = (leaf.valid_until as number) < toHongKongDay(now.getTime() / 1000);
  if (leaf.state === 'failed' || leaf.erased_at !== null || isPast || revoked || superseded || suspension)
    return 'over';
  return leaf.state === 'final' ? 'ready' : 'waiting';
}

/** What copies said goes when they are over; their hashes stay, which the other leaves of their batches need. */
export async function forgetCopies(db: Db, now: Date): Promise<void> {
  const nothing = Buffer.alloc(0);
  const day = toHongKongDay(now.getTime() / 1000) - REMEMBERED_DAYS;
  const before = new Date(now.getTime() - REMEMBERED_DAYS * 86_400_000);
  const forgotten = await db
    .updateTable('credentials_and_copies')
    .set({ payload: nothing, wrapped_key: nothing, holder_subject_hmac: null, erased_at: now })
    .where('copy_of', 'is not', null)
    .where('erased_at', 'is', null)
    .where(({ or, and, eb }) =>
      or([
        and([eb('state', '=', 'final'), eb('valid_until', '<', day)]),
        and([eb('state', '=', 'failed'), eb('created_at', '<', before)]),
      ]),
    )
    .returning('seq')
    .execute();
  if (forgotten.length === 0) return;
  await db
    .deleteFrom('device_copies')
    .where(
      'copy_seq',
      'in',
      forgotten.map(({ seq }) => seq),
    )
    .execute();
}

/** For so long after its end a copy is told of. */
const REMEMBERED_DAYS = 7;
