import { NOTE_COLUMNS, readRecords } from '../catalogue/csv-records.ts';
import type { Import } from '../client/api.ts';
import { isJsonObject, type Json } from '../proof/json.ts';
import { fromCell, toCsv, toCsvRecords } from '../ui/csv.ts';
import type { Language } from '../ui/language.ts';

/** What is wrong with the row of this line of the file, and what to do. */
export interface Note {
  row: number;
  fault: string;
  remedy: string;
}

export interface Mending {
  file: Blob;
  format: Import['format'];
  /** In the order of the file, one of each row. */
  notes: AsyncIterable<Note>;
  /** In which its columns of notes are named. */
  language: Language;
}

/** The bad rows of a file as they stand in it, each with its note: read and written a row at a time, however large the file is. */
export async function* rowsToMend({ file, format, notes, language }: Mending): AsyncGenerator<string> {
  const rows = rowsOf(file, format);
  const writer =
    format === 'csv' ? createCsvWriter((await rows.next()).value?.text ?? '', language) : createJsonWriter();
  yield writer.head;
  for await (const note of notes) {
    for (;;) {
      const { done, value } = await rows.next();
      if (done) return;
      if (value.row < note.row) continue;
      yield writer.write(value.text, note);
      break;
    }
  }
}

interface Row {
  row: number;
  /** Without its line end; null where it is longer than rows may be, which is not held. */
  text: string | null;
}

/** As the service bounds rows: an unclosed quotation mark makes one of all that follows. */
const MOST_ROW_LENGTH = 262_144;

/** Cut as the service cuts them: a line break between quotation marks is part of a CSV's cell. */
async function* rowsOf(file: Blob, format: Import['format']): AsyncGenerator<Row, undefined> {
  let row = 1;
  let held = '';
  let isTooLong = false;
  let isQuoted = false;
  const take = (): Row => {
    const text = isTooLong ? null : held.replace(/\r$/, '');
    [held, isTooLong] = ['', false];
    return { row: row++, text };
  };
  const hold = (part: string) => {
    isTooLong ||= held.length + part.length > MOST_ROW_LENGTH;
    held = isTooLong ? '' : held + part;
  };
  for await (const chunk of textOf(file)) {
    let from = 0;
    const marks = format === 'csv' ? /["\n]/g : /\n/g;
    for (const { 0: mark, index } of chunk.matchAll(marks)) {
      if (mark === '"') isQuoted = !isQuoted;
      if (mark === '"' || isQuoted) continue;
      hold(chunk.slice(from, index));
      yield take();
      from = index + 1;
    }
    hold(chunk.slice(from));
  }
  if (held !== '' || isTooLong) yield take();
  return undefined;
}

/** Bytes that are no UTF-8 become the sign for such, and a byte order mark nothing. */
async function* textOf(file: Blob): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = file.stream().getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read())
      yield decoder.decode(read.value, { stream: true });
    yield decoder.decode();
  } finally {
    // the last bad row may be far from the end of the file
    await reader.cancel();
  }
}

interface Writer {
  head: string;
  write(text: string | null, note: Note): string;
}

function createCsvWriter(firstLine: string, language: Language): Writer {
  const columns = readRecords(firstLine)[0] ?? [];
  // a mended file that is wrong again has them already
  const notes = (['fault', 'remedy'] as const).map((which) => {
    const { name, label } = NOTE_COLUMNS[which];
    const names = [name, ...Object.values(label)].map(normalise);
    const found = columns.findIndex((column) => names.includes(normalise(column)));
    return { which, at: found < 0 ? columns.push(label[language]) - 1 : found };
  });
  return {
    head: toCsv([columns]),
    write(text, note) {
      const cells = text === null ? [] : (readRecords(text)[0] ?? []).map(fromCell);
      while (cells.length < columns.length) cells.push('');
      for (const { which, at } of notes) cells[at] = note[which];
      return toCsvRecords([cells]);
    },
  };
}

function normalise(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}

function createJsonWriter(): Writer {
  return {
    head: '',
    write(text, { fault, remedy }) {
      const note = { fault, remedy };
      const alone = `${JSON.stringify({ note })}\n`;
      if (text === null) return alone;
      const json = readObject(text);
      // nothing can be put into what is no object: the note stands in a line before it
      if (json === null) return `${alone}${text}\n`;
      if (Object.hasOwn(json, 'note')) return `${JSON.stringify({ ...json, note })}\n`;
      const rest = text.trimStart().slice(1);
      const comma = Object.keys(json).length > 0 ? ',' : '';
      return `{"note":${JSON.stringify(note)}${comma}${rest}\n`;
    },
  };
}

function readObject(text: string): Record<string, Json> | null {
  try {
    const json = JSON.parse(text) as Json;
    return isJsonObject(json) ? json : null;
  } catch {
    return null;
  }
}
