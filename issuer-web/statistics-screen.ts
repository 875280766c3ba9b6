import type { CredentialType, Statistics } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import { barsView } from './bars-view.ts';
import { emptyView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { hrefOf, type Open } from './screen.ts';

interface Found {
  statistics: Statistics;
  types: readonly CredentialType[];
  months: number;
}

const SPANS = [3, 12, 36] as const;
const SPAN = 12;

/** The department in numbers: each drawing has its table beside it. */
export const openStatistics: Open = async ({ desk, query, signal }) => {
  const months = SPANS.find((span) => String(span) === query.get('months')) ?? SPAN;
  const [statistics, { items: types }] = await Promise.all([
    desk.client.call('getStatistics', { query: { months }, signal }),
    desk.client.call('listTypes', { signal }),
  ]);
  return {
    title: ({ words }) => words.statistics.heading,
    draw: (reader) => draw({ statistics, types, months }, reader),
  };
};

function draw({ statistics, types, months }: Found, reader: Reader): Child[] {
  const { words, language } = reader;
  const texts = words.statistics;
  const titles = new Map(types.map(({ code, title }) => [code, title[language]]));
  const { standing, issued, changes } = statistics;
  const heading = element('h1', { tabindex: '-1' }, texts.heading);
  if (standing.length === 0) return [heading, emptyView(texts.none)];
  const spans = SPANS.map((span) =>
    element(
      'a',
      {
        class: 'button',
        href: hrefOf(`statistics?months=${span}`),
        'aria-current': span === months ? 'page' : undefined,
      },
      fill(texts.months, { count: span }),
    ),
  );
  return [
    heading,
    part(
      texts.standing,
      totals(standing, ({ standing: name }) => words.statistics.names[name]),
      recordsView({
        label: texts.standing,
        heads: [words.list.type, words.list.status, texts.count],
        items: standing,
        cells: ({ type, standing: name, count }) => [titles.get(type) ?? type, texts.names[name], String(count)],
      }),
    ),
    element('nav', { class: 'actions', 'aria-label': texts.span }, ...spans),
    part(
      texts.issued,
      totals(issued, ({ month }) => month),
      recordsView({
        label: texts.issued,
        heads: [texts.month, words.list.type, texts.count],
        items: issued,
        cells: ({ month, type, count }) => [month, titles.get(type) ?? type, String(count)],
      }),
    ),
    part(
      texts.changes,
      totals(changes, ({ month, act }) => `${month} ${words.act[act]}`),
      recordsView({
        label: texts.changes,
        heads: [texts.month, words.credential.change, texts.count],
        items: changes,
        cells: ({ month, act, count }) => [month, words.act[act], String(count)],
      }),
    ),
  ];
}

function part(heading: string, chart: HTMLElement, table: HTMLElement): HTMLElement {
  return element('section', { class: 'sheet part' }, element('h2', {}, heading), chart, table);
}

/** One bar for each name, of all items that have it. */
function totals<Item extends { count: number }>(items: readonly Item[], nameOf: (item: Item) => string): HTMLElement {
  const sums = new Map<string, number>();
  for (const item of items) sums.set(nameOf(item), (sums.get(nameOf(item)) ?? 0) + item.count);
  return barsView([...sums]);
}
