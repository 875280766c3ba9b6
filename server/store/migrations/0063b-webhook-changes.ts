import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** When it was last said what a webhook is told: whoever changes that names the version that they saw. */
export const webhookChanges: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  'alter table webhooks add column changed_at timestamptz',
  'update webhooks set changed_at = created_at',
  'alter table webhooks alter column changed_at set not null, alter column changed_at set default now()',
];
