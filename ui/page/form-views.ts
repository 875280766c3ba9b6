import { announce } from '../announce.ts';
import { type Child, element } from '../element.ts';
import { icon } from '../icon.ts';
import { faultSummaryView } from '../signed-in/fault-summary.ts';
import type { Task } from '../signed-in/task.ts';
import { taskButton } from '../signed-in/task-button.ts';
import type { Dictionary } from './words/dictionary.ts';

/** As a page has it while nothing is asked for, and while something is. */
const [IDLE, BUSY] = [taskOf(false), taskOf(true)];

export function buttonsView(words: Dictionary): Child[] {
  const { buttons } = words;
  const button = (look: string, ...content: readonly Child[]) =>
    element('button', { type: 'button', class: `button ${look}`.trim(), on: { click: pressed(words) } }, ...content);
  const worked = (task: Task, text: string, isMain: boolean) =>
    taskButton(task, { action: isMain ? 'main' : 'plain', text, isMain, click: pressed(words) });
  return [
    element(
      'div',
      { class: 'actions' },
      worked(IDLE, buttons.plain, false),
      worked(IDLE, buttons.main, true),
      button('button-main button-large', icon('lock'), buttons.large),
      button('', icon('print'), buttons.icon),
      element('a', { class: 'button', href: '#buttons' }, buttons.link),
      element('a', { class: 'button', href: '#buttons', 'aria-current': 'page' }, buttons.current),
      worked(BUSY, buttons.busy, false),
      worked(BUSY, buttons.mainBusy, true),
    ),
  ];
}

export function fieldsView({ fields, faults, document: texts }: Dictionary): Child[] {
  const input = (name: string, properties: Record<string, string | boolean>) =>
    element('input', { id: `field-${name}`, type: 'text', autocomplete: 'off', ...properties });
  const label = (name: string, text: string) => element('label', { for: `field-${name}` }, text);
  return [
    faultSummaryView(faults.heading, [
      { text: fields.wrong, field: { id: 'field-email', label: fields.email }, detail: '' },
      { text: faults.other, field: null, detail: '"validUntil" must be after "validFrom"' },
    ]),
    field(
      label('name', fields.name),
      element('p', { class: 'hint', id: 'field-name-hint' }, fields.hint),
      input('name', { class: 'prose', 'aria-describedby': 'field-name-hint' }),
    ),
    field(
      label('email', fields.email),
      input('email', { value: 'name@', 'aria-invalid': 'true', 'aria-describedby': 'field-email-fault' }),
      element('p', { class: 'fault', id: 'field-email-fault' }, fields.wrong),
    ),
    field(label('date', fields.date), input('date', { type: 'date' })),
    field(
      label('kind', fields.kind),
      element(
        'select',
        { id: 'field-kind' },
        ...[texts.none, fields.full, fields.simple].map((text) => element('option', {}, text)),
      ),
    ),
    field(label('note', fields.note), element('textarea', { id: 'field-note', class: 'prose', rows: '3' })),
    field(label('closed', fields.closed), input('closed', { value: '2962800001', disabled: true })),
  ];
}

export function pressed({ pressed }: Dictionary): () => void {
  return () => announce(pressed);
}

function field(...content: readonly Child[]): HTMLElement {
  return element('div', { class: 'field' }, ...content);
}

function taskOf(isBusy: boolean): Task {
  return { isBusy, failure: null, faults: [], run: async () => true, blame() {}, refuse() {} };
}
