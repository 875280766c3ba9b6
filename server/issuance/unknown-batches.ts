import { isEqualBytes, toHex } from '../../proof/bytes.ts';
import { BATCHES_PER_PAGE, type BatchReading, type KeyReading, type PageReading } from '../../proof/reading.ts';
import { recordAudit } from '../audit/record.ts';
import { createServiceActor } from '../auth/policy.ts';
import type { RegistryLog } from '../chain/registry.ts';
import { failpoint } from '../failpoint.ts';
import { isGenuine } from '../signing-keys/disbelieved.ts';
import type { Db, IssuerRow, Tx, UnknownBatchRow, UnknownOutcome } from '../store/schema.ts';
import { emitEvents } from '../webhooks/event.ts';
import { ManifestError } from './manifest.ts';
import { type ReadBack, type ReadBackDeps, readBack } from './read-back.ts';

/*
 * The chain has a batch in the department's name that the database does not know: the department's key signed it, and this service did not.
 *   1. where its manifest is in the second store it is our own, younger than a backup that was restored, and is read back
 *   2. else it is kept with the key that signed it, so that every instance shows it, and the department is told: audit log, webhooks, console
 *   3. while verifiers believe it, the department is held (reconcile.ts)
 *   4. it is over when they do so no more, because its key was reported or it was made void; when it is known; when the chain has it no more
 */

export interface UnknownDeps extends ReadBackDeps {
  /** A batch that only the chain and its manifest knew is in the database again. */
  onReadBack(what: ReadBack & { department: string; batch: string }): void;
  /** The department has to be told of one. */
  onUnknown(what: { department: string; batch: string; key: string; transaction: string | null }): void;
}

export type BatchOfKey = BatchReading & { anchoredBy: KeyReading };

export function batchesOf(pages: readonly PageReading[]): BatchOfKey[] {
  return pages.flatMap(({ batches, keys }) =>
    batches.map((batch) => ({ ...batch, anchoredBy: keys.find(({ number }) => number === batch.key) as KeyReading })),
  );
}

/** A batch that could not be read back, and why. */
export interface Missing {
  reading: BatchOfKey;
  problem: string;
  /** Whether verifiers would call what is in it genuine. */
  isBelieved: boolean;
}

/**
 * Reads back what can be, keeps what cannot, and ends what was kept and is unknown no more. `unknown` are all that the chain has now and the
 * database has not. Only under the lock "relay": two that read back the same batch would be in each other's way.
 */
export async function takeUnknown(
  deps: UnknownDeps,
  issuer: IssuerRow,
  unknown: readonly BatchOfKey[],
): Promise<Missing[]> {
  const missing = await readAllBack(deps, issuer, unknown);
  const kept = await findWatched(deps.db, issuer);
  if (missing.length === 0 && kept.length === 0) return missing;
  await keepAll(deps, issuer, { missing, kept });
  const over = kept.filter(({ id }) => !missing.some(({ reading }) => isEqualBytes(reading.id, id)));
  const known = await findKnown(
    deps.db,
    issuer,
    over.map(({ id }) => id),
  );
  for (const row of over) await end(deps, issuer, { row, outcome: known.has(toHex(row.id)) ? 'known' : 'gone' });
  return missing;
}

async function readAllBack(deps: UnknownDeps, issuer: IssuerRow, unknown: readonly BatchOfKey[]): Promise<Missing[]> {
  const missing: Missing[] = [];
  for (const reading of unknown) {
    try {
      const taken = await readBack(deps, { issuer, reading });
      failpoint('batch-read-back');
      deps.onReadBack({ department: issuer.code, batch: toHex(reading.id), ...taken });
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      missing.push({ reading, problem: error.message, isBelieved: isGenuine(reading, reading.anchoredBy) });
    }
  }
  return missing;
}

/** Which of these the database has, in hexadecimal. */
export async function findKnown(db: Db, { id }: IssuerRow, ids: readonly Uint8Array[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const bytes = ids.map((one) => Buffer.from(one));
  const rows = await db
    .selectFrom('batches')
    .select('id')
    .where('issuer_id', '=', id)
    .where('id', 'in', bytes)
    .execute();
  return new Set(rows.map((row) => toHex(row.id)));
}

/** What may need another word: what is unknown now, and what only a judgement has ended, which the department's admin can take back. */
export function findWatched(db: Db, { id }: IssuerRow): Promise<UnknownBatchRow[]> {
  return db
    .selectFrom('unknown_batches')
    .selectAll()
    .where('issuer_id', '=', id)
    .where((where) => where.or([where('outcome', 'is', null), where('outcome', '=', 'disbelieved')]))
    .orderBy('number')
    .execute();
}

interface ToKeep {
  missing: readonly Missing[];
  kept: readonly UnknownBatchRow[];
}

async function keepAll(deps: UnknownDeps, issuer: IssuerRow, { missing, kept }: ToKeep): Promise<void> {
  const rows = new Map(kept.map((row) => [toHex(row.id), row]));
  const logOf = rememberLogs(deps, issuer.number as number);
  for (const { reading, isBelieved } of missing) {
    const row = rows.get(toHex(reading.id));
    const outcome = isBelieved ? null : 'disbelieved';
    if (row === undefined) await keep(deps, issuer, { reading, outcome, log: await logOf(reading) });
    else if (row.outcome !== outcome)
      await (outcome === null ? open(deps, issuer, row) : end(deps, issuer, { row, outcome }));
  }
}

/** Batches of one page are asked for once: a thief anchors many. */
function rememberLogs({ registry }: UnknownDeps, issuer: number) {
  const pages = new Map<number, Promise<RegistryLog[]>>();
  return async ({ id, number }: BatchReading): Promise<RegistryLog | undefined> => {
    const page = pageOf(number);
    const logs = pages.get(page) ?? registry.logs('BatchAnchored', [issuer, page, null]);
    pages.set(page, logs);
    return (await logs).find(({ args }) => args.batch === `0x${toHex(id)}`);
  };
}

export function pageOf(number: number): number {
  return Math.floor(number / BATCHES_PER_PAGE);
}

interface Found {
  reading: BatchOfKey;
  outcome: 'disbelieved' | null;
  log: RegistryLog | undefined;
}

/** Also what the chain lost and has again. */
async function keep(deps: UnknownDeps, issuer: IssuerRow, { reading, outcome, log }: Found): Promise<void> {
  const now = new Date(deps.now());
  const facts = {
    number: reading.number,
    transaction_hash: log?.transactionHash ?? null,
    block_number: log?.blockNumber ?? null,
    anchored_at: new Date(reading.anchoredAt * 1000),
    outcome,
    ended_at: outcome === null ? null : now,
  };
  const row = await deps.db.transaction().execute(async (tx) => {
    const kept = await tx
      .insertInto('unknown_batches')
      .values({
        issuer_id: issuer.id,
        id: Buffer.from(reading.id),
        size: reading.size,
        key: reading.anchoredBy.address,
        seen_at: now,
        ...facts,
      })
      .onConflict((conflict) => conflict.columns(['issuer_id', 'id']).doUpdateSet(facts))
      .returningAll()
      .executeTakeFirstOrThrow();
    if (outcome === null) await tell(tx, issuer, kept);
    return kept;
  });
  if (outcome === null) say(deps, issuer, row);
}

/** Its admin endorsed it: verifiers believe it again. */
async function open(deps: UnknownDeps, issuer: IssuerRow, row: UnknownBatchRow): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await change(tx, row, { outcome: null, ended_at: null });
    await tell(tx, issuer, row);
  });
  say(deps, issuer, row);
}

async function end(
  deps: UnknownDeps,
  issuer: IssuerRow,
  { row, outcome }: { row: UnknownBatchRow; outcome: UnknownOutcome },
): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    await change(tx, row, { outcome, ended_at: new Date(deps.now()) });
    if (row.outcome !== null) return;
    await recordAudit(tx, createServiceActor(issuer, 'reconciliation'), {
      act: 'batch.unknown-end',
      object: idOf(row),
      after: { outcome },
    });
  });
}

async function change(
  tx: Tx,
  { seq, issuer_id }: UnknownBatchRow,
  to: Pick<UnknownBatchRow, 'outcome' | 'ended_at'>,
): Promise<void> {
  await tx.updateTable('unknown_batches').set(to).where('issuer_id', '=', issuer_id).where('seq', '=', seq).execute();
}

async function tell(tx: Tx, issuer: IssuerRow, row: UnknownBatchRow): Promise<void> {
  const { key, size, transaction_hash: transaction, block_number: block } = row;
  const after = { key, size, transaction, block };
  const actor = createServiceActor(issuer, 'reconciliation');
  await recordAudit(tx, actor, { act: 'batch.unknown', object: idOf(row), after });
  const event = { batch: idOf(row), ...after, href: `/v1/signing-keys/${key}` };
  await emitEvents(tx, issuer.id, { type: 'batch.unknown', all: [event] });
}

function say({ onUnknown }: UnknownDeps, { code }: IssuerRow, row: UnknownBatchRow): void {
  onUnknown({ department: code, batch: idOf(row), key: row.key, transaction: row.transaction_hash });
}

function idOf({ id }: Pick<UnknownBatchRow, 'id'>): string {
  return `0x${toHex(id)}`;
}

export interface UnknownBatches {
  /** How many there are; `items` are the first of them. */
  count: number;
  items: {
    id: string;
    number: number;
    size: number;
    key: string;
    transaction: string | null;
    block: number | null;
    anchoredAt: string;
    seenAt: string;
  }[];
}

const MOST_SHOWN = 20;

/** What the department is to be told of now. */
export async function listUnknown(db: Db, { id }: IssuerRow): Promise<UnknownBatches> {
  const rows = await db
    .selectFrom('unknown_batches')
    .selectAll()
    .where('issuer_id', '=', id)
    .where('outcome', 'is', null)
    .orderBy('number')
    .limit(MOST_SHOWN)
    .execute();
  return { count: rows.length < MOST_SHOWN ? rows.length : await countUnknown(db, id), items: rows.map(toView) };
}

async function countUnknown(db: Db, issuerId: number): Promise<number> {
  const { n } = await db
    .selectFrom('unknown_batches')
    .select((from) => from.fn.countAll<string>().as('n'))
    .where('issuer_id', '=', issuerId)
    .where('outcome', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(n);
}

function toView(row: UnknownBatchRow): UnknownBatches['items'][number] {
  return {
    id: idOf(row),
    number: row.number,
    size: row.size,
    key: row.key,
    transaction: row.transaction_hash,
    block: row.block_number,
    anchoredAt: row.anchored_at.toISOString(),
    seenAt: row.seen_at.toISOString(),
  };
}
