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
const LEASE_MS = 60_000;
const BACK_OFF = { firstMs: 5_000, longestMs: 6 * 3_600_000 };
export const GIVEN_UP_AFTER_MS = 3 * 86_400_000;

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
  const due = await take(deps);
  if (due.length > 0) failpoint('delivery-taken');
  await Promise.all(due.map((delivery) => deliver(deps, delivery)));
  return due.length > 0;
}

async function take({ db, now }: DeliverDeps): Promise<Due[]> {
  const { rows } = await sql<Due>`
    with taken as (
      update webhook_deliveries set attempts = attempts + 1, attempted_at = ${new Date(now())},
        next_at = ${new Date(now() + LEASE_MS)}
      where seq in (
        select due.seq from issuers i cross join lateral (
          select d.seq from webhook_deliveries d join webhooks w on w.id = d.webhook_id
          where d.issuer_id = i.id and d.state = 'waiting' and d.next_at <= ${new Date(now())} and w.active
          order by d.next_at limit ${MOST_OF_DEPARTMENT} for update of d skip locked
        ) as due
      )
      returning seq, attempts, created_at, webhook_id, event_seq
    )
    select t.seq, t.attempts, t.created_at, t.webhook_id, e.id as event, e.type, e.data, e.created_at as happened_at
    from taken t join webhook_events e on e.seq = t.event_seq`.execute(db);
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
  await store(deps, delivery, outcome);
  failpoint('delivery-noted');
}

async function store({ db, now }: DeliverDeps, delivery: Due, { status, failure }: Outcome): Promise<void> {
  const wait = backOffMs(delivery.attempts, BACK_OFF);
  const isOver = now() + wait - delivery.created_at.getTime() > GIVEN_UP_AFTER_MS;
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
