import type { DocumentRow, DocumentValue, Name, Phrase } from './document.ts';
import { oneLineOf } from './language.ts';
import { measure, type Style } from './line.ts';
import { addElement, type Density, type Element, GAP, HAIRLINE, LEFT, mm, TEXT_WIDTH } from './page.ts';
import { WORDS } from './phrase.ts';
import { RenderError } from './render-error.ts';
import { BODY, keep, linesOf, type Slab, space, stack, styleOf, textsOf } from './slab.ts';

type ValueOf<K extends DocumentValue['kind']> = Extract<DocumentValue, { kind: K }>;

const HEADING = styleOf(9, 'bold');
const HEAD = styleOf(8.5, 'bold');

export interface WideFrame {
  readonly parent: Element;
  readonly density: Density;
}

/** A numbered list over the whole width. @throws RenderError CHARACTER_NOT_AVAILABLE */
export function listSlabs(row: DocumentRow, { items }: ValueOf<'list'>, { parent, density }: WideFrame): Slab[] {
  const top = heading(row, { parent });
  const list = addElement(parent, 'L');
  const slabs = items.flatMap((phrase, i) =>
    itemSlabs(phrase, { number: i + 1, field: `${row.field}.${i}`, list, density }),
  );
  return [...top, ...repeatAbove(slabs, heading(row, { parent: null, isContinued: true })), closing(3)];
}

/** A table over the whole width, its head repeated on every page. @throws RenderError CHARACTER_NOT_AVAILABLE, TABLE_TOO_WIDE */
export function tableSlabs(row: DocumentRow, { head, rows }: ValueOf<'table'>, { parent, density }: WideFrame): Slab[] {
  const top = heading(row, { parent });
  const table = addElement(parent, 'Table');
  const columns = columnsOf(row, head, rows);
  const set = (cells: Cells): Slab[] => cellSlabs(cells, { field: row.field, columns, density });
  const headOf = (owner: Element | null): Slab[] =>
    head === undefined ? [] : keep(set({ phrases: head, tag: 'TH', name: 'head', table: owner }));
  const tableHead = headOf(table);
  const body = rows.flatMap((phrases, i) => set({ phrases, tag: 'TD', name: String(i), table }));
  const repeated = [...heading(row, { parent: null, isContinued: true }), ...headOf(null)];
  return [...top, ...tableHead, ...repeatAbove(body, repeated), closing(5)];
}

function heading(
  { field, label }: DocumentRow,
  { parent, isContinued = false }: { parent: Element | null; isContinued?: boolean },
): Slab[] {
  const phrase = oneLineOf(isContinued ? continued(label) : label);
  const forms = label['zh-Hans'] === undefined ? 'zh-Hant' : 'zh-Hans';
  const lines = linesOf({
    phrase,
    forms,
    style: HEADING,
    width: TEXT_WIDTH,
    field: `${field}.label`,
    parent,
    tag: 'H2',
  });
  return keep(
    stack({
      columns: [{ x: LEFT, lines }],
      leading: 14,
      before: 7,
      after: 3,
      ...(isContinued ? {} : { ruled: HAIRLINE }),
    }),
  );
}

function continued({ en, 'zh-Hant': hant, 'zh-Hans': hans }: Name): Name {
  const words = WORDS.continued;
  return {
    en: en + words.en,
    ...(hant === undefined ? {} : { 'zh-Hant': hant + words['zh-Hant'] }),
    ...(hans === undefined ? {} : { 'zh-Hans': hans + words['zh-Hans'] }),
  };
}

function repeatAbove(slabs: readonly Slab[], repeated: readonly Slab[]): Slab[] {
  return slabs.map((slab, i) => (i === 0 ? slab : { ...slab, repeated }));
}

const closing = (height: number): Slab => ({ ...space(height), keepWithNext: false });

const NUMBER_WIDTH = mm(8);

interface ItemFrame {
  readonly list: Element;
  readonly number: number;
  readonly field: string;
  readonly density: Density;
}

function itemSlabs(phrase: Phrase, { list, number, field, density }: ItemFrame): Slab[] {
  const item = addElement(list, 'LI');
  const label = linesOf({ phrase: `${number}.`, style: BODY, width: NUMBER_WIDTH, field, parent: item, tag: 'Lbl' });
  const lines = linesOf({
    phrase,
    style: BODY,
    width: TEXT_WIDTH - NUMBER_WIDTH,
    field,
    parent: addElement(item, 'LBody'),
  });
  const columns = [
    { x: LEFT, lines: label },
    { x: LEFT + NUMBER_WIDTH, lines },
  ];
  return stack({ columns, leading: density.leading - 0.5, after: density.padding - 1 });
}

interface Cells {
  readonly phrases: readonly Phrase[];
  readonly tag: 'TH' | 'TD';
  /** The row's name, for messages. */
  readonly name: string;
  /** Null for a head that is repeated overleaf. */
  readonly table: Element | null;
}

interface Place {
  readonly x: number;
  readonly width: number;
}

interface TableFrame {
  readonly field: string;
  readonly columns: readonly Place[];
  readonly density: Density;
}

function cellSlabs({ phrases, tag, name, table }: Cells, { field, columns, density }: TableFrame): Slab[] {
  const line = table && addElement(table, 'TR');
  const set = columns.map(({ x, width }, i) => {
    const parent = line && addElement(line, tag);
    const style = tag === 'TH' ? HEAD : BODY;
    return { x, lines: linesOf({ phrase: phrases[i] ?? '', style, width, field: `${field}.${name}.${i}`, parent }) };
  });
  const padding = density.padding / 2;
  return stack({ columns: set, leading: density.leading - 0.5, before: padding, after: padding, ruled: HAIRLINE });
}

/** More would leave a column less than the width of a word. */
const MOST_COLUMNS = 12;

/** Narrow columns get what their text needs in one line; the wide ones share the rest alike. */
function columnsOf(
  { field }: DocumentRow,
  head: readonly Phrase[] = [],
  rows: readonly (readonly Phrase[])[],
): Place[] {
  const count = Math.max(head.length, ...rows.map((row) => row.length));
  if (count > MOST_COLUMNS)
    throw new RenderError('TABLE_TOO_WIDE', `"${field}" has ${count} columns, a page has room for ${MOST_COLUMNS}`);
  const naturals = Array.from({ length: count }, (_, i) =>
    Math.max(widthOf(head[i], HEAD, field), ...rows.map((row) => widthOf(row[i], BODY, field))),
  );
  const widths = shareOut(naturals, TEXT_WIDTH - GAP * (count - 1));
  return widths.map((width, i) => ({ x: LEFT + widths.slice(0, i).reduce((sum, each) => sum + each + GAP, 0), width }));
}

function widthOf(phrase: Phrase = '', style: Style, field: string): number {
  return Math.max(0, ...textsOf(phrase).map(({ text }) => measure({ text, style, field })));
}

function shareOut(naturals: readonly number[], room: number): number[] {
  const widths = [...naturals];
  const ascending = [...naturals.entries()].sort(([, one], [, other]) => one - other);
  let left = room;
  for (const [done, [i, natural]] of ascending.entries()) {
    const width = Math.min(natural, left / (ascending.length - done));
    widths[i] = width;
    left -= width;
  }
  return widths.map((width) => width + left / widths.length);
}
