import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import type { ImportRow, Tx } from '../store/schema.ts';
import { sha256 } from './split.ts';

/*
 * What an approval of a file is for: a hash over the content hashes of its rows, in their order. It is made of the hashes of parts of some thousand
 * rows, so that whoever signs a few of them reads their part again, and not the file.
 */

/** As many as two batches have: to hash them again is little beside signing one. */
const PART_ROWS = 4096;

/** @returns what an approval is for */
export async function fixParts(tx: Tx, { issuer_id, seq }: ImportRow): Promise<Buffer> {
  await sql`
    insert into import_parts (issuer_id, import_seq, first_seq, last_seq, first_line, last_line, sha256)
    select ${issuer_id}, ${seq}, min(seq), max(seq), min(import_line), max(import_line), sha256(string_agg(content_hash, '' order by seq))
    from (
      select seq, import_line, content_hash, (row_number() over (order by seq) - 1) / ${PART_ROWS} as part from credentials
      where issuer_id = ${issuer_id} and import_seq = ${seq}
    ) as rows group by part`.execute(tx);
  const parts = await tx
    .selectFrom('import_parts')
    .select('sha256')
    .where('issuer_id', '=', issuer_id)
    .where('import_seq', '=', seq)
    .orderBy('first_seq')
    .execute();
  return sha256(Buffer.concat(parts.map((part) => part.sha256)));
}

/** How many are a sample. */
const SAMPLE_ROWS = 20;

/** Rows that nobody could choose, because the hash of the whole file says which. */
export async function chooseSample(tx: Tx, { issuer_id, seq }: ImportRow, contents: Buffer): Promise<number[]> {
  const rows = await tx
    .selectFrom('credentials')
    .select('seq')
    .where('issuer_id', '=', issuer_id)
    .where('import_seq', '=', seq)
    .orderBy(sql`sha256(${contents}::bytea || content_hash)`)
    .limit(SAMPLE_ROWS)
    .execute();
  return rows.map((row) => row.seq);
}

/** The rows are those that were handed in, each as it was. @throws AppError CONTENT_CHANGED */
export async function requireSameRows(tx: Tx, { issuer_id, seq, ready, contents_sha256 }: ImportRow): Promise<void> {
  const { rows } = await sql<{ count: number; same: boolean | null; contents: Buffer | null }>`
    with parts as (
      select p.first_seq, p.sha256, count(c.seq) as count, sha256(string_agg(c.content_hash, '' order by c.seq)) as now
      from import_parts p
      left join credentials c on c.issuer_id = p.issuer_id and c.import_seq = p.import_seq
        and c.seq between p.first_seq and p.last_seq
      where p.issuer_id = ${issuer_id} and p.import_seq = ${seq}
      group by p.first_seq, p.sha256
    )
    select coalesce(sum(count), 0)::bigint as count, bool_and(now = sha256) as same,
      sha256(string_agg(sha256, '' order by first_seq)) as contents from parts`.execute(tx);
  const [found] = rows;
  const isSame =
    found?.same === true &&
    found.count === ready &&
    contents_sha256 !== null &&
    found.contents?.equals(contents_sha256);
  if (!isSame)
    throw new AppError('CONTENT_CHANGED', 'what is stored is not what was handed in: return the file to its preparer');
}
