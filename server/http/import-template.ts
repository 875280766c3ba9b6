import { z } from 'zod';
import type { CatalogueType } from '../../catalogue/catalogue.ts';
import type { Label } from '../../proof/credential-type.ts';
import { isJsonObject, type Json } from '../../proof/json.ts';
import type { Actor } from '../auth/policy.ts';
import { toSpreadsheetCsv } from '../csv.ts';
import { columnNames, columnsOf } from '../imports/columns.ts';
import { templateWorkbook } from '../imports/template-workbook.ts';
import { XLSX_MEDIA_TYPE } from '../xlsx.ts';
import { toTemplate } from './claims-template.ts';
import { RequestError } from './request-error.ts';
import { type Route, readRoute } from './route.ts';

type ListTypes = (actor: Actor) => readonly CatalogueType[];

interface Format {
  /** Of the route. */
  name: string;
  title: string;
  mediaType: string;
  /** Of what the answer has. */
  description: string;
  write(type: CatalogueType, labels: keyof Label | undefined): Uint8Array;
}

const ONE_ROW = 'One row in the shape of the values';
const FORMATS: Readonly<Record<'csv' | 'ndjson' | 'xlsx', Format>> = {
  csv: {
    ...{ name: 'Csv', title: 'CSV', mediaType: 'text/csv; charset=utf-8', description: ONE_ROW },
    write: (type, labels) => Buffer.from(csvTemplate(type, labels)),
  },
  ndjson: {
    ...{ name: 'Ndjson', title: 'NDJSON', mediaType: 'application/x-ndjson; charset=utf-8', description: ONE_ROW },
    write: (type) => Buffer.from(ndjsonTemplate(type)),
  },
  xlsx: {
    ...{ name: 'Xlsx', title: 'a workbook to be saved as CSV', mediaType: XLSX_MEDIA_TYPE },
    description:
      'The names of the columns, each of them text, and a sheet that says in three languages what they are for',
    write: templateWorkbook,
  },
};

/** A file to fill in for an import. */
export function importTemplateRoute(format: keyof typeof FORMATS, listTypes: ListTypes): Route {
  const { name, title, mediaType, description, write } = FORMATS[format];
  return readRoute({
    path: `/v1/types/:id/template.${format}`,
    name: `importTemplate${name}`,
    summary: `A file to fill in for POST /v1/imports, as ${title}`,
    query: z.strictObject({
      labels: z
        .enum(['en', 'zh-Hant', 'zh-Hans'])
        .optional()
        .meta({ description: 'CSV and workbook: columns named by their labels in this language' }),
    }),
    answer: { status: 200, description, mediaType: mediaType.replace(/;.*/, '') },
    problems: ['FORBIDDEN', 'TYPE_NOT_FOUND'],
    handle({ caller: { actor }, id, query: { labels } }) {
      const type = listTypes(actor).find(({ code }) => code === id);
      if (!type) throw new RequestError('TYPE_NOT_FOUND', 'your department has no credential type with this code');
      const headers = { 'Content-Disposition': `attachment; filename="${type.code}.${format}"` };
      return { status: 200, mediaType, bytes: write(type, labels), headers };
    },
  });
}

function ndjsonTemplate({ definition }: CatalogueType): string {
  return `${JSON.stringify(toTemplate(definition))}\n`;
}

function csvTemplate(type: CatalogueType, labels: keyof Label | undefined): string {
  const template = toTemplate(type.definition);
  const cells = columnsOf(type).map(({ path }) => toCell(valueAt(template, path)));
  return toSpreadsheetCsv([columnNames(type, labels), cells]);
}

function valueAt(json: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((at, step) => (isJsonObject(at) ? at[step] : undefined), json);
}

function toCell(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
