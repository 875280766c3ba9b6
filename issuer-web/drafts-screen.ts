import type { Draft } from '../client/api.ts';
import { element } from '../ui/element.ts';
import { type DraftList, draftsView } from './drafts-view.ts';
import { type FilterRules, readFilters, unknownView } from './filters.ts';
import { emptyView, pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Describe, openViews } from './saved-views.ts';
import { type Desk, hrefOf, may, type Open } from './screen.ts';

const STATES = ['draft', 'submitted', 'issued', 'discarded'] as const satisfies readonly Draft['state'][];
const FILTERS = { state: STATES, type: 'text' } as const satisfies FilterRules;

/** Drafts of one state; the address says which. */
export const openDrafts: Open = async ({ desk, query: address, signal }) => {
  const asked = readFilters(address, FILTERS);
  const state = asked.filters.state as Draft['state'] | undefined;
  const { type } = asked.filters;
  const [{ items: types }, page, views] = await Promise.all([
    desk.client.call('listTypes', { signal }),
    desk.client.call('listDrafts', { query: { state, type, starting_after: asked.startingAfter }, signal }),
    openViews({ ...{ place: 'drafts', rules: FILTERS, asked }, desk, signal }),
  ]);
  const describe: Describe = (name, value, { words, language }) =>
    name === 'state'
      ? [words.list.status, words.draft.state[value as Draft['state']]]
      : [words.list.type, types.find(({ code }) => code === value)?.title[language] ?? value];
  return {
    title: ({ words }) => words.draft.heading,
    draw: (reader) => {
      const { words } = reader;
      const choices = STATES.map((each) =>
        element(
          'a',
          {
            class: 'button',
            href: hrefOf(`drafts?state=${each}`),
            'aria-current': each === state ? 'page' : undefined,
          },
          words.draft.state[each],
        ),
      );
      return [
        element('h1', { tabindex: '-1' }, words.draft.heading),
        unknownView(asked, reader),
        views.draw(reader, describe),
        element('nav', { class: 'actions', 'aria-label': words.list.filter }, ...choices),
        page.items.length === 0
          ? emptyView(words.draft.none)
          : listView({ items: page.items, types }, state, reader, desk),
        pagesView({ path: 'drafts', query: asked.query, next: page.next }, reader),
      ];
    },
  };
};

/** What waits for approval can be chosen, one or many, and is looked at before it is approved. */
function listView(list: DraftList, state: Draft['state'] | undefined, reader: Reader, desk: Desk): HTMLElement {
  const { words } = reader;
  if (state !== 'submitted' || !may(desk, 'credentials.approve'))
    return draftsView(list, words.draft.heading, reader, desk);
  const submit = (event: Event) => {
    event.preventDefault();
    const chosen = new FormData(event.currentTarget as HTMLFormElement).getAll('draft');
    if (chosen.length > 0) desk.go(`approve?${new URLSearchParams(chosen.map((id) => ['draft', String(id)]))}`);
  };
  const all = (event: Event) => {
    for (const box of document.querySelectorAll<HTMLInputElement>('.chosen > input'))
      box.checked = (event.currentTarget as HTMLInputElement).checked;
  };
  return element(
    'form',
    { class: 'part', on: { submit } },
    draftsView({ ...list, choose: 'draft' }, words.draft.heading, reader, desk),
    element(
      'div',
      { class: 'actions' },
      element(
        'label',
        { class: 'chosen' },
        element('input', { type: 'checkbox', 'data-action': 'all', on: { change: all } }),
        words.draft.all,
      ),
      element('button', { type: 'submit', class: 'button button-main', 'data-action': 'review' }, words.draft.review),
    ),
  );
}
