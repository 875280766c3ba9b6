import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What is due is looked for department by department. */
export const webhookTurns: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create index webhook_deliveries_turn on webhook_deliveries (issuer_id, next_at) where state = 'waiting'`,
  'drop index webhook_deliveries_due',
];
