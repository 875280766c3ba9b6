import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import type { DraftContent, DraftDetail, DraftListRequest, DraftView, OneDraft } from '../issuance/drafts.ts';
import type { DraftOutcome } from '../issuance/many-drafts.ts';
import type { Tx } from '../store/schema.ts';
import { newCredential, successorKey } from './credential-schema.ts';
import { approval, day, hash256, instant, jsonObject, line, returnNote } from './fields.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { itemProblem, toItemProblem } from './problem.ts';
import { appliedOn, replacementNote } from './renew-credential.ts';
import { type Route, readRoute, writeRoute } from './route.ts';
import type { ProblemCode } from './statuses.ts';

const DRAFT_STATES = ['draft', 'submitted', 'issued', 'discarded'] as const;

const { type, claims, holder, parent } = newCredential.shape;
const contentFields = {
  type,
  claims: claims.optional(),
  validity: z
    .strictObject({
      validFrom: day('The first valid day in Hong Kong').optional(),
      validUntil: day('The last valid day; null or left out where the type has no end').nullable().optional(),
      issued: day('The day of submission in Hong Kong where it is left out').optional(),
    })
    .optional(),
  holder,
  holderKey: successorKey,
  parent,
  replaces: line(40)
    .optional()
    .meta({ description: 'The id of the credential whose place it takes', examples: ['crd_k7qx3mwap9rt'] }),
  appliedOn: appliedOn.optional(),
  note: replacementNote.optional(),
};
const newDraft = z.strictObject(contentFields).meta({ id: 'NewDraft' });

const contentHash = hash256('What an approval is for: SHA-256 over header and claims');

const viewFields = {
  id: z.string().meta({ examples: ['drf_12'] }),
  type: z.string(),
  state: z.enum(DRAFT_STATES),
  credential: z.string().nullable().meta({ description: 'The id of the credential, from "issued" on' }),
  preparedBy: z.string(),
  people: z
    .array(z.string())
    .meta({ description: 'Whoever prepared, edited or submitted it: none of them approves it' }),
  returnedBy: z.string().nullable(),
  contentHash: contentHash.nullable(),
  approvals: z.array(approval),
  approvalsNeeded: z.int(),
  createdAt: instant,
  changedAt: instant,
  links: z.strictObject({ self: z.string() }),
};
const draft = z.strictObject(viewFields).meta({ id: 'Draft' });
const draftDetail = z
  .strictObject({
    ...viewFields,
    content: jsonObject(
      'As NewDraft; of a submitted draft: as it will be signed. Null when it is issued or discarded, and in an answer that is repeated under its Idempotency-Key',
    ).nullable(),
    problems: z
      .array(z.strictObject({ pointer: z.string(), code: z.string(), message: z.string() }))
      .meta({ description: 'Why it cannot be submitted as it is' }),
    note: z
      .string()
      .nullable()
      .meta({ description: 'Why it was returned last; null when it is issued or discarded, and as content is' }),
    returnedContent: jsonObject(
      'What was submitted when it was returned last, to compare with what is submitted now; null as note is',
    ).nullable(),
    bound: z
      .boolean()
      .nullable()
      .meta({ description: 'Whether what is submitted is bound to a key of its holder; null where nothing is' }),
  })
  .meta({ id: 'DraftDetail' });
const draftPage = pageOf(draft, 'DraftPage');

export const draftsQuery = z.strictObject({
  state: z.enum(DRAFT_STATES).optional(),
  type: line(60).optional().meta({ description: 'The code of a credential type' }),
  ...pageQuery({ usual: 20, most: 100, cursorLength: 20 }),
});

type List = (request: DraftListRequest) => Promise<{ items: DraftView[]; next: string | null }>;

export function listDraftsRoute(list: List): Route {
  return readRoute({
    path: '/v1/drafts',
    name: 'listDrafts',
    summary: 'What is being prepared and what waits for approval, newest first',
    query: draftsQuery,
    answer: { status: 200, description: 'A page', schema: draftPage },
    problems: ['CURSOR_INVALID', 'FORBIDDEN'],
    async handle({ caller: { actor }, query: { starting_after: cursor, ...query } }) {
      const { items, next } = await list({ actor, cursor, ...query });
      return { status: 200, body: toPage(items.map(toJson), next) };
    },
  });
}

export function getDraftRoute(get: (one: OneDraft) => Promise<DraftDetail>): Route {
  return readRoute({
    path: '/v1/drafts/:id',
    name: 'getDraft',
    reads: { act: 'draft.read', what: 'claims' },
    summary: 'One draft, with its problems; a submitted one as it will be signed',
    query: z.strictObject({}),
    answer: { status: 200, description: 'The draft', schema: draftDetail },
    problems: ['DRAFT_NOT_FOUND', 'FORBIDDEN'],
    handle: async ({ caller: { actor }, id }) => ({ status: 200, body: toJson(await get({ actor, id })) }),
  });
}

const OF_TYPE = ['TYPE_UNKNOWN', 'TYPE_NOT_YOURS', 'TYPE_NOT_OPEN', 'FORBIDDEN'] as const satisfies ProblemCode[];
const OF_DRAFT = ['DRAFT_NOT_FOUND', 'DRAFT_STATE', 'FORBIDDEN'] as const satisfies ProblemCode[];

export function createDraftRoute(
  create: (tx: Tx, input: { actor: Actor; content: DraftContent }) => Promise<DraftDetail>,
): Route {
  return writeRoute({
    path: '/v1/drafts',
    name: 'createDraft',
    summary: 'Prepare a credential: what is missing or wrong is listed, not refused',
    body: newDraft,
    answer: { status: 201, description: 'The draft', schema: draftDetail },
    problems: OF_TYPE,
    location,
    handle: async (tx, { caller: { actor }, body }) => toAnswer(201, await create(tx, { actor, content: body })),
  });
}

/** One who acts on a draft differs in path, words, body and what stands in the way. */
interface DraftAct<Body extends z.ZodType<object>> {
  act: string;
  summary: string;
  body: Body;
  problems: readonly ProblemCode[];
  run(tx: Tx, input: OneDraft & { body: z.output<Body> }): Promise<DraftDetail>;
}

function actRoute<Body extends z.ZodType<object>>({ act, summary, body, problems, run }: DraftAct<Body>): Route {
  return writeRoute({
    path: `/v1/drafts/:id/${act}`,
    name: `${act}Draft`,
    summary,
    body,
    answer: { status: 200, description: 'The draft', schema: draftDetail },
    problems: [...OF_DRAFT, ...problems],
    location,
    handle: async (tx, { caller: { actor }, id, body: given }) =>
      toAnswer(200, await run(tx, { actor, id, body: given })),
  });
}

type Act<More = object> = (tx: Tx, input: OneDraft & More) => Promise<DraftDetail>;

const draftUpdate = z
  .strictObject({
    ...contentFields,
    changedAt: instant.optional().meta({
      description:
        'That of the draft which was edited: refused where somebody has changed it since. Left out: whatever it says now is replaced',
    }),
  })
  .meta({ id: 'DraftUpdate' });

export function updateDraftRoute(update: Act<{ content: DraftContent; changedAt?: string | undefined }>): Route {
  return actRoute({
    act: 'update',
    summary: 'Say it anew: takes back what was submitted, and approvals of it count no more',
    body: draftUpdate,
    problems: ['TYPE_UNKNOWN', 'TYPE_NOT_YOURS', 'TYPE_NOT_OPEN', 'DRAFT_CHANGED'],
    run: (tx, { body: { changedAt, ...content }, ...one }) => update(tx, { ...one, content, changedAt }),
  });
}

const nothing = z.strictObject({});
const seenVersion = {
  changedAt: instant.optional().meta({
    description:
      'That of the draft which was seen: refused where somebody has changed it since. Left out: it is handed in as it is',
  }),
};

export function submitDraftRoute(submit: Act<{ changedAt?: string | undefined }>): Route {
  return actRoute({
    act: 'submit',
    summary: 'Hand it in for approval: its id, dates and content hash are fixed',
    body: z.strictObject(seenVersion),
    problems: [
      'DRAFT_CHANGED',
      ...(['CREDENTIAL_NOT_FOUND', 'CREDENTIAL_FAILED', 'CREDENTIAL_ERASED'] as const),
      ...(['ALREADY_REVOKED', 'ALREADY_SUPERSEDED'] as const),
      ...(['TYPE_UNKNOWN', 'TYPE_NOT_YOURS', 'TYPE_NOT_OPEN', 'ISSUER_NOT_READY', 'ISSUER_HELD'] as const),
      ...(['QR_TOO_LARGE', 'CREDENTIAL_TOO_LARGE', 'RENEWAL_TOO_EARLY', 'RENEWAL_TOO_LATE'] as const),
    ],
    run: (tx, { actor, id, body }) => submit(tx, { actor, id, ...body }),
  });
}

export function approveDraftRoute(approve: Act<{ contentHash: string }>): Route {
  return actRoute({
    act: 'approve',
    summary: 'Approve what you saw, by its hash; the last approval that the type needs issues the credential',
    body: z.strictObject({ contentHash }),
    problems: [
      ...(['CONTENT_CHANGED', 'SAME_PERSON', 'ISSUER_NOT_READY', 'ISSUER_HELD'] as const),
      ...(['CREDENTIAL_FAILED', 'ALREADY_REVOKED', 'ALREADY_SUPERSEDED'] as const),
    ],
    run: (tx, { actor, id, body }) => approve(tx, { actor, id, ...body }),
  });
}

export function returnDraftRoute(giveBack: Act<{ note: string }>): Route {
  return actRoute({
    act: 'return',
    summary: 'Give it back to its preparer, with a note',
    body: returnNote,
    problems: [],
    run: (tx, { actor, id, body }) => giveBack(tx, { actor, id, ...body }),
  });
}

export function withdrawDraftRoute(withdraw: Act): Route {
  return actRoute({
    act: 'withdraw',
    summary: 'Take back what was submitted: it is a draft again',
    body: nothing,
    problems: [],
    run: (tx, { actor, id }) => withdraw(tx, { actor, id }),
  });
}

export function discardDraftRoute(discard: Act): Route {
  return actRoute({
    act: 'discard',
    summary: 'Throw it away, for ever',
    body: nothing,
    problems: [],
    run: (tx, { actor, id }) => discard(tx, { actor, id }),
  });
}

const MOST_AT_ONCE = 200;

/** At most as many as are looked at in one transaction, and each once: what would be done twice is a mistake of the caller's. */
function many<One extends z.ZodType<{ id: string }>>(one: One) {
  return z
    .array(one)
    .min(1)
    .max(MOST_AT_ONCE)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'must name each draft once');
}

const draftId = line(20).meta({ examples: ['drf_12'] });
const outcomes = z
  .strictObject({
    done: z.int().meta({ description: 'How many of them' }),
    items: z
      .array(z.strictObject({ id: z.string(), draft: draft.nullable(), problem: itemProblem.nullable() }))
      .meta({ description: 'In the order of the request: the draft as it is now, or why nothing was done to it' }),
  })
  .meta({ id: 'DraftOutcomes' });

type Many<One> = (tx: Tx, input: { actor: Actor; drafts: readonly One[] }) => Promise<DraftOutcome[]>;

export function submitDraftsRoute(submit: Many<{ id: string; changedAt?: string | undefined }>): Route {
  return writeRoute({
    path: '/v1/drafts/submit',
    name: 'submitDrafts',
    summary: 'Hand in many for approval: each is judged by itself, and none keeps another back',
    body: z
      .strictObject({ drafts: many(z.strictObject({ id: draftId, ...seenVersion })) })
      .meta({ id: 'DraftsToSubmit' }),
    answer: { status: 200, description: 'What became of each', schema: outcomes },
    problems: ['FORBIDDEN'],
    location: () => '/v1/drafts',
    handle: async (tx, { caller: { actor }, body }) => toOutcomes(await submit(tx, { actor, ...body })),
  });
}

export function approveDraftsRoute(approve: Many<{ id: string; contentHash: string }>): Route {
  return writeRoute({
    path: '/v1/drafts/approve',
    name: 'approveDrafts',
    summary: 'Approve many, each by the hash of what you saw: each is judged by itself, and none keeps another back',
    body: z
      .strictObject({ drafts: many(z.strictObject({ id: draftId, contentHash })) })
      .meta({ id: 'DraftsToApprove' }),
    answer: { status: 200, description: 'What became of each', schema: outcomes },
    problems: ['FORBIDDEN'],
    location: () => '/v1/drafts',
    handle: async (tx, { caller: { actor }, body }) => toOutcomes(await approve(tx, { actor, ...body })),
  });
}

function toOutcomes(all: readonly DraftOutcome[]) {
  const items = all.map(({ id, draft: view, problem }) => ({
    id,
    draft: view && toJson(view),
    problem: problem && toItemProblem(problem),
  }));
  return { status: 200, body: { done: all.filter(({ draft: view }) => view).length, items } };
}

/** The answer that is kept for repetition is in clear, and stays when a draft is discarded: what was typed is told in the first one alone. */
function toAnswer(status: number, detail: DraftDetail) {
  const { content, note, returnedContent } = detail;
  const kept = { ...detail, content: null, note: null, returnedContent: null };
  return { status, body: toJson(kept), once: { content, note, returnedContent } };
}

function toJson<View extends DraftView>(view: View): View & { links: { self: string } } {
  return { ...view, links: { self: `/v1/drafts/${view.id}` } };
}

function location(body: object): string {
  return (body as { links: { self: string } }).links.self;
}
