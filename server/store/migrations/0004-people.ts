import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Officers, their sessions and those of holders, and how a holder's credentials are found without knowing the holder. */
export const people: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table officers (
    id integer generated always as identity primary key,
    issuer_id integer not null references issuers,
    provider text not null,
    subject text not null,
    name text not null,
    roles text[] not null check (cardinality(roles) > 0 and roles <@ array['preparer', 'approver', 'key-holder', 'auditor', 'admin']),
    active boolean not null default true,
    created_by text not null,
    created_at timestamptz not null default now(),
    changed_by text,
    changed_at timestamptz,
    unique (issuer_id, id)
  )`,
  // a deactivated officer keeps the row, because its id stands beside what was done; whoever comes back gets a new one
  `create unique index officers_account on officers (issuer_id, provider, subject) where active`,
  `create index officers_subject on officers (provider, subject) where active`,
  `create table sessions (
    secret_sha256 bytea primary key check (length(secret_sha256) = 32),
    issuer_id integer,
    officer_id integer,
    holder_subject_hmac bytea check (length(holder_subject_hmac) = 32),
    sealed bytea not null,
    created_at timestamptz not null,
    used_at timestamptz not null,
    expires_at timestamptz not null,
    foreign key (issuer_id, officer_id) references officers (issuer_id, id),
    check ((officer_id is null) = (issuer_id is null)),
    check ((officer_id is null) <> (holder_subject_hmac is null))
  )`,
  `create index sessions_officer on sessions (officer_id)`,
  `create index sessions_expiry on sessions (expires_at)`,
  `create table sign_ins (
    secret_sha256 bytea primary key check (length(secret_sha256) = 32),
    people text not null check (people in ('officers', 'holders')),
    department text,
    state text not null,
    nonce text not null,
    code_verifier text not null,
    return_to text not null,
    created_at timestamptz not null
  )`,
  `create index sign_ins_age on sign_ins (created_at)`,
  `alter table credentials add column holder_subject_hmac bytea check (length(holder_subject_hmac) = 32)`,
  `create index credentials_holder on credentials (holder_subject_hmac, seq) where holder_subject_hmac is not null`,
  `alter table idempotency_keys add column actor text`,
];
