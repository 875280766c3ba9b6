import { sql } from 'kysely';
import { decodeHex, toHex } from '../../proof/bytes.ts';
import { toHongKongDay } from '../../proof/day.ts';
import { AppError } from '../app-error.ts';
import { retryAt } from '../chain/relayer.ts';
import { failpoint } from '../failpoint.ts';
import { requireSame, type SignedOriginal } from '../keys/copy-rule.ts';
import { type ApprovedCredential, recomputeContent, type SignBatch } from '../keys/signer.ts';
import type { BatchRow, CredentialRow, Db, IssuerRow, Tx } from '../store/schema.ts';
import { emitEvents } from '../webhooks/event.ts';
import { findUnapproved } from './approvals.ts';
import { COPY_ENDED, failChangesOf, findEndedCopies, findOriginals } from './copy-original.ts';
import { toCredentialId } from './credential-id.ts';
import type { KeepManifest } from './manifest.ts';
import { toApproved } from './payload.ts';
import type { IssuanceDeps } from './use-cases.ts';

export interface SignDeps extends Pick<IssuanceDeps, 'now' | 'cipher'> {
  db: Db;
  /** The signer of an address; undefined where this service does not have the key. */
  findBatchSigner(address: string): SignBatch | undefined;
  keepManifest: KeepManifest;
  onFault(what: string, error: unknown): void;
}

/** While the signer computes one batch, the next is read, and that before is stored. */
const LANES = 3;

/** Signs every sealed batch that is due; how many. A batch that cannot be signed does not stop the others. */
export async function signDue(deps: SignDeps): Promise<number> {
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, () => signInTurn(deps)));
  for (const lane of lanes) if (lane.status === 'rejected') throw lane.reason;
  return lanes.reduce((sum, lane) => sum + (lane.status === 'fulfilled' ? lane.value : 0), 0);
}

async function signInTurn(deps: SignDeps): Promise<number> {
  let signed = 0;
  while (await deps.db.transaction().execute((tx) => signOne(tx, deps))) {
    signed++;
    failpoint('batch-signed');
  }
  return signed;
}

const HAS_KEY = sql<boolean>`issuer_id in (select id from issuers where anchor_fault is null)`;

async function signOne(tx: Tx, deps: SignDeps): Promise<boolean> {
  const batch = await tx
    .selectFrom('batches')
    .selectAll()
    .where('state', '=', 'open')
    .where(HAS_KEY)
    .where((where) => where.or([where('retry_at', 'is', null), where('retry_at', '<=', new Date(deps.now()))]))
    .orderBy('seq')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!batch) return false;
  const rows = await findLeaves(tx, batch);
  const unapproved = await findUnapproved(tx, rows);
  const ended = await findEndedCopies(tx, rows, toHongKongDay(deps.now() / 1000));
  const originals = await findOriginals(tx, deps, rows);
  const leaves = rows.map((row) => ({
    row,
    approved: unapproved.has(row.seq) || ended.has(row.seq) ? null : openOrNull(row, deps, originals),
  }));
  if (leaves.some(({ approved }) => approved === null)) await dissolve(tx, batch, leaves.filter(isGuilty));
  else await signOrPostpone(tx, deps, { batch, leaves: leaves as Leaf[] });
  return true;
}

const LEAF_COLUMNS = [
  ...(['seq', 'issuer_id', 'id', 'header', 'content_hash', 'wrapped_key', 'payload', 'import_seq', 'copy_of'] as const),
] satisfies (keyof CredentialRow)[];

type LeafRow = Pick<CredentialRow, (typeof LEAF_COLUMNS)[number]>;

interface Leaf {
  row: LeafRow;
  approved: ApprovedCredential;
}

function findLeaves(tx: Tx, batch: BatchRow): Promise<LeafRow[]> {
  return tx
    .selectFrom('credentials_and_copies')
    .select(LEAF_COLUMNS)
    .where('issuer_id', '=', batch.issuer_id)
    .where('batch_seq', '=', batch.seq)
    .orderBy('leaf')
    .execute();
}

/** Null for what was changed so that it cannot be decrypted. */
function openOrNull(
  row: LeafRow,
  { cipher }: SignDeps,
  originals: ReadonlyMap<number, SignedOriginal>,
): ApprovedCredential | null {
  try {
    const approved = toApproved(row, cipher);
    if (row.copy_of === null) return approved;
    const original = originals.get(row.copy_of);
    return original ? { ...approved, original } : null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** What was approved is what is signed: a row that was changed since, or was never approved, is found here. */
function isGuilty({ approved }: { approved: ApprovedCredential | null }): boolean {
  try {
    if (approved === null) return true;
    recomputeContent(approved);
    if (approved.original) requireSame(approved, approved.original, Date.now());
    return false;
  } catch (error) {
    if (error instanceof AppError) return true;
    throw error;
  }
}

/** The changed credentials fail, the others wait for another batch. Nothing of this batch was signed. */
async function dissolve(tx: Tx, batch: BatchRow, guilty: readonly { row: LeafRow }[]): Promise<void> {
  const ofBatch = tx
    .updateTable('credentials_and_copies')
    .where('issuer_id', '=', batch.issuer_id)
    .where('batch_seq', '=', batch.seq);
  const isCopy = ({ row }: { row: LeafRow }) => row.copy_of !== null;
  const [copies, changed] = [guilty.filter(isCopy), guilty.filter((one) => !isCopy(one))];
  const fail = async (some: readonly { row: LeafRow }[], failure: string) => {
    const seqs = some.map(({ row }) => row.seq);
    if (seqs.length > 0)
      await ofBatch.set({ state: 'failed', failure, batch_seq: null, leaf: null }).where('seq', 'in', seqs).execute();
    return seqs;
  };
  await fail(changed, 'the stored claims are not what was approved');
  await failChangesOf(tx, await fail(copies, COPY_ENDED));
  // a copy is nothing that its department issued
  const all = changed.map(({ row }) => {
    const credential = toCredentialId(row.id);
    return { credential, href: `/v1/credentials/${credential}`, state: 'failed' };
  });
  if (all.length > 0) await emitEvents(tx, batch.issuer_id, { type: 'credential.failed', all });
  await ofBatch.set({ state: 'issued', batch_seq: null, leaf: null }).execute();
  await tx
    .updateTable('batches')
    .set({ state: 'failed', failure: `${guilty.length} credentials were changed after their approval` })
    .where('seq', '=', batch.seq)
    .execute();
  failpoint('batch-dissolved');
}

interface ToSign {
  batch: BatchRow;
  leaves: readonly Leaf[];
}

// The signer computes every hash itself; only where it refuses is it worth to look here too, for whose fault it is.
async function signOrPostpone(tx: Tx, deps: SignDeps, toSign: ToSign): Promise<void> {
  const { batch, leaves } = toSign;
  try {
    await sign(tx, deps, toSign);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const isRefused = error.code === 'SIGNING_REFUSED';
    const changed = isRefused ? leaves.filter(isGuilty) : [];
    // else the original of a copy was signed by a key that the signer has not any more; their holders make others
    const guilty = isRefused && changed.length === 0 ? leaves.filter(({ row }) => row.copy_of !== null) : changed;
    if (guilty.length > 0) return dissolve(tx, batch, guilty);
    deps.onFault('a batch cannot be signed', error);
    const attempts = batch.attempts + 1;
    await tx
      .updateTable('batches')
      .set({ attempts, failure: error.message, retry_at: retryAt(deps.now(), attempts) })
      .where('seq', '=', batch.seq)
      .execute();
  }
}

/*
 *   1. the manifest is on the disk of the second store
 *   2. the key signs; a crash from here on loses a signature that nobody has seen, and the same one is made again
 *   3. the signature is stored
 */
async function sign(tx: Tx, deps: SignDeps, { batch, leaves }: ToSign): Promise<void> {
  const issuer = await tx.selectFrom('issuers').selectAll().where('id', '=', batch.issuer_id).executeTakeFirstOrThrow();
  const key = issuer.anchor_key;
  const signBatch = key === null ? undefined : deps.findBatchSigner(key);
  if (!signBatch) throw new AppError('KEY_UNKNOWN', `the anchor key of ${issuer.code} is not in this service`);
  await keepManifest(deps, { batch, leaves, issuer });
  failpoint('manifest-kept');
  const signed = await signBatch({
    issuer: issuer.number as number,
    definition: decodeHex(batch.definition),
    root: batch.root,
    credentials: leaves.map(({ approved }) => approved),
  });
  failpoint('batch-signature-made');
  if (!batch.id.equals(signed.id)) throw new AppError('SIGNING_REFUSED', 'the key signed another batch');
  await tx
    .updateTable('batches')
    .set({ state: 'signed', signature: Buffer.from(signed.signature), key, failure: null, attempts: 0, retry_at: null })
    .where('seq', '=', batch.seq)
    .execute();
}

function keepManifest(deps: SignDeps, { batch, leaves, issuer }: ToSign & { issuer: IssuerRow }): Promise<void> {
  return deps.keepManifest(batch.id, {
    issuer: issuer.number as number,
    definition: batch.definition,
    root: toHex(batch.root),
    leaves: leaves.map(({ row }) => ({ content: toHex(row.content_hash), header: toHex(row.header) })),
  });
}
