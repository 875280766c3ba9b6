import { expect } from 'chai';
import { BOTTOM, CONTINUED_TOP, type Content, rule, TOP } from '../../../server/render/page.ts';
import { BODY, heightOf, linesOf, paginate, type Slab, space } from '../../../server/render/slab.ts';

const ROOM = BOTTOM - CONTINUED_TOP;
const FIRST_BOTTOM = 400;

/** A slab with a mark as wide as its number. */
const slab = (number: number, height: number, parts: Partial<Slab> = {}): Slab => ({
  height,
  contents: [rule(0, 0, { width: number })],
  keepWithNext: false,
  ...parts,
});

const numbers = (pages: readonly (readonly Content[])[]): number[][] =>
  pages.map((page) => page.flatMap(({ marks }) => marks.map((mark) => (mark.kind === 'box' ? mark.width : 0))));

const tops = (page: readonly Content[] = []): number[] =>
  page.flatMap(({ marks }) => marks.map((mark) => mark.y + 0.25));

describe('linesOf', () => {
  it('gives English and Chinese in one line the forms of the Chinese that the document is in', () => {
    const familiesOf = (forms?: 'zh-Hant' | 'zh-Hans') =>
      linesOf({
        phrase: 'Bone 骨测',
        style: BODY,
        width: 200,
        field: 'name',
        parent: null,
        ...(forms ? { forms } : {}),
      })
        .flatMap(({ line }) => line.pieces)
        .map(({ typeface, text }) => `${text} ${/NotoSans(HK|SC)_/.exec(typeface.name)?.[1]}`);
    expect(familiesOf('zh-Hant')).to.deep.equal(['Bone 骨 HK', '测 SC']);
    expect(familiesOf('zh-Hans')).to.deep.equal(['Bone 骨测 SC']);
  });
});

describe('paginate', () => {
  it('puts slabs below each other, on the first page down to its own end', () => {
    const pages = paginate(
      [slab(1, 100), slab(2, FIRST_BOTTOM - TOP - 100), slab(3, 10), slab(4, ROOM - 10), slab(5, 1)],
      FIRST_BOTTOM,
    );
    expect(numbers(pages)).to.deep.equal([[1, 2], [3, 4], [5]]);
    expect(pages.map(tops)).to.deep.equal([[TOP, TOP + 100], [CONTINUED_TOP, CONTINUED_TOP + 10], [CONTINUED_TOP]]);
  });

  it('keeps together what belongs together', () => {
    const pages = paginate([slab(1, 250), slab(2, 50, { keepWithNext: true }), slab(3, 100)], FIRST_BOTTOM);
    expect(numbers(pages)).to.deep.equal([[1], [2, 3]]);
  });

  it('does not keep together what no page holds', () => {
    const tall = Array.from({ length: 10 }, (_, i) => slab(i + 1, 100, { keepWithNext: true }));
    expect(numbers(paginate(tall, FIRST_BOTTOM))).to.deep.equal([
      [1, 2, 3],
      [4, 5, 6, 7, 8, 9, 10],
    ]);
  });

  it('repeats a heading above a slab that starts a page, and nowhere else', () => {
    const repeated = [slab(100, 20), slab(101, 20)];
    const pages = paginate([slab(1, 200), slab(2, 100, { repeated }), slab(3, 100, { repeated })], FIRST_BOTTOM);
    expect(numbers(pages)).to.deep.equal([
      [1, 2],
      [100, 101, 3],
    ]);
    expect(tops(pages[1])).to.deep.equal([CONTINUED_TOP, CONTINUED_TOP + 20, CONTINUED_TOP + 40]);
  });

  it('repeats no heading that would take the room from the text', () => {
    const pages = paginate([slab(1, 300), slab(2, 100, { repeated: [slab(100, ROOM / 2)] })], FIRST_BOTTOM);
    expect(numbers(pages)).to.deep.equal([[1], [2]]);
  });

  it('starts no page for white space', () => {
    const full = slab(1, FIRST_BOTTOM - TOP);
    expect(numbers(paginate([full, { ...space(5), keepWithNext: false }], FIRST_BOTTOM))).to.deep.equal([[1]]);
    expect(heightOf([full, space(5)])).to.equal(FIRST_BOTTOM - TOP + 5);
  });
});
