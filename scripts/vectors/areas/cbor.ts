import { toHex } from '../../../proof/bytes.ts';
import { type CborValue, encodeCbor } from '../../../proof/cbor.ts';
import type { Json } from '../../../proof/json.ts';
import type { VectorFile } from '../vectors.ts';

/** A CBOR value in JSON: bytes as `{ "bytes": hex }`. */
export function toDiagnostic(value: CborValue): Json {
  if (value instanceof Uint8Array) return { bytes: toHex(value) };
  if (Array.isArray(value)) return value.map(toDiagnostic);
  return value as Json;
}

const VALUES: CborValue[] = [
  null,
  true,
  false,
  0,
  23,
  24,
  255,
  256,
  65_535,
  65_536,
  4_294_967_295,
  4_294_967_296,
  9_007_199_254_740_991,
  -1,
  -24,
  -25,
  -256,
  -257,
  -4_294_967_297,
  -9_007_199_254_740_991,
  '',
  'a',
  'Caf\u00e9',
  '\ufeff',
  '陳大文',
  '𠮷野家',
  `q${'\u0323'.repeat(8)}q${'\u0323'.repeat(8)}`,
  'x'.repeat(23),
  'x'.repeat(24),
  new Uint8Array(0),
  Uint8Array.of(0, 255),
  new Uint8Array(256),
  [],
  [1, [2, [3, [4, [5, [6, [7, [8]]]]]]]],
  [null, true, 'x', Uint8Array.of(1), -1, []],
  Array.from({ length: 24 }, (_, i) => i),
];

const INVALID: [name: string, cbor: string | { repeat: string; times: number }, code: string][] = [
  ['nothing', '', 'CBOR_MALFORMED'],
  ['0 in two bytes', '1800', 'CBOR_NOT_CANONICAL'],
  ['23 in two bytes', '1817', 'CBOR_NOT_CANONICAL'],
  ['255 in three bytes', '1900ff', 'CBOR_NOT_CANONICAL'],
  ['65535 in five bytes', '1a0000ffff', 'CBOR_NOT_CANONICAL'],
  ['2^32 - 1 in nine bytes', '1b00000000ffffffff', 'CBOR_NOT_CANONICAL'],
  ['-1 in two bytes', '3800', 'CBOR_NOT_CANONICAL'],
  ['a text of one character with a length of two bytes', '780161', 'CBOR_NOT_CANONICAL'],
  ['bytes with a length of three bytes', '59000100', 'CBOR_NOT_CANONICAL'],
  ['an array with a length of two bytes', '9800', 'CBOR_NOT_CANONICAL'],
  ['2^53', '1b0020000000000000', 'CBOR_UNSUPPORTED'],
  ['2^64 - 1', '1bffffffffffffffff', 'CBOR_UNSUPPORTED'],
  ['-2^53', '3b001fffffffffffff', 'CBOR_UNSUPPORTED'],
  ['a map', 'a0', 'CBOR_UNSUPPORTED'],
  ['a tag', 'c000', 'CBOR_UNSUPPORTED'],
  ['undefined', 'f7', 'CBOR_UNSUPPORTED'],
  ['another simple value', 'f8ff', 'CBOR_UNSUPPORTED'],
  ['false in two bytes', 'f814', 'CBOR_UNSUPPORTED'],
  ['half a float', 'f93c00', 'CBOR_UNSUPPORTED'],
  ['a float', 'fa3f800000', 'CBOR_UNSUPPORTED'],
  ['a double', 'fb3ff0000000000000', 'CBOR_UNSUPPORTED'],
  ['a break alone', 'ff', 'CBOR_UNSUPPORTED'],
  ['an array without end', '9f00ff', 'CBOR_NOT_CANONICAL'],
  ['text without end', '7f6161ff', 'CBOR_NOT_CANONICAL'],
  ['bytes without end', '5f4100ff', 'CBOR_NOT_CANONICAL'],
  ['a reserved length', '1c', 'CBOR_NOT_CANONICAL'],
  ['a cut integer', '19ff', 'CBOR_MALFORMED'],
  ['a cut text', '6261', 'CBOR_MALFORMED'],
  ['cut bytes', '4200', 'CBOR_MALFORMED'],
  ['a cut array', '8201', 'CBOR_MALFORMED'],
  ['an array of 2^53 - 1 items', '9b001fffffffffffff', 'CBOR_MALFORMED'],
  ['bytes of 2^31 bytes', '5a7fffffff', 'CBOR_MALFORMED'],
  ['a byte after the value', '0000', 'TRAILING_BYTES'],
  ['nine arrays', '818181818181818181f6', 'TOO_DEEP'],
  ['65,537 bytes', { repeat: '81', times: 65_537 }, 'TOO_LARGE'],
  ['65,536 arrays', { repeat: '81', times: 65_536 }, 'TOO_DEEP'],
  ['text that is not UTF-8', '61ff', 'TEXT_MALFORMED'],
  ['an overlong slash', '62c0af', 'TEXT_MALFORMED'],
  ['a surrogate in UTF-8', '63eda080', 'TEXT_MALFORMED'],
  ['a code point above U+10FFFF', '64f4908080', 'TEXT_MALFORMED'],
  ['an e and an accent, which NFC writes as one', '6365cc81', 'TEXT_NOT_NFC'],
  ['a compatibility ideograph', '63efa480', 'TEXT_NOT_NFC'],
  ['marks in another order than NFC has', '65' + '78cc81cca3', 'TEXT_NOT_NFC'],
  ['nine marks in a row', `73${'78'}${'cca3'.repeat(9)}`, 'TEXT_MALFORMED'],
];

export function cbor(): VectorFile {
  return {
    about:
      'Sections 2.1 to 2.9. Valid: bytes and the one value that they encode, {"bytes": hex} for a byte string. Invalid: bytes, or a piece that is repeated.',
    valid: VALUES.map((value) => ({ cbor: toHex(encodeCbor(value)), value: toDiagnostic(value) })),
    invalid: INVALID.map(([name, bytes, code]) => ({ name, cbor: bytes, code })),
  };
}
