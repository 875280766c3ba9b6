import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What holders share by a link that ends, and when it was opened. */
export const shares: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table shares (
    seq bigint generated always as identity primary key,
    id bytea not null unique check (length(id) = 16),
    issuer_id integer not null references issuers,
    credential_seq bigint not null references credentials (seq) on delete cascade,
    holder_subject_hmac bytea not null,
    idempotency_key text not null,
    sealed bytea,
    expires_at timestamptz not null,
    most_opens integer check (most_opens between 1 and 1000),
    created_at timestamptz not null,
    ended_at timestamptz,
    unique (holder_subject_hmac, idempotency_key)
  )`,
  'create index shares_credential on shares (credential_seq)',
  'create index shares_expires on shares (expires_at)',
  `create table share_openings (
    share_seq bigint not null references shares (seq) on delete cascade,
    visit bytea not null check (length(visit) = 16),
    opened_at timestamptz not null,
    primary key (share_seq, visit)
  )`,
];
