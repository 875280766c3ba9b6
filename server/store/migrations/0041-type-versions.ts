import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** New versions of credential types, as a department writes and publishes them. */
export const typeVersions: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table type_versions (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    code text not null,
    state text not null check (state in ('draft', 'prepared', 'published', 'discarded')),
    definition text not null,
    bytes bytea,
    sha256 text unique,
    version integer,
    created_by text not null,
    created_at timestamptz not null,
    changed_by text not null,
    changed_at timestamptz not null,
    prepared_by text,
    prepared_at timestamptz,
    published_at timestamptz,
    check (num_nonnulls(bytes, sha256, version, prepared_by, prepared_at) = case when state in ('prepared', 'published') then 5 else 0 end),
    check ((published_at is not null) = (state = 'published'))
  )`,
  // two people who begin at once would each lose what the other wrote
  `create unique index type_versions_open on type_versions (issuer_id, code) where state in ('draft', 'prepared')`,
  `create index type_versions_known on type_versions (state) where state in ('prepared', 'published')`,
];
