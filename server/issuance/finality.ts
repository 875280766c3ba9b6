import { decodeHex, isEqualBytes } from '../../proof/bytes.ts';
import { type Post, type RegistryReading, readRegistry } from '../../proof/nodes.ts';
import { BATCHES_PER_PAGE } from '../../proof/reading.ts';
import { AppError } from '../app-error.ts';
import { HEAD_DEFINITIONS } from '../audit/definition.ts';
import type { Registry } from '../chain/registry.ts';
import { retryAt } from '../chain/relayer.ts';
import { readTrustedRegistry, type TrustedNodes } from '../chain/trusted-registry.ts';
import { failpoint } from '../failpoint.ts';
import { queueDocuments } from '../mail/outbox.ts';
import type { BatchRow, CredentialRow, Db, StatusAct, StatusChangeRow, Tx } from '../store/schema.ts';
import { emitEvents } from '../webhooks/event.ts';
import { forgetAnchor } from './anchor.ts';
import { toCredentialId } from './credential-id.ts';
import { foldChanges, suspensionOn } from './intended-status.ts';
import { toChangeId } from './query.ts';
import { keepShown, readStatus, type Shown } from './status-reading.ts';
import type { IssuanceDeps } from './use-cases.ts';
import { type BatchEvidence, findBatchFault, LEAF_COLUMNS, type LeafRow } from './verify-batch.ts';

export interface FinalityDeps
  extends Pick<IssuanceDeps, 'now' | 'cipher' | 'findDefinition' | 'findDepartment' | 'registryIndex'> {
  db: Db;
  registry: Registry;
  trusted: TrustedNodes;
  post: Post;
  /** Blocks on top of the one that holds the anchor; with 0, that the nodes agree on that block is enough. */
  confirmations: number;
  maxBlockAgeSeconds: number;
  onFault(what: string, error: unknown): void;
}

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

export interface BatchQuestion {
  issuer: number;
  batch: Uint8Array;
  locator: number | null;
}

export async function readBatch(
  { trusted, confirmations, post }: FinalityDeps,
  question: BatchQuestion,
): Promise<RegistryReading> {
  const registry = { ...trusted, issuers: [], types: [] };
  const reading = await readRegistry({ ...question, registry, depth: confirmations }, post);
  if ('failure' in reading) throw new AppError('CHAIN_UNREACHABLE', `${reading.failure}: ${reading.detail}`);
  return reading;
}

export async function forgetIfGone(tx: Tx, deps: FinalityDeps, batch: BatchRow): Promise<void> {
  const latest = await deps.registry.read(batch.id);
  if (latest.batches.length === 0) await forgetAnchor(tx, batch);
}

function findLeaves(tx: Tx, batch: BatchRow): Promise<LeafRow[]> {
  return tx
    .selectFrom('credentials')
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
    .updateTable('credentials')
    .set({ state: 'final', final_at: now })
    .where('issuer_id', '=', batch.issuer_id)
    .where('batch_seq', '=', batch.seq)
    .execute();
  await queueDocuments(tx, batch, now);
  const all = rows.filter((row) => row.erased_at === null).map((row) => ({ ...toLinks(row), state: 'final' }));
  await emitEvents(tx, batch.issuer_id, { type: 'credential.final', all });
  failpoint('batch-final-uncommitted');
}

interface Anchored {
  issuer: number;
  batch_seq: number;
  batch_id: Buffer;
  batch_number: number | null;
}

/** Makes final the changes of status that the nodes show, deep enough; whether there were any. */
export async function confirmStatusChanges(deps: FinalityDeps): Promise<boolean> {
  const batches = await deps.db
    .selectFrom('status_changes as s')
    .innerJoin('credentials as c', 'c.seq', 's.credential_seq')
    .innerJoin('batches as b', 'b.seq', 'c.batch_seq')
    .innerJoin('issuers as i', 'i.id', 's.issuer_id')
    .select(['b.seq as batch_seq', 'b.id as batch_id', 'b.number as batch_number', 'i.number as issuer'])
    .distinct()
    .where('s.state', '=', 'anchored')
    .limit(64)
    .execute();
  let isBusy = false;
  for (const batch of batches as Anchored[]) isBusy = (await confirmChangesOf(deps, batch)) || isBusy;
  return isBusy;
}

async function confirmChangesOf(deps: FinalityDeps, batch: Anchored): Promise<boolean> {
  const reading = await readBatch(deps, { issuer: batch.issuer, batch: batch.batch_id, locator: batch.batch_number });
  let confirmed = 0;
  for (const row of await findChanged(deps.db, batch)) {
    const isFinal = await deps.db.transaction().execute((tx) => confirmCredential(tx, deps, { row, reading, batch }));
    if (isFinal) confirmed++;
    if (isFinal) failpoint('status-final');
  }
  return confirmed > 0;
}

function findChanged(db: Db, batch: Anchored): Promise<{ seq: number }[]> {
  return db
    .selectFrom('credentials')
    .select('seq')
    .where('batch_seq', '=', batch.batch_seq)
    .where((where) =>
      where.exists(
        where
          .selectFrom('status_changes as s')
          .select('s.seq')
          .whereRef('s.credential_seq', '=', 'credentials.seq')
          .where('s.state', '=', 'anchored'),
      ),
    )
    .execute();
}

interface Confirmation {
  row: { seq: number };
  reading: RegistryReading;
  batch: Anchored;
}

async function confirmCredential(tx: Tx, deps: FinalityDeps, { row, reading, batch }: Confirmation): Promise<boolean> {
  const credential = await tx
    .selectFrom('credentials')
    .selectAll()
    .where('seq', '=', row.seq)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const changes = await tx
    .selectFrom('status_changes')
    .selectAll()
    .where('issuer_id', '=', credential.issuer_id)
    .where('credential_seq', '=', row.seq)
    .where('state', 'in', ['sent', 'anchored'])
    .orderBy('seq')
    .execute();
  const anchored = changes.filter(({ state }) => state === 'anchored');
  // one under way may be in the reading already, and would make it look wrong: it is confirmed together with them
  if (anchored.length === 0 || anchored.length < changes.length) return false;
  const shown = await readStatus(tx, { credential, reading, batch });
  if (isAsIntended(credential, anchored, shown)) {
    await makeChangesFinal(tx, deps, { credential, anchored, shown });
    return true;
  }
  await recordAgainIfGone(tx, deps, { credential, anchored, batch });
  return false;
}

/** Of what the changes are about: anything else may have been changed while this database was an older one. */
function isAsIntended(credential: CredentialRow, changes: readonly StatusChangeRow[], shown: Shown): boolean {
  const { suspension, extendedUntil } = foldChanges(credential, changes);
  const isShown = (act: StatusAct): boolean => {
    if (act === 'revoke') return shown.revoked;
    if (act === 'amend') return shown.successor === changes.findLast((change) => change.act === act)?.successor_seq;
    if (act === 'extend') return shown.extendedUntil === extendedUntil;
    const [seen, asked] = [shown.suspension, suspension].map((one) => suspensionOn(shown.day, one));
    return seen ? asked?.until === seen.until : !asked;
  };
  return changes.every(({ act }) => isShown(act));
}

async function makeChangesFinal(
  tx: Tx,
  deps: FinalityDeps,
  { credential, anchored, shown }: { credential: CredentialRow; anchored: readonly StatusChangeRow[]; shown: Shown },
): Promise<void> {
  await keepShown(tx, credential, shown);
  await tx
    .updateTable('status_changes')
    .set({ state: 'final', final_at: new Date(deps.now()) })
    .where(
      'seq',
      'in',
      anchored.map(({ seq }) => seq),
    )
    .execute();
  const all = anchored.map(({ seq, act }) => ({
    ...toLinks(credential),
    change: toChangeId(seq),
    act,
    state: 'final',
  }));
  await emitEvents(tx, credential.issuer_id, { type: 'status.final', all });
  failpoint('status-final-uncommitted');
}

/** What an event says of a credential. */
function toLinks({ id }: Pick<CredentialRow, 'id'>): { credential: string; href: string } {
  const credential = toCredentialId(id);
  return { credential, href: `/v1/credentials/${credential}` };
}

/** Not deep enough yet, unless the newest block does not have it either: then the chain forgot it, and it is carried again. */
async function recordAgainIfGone(
  tx: Tx,
  deps: FinalityDeps,
  { credential, anchored, batch }: { credential: CredentialRow; anchored: readonly StatusChangeRow[]; batch: Anchored },
): Promise<void> {
  const { trusted, post } = deps;
  const question = { issuer: batch.issuer, batch: batch.batch_id, locator: batch.batch_number };
  const latest = await readRegistry({ ...question, registry: { ...trusted, issuers: [], types: [] } }, post);
  if ('failure' in latest) return;
  const shown = await readStatus(tx, { credential, reading: latest, batch });
  if (isAsIntended(credential, anchored, shown)) return;
  await tx
    .updateTable('status_changes')
    .set({ state: 'recorded', key: null, key_nonce: null, transaction_seq: null, block_number: null })
    .where(
      'seq',
      'in',
      anchored.map(({ seq }) => seq),
    )
    .execute();
  failpoint('status-forgotten');
}
