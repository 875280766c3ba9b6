import { sql } from 'kysely';
import { failpoint } from '../failpoint.ts';
import type { AuditRecordRow, Db, Tx } from '../store/schema.ts';
import { withLock } from '../store/store.ts';
import { chainStart, hashRecord, PLATFORM, toRecord } from './record.ts';

const MOST_AT_ONCE = 2_000;

type Unlinked = AuditRecordRow & { code_of_issuer: string | null };

/**
 * Gives what was recorded since the last time its places in the chains of its departments; whether there may be more. Writers do not
 * wait for each other for the hash before: one linker does it for all, after their commits. A crash leaves records unlinked, never
 * half linked; the next linker goes on.
 */
export async function linkRecords(db: Db): Promise<boolean> {
  const count = await withLock(db, 'audit', () => db.transaction().execute(linkSome));
  return count === MOST_AT_ONCE;
}

async function linkSome(tx: Tx): Promise<number> {
  const rows: Unlinked[] = await tx
    .selectFrom('audit_records as r')
    .leftJoin('issuers as i', 'i.id', 'r.issuer_id')
    .selectAll('r')
    .select('i.code as code_of_issuer')
    .where('r.position', 'is', null)
    .orderBy('r.seq')
    .limit(MOST_AT_ONCE)
    .execute();
  for (const chain of Map.groupBy(rows, (row) => row.issuer_id).values()) await linkChain(tx, chain);
  return rows.length;
}

async function linkChain(tx: Tx, rows: readonly Unlinked[]): Promise<void> {
  const { issuer_id, code_of_issuer } = rows[0] as Unlinked;
  const issuer = code_of_issuer ?? PLATFORM;
  let { position, hash } = (await findHead(tx, issuer_id)) ?? { position: 0, hash: chainStart(issuer) };
  const links = rows.map((row) => {
    position++;
    hash = hashRecord(hash, toRecord(row, { position, issuer }));
    return { seq: row.seq, position, hash };
  });
  await sql`update audit_records r set position = link.position, hash = link.hash
    from unnest(${links.map(({ seq }) => seq)}::bigint[], ${links.map((link) => link.position)}::bigint[],
      ${links.map((link) => link.hash)}::bytea[]) as link(seq, position, hash)
    where r.seq = link.seq`.execute(tx);
  failpoint('records-linked');
}

/** The newest linked record of a chain; null for the platform's own. */
export async function findHead(
  tx: Db | Tx,
  issuerId: number | null,
): Promise<{ position: number; hash: Buffer } | undefined> {
  const head = await tx
    .selectFrom('audit_records')
    .select(['position', 'hash'])
    .where(sql<boolean>`coalesce(issuer_id, 0) = ${issuerId ?? 0}`)
    .where('position', 'is not', null)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst();
  return head as { position: number; hash: Buffer } | undefined;
}
