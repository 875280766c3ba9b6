import { z } from 'zod';
import type { CatalogueType } from '../../catalogue/catalogue.ts';
import { isJsonObject, type Json } from '../../proof/json.ts';
import type { Actor } from '../auth/policy.ts';
import { toSpreadsheetCsv } from '../csv.ts';
import { columnNames, columnsOf } from '../imports/columns.ts';
import { toTemplate } from './claims-template.ts';
import { RequestError } from './request-error.ts';
import { type Route, readRoute } from './route.ts';

type ListTypes = (actor: Actor) => readonly CatalogueType[];

/** A file to fill in for an import: its first line, and a row in the shape of the values. */
export function importTemplateRoute(format: 'csv' | 'ndjson', listTypes: ListTypes): Route {
  const mediaType = format === 'csv' ? 'text/csv' : 'application/x-ndjson';
  return readRoute({
    path: `/v1/types/:id/template.${format}`,
    name: `importTemplate${format === 'csv' ? 'Csv' : 'Ndjson'}`,
    summary: `A file to fill in for POST /v1/imports, as ${format === 'csv' ? 'CSV' : 'NDJSON'}`,
    query: z.strictObject({
      labels: z
        .enum(['en', 'zh-Hant', 'zh-Hans'])
        .optional()
        .meta({ description: 'CSV: columns named by their labels in this language' }),
    }),
    answer: { status: 200, description: 'One row in the shape of the values', mediaType },
    problems: ['FORBIDDEN', 'TYPE_NOT_FOUND'],
    handle({ caller: { actor }, id, query: { labels } }) {
      const type = listTypes(actor).find(({ code }) => code === id);
      if (!type) throw new RequestError('TYPE_NOT_FOUND', 'your department has no credential type with this code');
      const text = format === 'csv' ? csvTemplate(type, labels) : ndjsonTemplate(type);
      const headers = { 'Content-Disposition': `attachment; filename="${type.code}.${format}"` };
      return { status: 200, mediaType: `${mediaType}; charset=utf-8`, bytes: Buffer.from(text), headers };
    },
  });
}

function ndjsonTemplate({ definition }: CatalogueType): string {
  return `${JSON.stringify(toTemplate(definition))}\n`;
}

function csvTemplate(type: CatalogueType, labels: 'en' | 'zh-Hant' | 'zh-Hans' | undefined): string {
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
