import type { Fault } from '../client/problem.ts';
import { type Child, element } from '../ui/element.ts';
import type { Task } from '../ui/signed-in/task.ts';
import { type Field, fieldId, fieldView } from './claim-fields-view.ts';
import { blankOf, type Shape, setTyped, type TypedRecord } from './claim-shape.ts';
import { failureView } from './failure-view.ts';
import { type FaultLine, faultSummary, pointerOf } from './fault-view.ts';
import type { Reader } from './reader.ts';
import type { Desk } from './screen.ts';

/** A form of a few fields. What stands in them outlives the drawing. */
export interface SmallForm {
  typed: TypedRecord;
  task: Task;
  /** Called "/name", with what stands in `typed` under that name, or that path of names. */
  fields: readonly Omit<Field, 'pointer' | 'typed'>[];
  names: readonly string[];
  /** Of its button. */
  text: string;
  /** Names the button for scripts, where a screen has several forms. */
  action?: string;
  submit(): void;
  /** Fields beside each other, as filters of a list are. */
  isCompact?: boolean;
  /** Beside its button. */
  ways?: readonly Child[];
}

export function formView(form: SmallForm, reader: Reader, desk: Desk): Child[] {
  const { task, typed } = form;
  const fields = form.fields.map((field, i): Field => {
    const name = form.names[i] ?? '';
    const asked = { ...field, pointer: `/${name}`, typed: typedAt(typed, name.split('/')) ?? blankOf(field.shape) };
    // of a filter nobody expects that it has to be given
    return form.isCompact ? { ...asked, isOptional: false, blank: reader.words.list.any } : asked;
  });
  const submit = (event: Event) => {
    event.preventDefault();
    form.submit();
  };
  const fieldDesk = {
    reader,
    faults: task.faults,
    write: (pointer: string, value: TypedRecord[string]) => setTyped(typed, pointer.split('/').slice(1), value),
    reshape(focusId: string) {
      desk.redraw();
      document.getElementById(focusId)?.focus();
    },
  };
  return [
    task.failure && failureView(task.failure, reader, { level: 'h2' }),
    faultSummary(
      task.faults.map((fault) => toLine(fault, fields)),
      reader,
    ),
    element(
      'form',
      {
        class: form.isCompact ? 'sheet filters' : 'sheet part draft-form',
        novalidate: true,
        'aria-busy': String(task.isBusy),
        on: { submit },
      },
      ...fields.map((field) => fieldView(field, fieldDesk)),
      element(
        'div',
        { class: 'actions' },
        element(
          'button',
          { type: 'submit', class: 'button button-main', 'data-action': form.action ?? 'do', disabled: task.isBusy },
          form.text,
        ),
        ...(form.ways ?? []),
      ),
    ),
  ];
}

function typedAt(typed: TypedRecord, [name = '', ...below]: string[]): TypedRecord[string] | undefined {
  const value = typed[name];
  return below.length === 0 || value === undefined ? value : typedAt(value as TypedRecord, below);
}

/** The field that a fault belongs to: the deepest that is on the page. */
export function toLine(fault: Fault, fields: readonly Field[]): FaultLine {
  const pointer = pointerOf(fault);
  const field = fields.find((each) => pointer === each.pointer || pointer.startsWith(`${each.pointer}/`));
  if (!field) return { fault, label: null, shape: null, id: null };
  const { shape, id } = descend(field, pointer.slice(field.pointer.length).split('/').slice(1));
  return { fault, label: field.label, shape, id };
}

function descend(
  { shape, pointer, typed }: Pick<Field, 'shape' | 'pointer' | 'typed'>,
  [step, ...rest]: string[],
): { shape: Shape; id: string } {
  const below = step === undefined ? undefined : (typed as TypedRecord)[step];
  const inner = shape.kind === 'list' ? shape.item : partOf(shape, step);
  if (step === undefined || !inner) return { shape, id: fieldId(pointer) };
  return descend({ shape: inner, pointer: `${pointer}/${step}`, typed: below ?? blankOf(inner) }, rest);
}

function partOf(shape: Shape, name: string | undefined): Shape | undefined {
  return shape.kind === 'record' ? shape.parts.find(([part]) => part === name)?.[1] : undefined;
}
