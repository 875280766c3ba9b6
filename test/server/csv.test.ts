import { expect } from 'chai';
import { readRecords } from '../../catalogue/csv-records.ts';
import { BOM, fromCell, toCsv, toSpreadsheetCsv } from '../../server/csv.ts';

describe('a CSV that is given away', () => {
  for (const formula of [
    '=1+1',
    '+1',
    '-1',
    '@x',
    '＝1',
    '＋1',
    '－1',
    '＠x',
    '\t=1',
    '\r=1',
    ' =1',
    '\u00a0=1',
    "=cmd|' /C calc'!A0",
  ])
    it(`shows ${JSON.stringify(formula)} as text`, () => {
      expect(readRecords(toCsv([[formula]]))).to.deep.equal([[`'${formula}`]]);
    });

  it('is read again as what it was', () => {
    for (const cell of ['=1', "'=1", "''=1", ' +1', "'quoted'", "'", 'plain', ''])
      expect(
        readRecords(toCsv([[cell]]))
          .flat()
          .map(fromCell),
        cell,
      ).to.deep.equal(cell === '' ? [] : [cell]);
  });

  it('leaves numbers, dates and what only has a sign within as they are', () => {
    expect(toCsv([[-1, null, '2026-03-01', 'a=b', '1-2']])).to.equal('-1,,2026-03-01,a=b,1-2\r\n');
  });

  it('says the same as before to who reads it, whatever stands in a cell', () => {
    const cells = ['a,b', 'say "so"', 'two\nlines', 'two\r\nlines', '"', '', '黃大仙'];
    expect(readRecords(toCsv([cells]))).to.deep.equal([cells]);
    expect(toSpreadsheetCsv([['a']])).to.equal(`${BOM}a\r\n`);
  });
});
