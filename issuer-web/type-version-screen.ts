import type { TypeVersion, TypeVersionDetail } from '../client/api.ts';
import type { ClaimType } from '../proof/claim-value.ts';
import type { ClaimDefinition, ClaimRole, DisclosureRule, HolderKind, ValidityRule } from '../proof/credential-type.ts';
import { announce } from '../ui/announce.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { type IconName, icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import { taskButton } from '../ui/signed-in/task-button.ts';
import { type FieldDesk, fieldId, fieldView } from './claim-fields-view.ts';
import { blankOf, setTyped, shapeOf, type TypedRecord } from './claim-shape.ts';
import { personText } from './drafts-view.ts';
import { failureView } from './failure-view.ts';
import { faultSummary, faultsAt } from './fault-view.ts';
import { toLine } from './form-view.ts';
import { previewView } from './preview-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, may, type Open } from './screen.ts';
import { sendingView } from './signing-key-sending-view.ts';
import { conflictView, overtakenView } from './type-version-conflict-view.ts';
import { claimFields, ruleFields, textFields } from './type-version-fields.ts';
import {
  addClaim,
  discardForm,
  editAgain,
  isChanged,
  look,
  moveClaim,
  openForm,
  prepareForm,
  previewForm,
  regroup,
  removeClaim,
  saveForm,
  type TypeVersionForm,
  takeFile,
  toFile,
  touch,
  watchVersion,
} from './type-version-form.ts';
import { validityText } from './validity-text.ts';
import { watchWallets } from './wallet.ts';

type Change = TypeVersionDetail['changes'][number];

/** A new version of a kind of document: written, looked at, published by the admin's wallet, in use. */
export const openTypeVersion: Open = async ({ desk, id, signal }) => {
  const form = openForm(await desk.client.call('getTypeVersion', { id, signal }), desk);
  watchWallets((wallets) => {
    form.sending.wallets = wallets;
    if (form.transaction) desk.redraw();
  }, signal);
  return {
    title: (reader) => headingOf(form, reader),
    draw: (reader) => draw(form, { reader, desk, signal }),
  };
};

function headingOf({ saved: { type, version } }: TypeVersionForm, { words }: Reader): string {
  return fill(words.typeVersion.heading, { type, version });
}

interface Drawing {
  reader: Reader;
  desk: Desk;
  signal: AbortSignal;
}

function draw(form: TypeVersionForm, drawing: Drawing): Child[] {
  const { reader, desk } = drawing;
  const { saved, task } = form;
  const isEdited = saved.state === 'draft' && may(desk, 'types.publish');
  return [
    element('h1', { tabindex: '-1' }, headingOf(form, reader)),
    bannerView(saved, reader, desk),
    form.isOvertaken && overtakenView(reader),
    form.conflict && task.failure?.code === 'DRAFT_CHANGED'
      ? conflictView(form, form.conflict, reader, desk)
      : task.failure && failureView(task.failure, reader, { level: 'h2' }),
    ...(isEdited ? editView(form, drawing) : [changesView(saved, reader), nextView(form, drawing)]),
    form.preview && previewView(form.preview, reader),
    form.preview && officersFormView(form, reader),
  ];
}

const LOOKS: Record<TypeVersion['state'], { tone: string; icon: IconName }> = {
  draft: { tone: 'open', icon: 'question' },
  prepared: { tone: 'care', icon: 'triangle' },
  published: { tone: 'good', icon: 'seal' },
  discarded: { tone: 'over', icon: 'barred' },
};

function bannerView(saved: TypeVersionDetail, reader: Reader, desk: Desk): HTMLElement {
  const texts = reader.words.typeVersion;
  const time = (instant: string | null) => (instant === null ? null : reader.calendar.time(Date.parse(instant) / 1000));
  const { tone, icon: sign } = LOOKS[saved.state];
  return element(
    'section',
    { class: `sheet standing-banner tone-${tone}`, 'data-state': saved.state, role: 'status' },
    icon(sign),
    element(
      'div',
      {},
      element('p', { class: 'standing' }, texts.state[saved.state]),
      element('p', {}, texts.stateText[saved.state]),
      factsView([
        [texts.changedBy, `${personText(saved.changedBy, reader, desk)}, ${time(saved.changedAt)}`],
        [
          texts.preparedBy,
          saved.preparedBy && `${personText(saved.preparedBy, reader, desk)}, ${time(saved.preparedAt)}`,
        ],
        [texts.publishedAt, time(saved.publishedAt)],
        [reader.words.types.definition, saved.sha256 && element('span', { class: 'code' }, saved.sha256)],
      ]),
      element(
        'p',
        {},
        element('a', { class: 'button', href: hrefOf(`types/${encodeURIComponent(saved.type)}`) }, texts.toType),
      ),
    ),
  );
}

/** What can be done with one that nobody edits. */
function nextView(form: TypeVersionForm, drawing: Drawing): Child {
  const { reader, desk, signal } = drawing;
  const { saved, transaction, task } = form;
  const texts = reader.words.typeVersion;
  if (saved.state !== 'prepared' || !may(desk, 'types.publish')) return null;
  const ways = [
    taskButton(task, { action: 'edit', text: texts.edit, click: () => void editAgain(form, desk) }),
    taskButton(task, { action: 'discard', text: texts.discard, click: () => discard(form, drawing) }),
  ];
  const isCurrent = () => look(form, desk);
  if (transaction)
    return sendingView(form.sending, { ...transaction, command: null }, { reader, desk, ways, isCurrent });
  return element(
    'div',
    { class: 'actions' },
    taskButton(task, {
      ...{ action: 'prepare', text: texts.showTransaction, isMain: true },
      click: () => void prepare(form, { reader, desk, signal }),
    }),
    ...ways,
  );
}

async function prepare(form: TypeVersionForm, { desk, signal }: Drawing): Promise<void> {
  if (!(await prepareForm(form, desk))) return;
  document.querySelector<HTMLElement>('main h1')?.focus();
  void watchVersion(form, desk, signal);
}

function discard(form: TypeVersionForm, { reader, desk }: Drawing): void {
  if (confirm(reader.words.typeVersion.discardSure)) void discardForm(form, desk);
}

function editView(form: TypeVersionForm, drawing: Drawing): Child[] {
  const { reader, desk } = drawing;
  const { typed, task } = form;
  const texts = reader.words.typeVersion;
  const fields = fieldDesk(form, reader, desk);
  const claims = typed.claims.map((claim, at) => claimFields(claim, at, reader));
  const parts = [textFields(typed, reader), ruleFields(typed, reader)] as const;
  const submit = (event: Event) => {
    event.preventDefault();
    void saveForm(form, desk);
  };
  const part = (name: string, heading: string, ...content: Child[]) =>
    element('section', { class: 'sheet part', 'data-part': name }, element('h2', {}, heading), ...content);
  return [
    faultSummary(
      task.faults.map((fault) => toLine(fault, [...parts.flat(), ...claims.flat()])),
      reader,
    ),
    element(
      'form',
      { class: 'desk draft-form', novalidate: true, 'aria-busy': String(task.isBusy), on: { submit } },
      part('texts', texts.texts, ...parts[0].map((field) => fieldView(field, fields))),
      part('rules', texts.rules, holderFact(form, reader), ...parts[1].map((field) => fieldView(field, fields))),
      part(
        'claims',
        reader.words.types.claims,
        element('p', { class: 'hint' }, texts.claimsHint),
        ...typed.claims.map((claim, at) => claimView(form, { claim, at, fields, content: claims[at] ?? [] }, drawing)),
        element(
          'button',
          { type: 'button', class: 'button', 'data-action': 'add-claim', on: { click: add } },
          texts.addClaim,
        ),
      ),
      isChanged(form) || task.faults.length > 0 ? null : changesView(form.saved, reader),
      element(
        'div',
        { class: 'actions' },
        element(
          'button',
          { type: 'submit', class: 'button button-main', 'data-action': 'save', disabled: task.isBusy },
          texts.save,
        ),
        taskButton(task, { action: 'preview', text: texts.preview, click: () => void previewForm(form, desk) }),
        taskButton(task, { action: 'publish', text: texts.publish, click: () => void prepare(form, drawing) }),
        taskButton(task, { action: 'discard', text: texts.discard, click: () => discard(form, drawing) }),
      ),
      element('p', { class: 'hint', role: 'status', 'data-saved': String(!isChanged(form)) }, statusText(form, reader)),
      fileView(form, drawing),
    ),
  ];

  function add(): void {
    addClaim(form);
    desk.redraw();
    document.getElementById(fieldId(`/claims/${form.typed.claims.length - 1}/label/en`))?.focus();
  }
}

/** Its code goes by it, and so does whose documents are found how: it stays as it is, and another kind of holder is another kind of document. */
function holderFact({ saved }: TypeVersionForm, { words }: Reader): Child {
  const texts = words.typeVersion;
  const holder = saved.definition.holder as HolderKind;
  return element(
    'div',
    { 'data-part': 'holder' },
    factsView([[texts.holderField, texts.holder[holder]]]),
    element('p', { class: 'hint' }, texts.holderHint),
  );
}

function statusText(form: TypeVersionForm, { words, calendar }: Reader): string {
  if (form.task.isBusy) return words.form.working;
  if (form.savedAt !== null) return fill(words.form.saved, { time: calendar.time(form.savedAt / 1000) });
  return isChanged(form) ? words.form.unsaved : '';
}

/** What changes which fields there are, or where they stand. */
const SHAPING = /^\/(validity\/kind|claims\/\d+\/(type|group))$/;

function fieldDesk(form: TypeVersionForm, reader: Reader, desk: Desk): FieldDesk {
  const reshape = (focusId: string) => {
    desk.redraw();
    document.getElementById(focusId)?.focus();
  };
  return {
    reader,
    faults: form.task.faults,
    write(pointer, value) {
      const [, part = '', at = ''] = pointer.split('/');
      const claim = part === 'claims' ? form.typed.claims[Number(at)] : undefined;
      setTyped(form.typed, pointer.split('/').slice(1), value);
      touch(form);
      if (!SHAPING.test(pointer)) return;
      regroup(form);
      const now = claim ? pointer.replace(`/${at}/`, `/${form.typed.claims.indexOf(claim)}/`) : pointer;
      reshape(fieldId(now));
    },
    reshape,
  };
}

interface OneClaim {
  claim: TypedRecord;
  at: number;
  fields: FieldDesk;
  content: ReturnType<typeof claimFields>;
}

function claimView(
  form: TypeVersionForm,
  { claim, at, fields, content }: OneClaim,
  { reader, desk }: Drawing,
): HTMLElement {
  const { words, language } = reader;
  const texts = words.typeVersion;
  const label = claim.label as TypedRecord;
  const name = String(label[language] || claim.name || texts.unnamed);
  const isWrong = faultsAt(fields.faults, `/claims/${at}`, 'below').length > 0;
  const toggle = (event: Event) => {
    if ((event.currentTarget as HTMLDetailsElement).open) form.open.add(claim);
    else form.open.delete(claim);
  };
  const move = (by: 1 | -1) => () => {
    if (!moveClaim(form, at, by)) return;
    desk.redraw();
    document.querySelector<HTMLElement>(`[data-claim="${at + by}"] [data-action="${by > 0 ? 'down' : 'up'}"]`)?.focus();
    announce(fill(texts.moved, { name, place: at + by + 1, count: form.typed.claims.length }));
  };
  const remove = () => {
    removeClaim(form, at);
    desk.redraw();
    document.querySelector<HTMLElement>('[data-action=add-claim]')?.focus();
  };
  const way = (action: string, text: string, click: () => void) =>
    element(
      'button',
      { type: 'button', class: 'button', 'data-action': action, 'aria-label': fill(text, { name }), on: { click } },
      fill(text, { name }),
    );
  return element(
    'details',
    { class: 'fold item', 'data-claim': String(at), open: form.open.has(claim), on: { toggle } },
    element(
      'summary',
      {},
      isWrong && icon('octagon'),
      isWrong && ' ',
      `${at + 1}. ${name} `,
      element('span', { class: 'hint' }, factsOf(claim, reader)),
    ),
    element('div', { class: 'group' }, ...content.map((field) => fieldView(field, fields))),
    element(
      'div',
      { class: 'actions' },
      way('up', texts.up, move(-1)),
      way('down', texts.down, move(1)),
      way('remove', words.form.remove, remove),
    ),
  );
}

function factsOf({ group, required, type }: TypedRecord, { words }: Reader): string {
  const texts = words.typeVersion;
  const place = texts.place[group as keyof typeof texts.place] ?? '';
  const kind = texts.claimType[type as keyof typeof texts.claimType] ?? '';
  return [kind, place, required === 'true' ? texts.isRequired : texts.isOptional]
    .filter((text) => text !== '')
    .join(' · ');
}

/** For whoever writes definitions by hand, or keeps them elsewhere. */
function fileView(form: TypeVersionForm, { reader, desk }: Drawing): HTMLElement {
  const texts = reader.words.typeVersion;
  const download = () => {
    const url = URL.createObjectURL(toFile(form));
    element('a', { href: url, download: `${form.saved.type}.${form.saved.version}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  const choose = async (file: File) => {
    await takeFile(form, file);
    desk.redraw();
  };
  const shape = {
    kind: 'file',
    accept: '.json,application/json',
    chosen: null,
    choose: (file: File) => void choose(file),
  } as const;
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'file' },
    element('h2', {}, texts.file),
    element('p', { class: 'hint' }, texts.fileHint),
    element(
      'p',
      {},
      element(
        'button',
        { type: 'button', class: 'button', 'data-action': 'download', on: { click: download } },
        texts.download,
      ),
    ),
    fieldView(
      { pointer: '/file', label: texts.upload, shape, typed: '', isOptional: true, hint: texts.uploadHint },
      { reader, faults: form.task.faults, write: () => {}, reshape: () => {} },
    ),
  );
}

function changesView({ changes, version, state }: TypeVersionDetail, reader: Reader): HTMLElement {
  const { words } = reader;
  const texts = words.typeVersion;
  return element(
    'section',
    { class: 'sheet part', 'data-part': 'changes' },
    element('h2', {}, fill(texts.changes, { version: version - 1 })),
    changes.length === 0
      ? element('p', {}, state === 'draft' ? texts.noChange : texts.noChangeThen)
      : recordsView({
          label: fill(texts.changes, { version: version - 1 }),
          heads: [texts.what, words.review.before, words.review.now, texts.concerns],
          items: changes,
          id: ({ what, name, after }) => `${what} ${name} ${after}`,
          cells: ({ what, name, before, after, concerns }) => [
            element(
              'span',
              {},
              texts.change[what],
              name !== null && element('span', { class: 'code hint long' }, ` ${name}`),
            ),
            valueText(what, before, reader),
            valueText(what, after, reader),
            concerns.map((who) => texts.concerned[who]).join(', '),
          ],
        }),
  );
}

/** Texts are in all languages as they are; codes are said as the form says them. */
function valueText(what: Change['what'], value: string | null, reader: Reader): string {
  const { words } = reader;
  const texts = words.typeVersion;
  if (value === null) return '';
  switch (what) {
    case 'validity':
      return validityText(JSON.parse(value) as ValidityRule, reader);
    case 'disclosure':
      return words.types.shownTo[value as DisclosureRule];
    case 'claim-type':
      return texts.claimType[value as ClaimType];
    case 'claim-role':
      return texts.role[value as ClaimRole];
    case 'claim-always':
    case 'claim-sensitive':
      return value === 'true' ? words.document.yes : words.document.no;
    default:
      return value;
  }
}

/** The fields into which officers will type, of what is saved: only to be looked at. */
function officersFormView({ saved }: TypeVersionForm, reader: Reader): HTMLElement {
  const texts = reader.words.typeVersion;
  const claims = saved.definition.claims as unknown as readonly ClaimDefinition[];
  const fields = { reader, faults: [], write: () => {}, reshape: () => {} };
  return element(
    'section',
    { class: 'sheet part draft-form', 'data-part': 'officers-form' },
    element('h2', {}, texts.officersForm),
    element(
      'fieldset',
      { class: 'group', disabled: true },
      element('legend', {}, texts.officersFormHint),
      ...claims.map((claim) => {
        const shape = shapeOf(claim);
        const label = claim.label[reader.language];
        return fieldView(
          { pointer: `/shown/${claim.name}`, label, shape, typed: blankOf(shape), isOptional: !claim.required },
          fields,
        );
      }),
    ),
  );
}
