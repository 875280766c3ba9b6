/** RFC 4180, of which the cells alone are looked at here. Whoever receives a file and the page that takes rows out of one read it alike. */

import type { Label } from '../proof/credential-type.ts';

/**
 * Two columns in which the console notes what is wrong with a bad row that is taken out to be mended. They come back with it and are not imported, by
 * their names or by these labels.
 */
export const NOTE_COLUMNS: Readonly<Record<'fault' | 'remedy', { name: string; label: Label }>> = {
  fault: {
    name: 'note.fault',
    label: {
      en: 'What is wrong (not imported)',
      'zh-Hant': '問題（不會匯入）',
      'zh-Hans': '问题（不会导入）',
    },
  },
  remedy: {
    name: 'note.remedy',
    label: {
      en: 'What to do (not imported)',
      'zh-Hant': '處理方法（不會匯入）',
      'zh-Hans': '处理方法（不会导入）',
    },
  },
};

/** The records of a text that ends between two records; a line without any character is an empty record. */
export function readRecords(text: string): string[][] {
  const records: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const record: string[] = [];
    at = readRecord(text, at, record);
    records.push(record);
  }
  return records;
}

/** Where the next record starts. */
function readRecord(text: string, start: number, record: string[]): number {
  let at = start;
  if (isLineEnd(text, at)) return afterLine(text, at);
  for (;;) {
    at = text[at] === '"' ? readQuoted(text, at, record) : readBare(text, at, record);
    if (text[at] !== ',') return afterLine(text, at);
    at++;
  }
}

function isLineEnd(text: string, at: number): boolean {
  return (
    at >= text.length || text[at] === '\n' || (text[at] === '\r' && (text[at + 1] === '\n' || at + 1 === text.length))
  );
}

function afterLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  return newline < 0 ? text.length : newline + 1;
}

function readBare(text: string, start: number, record: string[]): number {
  let at = start;
  while (!isLineEnd(text, at) && text[at] !== ',') at++;
  record.push(text.slice(start, at));
  return at;
}

/** What stands between a closing mark and the next comma belongs to the cell, as spreadsheet programs read it. */
function readQuoted(text: string, start: number, record: string[]): number {
  let cell = '';
  let at = start + 1;
  for (;;) {
    const mark = text.indexOf('"', at);
    if (mark < 0) {
      record.push(cell + text.slice(at));
      return text.length;
    }
    cell += text.slice(at, mark);
    if (text[mark + 1] !== '"') {
      let end = mark + 1;
      while (!isLineEnd(text, end) && text[end] !== ',') end++;
      record.push(cell + text.slice(mark + 1, end));
      return end;
    }
    cell += '"';
    at = mark + 2;
  }
}
