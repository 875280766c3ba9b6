import { toHex } from '../../proof/bytes.ts';
import type { BatchReading } from '../../proof/reading.ts';
import { AppError } from '../app-error.ts';
import { readAllPages } from '../chain/registry-state.ts';
import { type Relayer, settleTransactions } from '../chain/relayer.ts';
import type { BatchRow, IssuerRow } from '../store/schema.ts';
import { forgetAnchor, markAnchored, settleBatches } from './anchor.ts';
import { adoptPosted, settleNotices } from './carry-notices.ts';
import { settleStatusChanges } from './carry-status.ts';
import { batchesOf, type Missing, takeUnknown, type UnknownDeps } from './unknown-batches.ts';

/**
 * Asks the chain what is true, before anything new is sealed or sent.
 *   1. the chain is the one that the configuration names
 *   2. every transaction under way, and what it carried; notices that wait and are there already
 *   3. every issuer's batches: those that the chain has and this database holds for unsent are anchored; those that the chain lost are
 *      sent again; those that this database does not know are read back from their manifests; an issuer is held, and issues nothing, while one
 *      of them is not
 * @throws AppError CHAIN_UNREACHABLE, CHAIN_REFUSED
 */
export async function reconcile(deps: ReconcileDeps): Promise<void> {
  await requireChain(deps);
  await settleTransactions(deps);
  await settleBatches(deps);
  await settleStatusChanges(deps);
  await settleNotices(deps);
  await adoptPosted(deps);
  const issuers = await deps.db.selectFrom('issuers').selectAll().where('number', 'is not', null).execute();
  for (const issuer of issuers) await reconcileIssuer(deps, issuer);
}

export type ReconcileDeps = Relayer & UnknownDeps;

async function requireChain({ registry }: Relayer): Promise<void> {
  const chainId = Number(await registry.rpc.call<string>('eth_chainId', []));
  if (chainId !== registry.address.chainId)
    throw new AppError('CHAIN_REFUSED', `the chain's id is ${chainId}, expected ${registry.address.chainId}`);
  const code = await registry.rpc.call<string>('eth_getCode', [registry.address.address, 'latest']);
  if (code === '0x') throw new AppError('CHAIN_REFUSED', `there is no contract at ${registry.address.address}`);
}

/** All batches of one department, under the lock "relay". */
export async function reconcileIssuer(deps: ReconcileDeps, issuer: IssuerRow): Promise<void> {
  const onChain = batchesOf(await readAllPages(deps.registry, issuer.number as number));
  const known = await deps.db.selectFrom('batches').selectAll().where('issuer_id', '=', issuer.id).execute();
  const byId = new Map(known.map((batch) => [toHex(batch.id), batch]));
  const found = new Set(onChain.map(({ id }) => toHex(id)));
  for (const reading of onChain) await markIfUnsent(deps, byId.get(toHex(reading.id)), reading);
  const lost = known.filter((batch) => batch.number !== null && !found.has(toHex(batch.id)));
  for (const batch of lost.filter(({ state }) => state === 'anchored'))
    await deps.db.transaction().execute((tx) => forgetAnchor(tx, batch));
  const unknown = onChain.filter(({ id }) => !byId.has(toHex(id)));
  const missing = await takeUnknown(deps, issuer, unknown);
  if (await holdFor(deps, issuer, missing)) return;
  const gone = lost.filter(({ state }) => state === 'final');
  await setHold(deps, issuer, gone.length === 0 ? null : toGoneReason(gone));
}

/** Holds the department for what nobody here knows; whether there is any. What a thief anchored harms nobody once its key is reported. */
export async function holdFor(deps: Relayer, issuer: IssuerRow, missing: readonly Missing[]): Promise<boolean> {
  const believed = missing.filter(({ isBelieved }) => isBelieved);
  const [first] = believed;
  if (first) await setHold(deps, issuer, toUnknownReason(first, believed.length));
  return first !== undefined;
}

async function markIfUnsent(relayer: Relayer, batch: BatchRow | undefined, reading: BatchReading): Promise<void> {
  if (batch && (batch.state === 'signed' || batch.state === 'sent'))
    await markAnchored(relayer, batch, { reading, log: undefined });
}

function toUnknownReason({ reading, problem }: Missing, count: number): string {
  return `the chain has ${count} of its batches that this database does not know (0x${toHex(reading.id)}: ${problem}): restore the newest backup, or put their manifests into the data folder; where there are none, report the key that signed them`;
}

function toGoneReason(gone: readonly BatchRow[]): string {
  return `the chain does not have ${gone.length} of its batches that were final: this is another chain, or one that was rewound`;
}

async function setHold({ db }: Relayer, issuer: IssuerRow, reason: string | null): Promise<void> {
  if (reason === null ? issuer.state !== 'held' : reason === issuer.held_reason && issuer.state === 'held') return;
  await db
    .updateTable('issuers')
    .set({ state: reason === null ? 'active' : 'held', held_reason: reason })
    .where('id', '=', issuer.id)
    .execute();
}
