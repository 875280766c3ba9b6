import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

export const imports: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table imports (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    idempotency_key text not null,
    code text not null,
    definition text not null,
    type_number bigint not null,
    mode text not null check (mode in ('all', 'good')),
    dry_run boolean not null,
    format text not null check (format in ('ndjson', 'csv')),
    columns jsonb,
    state text not null default 'receiving' check (state in ('receiving', 'completed', 'refused', 'abandoned')),
    holds boolean not null,
    received_bytes bigint not null default 0,
    lines bigint not null default 0,
    ready bigint not null default 0,
    malformed bigint not null default 0,
    duplicates bigint not null default 0,
    already_issued bigint not null default 0,
    requested_by text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    finished_at timestamptz,
    unique (issuer_id, idempotency_key)
  )`,
  `create index imports_open on imports (updated_at) where state = 'receiving' or holds`,
  `create index imports_holds on imports (seq) where holds`,
  `create table import_chunks (
    issuer_id integer not null references issuers,
    import_seq bigint not null references imports on delete cascade,
    start_byte bigint not null,
    size_bytes integer not null,
    sha256 bytea not null check (length(sha256) = 32),
    primary key (import_seq, start_byte)
  )`,
  `create table import_errors (
    issuer_id integer not null references issuers,
    import_seq bigint not null references imports on delete cascade,
    line bigint not null,
    place integer not null,
    kind text not null check (kind in ('malformed', 'duplicate', 'already-issued')),
    pointer text not null,
    csv_column text,
    code text not null,
    message text not null,
    primary key (import_seq, line, place)
  )`,
  `create table import_identities (
    issuer_id integer not null references issuers,
    import_seq bigint not null references imports on delete cascade,
    identity bytea not null check (length(identity) = 16),
    primary key (import_seq, identity)
  )`,
  `alter table credentials add column import_seq bigint references imports`,
  `alter table credentials add column import_line bigint`,
  `alter table credentials add column identity bytea check (length(identity) = 16)`,
  // nearly free to keep, where a B-tree would cost as much as a row's other indexes: an import's rows lie together
  `create index credentials_import on credentials using brin (import_seq) with (pages_per_range = 16)`,
  `create index credentials_identity on credentials (identity) where identity is not null`,
  // what refers to a credential is asked for when one is deleted
  `create index credentials_superseded_by on credentials (superseded_by_seq) where superseded_by_seq is not null`,
  `create index credentials_replaces_any on credentials (replaces_seq) where replaces_seq is not null`,
  `create index status_changes_successor on status_changes (successor_seq) where successor_seq is not null`,
  `drop index credentials_replaces`,
  `create unique index credentials_replaces on credentials (replaces_seq) where replaces_seq is not null and state <> 'failed'`,
];
