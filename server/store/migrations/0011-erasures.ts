import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const erasures: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `alter table credentials add column erased_at timestamptz`,
  // empty bytes rather than null: whatever reads a payload reads bytes, and cannot decrypt these
  `alter table credentials add constraint credentials_erased
    check ((erased_at is not null) = (length(payload) = 0 and length(wrapped_key) = 0))`,
];
