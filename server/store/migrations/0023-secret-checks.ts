import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** By which an instance finds out, before it does anything, that it has other secrets than those that wrote this database. */
export const secretChecks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`create table secret_checks (
      name text primary key,
      value bytea not null check (length(value) = 32)
    )`.execute(db);
  },
};
