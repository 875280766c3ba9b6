import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '../store/schema.ts';

/** What a department can be told of. Never renamed. `ping` is sent where it is asked for. */
export const EVENT_TYPES = [
  'credential.final',
  'credential.failed',
  'credential.disbelieved',
  'credential.expiring',
  'status.final',
  'notice.final',
  'notice.withdrawn',
  'import.finished',
  'batch.unknown',
] as const;
export type EventType = (typeof EVENT_TYPES)[number] | 'ping';

/** Ids, states, codes, counts and links; never a claim. */
export type EventData = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Puts events into the outbox, in the transaction that makes them true: a crash leaves both or neither. Each webhook of the department
 * that wants the type gets a delivery of its own, which waits where it is paused; where none does, nothing is written.
 */
export async function emitEvents(
  tx: Tx,
  issuerId: number,
  { type, all }: { type: Exclude<EventType, 'ping'>; all: readonly EventData[] },
): Promise<void> {
  if (all.length === 0) return;
  const webhooks = await tx
    .selectFrom('webhooks')
    .select('id')
    .where('issuer_id', '=', issuerId)
    .where('active', '=', true)
    .where(sql<boolean>`${type} = any(events)`)
    .execute();
  if (webhooks.length === 0) return;
  await insertEvents(tx, { issuerId, type, all, webhookIds: webhooks.map(({ id }) => id) });
}

export interface NewEvents {
  issuerId: number;
  type: EventType;
  all: readonly EventData[];
  webhookIds: readonly number[];
}

/** The seqs of the deliveries. */
export async function insertEvents(tx: Tx, { issuerId, type, all, webhookIds }: NewEvents): Promise<number[]> {
  const ids = all.map(() => `evt_${randomBytes(15).toString('hex')}`);
  const texts = all.map((data) => JSON.stringify(data));
  const { rows } = await sql<{ seq: number }>`
    with events as (
      insert into webhook_events (id, issuer_id, type, data)
      select new.id, ${issuerId}, ${type}, new.data::json from unnest(${ids}::text[], ${texts}::text[]) as new(id, data)
      returning seq
    )
    insert into webhook_deliveries (issuer_id, webhook_id, event_seq, is_ping)
    select ${issuerId}, webhook, events.seq, ${type === 'ping'} from events, unnest(${webhookIds as number[]}::int[]) as webhook
    returning seq`.execute(tx);
  return rows.map(({ seq }) => seq);
}
