import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Who read personal data: counts of the hours that are not over, and what each read in a day. */
export const reads: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  // "object" is empty for what is about no single thing
  `create table read_counts (
    issuer_id integer not null references issuers,
    hour timestamptz not null,
    actor text not null,
    act text not null,
    what text not null,
    object text not null,
    reads integer not null check (reads > 0),
    primary key (issuer_id, actor, hour, act, object, what)
  )`,
  'create index read_counts_hour on read_counts (hour)',
  `create table read_days (
    issuer_id integer not null references issuers,
    actor text not null,
    day integer not null,
    opened integer not null,
    outside_work integer not null,
    primary key (issuer_id, actor, day)
  )`,
];
