import { z } from 'zod';
import type { AuditPage, AuditRequest } from '../audit/query.ts';
import type { Actor } from '../auth/policy.ts';
import { line, momentFrom, momentTo } from './fields.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { type Route, readRoute } from './route.ts';

export const auditQuery = z.strictObject({
  act: line(80)
    .optional()
    .meta({ description: 'Such as credential.revoke', examples: ['credential.revoke'] }),
  actor: line(80).optional().meta({ description: 'Such as key:12' }),
  object: line(80).optional().meta({ description: 'The id of what it was done to' }),
  allowed: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .meta({ description: 'false for what was refused' }),
  from: momentFrom.optional().meta({ description: 'An instant, or the first Hong Kong day' }),
  to: momentTo.optional().meta({ description: 'An instant that is left out, or the last Hong Kong day' }),
  ...pageQuery({ usual: 50, most: 500, cursorLength: 20 }),
});

const facts = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullable();

const record = z
  .strictObject({
    position: z.int().meta({ description: "Its place in the department's chain, from 1" }),
    issuer: z.string(),
    at: z.iso.datetime(),
    actor: z.string(),
    act: z.string(),
    object: z.string().nullable(),
    allowed: z.boolean(),
    code: z.string().nullable().meta({ description: 'Why it was refused' }),
    before: facts,
    after: facts,
    requestId: z.string().nullable(),
    address: z.string().nullable(),
    hash: z.string().meta({ description: 'Over the hash before and this record, 64 hex digits' }),
  })
  .meta({ id: 'AuditRecord' });

const page = pageOf(record, 'AuditPage');

export function listAuditRoute(list: (request: AuditRequest) => Promise<AuditPage>): Route {
  return readRoute({
    path: '/v1/audit',
    name: 'listAudit',
    summary: 'Who did what in your department, newest first',
    query: auditQuery,
    answer: { status: 200, description: 'A page', schema: page },
    problems: ['CURSOR_INVALID'],
    async handle({ caller: { actor }, query: { limit, starting_after: cursor, ...filters } }) {
      const { items, next } = await list({ actor, filters, limit, cursor });
      return { status: 200, body: toPage(items, next) };
    },
  });
}

export function exportAuditRoute(exportLines: (actor: Actor) => AsyncGenerator<string>): Route {
  return readRoute({
    path: '/v1/audit/export.jsonl',
    name: 'exportAudit',
    summary: "Your department's whole audit log, for eproof audit verify",
    query: z.strictObject({}),
    answer: { status: 200, description: 'JSON lines', mediaType: 'application/jsonl' },
    problems: [],
    async handle({ caller: { actor } }) {
      const lines = exportLines(actor);
      // a refusal comes with the first line, while there is still a status to answer with
      const first = await lines.next();
      return { status: 200, mediaType: 'application/jsonl', chunks: continueAfter(first, lines) };
    },
  });
}

async function* continueAfter(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (!first.done) yield first.value;
  yield* rest;
}
