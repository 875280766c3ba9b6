import { sql } from 'kysely';
import { toHex } from '../../proof/bytes.ts';
import { recordAudit } from '../audit/record.ts';
import { createServiceActor } from '../auth/policy.ts';
import type { OwnedKey, RegistryState } from '../chain/registry-state.ts';
import { readAllPages } from '../chain/registry-state.ts';
import { toCredentialId } from '../issuance/credential-id.ts';
import { revokeCopies } from '../issuance/record-changes.ts';
import type { KeyPurpose } from '../keys/department-signers.ts';
import type { Db, IssuerRow, Tx } from '../store/schema.ts';
import { emitEvents } from '../webhooks/event.ts';
import { isGenuine } from './disbelieved.ts';
import { faultOf, type KeyFault } from './fault.ts';

/*
 * The registry decides which keys count. What the department's admin did there is seen within a minute:
 *   1. a key of which the registry takes nothing any more is used no more: nothing is sealed, signed or carried under it
 *   2. where this service has another good key of the same purpose, it goes on with that one
 *   3. a batch that was signed and is not anchored is signed again: its id does not depend on the key, so that it is anchored once
 *   4. a batch of which verifiers say that it is not genuine is marked; what it holds is not handed out, and has to be issued again
 */

export interface WatchDeps {
  db: Db;
  openRegistry(): Promise<RegistryState>;
  /** Addresses of the keys that this service has. */
  keysHere: Readonly<Record<KeyPurpose, readonly string[]>>;
  /** The status of credentials is compared with what verifiers see; called when a key was reported. */
  reconcileStatus(): Promise<unknown>;
}

export interface Watch {
  /** Whether anything was different from what is kept. */
  look(): Promise<boolean>;
}

/** Looks at the keys of all departments. Pages of batches are read only after a report or a judgement that this instance has not seen. */
export function createWatch(deps: WatchDeps): Watch {
  const seen = new Map<number, string>();
  return {
    async look() {
      const state = await deps.openRegistry();
      const isOther = await chooseKeys(deps, state);
      let isBusy = (await unsign(deps.db, state)) || isOther;
      const judged = await state.judgementsByIssuer();
      for (const issuer of await findIssuers(deps.db)) {
        const fingerprint = judged.get(issuer.number as number) ?? '';
        if (seen.get(issuer.id) === fingerprint || (fingerprint === '' && !seen.has(issuer.id))) {
          seen.set(issuer.id, fingerprint);
          continue;
        }
        const changed = await markBatches(deps, state, issuer);
        if (changed > 0) await deps.reconcileStatus();
        seen.set(issuer.id, fingerprint);
        isBusy ||= changed > 0;
      }
      return isBusy;
    },
  };
}

function findIssuers(db: Db): Promise<IssuerRow[]> {
  return db.selectFrom('issuers').selectAll().where('number', 'is not', null).orderBy('id').execute();
}

/** What the registry says of the keys in use, for a start that has not opened any; whether it says another thing than is kept. */
export async function noteFaults(db: Db, state: RegistryState): Promise<boolean> {
  return chooseKeys({ db, keysHere: { anchor: [], status: [] } }, state);
}

const PURPOSES = ['anchor', 'status'] as const satisfies readonly KeyPurpose[];

async function chooseKeys(
  { db, keysHere }: Pick<WatchDeps, 'db' | 'keysHere'>,
  state: RegistryState,
): Promise<boolean> {
  const issuers = await findIssuers(db);
  const used = issuers.flatMap(({ anchor_key, status_key }) => [anchor_key, status_key]).filter((key) => key !== null);
  const addresses = [...new Set([...used, ...keysHere.anchor, ...keysHere.status])];
  const keys = new Map((await state.readKeys(addresses)).map((key) => [key.address, key]));
  let isOther = false;
  for (const issuer of issuers)
    for (const purpose of PURPOSES) {
      const here = keysHere[purpose].flatMap((address) => keys.get(address) ?? []);
      const choice = choose(issuer, { purpose, keys, here, time: state.block.time });
      const current = { key: keyOf(issuer, purpose), fault: faultKept(issuer, purpose) };
      if (choice.key === current.key && choice.fault === current.fault) continue;
      await db.transaction().execute((tx) => keepChoice(tx, issuer, { purpose, choice, current }));
      isOther = true;
    }
  return isOther;
}

interface Choice {
  key: string | null;
  fault: KeyFault | null;
}

interface Candidates {
  purpose: KeyPurpose;
  keys: ReadonlyMap<string, OwnedKey>;
  /** Of the purpose, as this service has them. */
  here: readonly OwnedKey[];
  time: number;
}

/** The key in use as long as it is good, else the newest good one. */
function choose(issuer: IssuerRow, { purpose, keys, here, time }: Candidates): Choice {
  const question = { issuer: issuer.number as number, purpose, time };
  const key = keyOf(issuer, purpose);
  const fault = key === null ? 'unknown' : faultOf(keys.get(key), question);
  if (fault === null) return { key, fault };
  const good = here.filter((one) => one.purpose === purpose && faultOf(one, question) === null);
  const next = good.toSorted((a, b) => a.number - b.number).at(-1);
  return next ? { key: next.address, fault: null } : { key, fault };
}

function keyOf({ anchor_key, status_key }: IssuerRow, purpose: KeyPurpose): string | null {
  return purpose === 'anchor' ? anchor_key : status_key;
}

function faultKept({ anchor_fault, status_fault }: IssuerRow, purpose: KeyPurpose): KeyFault | null {
  return purpose === 'anchor' ? anchor_fault : status_fault;
}

interface ToKeep {
  purpose: KeyPurpose;
  choice: Choice;
  current: Choice;
}

// Of instances that see it at the same moment one changes the row, and tells of it.
async function keepChoice(tx: Tx, issuer: IssuerRow, { purpose, choice, current }: ToKeep): Promise<void> {
  const columns =
    purpose === 'anchor'
      ? { anchor_key: choice.key, anchor_fault: choice.fault }
      : { status_key: choice.key, status_fault: choice.fault };
  const changed = await tx
    .updateTable('issuers')
    .set(columns)
    .where('id', '=', issuer.id)
    .where(purpose === 'anchor' ? 'anchor_key' : 'status_key', 'is not distinct from', current.key)
    .where(purpose === 'anchor' ? 'anchor_fault' : 'status_fault', 'is not distinct from', current.fault)
    .executeTakeFirst();
  if (changed.numUpdatedRows === 0n) return;
  await recordAudit(tx, createServiceActor(issuer, 'reconciliation'), {
    act: 'signing-key.use',
    object: choice.key,
    before: { purpose, key: current.key, fault: current.fault },
    after: { purpose, key: choice.key, fault: choice.fault },
  });
}

/**
 * What is signed by a key of which the registry takes nothing any more is signed again when there is another. What is on its way comes back
 * when its transaction has failed (issuance/anchor.ts).
 */
async function unsign(db: Db, state: RegistryState): Promise<boolean> {
  const signed = await db
    .selectFrom('batches as b')
    .innerJoin('issuers as i', 'i.id', 'b.issuer_id')
    .select(['b.issuer_id', 'b.key', 'i.number as issuer'])
    .distinct()
    .where('b.state', '=', 'signed')
    .where('b.key', 'is not', null)
    .execute();
  const keys = await state.readKeys(signed.map(({ key }) => key as string));
  let isAny = false;
  for (const [i, { issuer_id, key, issuer }] of signed.entries()) {
    const fault = faultOf(keys[i], { issuer: issuer as number, purpose: 'anchor', time: state.block.time });
    if (fault === null || fault === 'not-yet-valid') continue;
    isAny = true;
    await db
      .updateTable('batches')
      .set({ state: 'open', signature: null, key: null, attempts: 0, retry_at: null })
      .where('issuer_id', '=', issuer_id)
      .where('state', '=', 'signed')
      .where('key', '=', key)
      .execute();
  }
  return isAny;
}

/** Marks the batches of which verifiers say something else than is kept; how many. */
async function markBatches({ db }: WatchDeps, state: RegistryState, issuer: IssuerRow): Promise<number> {
  const pages = await readAllPages(state, issuer.number as number);
  const rows = await db
    .selectFrom('batches')
    .select(['id', 'disbelieved'])
    .where('issuer_id', '=', issuer.id)
    .execute();
  const kept = new Map(rows.map((row) => [toHex(row.id), row.disbelieved]));
  let changed = 0;
  for (const page of pages) {
    const keys = new Map(page.keys.map((key) => [key.number, key]));
    for (const batch of page.batches) {
      const key = keys.get(batch.key);
      const disbelieved = key !== undefined && !isGenuine(batch, key);
      if ((kept.get(toHex(batch.id)) ?? disbelieved) === disbelieved) continue;
      changed += await db.transaction().execute((tx) => mark(tx, issuer, { id: batch.id, disbelieved }));
    }
  }
  return changed;
}

async function mark(tx: Tx, issuer: IssuerRow, { id, disbelieved }: { id: Uint8Array; disbelieved: boolean }) {
  const batch = await tx
    .updateTable('batches')
    .set({ disbelieved })
    .where('issuer_id', '=', issuer.id)
    .where('id', '=', Buffer.from(id))
    .where('disbelieved', '=', !disbelieved)
    .returning(['seq', 'size'])
    .executeTakeFirst();
  if (!batch) return 0;
  await recordAudit(tx, createServiceActor(issuer, 'reconciliation'), {
    act: disbelieved ? 'batch.disbelieve' : 'batch.believe',
    object: `0x${toHex(id)}`,
    after: { disbelieved, size: batch.size },
  });
  if (!disbelieved) return 1;
  await tellWebhooks(tx, issuer, batch.seq);
  await revokeCopiesOf(tx, issuer, batch.seq);
  return 1;
}

/** Their own keys may be believed, and what they are copies of is not genuine any more. */
async function revokeCopiesOf(tx: Tx, { id }: IssuerRow, batchSeq: number): Promise<void> {
  const copies = await tx
    .selectFrom('credentials_and_copies as k')
    .innerJoin('credentials_and_copies as o', 'o.seq', 'k.copy_of')
    .select('k.seq')
    .where('o.issuer_id', '=', id)
    .where('o.batch_seq', '=', batchSeq)
    .execute();
  const seqs = copies.map(({ seq }) => seq);
  await revokeCopies(tx, { seqs, by: 'service:reconciliation', now: new Date() });
}

async function tellWebhooks(tx: Tx, { id }: IssuerRow, batchSeq: number): Promise<void> {
  const rows = await tx
    .selectFrom('credentials')
    .select('id')
    .where('issuer_id', '=', id)
    .where('batch_seq', '=', batchSeq)
    .where(sql<boolean>`erased_at is null`)
    .execute();
  const all = rows.map((row) => {
    const credential = toCredentialId(row.id);
    return { credential, href: `/v1/credentials/${credential}` };
  });
  await emitEvents(tx, id, { type: 'credential.disbelieved', all });
}
