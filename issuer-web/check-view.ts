import type { DraftDetail } from '../client/api.ts';
import { claimValue } from '../ui/claim-view.ts';
import { type Child, element } from '../ui/element.ts';
import { type Fact, factsView } from '../ui/facts-view.ts';
import { fill } from '../ui/phrase.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import { type Field, fieldId } from './claim-fields-view.ts';
import { claimsIn, claimsOf, type Detail, detailsOf } from './draft-content-view.ts';
import { type DraftForm, isChanged, previewForm, submitForm } from './draft-form.ts';
import { conflictView, type Section, sectionsOf } from './draft-form-view.ts';
import { failureView } from './failure-view.ts';
import { previewView } from './preview-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf } from './screen.ts';

/** What is missing or wrong is put right in the form first, and what is typed there and not saved is not what would be handed in. */
export function isReady(form: DraftForm): boolean {
  return form.saved !== null && !isChanged(form) && form.task.faults.length === 0;
}

/** Between the form and the hand-in: what was typed, as an approver will read it, with a way back to each field. */
export function checkView(form: DraftForm, reader: Reader, desk: Desk): Child[] {
  const { words } = reader;
  const { task, saved } = form;
  if (saved === null) return [];
  const isTheirs = form.theirs !== null && task.failure?.code === 'DRAFT_CHANGED';
  return [
    task.failure && (isTheirs ? conflictView(form, reader, desk) : failureView(task.failure, reader, { level: 'h2' })),
    element('p', {}, words.check.lead),
    ...sectionsOf(form, reader).map((section) => sectionView(section, { form, saved }, reader)),
    element(
      'div',
      { class: 'actions' },
      taskButton(task, {
        ...{ action: 'submit', text: words.form.submit, isMain: true },
        ...{ click: () => void submitForm(form, desk) },
      }),
      element('a', { class: 'button', href: hrefOf(`drafts/${saved.id}`), 'data-action': 'edit' }, words.check.back),
      taskButton(task, {
        ...{ action: 'preview', text: words.form.preview },
        ...{ click: () => void previewForm(form, desk) },
      }),
    ),
    form.preview && previewView(form.preview, reader),
  ];
}

interface Shown {
  form: DraftForm;
  saved: DraftDetail;
}

function sectionView({ name, heading, content }: Section, shown: Shown, reader: Reader): HTMLElement {
  const { id } = shown.saved;
  const rows = content.map((field): Fact => [field.label, ...valueIn(field, shown, reader), wayTo(field, id, reader)]);
  return element(
    'section',
    { class: 'sheet part', 'data-check': name },
    element('h2', {}, heading),
    factsView([...rows, ...(name === 'dates' ? followingEnd(content, shown, reader) : [])]),
  );
}

/** The link's place in the page is not its name: a screen reader lists links by themselves. */
function wayTo({ pointer, label }: Field, id: string, { words }: Reader): HTMLElement {
  return element(
    'a',
    {
      href: `${hrefOf(`drafts/${id}`)}#${fieldId(pointer)}`,
      'data-change': pointer,
      'aria-label': `${words.check.change}: ${label}`,
    },
    words.check.change,
  );
}

function valueIn({ pointer, shape, typed }: Field, { form, saved }: Shown, reader: Reader): Child[] {
  const { words, calendar } = reader;
  const [, part, name = ''] = pointer.split('/');
  const nothing = [element('span', { class: 'hint' }, words.document.none)];
  if (part === 'claims') {
    const claim = claimsOf(form.type).find((each) => each.name === name);
    const value = claimsIn(saved.content ?? {})[name];
    if (!claim || value === undefined || value === null) return nothing;
    // its fingerprint is known when it is handed in
    if (shape.kind === 'picture') return [fill(words.form.pictureThere, { size: kilobytesOf(value) })];
    return claimValue(claim, value, reader);
  }
  if (part === 'parent') return form.typed.parent === '' ? nothing : [form.typed.parent];
  if (part === 'note') return typed === '' ? nothing : [typed as string];
  if (part === 'appliedOn')
    return typed === '' ? [element('span', { class: 'hint' }, words.check.today)] : [calendar.date(typed as string)];
  const { text } = detailOf(name, { form, saved }, reader) ?? {};
  if (text !== undefined) return [text];
  return name === 'issued' ? [element('span', { class: 'hint' }, words.check.today)] : nothing;
}

function detailOf(id: string, { form, saved }: Shown, reader: Reader): Detail | undefined {
  return detailsOf(form.type, saved.content ?? {}, reader).find((each) => each.id === id);
}

/** Of a kind whose last valid day nobody types. */
function followingEnd(fields: readonly Field[], shown: Shown, reader: Reader): Fact[] {
  const end = detailOf('validUntil', shown, reader);
  if (!end || fields.some(({ pointer }) => pointer === '/validity/validUntil')) return [];
  return [[end.name, end.text]];
}

function kilobytesOf(picture: unknown): number {
  const { data = '' } = picture as { data?: string };
  return Math.ceil((data.length * 3) / 4_096);
}
