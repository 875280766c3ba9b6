import type { DocumentRow } from './document.ts';
import type { Line, Style } from './line.ts';
import type { QrSymbol } from './qr.ts';

/** What a document looks like, as data: pages of marks with places in points from the top left corner. */
export interface Layout {
  readonly pages: readonly Page[];
  /** The logical structure, which screen readers follow. */
  readonly structure: Element;
}

export type Page = readonly Content[];

/** Marks that belong to one element of the structure; null: page furniture, which is no part of the text. */
export interface Content {
  readonly element: Element | null;
  readonly marks: readonly Mark[];
}

/** `y` of a line is its baseline, of all else the upper edge. */
export type Mark =
  | { readonly kind: 'line'; readonly x: number; readonly y: number; readonly line: Line; readonly style: Style }
  | ({ readonly kind: 'box'; readonly x: number; readonly y: number; readonly colour: Colour } & Size)
  | ({ readonly kind: 'logo'; readonly x: number; readonly y: number } & Size)
  | ({ readonly kind: 'picture'; readonly x: number; readonly y: number; readonly row: DocumentRow } & Size)
  | {
      readonly kind: 'symbol';
      readonly x: number;
      readonly y: number;
      readonly module: number;
      readonly symbol: QrSymbol;
    };

/** An element of the logical structure, with PDF's own tag names. */
export interface Element {
  readonly tag: string;
  readonly lang?: string | undefined;
  readonly alt?: string | undefined;
  readonly children: Element[];
}

/** A grey from 0 (black) to 1 (white), or "#rrggbb". */
export type Colour = number | string;

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const mm = (length: number): number => (length * 72) / 25.4;

/** A4. */
export const PAGE: Size = { width: 595.28, height: 841.89 };

export const LEFT = mm(20);
export const RIGHT = PAGE.width - mm(20);
export const TEXT_WIDTH = RIGHT - LEFT;
export const TOP = mm(18);
/** Where the text of the second and later pages starts, below the line that names the document. */
export const CONTINUED_TOP = mm(30);
export const BOTTOM = PAGE.height - mm(20);

/** Labels stand left, values right of this; dates and other columns keep to the same grid. */
export const COLUMN = mm(54);
export const GAP = mm(4);

/** How closely text is set. */
export interface Density {
  readonly leading: number;
  /** Above and below the text of a row. */
  readonly padding: number;
  /** Of the heading's spaces. */
  readonly scale: number;
}

export const ROOMY: Density = { leading: 14, padding: 6, scale: 1 };
export const DENSE: Density = { leading: 12.5, padding: 3.5, scale: 0.6 };

export const BLACK = 0;
export const SOFT = 0.3;
export const HAIRLINE = 0.6;

/** A new element, as its parent's last child. */
export function addElement(parent: Element, tag: string, { lang, alt }: Pick<Element, 'lang' | 'alt'> = {}): Element {
  const element = { tag, lang, alt, children: [] };
  parent.children.push(element);
  return element;
}

export function rule(
  x: number,
  y: number,
  { width, weight = 0.5, colour = BLACK }: { width: number; weight?: number; colour?: Colour },
): Content {
  return { element: null, marks: [{ kind: 'box', x, y: y - weight / 2, width, height: weight, colour }] };
}

export function movedDown({ element, marks }: Content, by: number): Content {
  return { element, marks: marks.map((mark) => ({ ...mark, y: mark.y + by })) };
}
