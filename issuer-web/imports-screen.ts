import type { Import, ImportErrorPage } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { factsView } from '../ui/facts-view.ts';
import { icon } from '../ui/icon.ts';
import { fill, groupThousands } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import { emptyView, pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, type Open } from './screen.ts';

/** Files of many documents that the department's systems have sent, newest first. */
export const openImports: Open = async ({ desk, query, signal }) => {
  const after = query.get('starting_after') ?? undefined;
  const [{ items, next }, { items: types }] = await Promise.all([
    desk.client.call('listImports', { query: { starting_after: after }, signal }),
    desk.client.call('listTypes', { signal }),
  ]);
  return {
    title: ({ words }) => words.imports.heading,
    draw: (reader) => {
      const { words, language, calendar } = reader;
      const titles = new Map(types.map(({ code, title }) => [code, title[language]]));
      return [
        element('h1', { tabindex: '-1' }, words.imports.heading),
        element('p', { class: 'hint' }, words.imports.hint),
        items.length === 0
          ? emptyView(words.imports.none)
          : recordsView({
              label: words.imports.heading,
              heads: [
                words.list.type,
                words.list.status,
                words.imports.rows,
                words.imports.issued,
                words.imports.bad,
                words.draft.changed,
              ],
              items,
              tone: toneOf,
              id: ({ id }) => id,
              cells: (item) => [
                element(
                  'a',
                  { href: hrefOf(`imports/${item.id}`) },
                  titles.get(item.type) ?? item.type,
                  ' ',
                  element('span', { class: 'code hint' }, item.id),
                ),
                stateText(item, reader),
                groupThousands(String(item.counts.rows)),
                groupThousands(String(item.counts.issued)),
                groupThousands(String(badRows(item))),
                calendar.time(Date.parse(item.updatedAt) / 1000),
              ],
            }),
        pagesView({ path: 'imports', query, next }, reader),
      ];
    },
  };
};

function badRows({ counts }: Import): number {
  return counts.malformed + counts.duplicates + counts.alreadyIssued;
}

function toneOf({ state }: Import): string {
  if (state === 'receiving') return 'open';
  return state === 'completed' ? 'good' : 'bad';
}

function stateText({ state, dryRun }: Import, { words }: Reader): string {
  const text = words.imports.state[state];
  return dryRun ? `${text} (${words.imports.dryRun})` : text;
}

/** One file: how far it is, told while it is on its way, and what is wrong with which row. */
export const openImport: Open = async ({ desk, id, query, signal }) => {
  const after = query.get('starting_after') ?? undefined;
  const [found, errors] = await Promise.all([
    desk.client.call('getImport', { id, signal }),
    desk.client.call('listImportErrors', { id, query: { limit: 50, starting_after: after }, signal }),
  ]);
  let current = found;
  if (found.state === 'receiving')
    watch(id, signal, (next) => {
      current = next;
      if (next.state === 'receiving') desk.redraw();
      else desk.reload();
    });
  return {
    title: ({ words }) => `${words.imports.one} ${id}`,
    draw: (reader) => draw({ current, errors, query }, reader, desk),
  };
};

/** The service tells of each step until the file has ended; the screen that asked ends it too. */
function watch(id: string, signal: AbortSignal, tell: (next: Import) => void): void {
  const source = new EventSource(`/v1/imports/${encodeURIComponent(id)}/events`);
  source.addEventListener('progress', (event) => {
    const next = JSON.parse((event as MessageEvent<string>).data) as Import;
    if (next.state !== 'receiving') source.close();
    if (!signal.aborted) tell(next);
  });
  signal.addEventListener('abort', () => source.close());
}

interface Shown {
  current: Import;
  errors: ImportErrorPage;
  query: URLSearchParams;
}

function draw({ current, errors, query }: Shown, reader: Reader, desk: Desk): Child[] {
  const { words } = reader;
  const { id, counts } = current;
  return [
    element('h1', { tabindex: '-1' }, words.imports.one, ' ', element('span', { class: 'code' }, id)),
    banner(current, reader, desk),
    element(
      'section',
      { class: 'sheet part' },
      factsView([
        [words.list.type, element('a', { href: hrefOf(`types/${encodeURIComponent(current.type)}`) }, current.type)],
        [words.imports.mode, words.imports.modes[current.mode]],
        [words.imports.rows, groupThousands(String(counts.rows))],
        [words.imports.ready, groupThousands(String(counts.ready))],
        [words.imports.issued, groupThousands(String(counts.issued))],
        [words.imports.malformed, counts.malformed > 0 && groupThousands(String(counts.malformed))],
        [words.imports.duplicates, counts.duplicates > 0 && groupThousands(String(counts.duplicates))],
        [words.imports.alreadyIssued, counts.alreadyIssued > 0 && groupThousands(String(counts.alreadyIssued))],
      ]),
    ),
    element('h2', {}, words.imports.bad),
    errors.items.length === 0 && element('p', { class: 'hint' }, words.imports.noBad),
    ...(errors.items.length === 0 ? [] : errorsView({ current, errors, query }, reader)),
  ];
}

function banner(current: Import, reader: Reader, desk: Desk): HTMLElement {
  const { words, calendar } = reader;
  const { received, createdAt, finishedAt, state } = current;
  const time = (at: string) => calendar.time(Date.parse(at) / 1000);
  return element(
    'section',
    { class: `sheet standing-banner tone-${toneOf(current)}`, 'data-state': state, role: 'status' },
    icon(state === 'completed' ? 'seal' : state === 'receiving' ? 'question' : 'octagon'),
    element(
      'div',
      {},
      element('p', { class: 'standing' }, stateText(current, reader)),
      element('p', {}, fill(words.imports.received, { lines: groupThousands(String(received.lines)) })),
      element('p', { class: 'hint' }, fill(words.imports.begun, { time: time(createdAt) })),
      finishedAt !== null && element('p', { class: 'hint' }, fill(words.imports.ended, { time: time(finishedAt) })),
      state === 'receiving' &&
        element(
          'p',
          {},
          element(
            'button',
            { type: 'button', class: 'button', on: { click: desk.reload } },
            icon('again'),
            words.credential.refresh,
          ),
        ),
    ),
  );
}

function errorsView({ current, errors, query }: Shown, reader: Reader): Child[] {
  const { words } = reader;
  const texts = words.imports;
  return [
    element(
      'p',
      {},
      element(
        'a',
        {
          class: 'button',
          href: `/v1/imports/${encodeURIComponent(current.id)}/errors.csv`,
          download: `${current.id}-errors.csv`,
        },
        icon('file'),
        texts.download,
      ),
    ),
    recordsView({
      label: texts.bad,
      heads: [texts.row, texts.field, texts.what, texts.remedy],
      items: errors.items,
      tone: () => 'bad',
      id: ({ row, pointer }) => `${row}${pointer}`,
      cells: ({ row, column, pointer, kind, detail }) => [
        String(row),
        element('span', { class: 'code' }, column ?? pointer),
        element('div', {}, element('p', {}, texts.kind[kind]), element('p', { class: 'hint', lang: 'en' }, detail)),
        texts.remedies[kind],
      ],
    }),
    pagesView({ path: `imports/${current.id}`, query, next: errors.next }, reader),
  ];
}
