import { sql } from 'kysely';
import type { Tx } from './schema.ts';

/** What the work did is undone where it fails, and nothing else of the transaction. */
export async function inSavepoint<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await sql`savepoint one`.execute(tx);
  try {
    const result = await work();
    await sql`release savepoint one`.execute(tx);
    return result;
  } catch (error) {
    await sql`rollback to savepoint one`.execute(tx);
    await sql`release savepoint one`.execute(tx);
    throw error;
  }
}
