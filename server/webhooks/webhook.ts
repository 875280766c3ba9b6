import { isIP } from 'node:net';
import { AppError } from '../app-error.ts';
import { recordAudit } from '../audit/record.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { Cipher } from '../issuance/use-cases.ts';
import { nextVersion, requireSeenVersion } from '../seen-version.ts';
import type { Db, Tx, WebhookDeliveryState, WebhookRow } from '../store/schema.ts';
import { isPublicAddress } from './address.ts';
import { type EventType, insertEvents } from './event.ts';
import { createSecret, sealSecret } from './secret.ts';

export interface WebhookDeps {
  now(): number;
  cipher: Cipher;
  allowPrivate: boolean;
  /** False in production: then only https is taken. */
  isTest: boolean;
}

export interface WebhookView {
  /** "whk_…" */
  id: string;
  url: string;
  events: string[];
  active: boolean;
  /** Null where it is not paused. */
  pausedSince: string | null;
  /** How many deliveries are not made yet. */
  waiting: number;
  /** Until when what is signed carries the signature of the secret before, too. */
  previousSecretUntil: string | null;
  createdAt: string;
  /** When it was last said what it is told. */
  changedAt: string;
}

export interface DeliveryView {
  /** "dlv_…" */
  id: string;
  webhook: string;
  event: string;
  type: string;
  state: WebhookDeliveryState;
  attempts: number;
  /** The HTTP status of the last answer. */
  status: number | null;
  failure: string | null;
  replayOf: string | null;
  createdAt: string;
  attemptedAt: string | null;
  nextAt: string | null;
  deliveredAt: string | null;
}

/** `secret` is told once: what is kept is encrypted under the master key. */
export type WithSecret = WebhookView & { secret: string };

export interface One {
  actor: Actor;
  id: string;
}

const MOST_WEBHOOKS = 20;
const OVERLAP_MS = 86_400_000;

/** @throws AppError FORBIDDEN, WEBHOOK_URL_REFUSED, WEBHOOK_LIMIT */
export async function createWebhook(
  tx: Tx,
  deps: WebhookDeps,
  { actor, url, events }: { actor: Actor; url: string; events: readonly EventType[] },
): Promise<WithSecret> {
  requireAct(actor, 'webhooks.manage');
  requireUrl(url, deps);
  await requireRoom(tx, actor);
  const secret = createSecret();
  const key = deps.cipher.createDataKey();
  const row = await tx
    .insertInto('webhooks')
    .values({
      issuer_id: actor.issuer.id,
      url,
      events: [...new Set(events)],
      wrapped_key: Buffer.from(key.wrapped),
      secret: sealSecret(secret, key, actor.issuer.id),
      created_by: actor.id,
    })
    .returning(['id', 'events'])
    .executeTakeFirstOrThrow();
  const after = { events: row.events.join(' '), active: true };
  await recordAudit(tx, actor, { act: 'webhook.create', object: toWebhookId(row.id), after });
  return { ...(await viewWebhook(tx, row.id)), secret };
}

function requireUrl(url: string, deps: WebhookDeps): void {
  const rule = brokenRule(url, deps);
  if (rule === null) return;
  const message = `"url" ${rule}`;
  const problems = [{ pointer: '/url', code: 'WEBHOOK_URL_REFUSED', message }];
  throw new AppError('WEBHOOK_URL_REFUSED', message, { problems });
}

/** A literal address is judged at once; a name whenever something is sent, because it can lead elsewhere by then. */
function brokenRule(text: string, { isTest, allowPrivate }: WebhookDeps): string | null {
  if (!URL.canParse(text)) return 'must be a web address';
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (protocol !== 'https:' && !(isTest && protocol === 'http:')) return 'must start with https://';
  if (username !== '' || password !== '' || hash !== '') return 'must not carry a name, a password or a fragment';
  const isPrivate = isPrivateHost(hostname.replace(/^\[|\]$/g, ''));
  return isPrivate && !allowPrivate ? 'must lead to a public address' : null;
}

function isPrivateHost(host: string): boolean {
  return isIP(host) ? !isPublicAddress(host) : /(^|\.)localhost\.?$/i.test(host);
}

async function requireRoom(tx: Tx, { issuer }: Actor): Promise<void> {
  // two that are made at once wait here for one another
  await tx.selectFrom('issuers').select('id').where('id', '=', issuer.id).forNoKeyUpdate().execute();
  const active = await tx
    .selectFrom('webhooks')
    .select('id')
    .where('issuer_id', '=', issuer.id)
    .where('active', '=', true)
    .execute();
  if (active.length >= MOST_WEBHOOKS)
    throw new AppError('WEBHOOK_LIMIT', `a department has at most ${MOST_WEBHOOKS} active webhooks: deactivate one`);
}

/** The active ones first, each newest first. @throws AppError FORBIDDEN, CURSOR_INVALID */
export async function listWebhooks(
  db: Db,
  { actor, limit, cursor }: { actor: Actor; limit: number; cursor?: string | undefined },
): Promise<{ items: WebhookView[]; next: string | null }> {
  requireAct(actor, 'webhooks.manage');
  let query = selectViews(db)
    .where('issuer_id', '=', actor.issuer.id)
    .orderBy('active', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (cursor !== undefined) {
    const { active, id } = readCursor(cursor);
    query = query.where((where) =>
      where.or([where.and([where('active', '=', active), where('id', '<', id)]), where('active', '<', active)]),
    );
  }
  const rows = await query.execute();
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items: rows.slice(0, limit).map(toView), next: last ? toCursor(last) : null };
}

/** Whether the last one was active, and its number: one that is deactivated between two pages comes twice, and none is left out. */
function toCursor({ active, id }: Pick<WebhookRow, 'active' | 'id'>): string {
  return `${active ? 'active' : 'ended'}-${id}`;
}

function readCursor(cursor: string): Pick<WebhookRow, 'active' | 'id'> {
  const [, state, id] = /^(active|ended)-([1-9]\d{0,8})$/.exec(cursor) ?? [];
  if (id === undefined) throw new AppError('CURSOR_INVALID', '"starting_after" is not of this list');
  return { active: state === 'active', id: Number(id) };
}

/** @throws AppError FORBIDDEN, WEBHOOK_NOT_FOUND */
export async function getWebhook(db: Db, one: One): Promise<WebhookView> {
  requireAct(one.actor, 'webhooks.manage');
  const { id } = await findWebhook(db, one);
  return viewWebhook(db, id);
}

/**
 * From now on: what was written for it under the types of before is sent all the same. The same types change nothing. `changedAt` is that of the webhook which was seen.
 * @throws as getWebhook, WEBHOOK_INACTIVE, WEBHOOK_CHANGED
 */
export async function changeEvents(
  tx: Tx,
  { events, changedAt, ...one }: One & { events: readonly EventType[]; changedAt?: string | null | undefined },
): Promise<WebhookView> {
  const old = await openForChange(tx, one);
  requireSeenVersion('WEBHOOK_CHANGED', old.changed_at, changedAt);
  const wanted = [...new Set(events)];
  if (wanted.length === old.events.length && wanted.every((type) => old.events.includes(type)))
    return viewWebhook(tx, old.id);
  await tx
    .updateTable('webhooks')
    .set({ events: wanted, changed_at: nextVersion(old.changed_at, Date.now()) })
    .where('id', '=', old.id)
    .execute();
  const [before, after] = [{ events: old.events.join(' ') }, { events: wanted.join(' ') }];
  await recordAudit(tx, one.actor, { act: 'webhook.change', object: one.id, before, after });
  return viewWebhook(tx, old.id);
}

/** Both secrets sign for a day, so that a receiver can change over without losing an event. @throws as getWebhook, WEBHOOK_INACTIVE */
export async function rotateSecret(tx: Tx, { cipher, now }: WebhookDeps, one: One): Promise<WithSecret> {
  const old = await openForChange(tx, one);
  const secret = createSecret();
  await tx
    .updateTable('webhooks')
    .set({
      secret: sealSecret(secret, cipher.openDataKey(old.wrapped_key), old.issuer_id),
      previous_secret: old.secret,
      previous_until: new Date(now() + OVERLAP_MS),
    })
    .where('id', '=', old.id)
    .execute();
  await recordAudit(tx, one.actor, { act: 'webhook.rotate', object: one.id });
  return { ...(await viewWebhook(tx, old.id)), secret };
}

/** For ever; what waits for it is not sent any more. @throws as getWebhook */
export async function deactivateWebhook(tx: Tx, one: One): Promise<WebhookView> {
  requireAct(one.actor, 'webhooks.manage');
  const { id, active } = await findWebhook(tx, { ...one, lock: true });
  await tx.updateTable('webhooks').set({ active: false, paused_at: null }).where('id', '=', id).execute();
  await tx
    .updateTable('webhook_deliveries')
    .set({ state: 'failed', next_at: null, failure: 'the webhook was deactivated' })
    .where('webhook_id', '=', id)
    .where('state', '=', 'waiting')
    .execute();
  if (active)
    await recordAudit(tx, one.actor, {
      act: 'webhook.deactivate',
      object: one.id,
      before: { active: true },
      after: { active: false },
    });
  return viewWebhook(tx, id);
}

/** Sent also while it is paused, so that a receiver can be tried before what waits comes to it. @throws as getWebhook, WEBHOOK_INACTIVE */
export async function pingWebhook(tx: Tx, one: One): Promise<DeliveryView> {
  const { id, issuer_id: issuerId } = await openForChange(tx, one);
  const event = { issuerId, type: 'ping', all: [{ webhook: one.id }], webhookIds: [id] } as const;
  const [seq] = await insertEvents(tx, event);
  return viewDelivery(tx, one.actor, seq as number);
}

/** The same event again, under its own id; it waits where the webhook is paused. @throws AppError FORBIDDEN, DELIVERY_NOT_FOUND, WEBHOOK_INACTIVE */
export async function replayDelivery(tx: Tx, { actor, id }: One): Promise<DeliveryView> {
  requireAct(actor, 'webhooks.manage');
  const old = await tx
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('seq', '=', fromId('dlv', id) ?? 0)
    .executeTakeFirst();
  if (!old) throw new AppError('DELIVERY_NOT_FOUND', 'there is no such delivery');
  await openForChange(tx, { actor, id: toWebhookId(old.webhook_id) });
  const { seq } = await tx
    .insertInto('webhook_deliveries')
    .values({
      issuer_id: old.issuer_id,
      webhook_id: old.webhook_id,
      event_seq: old.event_seq,
      is_ping: old.is_ping,
      replay_of: old.seq,
    })
    .returning('seq')
    .executeTakeFirstOrThrow();
  return viewDelivery(tx, actor, seq);
}

/** Newest first. @throws as getWebhook, CURSOR_INVALID */
export async function listDeliveries(
  db: Db,
  { limit, cursor, ...one }: One & { limit: number; cursor?: string | undefined },
): Promise<{ items: DeliveryView[]; next: string | null }> {
  requireAct(one.actor, 'webhooks.manage');
  const { id } = await findWebhook(db, one);
  const before = cursor === undefined ? undefined : fromId('dlv', cursor);
  if (before === null) throw new AppError('CURSOR_INVALID', '"starting_after" is not of this list');
  let query = selectDeliveries(db, one.actor)
    .where('d.webhook_id', '=', id)
    .orderBy('d.seq', 'desc')
    .limit(limit + 1);
  if (before !== undefined) query = query.where('d.seq', '<', before);
  const rows = await query.execute();
  const items = rows.slice(0, limit).map(toDeliveryView);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** Whoever changes it as well waits for this one. @throws as getWebhook, WEBHOOK_INACTIVE */
export async function openForChange(tx: Tx, one: One): Promise<WebhookRow> {
  requireAct(one.actor, 'webhooks.manage');
  const row = await findWebhook(tx, { ...one, lock: true });
  if (!row.active) throw new AppError('WEBHOOK_INACTIVE', 'the webhook was deactivated: make another one');
  return row;
}

async function findWebhook(db: Db | Tx, { actor, id, lock }: One & { lock?: boolean }): Promise<WebhookRow> {
  let query = db
    .selectFrom('webhooks')
    .selectAll()
    .where('issuer_id', '=', actor.issuer.id)
    .where('id', '=', fromId('whk', id) ?? 0);
  if (lock) query = query.forUpdate();
  const row = await query.executeTakeFirst();
  if (!row) throw new AppError('WEBHOOK_NOT_FOUND', 'there is no such webhook');
  return row;
}

function selectDeliveries(db: Db | Tx, { issuer }: Actor) {
  return db
    .selectFrom('webhook_deliveries as d')
    .innerJoin('webhook_events as e', 'e.seq', 'd.event_seq')
    .innerJoin('webhooks as w', 'w.id', 'd.webhook_id')
    .selectAll('d')
    .select(['e.id as event', 'e.type', 'w.paused_at'])
    .where('d.issuer_id', '=', issuer.id);
}

async function viewDelivery(tx: Tx, actor: Actor, seq: number): Promise<DeliveryView> {
  return toDeliveryView(await selectDeliveries(tx, actor).where('d.seq', '=', seq).executeTakeFirstOrThrow());
}

function selectViews(db: Db | Tx) {
  return db
    .selectFrom('webhooks')
    .selectAll()
    .select((select) =>
      select
        .selectFrom('webhook_deliveries as d')
        .select(({ fn }) => fn.countAll<string>().as('n'))
        .whereRef('d.webhook_id', '=', 'webhooks.id')
        .where('d.state', '=', 'waiting')
        .as('waiting'),
    );
}

/** Of one that whoever asks was found to have. */
export async function viewWebhook(db: Db | Tx, id: number): Promise<WebhookView> {
  return toView(await selectViews(db).where('id', '=', id).executeTakeFirstOrThrow());
}

type ViewRow = Awaited<ReturnType<ReturnType<typeof selectViews>['executeTakeFirstOrThrow']>>;

function toView(row: ViewRow): WebhookView {
  return {
    id: toWebhookId(row.id),
    url: row.url,
    events: row.events,
    active: row.active,
    pausedSince: row.paused_at?.toISOString() ?? null,
    waiting: Number(row.waiting),
    previousSecretUntil: row.previous_until?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
  };
}

type DeliveryRow = Awaited<ReturnType<ReturnType<typeof selectDeliveries>['executeTakeFirstOrThrow']>>;

function toDeliveryView(row: DeliveryRow): DeliveryView {
  return {
    id: `dlv_${row.seq}`,
    webhook: toWebhookId(row.webhook_id),
    event: row.event,
    type: row.type,
    state: row.state,
    attempts: row.attempts,
    status: row.status,
    failure: row.failure,
    replayOf: row.replay_of === null ? null : `dlv_${row.replay_of}`,
    createdAt: row.created_at.toISOString(),
    attemptedAt: row.attempted_at?.toISOString() ?? null,
    // nobody knows when what waits for a paused one is made
    nextAt: row.paused_at === null || row.is_ping ? (row.next_at?.toISOString() ?? null) : null,
    deliveredAt: row.delivered_at?.toISOString() ?? null,
  };
}

function toWebhookId(id: number): string {
  return `whk_${id}`;
}

/** Webhooks are numbered within PostgreSQL's integer, deliveries within what a JavaScript number holds. */
function fromId(prefix: 'whk' | 'dlv', text: string): number | null {
  const form = prefix === 'whk' ? /^whk_([1-9]\d{0,8})$/ : /^dlv_([1-9]\d{0,14})$/;
  const digits = form.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}
