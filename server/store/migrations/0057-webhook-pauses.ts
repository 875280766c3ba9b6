import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A webhook can be paused: what happens waits for it, and a ping alone is sent. What is due is looked for webhook by webhook. */
export const webhookPauses: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `alter table webhooks
    add column paused_at timestamptz,
    add column resumed_at timestamptz,
    add check (active or paused_at is null)`,
  'alter table webhook_deliveries add column is_ping boolean not null default false',
  `update webhook_deliveries d set is_ping = true from webhook_events e where e.seq = d.event_seq and e.type = 'ping'`,
  // what waits for a paused one, which may be very much, is passed over without being read
  `create index webhook_deliveries_queue on webhook_deliveries (webhook_id, is_ping, next_at, seq) where state = 'waiting'`,
  'drop index webhook_deliveries_turn',
];
