import type { Fault } from '../client/problem.ts';
import { type Child, element } from '../ui/element.ts';
import { LANGUAGE_NAMES, type Language } from '../ui/language.ts';
import { fill } from '../ui/phrase.ts';
import {
  blankOf,
  type LineInput,
  type Option,
  type Part,
  type Shape,
  type Typed,
  type TypedRecord,
} from './claim-shape.ts';
import { faultNote, faultsAt } from './fault-view.ts';
import type { Reader } from './reader.ts';

/** A field and what is below it. */
export interface Field {
  /** A JSON pointer into what is typed: it is also where its faults are. */
  pointer: string;
  label: string;
  shape: Shape;
  typed: Typed;
  isOptional: boolean;
  hint?: string | undefined;
  /** What a choice says that is not made. */
  blank?: string | undefined;
}

export interface FieldDesk {
  reader: Reader;
  faults: readonly Fault[];
  /** Something was typed into the field. */
  write(pointer: string, value: Typed): void;
  /** Fields were added or taken away: the form is drawn again, with the focus on this one. */
  reshape(focusId: string): void;
}

export function fieldId(pointer: string): string {
  return `field${pointer.replaceAll('/', '-')}`;
}

/** The fields of one claim, each with its label, and what is wrong with it. */
export function fieldView(field: Field, desk: FieldDesk): HTMLElement {
  switch (field.shape.kind) {
    case 'record':
      return groupView(field, desk, recordFields(field, field.shape.parts, desk));
    case 'list':
      return groupView(field, desk, listFields(field, field.shape.item, desk));
    case 'picture':
      return pictureField(field, desk);
    case 'file':
      return leafView(field, fileInput(field, field.shape, desk), desk);
    case 'many':
      return groupView(field, desk, manyFields(field, field.shape.options, desk));
    case 'tick':
      return tickView(field, desk);
    default:
      return leafView(field, control(field, desk), desk);
  }
}

function labelOf({ label, isOptional }: Field, { reader: { words } }: FieldDesk): Child[] {
  return [label, isOptional && element('span', { class: 'hint' }, ` ${words.form.optional}`)];
}

interface Described {
  [attribute: string]: string | undefined;
}

/** What ties a control to its hint and its fault. */
function described(field: Field, desk: FieldDesk, hint: boolean): Described {
  const id = fieldId(field.pointer);
  const isWrong = faultsAt(desk.faults, field.pointer, 'below').length > 0;
  const ids = [hint && `${id}-hint`, isWrong && `${id}-fault`].filter((each) => each !== false);
  return {
    id,
    name: field.pointer,
    'aria-invalid': isWrong ? 'true' : undefined,
    'aria-describedby': ids.length > 0 ? ids.join(' ') : undefined,
  };
}

function leafView(field: Field, input: HTMLElement, desk: FieldDesk): HTMLElement {
  const { reader, faults } = desk;
  const id = fieldId(field.pointer);
  const hint = hintOf(field, reader);
  return element(
    'div',
    { class: 'field' },
    element('label', { for: id }, ...labelOf(field, desk)),
    input,
    hint !== null && element('p', { class: 'hint', id: `${id}-hint` }, hint),
    faultNote(`${id}-fault`, faultsAt(faults, field.pointer, 'below'), field.shape, reader),
  );
}

function hintOf({ shape, hint }: Field, { words }: Reader): string | null {
  if (hint !== undefined) return hint;
  if (shape.kind === 'table') return words.form.tableHint;
  return shape.kind === 'line' && shape.input === 'decimal' ? words.form.decimalHint : null;
}

const INPUTS: Record<LineInput, Described> = {
  text: { type: 'text' },
  paragraph: {},
  decimal: { type: 'text', inputmode: 'decimal' },
  integer: { type: 'text', inputmode: 'numeric' },
  date: { type: 'date' },
  instant: { type: 'datetime-local', step: '1' },
};

function control(field: Field, desk: FieldDesk): HTMLElement {
  const { shape, pointer } = field;
  const { words, language } = desk.reader;
  const text = field.typed as string;
  const write = (event: Event) => desk.write(pointer, (event.currentTarget as HTMLInputElement).value);
  const common = { ...described(field, desk, hintOf(field, desk.reader) !== null), on: { input: write } };
  if (shape.kind === 'choice' || shape.kind === 'yes-no') {
    const options =
      shape.kind === 'yes-no'
        ? [
            ['true', words.document.yes],
            ['false', words.document.no],
          ]
        : shape.options.map(({ code, label }) => [code, optionText(label, language)]);
    return element(
      'select',
      common,
      element('option', { value: '' }, field.blank ?? words.form.choose),
      ...options.map(([value = '', label = '']) => element('option', { value, selected: value === text }, label)),
    );
  }
  if (shape.kind === 'table' || (shape.kind === 'line' && shape.input === 'paragraph'))
    return element('textarea', { ...common, class: 'prose', rows: shape.kind === 'table' ? '6' : '3' }, text);
  const input = shape.kind === 'line' ? shape.input : 'text';
  const most = shape.kind === 'line' && shape.maxLength ? { maxlength: String(shape.maxLength) } : {};
  return element('input', { ...common, ...INPUTS[input], ...most, class: 'prose', value: text, autocomplete: 'off' });
}

function optionText(label: Option['label'], language: Language): string {
  return typeof label === 'string' ? label : label[language];
}

function box(text: string, input: HTMLInputElement): HTMLElement {
  return element('label', { class: 'chosen' }, input, text);
}

function manyFields(
  { typed, pointer }: Field,
  options: readonly Option[],
  { reader, write }: FieldDesk,
): HTMLElement[] {
  const chosen = new Set(typed as string[]);
  return options.map(({ code, label }) => {
    const change = (event: Event) => {
      if ((event.currentTarget as HTMLInputElement).checked) chosen.add(code);
      else chosen.delete(code);
      write(pointer, [...chosen]);
    };
    return box(
      optionText(label, reader.language),
      element('input', { type: 'checkbox', name: pointer, value: code, checked: chosen.has(code), on: { change } }),
    );
  });
}

function tickView({ pointer, label, typed }: Field, { write }: FieldDesk): HTMLElement {
  const change = (event: Event) => write(pointer, (event.currentTarget as HTMLInputElement).checked ? 'true' : '');
  const id = fieldId(pointer);
  return box(
    label,
    element('input', { id, type: 'checkbox', name: pointer, checked: typed === 'true', on: { change } }),
  );
}

function groupView(field: Field, desk: FieldDesk, content: readonly Child[]): HTMLElement {
  const id = fieldId(field.pointer);
  const here = faultsAt(desk.faults, field.pointer);
  return element(
    'fieldset',
    {
      class: `group group-${field.shape.kind}`,
      id,
      tabindex: '-1',
      'aria-describedby': here.length > 0 ? `${id}-fault` : undefined,
    },
    element('legend', {}, ...labelOf(field, desk)),
    ...content,
    faultNote(`${id}-fault`, here, field.shape, desk.reader),
  );
}

function recordFields(
  { typed, pointer }: Field,
  parts: Extract<Shape, { kind: 'record' }>['parts'],
  desk: FieldDesk,
): HTMLElement[] {
  return parts.map(([name, shape]) =>
    fieldView(
      {
        pointer: `${pointer}/${name}`,
        label: partLabel(name, desk.reader),
        shape,
        typed: (typed as TypedRecord)[name] ?? blankOf(shape),
        isOptional: shape.kind === 'line' && shape.blank === null,
      },
      desk,
    ),
  );
}

function partLabel(name: Part, { words }: Reader): string {
  return name === 'en' || name === 'zh-Hant' || name === 'zh-Hans' ? LANGUAGE_NAMES[name] : words.form.part[name];
}

function listFields({ typed, pointer, label }: Field, item: Shape, desk: FieldDesk): Child[] {
  const items = typed as Typed[];
  const { words } = desk.reader;
  const set = (next: Typed[], focusId: string) => {
    desk.write(pointer, next);
    desk.reshape(focusId);
  };
  const remove = (index: number) => set(items.toSpliced(index, 1), fieldId(pointer));
  const add = () => set([...items, blankOf(item)], fieldId(`${pointer}/${items.length}`));
  return [
    ...items.map((each, index) => {
      const name = `${label} ${index + 1}`;
      return element(
        'div',
        { class: 'item' },
        fieldView({ pointer: `${pointer}/${index}`, label: name, shape: item, typed: each, isOptional: false }, desk),
        element(
          'button',
          { type: 'button', class: 'button', on: { click: () => remove(index) } },
          fill(words.form.remove, { name }),
        ),
      );
    }),
    element(
      'button',
      { type: 'button', class: 'button', 'data-add': pointer, on: { click: add } },
      fill(words.form.add, { name: label }),
    ),
  ];
}

function fileInput(field: Field, { accept, chosen, choose }: Shape & { kind: 'file' }, desk: FieldDesk): HTMLElement {
  const change = (event: Event) => {
    const [file] = (event.currentTarget as HTMLInputElement).files ?? [];
    if (file) choose(file);
  };
  const input = element('input', { ...described(field, desk, true), ...{ type: 'file', accept, on: { change } } });
  if (chosen) {
    // a field that is drawn again would say that nothing is chosen
    const files = new DataTransfer();
    files.items.add(chosen);
    input.files = files.files;
  }
  return input;
}

/** A picture is sent with the form: what the service takes is small. */
function pictureField(field: Field, desk: FieldDesk): HTMLElement {
  const { words } = desk.reader;
  const picture = field.typed as { mediaType?: string; data?: string };
  const id = fieldId(field.pointer);
  const read = async (event: Event) => {
    const [file] = (event.currentTarget as HTMLInputElement).files ?? [];
    if (!file) return;
    desk.write(field.pointer, { mediaType: file.type, data: toBase64(new Uint8Array(await file.arrayBuffer())) });
    desk.reshape(id);
  };
  const drop = () => {
    desk.write(field.pointer, {});
    desk.reshape(id);
  };
  const isThere = picture.data !== undefined;
  const input = element('input', {
    ...described(field, desk, true),
    ...{ type: 'file', accept: 'image/png,image/jpeg', on: { change: (event) => void read(event) } },
  });
  const view = leafView(field, input, desk);
  view.append(
    element('p', { class: 'hint', id: `${id}-hint` }, words.form.pictureHint),
    ...(isThere
      ? [
          element(
            'p',
            {},
            fill(words.form.pictureThere, { size: Math.ceil(((picture.data?.length ?? 0) * 3) / 4_096) }),
          ),
          element(
            'button',
            { type: 'button', class: 'button', on: { click: drop } },
            fill(words.form.remove, { name: field.label }),
          ),
        ]
      : []),
  );
  return view;
}

function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 8_192) parts.push(String.fromCharCode(...bytes.subarray(i, i + 8_192)));
  return btoa(parts.join(''));
}
