import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Keys that administrators make: until when they work, who was told them, and the secret before while both work. */
export const managedKeys: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `alter table api_keys
    add column created_by text,
    add column people text[] not null default '{}',
    add column expires_at timestamptz,
    add column rotated_at timestamptz,
    add column previous_sha256 bytea unique check (length(previous_sha256) = 32),
    add column previous_until timestamptz,
    add column previous_used_at timestamptz,
    add check ((previous_sha256 is null) = (previous_until is null))`,
  `create index api_keys_issuer on api_keys (issuer_id, id)`,
];
