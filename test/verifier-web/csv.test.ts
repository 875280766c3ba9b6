import { expect } from 'chai';
import { toReference } from '../../proof/reference.ts';
import { toCsv } from '../../ui/csv.ts';
import { readReferences } from '../../verifier-web/many/references.ts';

const [one, two] = [Uint8Array.of(1, 2, 3, 4, 5, 6), Uint8Array.of(6, 5, 4, 3, 2, 1)].map(toReference) as [
  string,
  string,
];

describe('a list of references', () => {
  it('has one in each line, whatever stands beside it and however it was typed', () => {
    const text = `\ufeffNo.,Reference,Name\r\n1,"${one}",Chan\r\n2;${two.toLowerCase().replaceAll('-', ' ')};Wong\n\n`;
    expect(readReferences(text)).to.deep.equal([
      { typed: one, reference: one },
      { typed: two, reference: two },
    ]);
  });

  it('has no heading where its first line is a reference', () => {
    expect(readReferences(one)).to.deep.equal([{ typed: one, reference: one }]);
  });

  it('names every line after the first that holds none, so that nothing passes for checked', () => {
    const wrong = `${one.slice(0, -1)}${one.endsWith('0') ? '1' : '0'}`;
    expect(readReferences(`${one}\n${wrong},Chan\n`)).to.deep.equal([
      { typed: one, reference: one },
      { typed: wrong, reference: null },
    ]);
  });
});

describe('the exported table', () => {
  for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '\r=1', '＝1', '＠x'])
    it(`shows ${JSON.stringify(formula)} as text`, () => {
      expect(toCsv([[formula]])).to.match(/^\ufeff"?'/);
    });

  it('is a table by RFC 4180 that spreadsheet programs know for UTF-8', () => {
    expect(
      toCsv([
        ['a', 'b,"c"'],
        ['陳', 'x\ny'],
      ]),
    ).to.equal('\ufeffa,"b,""c"""\r\n陳,"x\ny"\r\n');
  });
});
