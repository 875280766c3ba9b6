import { sql } from 'kysely';
import {
  encodeRelayedStatusChange,
  encodeRelayedSuccession,
  encodeStatusChange,
  encodeSuccession,
  type StatusCall,
  type SuccessionCall,
  toRefusal,
} from '../chain/registry.ts';
import { type Relayer, retryAt, storeTransaction } from '../chain/relayer.ts';
import { estimateGas } from '../chain/transaction.ts';
import type { StatusSigner } from '../keys/signer.ts';
import type { StatusChangeRow } from '../store/schema.ts';

/*
 * A recorded change waits until its batch is anchored (an amendment: its successor's too). Then its key signs it under the key's next
 * nonce in the registry, and a transaction carries it. Several may be under way for one key, in the order of their nonces:
 *   1. one that fails makes those after it fail too, for the registry refuses a nonce out of turn
 *   2. all of them go back to "recorded"; nothing new is signed for that key until none with a later nonce is under way
 *   3. they are signed again in the order in which they were recorded, so a suspension never overtakes its end
 */

export interface StatusDeps extends Relayer {
  findStatusSigner(address: string): StatusSigner | undefined;
  onFault(what: string, error: unknown): void;
}

/** Changes under way for one key at once: each is a transaction of its own. */
const MOST_UNDER_WAY = 16;
/** What the relayed call costs more than the key's own: the signature, its check and the nonce. */
const RELAY_GAS = 60_000n;

export interface Ready extends StatusChangeRow {
  status_key_of_issuer: string | null;
  batch_id: Buffer;
  leaf: number;
  successor_batch_id: Buffer | null;
  successor_leaf: number | null;
}

/** Signs and stores the changes that are due; whether there were any. */
export async function carryStatusChanges(deps: StatusDeps): Promise<boolean> {
  const byKey = Map.groupBy(await findReady(deps), (change) => change.status_key_of_issuer);
  let isBusy = false;
  for (const [address, changes] of byKey) {
    const signer = address === null ? undefined : deps.findStatusSigner(address);
    if (signer) isBusy = (await carryOfKey(deps, signer, changes)) || isBusy;
    else deps.onFault('status changes wait', new Error(`the status key ${address} is not in this service`));
  }
  return isBusy;
}

async function findReady({ db }: StatusDeps): Promise<Ready[]> {
  const rows = await db
    .selectFrom('status_changes as s')
    .innerJoin('issuers as i', 'i.id', 's.issuer_id')
    .innerJoin('credentials as c', 'c.seq', 's.credential_seq')
    .innerJoin('batches as b', 'b.seq', 'c.batch_seq')
    .leftJoin('credentials as nc', 'nc.seq', 's.successor_seq')
    .leftJoin('batches as nb', 'nb.seq', 'nc.batch_seq')
    .selectAll('s')
    .select(['i.status_key as status_key_of_issuer', 'b.id as batch_id', 'c.leaf'])
    .select(['nb.id as successor_batch_id', 'nc.leaf as successor_leaf'])
    .where('s.state', '=', 'recorded')
    .where('b.state', 'in', ['anchored', 'final'])
    .where((where) => where.or([where('s.act', '!=', 'amend'), where('nb.state', 'in', ['anchored', 'final'])]))
    .orderBy('s.seq')
    .limit(256)
    .execute();
  return rows as Ready[];
}

async function carryOfKey(deps: StatusDeps, signer: StatusSigner, changes: readonly Ready[]): Promise<boolean> {
  const turn = await findTurn(deps, signer.address);
  if (turn === null) return false;
  // a change never overtakes an earlier one of the same credential
  const blocked = new Set<number>();
  let { nonce, room } = turn;
  for (const change of changes) {
    if (room === 0) break;
    const isDue = change.retry_at === null || change.retry_at.getTime() <= deps.now();
    if (isDue && !blocked.has(change.credential_seq) && (await carry(deps, signer, { change, nonce }))) {
      nonce++;
      room--;
    } else {
      blocked.add(change.credential_seq);
    }
  }
  return nonce > turn.nonce;
}

/** The nonce for the key's next signature and how many may follow; null while earlier ones have to come back first. */
async function findTurn(deps: StatusDeps, key: string): Promise<{ nonce: number; room: number } | null> {
  const next = await deps.registry.nonceOf(key);
  const underWay = await deps.db
    .selectFrom('status_changes')
    .select('key_nonce')
    .where('key', '=', key)
    .where('state', '=', 'sent')
    .orderBy('key_nonce')
    .execute();
  const waiting = underWay.map((row) => row.key_nonce as number).filter((nonce) => nonce >= next);
  if (waiting.some((nonce, i) => nonce !== next + i)) return null;
  return { nonce: next + waiting.length, room: Math.max(0, MOST_UNDER_WAY - waiting.length) };
}

interface Turn {
  change: Ready;
  nonce: number;
}

async function carry(deps: StatusDeps, signer: StatusSigner, { change, nonce }: Turn): Promise<boolean> {
  const { rpc, address } = deps.registry;
  const call = toCall(change);
  let gasLimit: bigint;
  try {
    const own = 'leaf' in call ? encodeSuccession(call) : encodeStatusChange(call);
    gasLimit = (await estimateGas(rpc, { from: signer.address, to: address.address, data: own })) + RELAY_GAS;
  } catch (error) {
    await postpone(deps, change, toRefusal(error).reason);
    return false;
  }
  const data =
    'leaf' in call
      ? encodeRelayedSuccession(call, nonce, await signer.signSuccession({ ...call, nonce }))
      : encodeRelayedStatusChange(call, nonce, await signer.signStatusChange({ ...call, nonce }));
  await storeTransaction(deps, {
    purpose: 'status',
    data,
    gasLimit,
    async attach(tx, transaction_seq) {
      await tx
        .updateTable('status_changes')
        .set({ state: 'sent', key: signer.address, key_nonce: nonce, transaction_seq, failure: null })
        .where('seq', '=', change.seq)
        .where('state', '=', 'recorded')
        .execute();
    },
  });
  return true;
}

function toCall(change: Ready): StatusCall | SuccessionCall {
  const { act, batch_id: batch, leaf, reason } = change;
  if (act !== 'amend') return { batch, act, leaves: 1n << BigInt(leaf), until: 0, reason };
  const successorBatch = change.successor_batch_id as Buffer;
  return { batch, leaf, successorBatch, successorLeaf: change.successor_leaf as number };
}

async function postpone({ db, now }: StatusDeps, change: StatusChangeRow, reason: string): Promise<void> {
  const attempts = change.attempts + 1;
  await db
    .updateTable('status_changes')
    .set({ attempts, failure: `the chain refuses the change: ${reason}`, retry_at: retryAt(now(), attempts) })
    .where('seq', '=', change.seq)
    .execute();
}

/** Notes which changes were mined; what failed or was lost is recorded again, to be signed under a new nonce. */
export async function settleStatusChanges({ db, checkpoint }: Relayer): Promise<void> {
  const mined = await sql`update status_changes s set state = 'anchored', block_number = t.block_number, failure = null
    from transactions t where t.seq = s.transaction_seq and s.state = 'sent' and t.state = 'mined'`.execute(db);
  if ((mined.numAffectedRows ?? 0n) > 0n) await checkpoint('status-anchored');
  await sql`update status_changes s set state = 'recorded', key = null, key_nonce = null, transaction_seq = null
    from transactions t where t.seq = s.transaction_seq and s.state = 'sent' and t.state in ('reverted', 'lost')`.execute(
    db,
  );
}
