import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Batches that the chain has in a department's name and this database does not know (server/issuance/unknown-batches.ts). */
export const unknownBatches: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table unknown_batches (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    id bytea not null check (length(id) = 32),
    number integer not null,
    size integer not null,
    key text not null check (key ~ '^0x[0-9a-f]{40}$'),
    transaction_hash text,
    block_number integer,
    anchored_at timestamptz not null,
    seen_at timestamptz not null,
    outcome text check (outcome in ('disbelieved', 'known', 'gone')),
    ended_at timestamptz,
    unique (issuer_id, id),
    check ((outcome is null) = (ended_at is null))
  )`,
  'create index unknown_batches_open on unknown_batches (issuer_id, number) where outcome is null',
];
