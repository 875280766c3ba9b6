import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import { NOTICE_STATES, type NoticeList, type NoticeView } from '../issuance/notice-view.ts';
import type { NoticeRequest } from '../issuance/notices.ts';
import type { Tx } from '../store/schema.ts';
import { day, instant, line } from './fields.ts';
import { type Route, readRoute, writeRoute } from './route.ts';

const PATH = '/v1/notices';
const MOST_ITEMS = 50;
const LAW_BYTES = 32;

const utf8 = new TextEncoder();

const newNotice = z
  .strictObject({
    type: line(60).meta({ description: 'The code of a credential type', examples: ['FEHD-GRL'] }),
    from: day('What would end from this day …'),
    to: day('… to this one …'),
    validUntil: day('… is valid to the end of this one, which is later'),
    law: line(LAW_BYTES)
      .refine((law) => utf8.encode(law).length <= LAW_BYTES, `must have at most ${LAW_BYTES} bytes in UTF-8`)
      .refine(
        (law) => law === law.normalize('NFC') && law === law.trim(),
        'must be normalised, without space around it',
      )
      .meta({ description: 'The law that says so: verifiers show it', examples: ['L.N. 95 of 2022'] }),
  })
  .meta({ id: 'NewNotice' });

const state = z.enum(NOTICE_STATES);

const notice = z
  .strictObject({
    id: z.string().meta({ examples: ['ntc_3'] }),
    type: z.string(),
    from: z.iso.date(),
    to: z.iso.date(),
    validUntil: z.iso.date(),
    law: z.string().nullable(),
    touched: z.int().min(0).meta({
      description: 'How many credentials it moved when it was previewed, or confirmed; those issued later it moves too',
    }),
    state: state.meta({
      description:
        'Nothing is moved before "anchored"; "disbelieved": verifiers ignore it, because its key was reported',
    }),
    secondPerson: z.boolean().meta({ description: 'Whether somebody else than who asked has to confirm it' }),
    posts: z
      .array(z.strictObject({ version: z.int(), index: z.int().nullable(), state, withdrawnAt: instant.nullable() }))
      .meta({ description: 'One for each version of the type' }),
    withdrawal: z.array(z.strictObject({ chainId: z.int(), to: z.string(), data: z.string() })).meta({
      description:
        "What the department's admin sends to the registry to withdraw it: this service does not have the admin's key",
    }),
    requestedBy: z.string(),
    decidedBy: z.string().nullable(),
    createdAt: instant,
    decidedAt: instant.nullable(),
    links: z.strictObject({ self: z.string() }),
  })
  .meta({ id: 'Notice' });

const page = z
  .strictObject({ items: z.array(notice), has_more: z.boolean(), next: z.string().nullable() })
  .meta({ id: 'NoticePage' });

type One = { actor: Actor; id: string };

export interface NoticeUseCases {
  preview(tx: Tx, request: NoticeRequest): Promise<NoticeView>;
  confirm(tx: Tx, one: One): Promise<NoticeView>;
  cancel(tx: Tx, one: One): Promise<NoticeView>;
  get(one: One): Promise<NoticeView>;
  list(request: NoticeList): Promise<{ items: NoticeView[]; next: string | null }>;
}

export function noticeRoutes(notices: NoticeUseCases): Route[] {
  return [
    previewRoute(notices),
    listRoute(notices),
    getRoute(notices),
    decideRoute('confirm', 'Move the last valid days that a notice is about', notices.confirm),
    decideRoute('cancel', 'Move nothing of what was previewed', notices.cancel),
  ];
}

function toNoticeJson(view: NoticeView) {
  return { ...view, links: { self: `${PATH}/${view.id}` } };
}

function previewRoute({ preview }: NoticeUseCases): Route {
  return writeRoute({
    path: PATH,
    name: 'previewNotice',
    summary:
      'Move the last valid days of a whole type, because a law says so: shows first how many credentials it is about',
    body: newNotice,
    answer: { status: 201, description: 'The preview: nothing is changed yet', schema: notice },
    problems: ['TYPE_UNKNOWN', 'TYPE_NOT_YOURS', 'TYPE_NOT_OPEN', 'NOTICE_LIMIT'],
    location: selfOf,
    async handle(tx, { caller: { actor }, body }) {
      return { status: 201, body: toNoticeJson(await preview(tx, { ...body, actor })) };
    },
  });
}

function decideRoute(verb: 'confirm' | 'cancel', summary: string, decide: NoticeUseCases['confirm']): Route {
  return writeRoute({
    path: `${PATH}/:id/${verb}`,
    name: `${verb}Notice`,
    summary,
    body: z.strictObject({}),
    answer: { status: 200, description: 'The notice, decided', schema: notice },
    problems: [
      'NOTICE_NOT_FOUND',
      'NOTICE_CLOSED',
      ...(verb === 'confirm' ? (['NOTICE_LIMIT', 'SAME_PERSON'] as const) : []),
    ],
    location: selfOf,
    async handle(tx, { caller: { actor }, id }) {
      return { status: 200, body: toNoticeJson(await decide(tx, { actor, id })) };
    },
  });
}

function getRoute({ get }: NoticeUseCases): Route {
  return readRoute({
    path: `${PATH}/:id`,
    name: 'getNotice',
    summary: 'A notice, and how far it is',
    query: z.strictObject({}),
    answer: { status: 200, description: 'The notice', schema: notice },
    problems: ['NOTICE_NOT_FOUND'],
    async handle({ caller: { actor }, id }) {
      return { status: 200, body: toNoticeJson(await get({ actor, id })) };
    },
  });
}

const listQuery = z.strictObject({
  type: line(60).optional().meta({ description: 'The code of a credential type' }),
  limit: z
    .string()
    .regex(/^\d{1,2}$/, `must be a whole number from 1 to ${MOST_ITEMS}`)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MOST_ITEMS, `must be a whole number from 1 to ${MOST_ITEMS}`)
    .default(20)
    .meta({ type: 'integer', minimum: 1, maximum: MOST_ITEMS, description: '20 where it is left out' }),
  starting_after: line(30).optional().meta({ description: '"next" of the page before' }),
});

function listRoute({ list }: NoticeUseCases): Route {
  return readRoute({
    path: PATH,
    name: 'listNotices',
    summary: 'Notices of your types, newest first',
    query: listQuery,
    answer: { status: 200, description: 'A page', schema: page },
    problems: ['CURSOR_INVALID'],
    async handle({ caller: { actor }, query: { type, limit, starting_after: cursor } }) {
      const { items, next } = await list({ actor, type, limit, cursor });
      return { status: 200, body: { items: items.map(toNoticeJson), has_more: next !== null, next } };
    },
  });
}

function selfOf(body: object): string {
  return (body as { links: { self: string } }).links.self;
}
