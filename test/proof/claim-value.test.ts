import { expect } from 'chai';
import fc from 'fast-check';
import { type CborValue, decodeCbor, encodeCbor } from '../../proof/cbor.ts';
import {
  CLAIM_TYPES,
  type ClaimRule,
  type ClaimType,
  ClaimValueError,
  decodeClaimValue,
  encodeClaimValue,
} from '../../proof/claim-value.ts';
import { isEqualJson, type Json } from '../../proof/json.ts';
import { EVERY_CLAIMS } from '../../scripts/vectors/definitions.ts';

import { VALUES } from './arbitrary-claims.ts';

const OPTIONS = [{ code: 'first' }, { code: 'second' }, { code: 'third' }];
const ruleOf = (type: ClaimType): ClaimRule => ({ type, ...(type === 'enum' ? { options: OPTIONS } : {}) });

function pathRefused(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ClaimValueError) return error.path;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('claim values', () => {
  for (const type of CLAIM_TYPES) {
    it(`reads back each ${type} that it writes`, () => {
      fc.assert(
        fc.property(VALUES[type], (json) => {
          const value = decodeCbor(encodeCbor(encodeClaimValue(ruleOf(type), json)));
          expect(isEqualJson(decodeClaimValue(ruleOf(type), value), json)).to.equal(true);
        }),
      );
    });

    it(`has one encoding for each ${type}: what decodes encodes to the same`, () => {
      const valid = encodeClaimValue(ruleOf(type), EVERY_CLAIMS[type]);
      fc.assert(
        fc.property(mutation(valid), (value) => {
          let json: Json;
          try {
            json = decodeClaimValue(ruleOf(type), value);
          } catch (error) {
            expect(error).to.be.instanceOf(ClaimValueError);
            return;
          }
          expect(encodeClaimValue(ruleOf(type), json)).to.deep.equal(value);
        }),
        { numRuns: 300 },
      );
    });

    it(`refuses every other kind of value for a ${type}`, () => {
      for (const wrong of [
        undefined,
        null,
        {},
        [],
        [[]],
        [null],
        '',
        ' ',
        1.5,
        Number.NaN,
        { x: 1 },
        'no\u0000',
        [''],
        true,
      ])
        if (!(type === 'boolean' && wrong === true))
          expect(() => encodeClaimValue(ruleOf(type), wrong as Json), JSON.stringify(wrong)).to.throw(ClaimValueError);
      for (const wrong of [
        null,
        [],
        [[]],
        [null],
        '',
        ' ',
        Uint8Array.of(1),
        [Uint8Array.of(1)],
        [null, null],
        2 ** 40,
        [1, 2],
        true,
      ])
        if (!(type === 'boolean' && wrong === true) && !(type === 'integer' && wrong === 2 ** 40))
          expect(() => decodeClaimValue(ruleOf(type), wrong as CborValue), JSON.stringify(wrong)).to.throw(
            ClaimValueError,
          );
    });
  }

  it('says where in a value the fault is', () => {
    expect(pathRefused(() => encodeClaimValue({ type: 'bilingualList' }, [{ en: 'a' }, { 'zh-Hant': '' }]))).to.equal(
      '/1/zh-Hant',
    );
    expect(pathRefused(() => encodeClaimValue({ type: 'quantity' }, { amount: '1', unit: 'm', 'a/b~c': 1 }))).to.equal(
      '/a~1b~0c',
    );
    expect(pathRefused(() => encodeClaimValue({ type: 'table' }, [['a'], ['b', 7]]))).to.equal('/1/1');
  });

  it('repeats no more than a little of a name that a stranger made up', () => {
    expect(pathRefused(() => encodeClaimValue({ type: 'quantity' }, { ['x'.repeat(10_000)]: 1 })).length).to.be.below(
      70,
    );
  });

  it('counts a text in UTF-16 units, up to what the type allows', () => {
    const rule: ClaimRule = { type: 'text', maxLength: 4 };
    expect(encodeClaimValue(rule, '𠮷𠮷')).to.equal('𠮷𠮷');
    expect(() => encodeClaimValue(rule, '𠮷𠮷a')).to.throw(/at most 4 characters, got 5/);
    expect(() => encodeClaimValue({ type: 'text' }, 'a'.repeat(1_001))).to.throw(/at most 1000/);
  });

  it('takes 1 to 200 items', () => {
    const items = (count: number) => Array.from({ length: count }, () => 'x');
    expect(() => encodeClaimValue({ type: 'list' }, items(200))).not.to.throw();
    expect(() => encodeClaimValue({ type: 'list' }, items(201))).to.throw(/1 to 200 items, got 201/);
    expect(() => encodeClaimValue({ type: 'list' }, [])).to.throw(/1 to 200/);
  });

  for (const wrong of [
    '01',
    '1.',
    '.5',
    '+1',
    '-0',
    '-0.00',
    '1e3',
    '1,000',
    '1 ',
    '٣',
    '1.1234567',
    '1234567890123456',
    '0x1',
    '1\n',
  ])
    it(`refuses the amount ${JSON.stringify(wrong)}`, () => {
      expect(() => encodeClaimValue({ type: 'quantity' }, { amount: wrong, unit: 'm' })).to.throw(/decimal number/);
    });

  for (const right of ['0', '0.00', '-0.01', '-1', '2150.00', '999999999999999.999999'])
    it(`takes the amount ${right} as it is written`, () => {
      expect(encodeClaimValue({ type: 'quantity' }, { amount: right, unit: 'm' })).to.deep.equal([right, 'm']);
    });

  for (const [name, wrong] of Object.entries({
    'a line break': 'a\nb',
    'a delete character': 'a\u007fb',
    'a turn of direction': 'a\u202eb',
    'an isolate': 'a\u2066b',
    'an Arabic letter mark': 'a\u061cb',
    'a zero-width space': 'a\u200bb',
    'a zero-width joiner': 'a\u200db',
    'a soft hyphen': 'a\u00adb',
    'a word joiner': 'a\u2060b',
    'a byte order mark': 'a\ufeffb',
    'a Hangul filler': 'a\u3164b',
    'a line separator': 'a\u2028b',
    'a tag': 'a\u{e0041}b',
    'a private-use character': 'a\ue000b',
    'a private-use character of plane 16': 'a\u{10fffd}b',
    'a code point that is none': 'a\ufdd0b',
    'the last code point of a plane': 'a\u{2ffff}b',
    'a replacement character': 'a\ufffdb',
    'a space at the start': ' ab',
    'a wide space at the end': 'ab\u3000',
    'text that is not NFC': 'e\u0301',
    'half a surrogate pair': 'a\ud800',
  }))
    it(`refuses ${name}`, () => {
      expect(() => encodeClaimValue({ type: 'text' }, wrong)).to.throw(ClaimValueError);
      expect(() => decodeClaimValue({ type: 'text' }, wrong)).to.throw(ClaimValueError);
    });

  it('takes the characters that names and addresses are made of', () => {
    for (const text of [
      '陳大文',
      '𠮷野家',
      '葛\u{e0100}城',
      '羽\ufe00',
      "O'Brien-Smith Ltd.",
      'Zoë',
      'A\u3000B',
      '½ 樓',
      '香港仔（第3期）',
      '😀',
    ])
      expect(encodeClaimValue({ type: 'text' }, text)).to.equal(text);
  });
});

/** A value that differs a little from a valid one. */
function mutation(valid: CborValue): fc.Arbitrary<CborValue> {
  const other = fc.constantFrom<CborValue>(
    null,
    0,
    -1,
    3,
    'x',
    '',
    ' x',
    '-0',
    true,
    [],
    ['x'],
    [null, 'x'],
    [null, null],
    new Uint8Array(32),
    new Uint8Array(31),
    -25_568,
    2_932_897,
  );
  return fc
    .tuple(fc.array(fc.nat(6), { maxLength: 4 }), other, fc.constantFrom('set', 'drop', 'double'))
    .map(([path, value, edit]) => edited(valid, path, { value, edit }));
}

function edited(value: CborValue, path: readonly number[], change: { value: CborValue; edit: string }): CborValue {
  if (!Array.isArray(value) || path.length === 0) return change.value;
  const [at = 0, ...rest] = path;
  const copy = [...value];
  if (rest.length > 0 && at < copy.length) copy[at] = edited(copy[at] as CborValue, rest, change);
  else if (change.edit === 'drop') copy.splice(at, 1);
  else if (change.edit === 'double') copy.splice(at, 0, copy[at] ?? change.value);
  else copy[Math.min(at, copy.length)] = change.value;
  return copy;
}
