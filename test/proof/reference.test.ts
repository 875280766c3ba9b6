import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../proof/bytes.ts';
import { decodeReference, toReference } from '../../proof/reference.ts';
import { expectRefusal } from './refusal.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const id = fc.uint8Array({ minLength: 6, maxLength: 6 });
const compact = (bytes: Uint8Array) => toReference(bytes).replaceAll('-', '');

describe('a typed reference', () => {
  it('comes back as the id that it was made of', () => {
    fc.assert(fc.property(id, (bytes) => toHex(decodeReference(toReference(bytes))) === toHex(bytes)));
    for (const bytes of [new Uint8Array(6), new Uint8Array(6).fill(255)])
      expect(decodeReference(toReference(bytes))).to.deep.equal(bytes);
  });

  it('has three groups of four characters', () => {
    fc.assert(
      fc.property(id, (bytes) => /^[0-7][0-9A-HJKMNP-TV-Z]{3}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/.test(toReference(bytes))),
    );
  });

  it('may be typed in small letters, with other gaps, and with the letters that look like digits', () => {
    const bytes = Uint8Array.of(0, 0x11, 0x01, 0, 0x10, 0x01);
    const text = compact(bytes);
    expect(decodeReference(` ${text.toLowerCase().slice(0, 5)} - ${text.slice(5)}\t`)).to.deep.equal(bytes);
    expect(text).to.match(/0/).and.to.match(/1/);
    for (const [digit, letters] of [
      ['0', ['o', 'O']],
      ['1', ['i', 'I', 'l', 'L']],
    ] as const)
      for (const letter of letters) expect(decodeReference(text.replaceAll(digit, letter))).to.deep.equal(bytes);
  });

  it('is refused with any one character wrong', () => {
    fc.assert(
      fc.property(id, (bytes) => {
        const text = compact(bytes);
        for (let i = 0; i < text.length; i++)
          for (const char of ALPHABET)
            if (char !== text[i]) expectRefusal('REFERENCE_INVALID', () => decodeReference(replaced(text, i, char)));
      }),
      { numRuns: 50 },
    );
  });

  it('is refused with any two characters swapped', () => {
    fc.assert(
      fc.property(id, (bytes) => {
        const text = compact(bytes);
        for (let i = 0; i < text.length; i++)
          for (let j = i + 1; j < text.length; j++)
            if (text[i] !== text[j]) {
              const swapped = replaced(replaced(text, i, text[j] as string), j, text[i] as string);
              expectRefusal('REFERENCE_INVALID', () => decodeReference(swapped));
            }
      }),
      { numRuns: 200 },
    );
  });

  // The two tests above sample ids. This is why they hold for every id: an error changes the number by one of these amounts.
  it('changes its remainder by every wrong character and every swap, whatever the id', () => {
    const difference = (amount: bigint) => ((amount % 1021n) + 1021n) % 1021n;
    for (let i = 0n; i < 12n; i++)
      for (let change = -31n; change <= 31n; change++) {
        if (change === 0n) continue;
        expect(difference(change * 32n ** i)).not.to.equal(0n);
        for (let j = i + 1n; j < 12n; j++) expect(difference(change * (32n ** j - 32n ** i))).not.to.equal(0n);
      }
  });

  for (const [name, text] of Object.entries({
    'eleven characters': '0000-0000-000',
    'thirteen characters': '0000-0000-0000-0',
    'a U': 'U000-0000-0000',
    'a long s, which is an S in capitals': '\u017f000-0000-0000',
    'a dotless i, which is an I in capitals': '\u0131000-0000-0000',
    'a sharp s, which is two letters in capitals': '\u00df00-0000-0000',
    'full-width digits': '\uff10000-0000-0000',
    'an id of more than 48 bits': 'ZZZZ-ZZZZ-ZZZZ',
    nothing: '',
  }))
    it(`is refused with ${name}`, () => {
      expectRefusal('REFERENCE_INVALID', () => decodeReference(text));
    });

  it('has one text for each id: every text that decodes is the one that its id gives', () => {
    const text = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(text, (typed) => {
        try {
          expect(compact(decodeReference(typed))).to.equal(typed);
        } catch (error) {
          expect((error as { code?: string }).code).to.equal('REFERENCE_INVALID');
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

function replaced(text: string, at: number, char: string): string {
  return text.slice(0, at) + char + text.slice(at + 1);
}
