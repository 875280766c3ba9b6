import { sql } from 'kysely';
import { failpoint } from '../failpoint.ts';
import type { Cipher } from '../issuance/use-cases.ts';
import { backOffMs } from '../jobs/back-off.ts';
import type { Db } from '../store/schema.ts';
import type { Resolve } from './address.ts';
import { openSecrets } from './secret.ts';
import { type Outcome, send } from './send.ts';
import { signDelivery } from './signature.ts';

export interface DeliverDeps {
  db: Db;
  now(): number;
  cipher: Cipher;
  resolve: Resolve;
  /** Receivers on this machine and its networks: for development and for a department inside the same network. */
  allowPrivate: boolean;
}

/** Of each department: whose receivers are slow, or who has a hundred thousand events to tell, keeps no other department waiting. */
export const MOST_OF_DEPARTMENT = 10;
const TIMEOUT_MS = 10_000;
/** A delivery that is being made is nobody else's for so long; after a crash it is made again. */
export const LEASE_MS = 60_000;
const BACK_OFF = { firstMs: 5_000, longestMs: 6 * 3_600_000 };
export const GIVEN_UP_AFTER_MS = 3 * 86_400_000;
/** What has been due for so long while its webhook is paused is given up: a pause that was forgotten does not pile up events for ever. */
export const WAITS_THROUGH_PAUSE_MS = 30 * 86_400_000;

interface Due {
  seq: number;
  attempts: number;
  created_at: Date;
  webhook_id: number;
  event: string;
  type: string;
  data: object;
  happened_at: Date;
}

/**
 * Makes deliveries that are due; whether there were any, so that there may be more.
 *   1. rows are taken with a lease, so that several instances make different ones and no transaction is open while a receiver thinks
 *   2. they are sent side by side
 *   3. each outcome is stored; after a crash between 2 and 3 it is sent again, and the receiver knows the event by its id
 */
export async function deliverDue(deps: DeliverDeps): Promise<boolean> {
  await giveUpPaused(deps);
  const due = await take(deps);
  if (due.length > 0) failpoint('delivery-taken');
  await Promise.all(due.map((delivery) => deliver(deps, delivery)));
  return due.length > 0;
}

async function giveUpPaused({ db, now }: DeliverDeps): Promise<void> {
  await db
    .updateTable('webhook_deliveries as d')
    .from('webhooks as w')
    .set({ state: 'failed', next_at: null, failure: 'the webhook was paused for too long' })
    .whereRef('w.id', '=', 'd.webhook_id')
    .where('w.paused_at', 'is not', null)
    .where('d.is_ping', '=', false)
    .where('d.state', '=', 'waiting')
    .where('d.next_at', '<=', new Date(now() - WAITS_THROUGH_PAUSE_MS))
    .execute();
}

/**
 * A webhook has two queues: what happened, which is closed while it is paused, and its pings. Those of a department take turns, each in the
 * order in which it is due, so that what waited for one that was paused keeps no other waiting.
 */
async function take({ db, now }: DeliverDeps): Promise<Due[]> {
  const at = new Date(now());
  const { rows } = await sql<Due>`
    with taken as (
      update webhook_deliveries set attempts = attempts + 1, attempted_at = ${at},
        next_at = ${new Date(now() + LEASE_MS)}
      where seq in (
        select d.seq from issuers i cross join lateral (
          select first.seq from webhooks w cross join (values (false), (true)) as queue(is_ping) cross join lateral (
            select seq, next_at, row_number() over (order by next_at, seq) as turn from webhook_deliveries
            where webhook_id = w.id and is_ping = queue.is_ping and state = 'waiting' and next_at <= ${at}
            order by next_at, seq limit ${MOST_OF_DEPARTMENT}
          ) as first
          where w.issuer_id = i.id and w.active and (queue.is_ping or w.paused_at is null)
          order by first.turn, first.next_at, first.seq limit ${MOST_OF_DEPARTMENT}
        ) as due join webhook_deliveries d on d.seq = due.seq
        where d.state = 'waiting' and d.next_at <= ${at}
        for update of d skip locked
      )
      returning seq, attempts, created_at, webhook_id, event_seq
    )
    select t.seq, t.attempts, t.created_at, t.webhook_id, e.id as event, e.type, e.data, e.created_at as happened_at
    from taken t join webhook_events e on e.seq = t.event_seq order by t.seq`.execute(db);
  return rows;
}

async function deliver(deps: DeliverDeps, delivery: Due): Promise<void> {
  const webhook = await deps.db
    .selectFrom('webhooks')
    .selectAll()
    .where('id', '=', delivery.webhook_id)
    .executeTakeFirstOrThrow();
  const { event: id, type, data } = delivery;
  const body = JSON.stringify({ id, type, created: delivery.happened_at.toISOString(), data });
  const seconds = Math.floor(deps.now() / 1000);
  const signature = signDelivery(openSecrets(webhook, deps.cipher, deps.now()), { seconds, body });
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'e-Proof',
    'e-proof-event': id,
    'e-proof-signature': signature,
  };
  const outcome = await send({ url: webhook.url, body, headers }, { ...deps, timeoutMs: TIMEOUT_MS });
  failpoint('delivery-sent');
  const since = Math.max(delivery.created_at.getTime(), webhook.resumed_at?.getTime() ?? 0);
  await store(deps, { ...delivery, since }, outcome);
  failpoint('delivery-noted');
}

/** @param delivery with the time that the patience with it is counted from */
async function store(
  { db, now }: DeliverDeps,
  delivery: Due & { since: number },
  { status, failure }: Outcome,
): Promise<void> {
  const wait = backOffMs(delivery.attempts, BACK_OFF);
  const isOver = now() + wait - delivery.since > GIVEN_UP_AFTER_MS;
  const end =
    failure === null
      ? ({ state: 'delivered', next_at: null, delivered_at: new Date(now()) } as const)
      : isOver
        ? ({ state: 'failed', next_at: null } as const)
        : ({ next_at: new Date(now() + wait) } as const);
  let update = db
    .updateTable('webhook_deliveries')
    .set({ status, failure, ...end })
    .where('seq', '=', delivery.seq)
    // it may have ended meanwhile: its webhook was deactivated, or another instance took it when the lease was over
    .where('state', '=', 'waiting');
  if (failure !== null) update = update.where('attempts', '=', delivery.attempts);
  await update.execute();
}
