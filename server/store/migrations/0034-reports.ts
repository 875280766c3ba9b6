import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What holders tell a department of their documents, and what it answered. */
export const reports: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table reports (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    credential_seq bigint not null references credentials (seq) on delete cascade,
    holder_subject_hmac bytea not null,
    idempotency_key text not null,
    kind text not null check (kind in ('wrong', 'lost', 'not-mine', 'other')),
    data_key bytea not null,
    message bytea not null,
    created_at timestamptz not null,
    answer bytea,
    answered_by text,
    answered_at timestamptz,
    check (num_nonnulls(answer, answered_by, answered_at) in (0, 3)),
    unique (holder_subject_hmac, idempotency_key)
  )`,
  'create index reports_credential on reports (credential_seq, seq)',
  'create index reports_open on reports (issuer_id, seq) where answered_at is null',
];
