import { z } from 'zod';
import type { changeRoles, NewOfficer, OfficerPage, OfficerView } from '../auth/officers.ts';
import { type Actor, ROLES } from '../auth/policy.ts';
import type { Tx } from '../store/schema.ts';
import { instant, line, seenVersion } from './fields.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { type Route, readRoute, writeRoute } from './route.ts';

const roles = z
  .array(z.enum(ROLES))
  .min(1, 'must name at least one role')
  .max(ROLES.length)
  .meta({ description: 'What they may do together is what the officer may do' });

const officer = z
  .strictObject({
    id: z.string().meta({ examples: ['off_7'] }),
    provider: z.string().meta({ description: 'Where the officer signs in' }),
    subject: z.string(),
    name: z.string(),
    roles,
    active: z.boolean(),
    createdAt: instant,
    changedAt: instant.nullable(),
    links: z.strictObject({ self: z.string() }),
  })
  .meta({ id: 'Officer' });

const listQuery = z.strictObject({
  ...pageQuery({ usual: 50, most: 200, cursorLength: 20 }),
});

const page = pageOf(officer, 'OfficerPage');

export const newOfficer = z
  .strictObject({
    subject: line(200).meta({
      description: "The person's subject at the sign-in service: the department's directory knows it",
    }),
    name: line(100).meta({ description: 'Shown to colleagues' }),
    roles,
  })
  .meta({ id: 'NewOfficer' });

type List = (request: { actor: Actor; limit: number; cursor?: string | undefined }) => Promise<OfficerPage>;

export function listOfficersRoute(list: List): Route {
  return readRoute({
    path: '/v1/officers',
    name: 'listOfficers',
    summary: "The department's officers, those who left included",
    query: listQuery,
    answer: { status: 200, description: 'A page', schema: page },
    problems: ['CURSOR_INVALID', 'FORBIDDEN'],
    async handle({ caller: { actor }, query }) {
      const { items, next } = await list({ actor, limit: query.limit, cursor: query.starting_after });
      return { status: 200, body: toPage(items.map(toJson), next) };
    },
  });
}

export function getOfficerRoute(get: (one: { actor: Actor; id: string }) => Promise<OfficerView>): Route {
  return readRoute({
    path: '/v1/officers/:id',
    name: 'getOfficer',
    summary: 'One officer',
    query: z.strictObject({}),
    answer: { status: 200, description: 'The officer', schema: officer },
    problems: ['OFFICER_NOT_FOUND', 'FORBIDDEN'],
    handle: async ({ caller: { actor }, id }) => ({ status: 200, body: toJson(await get({ actor, id })) }),
  });
}

export function addOfficerRoute(
  add: (tx: Tx, input: { actor: Actor; officer: NewOfficer }) => Promise<OfficerView>,
): Route {
  return writeRoute({
    path: '/v1/officers',
    name: 'addOfficer',
    summary: 'Let a person act for the department',
    body: newOfficer,
    answer: { status: 201, description: 'The officer', schema: officer },
    problems: ['OFFICER_EXISTS', 'SIGN_IN_UNAVAILABLE', 'SCOPES_EXCEEDED', 'FORBIDDEN'],
    handle: async (tx, { caller: { actor }, body }) => ({
      status: 201,
      body: toJson(await add(tx, { actor, officer: body })),
    }),
    location,
  });
}

export function changeRolesRoute(
  change: (tx: Tx, input: Parameters<typeof changeRoles>[1]) => Promise<OfficerView>,
): Route {
  return writeRoute({
    path: '/v1/officers/:id/roles',
    name: 'changeRoles',
    summary: "Replace an officer's roles; signs the officer out everywhere",
    body: z.strictObject({ roles, changedAt: seenVersion }),
    answer: { status: 200, description: 'The officer', schema: officer },
    problems: ['OFFICER_NOT_FOUND', 'OFFICER_CHANGED', 'OWN_ROLES', 'LAST_ADMIN', 'SCOPES_EXCEEDED', 'FORBIDDEN'],
    handle: async (tx, { caller: { actor }, id, body }) => ({
      status: 200,
      body: toJson(await change(tx, { actor, id, ...body })),
    }),
    location,
  });
}

export function deactivateOfficerRoute(
  deactivate: (tx: Tx, one: { actor: Actor; id: string }) => Promise<OfficerView>,
): Route {
  return writeRoute({
    path: '/v1/officers/:id/deactivate',
    name: 'deactivateOfficer',
    summary: 'End an officer for good; signs the officer out everywhere',
    body: z.strictObject({}),
    answer: { status: 200, description: 'The officer', schema: officer },
    problems: ['OFFICER_NOT_FOUND', 'OWN_ROLES', 'LAST_ADMIN', 'FORBIDDEN'],
    handle: async (tx, { caller: { actor }, id }) => ({
      status: 200,
      body: toJson(await deactivate(tx, { actor, id })),
    }),
    location,
  });
}

function toJson(view: OfficerView): OfficerView & { links: { self: string } } {
  return { ...view, links: { self: `/v1/officers/${view.id}` } };
}

function location(body: object): string {
  return (body as { links: { self: string } }).links.self;
}
