import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How many approvals a draft was issued by: what signs it counts them again. */
export const approvalsNeeded: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  // null for what was issued before, or read back from the chain: that is signed by now, or was judged when it was approved
  `alter table drafts add column approvals_needed smallint check (approvals_needed between 1 and 2)`,
];
