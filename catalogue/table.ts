import { readFileSync, writeFileSync } from 'node:fs';
import type { ValidityRule } from '../proof/credential-type.ts';
import { type Catalogue, type CatalogueType, loadCatalogue } from './catalogue.ts';

const START = '<!-- table of types: written by `node catalogue/table.ts` -->\n';
const END = '<!-- end of the table -->\n';

const COLUMNS = [
  'code',
  'title',
  'department',
  'disclosure',
  'shown',
  'rest',
  'validity',
  'drafts',
  'SHA-256',
] as const;
const NUMERIC: ReadonlySet<string> = new Set(['shown', 'rest', 'drafts']);

/** The types as a Markdown table, its columns aligned as the formatter wants them. */
export function catalogueTable({ types }: Catalogue): string {
  const rows = types.map(toRow);
  const widths = COLUMNS.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const toLine = (cells: readonly string[]) => `| ${cells.map((cell, i) => align(cell, i, widths)).join(' | ')} |`;
  const rule = COLUMNS.map((column, i) => '-'.repeat((widths[i] ?? 0) - (NUMERIC.has(column) ? 1 : 0)));
  const ruleCells = rule.map((dashes, i) => (NUMERIC.has(COLUMNS[i] ?? '') ? `${dashes}:` : dashes));
  return `${[toLine(COLUMNS), toLine(ruleCells), ...rows.map(toLine)].join('\n')}\n`;
}

function align(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0;
  return NUMERIC.has(COLUMNS[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
}

/** `text` with the table between its markers. Throws where there are none. */
export function withTable(text: string, table: string): string {
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error('the markers of the table are missing');
  return text.slice(0, start + START.length) + table + text.slice(end);
}

function toRow({ code, definition, sha256 }: CatalogueType): string[] {
  const { claims, department, disclosure, drafts, title, validity } = definition;
  const shown = claims.filter((claim) => claim.group === 'shown').length;
  const rest = claims.length - shown;
  const cells = [code, title.en, department, disclosure, shown, rest, describe(validity), drafts.length];
  return [...cells.map(String), sha256.slice(0, 8)];
}

function describe(rule: ValidityRule): string {
  switch (rule.kind) {
    case 'months':
      return rule.min === undefined ? `up to ${rule.max} months` : `${rule.min} to ${rule.max} months`;
    case 'printedDate':
      return `as printed, usually ${rule.typicalMonths} months`;
    case 'calendarYearEnd':
      return rule.years === 1 ? 'to the end of the year' : `to the end of a year, ${rule.years} at most`;
    case 'perItem':
      return `each of \`${rule.claim}\``;
    case 'followsParent':
      return `as \`${rule.claim}\``;
    case 'openEnded':
      return 'no end';
    case 'pointInTime':
      return 'a point in time';
  }
}

if (import.meta.main) {
  const readme = new URL('README.md', import.meta.url);
  writeFileSync(readme, withTable(readFileSync(readme, 'utf8'), catalogueTable(loadCatalogue())));
}
