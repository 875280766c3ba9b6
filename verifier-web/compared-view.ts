import { COMPARED, type Compared, type ComparedName } from '../proof/compared.ts';
import { type Child, element } from '../ui/element.ts';
import type { Reader } from './reader.ts';

type Value = Compared[ComparedName];

/** The values that a check compared, to be compared once more by who looks closer. */
export function comparedList(compared: Compared, reader: Reader): HTMLElement {
  const rows = Object.entries(compared) as [ComparedName, Value][];
  return element(
    'dl',
    { class: 'facts facts-small compared' },
    ...rows.map(([name, value]) =>
      element(
        'div',
        { 'data-compared': name },
        element('dt', {}, reader.words.compared[name]),
        element('dd', {}, shown(name, value ?? null, reader)),
      ),
    ),
  );
}

function shown(name: ComparedName, value: string | number | boolean | null, { words, calendar }: Reader): Child {
  const { document: texts } = words;
  if (value === null) return texts.none;
  if (typeof value === 'boolean') return value ? texts.yes : texts.no;
  if (typeof value === 'number') return String(value);
  switch (COMPARED[name]) {
    case 'day':
      return calendar.date(value);
    case 'instant':
      return calendar.time(Date.parse(value) / 1000);
    default:
      return element('span', { class: 'code' }, value);
  }
}
