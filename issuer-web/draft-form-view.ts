import type { Label } from '../proof/credential-type.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { LANGUAGE_NAMES, LANGUAGES } from '../ui/language.ts';
import { fill } from '../ui/phrase.ts';
import { type Field, type FieldDesk, fieldId, fieldView } from './claim-fields-view.ts';
import { blankOf, type Shape, setTyped, type Typed } from './claim-shape.ts';
import {
  checkForm,
  type DraftForm,
  discardForm,
  endOf,
  isChanged,
  keepMine,
  mayRenew,
  parentRuleOf,
  previewForm,
  proposedEnd,
  ruleOf,
  saveForm,
  takeTheirs,
  touch,
} from './draft-form.ts';
import { failureView } from './failure-view.ts';
import { faultSummary } from './fault-view.ts';
import { toLine } from './form-view.ts';
import { previewView } from './preview-view.ts';
import type { Reader } from './reader.ts';
import type { Desk } from './screen.ts';

const LINE: Shape = { kind: 'line', input: 'text', maxLength: 254 };
const NOTE: Shape = { kind: 'line', input: 'paragraph', maxLength: 500 };
const DATE: Shape = { kind: 'line', input: 'date' };

/** The form of a document that is being prepared: its fields follow from its kind. */
export function draftFormView(form: DraftForm, reader: Reader, desk: Desk): Child[] {
  const { words } = reader;
  const { task } = form;
  const fields = fieldDesk(form, reader, desk);
  const sections = sectionsOf(form, reader);
  const all = sections.flatMap(({ content }) => content);
  const lines = task.faults.map((fault) => toLine(fault, all));
  const submit = (event: Event) => {
    event.preventDefault();
    void checkForm(form, desk);
  };
  return [
    task.failure !== null &&
      (form.theirs && task.failure.code === 'DRAFT_CHANGED'
        ? conflictView(form, reader, desk)
        : failureView(task.failure, reader, { level: 'h2' })),
    faultSummary(lines, reader),
    element(
      'form',
      { class: 'desk draft-form', novalidate: true, 'aria-busy': String(task.isBusy), on: { submit } },
      ...sections.map(({ name, heading, hint, content }) =>
        element(
          'section',
          { class: 'sheet part', 'data-part': name, 'aria-label': heading },
          element('h2', {}, heading),
          hint !== null && element('p', { class: 'hint' }, hint),
          ...content.map((field) => fieldView(field, fields)),
        ),
      ),
      element(
        'div',
        { class: 'actions' },
        button('check', words.check.go, form, null),
        button('save', words.form.save, form, () => void saveForm(form, desk)),
        button('preview', words.form.preview, form, () => void previewForm(form, desk)),
        form.saved && button('discard', words.review.discard, form, () => discard(form, reader, desk)),
      ),
      element('p', { class: 'hint', role: 'status' }, statusText(form, reader)),
    ),
    form.preview && previewView(form.preview, reader),
  ];
}

function discard(form: DraftForm, { words }: Reader, desk: Desk): void {
  if (confirm(words.review.discardSure)) void discardForm(form, desk);
}

function button(name: string, text: string, { task }: DraftForm, click: (() => void) | null): HTMLElement {
  return element(
    'button',
    {
      type: click ? 'button' : 'submit',
      class: click ? 'button' : 'button button-main',
      'data-action': name,
      disabled: task.isBusy,
      ...(click ? { on: { click } } : {}),
    },
    text,
  );
}

function statusText(form: DraftForm, { words, calendar }: Reader): string {
  const { task, savedAt } = form;
  if (task.isBusy) return words.form.working;
  if (savedAt !== null) return fill(words.form.saved, { time: calendar.time(savedAt / 1000) });
  return isChanged(form) ? words.form.unsaved : '';
}

function fieldDesk(form: DraftForm, reader: Reader, desk: Desk): FieldDesk {
  return {
    reader,
    faults: form.task.faults,
    write(pointer, value) {
      write(form, pointer.split('/').slice(1), value);
      showProposal(form);
    },
    reshape(focusId) {
      desk.redraw();
      document.getElementById(focusId)?.focus();
    },
  };
}

function write(form: DraftForm, [part = '', ...path]: string[], value: Typed): void {
  const { typed } = form;
  if (part === 'claims') setTyped(typed.claims, path, value);
  else if (part === 'validity') setTyped(typed.dates, path, value);
  else if (part === 'holder') setTyped(typed.holder, path, value);
  else if (part === 'appliedOn') typed.appliedOn = value as string;
  else if (part === 'note') typed.note = value as string;
  else typed.parent = value as string;
  if (part === 'validity' && path[0] === 'validUntil') form.isEndTyped = value !== '';
  touch(form);
}

/** What the rule proposes follows what is typed, while the form stays as it is: a drawing anew would take the focus from the field. */
function showProposal(form: DraftForm): void {
  const end = document.getElementById(fieldId('/validity/validUntil'));
  if (end instanceof HTMLInputElement && !form.isEndTyped) end.value = form.typed.dates.validUntil;
  const status = document.querySelector('.draft-form > [role=status]');
  if (status) status.textContent = '';
}

export interface Section {
  name: string;
  heading: string;
  hint: string | null;
  content: Field[];
}

export function sectionsOf(form: DraftForm, reader: Reader): Section[] {
  const { words } = reader;
  const claims = (group: 'shown' | 'rest') =>
    form.fields.flatMap(({ claim, shape }): Field[] => {
      if (claim.group !== group) return [];
      return [
        {
          pointer: `/claims/${claim.name}`,
          label: claim.label[reader.language],
          shape,
          typed: form.typed.claims[claim.name] ?? blankOf(shape),
          isOptional: !claim.required,
        },
      ];
    });
  const isPublic = form.type.disclosure === 'public';
  const sections = [
    {
      name: 'shown',
      heading: words.form.shown,
      hint: isPublic ? words.form.shownHint : null,
      content: claims('shown'),
    },
    { name: 'rest', heading: words.form.rest, hint: isPublic ? words.form.restHint : null, content: claims('rest') },
    { name: 'dates', heading: words.credential.dates, hint: endHint(form, reader), content: dateFields(form, reader) },
    {
      name: 'renewal',
      heading: words.form.renewal,
      hint: words.form.renewalHint,
      content: renewalFields(form, reader),
    },
    { name: 'note', heading: words.form.why, hint: null, content: noteFields(form, reader) },
    {
      name: 'parent',
      heading: words.credential.parent,
      hint: words.form.parentHint,
      content: parentFields(form, reader),
    },
    {
      name: 'holder',
      heading: words.credential.holder,
      hint: words.form.holderHint,
      content: holderFields(form, reader),
    },
  ];
  return sections.filter(({ content }) => content.length > 0);
}

function dateFields(form: DraftForm, { words, language }: Reader): Field[] {
  const labels = form.type.dates as unknown as Partial<Record<string, Label>>;
  const { dates } = form.typed;
  const field = (name: keyof typeof dates, label: string, isOptional: boolean): Field => ({
    ...{ pointer: `/validity/${name}`, label: labels[name]?.[language] ?? label },
    ...{ shape: DATE, typed: dates[name], isOptional },
  });
  const issued = field('issued', words.credential.issuedOn, true);
  const from = field('validFrom', words.document.validFrom, false);
  if (ruleOf(form).kind === 'pointInTime') return [{ ...from, label: issued.label }];
  return endOf(form) === 'chosen'
    ? [issued, from, field('validUntil', words.document.validUntil, false)]
    : [issued, from];
}

function endHint(form: DraftForm, { words, calendar }: Reader): string {
  const end = endOf(form);
  if (end === 'none') return words.form.noEnd;
  if (end === 'items') return words.form.itemsEnd;
  const proposed = proposedEnd(form);
  return proposed === undefined ? words.form.issuedHint : fill(words.form.proposed, { date: calendar.date(proposed) });
}

function renewalFields(form: DraftForm, { words }: Reader): Field[] {
  if (!mayRenew(form)) return [];
  const { appliedOn } = form.typed;
  return [{ pointer: '/appliedOn', label: words.change.appliedOn, shape: DATE, typed: appliedOn, isOptional: true }];
}

/** The registry has no reason of a succession: the public reads that another one took its place. */
function noteFields({ replaces, typed }: DraftForm, { words }: Reader): Field[] {
  if (replaces === null) return [];
  const { note: label, noteHint: hint } = words.acting;
  return [{ pointer: '/note', label, hint, shape: NOTE, typed: typed.note, isOptional: true }];
}

function parentFields(form: DraftForm, { words }: Reader): Field[] {
  if (parentRuleOf(form) === null) return [];
  return [{ pointer: '/parent', label: words.list.reference, shape: LINE, typed: form.typed.parent, isOptional: true }];
}

/** A company holds what is not of a person: its premises, vehicles and equipment too. */
function holderFields({ typed: { holder }, type }: DraftForm, { words }: Reader): Field[] {
  const texts = words.credential;
  const names = (language: (typeof LANGUAGES)[number]): Label => {
    const name = LANGUAGE_NAMES[language];
    return { en: name, 'zh-Hant': name, 'zh-Hans': name };
  };
  const options = LANGUAGES.map((code) => ({ code, label: names(code) }));
  const field = (name: keyof typeof holder, label: string, shape: Shape): Field => ({
    ...{ pointer: `/holder/${name}`, label, shape, typed: holder[name], isOptional: true },
  });
  return [
    field('email', texts.email, LINE),
    field('language', texts.language, { kind: 'choice', options }),
    field('subject', texts.subject, LINE),
    ...(type.holder === 'person' && holder.company === ''
      ? []
      : [{ ...field('company', texts.company, LINE), hint: texts.companyHint }]),
  ];
}

/** Two who edit one draft: neither loses anything without having been asked. */
export function conflictView(form: DraftForm, { words, calendar }: Reader, desk: Desk): HTMLElement {
  const texts = words.form.conflict;
  const time = calendar.time(Date.parse(form.theirs?.changedAt ?? '') / 1000);
  return element(
    'section',
    { class: 'sheet failure tone-care', 'data-failure': 'changed' },
    icon('triangle'),
    element(
      'div',
      {},
      element('h2', { tabindex: '-1' }, texts.heading),
      element('p', {}, fill(texts.text, { time })),
      element(
        'div',
        { class: 'actions' },
        element(
          'button',
          { type: 'button', class: 'button', 'data-action': 'mine', on: { click: () => void keepMine(form, desk) } },
          texts.mine,
        ),
        element(
          'button',
          { type: 'button', class: 'button', 'data-action': 'theirs', on: { click: () => takeTheirs(form, desk) } },
          texts.theirs,
        ),
      ),
    ),
  );
}
