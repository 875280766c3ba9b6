import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import type { Tx } from '../store/schema.ts';
import { EVENT_TYPES } from '../webhooks/event.ts';
import type { changeEvents, DeliveryView, WebhookView, WithSecret } from '../webhooks/webhook.ts';
import { line, seenVersion } from './fields.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { type Route, readRoute, writeRoute } from './route.ts';

const webhook = z
  .strictObject({
    id: z.string().meta({ examples: ['whk_7'] }),
    url: z.string(),
    events: z.array(z.enum(EVENT_TYPES)),
    active: z.boolean(),
    pausedSince: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'Nothing but a ping is sent since; null: not paused' }),
    waiting: z.int().meta({ description: 'How many deliveries are not made yet' }),
    previousSecretUntil: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    changedAt: z.iso.datetime().meta({ description: 'When it was last said what it is told' }),
    links: z.strictObject({ self: z.string(), deliveries: z.string() }),
  })
  .meta({ id: 'Webhook' });

const webhookPage = pageOf(webhook, 'WebhookPage');
const webhooksQuery = z.strictObject(pageQuery({ usual: 200, most: 200, cursorLength: 20 }));

const withSecret = z
  .strictObject({
    ...webhook.shape,
    secret: z
      .string()
      .optional()
      .meta({ description: 'Told once: an answer that is repeated under its Idempotency-Key does not have it' }),
  })
  .meta({ id: 'WebhookWithSecret' });

const delivery = z
  .strictObject({
    id: z.string().meta({ examples: ['dlv_31'] }),
    webhook: z.string(),
    event: z.string().meta({ description: 'The same in every repetition: to know an event again by' }),
    type: z.string(),
    state: z.enum(['waiting', 'delivered', 'failed']),
    attempts: z.int(),
    status: z.int().nullable().meta({ description: 'The HTTP status of the last answer' }),
    failure: z.string().nullable(),
    replayOf: z.string().nullable(),
    createdAt: z.iso.datetime(),
    attemptedAt: z.iso.datetime().nullable(),
    nextAt: z.iso.datetime().nullable().meta({ description: 'Null too while its webhook is paused' }),
    deliveredAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'WebhookDelivery' });

const wantedEvents = z.array(z.enum(EVENT_TYPES)).min(1).max(EVENT_TYPES.length);

const newWebhook = z
  .strictObject({
    url: line(2_000).meta({
      description: 'Where events are posted to',
      examples: ['https://systems.example.hk/e-proof'],
    }),
    events: wantedEvents,
  })
  .meta({ id: 'NewWebhook' });

const newEvents = z.strictObject({ events: wantedEvents, changedAt: seenVersion }).meta({ id: 'WebhookEvents' });

const page = pageOf(delivery, 'WebhookDeliveryPage');

const deliveriesQuery = z.strictObject(pageQuery({ usual: 20, most: 200, cursorLength: 40 }));

interface One {
  actor: Actor;
  id: string;
}

export interface WebhookUseCases {
  create(tx: Tx, input: { actor: Actor; url: string; events: (typeof EVENT_TYPES)[number][] }): Promise<WithSecret>;
  list(page: {
    actor: Actor;
    limit: number;
    cursor: string | undefined;
  }): Promise<{ items: WebhookView[]; next: string | null }>;
  get(one: One): Promise<WebhookView>;
  changeEvents(tx: Tx, input: Parameters<typeof changeEvents>[1]): Promise<WebhookView>;
  rotate(tx: Tx, one: One): Promise<WithSecret>;
  pause(tx: Tx, one: One): Promise<WebhookView>;
  resume(tx: Tx, one: One): Promise<WebhookView>;
  deactivate(tx: Tx, one: One): Promise<WebhookView>;
  ping(tx: Tx, one: One): Promise<DeliveryView>;
  replay(tx: Tx, one: One): Promise<DeliveryView>;
  deliveries(
    page: One & { limit: number; cursor: string | undefined },
  ): Promise<{ items: DeliveryView[]; next: string | null }>;
}

export function webhookRoutes(useCases: WebhookUseCases): Route[] {
  return [
    createRoute(useCases),
    ...readRoutes(useCases),
    ...changeRoutes(useCases),
    ...pauseRoutes(useCases),
    ...deliveryRoutes(useCases),
  ];
}

function createRoute({ create }: WebhookUseCases): Route {
  return writeRoute({
    path: '/v1/webhooks',
    name: 'createWebhook',
    summary: 'Be told of events; the secret that signs them is in this answer alone',
    body: newWebhook,
    answer: { status: 201, description: 'The webhook', schema: withSecret },
    problems: ['WEBHOOK_URL_REFUSED', 'WEBHOOK_LIMIT', 'FORBIDDEN'],
    async handle(tx, { caller: { actor }, body }) {
      const { secret, ...view } = await create(tx, { actor, ...body });
      return { status: 201, body: toJson(view), once: { secret } };
    },
    location,
  });
}

function readRoutes({ list, get }: WebhookUseCases): Route[] {
  return [
    readRoute({
      path: '/v1/webhooks',
      name: 'listWebhooks',
      summary: "The department's webhooks, the active ones first, without their secrets",
      query: webhooksQuery,
      answer: { status: 200, description: 'A page', schema: webhookPage },
      problems: ['CURSOR_INVALID', 'FORBIDDEN'],
      async handle({ caller: { actor }, query: { limit, starting_after: cursor } }) {
        const { items, next } = await list({ actor, limit, cursor });
        return { status: 200, body: toPage(items.map(toJson), next) };
      },
    }),
    readRoute({
      path: '/v1/webhooks/:id',
      name: 'getWebhook',
      summary: 'One webhook',
      query: z.strictObject({}),
      answer: { status: 200, description: 'The webhook', schema: webhook },
      problems: ['WEBHOOK_NOT_FOUND', 'FORBIDDEN'],
      handle: async ({ caller: { actor }, id }) => ({ status: 200, body: toJson(await get({ actor, id })) }),
    }),
  ];
}

function changeRoutes({ changeEvents, rotate, deactivate, ping }: WebhookUseCases): Route[] {
  return [
    writeRoute({
      path: '/v1/webhooks/:id/events',
      name: 'changeWebhookEvents',
      summary: 'Replace the types of events that a webhook is told from now on',
      body: newEvents,
      answer: { status: 200, description: 'The webhook', schema: webhook },
      problems: ['WEBHOOK_NOT_FOUND', 'WEBHOOK_INACTIVE', 'WEBHOOK_CHANGED', 'FORBIDDEN'],
      handle: async (tx, { caller: { actor }, id, body }) => ({
        status: 200,
        body: toJson(await changeEvents(tx, { actor, id, ...body })),
      }),
      location,
    }),
    writeRoute({
      path: '/v1/webhooks/:id/rotate',
      name: 'rotateWebhookSecret',
      summary: 'A new secret; for 24 hours both sign',
      body: z.strictObject({}),
      answer: { status: 200, description: 'The webhook with its new secret', schema: withSecret },
      problems: ['WEBHOOK_NOT_FOUND', 'WEBHOOK_INACTIVE', 'FORBIDDEN'],
      async handle(tx, { caller: { actor }, id }) {
        const { secret, ...view } = await rotate(tx, { actor, id });
        return { status: 200, body: toJson(view), once: { secret } };
      },
      location,
    }),
    writeRoute({
      path: '/v1/webhooks/:id/deactivate',
      name: 'deactivateWebhook',
      summary: 'End a webhook for good; what waits for it is not sent',
      body: z.strictObject({}),
      answer: { status: 200, description: 'The webhook', schema: webhook },
      problems: ['WEBHOOK_NOT_FOUND', 'FORBIDDEN'],
      handle: async (tx, { caller: { actor }, id }) => ({
        status: 200,
        body: toJson(await deactivate(tx, { actor, id })),
      }),
      location,
    }),
    writeRoute({
      path: '/v1/webhooks/:id/ping',
      name: 'pingWebhook',
      summary: 'Send an event that says nothing, to try the receiver, also while it is paused',
      body: z.strictObject({}),
      answer: { status: 202, description: 'The delivery', schema: delivery },
      problems: ['WEBHOOK_NOT_FOUND', 'WEBHOOK_INACTIVE', 'FORBIDDEN'],
      handle: async (tx, { caller: { actor }, id }) => ({ status: 202, body: await ping(tx, { actor, id }) }),
      location: deliveriesOf,
    }),
  ];
}

function pauseRoutes({ pause, resume }: WebhookUseCases): Route[] {
  const change = (name: string, summary: string, act: typeof pause) =>
    writeRoute({
      path: `/v1/webhooks/:id/${name}`,
      name: `${name}Webhook`,
      summary,
      body: z.strictObject({}),
      answer: { status: 200, description: 'The webhook', schema: webhook },
      problems: ['WEBHOOK_NOT_FOUND', 'WEBHOOK_INACTIVE', 'FORBIDDEN'],
      handle: async (tx, { caller: { actor }, id }) => ({ status: 200, body: toJson(await act(tx, { actor, id })) }),
      location,
    });
  return [
    change('pause', 'Send nothing for now; what happens waits, for up to thirty days', pause),
    change('resume', 'Send what waits, in the order in which it happened, and what happens from now on', resume),
  ];
}

function deliveryRoutes({ deliveries, replay }: WebhookUseCases): Route[] {
  return [
    readRoute({
      path: '/v1/webhooks/:id/deliveries',
      name: 'listDeliveries',
      summary: 'What was sent to a webhook and what became of it, newest first',
      query: deliveriesQuery,
      answer: { status: 200, description: 'A page', schema: page },
      problems: ['WEBHOOK_NOT_FOUND', 'CURSOR_INVALID', 'FORBIDDEN'],
      async handle({ caller: { actor }, id, query: { limit, starting_after: cursor } }) {
        const { items, next } = await deliveries({ actor, id, limit, cursor });
        return { status: 200, body: toPage(items, next) };
      },
    }),
    writeRoute({
      path: '/v1/webhook-deliveries/:id/replay',
      name: 'replayDelivery',
      summary: 'Send an event again, under the same event id; it waits while the webhook is paused',
      body: z.strictObject({}),
      answer: { status: 202, description: 'The new delivery', schema: delivery },
      problems: ['DELIVERY_NOT_FOUND', 'WEBHOOK_INACTIVE', 'FORBIDDEN'],
      handle: async (tx, { caller: { actor }, id }) => ({ status: 202, body: await replay(tx, { actor, id }) }),
      location: deliveriesOf,
    }),
  ];
}

function toJson(view: WebhookView) {
  const self = `/v1/webhooks/${view.id}`;
  return { ...view, links: { self, deliveries: `${self}/deliveries` } };
}

function location(body: object): string {
  return (body as { links: { self: string } }).links.self;
}

function deliveriesOf(body: object): string {
  return `/v1/webhooks/${(body as DeliveryView).webhook}/deliveries`;
}
