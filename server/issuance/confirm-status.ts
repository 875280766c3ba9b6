import { type RegistryReading, readRegistry } from '../../proof/nodes.ts';
import { failpoint } from '../failpoint.ts';
import type { CredentialRow, Db, StatusAct, StatusChangeRow, Tx } from '../store/schema.ts';
import { emitEvents } from '../webhooks/event.ts';
import { type FinalityDeps, readBatch, toLinks } from './finality.ts';
import { foldChanges, suspensionOn } from './intended-status.ts';
import { toChangeId } from './query.ts';
import { keepShown, readStatus, type Shown } from './status-reading.ts';

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
    .innerJoin('credentials_and_copies as c', 'c.seq', 's.credential_seq')
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
    .selectFrom('credentials_and_copies')
    .select('seq')
    .where('batch_seq', '=', batch.batch_seq)
    .where((where) =>
      where.exists(
        where
          .selectFrom('status_changes as s')
          .select('s.seq')
          .whereRef('s.credential_seq', '=', 'credentials_and_copies.seq')
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
    .selectFrom('credentials_and_copies')
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
  // of a copy nobody was told, nor is of its end
  const told = credential.copy_of === null ? anchored : [];
  const all = told.map(({ seq, act }) => ({
    ...toLinks(credential),
    change: toChangeId(seq),
    act,
    state: 'final',
  }));
  if (all.length > 0) await emitEvents(tx, credential.issuer_id, { type: 'status.final', all });
  failpoint('status-final-uncommitted');
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
