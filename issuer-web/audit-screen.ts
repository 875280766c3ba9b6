import type { AuditRecord } from '../client/api.ts';
import type { Call } from '../client/client.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { recordsView } from '../ui/records-view.ts';
import { createTask } from '../ui/signed-in/task.ts';
import type { Shape } from './claim-shape.ts';
import { personText } from './drafts-view.ts';
import { type FilterRules, readFilters, unknownView } from './filters.ts';
import { formView } from './form-view.ts';
import { irregularView } from './irregular-view.ts';
import { emptyView, pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Describe, openViews } from './saved-views.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';

type Query = NonNullable<Call<'listAudit'>['query']>;

const LINE: Shape = { kind: 'line', input: 'text', maxLength: 60 };
const DATE: Shape = { kind: 'line', input: 'date' };
const MOST_IRREGULAR = 100;
const FILTERS = {
  ...{ act: 'text', actor: 'personal', object: 'personal', allowed: ['true', 'false'], from: 'day', to: 'day' },
} as const satisfies FilterRules;
const NAMES = Object.keys(FILTERS) as readonly (keyof typeof FILTERS)[];

/** Who did what, newest first; the filters stand in the address. */
export const openAudit: Open = async ({ desk, query: address, signal }) => {
  const asked = readFilters(address, FILTERS);
  const { query } = asked;
  const isSearched = query.size > 0;
  const [page, views, irregular] = await Promise.all([
    // days are Hong Kong's; the last one is part of what is shown
    desk.client.call('listAudit', { query: Object.fromEntries(query) as Query, signal }),
    openViews({ ...{ place: 'audit', rules: FILTERS, asked }, desk, signal }),
    isSearched ? null : desk.client.call('listIrregularAccess', { query: { limit: MOST_IRREGULAR }, signal }),
  ]);
  const typed = Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? '']));
  const task = createTask(desk.redraw);
  return {
    title: ({ words }) => words.audit.heading,
    draw: (reader) => {
      const { words } = reader;
      const submit = () => {
        const given = NAMES.flatMap((name) => (typed[name]?.trim() ? [[name, typed[name].trim()]] : []));
        desk.go(`audit?${new URLSearchParams(given)}`);
      };
      const download = element(
        'a',
        { class: 'button', href: '/v1/audit/export.jsonl', download: 'audit.jsonl' },
        icon('file'),
        words.audit.download,
      );
      return [
        element('h1', { tabindex: '-1' }, words.audit.heading),
        element('p', { class: 'hint' }, words.audit.hint),
        unknownView(asked, reader),
        views.draw(reader, describe),
        ...formView(
          {
            typed,
            task,
            names: NAMES,
            fields: fields(reader),
            text: words.list.show,
            submit,
            ways: [download],
            isCompact: true,
          },
          reader,
          desk,
        ),
        page.items.length === 0 ? emptyView(words.audit.none) : recordsOf(page.items, reader, desk),
        pagesView({ path: 'audit', query, next: page.next }, reader),
        irregular && irregularView(irregular, reader, desk),
      ];
    },
  };
};

const describe: Describe = (name, value, { words, calendar }) => {
  const texts = words.audit;
  switch (name) {
    case 'allowed':
      return [texts.outcome, value === 'true' ? texts.allowed : texts.refused];
    case 'from':
    case 'to':
      return [texts[name], calendar.date(value)];
    default:
      return [texts[name as 'act' | 'actor' | 'object'], value];
  }
};

function fields({ words }: Reader) {
  const texts = words.audit;
  const options = [
    { code: 'true', label: texts.allowed },
    { code: 'false', label: texts.refused },
  ];
  const field = (label: string, shape: Shape, hint?: string) => ({ label, shape, isOptional: true, hint });
  return [
    field(texts.act, LINE, 'credential.revoke'),
    field(texts.actor, LINE, 'officer:7'),
    field(texts.object, LINE, 'crd_…'),
    field(texts.outcome, { kind: 'choice', options } as const),
    field(texts.from, DATE),
    field(texts.to, DATE),
  ];
}

function recordsOf(items: readonly AuditRecord[], reader: Reader, desk: Desk): HTMLElement {
  const { words, calendar } = reader;
  const texts = words.audit;
  return recordsView({
    label: texts.heading,
    heads: [texts.position, texts.at, texts.actor, texts.act, texts.object, texts.outcome],
    items,
    tone: ({ allowed }) => (allowed ? 'open' : 'bad'),
    id: ({ position }) => String(position),
    cells: (item) => [
      String(item.position),
      calendar.time(Date.parse(item.at) / 1000),
      personText(item.actor, reader, desk),
      element('span', { class: 'code' }, item.act),
      objectView(item.object),
      element(
        'div',
        {},
        element('p', {}, item.allowed ? texts.allowed : `${texts.refused}: ${item.code ?? ''}`),
        changeView(item, reader),
      ),
    ],
  });
}

function objectView(object: string | null): Child {
  if (object === null) return '';
  const path = object.startsWith('crd_')
    ? `credentials/${object}`
    : object.startsWith('drf_')
      ? `drafts/${object}`
      : /^0x[0-9a-f]{40}$/.test(object)
        ? `signing-keys/${object}`
        : null;
  // an address or a hash is wider than a phone
  const style = object.startsWith('0x') ? 'code long' : 'code';
  return path === null
    ? element('span', { class: style }, object)
    : element('a', { class: style, href: hrefOf(path) }, object);
}

function changeView({ before, after, requestId, address, hash }: AuditRecord, { words }: Reader): HTMLElement {
  const lines = Object.entries({ before, after, requestId, address, hash }).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`],
  );
  return element(
    'details',
    {},
    element('summary', {}, words.audit.more),
    ...lines.map((line) => element('p', { class: 'hint code' }, line)),
  );
}
