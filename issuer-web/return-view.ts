import type { Child } from '../ui/element.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import type { Shape, TypedRecord } from './claim-shape.ts';
import { formView } from './form-view.ts';
import type { Reader } from './reader.ts';
import type { Desk } from './screen.ts';

/** Why something is given back to whoever prepared it. */
export interface Returning {
  typed: TypedRecord;
  task: Task;
}

export function beginReturning(desk: Desk): Returning {
  return { typed: {}, task: createTask(desk.redraw) };
}

/** A reason, without which nothing is returned. */
export function returnForm(
  { typed, task }: Returning,
  giveBack: (note: string) => Promise<unknown>,
  reader: Reader,
  desk: Desk,
): Child[] {
  const { words } = reader;
  const submit = () => {
    const note = String(typed.note ?? '').trim();
    if (note === '') return task.refuse([{ pointer: '/note', code: 'FIELD_MISSING', detail: 'note' }]);
    void task.run(async () => {
      await giveBack(note);
      desk.reload();
    });
  };
  const note = { label: words.review.note, hint: words.review.noteHint, shape: NOTE, isOptional: false };
  return formView({ typed, task, names: ['note'], fields: [note], text: words.review.giveBack, submit }, reader, desk);
}

const NOTE: Shape = { kind: 'line', input: 'paragraph', maxLength: 500 };
