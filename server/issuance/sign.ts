import { decodeHex, toHex } from '../../proof/bytes.ts';
import { AppError } from '../app-error.ts';
import { type Checkpoint, retryAt } from '../chain/relayer.ts';
import { type ApprovedCredential, recomputeContent, type SignBatch } from '../keys/signer.ts';
import type { BatchRow, CredentialRow, Db, IssuerRow, Tx } from '../store/schema.ts';
import { emitEvents } from '../webhooks/event.ts';
import { findUnapproved } from './approvals.ts';
import { toCredentialId } from './credential-id.ts';
import type { KeepManifest } from './manifest.ts';
import { toApproved } from './payload.ts';
import type { IssuanceDeps } from './use-cases.ts';

export interface SignDeps extends Pick<IssuanceDeps, 'now' | 'cipher'> {
  db: Db;
  /** The signer of an address; undefined where this service does not have the key. */
  findBatchSigner(address: string): SignBatch | undefined;
  keepManifest: KeepManifest;
  checkpoint: Checkpoint;
  onFault(what: string, error: unknown): void;
}

/** Signs every sealed batch that is due; how many. A batch that cannot be signed does not stop the others. */
export async function signDue(deps: SignDeps): Promise<number> {
  let signed = 0;
  while (await deps.db.transaction().execute((tx) => signOne(tx, deps))) {
    signed++;
    await deps.checkpoint('signed');
  }
  return signed;
}

async function signOne(tx: Tx, deps: SignDeps): Promise<boolean> {
  const batch = await tx
    .selectFrom('batches')
    .selectAll()
    .where('state', '=', 'open')
    .where((where) => where.or([where('retry_at', 'is', null), where('retry_at', '<=', new Date(deps.now()))]))
    .orderBy('seq')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!batch) return false;
  const rows = await findLeaves(tx, batch);
  const unapproved = await findUnapproved(tx, rows);
  const guilty = rows.filter((row) => unapproved.has(row.seq) || isChanged(row, deps));
  if (guilty.length > 0) await dissolve(tx, batch, guilty);
  else await signOrPostpone(tx, deps, { batch, rows });
  return true;
}

function findLeaves(tx: Tx, batch: BatchRow): Promise<CredentialRow[]> {
  return tx
    .selectFrom('credentials')
    .selectAll()
    .where('issuer_id', '=', batch.issuer_id)
    .where('batch_seq', '=', batch.seq)
    .orderBy('leaf')
    .execute();
}

// What was approved is what is sealed: a row that was changed since is found here, and the signer looks again by itself.
function isChanged(row: CredentialRow, { cipher }: SignDeps): boolean {
  try {
    recomputeContent(toApproved(row, cipher));
    return false;
  } catch (error) {
    if (error instanceof AppError) return true;
    throw error;
  }
}

/** The changed credentials fail, the others wait for another batch. Nothing of this batch was signed. */
async function dissolve(tx: Tx, batch: BatchRow, guilty: readonly CredentialRow[]): Promise<void> {
  const ofBatch = tx
    .updateTable('credentials')
    .where('issuer_id', '=', batch.issuer_id)
    .where('batch_seq', '=', batch.seq);
  const failure = 'the stored claims are not what was approved';
  const seqs = guilty.map((row) => row.seq);
  await ofBatch.set({ state: 'failed', failure, batch_seq: null, leaf: null }).where('seq', 'in', seqs).execute();
  const all = guilty.map(({ id }) => {
    const credential = toCredentialId(id);
    return { credential, href: `/v1/credentials/${credential}`, state: 'failed' };
  });
  await emitEvents(tx, batch.issuer_id, { type: 'credential.failed', all });
  await ofBatch.set({ state: 'issued', batch_seq: null, leaf: null }).execute();
  await tx
    .updateTable('batches')
    .set({ state: 'failed', failure: `${guilty.length} credentials were changed after their approval` })
    .where('seq', '=', batch.seq)
    .execute();
}

interface ToSign {
  batch: BatchRow;
  rows: readonly CredentialRow[];
}

async function signOrPostpone(tx: Tx, deps: SignDeps, toSign: ToSign): Promise<void> {
  const { batch } = toSign;
  try {
    await sign(tx, deps, toSign);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
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
async function sign(tx: Tx, deps: SignDeps, { batch, rows }: ToSign): Promise<void> {
  const issuer = await tx.selectFrom('issuers').selectAll().where('id', '=', batch.issuer_id).executeTakeFirstOrThrow();
  const key = issuer.anchor_key;
  const signBatch = key === null ? undefined : deps.findBatchSigner(key);
  if (!signBatch) throw new AppError('KEY_UNKNOWN', `the anchor key of ${issuer.code} is not in this service`);
  await keepManifest(deps, { batch, rows, issuer });
  await deps.checkpoint('manifest-kept');
  const signed = await signBatch({
    issuer: issuer.number as number,
    definition: decodeHex(batch.definition),
    root: batch.root,
    credentials: rows.map((row): ApprovedCredential => toApproved(row, deps.cipher)),
  });
  if (!batch.id.equals(signed.id)) throw new AppError('SIGNING_REFUSED', 'the key signed another batch');
  await tx
    .updateTable('batches')
    .set({ state: 'signed', signature: Buffer.from(signed.signature), key, failure: null, attempts: 0, retry_at: null })
    .where('seq', '=', batch.seq)
    .execute();
}

function keepManifest(deps: SignDeps, { batch, rows, issuer }: ToSign & { issuer: IssuerRow }): Promise<void> {
  return deps.keepManifest(batch.id, {
    issuer: issuer.number as number,
    definition: batch.definition,
    root: toHex(batch.root),
    leaves: rows.map((row) => ({ content: toHex(row.content_hash), header: toHex(row.header) })),
  });
}
