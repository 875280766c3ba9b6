import type { Chinese, DocumentContent, Phrase } from './document.ts';
import { DRAFT, watermark } from './draft.ts';
import { inChinese, oneLineOf } from './language.ts';
import { setLines } from './line.ts';
import {
  addElement,
  BLACK,
  COLUMN,
  type Content,
  type Density,
  type Element,
  GAP,
  LEFT,
  mm,
  PAGE,
  RIGHT,
  rule,
  type Size,
  TEXT_WIDTH,
} from './page.ts';
import { dateOrNone, pageInWords, WORDS } from './phrase.ts';
import { heightOf, keep, LABEL, linesOf, place, type Slab, type StyledLine, space, stack, styleOf } from './slab.ts';

const NAME = styleOf(11, 'bold');
const REFERENCE_X = LEFT + 2 * COLUMN;

export interface HeadingParts {
  readonly density: Density;
  /** The logo's shape, in pixels or any other unit. */
  readonly logo: Size | null;
}

/** The department, the reference, the title and the dates. */
export function headingSlabs(
  content: DocumentContent,
  { density: { scale }, logo }: HeadingParts,
  root: Element,
): Slab[] {
  const parent = addElement(root, 'Sect');
  return keep([
    ...nameSlabs(content, logo, parent),
    space(mm(8) * scale),
    ...titleSlabs(content, parent),
    space(mm(6) * scale),
    ...dateSlabs(content, parent),
  ]);
}

function nameSlabs(
  { department, reference, chinese, look }: DocumentContent,
  logo: Size | null,
  parent: Element,
): Slab[] {
  const mark = logo && fitLogo(logo);
  const x = mark ? LEFT + mark.width + GAP : LEFT;
  const names = linesOf({
    phrase: department,
    style: NAME,
    width: REFERENCE_X - x - GAP,
    field: 'department',
    parent,
  });
  const box = { width: RIGHT - REFERENCE_X, field: 'reference', parent };
  const label = linesOf({
    ...box,
    phrase: oneLineOf(inChinese(WORDS.reference, chinese), ' '),
    forms: chinese,
    style: LABEL,
  });
  const columns = [
    { x, lines: names },
    { x: REFERENCE_X, lines: [...label, ...linesOf({ ...box, phrase: reference, style: NAME })] },
  ];
  const colour = look.accent ?? BLACK;
  const text = stack({ columns, leading: 16 });
  return [
    { height: 9, contents: [rule(LEFT, 0, { width: TEXT_WIDTH, weight: 2.5, colour })], keepWithNext: true },
    ...(mark ? [{ ...space(0), contents: logoContents(mark) }] : []),
    ...text,
    ...(mark ? [space(Math.max(0, mark.height - heightOf(text)))] : []),
  ];
}

const LOGO: Size = { width: mm(34), height: mm(16) };

function fitLogo({ width, height }: Size): Size {
  const scale = Math.min(LOGO.width / width, LOGO.height / height);
  return { width: width * scale, height: height * scale };
}

/** Furniture, and no figure: beside it stands the name in words. */
function logoContents(size: Size): Content[] {
  return [{ element: null, marks: [{ kind: 'logo', x: LEFT, y: 0, ...size }] }];
}

function titleSlabs({ title: { en, ...chinese } }: DocumentContent, parent: Element): Slab[] {
  const set = (phrase: Phrase, size: number, leading: number): Slab[] => {
    const lines = linesOf({
      phrase,
      style: styleOf(size, 'bold'),
      width: TEXT_WIDTH,
      field: 'title',
      parent,
      tag: 'H1',
    });
    return stack({ columns: [{ x: LEFT, lines }], leading });
  };
  return [...set({ en }, 21, 27), ...set(chinese, 19, 28)];
}

/** In columns of the same grid as labels and values; three dates fit in a row. */
function dateSlabs({ dates, chinese }: DocumentContent, parent: Element): Slab[] {
  if (dates.length === 0) return [];
  const columns = dates.map(({ label, date }, i) => {
    const box = { width: COLUMN - GAP, field: `dates.${i}`, parent: addElement(parent, 'Sect') };
    return {
      x: LEFT + i * COLUMN,
      labels: linesOf({ ...box, phrase: label, style: LABEL }),
      values: linesOf({ ...box, phrase: inChinese(dateOrNone(date), chinese), style: NAME }),
    };
  });
  return [
    ...stack({
      columns: columns.map(({ x, labels }) => ({ x, lines: labels })),
      leading: 12,
      before: 6,
      after: 3,
      ruled: BLACK,
    }),
    ...stack({ columns: columns.map(({ x, values }) => ({ x, lines: values })), leading: 15, after: 8 }),
  ];
}

const SMALL = styleOf(8);
const FOOTER = PAGE.height - mm(11);

/** What every page says of itself: which document, which page, and that it is a test. */
export function furniture(
  { department, title, reference, chinese, isTest, isDraft }: DocumentContent,
  page: number,
  pages: number,
): Content[] {
  const number = oneLine(oneLineOf(inChinese(pageInWords(page, pages), chinese), '  /  '), SMALL, chinese);
  const name = [
    place(oneLine(oneLineOf(department), SMALL, chinese), LEFT, mm(20)),
    place(oneLine(oneLineOf(title), styleOf(8, 'bold'), chinese), LEFT, mm(24.5)),
    rule(LEFT, mm(27), { width: TEXT_WIDTH }),
  ];
  return [
    ...(isDraft ? watermark() : []),
    ...band(bandWords({ chinese, isTest, isDraft }), chinese),
    place(oneLine(reference, SMALL, chinese), LEFT, FOOTER),
    place(number, RIGHT - number.line.width, FOOTER),
    ...(page === 1 ? [] : name),
  ];
}

/** The start of a text that is longer than the line. */
function oneLine(text: string, style: StyledLine['style'], forms: Chinese): StyledLine {
  const line = setLines({ text, style, field: 'page', language: forms }, TEXT_WIDTH)[0] ?? { pieces: [], width: 0 };
  return { line, style, element: null };
}

const BAND_HEIGHT = mm(9);

function bandWords({ chinese, isTest, isDraft }: Pick<DocumentContent, 'chinese' | 'isTest' | 'isDraft'>): string {
  if (isDraft) return DRAFT;
  return isTest ? oneLineOf(inChinese(WORDS.testDocument, chinese)) : '';
}

function band(words: string, chinese: Chinese): Content[] {
  if (words === '') return [];
  const text = oneLine(words, styleOf(11, 'bold', 1), chinese);
  const box: Content = {
    element: null,
    marks: [{ kind: 'box', x: 0, y: 0, width: PAGE.width, height: BAND_HEIGHT, colour: BLACK }],
  };
  return [box, place(text, (PAGE.width - text.line.width) / 2, BAND_HEIGHT / 2 + 4)];
}
