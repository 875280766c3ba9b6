import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { toCsv, toSpreadsheetCsv } from '../csv.ts';
import type {
  ImportErrorsRequest,
  ImportErrorView,
  ImportListRequest,
  ImportPage,
  ImportView,
  OneImport,
} from '../imports/query.ts';
import type { ImportRequest } from '../imports/receive.ts';
import { approval, hash256, instant, line } from './fields.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { type Answer, type ReadRoute, type Route, readRoute, uploadRoute } from './route.ts';

const STATES = [
  ...(['receiving', 'submitted', 'approved', 'completed', 'refused', 'returned', 'withdrawn', 'abandoned'] as const),
] as const;

export const contentHash = hash256(
  'What an approval is for: a hash over the content hashes of all rows, in their order',
);

/** What routes tell of an import. */
export const importSchema = z
  .strictObject({
    id: z.string(),
    type: z.string(),
    mode: z.enum(['all', 'good']),
    dryRun: z.boolean(),
    format: z.enum(['ndjson', 'csv']),
    state: z.enum(STATES).meta({
      description:
        'submitted: all is there and waits for approval. approved: its rows are about to be issued. refused: "mode" is "all" and a row is bad, or one has lost its parent before it was approved, so that nothing was issued. returned, withdrawn: by who approves, by who prepares; nothing was issued. abandoned: nothing came for a day',
    }),
    idempotencyKey: z.string(),
    received: z
      .strictObject({ bytes: z.int(), lines: z.int() })
      .meta({ description: 'What is in the database: whole rows. A file that was cut off goes on at "bytes"' }),
    preparedBy: z.string().meta({ description: 'Who sent it, and does not approve it' }),
    approval: z
      .strictObject({
        contentHash: contentHash.nullable(),
        given: z.array(approval),
        needed: z.int(),
        returnedBy: z.string().nullable(),
        note: z.string().nullable().meta({ description: 'Why it was returned' }),
      })
      .nullable()
      .meta({ description: 'Null for a file whose rows are issued as they come' }),
    counts: z.strictObject({
      rows: z.int(),
      ready: z.int(),
      malformed: z.int(),
      duplicates: z.int(),
      alreadyIssued: z.int(),
      issued: z.int(),
    }),
    createdAt: instant,
    updatedAt: instant,
    finishedAt: instant.nullable(),
    links: z.strictObject({ self: z.string(), errors: z.string(), errorsCsv: z.string(), events: z.string() }),
  })
  .meta({ id: 'Import' });

const errorKind = z.enum(['malformed', 'duplicate', 'already-issued']);

const importError = z
  .strictObject({
    row: z.int().meta({ description: 'As editors and spreadsheet programs count: the first line of the file is 1' }),
    kind: errorKind,
    pointer: z.string().meta({ description: 'A JSON pointer into the row as NDJSON has it' }),
    column: z.string().nullable().meta({ description: "The CSV's column, as the file names it" }),
    code: z.string(),
    detail: z.string(),
  })
  .meta({ id: 'ImportError' });

/** @returns the view with where to go from there */
export function toJson(view: ImportView): ImportView & { links: Record<string, string> } {
  const self = `/v1/imports/${view.id}`;
  return {
    ...view,
    links: { self, errors: `${self}/errors`, errorsCsv: `${self}/errors.csv`, events: `${self}/events` },
  };
}

const isTrue = z.enum(['true', 'false']).transform((text) => text === 'true');

type Receive = (request: ImportRequest) => Promise<{ view: ImportView; replayed: boolean }>;

export function receiveImportRoute(receive: Receive): Route {
  return uploadRoute({
    path: '/v1/imports',
    name: 'receiveImport',
    summary: 'Issue many credentials of one type: a file of up to 1,000,000 rows',
    query: z.strictObject({
      type: line(60).meta({ description: 'The code of a credential type' }),
      mode: z
        .enum(['all', 'good'])
        .default('all')
        .meta({ description: 'all: one bad row refuses the file. good: the good rows go on' }),
      dryRun: isTrue.default(false).meta({ description: 'Every check, and nothing is issued' }),
      approval: isTrue.default(false).meta({
        description:
          'Hand the file in: its rows are issued when somebody else has approved it. Needs the right credentials.prepare, and not credentials.issue',
      }),
    }),
    mediaTypes: { ndjson: 'application/x-ndjson', csv: 'text/csv' },
    answer: { status: 202, description: 'What became of the rows so far', schema: importSchema },
    problems: [
      'FORBIDDEN',
      'TYPE_UNKNOWN',
      'TYPE_NOT_YOURS',
      'TYPE_NOT_OPEN',
      'ISSUER_NOT_READY',
      'ISSUER_HELD',
      'APPROVAL_REQUIRED',
      'IMPORT_HEADER_INVALID',
      'IMPORT_OFFSET_WRONG',
      'IMPORT_TOO_LARGE',
    ],
    async handle({ caller: { actor }, query: { type: code, mode, dryRun, approval: forApproval }, upload }) {
      const { view, replayed } = await receive({ actor, code, mode, dryRun, forApproval, ...upload });
      const headers = {
        Location: `/v1/imports/${view.id}`,
        'Upload-Offset': String(view.received.bytes),
        ...(replayed ? { 'Idempotency-Replayed': 'true' } : {}),
      };
      return { status: 202, headers, body: toJson(view) };
    },
  });
}

const paging = pageQuery({ usual: 20, most: 200, cursorLength: 400 });

export const importsQuery = z.strictObject({
  idempotency_key: line(255).optional().meta({ description: 'Finds the import that a cut connection left' }),
  state: z.enum(STATES).optional(),
  ...paging,
});

type ListImports = (request: ImportListRequest) => Promise<ImportPage<ImportView>>;

export function listImportsRoute(list: ListImports): Route {
  return readRoute({
    path: '/v1/imports',
    name: 'listImports',
    summary: 'The imports of your department, newest first',
    query: importsQuery,
    answer: {
      status: 200,
      description: 'A page',
      schema: pageOf(importSchema, 'ImportPage'),
    },
    problems: ['FORBIDDEN', 'CURSOR_INVALID'],
    async handle({ caller: { actor }, query }) {
      const { limit, state, starting_after: cursor, idempotency_key: idempotencyKey } = query;
      const { items, next } = await list({ actor, limit, cursor, idempotencyKey, state });
      return { status: 200, body: toPage(items.map(toJson), next) };
    },
  });
}

type GetImport = (one: OneImport) => Promise<ImportView>;

export function getImportRoute(get: GetImport): Route {
  return readRoute({
    path: '/v1/imports/:id',
    name: 'getImport',
    summary: 'How far an import is',
    query: z.strictObject({}),
    answer: { status: 200, description: 'The import', schema: importSchema },
    problems: ['FORBIDDEN', 'IMPORT_NOT_FOUND'],
    handle: async ({ caller: { actor }, id }) => ({ status: 200, body: toJson(await get({ actor, id })) }),
  });
}

type ListErrors = (request: ImportErrorsRequest) => Promise<ImportPage<ImportErrorView>>;

const importErrorsQuery = z.strictObject({ kind: errorKind.optional(), ...paging });

export function listImportErrorsRoute(list: ListErrors): Route {
  return readRoute({
    path: '/v1/imports/:id/errors',
    name: 'listImportErrors',
    summary: 'What is wrong with the rows of an import, in the order of the file',
    query: importErrorsQuery,
    answer: {
      status: 200,
      description: 'A page',
      schema: pageOf(importError, 'ImportErrorPage'),
    },
    problems: ['FORBIDDEN', 'IMPORT_NOT_FOUND', 'CURSOR_INVALID'],
    async handle({ caller: { actor }, id, query }) {
      const { limit, kind, starting_after: cursor } = query;
      const { items, next } = await list({ actor, id, kind, limit, cursor });
      return { status: 200, body: toPage(items, next) };
    },
  });
}

/** The same as a file for spreadsheet programs: the list of rows to mend. */
export function downloadImportErrorsRoute(list: ListErrors): Route {
  return readRoute({
    path: '/v1/imports/:id/errors.csv',
    name: 'downloadImportErrors',
    summary: 'What is wrong with the rows of an import, as a CSV',
    query: z.strictObject({}),
    answer: { status: 200, description: 'row, column, pointer, kind, code, detail', mediaType: 'text/csv' },
    problems: ['FORBIDDEN', 'IMPORT_NOT_FOUND'],
    async handle({ caller: { actor }, id }) {
      const first = await list({ actor, id, limit: 1_000 });
      const headers = { 'Content-Disposition': `attachment; filename="${id}-errors.csv"` };
      const more = (next: string) => list({ actor, id, limit: 1_000, cursor: next });
      return { status: 200, mediaType: 'text/csv; charset=utf-8', headers, chunks: toErrorsCsv(first, more) };
    },
  });
}

async function* toErrorsCsv(
  first: ImportPage<ImportErrorView>,
  more: (next: string) => Promise<ImportPage<ImportErrorView>>,
): AsyncGenerator<string> {
  yield toSpreadsheetCsv([['row', 'column', 'pointer', 'kind', 'code', 'detail']]);
  for (let page = first; ; ) {
    yield toCsv(
      page.items.map(({ row, column, pointer, kind, code, detail }) => [row, column, pointer, kind, code, detail]),
    );
    if (page.next === null) return;
    page = await more(page.next);
  }
}

const LOOK_EVERY_MS = 500;
const HEARTBEAT_EVERY_MS = 15_000;

/**
 * Server-sent events. An event's id is how far the import was, so that a browser that connects again is told what it has not seen, and
 * nothing twice; when it has seen the end it is told to stop (204).
 */
export function watchImportRoute(get: GetImport): Route {
  return readRoute({
    path: '/v1/imports/:id/events',
    name: 'watchImport',
    summary: 'How far an import is, told whenever it changes (server-sent events)',
    query: z.strictObject({}),
    answer: { status: 200, description: 'Events "progress", each with an Import', mediaType: 'text/event-stream' },
    problems: ['FORBIDDEN', 'IMPORT_NOT_FOUND'],
    async handle({ caller: { actor }, id, lastEventId, signal }): Promise<Answer> {
      const view = await get({ actor, id });
      if (isOver(view) && eventIdOf(view) === lastEventId) return { status: 204, body: {} };
      const watching = { get: () => get({ actor, id }), lastEventId, signal };
      return { status: 200, mediaType: 'text/event-stream', chunks: toEvents(view, watching) };
    },
  });
}

/** Approved is a matter of moments, and submitted may be one of days, in which nobody listens. */
function isOver({ state }: ImportView): boolean {
  return state !== 'receiving' && state !== 'approved';
}

function eventIdOf({ state, received }: ImportView): string {
  return `${received.bytes}-${state}`;
}

type Watching = Pick<Parameters<ReadRoute['handle']>[0], 'lastEventId' | 'signal'> & { get(): Promise<ImportView> };

async function* toEvents(first: ImportView, { get, lastEventId, signal }: Watching): AsyncGenerator<string> {
  yield 'retry: 2000\n\n';
  let told = lastEventId;
  let quietMs = 0;
  for (let view = first; !signal.aborted; view = await get()) {
    const id = eventIdOf(view);
    if (id !== told) yield `id: ${id}\nevent: progress\ndata: ${JSON.stringify(toJson(view))}\n\n`;
    else if (quietMs >= HEARTBEAT_EVERY_MS) yield ': still here\n\n';
    quietMs = id === told && quietMs < HEARTBEAT_EVERY_MS ? quietMs + LOOK_EVERY_MS : 0;
    told = id;
    if (isOver(view)) return;
    await setTimeout(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
