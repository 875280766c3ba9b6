import { sql } from 'kysely';
import { toHongKongDay } from '../../proof/day.ts';
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
/** What is asked for at once: enough for the credentials of several full batches. */
const MOST_READ = 2_048;

export interface Ready extends StatusChangeRow {
  status_key_of_issuer: string | null;
  batch_id: Buffer;
  leaf: number;
  successor_batch_id: Buffer | null;
  successor_leaf: number | null;
}

/** Signs and stores the changes that are due; whether there were any. */
export async function carryStatusChanges(deps: StatusDeps): Promise<boolean> {
  await giveUpPassed(deps);
  const byKey = Map.groupBy(await findReady(deps), (change) => change.status_key_of_issuer);
  let isBusy = false;
  for (const [address, changes] of byKey) {
    const signer = address === null ? undefined : deps.findStatusSigner(address);
    if (signer) isBusy = (await carryOfKey(deps, signer, changes)) || isBusy;
    else deps.onFault('status changes wait', new Error(`the status key ${address} is not in this service`));
  }
  return isBusy;
}

// The registry takes no suspension whose last day has passed: it would stand in the way of every later change for ever.
async function giveUpPassed({ db, now }: StatusDeps): Promise<void> {
  await db
    .updateTable('status_changes')
    .set({ state: 'failed', failure: 'the last suspended day passed before the suspension could reach the chain' })
    .where('state', '=', 'recorded')
    .where('act', '=', 'suspend')
    .where('until', '<', toHongKongDay(now() / 1000))
    .execute();
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
    .limit(MOST_READ)
    .execute();
  return rows as Ready[];
}

async function carryOfKey(deps: StatusDeps, signer: StatusSigner, changes: readonly Ready[]): Promise<boolean> {
  const turn = await findTurn(deps, signer.address);
  if (turn === null) return false;
  let { nonce, room } = turn;
  for (const group of groupAlike(changes, deps.now())) {
    if (room === 0) break;
    if (await carry(deps, signer, { group, nonce })) {
      nonce++;
      room--;
    }
  }
  return nonce > turn.nonce;
}

/**
 * What can be one signed change of one batch: the same act for the same reason to the same day. Only the first open change of each
 * credential is among them, so that none overtakes an earlier one; its next one follows in the next round.
 */
function groupAlike(changes: readonly Ready[], now: number): Ready[][] {
  const seen = new Set<number>();
  const first = changes.filter(({ credential_seq }) => !seen.has(credential_seq) && seen.add(credential_seq));
  const due = first.filter(({ retry_at }) => retry_at === null || retry_at.getTime() <= now);
  return [...Map.groupBy(due, toLikeness).values()];
}

// One that was refused goes alone: it must not keep others back.
function toLikeness({ seq, act, batch_id, until, reason, attempts }: Ready): string {
  return act === 'amend' || attempts > 0 ? `${seq}` : `${act} ${batch_id.toString('hex')} ${until} ${reason}`;
}

/** The nonce for the key's next signature and how many may follow; null while earlier ones have to come back first. */
async function findTurn(deps: StatusDeps, key: string): Promise<{ nonce: number; room: number } | null> {
  const next = await deps.registry.nonceOf(key);
  const underWay = await deps.db
    .selectFrom('status_changes')
    .select('key_nonce')
    .distinct()
    .where('key', '=', key)
    .where('state', '=', 'sent')
    .orderBy('key_nonce')
    .execute();
  const waiting = underWay.map((row) => row.key_nonce as number).filter((nonce) => nonce >= next);
  if (waiting.some((nonce, i) => nonce !== next + i)) return null;
  return { nonce: next + waiting.length, room: Math.max(0, MOST_UNDER_WAY - waiting.length) };
}

interface Turn {
  group: readonly Ready[];
  nonce: number;
}

async function carry(deps: StatusDeps, signer: StatusSigner, { group, nonce }: Turn): Promise<boolean> {
  const { rpc, address } = deps.registry;
  const call = toCall(group);
  let gasLimit: bigint;
  try {
    const own = 'leaf' in call ? encodeSuccession(call) : encodeStatusChange(call);
    gasLimit = (await estimateGas(rpc, { from: signer.address, to: address.address, data: own })) + RELAY_GAS;
  } catch (error) {
    await postpone(deps, group, toRefusal(error).reason);
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
        .where('seq', 'in', seqsOf(group))
        .where('state', '=', 'recorded')
        .execute();
    },
  });
  return true;
}

function seqsOf(group: readonly Ready[]): number[] {
  return group.map(({ seq }) => seq);
}

function toCall(group: readonly Ready[]): StatusCall | SuccessionCall {
  const [{ act, batch_id: batch, leaf, until, reason, successor_batch_id, successor_leaf }] = group as [Ready];
  if (act === 'amend')
    return { batch, leaf, successorBatch: successor_batch_id as Buffer, successorLeaf: successor_leaf as number };
  const leaves = group.reduce((mask, change) => mask | (1n << BigInt(change.leaf)), 0n);
  return { batch, act, leaves, until: until ?? 0, reason };
}

async function postpone({ db, now }: StatusDeps, group: readonly Ready[], reason: string): Promise<void> {
  const attempts = Math.max(...group.map((change) => change.attempts)) + 1;
  // a group that was refused is tried again at once, each change alone: only one of them may be at fault
  const retry_at = group.length > 1 ? null : retryAt(now(), attempts);
  await db
    .updateTable('status_changes')
    .set({ attempts, failure: `the chain refuses the change: ${reason}`, retry_at })
    .where('seq', 'in', seqsOf(group))
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
