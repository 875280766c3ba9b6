import { expect } from 'chai';
import fc from 'fast-check';
import { ProofError } from '../../proof/errors.ts';
import { decodeJson, isEqualJson, type Json } from '../../proof/json.ts';
import { expectRefusal } from './refusal.ts';

const PLAIN = { characters: 1_000, plainNumbers: true };

describe('JSON', () => {
  it('reads every value as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 12 }), fc.constantFrom(0, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(isEqualJson(decodeJson(text), JSON.parse(text) as Json)).to.equal(true);
      }),
    );
  });

  it('refuses each text that JSON.parse refuses', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '1',
      '-',
      '0',
      '.5',
      'e1',
      'true',
      ' ',
      '\u0001',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join('');
        let parsed: Json | undefined;
        try {
          parsed = JSON.parse(text) as Json;
        } catch {
          expect(() => decodeJson(text)).to.throw(ProofError);
          return;
        }
        try {
          expect(isEqualJson(decodeJson(text), parsed)).to.equal(true);
        } catch (error) {
          expect((error as Error).message).to.match(/stands twice/);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it('refuses a name that stands twice, however it is written', () => {
    expectRefusal('JSON_INVALID', () => decodeJson('{"a":1,"a":1}'));
    expectRefusal('JSON_INVALID', () => decodeJson('{"a":1,"\\u0061":2}'));
    expectRefusal('JSON_INVALID', () => decodeJson('{"__proto__":1,"__proto__":1}'));
  });

  it('takes __proto__ for a name like any other', () => {
    const object = decodeJson('{"__proto__":{"polluted":true},"constructor":1}') as Record<string, Json>;
    expect(Object.keys(object)).to.deep.equal(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(object)).to.equal(null);
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
  });

  it('reads 16 levels and no more', () => {
    expect(() => decodeJson('['.repeat(16) + ']'.repeat(16))).not.to.throw();
    expectRefusal('TOO_DEEP', () => decodeJson('['.repeat(17) + ']'.repeat(17)));
    expectRefusal('TOO_DEEP', () => decodeJson('{"a":'.repeat(200_000 / 5)));
  });

  it('refuses a text that is too long before it looks at it', () => {
    expectRefusal('TOO_LARGE', () => decodeJson(' '.repeat(262_145)));
    expectRefusal('TOO_LARGE', () => decodeJson('[1,2]', { characters: 4, plainNumbers: false }));
  });

  it('reads the longest strings, plain or full of escapes, and refuses them unfinished', () => {
    for (const body of [
      'a'.repeat(262_000),
      '\\n'.repeat(131_000),
      '漢'.repeat(262_000),
      '\\ud83d\\ude00'.repeat(20_000),
    ]) {
      expect(decodeJson(`"${body}"`)).to.equal(JSON.parse(`"${body}"`));
      expectRefusal('JSON_INVALID', () => decodeJson(`"${body}`));
    }
  });

  it('ignores a byte order mark at the start and nowhere else', () => {
    expect(decodeJson('\ufeff[1]')).to.deep.equal([1]);
    expectRefusal('JSON_INVALID', () => decodeJson('[1]\ufeff'));
    expectRefusal('JSON_INVALID', () => decodeJson('\u00a0[1]'));
  });

  for (const text of [
    '1.0',
    '1e0',
    '10e-1',
    '-0',
    '1.00000000000000000001',
    '9007199254740991.4',
    '1e21',
    '1e400',
    '9007199254740992',
  ])
    it(`refuses ${text} where whole numbers are written as digits alone`, () => {
      expect(decodeJson(text)).to.be.a('number');
      expectRefusal('JSON_INVALID', () => decodeJson(text, PLAIN));
    });

  it('reads digits, fractions and everything else where whole numbers are written as digits alone', () => {
    expect(decodeJson('[0,-1,9007199254740991,1.5,true,null,"1.0"]', PLAIN)).to.deep.equal([
      0,
      -1,
      Number.MAX_SAFE_INTEGER,
      1.5,
      true,
      null,
      '1.0',
    ]);
  });
});

describe('equality of JSON values', () => {
  it('does not mind the order of names, and minds everything else', () => {
    const equal = (a: Json, b: Json) => isEqualJson(a, b);
    expect(equal({ a: 1, b: [2] }, { b: [2], a: 1 })).to.equal(true);
    for (const other of [
      { a: 1 },
      { a: 1, b: [2], c: 3 },
      { a: 1, b: [3] },
      { a: '1', b: [2] },
      { a: 1, c: [2] },
      [],
      null,
    ])
      expect(equal({ a: 1, b: [2] }, other)).to.equal(false);
    expect(equal([1, 2], [2, 1])).to.equal(false);
    expect(equal(0, -0)).to.equal(false);
    expect(equal([], {})).to.equal(false);
    expect(equal({}, [])).to.equal(false);
    expect(equal({ a: 1 }, { toString: 1 })).to.equal(false);
  });
});
