import type { CredentialTypeDetail, Import, ImportError } from '../client/api.ts';
import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill, groupThousands } from '../ui/phrase.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { failureView } from './failure-view.ts';
import { badRows } from './imports-view.ts';
import type { Reader } from './reader.ts';
import { rowFault } from './row-faults.ts';
import { type Note, rowsToMend } from './rows-to-mend.ts';
import type { Desk } from './screen.ts';

/** The file of which something was refused, while the page still has it. */
export interface Mend {
  file: File;
  of: Import;
  type: CredentialTypeDetail;
  task: Task;
  /** Rows that were taken out so far. */
  count: number;
  /** The address of the file that was made. */
  made: string | null;
  /** It was changed, moved or deleted since it was chosen: a browser reads it no more. */
  isGone: boolean;
}

export function createMend(of: Pick<Mend, 'file' | 'of' | 'type'>, desk: Desk): Mend {
  return { ...of, task: createTask(desk.redraw), count: 0, made: null, isGone: false };
}

/** Its bad rows alone, as they stand in it, with what is wrong and what to do; nothing where no row is bad. */
export function mendView(mend: Mend, signal: AbortSignal, reader: Reader, desk: Desk): HTMLElement | null {
  const { of, file, task, count, made, isGone } = mend;
  const texts = reader.words.imports;
  if (badRows(of) === 0) return null;
  const begin = () =>
    void task.run(async () => {
      mend.isGone = false;
      await takeOut(mend, signal, reader, desk).catch((error: unknown) => {
        if (!isUnreadable(error)) throw error;
        mend.isGone = true;
      });
    });
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'mend' },
    element('h2', {}, texts.mendHeading),
    element('p', { class: 'hint' }, texts.mendHint),
    of.mode === 'all' && element('p', { class: 'hint' }, texts.mendAll),
    isGone && element('p', { class: 'fault', role: 'alert' }, texts.mendGone),
    task.failure && failureView(task.failure, reader, { level: 'h2', again: begin }),
    element(
      'p',
      { class: 'actions' },
      element(
        'button',
        { type: 'button', class: 'button', 'data-action': 'mend', disabled: task.isBusy, on: { click: begin } },
        icon('file'),
        texts.mend,
      ),
      made !== null &&
        element(
          'a',
          { class: 'button', href: made, download: nameOf(file), 'data-action': 'save-mend' },
          reader.words.list.save,
        ),
    ),
    element(
      'p',
      { class: 'hint', role: 'status' },
      count > 0 && fill(texts.mendCount, { count: groupThousands(String(count)) }),
    ),
  );
}

function isUnreadable(error: unknown): boolean {
  return error instanceof DOMException && ['NotReadableError', 'NotFoundError'].includes(error.name);
}

function nameOf({ name }: File): string {
  const dot = name.lastIndexOf('.');
  return `${name.slice(0, dot)}-to-mend${name.slice(dot)}`;
}

/** So much is given to the browser at a time, which keeps large files on the disk. */
const PART_LENGTH = 1_048_576;
const TELL_EVERY = 1_000;

async function takeOut(mend: Mend, signal: AbortSignal, reader: Reader, { client, redraw }: Desk): Promise<void> {
  const { file, of } = mend;
  const errors = client.list('listImportErrors', { id: of.id, query: { limit: 200 }, signal });
  mend.count = 0;
  const counted = async function* (): AsyncGenerator<Note> {
    for await (const note of notesOf(errors, mend, reader)) {
      yield note;
      mend.count++;
      if (mend.count % TELL_EVERY === 0) redraw();
    }
  };
  const parts: Blob[] = [];
  let text = '';
  for await (const row of rowsToMend({ file, format: of.format, notes: counted(), language: reader.language })) {
    text += row;
    if (text.length < PART_LENGTH) continue;
    parts.push(new Blob([text]));
    text = '';
  }
  if (mend.made !== null) URL.revokeObjectURL(mend.made);
  mend.made = URL.createObjectURL(new Blob([...parts, text], { type: 'text/csv' }));
}

/** All that is wrong with a row in one note, with the line at which it stands in the file that was sent. */
async function* notesOf(
  errors: AsyncIterable<ImportError>,
  { type }: Pick<Mend, 'type'>,
  reader: Reader,
): AsyncGenerator<Note> {
  let held: ImportError[] = [];
  for await (const error of errors) {
    if (held.length > 0 && held[0]?.row !== error.row) {
      yield toNote(held, type, reader);
      held = [];
    }
    held.push(error);
  }
  if (held.length > 0) yield toNote(held, type, reader);
}

function toNote(errors: readonly ImportError[], type: CredentialTypeDetail, reader: Reader): Note {
  const row = errors[0]?.row ?? 0;
  const faults = errors.map((error) => rowFault(error, type, reader));
  return {
    row,
    fault: `${reader.words.imports.row} ${row}: ${faults.map(({ field, what }) => `${field}: ${what}`).join(' ')}`,
    remedy: [...new Set(faults.map(({ remedy }) => remedy))].join(' '),
  };
}
