import { sql } from 'kysely';
import { lockParents } from '../issuance/parent.ts';
import { followsParent, type ParentStanding } from '../issuance/parent-rule.ts';
import type { OpenType } from '../issuance/prepare.ts';
import type { IssuanceDeps } from '../issuance/use-cases.ts';
import type { ImportRow, Tx } from '../store/schema.ts';

/**
 * Rows that were held until the whole file was there, or approved, of which the parent has ended meanwhile: nobody was offered to end them with it,
 * because nothing shows them. Each becomes a row with an error, so that the file is refused. The caller has the import's row locked.
 */
export async function refuseOrphans(tx: Tx, row: ImportRow, type: Pick<OpenType, 'type'>): Promise<ImportRow> {
  if (!row.holds || type.type.lifecycle.parent === null) return row;
  const parents = await tx
    .selectFrom('credentials')
    .select('parent_seq')
    .distinct()
    .where('issuer_id', '=', row.issuer_id)
    .where('import_seq', '=', row.seq)
    .where('parent_seq', 'is not', null)
    .orderBy('parent_seq')
    .execute();
  const standings = await lockParents(
    tx,
    row.issuer_id,
    parents.map(({ parent_seq }) => parent_seq as number),
  );
  const count = await reportOrphans(tx, row, { standings, follows: followsParent(type) });
  if (count === 0) return row;
  return tx
    .updateTable('imports')
    .set((set) => ({ malformed: set('malformed', '+', count), ready: set('ready', '-', count) }))
    .where('issuer_id', '=', row.issuer_id)
    .where('seq', '=', row.seq)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Of an import. */
export function typeOf({ findDefinition }: Pick<IssuanceDeps, 'findDefinition'>, { definition }: ImportRow) {
  const type = findDefinition(definition);
  if (!type) throw new Error(`the catalogue has no credential type with the hash ${definition}`);
  return type;
}

/** What `refuseOrphans` reported is no credential: for files that were neither shown nor approved yet. */
export async function dropOrphans(tx: Tx, { issuer_id, seq }: ImportRow): Promise<void> {
  await sql`
    delete from credentials c using import_errors e
    where c.issuer_id = ${issuer_id} and c.import_seq = ${seq} and c.batch_seq is null
      and e.issuer_id = c.issuer_id and e.import_seq = c.import_seq and e.line = c.import_line
      and e.code = ${CODE}`.execute(tx);
}

const CODE = 'PARENT_ENDED';
const MESSAGE = '"parent" has ended since this row was sent, or ends earlier now: send the file again without it';

async function reportOrphans(
  tx: Tx,
  { issuer_id, seq, columns }: ImportRow,
  { standings, follows }: { standings: readonly ParentStanding[]; follows: boolean },
): Promise<number> {
  const ending = standings.filter(({ hasEnded, end }) => hasEnded || end !== null);
  if (ending.length === 0) return 0;
  const column = columns?.find((name) => name.trim().toLowerCase() === 'parent') ?? null;
  const { numAffectedRows } = await sql`
    insert into import_errors (issuer_id, import_seq, line, place, kind, pointer, csv_column, code, message)
    select c.issuer_id, c.import_seq, c.import_line, 0, 'malformed', '/parent', ${column}, ${CODE}, ${MESSAGE}
    from credentials c join unnest(
      ${ending.map(({ seq: parent }) => parent)}::bigint[], ${ending.map(({ hasEnded }) => hasEnded)}::boolean[],
      ${ending.map(({ end }) => end)}::integer[]) as p (seq, ended, day) on p.seq = c.parent_seq
    where c.issuer_id = ${issuer_id} and c.import_seq = ${seq}
      and (p.ended or c.valid_from > p.day or (${follows}::boolean and c.valid_until > p.day))`.execute(tx);
  return Number(numAffectedRows ?? 0);
}
