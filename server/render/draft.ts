import { setLines } from './line.ts';
import { BLACK, type Content, type Element, PAGE, rule } from './page.ts';
import { contentsOf, heightOf, linesOf, place, stack, styleOf } from './slab.ts';

/** In all three languages, whichever the document is in: whoever is shown a preview has to see that it is none. */
export const DRAFT = 'DRAFT, NOT VALID  草擬本，無效  草拟本，无效';

/** Light enough to read through, dark enough to be copied along. */
const WATERMARK_GREY = 0.86;
const WATERMARK = [
  { text: 'DRAFT', size: 130, y: 0.46 },
  { text: '草擬本 草拟本', size: 66, y: 0.58 },
];

/** Behind the text of every page. */
export function watermark(): Content[] {
  return WATERMARK.map(({ text, size, y }) => {
    const style = styleOf(size, 'bold', WATERMARK_GREY);
    const line = setLines({ text, style, field: 'page' }, PAGE.width)[0] ?? { pieces: [], width: 0 };
    return place({ line, style, element: null }, (PAGE.width - line.width) / 2, PAGE.height * y);
  });
}

interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Where the code will stand: as large as it will be, so that the preview divides its pages as the document does. */
export function codePlace({ x, y, side }: Square, parent: Element): Content[] {
  const lines = ['No code yet', '尚未有二維碼', '尚无二维码'].flatMap((phrase) =>
    linesOf({ phrase, style: styleOf(9, 'bold'), width: side, field: 'page', parent }),
  );
  const slabs = lines.flatMap((line) =>
    stack({ columns: [{ x: x + (side - line.line.width) / 2, lines: [line] }], leading: 15 }),
  );
  return [...frame({ x, y, side }), ...contentsOf(slabs, y + (side - heightOf(slabs)) / 2)];
}

function frame({ x, y, side }: Square): Content[] {
  const upright = (left: number): Content => ({
    element: null,
    marks: [{ kind: 'box', x: left, y, width: 0.5, height: side, colour: BLACK }],
  });
  return [rule(x, y, { width: side }), rule(x, y + side, { width: side }), upright(x), upright(x + side)];
}
