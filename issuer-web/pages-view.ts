import { element } from '../ui/element.ts';
import type { Reader } from './reader.ts';
import { hrefOf } from './screen.ts';

export interface Pages {
  path: string;
  query: URLSearchParams;
  /** The cursor of the page that follows. */
  next: string | null;
}

/** Cursors lead forwards; back is the browser's, and to the first page a link. */
export function pagesView({ path, query, next }: Pages, { words }: Reader): HTMLElement | null {
  const first = new URLSearchParams(query);
  first.delete('starting_after');
  const following = new URLSearchParams(first);
  following.set('starting_after', next ?? '');
  if (next === null && !query.has('starting_after')) return null;
  return element(
    'nav',
    { class: 'actions', 'aria-label': words.list.next },
    query.has('starting_after') &&
      element('a', { class: 'button', href: hrefOf(`${path}?${first}`) }, words.list.first),
    next !== null &&
      element('a', { class: 'button', href: hrefOf(`${path}?${following}`), rel: 'next' }, words.list.next),
  );
}

/** Where there is nothing to show: why, and what to do. */
export function emptyView({ heading, text }: { heading: string; text: string }, ...ways: HTMLElement[]): HTMLElement {
  return element('section', { class: 'sheet empty' }, element('h2', {}, heading), element('p', {}, text), ...ways);
}
