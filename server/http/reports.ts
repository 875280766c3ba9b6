import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import type { HolderPerson } from '../auth/session.ts';
import {
  type DepartmentReport,
  MOST_REPORT_LENGTH,
  type NewReport,
  REPORT_KINDS,
  type ReportListRequest,
  type ReportView,
} from '../reports/reports.ts';
import type { Tx } from '../store/schema.ts';
import { mailView } from './credential-schema.ts';
import { instant, paragraph } from './fields.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { holderReadRoute, holderWriteRoute, type Route, readRoute, writeRoute } from './route.ts';

const kind = z.enum(REPORT_KINDS).meta({
  description:
    'wrong: something in the document is not so. lost: it was lost or stolen. not-mine: it is somebody else’s',
});
const fields = {
  id: z.string().meta({ examples: ['rep_7'] }),
  credential: z.string(),
  kind,
  message: z.string(),
  createdAt: instant,
  answer: z.string().nullable(),
  answeredAt: instant.nullable(),
};
const ownReport = z.strictObject(fields).meta({ id: 'OwnReport' });
const report = z
  .strictObject({
    ...fields,
    answeredBy: z.string().nullable().meta({ description: 'GET /v1/people has the name' }),
    mail: mailView.omit({ kind: true }).nullable().meta({
      description:
        'What became of the e-mail that tells the holder of the answer; null before it, where the document has no address, and of "not-mine"',
    }),
  })
  .meta({ id: 'Report' });

const BASE = '/v1/holder/credentials/:id/reports';

export function createReportRoute(create: (report: NewReport) => Promise<ReportView>): Route {
  return holderWriteRoute({
    path: BASE,
    name: 'createReport',
    summary: 'Tell the department that something about a document is wrong',
    body: z.strictObject({ kind, message: paragraph(MOST_REPORT_LENGTH) }).meta({ id: 'NewReport' }),
    answer: { status: 201, description: 'The report', schema: ownReport },
    problems: ['FORBIDDEN', 'CREDENTIAL_NOT_FOUND', 'REPORT_LIMIT'],
    handle: async ({ holder, id: credential, body, idempotencyKey }) => ({
      status: 201,
      body: await create({ holder, idempotencyKey, credential, ...body }),
    }),
  });
}

export function listOwnReportsRoute(
  list: (asked: { holder: HolderPerson; credential: string }) => Promise<ReportView[]>,
): Route {
  return holderReadRoute({
    path: BASE,
    name: 'listOwnReports',
    summary: 'What the holder told the department of a document, newest first, and what it answered',
    query: z.strictObject({}),
    answer: {
      status: 200,
      description: 'The newest fifty',
      schema: z.strictObject({ items: z.array(ownReport) }).meta({ id: 'OwnReportList' }),
    },
    problems: ['FORBIDDEN', 'CREDENTIAL_NOT_FOUND'],
    handle: async ({ holder, id: credential }) => ({
      status: 200,
      body: { items: await list({ holder, credential }) },
    }),
  });
}

export const reportsQuery = z.strictObject({
  state: z.enum(['open', 'answered']).optional(),
  ...pageQuery({ usual: 20, most: 100, cursorLength: 20 }),
});

export function listReportsRoute(
  list: (request: ReportListRequest) => Promise<{ items: DepartmentReport[]; next: string | null }>,
): Route {
  return readRoute({
    path: '/v1/reports',
    name: 'listReports',
    reads: { act: 'report.list', what: 'messages' },
    summary: 'What holders told of their documents, newest first',
    query: reportsQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(report, 'ReportPage') },
    problems: ['FORBIDDEN', 'CURSOR_INVALID'],
    async handle({ caller: { actor }, query: { state, limit, starting_after: cursor } }) {
      const { items, next } = await list({ actor, state, limit, cursor });
      return { status: 200, body: toPage(items, next) };
    },
  });
}

export function getReportRoute(get: (one: { actor: Actor; id: string }) => Promise<DepartmentReport>): Route {
  return readRoute({
    path: '/v1/reports/:id',
    name: 'getReport',
    reads: { act: 'report.read', what: 'message' },
    summary: 'One report of a holder',
    query: z.strictObject({}),
    answer: { status: 200, description: 'The report', schema: report },
    problems: ['FORBIDDEN', 'REPORT_NOT_FOUND'],
    handle: async ({ caller: { actor }, id }) => ({ status: 200, body: await get({ actor, id }) }),
  });
}

type AnswerIt = (tx: Tx, input: { actor: Actor; id: string; answer: string }) => Promise<DepartmentReport>;

export function answerReportRoute(answer: AnswerIt): Route {
  return writeRoute({
    path: '/v1/reports/:id/answer',
    name: 'answerReport',
    summary: 'Answer a report, once: its holder reads the answer beside the document',
    body: z.strictObject({ answer: paragraph(MOST_REPORT_LENGTH) }).meta({ id: 'ReportAnswer' }),
    answer: {
      status: 200,
      description: 'The report. What was written stands in the first answer alone, which is not kept',
      schema: report,
    },
    problems: ['FORBIDDEN', 'REPORT_NOT_FOUND', 'REPORT_ANSWERED'],
    location: (body) => `/v1/reports/${(body as { id: string }).id}`,
    async handle(tx, { caller: { actor }, id, body }) {
      const { message, answer: said, ...kept } = await answer(tx, { actor, id, ...body });
      return { status: 200, body: { ...kept, message: '', answer: null }, once: { message, answer: said } };
    },
  });
}
