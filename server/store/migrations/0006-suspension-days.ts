import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A suspension may end by itself: the last suspended day as it was asked for, and as the chain shows it. */
export const suspensionDays: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `alter table status_changes add column until integer, add check (until is null or act = 'suspend')`,
  `alter table credentials add column suspended_at timestamptz, add column suspended_until integer`,
];
