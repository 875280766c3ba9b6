import { type Insertable, type RawBuilder, sql } from 'kysely';
import type { Database, Tx } from './schema.ts';

type Column<Table extends keyof Database> = Extract<keyof Insertable<Database[Table]>, string>;

interface Insertion<Table extends keyof Database, Name extends Column<Table>> {
  table: Table;
  /** Of what is given of each row, its type in PostgreSQL. */
  types: Readonly<Record<Name, string>>;
  rows: readonly Pick<Insertable<Database[Table]>, Name>[];
  /** What follows: "on conflict …", "returning …". */
  more?: RawBuilder<unknown>;
}

/** The same text for any number of rows, so that the server plans it once: a list of values is another text for each number. */
export async function insertMany<Table extends keyof Database, Name extends Column<Table>, Returned>(
  tx: Tx,
  { table, types, rows, more = sql`` }: Insertion<Table, Name>,
): Promise<Returned[]> {
  if (rows.length === 0) return [];
  const names = Object.keys(types) as Name[];
  const columns = names.map((name) => sql`${rows.map((row) => row[name] ?? null)}::${sql.raw(types[name])}[]`);
  const inserted = await sql<Returned>`insert into ${sql.table(table)} (${sql.join(names.map((name) => sql.ref(name)))})
    select * from unnest(${sql.join(columns)}) ${more}`.execute(tx);
  return inserted.rows;
}
