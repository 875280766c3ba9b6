import { Transaction } from 'ethers';
import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import { failpoint } from '../failpoint.ts';
import type { SigningKey } from '../keys/signing-key.ts';
import type { Db, TransactionRow, Tx } from '../store/schema.ts';
import type { Registry } from './registry.ts';
import { countTransactions, findReceipt, readFees, sendRaw, signTransaction } from './transaction.ts';

/*
 * The life of a transaction. One instance at a time does this, under the lock "relay".
 *   1. stored    signed and written together with what it carries, before any node hears of it
 *   2.           sent; and sent again, the same bytes, until it is mined
 *   3. mined, reverted    its receipt was seen
 *   4. lost      something else used its nonce: what it carried is asked for on the chain and carried again where it is not there
 *      replaced  its fee was too low: the same call under the same nonce for a higher fee took its place
 * A mined transaction that the chain forgets is stored again, and so goes back to 2.
 */

export interface Relayer {
  db: Db;
  registry: Registry;
  key: SigningKey;
  now(): number;
}

export interface Carriage {
  purpose: TransactionRow['purpose'];
  data: string;
  gasLimit: bigint;
  /** Ties what is carried to the transaction, in the same database transaction. */
  attach(tx: Tx, transactionSeq: number): Promise<void>;
}

const RESEND_AFTER_MS = 3_000;
const REPRICE_AFTER_MS = 30_000;

/** Signs and stores a transaction; `settleTransactions` sends it. */
export async function storeTransaction(relayer: Relayer, carriage: Carriage): Promise<void> {
  const { db, registry, key } = relayer;
  const sender = key.address;
  const mined = await countTransactions(registry.rpc, sender, 'latest');
  const fees = await readFees(registry.rpc);
  const { chainId, address: to } = registry.address;
  await db.transaction().execute(async (tx) => {
    const nonce = Math.max(mined, await nextStoredNonce(tx, sender));
    const { data, gasLimit, purpose } = carriage;
    const signed = signTransaction(key, { chainId, nonce, to, data, gasLimit, fees });
    const { seq } = await tx
      .insertInto('transactions')
      .values({ sender, nonce, ...signed, purpose, state: 'stored', created_at: new Date(relayer.now()) })
      .returning('seq')
      .executeTakeFirstOrThrow();
    await carriage.attach(tx, seq);
    failpoint('transaction-signed');
  });
  failpoint('transaction-stored');
}

async function nextStoredNonce(tx: Tx, sender: string): Promise<number> {
  const { last } = await tx
    .selectFrom('transactions')
    .select((from) => from.fn.max('nonce').as('last'))
    .where('sender', '=', sender)
    .where('state', 'not in', ['lost', 'replaced'])
    .executeTakeFirstOrThrow();
  return last === null ? 0 : Number(last) + 1;
}

/** Sends what is stored and not mined, and notes what became of what was sent. */
export async function settleTransactions(relayer: Relayer): Promise<void> {
  const { db, registry, key } = relayer;
  const count = await countTransactions(registry.rpc, key.address, 'latest');
  await reopenForgotten(db, key.address, count);
  const open = await db
    .selectFrom('transactions')
    .selectAll()
    .where('sender', '=', key.address)
    .where('state', '=', 'stored')
    .orderBy('nonce')
    .execute();
  for (const row of open) await settle(relayer, row, count);
}

async function reopenForgotten(db: Db, sender: string, count: number): Promise<void> {
  await db
    .updateTable('transactions')
    .set({ state: 'stored', block_number: null, sent_at: null })
    .where('sender', '=', sender)
    .where('state', 'in', ['mined', 'reverted'])
    .where('nonce', '>=', count)
    .execute();
}

async function settle(relayer: Relayer, row: TransactionRow, count: number): Promise<void> {
  if (await noteReceipt(relayer, row)) return;
  if (row.nonce < count) {
    // the count was read before the receipt was asked for: it can only have been mined in between, or never
    await setState(relayer.db, row, { state: 'lost' });
    failpoint('transaction-lost');
    return;
  }
  const sentAgoMs = row.sent_at === null ? Number.POSITIVE_INFINITY : relayer.now() - row.sent_at.getTime();
  if (sentAgoMs < RESEND_AFTER_MS) return;
  const isOld = relayer.now() - row.created_at.getTime() > REPRICE_AFTER_MS;
  if (isOld && (await reprice(relayer, row))) return;
  await send(relayer, row);
}

async function send(relayer: Relayer, row: TransactionRow): Promise<void> {
  const { outcome, reason } = await sendRaw(relayer.registry.rpc, row.raw);
  failpoint('transaction-sent');
  await setState(relayer.db, row, { sent_at: new Date(relayer.now()) });
  failpoint('transaction-send-noted');
  if (await noteReceipt(relayer, row)) return;
  if (outcome === 'underpriced') await reprice(relayer, row);
  else if (outcome === 'refused') throw new AppError('CHAIN_REFUSED', `a node refuses a transaction: ${reason}`);
}

async function noteReceipt({ db, registry }: Relayer, row: TransactionRow): Promise<boolean> {
  const receipt = await findReceipt(registry.rpc, row.hash);
  if (!receipt) return false;
  failpoint('receipt-seen');
  const { isSuccess, blockNumber } = receipt;
  await setState(db, row, { state: isSuccess ? 'mined' : 'reverted', block_number: blockNumber });
  failpoint('receipt-noted');
  return true;
}

async function setState(db: Db, row: TransactionRow, change: Partial<TransactionRow>): Promise<void> {
  await db.updateTable('transactions').set(change).where('seq', '=', row.seq).execute();
}

/** The same call under the same nonce, where today's fees are so much higher that nodes take it in the old one's place. */
async function reprice(relayer: Relayer, row: TransactionRow): Promise<boolean> {
  const { db, registry, key } = relayer;
  const old = Transaction.from(row.raw);
  const fees = await readFees(registry.rpc);
  const paid = old.maxFeePerGas ?? old.gasPrice ?? 0n;
  const offered = fees.maxFeePerGas ?? fees.tip;
  if (offered === 0n || offered * 8n < paid * 9n) return false;
  const { chainId, address: to } = registry.address;
  const call = { chainId, nonce: row.nonce, to, data: old.data, gasLimit: old.gasLimit, fees };
  const signed = signTransaction(key, call);
  await db.transaction().execute(async (tx) => {
    await tx.updateTable('transactions').set({ state: 'replaced' }).where('seq', '=', row.seq).execute();
    const { sender, nonce, purpose } = row;
    const { seq } = await tx
      .insertInto('transactions')
      .values({ sender, nonce, purpose, ...signed, state: 'stored', created_at: new Date(relayer.now()) })
      .returning('seq')
      .executeTakeFirstOrThrow();
    await sql`update batches set transaction_seq = ${seq} where transaction_seq = ${row.seq}`.execute(tx);
    await sql`update notice_posts set transaction_seq = ${seq} where transaction_seq = ${row.seq}`.execute(tx);
    await sql`update status_changes set transaction_seq = ${seq} where transaction_seq = ${row.seq}`.execute(tx);
  });
  failpoint('transaction-repriced');
  return true;
}

const LONGEST_WAIT_MS = 60_000;

/** When to try again what failed for the n-th time. */
export function retryAt(nowMs: number, attempts: number): Date {
  return new Date(nowMs + Math.min(LONGEST_WAIT_MS, 500 * 2 ** Math.min(attempts, 10)));
}
