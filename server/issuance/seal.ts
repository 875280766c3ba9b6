import { sql } from 'kysely';
import { MOST_LEAVES, sealBatch } from '../../proof/batch.ts';
import { decodeHex } from '../../proof/bytes.ts';
import { toHongKongDay } from '../../proof/day.ts';
import { batchId } from '../../proof/signature.ts';
import { failpoint } from '../failpoint.ts';
import { CLOCK_TOLERANCE_MS } from '../jobs/clock.ts';
import type { Db, Tx } from '../store/schema.ts';
import { failEndedCopies } from './copy-original.ts';
import { isWaiting } from './credential-state.ts';
import { isReleased } from './held.ts';
import { hashIntoWithOpenssl } from './openssl-hash.ts';
import type { IssuanceDeps } from './use-cases.ts';

export interface SealDeps extends Pick<IssuanceDeps, 'now' | 'randomBytes' | 'registry'> {
  db: Db;
  sealing: SealingRule;
}

/** A batch is sealed when `maxSize` credentials wait, or when the oldest has waited `maxWaitMs`. */
export interface SealingRule {
  maxSize: number;
  maxWaitMs: number;
}

/** Seals every batch that is due; how many. */
export async function sealDue(deps: SealDeps): Promise<number> {
  await failEndedCopies(deps.db, toHongKongDay(deps.now() / 1000));
  let sealed = 0;
  for (const group of await findDue(deps)) {
    while (await deps.db.transaction().execute((tx) => sealOne(tx, deps, group))) {
      sealed++;
      failpoint('batch-sealed');
    }
  }
  return sealed;
}

interface Group {
  issuer_id: number;
  /** The issuer's number in the registry. */
  issuer: number;
  type_number: number;
  definition: string;
}

function findDue({ db, sealing, now }: SealDeps): Promise<Group[]> {
  return (
    db
      .selectFrom('credentials_and_copies as c')
      .innerJoin('issuers as i', 'i.id', 'c.issuer_id')
      .select(['c.issuer_id', 'c.type_number', 'c.definition'])
      .select(sql<number>`i.number`.as('issuer'))
      .where(isWaiting('c'))
      .where(isReleased('c'))
      .where('i.state', '=', 'active')
      // without a key it could not be signed: what waits is sealed when there is one, in full batches
      .where('i.anchor_fault', 'is', null)
      .groupBy(['c.issuer_id', 'c.type_number', 'c.definition', 'i.number'])
      .having((having) =>
        having.or([
          having(having.fn.countAll<number>(), '>=', toSize(sealing)),
          having(having.fn.min('c.created_at'), '<=', new Date(now() - sealing.maxWaitMs)),
          having(having.fn.max('c.created_at'), '>', new Date(now() + CLOCK_TOLERANCE_MS)),
        ]),
      )
      .execute()
  );
}

export function toSize({ maxSize }: SealingRule): number {
  return Math.min(MOST_LEAVES, maxSize);
}

// Another instance may have taken the rows since the group was found: what is locked now decides whether a batch is due.
async function sealOne(tx: Tx, deps: SealDeps, group: Group): Promise<boolean> {
  const rows = await tx
    .selectFrom('credentials_and_copies')
    .select(['seq', 'content_hash', 'created_at'])
    .where('issuer_id', '=', group.issuer_id)
    .where('type_number', '=', group.type_number)
    .where(isWaiting('credentials_and_copies'))
    .where(isReleased('credentials_and_copies'))
    .orderBy('seq')
    .limit(toSize(deps.sealing))
    .forUpdate()
    .skipLocked()
    .execute();
  const isDue = rows.length >= toSize(deps.sealing) || rows.some((row) => hasWaited(row, deps));
  if (rows.length === 0 || !isDue) return false;
  await insertBatch(tx, deps, { group, rows: shuffle(rows, deps.randomBytes) });
  return true;
}

/** A time that lies ahead was written by a clock that was wrong: it says nothing of how long it has waited. */
function hasWaited({ created_at }: { created_at: Date }, { now, sealing }: SealDeps): boolean {
  const waitedMs = now() - created_at.getTime();
  return waitedMs >= sealing.maxWaitMs || -waitedMs > CLOCK_TOLERANCE_MS;
}

interface Sealing {
  group: Group;
  /** In the order of their leaves. */
  rows: readonly { seq: number; content_hash: Buffer }[];
}

/** The batch of these content hashes, in the order of their leaves. */
export function toBatch(
  { registry }: Pick<SealDeps, 'registry'>,
  { issuer, definition }: Pick<Group, 'issuer' | 'definition'>,
  contents: readonly Uint8Array[],
): { id: Uint8Array; root: Uint8Array; size: number } {
  const { root, size } = sealBatch(contents, hashIntoWithOpenssl);
  return { id: batchId(registry, { issuer, definition: decodeHex(definition), root, size }), root, size };
}

async function insertBatch(tx: Tx, deps: SealDeps, { group, rows }: Sealing): Promise<void> {
  const contents = rows.map((row) => row.content_hash);
  const { id, root, size } = toBatch(deps, group, contents);
  const { seq } = await tx
    .insertInto('batches')
    .values({
      id: Buffer.from(id),
      issuer_id: group.issuer_id,
      type_number: group.type_number,
      definition: group.definition,
      root: Buffer.from(root),
      size,
      state: 'open',
      created_at: new Date(deps.now()),
    })
    .returning('seq')
    .executeTakeFirstOrThrow();
  const seqs = rows.map((row) => row.seq);
  await sql`update credentials_and_copies as c set state = 'sealed', batch_seq = ${seq}, leaf = place.ordinality - 1
    from unnest(${seqs}::bigint[]) with ordinality as place(credential_seq, ordinality)
    where c.seq = place.credential_seq and c.issuer_id = ${group.issuer_id}`.execute(tx);
  failpoint('batch-placed');
}

/** A random order, so that a leaf's place tells nothing of when or in which order people applied. */
export function shuffle<T>(items: readonly T[], randomBytes: (sizeBytes: number) => Uint8Array): T[] {
  const shuffled = [...items];
  const random = new DataView(Uint8Array.from(randomBytes(4 * shuffled.length)).buffer);
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = random.getUint32(4 * i) % (i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j] as T, shuffled[i] as T];
  }
  return shuffled;
}
