import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Where departments want to be told of what happened, and what each was told. */
export const webhooks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table webhooks (
    id integer generated always as identity primary key,
    issuer_id integer not null references issuers,
    url text not null,
    events text[] not null,
    active boolean not null default true,
    wrapped_key bytea not null,
    secret bytea not null,
    previous_secret bytea,
    previous_until timestamptz,
    created_by text not null,
    created_at timestamptz not null default now(),
    check ((previous_secret is null) = (previous_until is null))
  )`,
  'create index webhooks_issuer on webhooks (issuer_id, id)',
  `create table webhook_events (
    seq bigint generated always as identity primary key,
    id text not null unique,
    issuer_id integer not null references issuers,
    type text not null,
    data json not null,
    created_at timestamptz(3) not null default now()
  )`,
  `create table webhook_deliveries (
    seq bigint generated always as identity primary key,
    issuer_id integer not null references issuers,
    webhook_id integer not null references webhooks,
    event_seq bigint not null references webhook_events,
    state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
    attempts integer not null default 0,
    next_at timestamptz default now(),
    status integer,
    failure text,
    replay_of bigint references webhook_deliveries,
    created_at timestamptz not null default now(),
    attempted_at timestamptz,
    delivered_at timestamptz,
    check ((state = 'waiting') = (next_at is not null))
  )`,
  `create index webhook_deliveries_due on webhook_deliveries (next_at) where state = 'waiting'`,
  'create index webhook_deliveries_webhook on webhook_deliveries (webhook_id, seq)',
];
