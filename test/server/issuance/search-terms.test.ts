import { expect } from 'chai';
import { loadCatalogue } from '../../../catalogue/catalogue.ts';
import {
  isSearchable,
  searchTermsFor,
  searchTermsOf,
  toName,
  toNumber,
} from '../../../server/issuance/search-terms.ts';
import { createCipher } from '../../../server/keys/cipher.ts';

const { types } = loadCatalogue();
const cipher = createCipher(new Uint8Array(32).fill(7));

function searchableOf(code: string): string[] {
  const { definition } = types.findLast((type) => type.code === code) as (typeof types)[number];
  return definition.claims.filter(isSearchable).map(({ name }) => name);
}

describe('what a credential is found by', () => {
  it('is its number, its holder, its subject, and every other number that is not sensitive', () => {
    expect(searchableOf('FEHD-GRL')).to.deep.equal(['licenceNumber', 'licenseeName', 'shopSign', 'layoutPlanRef']);
    expect(searchableOf('TD-DL')).to.deep.equal(['dlNumber', 'holderName']);
    expect(searchableOf('TD-VL')).to.deep.equal(['vehicleRegMark', 'owner']);
    expect(searchableOf('HKPF-SPP'), 'no identity card').to.deep.equal(['permitNumber', 'holderName']);
    expect(searchableOf('MD-SHIP')).to.deep.equal(['trackingNumber', 'shipName', 'imoNumber', 'officialNumber']);
  });

  it('is something, of every type', () => {
    for (const { code } of types) expect(searchableOf(code), code).not.to.have.length(0);
  });

  for (const [what, one, other] of [
    ['capitals', 'Chan Tai Man', 'CHAN TAI MAN'],
    ['the order of words', 'Chan Tai Man', 'Tai Man CHAN'],
    ['commas, hyphens and spaces', 'Chan Tai Man', 'CHAN,  Tai-man'],
    ['full stops and apostrophes', "O'Brien & Co. Ltd.", 'OBRIEN CO LTD'],
    ['accents', 'Café Zoë', 'Cafe Zoe'],
    ['wide characters', 'ＡＢＣ　１２', 'abc 12'],
    ['spaces between Han characters', '陳 大 文', '陳大文'],
    ['where Han characters stand', 'ABC茶餐廳', '茶餐廳 ABC'],
  ] as const)
    it(`is a name of which ${what} make no difference`, () => expect(toName(one)).to.equal(toName(other)));

  for (const [what, one, other] of [
    ['another word', 'Chan Tai Man', 'Chan Tai'],
    ['the order of Han characters', '陳大文', '文大陳'],
    ['a letter', 'Chan Tai Man', 'Chan Tai Men'],
  ] as const)
    it(`is a name of which ${what} makes another`, () => expect(toName(one)).not.to.equal(toName(other)));

  it('is a number without what only makes it readable', () => {
    expect(toNumber('22 31-450678/A')).to.equal('2231450678a');
    expect(toNumber('ＡＢ 1234')).to.equal('ab1234');
  });

  const { definition } = types.find(({ code }) => code === 'FEHD-GRL') as (typeof types)[number];
  const groups = {
    shown: ['2231450678', 0, ['Chan Tai Man', '陳大文'], [null, '陳記'], ['1 Test Street', null]],
    rest: [null, null, null, null, null],
  };
  const termsOf = (issuer: number, key = cipher) =>
    searchTermsOf(definition, groups, { issuer: { id: issuer }, cipher: key }).map((term) =>
      Buffer.from(term).toString('hex'),
    );

  it('is a hash of eight bytes for each number, and for each language of a name', () => {
    const terms = termsOf(1);
    expect(terms).to.have.length(4);
    for (const term of terms) expect(term).to.have.length(16);
    for (const text of ['22 31450678', 'tai man chan', '陳大文', '陳記']) {
      const asked = searchTermsFor(text, { issuer: { id: 1 }, cipher }).map((term) =>
        Buffer.from(term).toString('hex'),
      );
      expect(
        terms.filter((term) => asked.includes(term)),
        text,
      ).to.have.length(1);
    }
  });

  it('is another hash in another department, and under another key', () => {
    const terms = termsOf(1);
    for (const other of [termsOf(2), termsOf(1, createCipher(new Uint8Array(32).fill(8)))])
      expect(other.filter((term) => terms.includes(term))).to.deep.equal([]);
  });

  it('is nothing where there is neither letter nor digit', () => {
    expect(searchTermsFor(' – / ', { issuer: { id: 1 }, cipher })).to.deep.equal([]);
  });
});
