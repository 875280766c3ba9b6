import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Extensions that wait for a second person, where their type demands one. */
export const extensionOperations: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `alter table status_operations drop constraint status_operations_act_check,
    add check (act in ('revoke', 'suspend', 'reinstate', 'renew', 'extend')),
    add column valid_until integer,
    add check ((act = 'extend') = (valid_until is not null))`,
];
