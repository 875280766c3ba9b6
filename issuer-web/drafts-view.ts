import type { CredentialType, Draft } from '../client/api.ts';
import { element } from '../ui/element.ts';
import { fill } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import type { Reader } from './reader.ts';
import { type Desk, hrefOf } from './screen.ts';

export interface DraftList {
  items: readonly Draft[];
  types: readonly CredentialType[];
  choose?: string;
}

/** `choose`: with a box to tick before each, whose value is the draft's id under this name. */
export function draftsView(
  { items, types, choose }: DraftList,
  label: string,
  reader: Reader,
  desk: Desk,
): HTMLElement {
  const { words, language, calendar } = reader;
  const titles = new Map(types.map(({ code, title }) => [code, title[language]]));
  return recordsView({
    label,
    heads: [words.list.type, words.list.status, words.draft.prepared, words.draft.changed],
    items,
    tone: ({ state }) => (state === 'submitted' ? 'care' : 'open'),
    id: ({ id }) => id,
    cells: (item) => [
      element(
        'span',
        { class: 'chosen' },
        choose !== undefined &&
          element('input', {
            ...{ type: 'checkbox', name: choose, value: item.id },
            'aria-label': fill(words.draft.choose, { draft: `${titles.get(item.type) ?? item.type} ${item.id}` }),
          }),
        element(
          'a',
          { href: hrefOf(`drafts/${item.id}`) },
          titles.get(item.type) ?? item.type,
          ' ',
          element('span', { class: 'code hint' }, item.id),
        ),
      ),
      words.draft.state[item.state],
      personText(item.preparedBy, reader, desk),
      calendar.time(Date.parse(item.changedAt) / 1000),
    ],
  });
}

/** Colleagues and systems by their names, who reads by "you"; whoever came meanwhile by the id. */
export function personText(id: string, { words }: Reader, { officer, people }: Desk): string {
  return id === officer.id ? words.draft.you : (people.get(id) ?? id);
}
