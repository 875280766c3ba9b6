const BOM = '\ufeff';
/** What a spreadsheet program would take for a formula, and that might send away what stands beside it; full-width signs are signs, too. */
const FORMULA = /^\s*[=+\-@＝＋－＠\t\r]/;

/** A table for spreadsheet programs (RFC 4180). What stands in a cell may come from anybody: a formula is shown as text. */
export function toCsv(records: readonly (readonly string[])[]): string {
  return BOM + records.map((record) => `${record.map(toCell).join(',')}\r\n`).join('');
}

function toCell(value: string): string {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
