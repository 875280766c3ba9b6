import type { Import } from '../client/api.ts';
import { element } from '../ui/element.ts';
import { importsView } from './imports-view.ts';
import { emptyView, pagesView } from './pages-view.ts';
import { hrefOf, may, type Open } from './screen.ts';

const STATES = ['submitted', 'completed', 'returned'] as const satisfies readonly Import['state'][];

/** Files of many documents that the department's officers and systems have sent, newest first. */
export const openImports: Open = async ({ desk, query, signal }) => {
  const state = STATES.find((each) => each === query.get('state'));
  const asked = { state, starting_after: query.get('starting_after') ?? undefined };
  const [{ items, next }, { items: types }] = await Promise.all([
    desk.client.call('listImports', { query: asked, signal }),
    desk.client.call('listTypes', { signal }),
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
        element(
          'nav',
          { class: 'actions', 'aria-label': words.list.filter },
          choice(words.list.any, 'imports', state === undefined),
          ...STATES.map((each) => choice(words.imports.brief[each], `imports?state=${each}`, each === state)),
          ...send,
        ),
        items.length === 0
          ? emptyView(words.imports.none)
          : importsView({ items, types }, words.imports.heading, reader),
        pagesView({ path: 'imports', query, next }, reader),
      ];
    },
  };
};
