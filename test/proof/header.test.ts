import { expect } from 'chai';
import fc from 'fast-check';
import type { CborValue } from '../../proof/cbor.ts';
import { decodeHeaderItems, type Header, toHeaderItems } from '../../proof/header.ts';
import { expectRefusal } from './refusal.ts';

const day = fc.integer({ min: 0, max: 2_932_896 });
const header: fc.Arbitrary<Header> = fc
  .record({
    issuer: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    credentialType: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    id: fc.uint8Array({ minLength: 6, maxLength: 6 }),
    issued: day,
    days: fc.tuple(day, day, day).map((days) => days.sort((a, b) => a - b)),
    hasEnd: fc.boolean(),
    isPartly: fc.boolean(),
    holderKey: fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 })),
  })
  .map(({ days, hasEnd, isPartly, ...rest }) => {
    const [validFrom = 0, partlyUntil = 0, validUntil = 0] = days;
    return {
      ...rest,
      validFrom,
      validUntil: hasEnd ? validUntil : null,
      partlyUntil: isPartly && (!hasEnd || partlyUntil < validUntil) ? partlyUntil : null,
    };
  });
const VALID: CborValue[] = [1, 1, 1, new Uint8Array(6), 100, 100, 200, null, null];
const withItem = (index: number, value: CborValue) => VALID.with(index, value);

describe('a header', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(header, (original) => {
        expect(decodeHeaderItems(toHeaderItems(original))).to.deep.equal(original);
      }),
    );
  });

  for (const [name, items] of Object.entries({
    'no items': [],
    'an item too few': VALID.slice(0, 8),
    'an item too many': [...VALID, null],
    'an issuer 0': withItem(1, 0),
    'an issuer above 32 bits': withItem(1, 2 ** 32),
    'an issuer as text': withItem(1, '1'),
    'a credential type 0': withItem(2, 0),
    'a credential type of null': withItem(2, null),
    'an id of 5 bytes': withItem(3, new Uint8Array(5)),
    'an id of text': withItem(3, '000000'),
    'a day before 1970': withItem(4, -1),
    'a day after 9999': withItem(5, 2_932_897),
    'an end before the start': withItem(6, 99),
    'an end of 0': withItem(6, 0),
    'a partial end before the start': withItem(7, 99),
    'a partial end that is the end': withItem(7, 200),
    'a partial end after the end': withItem(7, 201),
    'a holder key of 31 bytes': withItem(8, new Uint8Array(31)),
    'false for null': withItem(8, false),
    'a version 0': withItem(0, 0),
    'a version as text': withItem(0, '1'),
  }))
    it(`is refused with ${name}`, () => {
      expectRefusal('FIELD_INVALID', () => decodeHeaderItems(items));
    });

  it('is refused for its version where that is a later one, whatever follows', () => {
    expectRefusal('VERSION_UNKNOWN', () => decodeHeaderItems([2]));
    expectRefusal('VERSION_UNKNOWN', () => decodeHeaderItems(withItem(0, 2)));
  });

  it('may be valid for one day, and partly valid where it has no end', () => {
    expect(decodeHeaderItems(withItem(6, 100)).validUntil).to.equal(100);
    expect(decodeHeaderItems(VALID.with(6, null).with(7, 100)).partlyUntil).to.equal(100);
  });
});
