import { sql } from 'kysely';
import { toHex } from '../../proof/bytes.ts';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { requireAct } from '../auth/policy.ts';
import { failpoint } from '../failpoint.ts';
import type { CredentialRow, Db, Tx } from '../store/schema.ts';
import { openChanges } from './change-status.ts';
import type { Erasure, ErasureJournal } from './erasure-journal.ts';
import { findRow, findView } from './query.ts';
import { revokeCopies } from './record-changes.ts';
import { forgetReplacementNotes } from './replacement-note.ts';
import type { CredentialView, EraseCredential } from './use-cases.ts';

/*
 * Erasing destroys the data key and the seeds, and with them everything that the claims' hashes could be compared with. What stays is
 * the header (type, dates, id), the content hash, which the other leaves of the batch need for their proofs, and the status: the
 * department can still revoke what its holder goes on showing.
 *
 *   1. the erasure is in the journal, which no backup holds
 *   2. the row is emptied
 *   3. a crash between the two is completed by `replayErasures`, and so is a backup that is older than the erasure
 */

/** Erases a credential, once and for ever; erasing it again answers the same. */
export const eraseCredential: EraseCredential = async (tx, deps, { actor, id }) => {
  requireAct(actor, 'credentials.erase');
  const row = await findRow(tx, { issuer: actor.issuer, id, lock: true });
  await requireErasable(tx, row);
  if (row.erased_at === null) {
    const erasure = toErasure(row.id, deps.now());
    await deps.erasures.keep(erasure);
    failpoint('erasure-kept');
    await empty(tx, row, erasure);
    await revokeCopies(tx, { seqs: await copiesOf(tx, row), by: actor.id, now: new Date(deps.now()) });
    await recordAudit(tx, actor, { act: 'credential.erase', object: id, before: { state: row.state } });
  }
  return (await findView(tx, deps, { issuer: actor.issuer, id })) as CredentialView;
};

/** Erases what the journal says and the database still has; how many. An instance does so whenever it starts. */
export async function replayErasures(db: Db, erasures: ErasureJournal): Promise<number> {
  const ids = await erasures.list();
  const rows = await findReadable(db, ids);
  for (const row of rows) {
    const erasure = await erasures.find(toHex(row.id));
    await db.transaction().execute((tx) => empty(tx, row, erasure));
    failpoint('erasure-replayed');
  }
  return rows.length;
}

const IDS_A_QUERY = 10_000;

async function findReadable(db: Db, ids: readonly string[]): Promise<Erasable[]> {
  const found: Erasable[] = [];
  for (let start = 0; start < ids.length; start += IDS_A_QUERY) {
    const some = ids.slice(start, start + IDS_A_QUERY).map((id) => Buffer.from(id, 'hex'));
    const rows = db.selectFrom('credentials').select(['seq', 'id', 'issuer_id']).where('id', 'in', some);
    found.push(...(await rows.where('erased_at', 'is', null).execute()));
  }
  return found;
}

type Erasable = Pick<CredentialRow, 'seq' | 'id' | 'issuer_id'>;

async function requireErasable(tx: Tx, row: CredentialRow): Promise<void> {
  if (row.state !== 'final' && row.state !== 'failed')
    throw new AppError('NOT_FINAL', 'the credential is on its way to the chain: it can be erased when that has ended');
  const copyOnItsWay = await tx
    .selectFrom('credentials_and_copies')
    .select('seq')
    .where('issuer_id', '=', row.issuer_id)
    .where('copy_of', '=', row.seq)
    .where('state', 'in', ['issued', 'sealed'])
    .executeTakeFirst();
  if (copyOnItsWay)
    throw new AppError(
      'NOT_FINAL',
      "a copy for its holder's device is on its way to the chain: it can be erased after that",
    );
  if ((await openChanges(tx, row)).length > 0)
    throw new AppError('NOT_FINAL', 'a change of its status is on its way to the chain: it can be erased after that');
}

/** A copy says what its original says. */
async function copiesOf(tx: Tx, { issuer_id, seq }: Erasable): Promise<number[]> {
  const rows = await tx
    .selectFrom('credentials_and_copies')
    .select('seq')
    .where('issuer_id', '=', issuer_id)
    .where('copy_of', '=', seq)
    .execute();
  return rows.map((row) => row.seq);
}

function toErasure(id: Uint8Array, now: number): Erasure {
  return { format: 'eproof-erasure/1', credential: toHex(id), erasedAt: new Date(now).toISOString() };
}

async function empty(tx: Tx, row: Erasable, { erasedAt }: Erasure): Promise<void> {
  const nothing = Buffer.alloc(0);
  await tx
    .updateTable('credentials_and_copies')
    .set({
      payload: nothing,
      wrapped_key: nothing,
      holder_subject_hmac: null,
      has_email: false,
      identity: null,
      erased_at: new Date(erasedAt),
    })
    .where('issuer_id', '=', row.issuer_id)
    .where(({ or, eb }) => or([eb('seq', '=', row.seq), eb('copy_of', '=', row.seq)]))
    .execute();
  await tx
    .deleteFrom('search_terms')
    .where('issuer_id', '=', row.issuer_id)
    .where('credential_id', '=', row.id)
    .execute();
  await tx.deleteFrom('images').where('issuer_id', '=', row.issuer_id).where('credential_seq', '=', row.seq).execute();
  await tx
    .deleteFrom('device_copies')
    .where('issuer_id', '=', row.issuer_id)
    .where('credential_seq', '=', row.seq)
    .execute();
  // a request says whose it is
  await tx
    .updateTable('mails')
    .set({ request_seq: null })
    .where('issuer_id', '=', row.issuer_id)
    .where('credential_seq', '=', row.seq)
    .where('request_seq', 'is not', null)
    .execute();
  await tx.deleteFrom('reports').where('issuer_id', '=', row.issuer_id).where('credential_seq', '=', row.seq).execute();
  await tx.deleteFrom('shares').where('issuer_id', '=', row.issuer_id).where('credential_seq', '=', row.seq).execute();
  await tx
    .updateTable('status_changes')
    .set({ note: null })
    .where('issuer_id', '=', row.issuer_id)
    .where('credential_seq', '=', row.seq)
    .execute();
  await forgetReplacementNotes(tx, row);
  await forgetProposedNotes(tx, row);
}

/** Why a change of this credential alone was asked for, which waits for somebody to confirm it. What is said of many is about nobody. */
async function forgetProposedNotes(tx: Tx, { issuer_id, seq }: Erasable): Promise<void> {
  await sql`update status_operations o set note = null, note_key = null
    where o.issuer_id = ${issuer_id} and o.note is not null
      and exists (select from status_operation_rows r where r.operation_seq = o.seq and r.credential_seq = ${seq})
      and not exists (select from status_operation_rows r where r.operation_seq = o.seq and r.credential_seq <> ${seq})`.execute(
    tx,
  );
}
