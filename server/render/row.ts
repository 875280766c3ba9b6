import type { DocumentRow, DocumentValue } from './document.ts';
import { oneLineOf } from './language.ts';
import {
  addElement,
  COLUMN,
  type Content,
  type Density,
  type Element,
  GAP,
  HAIRLINE,
  LEFT,
  mm,
  RIGHT,
  rule,
  type Size,
  TEXT_WIDTH,
} from './page.ts';
import {
  BODY,
  type Column,
  contentsOf,
  heightOf,
  keep,
  LABEL,
  linesOf,
  type Slab,
  space,
  stack,
  styleOf,
} from './slab.ts';
import { listSlabs, tableSlabs } from './wide-row.ts';

/** The shape of each image row's picture, in pixels or any other unit. */
export type Pictures = ReadonlyMap<DocumentRow, Size>;

export interface RowParts {
  readonly pictures: Pictures;
  readonly density: Density;
}

const VALUE_X = LEFT + COLUMN;
const PROMINENT = styleOf(11.5, 'bold');

/**
 * The rows of a document. The first picture, as a rule the holder's photograph, stands right of the first rows.
 * @throws RenderError CHARACTER_NOT_AVAILABLE, TABLE_TOO_WIDE
 */
export function rowSlabs(rows: readonly DocumentRow[], parts: RowParts, root: Element): Slab[] {
  const portrait = rows.find((row) => row.value.kind === 'image');
  const others = rows.filter((row) => row !== portrait);
  const slabsOf = (row: DocumentRow): Slab[] => oneRow(row, parts, addElement(root, 'Sect'));
  if (portrait === undefined) return others.flatMap(slabsOf);
  const figure = toFigure(portrait, scaled(parts.pictures.get(portrait), PORTRAIT), addElement(root, 'Sect'));
  const { slabs, count } = besideFigure(others, figure, { parent: root, density: parts.density });
  return [...slabs, ...others.slice(count).flatMap(slabsOf)];
}

function oneRow(row: DocumentRow, { pictures, density }: RowParts, parent: Element): Slab[] {
  const { value } = row;
  switch (value.kind) {
    case 'texts':
      return textRow(row, value, { parent, density, right: RIGHT });
    case 'list':
      return listSlabs(row, value, { parent, density });
    case 'table':
      return tableSlabs(row, value, { parent, density });
    case 'image':
      return besideFigure([], toFigure(row, scaled(pictures.get(row), PICTURE), parent), { parent, density }).slabs;
  }
}

interface Frame {
  readonly parent: Element;
  readonly density: Density;
  readonly right: number;
}

function textRow(
  row: DocumentRow,
  { texts }: Extract<DocumentValue, { kind: 'texts' }>,
  { parent, density, right }: Frame,
): Slab[] {
  const [style, leading] = row.prominent ? [PROMINENT, density.leading + 1.5] : [BODY, density.leading];
  const labels = linesOf({
    phrase: row.label,
    style: LABEL,
    width: COLUMN - GAP,
    field: `${row.field}.label`,
    parent,
  });
  const lines = texts.flatMap((phrase) => linesOf({ phrase, style, width: right - VALUE_X, field: row.field, parent }));
  const columns: Column[] = [
    { x: LEFT, lines: labels },
    { x: VALUE_X, lines },
  ];
  return stack({ columns, leading, before: density.padding, after: density.padding, ruled: HAIRLINE, right });
}

const PORTRAIT: Size = { width: mm(36), height: mm(46) };
const PICTURE: Size = { width: mm(60), height: mm(50) };

function scaled({ width, height }: Size = { width: 1, height: 1 }, most: Size): Size {
  const scale = Math.min(most.width / width, most.height / height);
  return { width: width * scale, height: height * scale };
}

/** A picture at the right margin and its label beneath, as tall and as wide as both. */
interface Figure extends Size {
  readonly contents: readonly Content[];
}

const CAPTION = { ...LABEL, size: 7.5 };
const LEAST_CAPTION = mm(30);

function toFigure(row: DocumentRow, { width, height }: Size, parent: Element): Figure {
  const element = addElement(parent, 'Figure', { alt: oneLineOf(row.label, ' ') });
  const x = RIGHT - Math.max(width, LEAST_CAPTION);
  const lines = linesOf({
    phrase: row.label,
    style: CAPTION,
    width: RIGHT - x,
    field: `${row.field}.label`,
    parent,
  });
  const caption = stack({ columns: [{ x, lines }], leading: 10, before: 2 });
  const picture: Content = { element, marks: [{ kind: 'picture', x, y: 0, row, width, height }] };
  return { width: RIGHT - x, height: height + heightOf(caption), contents: [picture, ...contentsOf(caption, height)] };
}

const FIGURE_PADDING = 8;

/** Text rows, narrower, as far down as the figure reaches; then what is missing to its lower edge. Kept on one page. */
function besideFigure(
  rows: readonly DocumentRow[],
  figure: Figure,
  { parent, density }: Omit<Frame, 'right'>,
): { slabs: Slab[]; count: number } {
  const room = figure.height + 2 * FIGURE_PADDING;
  const right = RIGHT - figure.width - GAP;
  const slabs: Slab[] = [];
  let count = 0;
  for (const row of rows) {
    if (row.value.kind !== 'texts' || heightOf(slabs) >= room) break;
    slabs.push(...textRow(row, row.value, { parent: addElement(parent, 'Sect'), density, right }));
    count++;
  }
  const contents = [
    rule(LEFT, 0, { width: TEXT_WIDTH, colour: HAIRLINE }),
    ...contentsOf([{ ...space(0), contents: figure.contents }], FIGURE_PADDING),
  ];
  const rest = { ...space(Math.max(0, room - heightOf(slabs))), keepWithNext: false };
  return { slabs: [{ ...space(0), contents }, ...keep(slabs), rest], count };
}
