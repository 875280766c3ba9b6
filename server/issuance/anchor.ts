import { decodeHex, toHex } from '../../proof/bytes.ts';
import type { BatchReading } from '../../proof/reading.ts';
import { encodeAnchor, type RegistryLog, toRefusal } from '../chain/registry.ts';
import { type Relayer, retryAt, storeTransaction } from '../chain/relayer.ts';
import { estimateGas } from '../chain/transaction.ts';
import { failpoint } from '../failpoint.ts';
import type { BatchRow, TransactionRow, Tx } from '../store/schema.ts';

/** Batches of all departments in one transaction: about 2.4 million gas when all are new. */
const MOST_BATCHES = 32;

type Signed = BatchRow & { issuer: number };

/** Puts signed batches into a transaction; whether there were any. */
export async function carryBatches(relayer: Relayer): Promise<boolean> {
  const batches = await findSigned(relayer);
  if (batches.length === 0) return false;
  // while one is under way the next one fills; a full one need not wait
  if (batches.length < MOST_BATCHES && (await isUnderWay(relayer))) return false;
  const fitting = await findFitting(relayer, batches);
  if (fitting === null) return true;
  const seqs = fitting.batches.map((batch) => batch.seq);
  await storeTransaction(relayer, {
    purpose: 'anchor',
    data: fitting.data,
    gasLimit: fitting.gasLimit,
    async attach(tx, transaction_seq) {
      await tx
        .updateTable('batches')
        .set({ state: 'sent', transaction_seq, failure: null })
        .where('seq', 'in', seqs)
        .execute();
    },
  });
  return true;
}

async function isUnderWay({ db, key }: Relayer): Promise<boolean> {
  const sent = await db
    .selectFrom('transactions')
    .select('seq')
    .where('sender', '=', key.address)
    .where('purpose', '=', 'anchor')
    .where('state', '=', 'stored')
    .limit(1)
    .executeTakeFirst();
  return sent !== undefined;
}

async function findSigned({ db, now }: Relayer): Promise<Signed[]> {
  const rows = await db
    .selectFrom('batches as b')
    .innerJoin('issuers as i', 'i.id', 'b.issuer_id')
    .selectAll('b')
    .select('i.number as issuer')
    .where('b.state', '=', 'signed')
    .where('i.state', '=', 'active')
    .where((where) => where.or([where('b.retry_at', 'is', null), where('b.retry_at', '<=', new Date(now()))]))
    .orderBy('b.seq')
    .limit(MOST_BATCHES)
    .execute();
  return rows as Signed[];
}

interface Fitting {
  batches: readonly Signed[];
  data: string;
  gasLimit: bigint;
}

/**
 * The batches that the registry takes together. One that it refuses waits and does not hold up the others; where it does not say
 * which one it refuses, half of them are tried, and so on.
 */
async function findFitting(relayer: Relayer, batches: readonly Signed[]): Promise<Fitting | null> {
  const data = encodeAnchor(batches.map(toSignedBatch));
  const { rpc, address } = relayer.registry;
  try {
    return {
      batches,
      data,
      gasLimit: await estimateGas(rpc, { from: relayer.key.address, to: address.address, data }),
    };
  } catch (error) {
    const { reason, index } = toRefusal(error);
    const refused = index === null && batches.length === 1 ? batches[0] : batches[index ?? -1];
    if (!refused) return findFitting(relayer, batches.slice(0, Math.ceil(batches.length / 2)));
    await postpone(relayer, refused, reason);
    const others = batches.filter((batch) => batch !== refused);
    return others.length === 0 ? null : findFitting(relayer, others);
  }
}

function toSignedBatch({ issuer, definition, root, size, signature }: Signed) {
  return { issuer, definition: decodeHex(definition), root, size, signature: signature as Buffer };
}

async function postpone({ db, now }: Relayer, batch: BatchRow, reason: string): Promise<void> {
  const attempts = batch.attempts + 1;
  await db
    .updateTable('batches')
    .set({ attempts, failure: `the chain refuses the batch: ${reason}`, retry_at: retryAt(now(), attempts) })
    .where('seq', '=', batch.seq)
    .execute();
}

type Carried = BatchRow & { transaction: TransactionRow };

/** Asks the chain what became of the batches whose transaction has ended, however it ended. */
export async function settleBatches(relayer: Relayer): Promise<void> {
  const logsOf = rememberLogs(relayer);
  for (const batch of await findCarried(relayer)) {
    const page = await relayer.registry.read(batch.id);
    const reading = page.batches[0];
    if (reading) await markAnchored(relayer, batch, { reading, log: await logsOf(batch) });
    else if (batch.transaction.state !== 'mined') await carryAgain(relayer, batch);
  }
}

/** The log of a batch in the block of our own transaction, if it is there. The logs of a block are asked for once: they tell of all its batches. */
function rememberLogs({ registry }: Relayer): (batch: Carried) => Promise<RegistryLog | undefined> {
  const blocks = new Map<number, Promise<RegistryLog[]>>();
  return async ({ id, transaction: { block_number: block } }) => {
    if (block === null) return undefined;
    const logs = blocks.get(block) ?? registry.logs('BatchAnchored', [], block);
    blocks.set(block, logs);
    return (await logs).find(({ args }) => args.batch === `0x${toHex(id)}`);
  };
}

async function findCarried({ db }: Relayer): Promise<Carried[]> {
  const rows = await db
    .selectFrom('batches as b')
    .innerJoin('transactions as t', 't.seq', 'b.transaction_seq')
    .selectAll('b')
    .select((select) => select.fn.toJson('t').as('transaction'))
    .where('b.state', '=', 'sent')
    .where('t.state', '!=', 'stored')
    .orderBy('b.seq')
    .execute();
  return rows as unknown as Carried[];
}

/** A batch that the chain has: which block and transaction put it there, and its place at its issuer. */
export async function markAnchored(
  relayer: Relayer,
  batch: BatchRow,
  found: { reading: BatchReading; log: RegistryLog | undefined },
): Promise<void> {
  const { reading } = found;
  const log = found.log ?? (await findAnchorLog(relayer, batch));
  failpoint('batch-anchor-seen');
  await relayer.db
    .updateTable('batches')
    .set({
      state: 'anchored',
      number: reading.number,
      anchored_at: new Date(reading.anchoredAt * 1000),
      block_number: log?.blockNumber ?? null,
      transaction_hash: log?.transactionHash ?? null,
      failure: null,
      attempts: 0,
      retry_at: null,
    })
    .where('seq', '=', batch.seq)
    .execute();
  failpoint('batch-anchored');
}

/** Searches the whole chain: for a batch that is not in the block of our own transaction, because somebody else was faster. */
export async function findAnchorLog(
  { registry }: Pick<Relayer, 'registry'>,
  { id }: { id: Uint8Array },
): Promise<RegistryLog | undefined> {
  return (await registry.logs('BatchAnchored', [null, null, `0x${toHex(id)}`]))[0];
}

async function carryAgain({ db, now }: Relayer, batch: Carried): Promise<void> {
  const attempts = batch.attempts + 1;
  await db
    .updateTable('batches')
    .set({ state: 'signed', transaction_seq: null, attempts, retry_at: retryAt(now(), attempts) })
    .where('seq', '=', batch.seq)
    .execute();
  failpoint('batch-carried-again');
}

/** A batch that the chain no longer has goes back to where it was before it was anchored. */
export async function forgetAnchor(tx: Tx, batch: BatchRow): Promise<void> {
  await tx
    .updateTable('batches')
    .set({
      state: 'signed',
      transaction_seq: null,
      number: null,
      anchored_at: null,
      block_number: null,
      transaction_hash: null,
    })
    .where('seq', '=', batch.seq)
    .execute();
  failpoint('anchor-forgotten');
}
