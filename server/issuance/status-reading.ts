import { isEqualBytes } from '../../proof/bytes.ts';
import { toHongKongDay } from '../../proof/day.ts';
import type { RegistryReading } from '../../proof/nodes.ts';
import { believedRecords } from '../../proof/records.ts';
import type { CredentialRow, Db, Tx } from '../store/schema.ts';

/** What the chain says of one credential, as far as verifiers believe it. */
export interface Shown {
  revoked: boolean;
  /** Times are seconds since 1970 UTC. */
  suspension: { since: number; until: number | null } | null;
  /** Null also where the successor is none that the database knows. */
  successor: number | null;
  extendedUntil: number | null;
  /** The day of the block that shows it. */
  day: number;
}

interface ToRead {
  credential: Pick<CredentialRow, 'leaf'>;
  reading: RegistryReading;
  batch: { batch_id: Uint8Array };
}

export async function readStatus(tx: Db | Tx, { credential, reading, batch }: ToRead): Promise<Shown> {
  const found = reading.page.batches.find((candidate) => isEqualBytes(candidate.id, batch.batch_id));
  const bit = 1n << BigInt(credential.leaf as number);
  const record = reading.records.find(({ leaf }) => leaf === credential.leaf);
  const { succession = null, suspension = null, lift = null, extension = null } = record ? believedRecords(record) : {};
  return {
    revoked: ((found?.revoked ?? 0n) & bit) !== 0n,
    suspension: suspension && !lift ? { since: suspension.at, until: suspension.until } : null,
    successor: succession && (await findLeaf(tx, succession)),
    extendedUntil: extension?.validUntil ?? null,
    day: toHongKongDay(reading.block.time),
  };
}

async function findLeaf(tx: Db | Tx, { batch, leaf }: { batch: Uint8Array; leaf: number }): Promise<number | null> {
  const row = await tx
    .selectFrom('credentials as c')
    .innerJoin('batches as b', 'b.seq', 'c.batch_seq')
    .select('c.seq')
    .where('b.id', '=', Buffer.from(batch))
    .where('c.leaf', '=', leaf)
    .executeTakeFirst();
  return row?.seq ?? null;
}

/** Keeps it as what the chain was last seen to say. */
export async function keepShown(tx: Tx, { seq }: Pick<CredentialRow, 'seq'>, shown: Shown): Promise<void> {
  await tx.updateTable('credentials_and_copies').set(toColumns(shown)).where('seq', '=', seq).execute();
}

export function toColumns({ revoked, suspension, successor, extendedUntil }: Shown) {
  return {
    revoked,
    suspended: suspension !== null,
    suspended_at: suspension && new Date(suspension.since * 1000),
    suspended_until: suspension?.until ?? null,
    superseded_by_seq: successor,
    extended_until: extendedUntil,
  };
}
