import { expect } from 'chai';
import { type Sheet, toWorkbook } from '../../server/xlsx.ts';
import { findAll, readWorkbook, type Xml } from './workbook.ts';

const sheet = (of: Partial<Sheet> = {}): Sheet => ({
  ...{ name: 'One', records: [['a', 'b']], heads: 1, widths: [10, 20] },
  ...of,
});

describe('a workbook', () => {
  it('names each of its parts with its type, and no part that is not there', () => {
    const { parts, sheets } = readWorkbook(toWorkbook([sheet(), sheet({ name: 'Two' })]));
    const types = parts.get('/[Content_Types].xml') as Xml;
    const named = findAll(types, 'Override').map(({ attributes }) => attributes.PartName);
    const others = findAll(types, 'Default').map(({ attributes }) => attributes.Extension);
    expect(others).to.have.members(['rels', 'xml']);
    expect([...parts.keys()].filter((name) => !/^\/\[|\.rels$/.test(name))).to.have.members(named);
    expect(sheets.map(({ name }) => name)).to.deep.equal(['One', 'Two']);
  });

  it('has its cells at their places, all of them text in cells that are text', () => {
    const [read] = readWorkbook(
      toWorkbook([sheet({ records: [['a', '', '0123'], [], ['2026-03-01', '=1+1']] })]),
    ).sheets;
    expect(read?.cells).to.deep.equal({ A1: 'a', C1: '0123', A3: '2026-03-01', B3: '=1+1' });
    expect([...(read?.types ?? [])]).to.deep.equal(['inlineStr']);
    expect([...(read?.formats ?? [])], '49 is text, also for what is typed later').to.deep.equal(['49']);
    expect(read?.columns.map(({ attributes: { min, max } }) => [min, max])).to.deep.equal([
      ['1', '1'],
      ['2', '2'],
    ]);
  });

  it('keeps every text that XML can have, and lets no other damage it', () => {
    const texts = [
      '<a href="x">&amp;</a>',
      ' two  spaces ',
      'two\nlines',
      '黃大仙 𠮷',
      'a\u0000b\u001f',
      'half \ud800',
      '\ufffe',
    ];
    const [read] = readWorkbook(toWorkbook([sheet({ records: [texts], widths: [] })])).sheets;
    expect(Object.values(read?.cells ?? {})).to.deep.equal([
      ...texts.slice(0, 4),
      'a\ufffdb\ufffd',
      'half \ufffd',
      '\ufffd',
    ]);
  });

  it('holds to what Excel bears: names of sheets and the length of a cell', () => {
    const name = `a/b:c*d?[e]${'x'.repeat(40)}`;
    const { sheets } = readWorkbook(toWorkbook([sheet({ name }), sheet({ name, records: [['x'.repeat(40_000)]] })]));
    for (const each of sheets) expect(each.name).to.match(/^[^[\]:*?/\\']{1,31}$/);
    expect(new Set(sheets.map((each) => each.name)).size).to.equal(2);
    expect(sheets[1]?.cells.A1).to.have.length(32_767);
  });

  it('is the same bytes for the same content', () => {
    expect(toWorkbook([sheet()])).to.deep.equal(toWorkbook([sheet()]));
  });
});
