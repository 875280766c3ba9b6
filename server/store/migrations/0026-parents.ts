import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A permit of a branch names the licence that it belongs to. */
export const parents: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `alter table credentials add column parent_seq bigint references credentials`,
  `create index credentials_children on credentials (parent_seq) where parent_seq is not null`,
];
