import type { Import } from '../client/api.ts';
import { element } from '../ui/element.ts';
import { type FilterRules, readFilters, unknownView } from './filters.ts';
import { importsView } from './imports-view.ts';
import { emptyView, pagesView } from './pages-view.ts';
import { type Describe, openViews } from './saved-views.ts';
import { hrefOf, may, type Open } from './screen.ts';

const STATES = [
  'receiving',
  'submitted',
  'approved',
  'completed',
  'refused',
  'returned',
  'withdrawn',
  'abandoned',
] as const satisfies readonly Import['state'][];
/** Those that are looked for. */
const CHOICES = ['submitted', 'completed', 'returned'] as const satisfies readonly Import['state'][];
const FILTERS = { state: STATES } as const satisfies FilterRules;

const describe: Describe = (_, value, { words }) => [words.list.status, words.imports.state[value as Import['state']]];

/** Files of many documents that the department's officers and systems have sent, newest first. */
export const openImports: Open = async ({ desk, query: address, signal }) => {
  const asked = readFilters(address, FILTERS);
  const state = asked.filters.state as Import['state'] | undefined;
  const [{ items, next }, { items: types }, views] = await Promise.all([
    desk.client.call('listImports', { query: { state, starting_after: asked.startingAfter }, signal }),
    desk.client.call('listTypes', { signal }),
    openViews({ ...{ place: 'imports', rules: FILTERS, asked }, desk, signal }),
  ]);
  return {
    title: ({ words }) => words.imports.heading,
    draw: (reader) => {
      const { words } = reader;
      const choice = (text: string, path: string, isCurrent: boolean) =>
        element('a', { class: 'button', href: hrefOf(path), 'aria-current': isCurrent ? 'page' : undefined }, text);
      const send = may(desk, 'credentials.prepare')
        ? [element('a', { class: 'button button-main', href: hrefOf('imports/new') }, words.imports.send)]
        : [];
      return [
        element('h1', { tabindex: '-1' }, words.imports.heading),
        element('p', { class: 'hint' }, words.imports.hint),
        unknownView(asked, reader),
        views.draw(reader, describe),
        element(
          'nav',
          { class: 'actions', 'aria-label': words.list.filter },
          choice(words.list.any, 'imports', state === undefined),
          ...CHOICES.map((each) => choice(words.imports.brief[each], `imports?state=${each}`, each === state)),
          ...send,
        ),
        items.length === 0
          ? emptyView(words.imports.none)
          : importsView({ items, types }, words.imports.heading, reader),
        pagesView({ path: 'imports', query: asked.query, next }, reader),
      ];
    },
  };
};
