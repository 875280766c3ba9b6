import { toInstant } from '../../proof/day.ts';
import type { Verdict } from '../../proof/verdict.ts';
import { toCsv } from '../../ui/csv.ts';
import type { Reader } from '../reader.ts';
import { groupOf, identityOf, type Result, type Row } from './row.ts';
import { pageOf, say } from './table-view.ts';
import { CSV_COLUMNS, type CsvColumn, type ListWords } from './words.ts';

type Record_ = Partial<Record<CsvColumn, string>>;

/** The whole list in the reader's language, with codes that are the same in every language and what each was checked against. */
export function exportRows(rows: readonly Row[], words: ListWords, reader: Reader): string {
  const records = rows.map((row) => recordOf(row, words, reader));
  return toCsv([
    CSV_COLUMNS.map((column) => words.csv[column]),
    ...records.map((record) => CSV_COLUMNS.map((column) => record[column] ?? '')),
  ]);
}

function recordOf(row: Row, words: ListWords, reader: Reader): Record_ {
  const { result } = row;
  const name = row.name + pageOf(row, words);
  if (!result) return { name, group: words.waiting };
  return {
    name,
    group: words.group[groupOf(result, reader)],
    code: codeOf(result),
    ...say(result, words, reader),
    ...(result.kind === 'verdict' ? evidenceOf(result.verdict, reader) : {}),
  };
}

function codeOf(result: Result): string {
  if (result.kind === 'verdict') return result.verdict.standing?.code ?? result.verdict.genuine;
  return result.kind === 'refusal' ? result.code : result.kind;
}

function evidenceOf(verdict: Verdict, { language }: Reader): Record_ {
  const { checked, time } = verdict;
  return {
    ...identityOf(verdict, language),
    checkedAt: toInstant(time),
    version: __VERSION__,
    ...(checked
      ? { block: String(checked.block.number), blockHash: checked.block.hash, registry: checked.registry }
      : {}),
  };
}
