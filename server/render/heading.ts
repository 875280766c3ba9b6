import type { DocumentContent, Phrase } from './document.ts';
import { DRAFT, watermark } from './draft.ts';
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
  TEXT_WIDTH,
} from './page.ts';
import { dateOrNone } from './phrase.ts';
import { keep, LABEL, linesOf, place, type Slab, type StyledLine, space, stack, styleOf } from './slab.ts';

const NAME = styleOf(11, 'bold');
const REFERENCE_X = LEFT + 2 * COLUMN;

/** The department, the reference, the title and the dates. */
export function headingSlabs(content: DocumentContent, { scale }: Density, root: Element): Slab[] {
  const parent = addElement(root, 'Sect');
  return keep([
    ...nameSlabs(content, parent),
    space(mm(8) * scale),
    ...titleSlabs(content, parent),
    space(mm(6) * scale),
    ...dateSlabs(content, parent),
  ]);
}

function nameSlabs({ department, reference }: DocumentContent, parent: Element): Slab[] {
  const names = linesOf({
    phrase: bilingual(department),
    style: NAME,
    width: REFERENCE_X - LEFT - GAP,
    field: 'department',
    parent,
  });
  const box = { width: RIGHT - REFERENCE_X, field: 'reference', parent };
  const label = linesOf({ ...box, phrase: 'Reference 參考編號', style: LABEL });
  const columns = [
    { x: LEFT, lines: names },
    { x: REFERENCE_X, lines: [...label, ...linesOf({ ...box, phrase: reference, style: NAME })] },
  ];
  return [
    { height: 9, contents: [rule(LEFT, 0, { width: TEXT_WIDTH, weight: 2.5 })], keepWithNext: true },
    ...stack({ columns, leading: 16 }),
  ];
}

function titleSlabs({ title }: DocumentContent, parent: Element): Slab[] {
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
  return [...set({ en: title.en }, 21, 27), ...set({ 'zh-Hant': title['zh-Hant'] }, 19, 28)];
}

/** In columns of the same grid as labels and values; three dates fit in a row. */
function dateSlabs({ dates }: DocumentContent, parent: Element): Slab[] {
  if (dates.length === 0) return [];
  const columns = dates.map(({ label, date }, i) => {
    const box = { width: COLUMN - GAP, field: `dates.${i}`, parent: addElement(parent, 'Sect') };
    return {
      x: LEFT + i * COLUMN,
      labels: linesOf({ ...box, phrase: bilingual(label), style: LABEL }),
      values: linesOf({ ...box, phrase: dateOrNone(date), style: NAME }),
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

export function bilingual(label: { en: string; 'zh-Hant': string }): Phrase {
  return { en: label.en, 'zh-Hant': label['zh-Hant'] };
}

const SMALL = styleOf(8);
const FOOTER = PAGE.height - mm(11);

/** What every page says of itself: which document, which page, and that it is a test. */
export function furniture(
  { department, title, reference, isTest, isDraft }: DocumentContent,
  page: number,
  pages: number,
): Content[] {
  const number = oneLine(`Page ${page} of ${pages}  /  第 ${page} 頁，共 ${pages} 頁`, SMALL);
  const name = [
    place(oneLine(`${department.en}  ${department['zh-Hant']}`, SMALL), LEFT, mm(20)),
    place(oneLine(`${title.en}  ${title['zh-Hant']}`, styleOf(8, 'bold')), LEFT, mm(24.5)),
    rule(LEFT, mm(27), { width: TEXT_WIDTH }),
  ];
  return [
    ...(isDraft ? [...watermark(), ...band(DRAFT)] : isTest ? band('TEST DOCUMENT  測試文件') : []),
    place(oneLine(reference, SMALL), LEFT, FOOTER),
    place(number, RIGHT - number.line.width, FOOTER),
    ...(page === 1 ? [] : name),
  ];
}

/** The start of a text that is longer than the line. */
function oneLine(text: string, style: StyledLine['style']): StyledLine {
  const line = setLines({ text, style, field: 'page' }, TEXT_WIDTH)[0] ?? { pieces: [], width: 0 };
  return { line, style, element: null };
}

const BAND_HEIGHT = mm(9);

function band(words: string): Content[] {
  const text = oneLine(words, styleOf(11, 'bold', 1));
  const box: Content = {
    element: null,
    marks: [{ kind: 'box', x: 0, y: 0, width: PAGE.width, height: BAND_HEIGHT, grey: BLACK }],
  };
  return [box, place(text, (PAGE.width - text.line.width) / 2, BAND_HEIGHT / 2 + 4)];
}
