import { expect } from 'chai';
import fc from 'fast-check';
import { type Line, measure, type Style, setLines } from '../../../server/render/line.ts';
import { findUndrawable } from '../../../server/render/typeface.ts';

const STYLE: Style = { size: 10, weight: 'regular', grey: 0 };

const set = (text: string, width: number): Line[] => setLines({ text, style: STYLE, field: 'name' }, width);
const textOf = (line: Line): string => line.pieces.map((piece) => piece.text).join('');
const texts = (text: string, width: number): string[] => set(text, width).map(textOf);
const widthOf = (text: string): number => measure({ text, style: STYLE, field: 'name' });

describe('setLines', () => {
  it('takes the forms of Hong Kong, and for Simplified Chinese those of one family', () => {
    const families = (language: 'zh-Hant' | 'zh-Hans' | undefined) =>
      setLines({ text: '骨测', style: STYLE, field: 'name', language }, 100).flatMap(({ pieces }) =>
        pieces.map(({ typeface, text }) => `${text} ${/NotoSans(HK|SC)_/.exec(typeface.name)?.[1]}`),
      );
    expect(families('zh-Hant')).to.deep.equal(['骨 HK', '测 SC']);
    expect(families(undefined)).to.deep.equal(['骨 HK', '测 SC']);
    expect(families('zh-Hans')).to.deep.equal(['骨测 SC']);
  });

  it('breaks English between words', () => {
    expect(texts('The licensee shall display this licence', widthOf('display this licence'))).to.deep.equal([
      'The licensee shall',
      'display this licence',
    ]);
  });

  it('breaks Chinese between any two characters', () => {
    expect(texts('持牌人須時刻將本牌照展示', 50)).to.deep.equal(['持牌人須時', '刻將本牌照', '展示']);
  });

  it('breaks between Chinese and Latin, but not within the Latin', () => {
    expect(texts('牌照FB及附件', 25)).to.deep.equal(['牌照', 'FB及', '附件']);
  });

  it('starts no line with closing punctuation and ends none with opening punctuation', () => {
    expect(texts('一二三，四五', 30)).to.deep.equal(['一二', '三，四', '五']);
    expect(texts('一二（三四）五', 30)).to.deep.equal(['一二', '（三', '四）五']);
    expect(texts('一「二三」。四', 40)).to.deep.equal(['一「二', '三」。四']);
  });

  it('keeps numbers with the characters around them', () => {
    expect(texts('有效期至2026年6月1日止', 60)).to.deep.equal(['有效期', '至2026年6月', '1日止']);
  });

  it('breaks after hyphens and slashes within words, not within numbers', () => {
    expect(texts('import/export', widthOf('import/'))).to.deep.equal(['import/', 'export']);
    expect(texts('Shop 12-14', widthOf('Shop 12-'))).to.deep.equal(['Shop', '12-14']);
  });

  it('keeps together what a no-break space joins', () => {
    expect(texts('one two\u00a0three', widthOf('two three'))).to.deep.equal(['one', 'two\u00a0three']);
  });

  it('breaks a word that is wider than the line where it must', () => {
    const lines = texts('ABCDEFGHIJ', widthOf('ABCD'));
    expect(lines[0]).to.equal('ABCD');
    expect(lines.join('')).to.equal('ABCDEFGHIJ');
  });

  it('takes the fallback font for the characters that need it, and no others', () => {
    const [line] = set('測試测试 test', 200);
    expect(line?.pieces.map((piece) => [piece.text, /sans-(..)/.exec(piece.typeface.name)?.[1]])).to.deep.equal([
      ['測試', 'hk'],
      ['测试', 'sc'],
      [' test', 'hk'],
    ]);
  });

  it('sets no space at the end of a line, and no line for nothing', () => {
    expect(texts('one two  ', 200)).to.deep.equal(['one two']);
    expect(texts('', 200)).to.deep.equal([]);
  });

  it('sets quotation marks and apostrophes as narrow as Latin', () => {
    for (const mark of '‘’“”') expect(widthOf(mark)).to.be.below(6);
  });

  it('kerns Latin', () => {
    expect(widthOf('AV')).to.be.below(widthOf('A') + widthOf('V'));
  });

  it('loses nothing but spaces at breaks, and sets no line wider than asked, whatever the text', () => {
    const characters = fc.constantFrom(...'abcXYZ012 -/,.()持牌人須時刻，。（）「」、𠝹𨋢测试é\u00a0');
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 120 }), fc.integer({ min: 12, max: 200 }), (text, width) => {
        const lines = set(text, width);
        expect(lines.map(textOf).join('').replaceAll(' ', '')).to.equal(text.replaceAll(' ', ''));
        for (const line of lines) expect(line.width).to.be.at.most(width + 1e-6);
      }),
    );
  });
});

describe('findUndrawable', () => {
  it('finds the first character that no font has', () => {
    expect(findUndrawable('Harvest Kitchen 豐收小廚𨋢 测试')).to.equal(undefined);
    expect(findUndrawable('ok 🦀 🦞')).to.equal('🦀');
    expect(findUndrawable('line\nbreak')).to.equal('\n');
  });
});
