import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { catalogueTable, withTable } from '../../catalogue/table.ts';

describe('the table of types in the README', () => {
  it('is what `node catalogue/table.ts` writes', () => {
    const readme = readFileSync('catalogue/README.md', 'utf8');
    expect(withTable(readme, catalogueTable(loadCatalogue()))).to.equal(readme);
  });

  it('has nowhere to go in a text without its markers', () => {
    expect(() => withTable('# Catalogue\n', '')).to.throw('the markers of the table are missing');
  });
});
