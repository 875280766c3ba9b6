const ENOUGH_ROWS = 100;

interface Look {
  known: boolean;
  enough: boolean;
}

/** Asks on the owner's connection: whoever asks as a department may not have a table looked at. */
export type Ask = (query: string) => Promise<{ rows: unknown[] }>;

/**
 * Has PostgreSQL look at the tables that grow first in a new database, as soon as that tells it anything. Of a table that it never looked at it
 * believes that a department or a batch has one row as a credential's number has, and reads all rows of the department for each; queries that
 * are planned once (prepared.ts) keep that. Its own process looks within a minute, in which an import stores hundreds of thousands.
 */
export async function lookAtYoungTables(ask: Ask): Promise<void> {
  const { rows } = await ask(
    `select reltuples >= ${ENOUGH_ROWS} as known,
       (select count(*) = ${ENOUGH_ROWS} from (select from credentials limit ${ENOUGH_ROWS}) as first) as enough
     from pg_class where oid = 'credentials_and_copies'::regclass`,
  );
  const [{ known, enough }] = rows as [Look];
  if (enough && !known) await ask('analyze credentials_and_copies, batches, search_terms');
}
