import { sql } from 'kysely';
import { toHongKongDay } from '../../proof/day.ts';
import {
  type ExtensionCall,
  encodeExtension,
  encodeRelayedExtension,
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
import { failpoint } from '../failpoint.ts';
import type { StatusSigner } from '../keys/signer.ts';
import type { ValiditySigner } from '../keys/validity-signer.ts';
import type { StatusChangeRow } from '../store/schema.ts';
import { findTurn, RELAY_GAS, unlessSignerAway } from './key-turn.ts';

/*
 * A recorded change waits until its batch is anchored (an amendment: its successor's too). Then its key signs it under the key's next
 * nonce in the registry (key-turn.ts), and a transaction carries it.
 */

export interface StatusDeps extends Relayer {
  findStatusSigner(address: string): StatusSigner | undefined;
  findValiditySigner(address: string): ValiditySigner | undefined;
  onFault(what: string, error: unknown): void;
}

/** What is asked for at once: enough for the credentials of several full batches. */
const MOST_READ = 2_048;

export interface Ready extends StatusChangeRow {
  /** The key that has to sign it. */
  signer: string | null;
  batch_id: Buffer;
  leaf: number;
  successor_batch_id: Buffer | null;
  successor_leaf: number | null;
}

/** Signs and stores the changes that are due; whether there were any. */
export async function carryStatusChanges(deps: StatusDeps): Promise<boolean> {
  await giveUpPassed(deps);
  const byKey = Map.groupBy(firstOfEach(await findReady(deps)), (change) => change.signer);
  let isBusy = false;
  for (const [address, changes] of byKey) {
    const signer = address === null ? undefined : findSigner(deps, address);
    if (signer) isBusy = (await unlessSignerAway(deps, () => carryOfKey(deps, signer, changes))) || isBusy;
    else deps.onFault('status changes wait', new Error(`the key ${address} is not in this service`));
  }
  return isBusy;
}

/** What signs under one key: a status key's, or an anchor key's. */
type Signer = StatusSigner | ValiditySigner;

function findSigner(deps: StatusDeps, address: string): Signer | undefined {
  return deps.findStatusSigner(address) ?? deps.findValiditySigner(address);
}

/** Only the first open change of each credential, so that none overtakes an earlier one; its next one follows in the next round. */
function firstOfEach(changes: readonly Ready[]): Ready[] {
  const seen = new Set<number>();
  return changes.filter(({ credential_seq }) => !seen.has(credential_seq) && seen.add(credential_seq));
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

// What prolongs validity needs the anchor key, and so does taking back what an earlier status key did.
const SIGNER = sql<
  string | null
>`case when s.act = 'extend' or s.by_anchor_key then i.anchor_key else i.status_key end`;
// Nonces keep the changes of one key in order; one of another key waits until those before it were mined.
const IS_IN_TURN = sql<boolean>`not exists (select from status_changes p where p.credential_seq = s.credential_seq
  and p.state = 'sent' and p.key is distinct from ${SIGNER})`;

async function findReady({ db }: StatusDeps): Promise<Ready[]> {
  const rows = await db
    .selectFrom('status_changes as s')
    .innerJoin('issuers as i', 'i.id', 's.issuer_id')
    .innerJoin('credentials_and_copies as c', 'c.seq', 's.credential_seq')
    .innerJoin('batches as b', 'b.seq', 'c.batch_seq')
    .leftJoin('credentials as nc', 'nc.seq', 's.successor_seq')
    .leftJoin('batches as nb', 'nb.seq', 'nc.batch_seq')
    .selectAll('s')
    .select(['b.id as batch_id', 'c.leaf'])
    .select(SIGNER.as('signer'))
    .select(['nb.id as successor_batch_id', 'nc.leaf as successor_leaf'])
    .where('s.state', '=', 'recorded')
    .where('b.state', 'in', ['anchored', 'final'])
    .where(IS_IN_TURN)
    .where((where) => where.or([where('s.act', '!=', 'amend'), where('nb.state', 'in', ['anchored', 'final'])]))
    // under an earlier nonce than what ends their originals: there is no time at which an original has ended, and a copy that is shown has not
    .orderBy(sql`c.copy_of is null`)
    .orderBy('s.seq')
    .limit(MOST_READ)
    .execute();
  return rows as Ready[];
}

async function carryOfKey(deps: StatusDeps, signer: Signer, changes: readonly Ready[]): Promise<boolean> {
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

/** What can be one signed change of one batch: the same act for the same reason to the same day. */
function groupAlike(changes: readonly Ready[], now: number): Ready[][] {
  const due = changes.filter(({ retry_at }) => retry_at === null || retry_at.getTime() <= now);
  return [...Map.groupBy(due, toLikeness).values()];
}

// One that was refused goes alone: it must not keep others back.
function toLikeness({ seq, act, batch_id, until, reason, attempts }: Ready): string {
  return act === 'amend' || act === 'extend' || attempts > 0
    ? `${seq}`
    : `${act} ${batch_id.toString('hex')} ${until} ${reason}`;
}

interface Turn {
  group: readonly Ready[];
  nonce: number;
}

async function carry(deps: StatusDeps, signer: Signer, { group, nonce }: Turn): Promise<boolean> {
  const { rpc, address } = deps.registry;
  const prepared = prepare(signer, group, nonce);
  let gasLimit: bigint;
  try {
    gasLimit = (await estimateGas(rpc, { from: signer.address, to: address.address, data: prepared.own })) + RELAY_GAS;
  } catch (error) {
    await postpone(deps, group, toRefusal(error).reason);
    return false;
  }
  const data = await prepared.sign();
  failpoint('status-signature-made');
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

interface Prepared {
  /** The call as the key itself would send it. */
  own: string;
  /** The call with the key's signature, for anybody to carry. */
  sign(): Promise<string>;
}

function prepare(signer: Signer, group: readonly Ready[], nonce: number): Prepared {
  const [first] = group as [Ready];
  if (first.act === 'extend') {
    const call = toExtension(first);
    const sign = async () =>
      encodeRelayedExtension(call, nonce, await (signer as ValiditySigner).signExtension({ ...call, nonce }));
    return { own: encodeExtension(call), sign };
  }
  if (first.act === 'amend') {
    const call = toSuccession(first);
    const sign = async () =>
      encodeRelayedSuccession(call, nonce, await (signer as StatusSigner).signSuccession({ ...call, nonce }));
    return { own: encodeSuccession(call), sign };
  }
  const call = toStatusCall(first.act, group);
  const sign = async () => encodeRelayedStatusChange(call, nonce, await signer.signStatusChange({ ...call, nonce }));
  return { own: encodeStatusChange(call), sign };
}

function seqsOf(group: readonly Ready[]): number[] {
  return group.map(({ seq }) => seq);
}

function toExtension({ batch_id: batch, leaf, valid_until, reason }: Ready): ExtensionCall {
  return { batch, leaf, validUntil: valid_until as number, reason };
}

function toSuccession({ batch_id: batch, leaf, successor_batch_id, successor_leaf }: Ready): SuccessionCall {
  return { batch, leaf, successorBatch: successor_batch_id as Buffer, successorLeaf: successor_leaf as number };
}

function toStatusCall(act: StatusCall['act'], group: readonly Ready[]): StatusCall {
  const [{ batch_id: batch, until, reason }] = group as [Ready];
  const leaves = group.reduce((mask, change) => mask | (1n << BigInt(change.leaf)), 0n);
  return { batch, act, leaves, until: until ?? 0, reason };
}

async function postpone({ db, now }: StatusDeps, group: readonly Ready[], reason: string): Promise<void> {
  const attempts = Math.max(...group.map((change) => change.attempts)) + 1;
  // a group that was refused is tried again at once, each change alone: only one of them may be at fault
  const isOfAnotherKey = reason.startsWith('StatusOfAnotherKey') && !group.some((change) => change.by_anchor_key);
  const retry_at = group.length > 1 || isOfAnotherKey ? null : retryAt(now(), attempts);
  // an anchor key may take back what any key of the department did
  const by_anchor_key = group.length === 1 && isOfAnotherKey ? { by_anchor_key: true } : {};
  await db
    .updateTable('status_changes')
    .set({ attempts, failure: `the chain refuses the change: ${reason}`, retry_at, ...by_anchor_key })
    .where('seq', 'in', seqsOf(group))
    .execute();
}

/** Notes which changes were mined; what failed or was lost is recorded again, to be signed under a new nonce. */
export async function settleStatusChanges({ db }: Relayer): Promise<void> {
  const mined = await sql`update status_changes s set state = 'anchored', block_number = t.block_number, failure = null
    from transactions t where t.seq = s.transaction_seq and s.state = 'sent' and t.state = 'mined'`.execute(db);
  if ((mined.numAffectedRows ?? 0n) > 0n) failpoint('status-anchored');
  const again =
    await sql`update status_changes s set state = 'recorded', key = null, key_nonce = null, transaction_seq = null
    from transactions t where t.seq = s.transaction_seq and s.state = 'sent' and t.state in ('reverted', 'lost')`.execute(
      db,
    );
  if ((again.numAffectedRows ?? 0n) > 0n) failpoint('status-recorded-again');
}
