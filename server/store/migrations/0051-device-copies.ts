import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Short-lived copies that are bound to a key in their holder's browser. A copy is a leaf like any other and stands in one table with what it is a copy of; "credentials" is
 * what it always was, without copies, so that what asks for credentials need not think of them. What a later migration adds to the table, it adds to
 * the view as well.
 */
export const deviceCopies: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  'alter table credentials rename to credentials_and_copies',
  'alter table credentials_and_copies add column copy_of bigint references credentials_and_copies (seq)',
  // a copy has the reference of its original
  'alter table credentials_and_copies drop constraint credentials_id_key',
  'create unique index credentials_id on credentials_and_copies (id) where copy_of is null',
  'create index credentials_copies on credentials_and_copies (copy_of) where copy_of is not null',
  // asked as whoever asks, so that the walls of the table stand before it too
  `create view credentials with (security_invoker = true) as
    select * from credentials_and_copies where copy_of is null with local check option`,
  `create table device_copies (
    copy_seq bigint primary key references credentials_and_copies (seq) on delete cascade,
    issuer_id integer not null references issuers,
    credential_seq bigint not null references credentials_and_copies (seq) on delete cascade,
    holder_subject_hmac bytea not null,
    idempotency_key text not null,
    holder_key bytea not null check (length(holder_key) = 32),
    device text not null,
    delegate_seq bigint references delegates (seq),
    created_at timestamptz not null,
    ended_at timestamptz,
    unique (holder_subject_hmac, idempotency_key)
  )`,
  'create index device_copies_credential on device_copies (credential_seq)',
  'create index device_copies_delegate on device_copies (delegate_seq) where delegate_seq is not null',
];
