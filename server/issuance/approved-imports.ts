import { sql } from 'kysely';
import type { CredentialRow, Tx } from '../store/schema.ts';

/**
 * Of rows that came by a file which waits for approval, those that too few people approved, or not as they are: the hash of the part of the file in
 * which a row stands is made again, and must lead to the hash that was approved (imports/parts.ts).
 */
export async function findUnapprovedImported(
  tx: Tx,
  rows: readonly Pick<CredentialRow, 'seq' | 'issuer_id' | 'import_seq'>[],
): Promise<number[]> {
  const imports = [...new Set(rows.flatMap(({ import_seq }) => (import_seq === null ? [] : [import_seq])))];
  if (imports.length === 0) return [];
  const issuers = [...new Set(rows.map(({ issuer_id }) => issuer_id))];
  const { rows: found } = await sql<{ seq: number }>`
    with approved as materialized (
      select i.seq from imports i
      where i.issuer_id = any (${issuers}) and i.seq = any (${imports}) and i.for_approval
        and i.state in ('approved', 'completed')
        and i.contents_sha256 = (
          select sha256(string_agg(p.sha256, '' order by p.first_seq)) from import_parts p where p.import_seq = i.seq)
        and coalesce(i.approvals_needed, 1) <= (
          select count(distinct a.actor) from approvals a
          where a.import_seq = i.seq and a.content_hash = i.contents_sha256)
    ),
    asked as materialized (
      select c.seq, c.import_seq from credentials c join imports i on i.seq = c.import_seq
      where c.issuer_id = any (${issuers}) and c.seq = any (${rows.map(({ seq }) => seq)}::bigint[]) and i.for_approval
    ),
    same as materialized (
      select p.import_seq, p.first_seq, p.last_seq from import_parts p join approved a on a.seq = p.import_seq
      where exists (
          select from asked where asked.import_seq = p.import_seq and asked.seq between p.first_seq and p.last_seq)
        and p.sha256 = (
          select sha256(string_agg(c.content_hash, '' order by c.seq)) from credentials c
          where c.import_seq = p.import_seq and c.seq between p.first_seq and p.last_seq)
    )
    select asked.seq from asked
    where not exists (
      select from same where same.import_seq = asked.import_seq and asked.seq between same.first_seq and same.last_seq)
  `.execute(tx);
  return found.map(({ seq }) => seq);
}
