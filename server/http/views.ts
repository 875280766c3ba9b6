import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import type { Tx, ViewPlace } from '../store/schema.ts';
import { type NewView, type SavedView, VIEW_PLACES, type ViewChange } from '../views/views.ts';
import { instant, jsonObject, nameLine } from './fields.ts';
import { type Route, readRoute, writeRoute } from './route.ts';

const place = z.enum(VIEW_PLACES).meta({ description: 'The list that it is a view of' });
const name = nameLine(60).meta({ description: 'Kept in clear, so that nobody’s name belongs here' });
const shared = z
  .boolean()
  .meta({ description: 'For everybody of the department who may open the list; needs the right rules.manage' });
const filters = jsonObject(
  'As the query of the list takes them, without its page and without what points at a person or one document (reference, parent, number, actor, object, idempotency_key)',
);

const view = z
  .strictObject({
    id: z.string().meta({ examples: ['viw_7'] }),
    place,
    name: z.string(),
    filters: z.record(z.string(), z.string()),
    shared: z.boolean(),
    owner: z.string().meta({ description: 'Who made it; GET /v1/people has the name' }),
    createdAt: instant,
    changedAt: instant,
  })
  .meta({ id: 'SavedView' });

interface One {
  actor: Actor;
  id: string;
}

export interface ViewUseCases {
  list(asked: { actor: Actor; place: ViewPlace }): Promise<SavedView[]>;
  create(tx: Tx, input: { actor: Actor; view: NewView }): Promise<SavedView>;
  update(tx: Tx, input: One & { change: ViewChange }): Promise<SavedView>;
  remove(tx: Tx, one: One): Promise<SavedView>;
}

/** For officers alone: a view is a person's, and a system keeps its filters itself. */
export function viewRoutes({ list, create, update, remove }: ViewUseCases): Route[] {
  const answer = { status: 200, description: 'The view', schema: view };
  const location = (body: object) => `/v1/views?place=${(body as SavedView).place}`;
  return [
    readRoute({
      path: '/v1/views',
      officersOnly: true,
      name: 'listViews',
      summary: 'The views of a list that are yours or your department’s, in the order in which they were made',
      query: z.strictObject({ place }),
      answer: {
        status: 200,
        description: 'All of them',
        schema: z.strictObject({ items: z.array(view) }).meta({ id: 'SavedViewList' }),
      },
      problems: ['FORBIDDEN'],
      handle: async ({ caller: { actor }, query }) => ({
        status: 200,
        body: { items: await list({ actor, place: query.place }) },
      }),
    }),
    writeRoute({
      path: '/v1/views',
      officersOnly: true,
      name: 'createView',
      summary: 'Keep the filters of a list under a name, for yourself or for the department',
      body: z.strictObject({ place, name, filters, shared: shared.default(false) }).meta({ id: 'NewSavedView' }),
      answer: { ...answer, status: 201 },
      problems: ['FORBIDDEN', 'VIEW_EXISTS', 'VIEW_LIMIT'],
      location,
      handle: async (tx, { caller: { actor }, body }) => ({
        status: 201,
        body: await create(tx, { actor, view: body }),
      }),
    }),
    writeRoute({
      path: '/v1/views/:id/update',
      officersOnly: true,
      name: 'updateView',
      summary: 'Another name, other filters, or for others; what is left out stays',
      body: z
        .strictObject({
          name: name.optional(),
          filters: filters.optional(),
          shared: shared.optional(),
          changedAt: instant.meta({
            description: 'That of the view which was seen: refused where somebody has changed it since',
          }),
        })
        .meta({ id: 'SavedViewChange' }),
      answer,
      problems: ['FORBIDDEN', 'VIEW_NOT_FOUND', 'VIEW_CHANGED', 'VIEW_EXISTS', 'VIEW_LIMIT'],
      location,
      handle: async (tx, { caller: { actor }, id, body }) => ({
        status: 200,
        body: await update(tx, { actor, id, change: body }),
      }),
    }),
    writeRoute({
      path: '/v1/views/:id/delete',
      officersOnly: true,
      name: 'deleteView',
      summary: 'Delete it, for ever; of a shared one everybody’s',
      body: z.strictObject({}),
      answer: { ...answer, description: 'The view as it was' },
      problems: ['FORBIDDEN', 'VIEW_NOT_FOUND'],
      location,
      handle: async (tx, { caller: { actor }, id }) => ({ status: 200, body: await remove(tx, { actor, id }) }),
    }),
  ];
}
