import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Filters of lists that officers keep under a name. In clear: nothing in them points at a person (server/views/README.md). */
export const savedViews: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  // json and not jsonb, which would put the filters of an address into another order
  `create table saved_views (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    owner text not null check (owner ~ '^officer:[0-9]+$'),
    place text not null check (place in ('credentials', 'drafts', 'imports', 'reports', 'companies', 'audit')),
    name text not null check (length(name) between 1 and 60),
    filters json not null check (json_typeof(filters) = 'object'),
    is_shared boolean not null,
    created_at timestamptz not null,
    changed_at timestamptz not null
  )`,
  // a name is free for whoever cannot see the view that has it
  'create unique index saved_views_own on saved_views (issuer_id, owner, place, name) where not is_shared',
  'create unique index saved_views_shared on saved_views (issuer_id, place, name) where is_shared',
];
