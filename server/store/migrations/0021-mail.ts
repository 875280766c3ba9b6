import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What is e-mailed to holders. Credentials of before say nothing of an address here: theirs are sent when it is asked for. */
export const mail: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  'alter table credentials add column has_email boolean not null default false',
  `create table mails (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    credential_seq bigint not null references credentials,
    kind text not null check (kind in ('document')),
    message_id uuid not null default gen_random_uuid(),
    state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),
    attempts integer not null default 0,
    next_at timestamptz,
    code text,
    reply smallint,
    requested_by text,
    created_at timestamptz not null,
    attempted_at timestamptz,
    sent_at timestamptz,
    check ((state = 'waiting') = (next_at is not null)),
    check ((state = 'sent') = (sent_at is not null))
  )`,
  `create index mails_turn on mails (issuer_id, next_at) where state = 'waiting'`,
  'create index mails_credential on mails (credential_seq, seq)',
];
