import type { CredentialTypeDetail, Import, ImportError } from '../client/api.ts';
import { type Child, element } from '../ui/element.ts';
import { icon } from '../ui/icon.ts';
import { recordsView } from '../ui/records-view.ts';
import type { Reader } from './reader.ts';
import { rowFault } from './row-faults.ts';

export interface BadRows {
  of: Import;
  type: CredentialTypeDetail;
  items: readonly ImportError[];
}

/** Bad rows, each with its field and what to do, and all of them as a file; nothing where there are none. */
export function importErrorsView({ of: { id }, type, items }: BadRows, reader: Reader): Child[] {
  const texts = reader.words.imports;
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
      cells: (item) => {
        const { field, what, remedy, detail } = rowFault(item, type, reader);
        return [
          String(item.row),
          element('span', { class: 'code' }, field),
          element(
            'div',
            {},
            element('p', { class: 'hint' }, texts.kind[item.kind]),
            element('p', {}, what),
            detail !== null && element('p', { class: 'hint', lang: 'en' }, detail),
          ),
          remedy,
        ];
      },
    }),
  ];
}
