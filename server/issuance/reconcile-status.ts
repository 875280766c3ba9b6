import { isEqualBytes, toHex } from '../../proof/bytes.ts';
import type { RegistryReading } from '../../proof/nodes.ts';
import { BATCHES_PER_PAGE, type BatchReading } from '../../proof/reading.ts';
import { recordAudit } from '../audit/record.ts';
import { createServiceActor } from '../auth/policy.ts';
import { failpoint } from '../failpoint.ts';
import type { CredentialRow, Db, IssuerRow, Tx } from '../store/schema.ts';
import { toCredentialId } from './credential-id.ts';
import { type FinalityDeps, readBatch } from './finality.ts';
import { describeStatus, foldChanges } from './intended-status.ts';
import { recordChanges } from './record-changes.ts';
import { readStatus, type Shown, toColumns } from './status-reading.ts';
import { REASONS } from './use-cases.ts';

/*
 * The chain decides what a credential's status is; the database keeps what it was last seen to say. The two differ after an older backup
 * was restored, whose changes of status are younger than it, and where a chain forgot a change that was final.
 *   1. of every batch with a bit on either side, the words and records are read from the nodes that verifiers ask
 *   2. what the chain shows is kept, and told to the audit log
 *   3. but what was revoked is never made valid: a revocation that the chain lost is carried again
 */

/** Of every issuer; how many credentials were put right. What has a change under way is left to it. */
export async function reconcileStatus(deps: FinalityDeps): Promise<number> {
  const issuers = await deps.db.selectFrom('issuers').selectAll().where('number', 'is not', null).execute();
  let changed = 0;
  for (const issuer of issuers)
    for (const batch of await findMarked(deps, issuer)) changed += await reconcileBatch(deps, issuer, batch);
  return changed;
}

interface Marked {
  batch_seq: number;
  batch_id: Buffer;
  number: number;
}

/** Batches of which the chain or the database says something beside "in force". */
async function findMarked({ db, registry }: FinalityDeps, issuer: IssuerRow): Promise<Marked[]> {
  const known = await findFinal(db, issuer);
  const marked: Marked[] = [];
  for (let page = 0, count = 1; page * BATCHES_PER_PAGE < count; page++) {
    const { batches, batchCount } = await registry.readPage(issuer.number as number, page);
    count = batchCount;
    for (const reading of batches) {
      const row = known.get(toHex(reading.id));
      if (row && (row.isMarked || isMarked(reading))) marked.push({ ...row, number: reading.number });
    }
  }
  return marked;
}

function isMarked({ revoked, suspended, amended }: BatchReading): boolean {
  return (revoked | suspended | amended) !== 0n;
}

async function findFinal(db: Db, { id }: IssuerRow) {
  const rows = await db
    .selectFrom('batches as b')
    .select(['b.seq as batch_seq', 'b.id as batch_id'])
    .select((from) =>
      from
        .exists(
          from
            .selectFrom('credentials_and_copies as c')
            .select('c.seq')
            .whereRef('c.batch_seq', '=', 'b.seq')
            .where((where) =>
              where.or([
                where('c.revoked', '=', true),
                where('c.suspended', '=', true),
                where('c.superseded_by_seq', 'is not', null),
                where('c.extended_until', 'is not', null),
              ]),
            ),
        )
        .as('isMarked'),
    )
    .where('b.issuer_id', '=', id)
    .where('b.state', 'in', ['anchored', 'final'])
    .execute();
  return new Map(rows.map((row) => [toHex(row.batch_id), row]));
}

async function reconcileBatch(deps: FinalityDeps, issuer: IssuerRow, batch: Marked): Promise<number> {
  const reading = await readBatch(deps, {
    issuer: issuer.number as number,
    batch: batch.batch_id,
    locator: batch.number,
  });
  // not deep enough yet, or forgotten: finality.ts and reconcile.ts see to it
  if (!reading.page.batches.some(({ id }) => isEqualBytes(id, batch.batch_id))) return 0;
  let changed = 0;
  for (const { seq } of await findDiffering(deps.db, { issuer, batch, reading }))
    if (await deps.db.transaction().execute((tx) => reconcileOne(tx, { issuer, batch, reading, seq }))) changed++;
  return changed;
}

type BatchToReconcile = Omit<OneToReconcile, 'seq'>;

async function findDiffering(db: Db, { issuer, batch, reading }: BatchToReconcile): Promise<CredentialRow[]> {
  const rows = await db
    .selectFrom('credentials_and_copies')
    .selectAll()
    .where('issuer_id', '=', issuer.id)
    .where('batch_seq', '=', batch.batch_seq)
    .execute();
  const differing: CredentialRow[] = [];
  for (const row of rows)
    if (!isShown(row, await readStatus(db, { credential: row, reading, batch }))) differing.push(row);
  return differing;
}

interface OneToReconcile {
  issuer: IssuerRow;
  batch: Marked;
  reading: RegistryReading;
  seq: number;
}

async function reconcileOne(tx: Tx, { issuer, batch, reading, seq }: OneToReconcile): Promise<boolean> {
  const credential = await findSettled(tx, seq, reading.block.number);
  if (!credential) return false;
  const shown = await readStatus(tx, { credential, reading, batch });
  if (isShown(credential, shown)) return false;
  if (credential.revoked && !shown.revoked) await carryAgain(tx, credential);
  const columns = { ...toColumns(shown), revoked: credential.revoked || shown.revoked };
  await tx.updateTable('credentials_and_copies').set(columns).where('seq', '=', seq).execute();
  await recordAudit(tx, createServiceActor(issuer, 'reconciliation'), {
    act: 'credential.reconcile',
    object: toCredentialId(credential.id),
    before: describeStatus(foldChanges(credential, [])),
    after: describeStatus(foldChanges({ ...credential, ...columns }, [])),
  });
  failpoint('status-reconciled');
  return true;
}

function isShown(row: CredentialRow, shown: Shown): boolean {
  const { suspended_at: at, ...other } = toColumns(shown);
  return (
    row.suspended_at?.getTime() === at?.getTime() &&
    (Object.keys(other) as (keyof typeof other)[]).every((column) => row[column] === other[column])
  );
}

/** For the reason that was given when it was first revoked, as far as that is known. */
async function carryAgain(tx: Tx, { issuer_id, seq }: CredentialRow): Promise<void> {
  const first = await tx
    .selectFrom('status_changes')
    .select('reason')
    .where('credential_seq', '=', seq)
    .where('act', '=', 'revoke')
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  await recordChanges(tx, [
    {
      issuer_id,
      credential_seq: seq,
      act: 'revoke',
      reason: first?.reason ?? REASONS['none-given'],
      state: 'recorded',
      requested_by: 'service:reconciliation',
    },
  ]);
}

/** Locked; undefined where a change of it is under way, or younger than the reading. */
function findSettled(tx: Tx, seq: number, block: number): Promise<CredentialRow | undefined> {
  return tx
    .selectFrom('credentials_and_copies')
    .selectAll()
    .where('seq', '=', seq)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('status_changes as s')
            .select('s.seq')
            .whereRef('s.credential_seq', '=', 'credentials_and_copies.seq')
            .where((of) => of.or([of('s.state', 'not in', ['final', 'failed']), of('s.block_number', '>', block)])),
        ),
      ),
    )
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}
