import { z } from 'zod';
import {
  type ApiKeyPage,
  type ApiKeyView,
  LONGEST_LIFE_DAYS,
  LONGEST_OVERLAP_HOURS,
  type NewDepartmentKey,
  type Rotation,
  type WithSecret,
} from '../auth/department-keys.ts';
import { ACTS, type Actor } from '../auth/policy.ts';
import type { Tx } from '../store/schema.ts';
import { instant, line } from './fields.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { type Route, readRoute, writeRoute } from './route.ts';

const apiKey = z
  .strictObject({
    id: z.string().meta({ examples: ['key_12'] }),
    name: z.string(),
    prefix: z.string().meta({ description: 'The first characters of the secret, to know it again by' }),
    mode: z.enum(['test', 'live']),
    scopes: z.array(z.string()),
    state: z.enum(['active', 'expired', 'deactivated']),
    createdBy: z.string().nullable().meta({ description: 'Null for what the operator set up' }),
    people: z
      .array(z.string())
      .meta({ description: 'Whoever was told one of its secrets: none of them may approve what was done with it' }),
    createdAt: instant,
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable().meta({ description: 'To the minute' }),
    rotatedAt: instant.nullable(),
    previousUntil: instant.nullable().meta({ description: 'Until when the secret before the last rotation works too' }),
    previousLastUsedAt: instant.nullable(),
    links: z.strictObject({ self: z.string() }),
  })
  .meta({ id: 'ApiKey' });

const withSecret = z
  .strictObject({
    ...apiKey.shape,
    secret: z
      .string()
      .optional()
      .meta({ description: 'Told once: an answer that is repeated under its Idempotency-Key does not have it' }),
  })
  .meta({ id: 'ApiKeyWithSecret' });

const page = pageOf(apiKey, 'ApiKeyPage');

const end = z.iso
  .datetime('must be a time in UTC, such as 2027-03-01T00:00:00Z')
  .transform((text) => new Date(text))
  .optional();

const newApiKey = z
  .strictObject({
    name: line(100).meta({ description: 'By which people know it, such as the system that uses it' }),
    scopes: z
      .array(z.enum(ACTS))
      .min(1, 'must name at least one right')
      .max(ACTS.length)
      .meta({ description: 'What it may do: rights that you have yourself' }),
    mode: z.enum(['test', 'live']).optional().meta({ description: "The service's own; another one is refused" }),
    expiresAt: end.meta({ description: `At most ${LONGEST_LIFE_DAYS} days away; a year where it is left out` }),
  })
  .meta({ id: 'NewApiKey' });

const rotation = z
  .strictObject({
    overlapHours: z
      .int()
      .min(0)
      .max(LONGEST_OVERLAP_HOURS)
      .default(24)
      .meta({ description: 'For how long the secret that there is goes on working; 0 ends it at once' }),
    expiresAt: end.meta({ description: 'Another end; the one that it has where it is left out' }),
  })
  .meta({ id: 'ApiKeyRotation' });

const listQuery = z.strictObject(pageQuery({ usual: 50, most: 200, cursorLength: 20 }));

interface One {
  actor: Actor;
  id: string;
}

export interface ApiKeyUseCases {
  create(tx: Tx, input: { actor: Actor; key: NewDepartmentKey }): Promise<WithSecret>;
  list(request: { actor: Actor; limit: number; cursor: string | undefined }): Promise<ApiKeyPage>;
  get(one: One): Promise<ApiKeyView>;
  rotate(tx: Tx, input: One & { rotation: Rotation }): Promise<WithSecret>;
  deactivate(tx: Tx, one: One): Promise<ApiKeyView>;
}

export function apiKeyRoutes(useCases: ApiKeyUseCases): Route[] {
  return [...readRoutes(useCases), createRoute(useCases), rotateRoute(useCases), deactivateRoute(useCases)];
}

function readRoutes({ list, get }: ApiKeyUseCases): Route[] {
  return [
    readRoute({
      path: '/v1/api-keys',
      name: 'listApiKeys',
      summary: "The department's API keys, newest first, without their secrets",
      query: listQuery,
      answer: { status: 200, description: 'A page', schema: page },
      problems: ['CURSOR_INVALID', 'FORBIDDEN'],
      async handle({ caller: { actor }, query: { limit, starting_after: cursor } }) {
        const { items, next } = await list({ actor, limit, cursor });
        return { status: 200, body: toPage(items.map(toJson), next) };
      },
    }),
    readRoute({
      path: '/v1/api-keys/:id',
      name: 'getApiKey',
      summary: 'One API key',
      query: z.strictObject({}),
      answer: { status: 200, description: 'The key', schema: apiKey },
      problems: ['API_KEY_NOT_FOUND', 'FORBIDDEN'],
      handle: async ({ caller: { actor }, id }) => ({ status: 200, body: toJson(await get({ actor, id })) }),
    }),
  ];
}

function createRoute({ create }: ApiKeyUseCases): Route {
  return writeRoute({
    path: '/v1/api-keys',
    name: 'createApiKey',
    summary: 'A key for one of your systems; the secret is in this answer alone',
    body: newApiKey,
    answer: { status: 201, description: 'The key', schema: withSecret },
    problems: ['SCOPES_EXCEEDED', 'API_KEY_LIMIT', 'FORBIDDEN'],
    async handle(tx, { caller: { actor }, body }) {
      const { secret, ...view } = await create(tx, { actor, key: body });
      return { status: 201, body: toJson(view), once: { secret } };
    },
    location,
  });
}

function rotateRoute({ rotate }: ApiKeyUseCases): Route {
  return writeRoute({
    path: '/v1/api-keys/:id/rotate',
    name: 'rotateApiKey',
    summary: 'Another secret; for the overlap both work. A key may rotate itself',
    body: rotation,
    answer: { status: 200, description: 'The key with its new secret', schema: withSecret },
    problems: ['API_KEY_NOT_FOUND', 'API_KEY_INACTIVE', 'SCOPES_EXCEEDED', 'FORBIDDEN'],
    async handle(tx, { caller: { actor }, id, body }) {
      const { secret, ...view } = await rotate(tx, { actor, id, rotation: body });
      return { status: 200, body: toJson(view), once: { secret } };
    },
    location,
  });
}

function deactivateRoute({ deactivate }: ApiKeyUseCases): Route {
  return writeRoute({
    path: '/v1/api-keys/:id/deactivate',
    name: 'deactivateApiKey',
    summary: 'End an API key at once and for good',
    body: z.strictObject({}),
    answer: { status: 200, description: 'The key', schema: apiKey },
    problems: ['API_KEY_NOT_FOUND', 'FORBIDDEN'],
    handle: async (tx, { caller: { actor }, id }) => ({
      status: 200,
      body: toJson(await deactivate(tx, { actor, id })),
    }),
    location,
  });
}

function toJson(view: ApiKeyView): ApiKeyView & { links: { self: string } } {
  return { ...view, links: { self: `/v1/api-keys/${view.id}` } };
}

function location(body: object): string {
  return (body as { links: { self: string } }).links.self;
}
