import { expect } from 'chai';
import { loadCatalogue } from '../../../catalogue/catalogue.ts';
import { readClaims } from '../../../proof/claims.ts';
import { toLetters } from '../../../server/column-letters.ts';
import { meaningOf } from '../../../server/imports/column-meanings.ts';
import { columnNames, columnsOf, toRequest } from '../../../server/imports/columns.ts';
import { templateWorkbook } from '../../../server/imports/template-workbook.ts';
import { extractImages } from '../../../server/issuance/image.ts';
import { readWorkbook } from '../workbook.ts';

const { types } = loadCatalogue();

describe('a template as a workbook', () => {
  for (const language of [undefined, 'en', 'zh-Hant', 'zh-Hans'] as const)
    it(`has the columns of the CSV${language ? ` in ${language}` : ''}, of every type, each of them text`, () => {
      for (const type of types) {
        const [first] = readWorkbook(templateWorkbook(type, language)).sheets;
        const names = columnNames(type, language);
        expect(Object.values(first?.cells ?? {}), type.code).to.deep.equal(names);
        expect(first?.columns.length, type.code).to.equal(names.length);
        expect([...(first?.formats ?? [])], type.code).to.deep.equal(['49']);
      }
    });

  it('says of every column in three languages what it is for, with its codes, and how to save it', () => {
    for (const type of types) {
      const [, second] = readWorkbook(templateWorkbook(type, 'zh-Hant')).sheets;
      const cells = second?.cells ?? {};
      for (const [i, column] of columnsOf(type).entries()) {
        const row = i + 2;
        expect(cells[`A${row}`], type.code).to.equal(columnNames(type, 'zh-Hant')[i]);
        for (const letter of ['B', 'C', 'D', 'G'])
          expect(cells[`${letter}${row}`], `${type.code} ${letter}${row}`).to.match(/./);
        expect(cells[`C${row}`]).to.match(/\p{Script=Han}/u);
        for (const { code, label } of column.claim?.options ?? [])
          expect(cells[`F${row}`], `${type.code} ${code}`).to.contain(`${code} = ${label.en} / ${label['zh-Hant']}`);
        expect(cells[`E${row}`] ?? '').to.equal(
          column.claim?.required || column.pointer === '/validity/validFrom' ? 'yes 是' : '',
        );
      }
      expect(Object.values(cells).filter((text) => text.includes('CSV UTF-8'))).to.have.length(3);
    }
  });

  it('has examples that the rules of claims take, of every type', () => {
    for (const type of types) {
      const columns = columnsOf(type).filter(({ claim }) => claim !== null);
      const { row, problems } = toRequest(
        columns,
        columns.map((column) => meaningOf(column, type).example),
      );
      expect(problems, type.code).to.deep.equal([]);
      const extracted = extractImages(type.definition, row.claims as never);
      expect(extracted.problems, type.code).to.deep.equal([]);
      expect(readClaims(type.definition, extracted.claims).problems, type.code).to.deep.equal([]);
    }
  });

  it('has as many columns as letters can name', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(toLetters)).to.deep.equal(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
  });
});
