import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Requests that were counted, for all instances together. Unlogged: a crash forgets the counts of a minute, and a count costs no flush. */
export const rateCounts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create unlogged table rate_counts (
    name text not null,
    window_start timestamptz not null,
    hits integer not null,
    primary key (name, window_start)
  )`,
  'create index rate_counts_age on rate_counts (window_start)',
];
