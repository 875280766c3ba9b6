import { decodeHex, isEqualBytes } from '../../proof/bytes.ts';
import type { RegistryReading } from '../../proof/nodes.ts';
import { BATCHES_PER_PAGE } from '../../proof/reading.ts';
import { HEAD_DEFINITIONS } from '../audit/definition.ts';
import { retryAt } from '../chain/relayer.ts';
import { readTrustedRegistry } from '../chain/trusted-registry.ts';
import { failpoint } from '../failpoint.ts';
import { queueDocuments } from '../mail/outbox.ts';
import type { BatchRow, Tx } from '../store/schema.ts';
import { emitEvents } from '../webhooks/event.ts';
import { forgetAnchor } from './anchor.ts';
import { type BatchQuestion, type FinalityDeps, readBatch, toLinks } from './finality.ts';
import { type BatchEvidence, findBatchFault, LEAF_COLUMNS, type LeafRow } from './verify-batch.ts';

/** Makes final what the nodes agree on, deep enough, after the proof of every credential was verified; whether anything was. */
export async function confirmBatches(deps: FinalityDeps): Promise<boolean> {
  const waiting = await deps.db
    .selectFrom('batches')
    .select('seq')
    .where('state', '=', 'anchored')
    // heads of audit logs have no credential to verify (audit/anchor-head.ts)
    .where('definition', 'not in', HEAD_DEFINITIONS)
    .where((where) => where.or([where('retry_at', 'is', null), where('retry_at', '<=', new Date(deps.now()))]))
    .orderBy('seq')
    .limit(64)
    .execute();
  let isBusy = false;
  const read = readEachPageOnce(deps);
  for (const { seq } of waiting) {
    const isFinal = await deps.db.transaction().execute((tx) => confirmBatch(tx, deps, { seq, read }));
    if (isFinal) failpoint('batch-final');
    isBusy ||= isFinal;
  }
  return isBusy;
}

type ReadBatch = (question: BatchQuestion) => Promise<RegistryReading>;

/** A reading tells of all batches of its page, so that 64 batches that were anchored together cost one. For one pass, so that none is old. */
function readEachPageOnce(deps: FinalityDeps): ReadBatch {
  const readings = new Map<string, Promise<RegistryReading>>();
  return (question) => {
    const { issuer, locator } = question;
    if (locator === null) return readBatch(deps, question);
    const page = `${issuer} ${Math.floor(locator / BATCHES_PER_PAGE)}`;
    const reading = readings.get(page) ?? readBatch(deps, question);
    readings.set(page, reading);
    return reading;
  };
}

// The row lock keeps other instances from verifying the same batch; the reading holds no other lock.
async function confirmBatch(
  tx: Tx,
  deps: FinalityDeps,
  { seq, read }: { seq: number; read: ReadBatch },
): Promise<boolean> {
  const batch = await tx
    .selectFrom('batches')
    .selectAll()
    .where('seq', '=', seq)
    .where('state', '=', 'anchored')
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (!batch) return false;
  const evidence = await readEvidence(tx, deps, { batch, read });
  if (!evidence.reading.page.batches.some((found) => isEqualBytes(found.id, batch.id))) {
    await forgetIfGone(tx, deps, batch);
    return false;
  }
  const rows = await findLeaves(tx, batch);
  const fault = findBatchFault({ batch, rows, evidence }, deps);
  failpoint('batch-verified');
  if (fault) {
    await postpone(tx, deps, { batch, fault });
    return false;
  }
  await makeFinal(tx, deps, { batch, rows });
  return true;
}

/** @throws AppError CHAIN_UNREACHABLE where the nodes do not answer or do not agree */
async function readEvidence(
  tx: Tx,
  deps: FinalityDeps,
  { batch, read }: { batch: BatchRow; read: ReadBatch },
): Promise<BatchEvidence> {
  const issuer = await tx.selectFrom('issuers').selectAll().where('id', '=', batch.issuer_id).executeTakeFirstOrThrow();
  const type = deps.findDefinition(batch.definition);
  const department = deps.findDepartment(issuer.code);
  if (!type || !department) throw new Error(`the catalogue lacks ${issuer.code} or a type of it`);
  const registry = await readTrustedRegistry(tx, deps.trusted);
  return {
    registry,
    type: { definition: decodeHex(type.sha256), value: type.definition },
    issuer: { hash: decodeHex(issuer.profile), profile: department.profile },
    reading: await read({ issuer: issuer.number as number, batch: batch.id, locator: batch.number }),
    maxBlockAgeSeconds: deps.maxBlockAgeSeconds,
    maxSnapshotAgeSeconds: deps.maxBlockAgeSeconds,
    occasion: { audiences: [], nonce: null },
    now: Math.floor(deps.now() / 1000),
  };
}

export async function forgetIfGone(tx: Tx, deps: FinalityDeps, batch: BatchRow): Promise<void> {
  const latest = await deps.registry.read(batch.id);
  if (latest.batches.length === 0) await forgetAnchor(tx, batch);
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

interface ToConfirm {
  batch: BatchRow;
  rows: readonly LeafRow[];
}

async function postpone(
  tx: Tx,
  deps: FinalityDeps,
  { batch, fault }: { batch: BatchRow; fault: string },
): Promise<void> {
  deps.onFault('a batch does not verify', new Error(fault));
  const attempts = batch.attempts + 1;
  await tx
    .updateTable('batches')
    .set({
      attempts,
      failure: `a credential of the batch does not verify: ${fault}`,
      retry_at: retryAt(deps.now(), attempts),
    })
    .where('seq', '=', batch.seq)
    .execute();
}

async function makeFinal(tx: Tx, deps: FinalityDeps, { batch, rows }: ToConfirm): Promise<void> {
  const now = new Date(deps.now());
  await tx
    .updateTable('batches')
    .set({ state: 'final', final_at: now, failure: null, attempts: 0, retry_at: null })
    .where('seq', '=', batch.seq)
    .execute();
  await tx
    .updateTable('credentials_and_copies')
    .set({ state: 'final', final_at: now })
    .where('issuer_id', '=', batch.issuer_id)
    .where('batch_seq', '=', batch.seq)
    .execute();
  await queueDocuments(tx, batch, now);
  const all = rows
    .filter((row) => row.erased_at === null && row.copy_of === null)
    .map((row) => ({ ...toLinks(row), state: 'final' }));
  await emitEvents(tx, batch.issuer_id, { type: 'credential.final', all });
  failpoint('batch-final-uncommitted');
}
