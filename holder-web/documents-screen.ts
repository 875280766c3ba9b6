import type { HolderCredential } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import { followOffers } from './home-screen.ts';
import { homeScreenView } from './home-screen-view.ts';
import type { Open, Reader } from './screen.ts';
import { standingIcon, standingLines, standingToday } from './standing-view.ts';

/** What was issued to whoever is signed in, by every department, newest first. */
export const openDocuments: Open = async ({ shell, query, signal }) => {
  const after = query.get('starting_after') ?? undefined;
  const { items, next } = await shell.client.call('listHolderCredentials', {
    query: { starting_after: after, limit: 50 },
    signal,
  });
  followOffers(shell.redraw, signal);
  return {
    title: ({ words }) => words.documents.heading,
    draw: (reader) => [
      element('h1', { tabindex: '-1' }, headingOf(reader)),
      items.length === 0 ? emptyView(reader) : listView(items, reader),
      pagesView(next, after !== undefined, reader),
      homeScreenView(reader, shell),
    ],
  };
};

function headingOf({ words, company }: Reader): string {
  return company ? fill(words.company.documentsOf, { name: company.name }) : words.documents.heading;
}

function emptyView({ words, company }: Reader): HTMLElement {
  const { heading, text } = company ? words.company.none : words.documents.none;
  return element('section', { class: 'sheet empty' }, element('h2', {}, heading), element('p', {}, text));
}

export function listView(items: readonly HolderCredential[], reader: Reader): HTMLElement {
  return element('ul', { class: 'documents' }, ...items.map((item) => element('li', {}, cardView(item, reader))));
}

function cardView(item: HolderCredential, reader: Reader): HTMLElement {
  const { language, hrefOf } = reader;
  return element(
    'article',
    { class: `sheet card tone-${standingToday(item).tone}`, 'data-id': item.id },
    standingIcon(item),
    element(
      'div',
      {},
      element('h2', {}, element('a', { href: hrefOf(item.id) }, item.typeTitle[language])),
      element('p', { class: 'hint' }, item.department.name[language]),
      element('p', { class: 'code' }, item.reference),
      ...standingLines(item, reader),
    ),
  );
}

function pagesView(next: string | null, isLater: boolean, { words, hrefOf }: Reader): Child {
  if (next === null && !isLater) return null;
  return element(
    'nav',
    { class: 'actions', 'aria-label': words.documents.next },
    isLater && element('a', { class: 'button', href: hrefOf('') }, words.documents.first),
    next !== null &&
      element(
        'a',
        { class: 'button', href: hrefOf(`?${new URLSearchParams({ starting_after: next })}`) },
        words.documents.next,
      ),
  );
}
