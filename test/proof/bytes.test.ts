import { expect } from 'chai';
import fc from 'fast-check';
import { concatBytes, decodeBase64Url, decodeHex, isEqualBytes, toBase64Url, toHex } from '../../proof/bytes.ts';
import { expectRefusal } from './refusal.ts';

describe('bytes', () => {
  it('writes and reads hex of every length', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => isEqualBytes(decodeHex(toHex(bytes)), bytes)));
  });

  it('reads hex of either case, with or without 0x', () => {
    expect(decodeHex('0xaBcD')).to.deep.equal(Uint8Array.of(0xab, 0xcd));
    expect(decodeHex('ABcd')).to.deep.equal(Uint8Array.of(0xab, 0xcd));
  });

  for (const hex of ['a', '0xabc', 'gg', '0x0x', '0Xab', 'ab ', ' ab', '١٢'])
    it(`refuses the hex ${JSON.stringify(hex)}`, () => {
      expectRefusal('FIELD_INVALID', () => decodeHex(hex));
    });

  it('writes the base64url of Node', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => toBase64Url(bytes) === Buffer.from(bytes).toString('base64url')));
  });

  it('reads each base64url text that it writes and no other text of the same bytes', () => {
    const char = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
    fc.assert(
      fc.property(fc.string({ unit: char, maxLength: 12 }), (text) => {
        const bytes = Buffer.from(text, 'base64url');
        if (bytes.toString('base64url') === text) expect(toHex(decodeBase64Url(text))).to.equal(bytes.toString('hex'));
        else expectRefusal('FIELD_INVALID', () => decodeBase64Url(text));
      }),
      { numRuns: 2_000 },
    );
  });

  for (const text of ['A', 'AB', 'AAB', 'AA==', 'AA=', 'AA+A', 'AA/A', 'AA A', 'AA\n', 'AAAAA', '𝒜AAA'])
    it(`refuses the base64url ${JSON.stringify(text)}`, () => {
      expectRefusal('FIELD_INVALID', () => decodeBase64Url(text));
    });

  it('joins bytes and compares them', () => {
    expect(concatBytes(Uint8Array.of(1), new Uint8Array(0), Uint8Array.of(2, 3))).to.deep.equal(Uint8Array.of(1, 2, 3));
    expect(isEqualBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).to.equal(false);
    expect(isEqualBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3))).to.equal(false);
  });
});
