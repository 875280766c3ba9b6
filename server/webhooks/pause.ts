import { recordAudit } from '../audit/record.ts';
import type { Tx } from '../store/schema.ts';
import { LEASE_MS } from './deliver.ts';
import { type One, openForChange, viewWebhook, type WebhookView } from './webhook.ts';

interface PauseDeps {
  now(): number;
}

/** Until it is resumed, what happens waits for it; whatever is being sent at this moment still arrives. @throws as getWebhook, WEBHOOK_INACTIVE */
export async function pauseWebhook(tx: Tx, { now }: PauseDeps, one: One): Promise<WebhookView> {
  const { id, paused_at: pausedAt } = await openForChange(tx, one);
  if (pausedAt !== null) return viewWebhook(tx, id);
  await tx
    .updateTable('webhooks')
    .set({ paused_at: new Date(now()) })
    .where('id', '=', id)
    .execute();
  const view = await viewWebhook(tx, id);
  const [before, after] = [{ paused: false }, { paused: true, waiting: view.waiting }];
  await recordAudit(tx, one.actor, { act: 'webhook.pause', object: one.id, before, after });
  return view;
}

/** What waits is due at once, in the order in which it was written, also what had failed before. @throws as pauseWebhook */
export async function resumeWebhook(tx: Tx, { now }: PauseDeps, one: One): Promise<WebhookView> {
  const { id, paused_at: pausedAt } = await openForChange(tx, one);
  if (pausedAt === null) return viewWebhook(tx, id);
  await tx
    .updateTable('webhooks')
    .set({ paused_at: null, resumed_at: new Date(now()) })
    .where('id', '=', id)
    .execute();
  await tx
    .updateTable('webhook_deliveries')
    .set(({ ref }) => ({ next_at: ref('created_at') }))
    .where('webhook_id', '=', id)
    .where('state', '=', 'waiting')
    // the lease of whoever is sending it may still run
    .where('attempted_at', '<=', new Date(now() - LEASE_MS))
    .execute();
  const view = await viewWebhook(tx, id);
  const [before, after] = [{ paused: true }, { paused: false, waiting: view.waiting }];
  await recordAudit(tx, one.actor, { act: 'webhook.resume', object: one.id, before, after });
  return view;
}
