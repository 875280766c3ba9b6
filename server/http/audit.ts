import { z } from 'zod';
import type { AuditPage, AuditRequest } from '../audit/query.ts';
import type { Actor } from '../auth/policy.ts';
import { line } from './fields.ts';
import { type Route, readRoute } from './route.ts';

const DEFAULT_LIMIT = 50;
const MOST_ITEMS = 500;

const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const query = z.strictObject({
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
  from: instant.optional(),
  to: instant.optional().meta({ description: 'Left out itself' }),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, `must be a whole number from 1 to ${MOST_ITEMS}`)
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= MOST_ITEMS, `must be a whole number from 1 to ${MOST_ITEMS}`)
    .default(DEFAULT_LIMIT)
    .meta({ type: 'integer', minimum: 1, maximum: MOST_ITEMS, description: `${DEFAULT_LIMIT} where it is left out` }),
  starting_after: line(20).optional().meta({ description: '"next" of the page before' }),
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

const page = z
  .strictObject({ items: z.array(record), has_more: z.boolean(), next: z.string().nullable() })
  .meta({ id: 'AuditPage' });

export function listAuditRoute(list: (request: AuditRequest) => Promise<AuditPage>): Route {
  return readRoute({
    path: '/v1/audit',
    name: 'listAudit',
    summary: 'Who did what in your department, newest first',
    query,
    answer: { status: 200, description: 'A page', schema: page },
    problems: ['CURSOR_INVALID'],
    async handle({ caller: { actor }, query: { limit, starting_after: cursor, ...filters } }) {
      const { items, next } = await list({ actor, filters, limit, cursor });
      return { status: 200, body: { items, has_more: next !== null, next } };
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
