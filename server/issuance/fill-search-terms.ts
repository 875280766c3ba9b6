import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import { insertMany } from '../store/insert-many.ts';
import type { CredentialRow, Db, Tx } from '../store/schema.ts';
import { decryptPayload } from './payload.ts';
import { searchTermsOf } from './search-terms.ts';
import type { IssuanceDeps } from './use-cases.ts';

/*
 * Gives search terms to credentials that have none: those of before there were any, and what an instance of an older release issues while it still runs.
 *   1. credentials are looked at in the order in which they were made, so many in a transaction; how far it has come is in the same transaction
 *   2. instances take turns by the row that says so
 *   3. what lacks terms is locked, so that nobody erases it between its being read and its terms being stored
 *   4. what was made a moment ago is left for later: a row with a smaller seq may still be uncommitted
 */

const AT_A_TIME = 500;
const SETTLED_MS = 600_000;

/** Whether there may be more at once. */
export async function fillSearchTerms(db: Db, deps: IssuanceDeps): Promise<boolean> {
  await db
    .insertInto('search_terms_filled')
    .values({ up_to: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return db.transaction().execute(async (tx) => {
    const turn = await tx.selectFrom('search_terms_filled').select('up_to').forUpdate().skipLocked().executeTakeFirst();
    const seqs = turn ? await findNext(tx, turn.up_to, new Date(deps.now() - SETTLED_MS)) : [];
    const [first, last] = [seqs[0], seqs.at(-1)];
    if (first === undefined || last === undefined) return false;
    await fill(tx, deps, await lockBare(tx, first, last));
    await tx.updateTable('search_terms_filled').set({ up_to: last }).execute();
    return seqs.length === AT_A_TIME;
  });
}

/** Up to the first that is too young. */
async function findNext(tx: Tx, after: number, settled: Date): Promise<number[]> {
  const rows = await tx
    .selectFrom('credentials')
    .select(['seq', 'created_at'])
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(AT_A_TIME)
    .execute();
  const young = rows.findIndex(({ created_at }) => created_at >= settled);
  return rows.slice(0, young < 0 ? rows.length : young).map(({ seq }) => seq);
}

type Bare = Pick<CredentialRow, 'id' | 'issuer_id' | 'definition' | 'wrapped_key' | 'payload'>;

function lockBare(tx: Tx, first: number, last: number): Promise<Bare[]> {
  return tx
    .selectFrom('credentials as c')
    .select(['c.id', 'c.issuer_id', 'c.definition', 'c.wrapped_key', 'c.payload'])
    .where('c.seq', '>=', first)
    .where('c.seq', '<=', last)
    .where('c.erased_at', 'is', null)
    .where(sql<boolean>`not exists (select from search_terms t where t.credential_id = c.id)`)
    .orderBy('c.seq')
    .forShare('c')
    .execute();
}

async function fill(tx: Tx, deps: IssuanceDeps, rows: readonly Bare[]): Promise<void> {
  await insertMany(tx, {
    table: 'search_terms',
    types: { hash: 'bytea', issuer_id: 'int', credential_id: 'bytea' },
    rows: rows.flatMap((row) =>
      readTerms(row, deps).map((hash) => ({
        hash: Buffer.from(hash),
        issuer_id: row.issuer_id,
        credential_id: row.id,
      })),
    ),
    more: sql`on conflict do nothing`,
  });
}

function readTerms(row: Bare, deps: IssuanceDeps): Uint8Array[] {
  const type = deps.findDefinition(row.definition);
  if (!type) throw new Error(`the catalogue has no credential type with the hash ${row.definition}`);
  try {
    const { shown, rest } = decryptPayload(row, deps.cipher);
    const groups = { shown: shown.values, rest: rest.values };
    return searchTermsOf(type.definition, groups, { issuer: { id: row.issuer_id }, cipher: deps.cipher });
  } catch (error) {
    // one row that cannot be read, which whoever opens it is told, keeps no other from being found
    if (error instanceof AppError && error.code === 'DATA_UNREADABLE') return [];
    throw error;
  }
}
