import { z } from 'zod';
import type { ImportView, OneImport } from '../imports/query.ts';
import type { ImportedRow, RowsRequest } from '../imports/submitted.ts';
import type { PreviewSource } from '../issuance/preview.ts';
import type { Tx } from '../store/schema.ts';
import { holderSchema } from './credential-schema.ts';
import { day, jsonObject, returnNote } from './fields.ts';
import { pdfQuery } from './get-pdf.ts';
import { contentHash, importSchema, toJson } from './imports.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { PREVIEW_ANSWER, type Preview, toPreview } from './previews.ts';
import { type Route, readRoute, writeRoute } from './route.ts';
import type { ProblemCode } from './statuses.ts';

const OF_SUBMITTED = ['FORBIDDEN', 'IMPORT_NOT_FOUND', 'IMPORT_STATE'] as const satisfies ProblemCode[];

/** One who acts on a file that waits differs in path, words, body and what stands in the way. */
interface FileAct<Body extends z.ZodType<object>> {
  act: string;
  summary: string;
  body: Body;
  problems: readonly ProblemCode[];
  run(tx: Tx, input: OneImport & { body: z.output<Body> }): Promise<ImportView>;
}

function actRoute<Body extends z.ZodType<object>>({ act, summary, body, problems, run }: FileAct<Body>): Route {
  return writeRoute({
    path: `/v1/imports/:id/${act}`,
    name: `${act}Import`,
    summary,
    body,
    answer: { status: 200, description: 'The import', schema: importSchema },
    problems: [...OF_SUBMITTED, ...problems],
    location: (told) => (told as { links: { self: string } }).links.self,
    handle: async (tx, { caller: { actor }, id, body: given }) => ({
      status: 200,
      ...withNoteOnce(await run(tx, { actor, id, body: given })),
    }),
  });
}

/** An answer that is kept for repetition is in clear: what an approver wrote is told in the first one alone. */
function withNoteOnce(view: ImportView) {
  const json = toJson(view);
  return {
    body: { ...json, approval: json.approval && { ...json.approval, note: null } },
    once: { approval: json.approval },
  };
}

type Act<More = object> = (tx: Tx, input: OneImport & More) => Promise<ImportView>;

export function approveImportRoute(approve: Act<{ contentHash: string }>): Route {
  return actRoute({
    act: 'approve',
    summary: 'Approve a whole file, by its hash; the last approval that the type needs issues its rows',
    body: z.strictObject({ contentHash }),
    problems: ['CONTENT_CHANGED', 'SAME_PERSON', 'ISSUER_NOT_READY', 'ISSUER_HELD'],
    run: (tx, { actor, id, body }) => approve(tx, { actor, id, ...body }),
  });
}

export function returnImportRoute(giveBack: Act<{ note: string }>): Route {
  return actRoute({
    act: 'return',
    summary: 'Give a file back to its preparer, with a note: its rows are gone, and mended ones are sent anew',
    body: returnNote,
    problems: [],
    run: (tx, { actor, id, body }) => giveBack(tx, { actor, id, ...body }),
  });
}

export function withdrawImportRoute(withdraw: Act): Route {
  return actRoute({
    act: 'withdraw',
    summary: 'Take back a file that waits for approval: its rows are gone',
    body: z.strictObject({}),
    problems: [],
    run: (tx, { actor, id }) => withdraw(tx, { actor, id }),
  });
}

const importedRow = z
  .strictObject({
    row: z.int().meta({ description: 'As editors and spreadsheet programs count: the first line of the file is 1' }),
    claims: jsonObject('As they will be signed'),
    validity: z.strictObject({
      issued: day('The day of issue'),
      validFrom: day('The first valid day'),
      validUntil: day('The last valid day; null where there is none').nullable(),
    }),
    holder: holderSchema.optional(),
  })
  .meta({ id: 'ImportedRow' });

export function listImportRowsRoute(
  list: (request: RowsRequest) => Promise<{ items: ImportedRow[]; next: string | null }>,
): Route {
  return readRoute({
    path: '/v1/imports/:id/rows',
    name: 'listImportRows',
    reads: { act: 'import.read', what: 'claims' },
    summary: 'Rows of a file that waits for approval, as they will be signed',
    query: z.strictObject({
      order: z.enum(['sample', 'file']).default('file').meta({
        description: 'sample: 20 rows that nobody could choose, because the hash of the whole file says which',
      }),
      ...pageQuery({ usual: 20, most: 100, cursorLength: 20 }),
    }),
    answer: { status: 200, description: 'A page', schema: pageOf(importedRow, 'ImportedRowPage') },
    problems: [...OF_SUBMITTED, 'CURSOR_INVALID'],
    async handle({ caller: { actor }, id, query: { order, limit, starting_after: cursor } }) {
      const { items, next } = await list({ actor, id, order, limit, cursor });
      return { status: 200, body: toPage(items, next) };
    },
  });
}

type Find = (one: OneImport & { row: number }) => Promise<PreviewSource>;

export function previewImportRowRoute(find: Find, preview: Preview): Route {
  return readRoute({
    path: '/v1/imports/:id/preview.pdf',
    name: 'previewImportRow',
    reads: { act: 'import.read', what: 'pdf' },
    summary: 'What the document of one row of a file that waits for approval will look like',
    query: pdfQuery.extend({ row: z.coerce.number().int().min(1).max(2_000_000) }),
    answer: PREVIEW_ANSWER,
    problems: [...OF_SUBMITTED, 'ROW_NOT_FOUND'],
    handle: async ({ caller: { actor }, id, query: { lang, row } }) =>
      toPreview(await find({ actor, id, row }), preview, lang),
  });
}
