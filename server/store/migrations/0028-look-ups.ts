import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Attempts to see a credential by facts from its paper, and the officers who may look restricted ones up. */
export const lookUps: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  // logged, unlike the counts of requests: who could make a server crash would else have all attempts anew
  `create table look_up_attempts (
    reference bytea primary key,
    attempts integer not null check (attempts >= 0),
    open_at timestamptz not null
  )`,
  'create index look_up_attempts_age on look_up_attempts (open_at)',
  `alter table officers drop constraint officers_roles_check, add constraint officers_roles_check check (cardinality(roles) > 0
    and roles <@ array['preparer', 'approver', 'key-holder', 'auditor', 'admin', 'inspector'])`,
];
