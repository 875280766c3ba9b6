import { toHex } from '../../proof/bytes.ts';
import { BATCHES_PER_PAGE, type BatchReading } from '../../proof/reading.ts';
import { AppError } from '../app-error.ts';
import { type Relayer, settleTransactions } from '../chain/relayer.ts';
import type { BatchRow, IssuerRow } from '../store/schema.ts';
import { forgetAnchor, markAnchored, settleBatches } from './anchor.ts';
import { settleStatusChanges } from './carry-status.ts';

/**
 * Asks the chain what is true, before anything new is sealed or sent.
 *   1. the chain is the one that the configuration names
 *   2. every transaction under way, and what it carried
 *   3. every issuer's batches: those that the chain has and this database holds for unsent are anchored; those that the chain lost are
 *      sent again; an issuer with batches that this database does not know is held, and issues nothing, until they are read back
 * @throws AppError CHAIN_UNREACHABLE, CHAIN_REFUSED
 */
export async function reconcile(relayer: Relayer): Promise<void> {
  await requireChain(relayer);
  await settleTransactions(relayer);
  await settleBatches(relayer);
  await settleStatusChanges(relayer);
  const issuers = await relayer.db.selectFrom('issuers').selectAll().where('number', 'is not', null).execute();
  for (const issuer of issuers) await reconcileIssuer(relayer, issuer);
}

async function requireChain({ registry }: Relayer): Promise<void> {
  const chainId = Number(await registry.rpc.call<string>('eth_chainId', []));
  if (chainId !== registry.address.chainId)
    throw new AppError('CHAIN_REFUSED', `the chain's id is ${chainId}, expected ${registry.address.chainId}`);
  const code = await registry.rpc.call<string>('eth_getCode', [registry.address.address, 'latest']);
  if (code === '0x') throw new AppError('CHAIN_REFUSED', `there is no contract at ${registry.address.address}`);
}

async function reconcileIssuer(relayer: Relayer, issuer: IssuerRow): Promise<void> {
  const onChain = await readBatches(relayer, issuer.number as number);
  const known = await relayer.db.selectFrom('batches').selectAll().where('issuer_id', '=', issuer.id).execute();
  const byId = new Map(known.map((batch) => [toHex(batch.id), batch]));
  const unknown = onChain.filter(({ id }) => !byId.has(toHex(id)));
  const found = new Set(onChain.map(({ id }) => toHex(id)));
  for (const reading of onChain) await markIfUnsent(relayer, byId.get(toHex(reading.id)), reading);
  const lost = known.filter((batch) => batch.number !== null && !found.has(toHex(batch.id)));
  for (const batch of lost.filter(({ state }) => state === 'anchored'))
    await relayer.db.transaction().execute((tx) => forgetAnchor(tx, batch));
  await setHold(
    relayer,
    issuer,
    toHoldReason(
      unknown,
      lost.filter(({ state }) => state === 'final'),
    ),
  );
}

async function readBatches({ registry }: Relayer, issuer: number): Promise<BatchReading[]> {
  const first = await registry.readPage(issuer, 0);
  const batches = [...first.batches];
  for (let page = 1; page * BATCHES_PER_PAGE < first.batchCount; page++)
    batches.push(...(await registry.readPage(issuer, page)).batches);
  return batches;
}

async function markIfUnsent(relayer: Relayer, batch: BatchRow | undefined, reading: BatchReading): Promise<void> {
  if (batch && (batch.state === 'signed' || batch.state === 'sent'))
    await markAnchored(relayer, batch, { reading, minedIn: null });
}

function toHoldReason(unknown: readonly BatchReading[], lost: readonly BatchRow[]): string | null {
  const [first] = unknown;
  if (first)
    return `the chain has ${unknown.length} of its batches that this database does not know (first 0x${toHex(first.id)}): restore the newest backup, or read their manifests back`;
  if (lost.length > 0)
    return `the chain does not have ${lost.length} of its batches that were final: this is another chain, or one that was rewound`;
  return null;
}

async function setHold({ db }: Relayer, issuer: IssuerRow, reason: string | null): Promise<void> {
  if (reason === null && issuer.state !== 'held') return;
  await db
    .updateTable('issuers')
    .set({ state: reason === null ? 'active' : 'held', held_reason: reason })
    .where('id', '=', issuer.id)
    .execute();
}
