import type { Credential, CredentialType } from '../client/api.ts';
import type { Call } from '../client/client.ts';
import { ApiProblem } from '../client/problem.ts';
import { toCsv } from '../ui/csv.ts';
import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill, groupThousands } from '../ui/phrase.ts';
import { standingOf, standingText, todayInHongKong } from '../ui/signed-in/standing.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { credentialsView } from './credentials-view.ts';
import { failureView } from './failure-view.ts';
import { type FilterRules, readFilters, unknownView } from './filters.ts';
import { emptyView, pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Describe, openViews } from './saved-views.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';
import type { Dictionary } from './words/dictionary.ts';

type Query = NonNullable<Call<'listCredentials'>['query']>;

const STATES = ['issued', 'sealed', 'anchored', 'final', 'failed'] as const satisfies readonly Credential['state'][];
const STATUSES = ['in-force', 'suspended', 'revoked', 'superseded'] as const satisfies readonly Credential['status'][];
const DATES = ['created_from', 'created_to', 'expiring_from', 'expiring_to'] as const;
const FILTERS = {
  ...{ text: 'personal', reference: 'personal', type: 'text', status: STATUSES, state: STATES },
  ...{ created_from: 'day', created_to: 'day', expiring_from: 'day', expiring_to: 'day' },
  ...{ parent: 'personal', disbelieved: ['true'] },
} as const satisfies FilterRules;

/** Search, filters and page stand in the address: it can be kept, sent to a colleague, and gone back to. */
export const openList: Open = async ({ desk, query: address, signal }) => {
  const asked = readFilters(address, FILTERS);
  const { query } = asked;
  const [{ items: types }, page, views] = await Promise.all([
    desk.client.call('listTypes', { signal }),
    findPage(desk, { query: toQuery(query), signal }),
    openViews({ ...{ place: 'credentials', rules: FILTERS, asked }, desk, signal }),
  ]);
  // what was chosen and not searched for yet outlives a drawing
  const typed = new URLSearchParams(query);
  const exporting: Exporting = { task: createTask(desk.redraw), count: 0, isCut: false, file: null };
  return {
    title: ({ words }) => words.list.heading,
    draw: (reader) => {
      const { words } = reader;
      const isFiltered = Object.keys(asked.filters).length > 0;
      const clear = element('a', { class: 'button', href: hrefOf('credentials') }, words.list.clear);
      const { length } = page.items;
      return [
        element('h1', { tabindex: '-1' }, words.list.heading),
        unknownView(asked, reader),
        views.draw(reader, describeWith(types)),
        filterForm({ types, typed }, reader, desk),
        element('p', { class: 'hint', role: 'status' }, fill(words.list.shown, { count: length })),
        length === 0
          ? emptyView(words.list.none, ...(isFiltered ? [clear] : []))
          : credentialsView(page.items, words.list.heading, reader),
        pagesView({ path: 'credentials', query, next: page.next }, reader),
        length > 0 && exportView(exporting, { query, signal }, reader, desk),
      ];
    },
  };
};

interface Exporting {
  task: Task;
  count: number;
  /** Whether more match than a file has. */
  isCut: boolean;
  /** The address of the file that was made. */
  file: string | null;
}

/** All that matches, not the page alone: so many at a time that a browser holds them. */
const MOST_EXPORTED = 100_000;

function exportView(
  exporting: Exporting,
  asked: { query: URLSearchParams; signal: AbortSignal },
  reader: Reader,
  desk: Desk,
): HTMLElement {
  const { words } = reader;
  const { task, count, isCut, file } = exporting;
  const most = groupThousands(String(MOST_EXPORTED));
  const begin = () => void task.run(() => exportAll(exporting, asked, reader, desk));
  return element(
    'section',
    { class: 'part', 'data-part': 'export' },
    task.failure && failureView(task.failure, reader, { level: 'h2', again: begin }),
    element(
      'p',
      { class: 'actions' },
      element(
        'button',
        { type: 'button', class: 'button', 'data-action': 'export', disabled: task.isBusy, on: { click: begin } },
        icon('file'),
        words.list.export,
      ),
      file !== null &&
        element(
          'a',
          { class: 'button', href: file, download: 'documents.csv', 'data-action': 'save-export' },
          words.list.save,
        ),
    ),
    element('p', { class: 'hint' }, fill(words.list.exportMost, { count: most })),
    element(
      'p',
      { class: isCut ? 'sheet tone-care warning' : 'hint', role: 'status', 'data-exported': String(count) },
      isCut
        ? fill(words.list.exportCut, { count: most })
        : count > 0 && fill(words.list.exported, { count: groupThousands(String(count)) }),
    ),
  );
}

async function exportAll(
  exporting: Exporting,
  { query, signal }: { query: URLSearchParams; signal: AbortSignal },
  reader: Reader,
  { client, redraw }: Desk,
): Promise<void> {
  const { words, language } = reader;
  const { starting_after: _, ...filters } = toQuery(query);
  const today = todayInHongKong(Date.now());
  const rows: string[][] = [];
  exporting.isCut = false;
  for await (const item of client.list('listCredentials', { query: { ...filters, limit: 200 }, signal })) {
    if (rows.length === MOST_EXPORTED) {
      exporting.isCut = true;
      break;
    }
    const standing = standingText(standingOf(item, today), reader);
    rows.push([
      item.reference,
      item.id,
      item.type,
      item.typeTitle[language],
      standing,
      item.issued,
      item.validFrom,
      item.endsOn ?? '',
    ]);
    if (rows.length % 1_000 === 0) {
      exporting.count = rows.length;
      redraw();
    }
  }
  const head = [
    ...[words.list.reference, words.credential.id, words.types.code, words.list.type, words.list.status],
    ...[words.list.issued, words.document.validFrom, words.list.ends],
  ];
  if (exporting.file !== null) URL.revokeObjectURL(exporting.file);
  exporting.file = URL.createObjectURL(new Blob([toCsv([head, ...rows])], { type: 'text/csv' }));
  exporting.count = rows.length;
}

/** A reference that nobody could have been given, or a name that nobody could have, finds nothing; it is no error of the page. */
async function findPage({ client }: Desk, call: { query: Query; signal: AbortSignal }) {
  try {
    return await client.call('listCredentials', call);
  } catch (error) {
    const isTyped =
      error instanceof ApiProblem && error.faults.some(({ parameter }) => TYPED.includes(parameter ?? ''));
    if (!isTyped) throw error;
    return { items: [], has_more: false, next: null };
  }
}

const TYPED: readonly string[] = ['text', 'reference'];

function toQuery(query: URLSearchParams): Query {
  return Object.fromEntries(query) as Query;
}

function describeWith(types: readonly CredentialType[]): Describe {
  return (name, value, { words, language, calendar }) => {
    switch (name) {
      case 'text':
        return [words.list.text, value];
      case 'reference':
        return [words.list.reference, value];
      case 'parent':
        return [words.credential.parent, value];
      case 'type':
        return [words.list.type, types.find(({ code }) => code === value)?.title[language] ?? value];
      case 'status':
        return [words.list.status, words.status[value as Credential['status']]];
      case 'state':
        return [words.list.state, words.state[value as Credential['state']]];
      case 'disbelieved':
        return [words.list.disbelieved, words.document.yes];
      default:
        return [dateLabels(words.list)[name as (typeof DATES)[number]], calendar.date(value)];
    }
  };
}

function dateLabels({ createdFrom, createdTo, endsFrom, endsTo }: Dictionary['list']) {
  return { created_from: createdFrom, created_to: createdTo, expiring_from: endsFrom, expiring_to: endsTo };
}

interface Filters {
  types: readonly CredentialType[];
  typed: URLSearchParams;
}

function filterForm({ types, typed }: Filters, { words, language }: Reader, desk: Desk): HTMLElement {
  const texts = words.list;
  const submit = (event: Event) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const asked = new URLSearchParams();
    for (const [name, value] of given)
      if (typeof value === 'string' && value.trim() !== '') asked.set(name, value.trim());
    desk.go(`credentials?${asked}`);
  };
  const write = ({ target }: Event) => {
    const { name, value } = target as HTMLInputElement;
    typed.set(name, value);
  };
  const choice = (name: string, label: string, options: readonly (readonly [string, string])[]) =>
    field(
      name,
      label,
      element(
        'select',
        { id: name, name },
        element('option', { value: '' }, texts.any),
        ...options.map(([value, text]) => element('option', { value, selected: typed.get(name) === value }, text)),
      ),
    );
  const dates = dateLabels(texts);
  return element(
    'form',
    { class: 'sheet filters', role: 'search', 'aria-label': texts.filter, on: { submit, input: write } },
    typedField('text', typed, { label: texts.text, hint: texts.textHint, maxlength: '300' }),
    typedField('reference', typed, {
      ...{ label: texts.reference, hint: texts.referenceHint, maxlength: '40' },
      autocapitalize: 'characters',
    }),
    choice(
      'type',
      texts.type,
      types.map(({ code, title }) => [code, title[language]] as const),
    ),
    choice(
      'status',
      texts.status,
      STATUSES.map((each) => [each, words.status[each]] as const),
    ),
    choice(
      'state',
      texts.state,
      STATES.map((each) => [each, words.state[each]] as const),
    ),
    ...DATES.map((name) =>
      field(name, dates[name], element('input', { id: name, name, type: 'date', value: typed.get(name) ?? '' })),
    ),
    element(
      'div',
      { class: 'actions' },
      element('button', { type: 'submit', class: 'button button-main' }, texts.show),
      element('a', { class: 'button', href: hrefOf('credentials') }, texts.clear),
    ),
  );
}

function field(id: string, label: string, ...control: HTMLElement[]): HTMLElement {
  return element('div', { class: 'field' }, element('label', { for: id }, label), ...control);
}

interface TypedField {
  label: string;
  hint: string;
  maxlength: string;
  autocapitalize?: string;
}

function typedField(name: string, typed: URLSearchParams, { label, hint, ...limits }: TypedField): HTMLElement {
  return field(
    name,
    label,
    element('input', {
      ...{ id: name, name, type: 'text', value: typed.get(name) ?? '', ...limits },
      ...{ autocomplete: 'off', spellcheck: 'false', 'aria-describedby': `${name}-hint` },
    }),
    element('span', { class: 'hint', id: `${name}-hint` }, hint),
  );
}
