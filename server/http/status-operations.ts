import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import { MOST_CREDENTIALS } from '../issuance/operation-candidates.ts';
import type { OperationList, OperationView } from '../issuance/operation-view.ts';
import type { OperationRequest } from '../issuance/status-operation.ts';
import { CREDENTIAL_STATUSES } from '../issuance/use-cases.ts';
import type { Tx } from '../store/schema.ts';
import { CHANGE_STATES, reason, suspensionRequest } from './credential-schema.ts';
import { calendarDay, instant, line } from './fields.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { appliedOn } from './renew-credential.ts';
import { type Route, readRoute, writeRoute } from './route.ts';

const ACTS = ['revoke', 'suspend', 'reinstate', 'renew'] as const;
const STATES = ['preview', 'confirmed', 'cancelled'] as const;

const filter = z
  .strictObject({
    type: line(60).optional().meta({ description: 'The code of a credential type' }),
    status: z.enum(CREDENTIAL_STATUSES).optional(),
    validUntilFrom: calendarDay.optional().meta({ description: "The credential's own last day, from" }),
    validUntilTo: calendarDay.optional(),
    endsFrom: calendarDay.optional().meta({ description: 'The last day as an extension or a notice moved it, from' }),
    endsTo: calendarDay.optional(),
  })
  .refine((value) => Object.keys(value).length > 0, 'must name at least one condition')
  .meta({ id: 'StatusOperationFilter' });

const newOperation = z
  .strictObject({
    act: z.enum(ACTS),
    ids: z
      .array(line(40))
      .min(1, 'must name at least one credential')
      .max(MOST_CREDENTIALS, `must have at most ${MOST_CREDENTIALS} entries`)
      .optional(),
    filter: filter.optional(),
    ...suspensionRequest.shape,
    reason: reason.optional().meta({ description: 'Of every act but a renewal, which has none' }),
    appliedOn: appliedOn
      .optional()
      .meta({ description: 'Of a renewal: the day on which all of them were applied for' }),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
    path: ['ids'],
    message: 'must be given, or "filter", and not both',
  })
  .refine(({ act, until }) => act === 'suspend' || until === undefined, {
    path: ['until'],
    message: 'is for a suspension alone',
  })
  .refine(({ act, appliedOn }) => act === 'renew' || appliedOn === undefined, {
    path: ['appliedOn'],
    message: 'is for a renewal alone',
  })
  .refine(({ act, children }) => act !== 'renew' || children === undefined, {
    path: ['children'],
    message: 'is for changes of status alone',
  })
  .refine(({ act, note }) => act !== 'renew' || note === undefined, {
    path: ['note'],
    message: 'is for changes of status alone',
  })
  .refine(({ act, reason }) => (act === 'renew') === (reason === undefined), {
    path: ['reason'],
    message: 'must be given for a change of status, and not for a renewal',
  })
  .meta({ id: 'NewStatusOperation' });

const count = z.int().min(0);

export const statusOperation = z
  .strictObject({
    id: z.string().meta({ examples: ['sop_12'] }),
    act: z.enum([...ACTS, 'extend']),
    reason,
    until: z.iso.date().nullable(),
    validUntil: z.iso.date().nullable().meta({ description: 'Of an extension: the new last valid day' }),
    pendingRenewal: z.boolean().meta({ description: 'Of an extension: in force until further notice' }),
    appliedOn: z.iso.date().nullable().meta({ description: 'Of a renewal: the day on which it was applied for' }),
    state: z.enum(STATES).meta({ description: 'Nothing is changed before it is "confirmed"' }),
    secondPerson: z.boolean().meta({ description: 'Whether somebody else than who asked has to confirm it' }),
    counts: z.strictObject({ found: count, ready: count, refused: count }),
    children: count.meta({
      description:
        'How many belong to what is ready and are not part of it: ask again with "children" to end them with it',
    }),
    sample: z.array(z.string()).meta({ description: 'The first of those that are ready' }),
    refusals: z
      .array(z.strictObject({ credential: z.string(), code: z.string() }))
      .meta({ description: 'What is not changed, and why: a code of /problems, or CHANGED_SINCE; the first thousand' }),
    progress: z
      .strictObject(Object.fromEntries(CHANGE_STATES.map((state) => [state, count])))
      .meta({ description: 'How many of the recorded changes are how far' }),
    drafts: z.strictObject({ draft: count, submitted: count, issued: count, discarded: count }).meta({
      description:
        'Of a renewal whose type is issued by two people or more: the drafts that it handed in, which others approve, by what became of them',
    }),
    requestedBy: z.string(),
    decidedBy: z.string().nullable(),
    createdAt: instant,
    decidedAt: instant.nullable(),
    links: z.strictObject({ self: z.string() }),
  })
  .meta({ id: 'StatusOperation' });

const page = pageOf(statusOperation, 'StatusOperationPage');

const PATH = '/v1/status-changes';

export function toOperationJson(view: OperationView) {
  return { ...view, links: { self: `${PATH}/${view.id}` } };
}

type One = { actor: Actor; id: string };
type Decide = (tx: Tx, one: One) => Promise<OperationView>;

export function previewOperationRoute(preview: (tx: Tx, request: OperationRequest) => Promise<OperationView>): Route {
  return writeRoute({
    path: PATH,
    name: 'previewStatusChange',
    summary: 'Revoke, suspend, reinstate or renew many credentials: shows first what would be done',
    body: newOperation,
    answer: { status: 201, description: 'The preview: nothing is changed yet', schema: statusOperation },
    problems: [],
    location: selfOf,
    async handle(tx, { caller: { actor }, body }) {
      // the schema has seen that each act has what belongs to it
      return { status: 201, body: toOperationJson(await preview(tx, { ...body, actor } as OperationRequest)) };
    },
  });
}

export function confirmOperationRoute(confirm: Decide): Route {
  return decideRoute('confirm', 'Change everything that nobody changed since the preview', confirm);
}

export function cancelOperationRoute(cancel: Decide): Route {
  return decideRoute('cancel', 'Change nothing of what was previewed', cancel);
}

function decideRoute(verb: 'confirm' | 'cancel', summary: string, decide: Decide): Route {
  return writeRoute({
    path: `${PATH}/:id/${verb}`,
    name: `${verb}StatusChange`,
    summary,
    body: z.strictObject({}),
    answer: { status: 200, description: 'The operation, decided', schema: statusOperation },
    problems: ['OPERATION_NOT_FOUND', 'OPERATION_CLOSED', ...(verb === 'confirm' ? (['SAME_PERSON'] as const) : [])],
    location: selfOf,
    async handle(tx, { caller: { actor }, id }) {
      return { status: 200, body: toOperationJson(await decide(tx, { actor, id })) };
    },
  });
}

export function getOperationRoute(get: (one: One) => Promise<OperationView>): Route {
  return readRoute({
    path: `${PATH}/:id`,
    name: 'getStatusChange',
    summary: 'A change of many credentials, and how far it is',
    query: z.strictObject({}),
    answer: { status: 200, description: 'The operation', schema: statusOperation },
    problems: ['OPERATION_NOT_FOUND'],
    async handle({ caller: { actor }, id }) {
      return { status: 200, body: toOperationJson(await get({ actor, id })) };
    },
  });
}

const listQuery = z.strictObject({
  state: z.enum(STATES).optional().meta({ description: '"preview" waits for somebody to confirm it' }),
  ...pageQuery({ usual: 20, most: 50, cursorLength: 30 }),
});

type List = (request: OperationList) => Promise<{ items: OperationView[]; next: string | null }>;

export function listOperationsRoute(list: List): Route {
  return readRoute({
    path: PATH,
    name: 'listStatusChanges',
    summary: 'Changes that were previewed, newest first',
    query: listQuery,
    answer: { status: 200, description: 'A page', schema: page },
    problems: ['CURSOR_INVALID'],
    async handle({ caller: { actor }, query: { state, limit, starting_after: cursor } }) {
      const { items, next } = await list({ actor, state, limit, cursor });
      return { status: 200, body: toPage(items.map(toOperationJson), next) };
    },
  });
}

function selfOf(body: object): string {
  return (body as { links: { self: string } }).links.self;
}
