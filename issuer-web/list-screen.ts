import type { Credential, CredentialType } from '../client/api.ts';
import type { Call } from '../client/client.ts';
import { ApiProblem } from '../client/problem.ts';
import { toCsv } from '../ui/csv.ts';
import { element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { fill } from '../ui/phrase.ts';
import { standingOf, standingText, todayInHongKong } from '../ui/signed-in/standing.ts';
import { createTask, type Task } from '../ui/signed-in/task.ts';
import { credentialsView } from './credentials-view.ts';
import { failureView } from './failure-view.ts';
import { emptyView, pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';

type Query = NonNullable<Call<'listCredentials'>['query']>;

const STATES = ['issued', 'sealed', 'anchored', 'final', 'failed'] as const satisfies readonly Credential['state'][];
const STATUSES = ['in-force', 'suspended', 'revoked', 'superseded'] as const satisfies readonly Credential['status'][];
const DATES = ['created_from', 'created_to', 'expiring_from', 'expiring_to'] as const;
const FILTERS = ['reference', 'type', 'status', 'state', ...DATES, 'parent', 'disbelieved'] as const;

/** Search, filters and page stand in the address: it can be kept, sent to a colleague, and gone back to. */
export const openList: Open = async ({ desk, query, signal }) => {
  const [{ items: types }, page] = await Promise.all([
    desk.client.call('listTypes', { signal }),
    findPage(desk, { query: toQuery(query), signal }),
  ]);
  const exporting: Exporting = { task: createTask(desk.redraw), count: 0, file: null };
  return {
    title: ({ words }) => words.list.heading,
    draw: (reader) => {
      const { words } = reader;
      const isFiltered = FILTERS.some((name) => query.has(name));
      const clear = element('a', { class: 'button', href: hrefOf('credentials') }, words.list.clear);
      const { length } = page.items;
      return [
        element('h1', { tabindex: '-1' }, words.list.heading),
        filterForm({ types, query }, reader, desk),
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
  const { task, count, file } = exporting;
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
    element('p', { class: 'hint', role: 'status' }, count > 0 && fill(words.list.exported, { count })),
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
  for await (const item of client.list('listCredentials', { query: { ...filters, limit: 200 }, signal })) {
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
    if (rows.length === MOST_EXPORTED) break;
  }
  const head = [
    ...[words.list.reference, words.credential.id, words.types.code, words.list.type, words.list.status],
    ...[words.list.issued, words.document.validFrom, words.list.ends],
  ];
  if (exporting.file !== null) URL.revokeObjectURL(exporting.file);
  exporting.file = URL.createObjectURL(new Blob([toCsv([head, ...rows])], { type: 'text/csv' }));
  exporting.count = rows.length;
}

/** A reference that nobody could have been given finds nothing; it is no error of the page. */
async function findPage({ client }: Desk, call: { query: Query; signal: AbortSignal }) {
  try {
    return await client.call('listCredentials', call);
  } catch (error) {
    const isReference = error instanceof ApiProblem && error.faults.some(({ parameter }) => parameter === 'reference');
    if (!isReference) throw error;
    return { items: [], has_more: false, next: null };
  }
}

function toQuery(query: URLSearchParams): Query {
  const names = [...FILTERS, 'starting_after'];
  return Object.fromEntries(names.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : []))) as Query;
}

interface Filters {
  types: readonly CredentialType[];
  query: URLSearchParams;
}

function filterForm({ types, query }: Filters, { words, language }: Reader, desk: Desk): HTMLElement {
  const texts = words.list;
  const submit = (event: Event) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const asked = new URLSearchParams();
    for (const [name, value] of given)
      if (typeof value === 'string' && value.trim() !== '') asked.set(name, value.trim());
    desk.go(`credentials?${asked}`);
  };
  const choice = (name: string, label: string, options: readonly (readonly [string, string])[]) =>
    field(
      name,
      label,
      element(
        'select',
        { id: name, name },
        element('option', { value: '' }, texts.any),
        ...options.map(([value, text]) => element('option', { value, selected: query.get(name) === value }, text)),
      ),
    );
  const dates = [texts.createdFrom, texts.createdTo, texts.endsFrom, texts.endsTo];
  return element(
    'form',
    { class: 'sheet filters', role: 'search', 'aria-label': texts.filter, on: { submit } },
    field(
      'reference',
      texts.reference,
      element('input', {
        ...{ id: 'reference', name: 'reference', type: 'text', maxlength: '40', value: query.get('reference') ?? '' },
        ...{
          autocomplete: 'off',
          autocapitalize: 'characters',
          spellcheck: 'false',
          'aria-describedby': 'reference-hint',
        },
      }),
      element('span', { class: 'hint', id: 'reference-hint' }, texts.referenceHint),
    ),
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
    ...DATES.map((name, i) =>
      field(name, dates[i] ?? '', element('input', { id: name, name, type: 'date', value: query.get(name) ?? '' })),
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
