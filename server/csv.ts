export type CsvRecord = readonly (string | number | null)[];

export const BOM = '\ufeff';

/** The records of a file by RFC 4180. */
export function toCsv(records: readonly CsvRecord[]): string {
  return records.map((record) => `${record.map(toCell).join(',')}\r\n`).join('');
}

/** The same for spreadsheet programs, which show Chinese as noise without a byte order mark. What follows in the same file has none. */
export function toSpreadsheetCsv(records: readonly CsvRecord[]): string {
  return BOM + toCsv(records);
}

/**
 * What stands in a cell may come from anybody. A text that a spreadsheet program would take for a formula, and that might send away what stands
 * beside it, gets an apostrophe in front and is shown as text. Full-width signs are signs to a spreadsheet in Chinese. One that has an apostrophe there
 * already gets another, so that whoever takes one off has what it was.
 */
const FORMULA = /^'*\s*[=+\-@＝＋－＠\t\r]/;

/** What a cell was before an apostrophe made it text. */
export function fromCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

function toCell(value: CsvRecord[number]): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
