import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What departments ask of holders, what holders let them read, and when it was read. */
export const consentRequests: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table consent_requests (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    holder_subject_hmac bytea not null check (length(holder_subject_hmac) = 32),
    type text not null,
    claims text[] not null check (cardinality(claims) > 0),
    data_key bytea not null,
    sealed bytea not null,
    asked_by text not null,
    created_at timestamptz not null,
    answer_by timestamptz not null,
    read_until timestamptz not null check (read_until > answer_by),
    answer text check (answer in ('consented', 'refused')),
    answered_at timestamptz,
    delegate_seq bigint references delegates,
    credential_seq bigint references credentials (seq) on delete cascade,
    proof bytea,
    withdrawn_at timestamptz,
    ended_at timestamptz,
    check ((answer is null) = (answered_at is null)),
    check (proof is null or answer = 'consented')
  )`,
  'create index consent_requests_holder on consent_requests (holder_subject_hmac, seq)',
  'create index consent_requests_issuer on consent_requests (issuer_id, seq)',
  'create index consent_requests_until on consent_requests (read_until)',
  `create table consent_readings (
    issuer_id integer not null references issuers,
    request_seq bigint not null references consent_requests (seq) on delete cascade,
    reader text not null,
    read_at timestamptz not null
  )`,
  'create index consent_readings_request on consent_readings (request_seq, read_at)',
];
