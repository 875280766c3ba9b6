import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Heads of the platform's own audit log, which a department carries beside its own. */
export const platformHeads: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  'alter table audit_heads add column of_platform boolean not null default false',
  'alter table audit_heads drop constraint audit_heads_pkey, add primary key (issuer_id, day, of_platform)',
  // whichever department carries it: one a day
  'create unique index audit_heads_of_platform on audit_heads (day) where of_platform',
];
