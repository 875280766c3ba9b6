import type { CredentialType, Import } from '../client/api.ts';
import { element } from '../ui/element.ts';
import { groupThousands } from '../ui/phrase.ts';
import { recordsView } from '../ui/records-view.ts';
import type { Reader } from './reader.ts';
import { hrefOf } from './screen.ts';

export interface ImportList {
  items: readonly Import[];
  types: readonly CredentialType[];
}

export function importsView({ items, types }: ImportList, label: string, reader: Reader): HTMLElement {
  const { words, language, calendar } = reader;
  const titles = new Map(types.map(({ code, title }) => [code, title[language]]));
  const texts = words.imports;
  return recordsView({
    label,
    heads: [words.list.type, words.list.status, texts.rows, texts.issued, texts.bad, words.draft.changed],
    items,
    tone: importTone,
    id: ({ id }) => id,
    cells: (item) => [
      element(
        'a',
        { href: hrefOf(`imports/${item.id}`) },
        titles.get(item.type) ?? item.type,
        ' ',
        element('span', { class: 'code hint' }, item.id),
      ),
      importState(item, reader),
      groupThousands(String(item.counts.rows)),
      groupThousands(String(item.counts.issued)),
      groupThousands(String(badRows(item))),
      calendar.time(Date.parse(item.updatedAt) / 1000),
    ],
  });
}

export function badRows({ counts }: Import): number {
  return counts.malformed + counts.duplicates + counts.alreadyIssued;
}

/** Still received, or still released: there is more to be told of it in a moment. */
export function isMoving({ state }: Import): boolean {
  return state === 'receiving' || state === 'approved';
}

export function importTone(item: Import): 'good' | 'open' | 'care' | 'bad' {
  if (item.state === 'submitted') return 'care';
  if (isMoving(item)) return 'open';
  return item.state === 'completed' ? 'good' : 'bad';
}

export function importState({ state, dryRun }: Import, { words }: Reader): string {
  const text = words.imports.state[state];
  return dryRun ? `${text} (${words.imports.dryRun})` : text;
}
