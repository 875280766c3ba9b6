import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Companies that documents are issued to, who acts for them, and what was done in their name. */
export const companies: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table companies (
    seq bigint generated always as identity primary key,
    subject_hmac bytea not null unique check (length(subject_hmac) = 32),
    data_key bytea not null,
    sealed bytea not null,
    created_at timestamptz not null
  )`,
  // what a department says of a company: its own row, so that the wall between departments holds here too
  `create table company_nominations (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    subject_hmac bytea not null check (length(subject_hmac) = 32),
    person_hmac bytea not null check (length(person_hmac) = 32),
    data_key bytea not null,
    sealed bytea not null,
    named_by text not null,
    created_at timestamptz not null,
    taken_at timestamptz,
    withdrawn_at timestamptz
  )`,
  `create unique index company_nominations_one on company_nominations (issuer_id, subject_hmac, person_hmac)
    where withdrawn_at is null`,
  `create index company_nominations_person on company_nominations (person_hmac)
    where taken_at is null and withdrawn_at is null`,
  `create table delegates (
    seq bigint generated always as identity primary key,
    company_seq bigint not null references companies,
    person_hmac bytea not null check (length(person_hmac) = 32),
    role text not null check (role in ('admin', 'delegate')),
    source text not null check (source in ('department', 'provider', 'company')),
    sealed bytea not null,
    nomination_seq bigint references company_nominations,
    created_at timestamptz not null,
    created_by bigint references delegates,
    ended_at timestamptz,
    ended_by bigint references delegates,
    check ((source = 'department') = (nomination_seq is not null)),
    check ((source = 'company') = (created_by is not null))
  )`,
  'create unique index delegates_one on delegates (company_seq, person_hmac) where ended_at is null',
  'create index delegates_person on delegates (person_hmac) where ended_at is null',
  `create table company_acts (
    seq bigint generated always as identity primary key,
    company_seq bigint not null references companies,
    delegate_seq bigint not null references delegates,
    act text not null,
    object text,
    at timestamptz not null
  )`,
  'create index company_acts_company on company_acts (company_seq, seq)',
  'create index company_acts_at on company_acts (at)',
  'alter table shares add column delegate_seq bigint references delegates',
  'create index shares_holder on shares (holder_subject_hmac, seq)',
];
