import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Which reminders were given before which last day, and what ends soon. */
export const reminders: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table reminders (
    issuer_id integer not null references issuers,
    credential_seq bigint not null references credentials,
    ends_on integer not null,
    days integer not null check (days > 0),
    created_at timestamptz not null,
    primary key (credential_seq, ends_on, days)
  )`,
  `alter table mails drop constraint mails_kind_check,
    add check (kind in ('document', 'reminder')),
    add column ends_on integer,
    add check ((kind = 'reminder') = (ends_on is not null))`,
  // without the state, so that becoming final changes no index
  `create index credentials_ending on credentials (issuer_id, coalesce(extended_until, valid_until))
    where coalesce(extended_until, valid_until) is not null and not revoked and superseded_by_seq is null`,
];
