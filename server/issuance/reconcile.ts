import { toHex } from '../../proof/bytes.ts';
import type { BatchReading, KeyReading } from '../../proof/reading.ts';
import { AppError } from '../app-error.ts';
import { readAllPages } from '../chain/registry-state.ts';
import { type Relayer, settleTransactions } from '../chain/relayer.ts';
import { failpoint } from '../failpoint.ts';
import { isGenuine } from '../signing-keys/disbelieved.ts';
import type { BatchRow, IssuerRow } from '../store/schema.ts';
import { forgetAnchor, markAnchored, settleBatches } from './anchor.ts';
import { adoptPosted, settleNotices } from './carry-notices.ts';
import { settleStatusChanges } from './carry-status.ts';
import { ManifestError } from './manifest.ts';
import { type ReadBack, type ReadBackDeps, readBack } from './read-back.ts';

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

export interface ReconcileDeps extends ReadBackDeps {
  /** A batch that only the chain and its manifest knew is in the database again. */
  onReadBack(what: ReadBack & { department: string; batch: string }): void;
}

async function requireChain({ registry }: Relayer): Promise<void> {
  const chainId = Number(await registry.rpc.call<string>('eth_chainId', []));
  if (chainId !== registry.address.chainId)
    throw new AppError('CHAIN_REFUSED', `the chain's id is ${chainId}, expected ${registry.address.chainId}`);
  const code = await registry.rpc.call<string>('eth_getCode', [registry.address.address, 'latest']);
  if (code === '0x') throw new AppError('CHAIN_REFUSED', `there is no contract at ${registry.address.address}`);
}

async function reconcileIssuer(deps: ReconcileDeps, issuer: IssuerRow): Promise<void> {
  const onChain = await readBatches(deps, issuer.number as number);
  const known = await deps.db.selectFrom('batches').selectAll().where('issuer_id', '=', issuer.id).execute();
  const byId = new Map(known.map((batch) => [toHex(batch.id), batch]));
  const found = new Set(onChain.map(({ id }) => toHex(id)));
  for (const reading of onChain) await markIfUnsent(deps, byId.get(toHex(reading.id)), reading);
  const lost = known.filter((batch) => batch.number !== null && !found.has(toHex(batch.id)));
  for (const batch of lost.filter(({ state }) => state === 'anchored'))
    await deps.db.transaction().execute((tx) => forgetAnchor(tx, batch));
  const unknown = onChain.filter(({ id }) => !byId.has(toHex(id)));
  const missing = await readAllBack(deps, issuer, unknown);
  // what a thief anchored harms nobody once its key is reported
  const believed = missing.filter(({ isBelieved }) => isBelieved);
  const gone = lost.filter(({ state }) => state === 'final');
  await setHold(deps, issuer, toHoldReason(believed, gone));
}

interface Missing {
  /** Whether verifiers would call what is in it genuine. */
  isBelieved: boolean;
  id: string;
  problem: string;
}

/** Those that could not be read back, and why. */
async function readAllBack(deps: ReconcileDeps, issuer: IssuerRow, unknown: readonly BatchOfKey[]) {
  const missing: Missing[] = [];
  for (const reading of unknown) {
    const id = toHex(reading.id);
    try {
      const taken = await readBack(deps, { issuer, reading });
      failpoint('batch-read-back');
      deps.onReadBack({ department: issuer.code, batch: id, ...taken });
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      missing.push({ id, problem: error.message, isBelieved: isGenuine(reading, reading.anchoredBy) });
    }
  }
  return missing;
}

type BatchOfKey = BatchReading & { anchoredBy: KeyReading };

async function readBatches({ registry }: Relayer, issuer: number): Promise<BatchOfKey[]> {
  const pages = await readAllPages(registry, issuer);
  return pages.flatMap(({ batches, keys }) =>
    batches.map((batch) => ({ ...batch, anchoredBy: keys.find(({ number }) => number === batch.key) as KeyReading })),
  );
}

async function markIfUnsent(relayer: Relayer, batch: BatchRow | undefined, reading: BatchReading): Promise<void> {
  if (batch && (batch.state === 'signed' || batch.state === 'sent'))
    await markAnchored(relayer, batch, { reading, log: undefined });
}

function toHoldReason(missing: readonly Missing[], gone: readonly BatchRow[]): string | null {
  const [first] = missing;
  if (first)
    return `the chain has ${missing.length} of its batches that this database does not know (0x${first.id}: ${first.problem}): restore the newest backup, or put their manifests into the data folder, and start again`;
  if (gone.length > 0)
    return `the chain does not have ${gone.length} of its batches that were final: this is another chain, or one that was rewound`;
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
