import { expect } from 'chai';
import fc from 'fast-check';
import { decodeHex, toHex } from '../../proof/bytes.ts';
import {
  type CborValue,
  CborWriter,
  checkText,
  decodeCbor,
  encodeCbor,
  endOfCbor,
  splitCborArray,
} from '../../proof/cbor.ts';
import { ProofError } from '../../proof/errors.ts';
import { expectRefusal } from './refusal.ts';

const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.toWellFormed().normalize('NFC'));
const value: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue; array: CborValue[] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 7, depthIdentifier: 'cbor' },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER),
    fc.constantFrom(-1, -24, -25, -256, -257, -65_537, -(2 ** 32) - 1, Number.MIN_SAFE_INTEGER),
    text,
    fc.uint8Array({ maxLength: 40 }),
    tie('array'),
  ),
  array: fc.array(tie('value'), { maxLength: 30, depthIdentifier: 'cbor' }),
})).value;

describe('CBOR', () => {
  it('reads back each value that it writes', () => {
    fc.assert(
      fc.property(value, (original) => {
        expect(decodeCbor(encodeCbor(original))).to.deep.equal(original);
      }),
    );
  });

  it('reads no bytes but those that it would write itself', () => {
    const almost = fc
      .tuple(value, fc.nat(), fc.nat(255), fc.constantFrom('set', 'insert', 'drop'))
      .map(([original, at, byte, edit]) => {
        const bytes = [...encodeCbor(original)];
        bytes.splice(at % (bytes.length + 1), edit === 'insert' ? 0 : 1, ...(edit === 'drop' ? [] : [byte]));
        return Uint8Array.from(bytes);
      });
    fc.assert(
      fc.property(fc.oneof(almost, fc.uint8Array()), (bytes) => {
        let decoded: CborValue;
        try {
          decoded = decodeCbor(bytes);
        } catch (error) {
          expect(error).to.be.instanceOf(ProofError);
          return;
        }
        expect(toHex(encodeCbor(decoded))).to.equal(toHex(bytes));
      }),
      { numRuns: 5_000 },
    );
  });

  it('writes into a buffer that grows and is used again', () => {
    const writer = new CborWriter(1);
    writer.value('漢'.repeat(500));
    writer.reset();
    writer.arrayHead(2);
    writer.value(1);
    writer.raw(Uint8Array.of(0xf6));
    expect(toHex(writer.view())).to.equal('8201f6');
  });

  for (const [name, wrong] of [
    ['a fraction', 1.5],
    ['an unsafe integer', 2 ** 53],
    ['minus zero', -0],
    ['not a number', Number.NaN],
    ['undefined', undefined],
    ['an object', {}],
    ['a bigint', 1n],
  ] as const)
    it(`takes ${name} for a programmer's mistake`, () => {
      expect(() => encodeCbor(wrong as CborValue)).to.throw(TypeError);
    });

  it('refuses more bytes and more depth than it was told', () => {
    expectRefusal('TOO_LARGE', () => decodeCbor(new Uint8Array(65_537)));
    expectRefusal('TOO_LARGE', () => decodeCbor(Uint8Array.of(0x81, 0x01), { sizeBytes: 1, depth: 8 }));
    const nested = (depth: number) => Uint8Array.from([...Array.from({ length: depth }, () => 0x81), 0xf6]);
    expect(decodeCbor(nested(8))).to.deep.equal([[[[[[[[null]]]]]]]]);
    expectRefusal('TOO_DEEP', () => decodeCbor(nested(9)));
    expectRefusal('TOO_DEEP', () => decodeCbor(new Uint8Array(65_536).fill(0x81)));
  });

  it('refuses a huge length with nothing behind it', () => {
    for (const head of ['9a7fffffff', '9b001fffffffffffff', '5a7fffffff', '7b001fffffffffffff'])
      expectRefusal('CBOR_MALFORMED', () => decodeCbor(decodeHex(head)));
  });

  it('keeps the bytes that it gives apart from those that it was given', () => {
    const source = decodeHex('4101');
    const decoded = decodeCbor(source) as Uint8Array;
    source[1] = 9;
    expect(decoded[0]).to.equal(1);
  });
});

describe('the items of a CBOR array', () => {
  it('are found where they were written, whatever stands before and behind', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 30 }), (originals) => {
        const bytes = Uint8Array.of(0, ...encodeCbor(originals), 0xff);
        const { items, end } = splitCborArray(bytes, 1);
        expect(items.map(toHex)).to.deep.equal(originals.map((one) => toHex(encodeCbor(one))));
        expect(end).to.equal(bytes.length - 1);
        expect(endOfCbor(bytes, 1)).to.equal(end);
      }),
    );
  });

  it('are not looked for beyond the bytes, in other types and below the deepest level', () => {
    for (const hex of ['', '82', '8201', '8241', '9affffffff', '5b001fffffffffffff', '61'])
      expectRefusal('CBOR_MALFORMED', () => endOfCbor(decodeHex(hex), 0));
    for (const hex of ['a0', 'f7', '81c0', '7b0020000000000000'])
      expectRefusal('CBOR_UNSUPPORTED', () => endOfCbor(decodeHex(hex), 0));
    expectRefusal('TOO_DEEP', () => endOfCbor(decodeHex(`${'81'.repeat(9)}01`), 0));
    expect(endOfCbor(decodeHex(`${'81'.repeat(8)}01`), 0)).to.equal(9);
    expectRefusal('CBOR_MALFORMED', () => splitCborArray(decodeHex('01'), 0));
  });
});

describe('text in CBOR', () => {
  it('refuses what the Unicode standard writes in another way', () => {
    expectRefusal('TEXT_NOT_NFC', () => checkText('Cafe\u0301'));
    expectRefusal('TEXT_NOT_NFC', () => checkText('\uf900'));
    expectRefusal('TEXT_MALFORMED', () => checkText('\ud800'));
  });

  it('refuses more than eight marks in a row, wherever they stand', () => {
    const marks = '\u0323'.repeat(8);
    checkText(`x${marks}x${marks}`);
    expectRefusal('TEXT_MALFORMED', () => checkText(`x${marks}\u0301`));
    expectRefusal('TEXT_MALFORMED', () => checkText(`漢字x${'\u{1d165}'.repeat(9)}`));
  });

  it('answers in time for any text that fits into a proof', () => {
    const hostile = [
      `a${'\u0301'.repeat(16_000)}${'\u0323'.repeat(16_000)}`,
      'a\u0301\u0323'.repeat(10_000),
      `${'\u0323'.repeat(8)}a`.repeat(3_600),
      '\u1100'.repeat(21_000),
      '각'.repeat(21_000),
      '\u{1f9d1}\u200d'.repeat(9_000),
    ];
    const start = performance.now();
    for (const text of hostile)
      try {
        checkText(text);
      } catch (error) {
        expect(error).to.be.instanceOf(ProofError);
      }
    // hundreds of milliseconds a text where marks are sorted by insertion
    expect(performance.now() - start).to.be.below(300);
  });
});
