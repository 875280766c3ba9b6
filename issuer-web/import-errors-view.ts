import type { Import, ImportError } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { recordsView } from '../ui/records-view.ts';
import type { Reader } from './reader.ts';

/** Bad rows, each with its field and what to do, and all of them as a file; nothing where there are none. */
export function importErrorsView({ id }: Import, items: readonly ImportError[], { words }: Reader): Child[] {
  const texts = words.imports;
  if (items.length === 0) return [];
  return [
    element(
      'p',
      {},
      element(
        'a',
        { class: 'button', href: `/v1/imports/${encodeURIComponent(id)}/errors.csv`, download: `${id}-errors.csv` },
        icon('file'),
        texts.download,
      ),
    ),
    recordsView({
      label: texts.bad,
      heads: [texts.row, texts.field, texts.what, texts.remedy],
      items,
      tone: () => 'bad',
      id: ({ row, pointer }) => `${row}${pointer}`,
      cells: ({ row, column, pointer, kind, detail }) => [
        String(row),
        element('span', { class: 'code' }, column ?? pointer),
        element('div', {}, element('p', {}, texts.kind[kind]), element('p', { class: 'hint', lang: 'en' }, detail)),
        texts.remedies[kind],
      ],
    }),
  ];
}
