import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Last valid days that were moved, and acts that need the anchor key because another status key did what they take back. */
export const extensions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `alter table status_changes drop constraint status_changes_act_check,
    add check (act in ('revoke', 'suspend', 'reinstate', 'amend', 'extend')),
    add column valid_until integer,
    add check ((act = 'extend') = (valid_until is not null)),
    add column by_anchor_key boolean not null default false`,
  `alter table credentials add column extended_until integer`,
];
