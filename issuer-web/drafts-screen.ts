import type { Draft } from '../client/api.ts';
import { element } from '../ui/element.ts';
import { type DraftList, draftsView } from './drafts-view.ts';
import { emptyView, pagesView } from './pages-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf, may, type Open } from './screen.ts';

const STATES = ['draft', 'submitted', 'issued', 'discarded'] as const satisfies readonly Draft['state'][];

/** Drafts of one state; the address says which. */
export const openDrafts: Open = async ({ desk, query, signal }) => {
  const state = STATES.find((each) => each === query.get('state'));
  const asked = {
    state,
    type: query.get('type') ?? undefined,
    starting_after: query.get('starting_after') ?? undefined,
  };
  const [{ items: types }, page] = await Promise.all([
    desk.client.call('listTypes', { signal }),
    desk.client.call('listDrafts', { query: asked, signal }),
  ]);
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
        element('nav', { class: 'actions', 'aria-label': words.list.filter }, ...choices),
        page.items.length === 0
          ? emptyView(words.draft.none)
          : listView({ items: page.items, types }, state, reader, desk),
        pagesView({ path: 'drafts', query, next: page.next }, reader),
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
