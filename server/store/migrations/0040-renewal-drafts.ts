import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Renewals of many that need approval: each is a draft. */
export const renewalDrafts: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = ['alter table status_operation_rows add column draft_seq bigint references drafts'];
