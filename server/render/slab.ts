import type { Chinese, Phrase } from './document.ts';
import { type Language, type Line, type Style, setLines } from './line.ts';
import {
  addElement,
  BLACK,
  BOTTOM,
  CONTINUED_TOP,
  type Content,
  type Element,
  LEFT,
  movedDown,
  RIGHT,
  rule,
  SOFT,
  TOP,
} from './page.ts';

/** A strip as wide as the text that no page break divides; places inside count from its top. */
export interface Slab {
  readonly height: number;
  readonly contents: readonly Content[];
  readonly keepWithNext: boolean;
  /** Put above this slab where it starts a page. */
  readonly repeated?: readonly Slab[] | undefined;
}

export interface StyledLine {
  readonly line: Line;
  readonly style: Style;
  readonly element: Element | null;
}

export const styleOf = (size: number, weight: Style['weight'] = 'regular', grey = BLACK): Style => ({
  size,
  weight,
  grey,
});

export const LABEL = styleOf(8.5, 'regular', SOFT);
export const BODY = styleOf(10);

const TAGS = { en: 'en-HK', 'zh-Hant': 'zh-Hant-HK', 'zh-Hans': 'zh-Hans-HK' } as const;
const LANGUAGES = ['en', 'zh-Hant', 'zh-Hans'] as const;

/** The texts of a phrase, each once, with their languages. */
export function textsOf(phrase: Phrase): { text: string; language?: Language }[] {
  if (typeof phrase === 'string') return [{ text: phrase }];
  return LANGUAGES.flatMap((language) => {
    const text = phrase[language];
    return text === undefined || (language !== 'en' && text === phrase.en) ? [] : [{ text, language }];
  });
}

export interface TextBlock {
  readonly phrase: Phrase;
  readonly style: Style;
  readonly width: number;
  /** For messages. */
  readonly field: string;
  /** Gets one element for each language; null for page furniture. */
  readonly parent: Element | null;
  readonly tag?: string;
  /** Whose forms the characters have of a text that is in no one language, because English and Chinese stand in one line. */
  readonly forms?: Chinese;
}

/** @throws RenderError CHARACTER_NOT_AVAILABLE */
export function linesOf({ phrase, style, width, field, parent, tag = 'P', forms }: TextBlock): StyledLine[] {
  return textsOf(phrase).flatMap(({ text, language }) => {
    const element = parent && addElement(parent, tag, { lang: language && TAGS[language] });
    const setting = {
      text,
      style,
      language: language ?? forms,
      field: language === undefined ? field : `${field}.${language}`,
    };
    return setLines(setting, width).map((line) => ({ line, style, element }));
  });
}

export function place({ line, style, element }: StyledLine, x: number, y: number): Content {
  return { element, marks: [{ kind: 'line', x, y, line, style }] };
}

export interface Column {
  readonly x: number;
  readonly lines: readonly StyledLine[];
}

export interface Stack {
  readonly columns: readonly Column[];
  readonly leading: number;
  readonly before?: number;
  readonly after?: number;
  /** A rule above, in this grey. */
  readonly ruled?: number;
  readonly right?: number;
}

/** Up to this many lines, a stack is not divided. */
const WHOLE = 6;

/** Columns of lines side by side: one slab for each line, so that a tall row may go on overleaf, though not for one line alone. */
export function stack({ columns, leading, before = 0, after = 0, ruled, right = RIGHT }: Stack): Slab[] {
  const count = Math.max(1, ...columns.map((column) => column.lines.length));
  return Array.from({ length: count }, (_, i) => {
    const top = i === 0 ? before : 0;
    const above = i === 0 && ruled !== undefined ? [rule(LEFT, 0, { width: right - LEFT, colour: ruled })] : [];
    const lines = columns.flatMap(({ x, lines }) =>
      lines[i] === undefined ? [] : [place(lines[i], x, top + leading * 0.74)],
    );
    const isLast = i === count - 1;
    return {
      height: top + leading + (isLast ? after : 0),
      contents: [...above, ...lines],
      keepWithNext: !isLast && (count <= WHOLE || i === 0 || i === count - 2),
    };
  });
}

export const space = (height: number): Slab => ({ height, contents: [], keepWithNext: true });

export const keep = (slabs: readonly Slab[]): Slab[] => slabs.map((slab) => ({ ...slab, keepWithNext: true }));

export const heightOf = (slabs: readonly Slab[]): number => slabs.reduce((sum, slab) => sum + slab.height, 0);

/** The contents of slabs one below the other, from `top` down. */
export function contentsOf(slabs: readonly Slab[], top: number): Content[] {
  let y = top;
  return slabs.flatMap(({ contents, height }) => {
    const moved = contents.map((content) => movedDown(content, y));
    y += height;
    return moved;
  });
}

const ROOM = BOTTOM - CONTINUED_TOP;
/** What is kept together and what is repeated above it always fit on one page. */
const MOST_KEPT = (ROOM * 2) / 3;
const MOST_REPEATED = ROOM / 3;

/** Slabs on pages; the first page ends at `firstBottom`. */
export function paginate(slabs: readonly Slab[], firstBottom: number): Content[][] {
  const pages: Content[][] = [[]];
  let y = TOP;
  for (const group of groupsOf(slabs)) {
    const bottom = pages.length === 1 ? firstBottom : BOTTOM;
    const startsPage = y + heightOf(group) > bottom;
    // White space at the end of a page is no reason for another.
    if (startsPage && group.every((slab) => slab.contents.length === 0)) continue;
    if (startsPage) {
      pages.push([]);
      y = CONTINUED_TOP;
    }
    const repeated = group[0]?.repeated ?? [];
    const put = startsPage && heightOf(repeated) <= MOST_REPEATED ? [...repeated, ...group] : group;
    pages.at(-1)?.push(...contentsOf(put, y));
    y += heightOf(put);
  }
  return pages;
}

/** Slabs that stay together, unless they are too many for a page. */
function groupsOf(slabs: readonly Slab[]): Slab[][] {
  const groups: Slab[][] = [];
  let isOpen = false;
  for (const slab of slabs) {
    const last = groups.at(-1);
    if (isOpen && last !== undefined) last.push(slab);
    else groups.push([slab]);
    isOpen = slab.keepWithNext;
  }
  return groups.flatMap((group) => (heightOf(group) > MOST_KEPT ? group.map((slab) => [slab]) : [group]));
}
