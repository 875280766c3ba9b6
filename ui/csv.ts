const BOM = '\ufeff';
/** What a spreadsheet program would take for a formula, and that might send away what stands beside it; full-width signs are signs, too. */
const FORMULA = /^'*\s*[=+\-@＝＋－＠\t\r]/;

/** A table for spreadsheet programs (RFC 4180). What stands in a cell may come from anybody: a formula is shown as text. */
export function toCsv(records: readonly (readonly string[])[]): string {
  return BOM + toCsvRecords(records);
}

/** More records of a table that was begun before. */
export function toCsvRecords(records: readonly (readonly string[])[]): string {
  return records.map((record) => `${record.map(toCell).join(',')}\r\n`).join('');
}

/** What a cell was before an apostrophe made it text. */
export function fromCell(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell) ? cell.slice(1) : cell;
}

function toCell(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
