import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Renewals, one by one and by operation; and successors that are named on the day from which they count. */
export const renewals: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `alter table credentials add column takes_over_on integer check (takes_over_on is null or replaces_seq is not null)`,
  // those that are final have named themselves
  `update credentials set takes_over_on = valid_from where replaces_seq is not null and state not in ('final', 'failed')`,
  `create index credentials_taking_over on credentials (takes_over_on) where takes_over_on is not null`,
  // one that was revoked before it took over leaves the old one free to be replaced by another
  'drop index credentials_replaces',
  `create unique index credentials_replaces on credentials (replaces_seq)
    where replaces_seq is not null and state <> 'failed' and not (revoked and takes_over_on is not null)`,
  `alter table status_operations drop constraint status_operations_act_check,
    add check (act in ('revoke', 'suspend', 'reinstate', 'renew')),
    add column applied_on integer,
    add check ((act = 'renew') = (applied_on is not null))`,
  `alter table status_operation_rows add column successor_seq bigint references credentials`,
];
