import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How long the claims of an ended credential are kept, per type of a department. */
export const retention: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql
      .raw('alter table issuing_rules add column retention_months smallint check (retention_months between 1 and 1200)')
      .execute(db);
  },
};
