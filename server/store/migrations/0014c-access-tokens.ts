import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a department's systems are handed for a few minutes in exchange for a key. */
export const accessTokens: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table access_tokens (
    token_sha256 bytea primary key check (length(token_sha256) = 32),
    issuer_id integer not null references issuers,
    api_key_id integer not null references api_keys,
    secret_sha256 bytea not null check (length(secret_sha256) = 32),
    scopes text[] not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
  )`,
  'create index access_tokens_expiry on access_tokens (expires_at)',
];
