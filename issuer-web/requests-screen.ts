import type { ConsentRequest } from '../client/api.ts';
import { type CredentialType, decodeCredentialType } from '../proof/credential-type.ts';
import { type Child, element } from '../ui/element.ts';
import { recordsView } from '../ui/records-view.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import type { Shape, TypedRecord } from './claim-shape.ts';
import { formView } from './form-view.ts';
import { emptyView, pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';

/** What the department asked of holders, newest first. */
export const openRequests: Open = async ({ desk, query, signal }) => {
  const asked = { starting_after: query.get('starting_after') ?? undefined };
  const [{ items, next }, kinds] = await Promise.all([
    desk.client.call('listRequests', { query: asked, signal }),
    loadKinds(signal),
  ]);
  return {
    title: ({ words }) => words.requests.heading,
    draw: (reader) => {
      const { words } = reader;
      return [
        element('h1', { tabindex: '-1' }, words.requests.heading),
        element('p', { class: 'lead' }, words.requests.hint),
        element(
          'div',
          { class: 'actions' },
          element(
            'a',
            { class: 'button button-main', href: hrefOf('requests/new'), 'data-action': 'ask' },
            words.requests.ask,
          ),
        ),
        items.length === 0 ? emptyView(words.requests.none) : listView(items, kinds, reader),
        pagesView({ path: 'requests', query, next }, reader),
      ];
    },
  };
};

function listView(items: readonly ConsentRequest[], kinds: readonly Kind[], reader: Reader): HTMLElement {
  const { words, calendar } = reader;
  return recordsView({
    label: words.requests.heading,
    heads: [words.requests.caseNumber, words.list.type, words.list.status, words.requests.asked],
    items,
    tone: ({ state }) => (state === 'consented' ? 'good' : state === 'open' ? 'care' : 'over'),
    id: ({ id }) => id,
    cells: ({ id, caseNumber, type, state, createdAt }) => [
      element('a', { href: hrefOf(`requests/${id}`) }, caseNumber, ' ', element('span', { class: 'code hint' }, id)),
      titleOf(type, kinds, reader),
      words.requests.states[state],
      calendar.time(Date.parse(createdAt) / 1000),
    ],
  });
}

/** A kind of document, of any department. */
export interface Kind {
  code: string;
  version: number;
  department: string;
  title_en: string;
  title_zh_hant: string | null;
  title_zh_hans: string | null;
  /** SHA-256 of its file. */
  definition: string;
}

/** The newest version of each, out of what the service publishes for everybody. @throws Error where it cannot be had */
export async function loadKinds(signal: AbortSignal): Promise<Kind[]> {
  const { items } = JSON.parse(new TextDecoder().decode(await loadFile('/open-data/types.json', signal))) as {
    items: Kind[];
  };
  return items.filter(({ code, version }) => !items.some((other) => other.code === code && other.version > version));
}

/** @throws Error where it cannot be had */
export async function loadKind(code: string, signal: AbortSignal): Promise<CredentialType> {
  const kind = (await loadKinds(signal)).find((each) => each.code === code);
  if (!kind) throw new Error(`there is no kind "${code}"`);
  return decodeCredentialType(await loadFile(`/types/${kind.definition}.json`, signal));
}

async function loadFile(path: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(path, { credentials: 'omit', signal });
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

function titleOf(code: string, kinds: readonly Kind[], { language }: Reader): string {
  const kind = kinds.find((each) => each.code === code);
  if (!kind) return code;
  const { title_en: en, title_zh_hant: hant, title_zh_hans: hans } = kind;
  return { en, 'zh-Hant': hant ?? en, 'zh-Hans': hans ?? en }[language];
}

/** First which kind of document, then what of it, of whom, and what for. The kind is in the address. */
export const openAsking: Open = async ({ desk, query, signal }) => {
  const code = query.get('type');
  const kinds = (await loadKinds(signal)).filter(({ department }) => department !== desk.officer.department.code);
  const type = code === null ? null : await loadKind(code, signal);
  const asking: Asking = {
    ...{ typed: { type: code ?? '', claims: [], answerDays: '14', readDays: '90' }, task: createTask(desk.redraw) },
  };
  return {
    title: ({ words }) => words.requests.ask,
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, reader.words.requests.ask),
      ...(type ? askingForm(asking, type, reader, desk) : kindForm(asking, kinds, reader, desk)),
    ],
  };
};

interface Asking {
  typed: TypedRecord;
  task: Task;
}

function kindForm({ typed, task }: Asking, kinds: readonly Kind[], reader: Reader, desk: Desk): Child[] {
  const { words } = reader;
  const options = kinds
    .map(({ code }) => ({ code, label: titleOf(code, kinds, reader) }))
    .toSorted((a, b) => a.label.localeCompare(b.label, reader.language));
  const submit = () => {
    const code = String(typed.type ?? '');
    if (code === '') return task.refuse([{ pointer: '/type', code: 'FIELD_MISSING', detail: 'type' }]);
    desk.go(`requests/new?${new URLSearchParams({ type: code })}`);
  };
  const field = { label: words.list.type, shape: { kind: 'choice', options } as const, isOptional: false };
  return formView({ typed, task, names: ['type'], fields: [field], text: words.requests.next, submit }, reader, desk);
}

const LINE: Shape = { kind: 'line', input: 'text', maxLength: 200 };
const DAYS: Shape = { kind: 'line', input: 'integer' };
const DAY_MS = 86_400_000;

function askingForm({ typed, task }: Asking, type: CredentialType, reader: Reader, desk: Desk): Child[] {
  const { words, language } = reader;
  const texts = words.requests;
  const options = type.claims.map(({ name, label }) => ({ code: name, label }));
  const text = (name: string) => String(typed[name] ?? '').trim();
  const submit = () => {
    const [account, company] = [text('account'), text('company')];
    const days = (name: string) => new Date(Date.now() + Number(text(name)) * DAY_MS);
    const missing = (name: string) => [{ pointer: `/${name}`, code: 'FIELD_MISSING', detail: name }];
    if ((account === '') === (company === '')) return task.refuse(missing('account'));
    for (const name of ['claims', 'purpose', 'caseNumber'])
      if (name === 'claims' ? (typed.claims as string[]).length === 0 : text(name) === '')
        return task.refuse(missing(name));
    for (const name of ['answerDays', 'readDays'])
      if (!/^[1-9]\d{0,2}$/.test(text(name)))
        return task.refuse([{ pointer: `/${name}`, code: 'FIELD_INVALID', detail: name }]);
    void task.run(async () => {
      const { id } = await desk.client.call('createRequest', {
        body: {
          ...{ holder: account === '' ? { company } : { subject: account }, type: type.code },
          ...{ claims: typed.claims as string[], purpose: text('purpose'), caseNumber: text('caseNumber') },
          answerBy: days('answerDays').toISOString(),
          readUntil: days('readDays').toISOString(),
        },
      });
      desk.go(`requests/${id}`);
    });
  };
  const fields = [
    { label: texts.account, shape: LINE, isOptional: true, hint: texts.accountHint },
    { label: texts.company, shape: LINE, isOptional: true },
    { label: texts.claims, shape: { kind: 'many', options } as const, isOptional: false },
    {
      ...{ label: texts.purpose, hint: texts.purposeHint, isOptional: false },
      shape: { kind: 'line', input: 'paragraph', maxLength: 500 } as const,
    },
    { label: texts.caseNumber, shape: LINE, isOptional: false, hint: texts.caseHint },
    { label: texts.answerDays, shape: DAYS, isOptional: false },
    { label: texts.readDays, shape: DAYS, isOptional: false },
  ];
  const names = ['account', 'company', 'claims', 'purpose', 'caseNumber', 'answerDays', 'readDays'];
  return [
    element('p', { class: 'lead' }, type.title[language]),
    ...formView({ typed, task, names, fields, text: texts.ask, submit }, reader, desk),
  ];
}
