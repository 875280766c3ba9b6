import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a draft said when it was returned. */
export const returnedDrafts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = ['alter table drafts add column returned_content bytea'];
