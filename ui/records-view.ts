import { type Child, element } from './element.ts';

export interface Records<Item> {
  /** What the table is called. */
  label: string;
  heads: readonly string[];
  items: readonly Item[];
  /** The first cell names the row. */
  cells(item: Item): readonly Child[];
  /** Of the row: what its colour says, its cells say too. */
  tone?(item: Item): string;
  /** Marks the row for scripts. */
  id?(item: Item): string;
}

// A table whose cells stand under each other on a phone is none to a browser any more: the roles say that it still is.
export function recordsView<Item>({ label, heads, items, cells, tone, id }: Records<Item>): HTMLElement {
  const head = heads.map((text) => element('th', { scope: 'col', role: 'columnheader' }, text));
  const rows = items.map((item) => {
    const [first, ...rest] = cells(item);
    return element(
      'tr',
      { role: 'row', class: tone && `tone-${tone(item)}`, 'data-id': id?.(item) },
      element('th', { scope: 'row', role: 'rowheader' }, first),
      ...rest.map((cell) => element('td', { role: 'cell' }, cell)),
    );
  });
  return element(
    'table',
    { class: 'records', role: 'table', 'aria-label': label },
    element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...head)),
    element('tbody', { role: 'rowgroup' }, ...rows),
  );
}
