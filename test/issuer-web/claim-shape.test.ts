import { expect } from 'chai';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { sampleClaims } from '../../catalogue/samples.ts';
import { blankOf, shapeOf, toJson, toTyped } from '../../issuer-web/claim-shape.ts';
import { CLAIM_TYPES, type ClaimType } from '../../proof/claim-value.ts';

describe('fields of a claim', () => {
  const types = loadCatalogue().types;

  it('say the same value again, for every claim of every type of the catalogue', () => {
    const met = new Set<ClaimType>();
    for (const { code, definition } of types) {
      const { claims } = sampleClaims(code, '2026-06-01', 3);
      for (const claim of definition.claims) {
        const value = claims[claim.name];
        if (value === undefined) continue;
        met.add(claim.type);
        const shape = shapeOf(claim);
        expect(toJson(shape, toTyped(shape, value)), `${code} ${claim.name}`).to.deep.equal(value);
      }
    }
    expect([...met]).to.have.members(CLAIM_TYPES);
  });

  it('say nothing while nothing was typed', () => {
    for (const { definition } of types)
      for (const claim of definition.claims) {
        const shape = shapeOf(claim);
        expect(toJson(shape, blankOf(shape)) ?? undefined, claim.name).to.equal(undefined);
        expect(toTyped(shape, undefined)).to.deep.equal(blankOf(shape));
      }
  });

  it('pass on what is wrong as it was typed, and over no row that was left empty', () => {
    const integer = shapeOf({ type: 'integer' } as never);
    expect(toJson(integer, '12a')).to.equal('12a');
    expect(toJson(integer, ' 12 ')).to.equal(12);
    const list = shapeOf({ type: 'list' } as never);
    expect(toJson(list, ['a', ''])).to.deep.equal(['a', '']);
    const grades = shapeOf({ type: 'gradeList' } as never);
    expect(toJson(grades, [blankOf((grades as { item: typeof grades }).item)])).to.deep.equal([{}]);
  });

  it('take rows as a spreadsheet copies them', () => {
    const table = shapeOf({ type: 'table' } as never);
    expect(toJson(table, 'Item\tCount\r\nOil | 3\n\n')).to.deep.equal([
      ['Item', 'Count'],
      ['Oil', '3'],
    ]);
    const odd = [['a|b', 'c']];
    expect(toJson(table, toTyped(table, odd))).to.deep.equal(odd);
  });
});
