import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../../../proof/bytes.ts';
import { type CborValue, encodeCbor } from '../../../proof/cbor.ts';
import { CLAIM_TYPES, type ClaimType, encodeClaimValue } from '../../../proof/claim-value.ts';
import type { Json, JsonObject } from '../../../proof/json.ts';
import { EVERY, EVERY_CLAIMS, OTHER_PROFILE, PLAIN, PROFILE, TINY } from '../definitions.ts';
import type { VectorFile } from '../vectors.ts';
import { createWorld } from '../world.ts';

const OPTIONS = [{ code: 'first' }, { code: 'second' }, { code: 'third' }];
const ruleOf = (type: ClaimType): JsonObject => (type === 'enum' ? { type, options: OPTIONS } : { type });

/** Values besides those of the world's credentials. */
const MORE: [type: ClaimType, json: Json][] = [
  ['bilingualText', { en: 'English alone' }],
  ['date', '1900-01-01'],
  ['date', '9999-12-31'],
  ['date', '2028-02-29'],
  ['integer', 9_007_199_254_740_991],
  ['integer', -9_007_199_254_740_991],
  ['integer', 0],
  ['boolean', true],
  ['enum', 'first'],
  ['quantity', { amount: '0', unit: '%' }],
  ['quantity', { amount: '999999999999999.999999', unit: 'm' }],
  ['image', { mediaType: 'image/jpeg', sha256: '00'.repeat(32) }],
  ['list', Array.from({ length: 200 }, () => 'x')],
];

const BAD_JSON: [type: ClaimType, json: Json, name: string][] = [
  ['identifier', '', 'empty'],
  ['identifier', 7, 'a number'],
  ['text', null, 'null'],
  ['bilingualText', {}, 'neither language'],
  ['bilingualText', 'text', 'a text'],
  ['bilingualText', { en: 'a', 'zh-Hans': 'b' }, 'another language'],
  ['bilingualText', { en: 'a', 'zh-Hant': null }, 'null for absent'],
  ['bilingualAddress', ['a', 'b'], 'a list'],
  ['date', '2026-02-29', 'no day of the calendar'],
  ['date', '1899-12-31', 'before 1900'],
  ['date', '2026-1-1', 'short'],
  ['date', 20_000, 'a number'],
  ['integer', 1.5, 'a fraction'],
  ['integer', 9_007_199_254_740_992, 'above the largest'],
  ['integer', '1', 'a text'],
  ['boolean', 'true', 'a text'],
  ['boolean', 1, 'one'],
  ['enum', 'fourth', 'no option'],
  ['enum', 0, 'a number'],
  ['list', [], 'empty'],
  ['list', ['a', ''], 'an empty item'],
  ['list', Array.from({ length: 201 }, () => 'x'), '201 items'],
  ['bilingualList', [{}], 'an item of neither language'],
  ['addressList', [null], 'a null'],
  ['quantity', { amount: '1' }, 'no unit'],
  ['quantity', { amount: 1, unit: 'm' }, 'a number for an amount'],
  ['quantity', { amount: '01', unit: 'm' }, 'a zero before'],
  ['quantity', { amount: '-0.0', unit: 'm' }, 'minus zero'],
  ['quantity', { amount: '1', unit: 'm', extra: 'x' }, 'a name too many'],
  ['money', { amount: '1.1234567', currency: 'HKD' }, 'seven digits'],
  ['quantityList', [{ amount: '1', unit: 'm' }], 'no item'],
  ['classList', [{ class: '1', validFrom: '2026-01-01' }], 'no end, not even null'],
  ['endorsementList', [{ text: 'x', date: '2026-01-01' }], 'a text in one language'],
  ['table', [['a'], []], 'an empty row'],
  ['table', ['a'], 'a row that is a text'],
  ['gradeList', [{ subject: { en: 'Art' } }], 'no grade'],
  ['image', { mediaType: 'image/gif', sha256: '00'.repeat(32) }, 'another kind of image'],
  ['image', { mediaType: 'image/png', sha256: 'AB'.repeat(32) }, 'capitals'],
];

const BAD_CBOR: [type: ClaimType, value: CborValue, name: string][] = [
  ['identifier', Uint8Array.of(0x61), 'bytes'],
  ['text', null, 'null'],
  ['bilingualText', [null, null], 'neither language'],
  ['bilingualText', ['a'], 'one item'],
  ['bilingualText', ['a', null, null], 'three items'],
  ['bilingualText', ['a', ''], 'an empty text'],
  ['bilingualAddress', 'a', 'a text'],
  ['date', -25_568, 'before 1900'],
  ['date', 2_932_897, 'after 9999'],
  ['date', '2026-01-01', 'a text'],
  ['integer', '1', 'a text'],
  ['boolean', 0, 'zero'],
  ['enum', 3, 'beyond the last option'],
  ['enum', -1, 'before the first'],
  ['enum', 'first', 'the code'],
  ['list', [], 'empty'],
  ['list', 'x', 'a text'],
  ['list', Array.from({ length: 201 }, () => 'x'), '201 items'],
  ['bilingualList', [['a']], 'an item too short'],
  ['addressList', [[null, null]], 'an item of nothing'],
  ['quantity', ['1'], 'no unit'],
  ['quantity', ['1', 'm', null], 'three items'],
  ['quantity', ['+1', 'm'], 'a plus'],
  ['money', [1, 'HKD'], 'a number'],
  ['quantityList', [['x', '1']], 'no unit'],
  ['classList', [['1', 20_000]], 'no end, not even null'],
  ['endorsementList', [['x', 20_000]], 'a text in one language'],
  ['table', [[]], 'an empty row'],
  ['gradeList', [[['Art', null], null]], 'no grade'],
  ['image', ['image/png', new Uint8Array(31)], '31 bytes'],
  ['image', ['image/png', 'ab'], 'a text'],
  ['image', ['text/html', new Uint8Array(32)], 'another kind of file'],
];

export function claimValues(): VectorFile {
  const all = [...CLAIM_TYPES.map((type): [ClaimType, Json] => [type, EVERY_CLAIMS[type]]), ...MORE];
  return {
    about:
      'Section 7.5. A rule is a claim of a type definition. Valid: both forms of a value. Invalid: a value in JSON or in CBOR that the claim cannot have.',
    valid: all.map(([type, json]) => ({
      rule: ruleOf(type),
      json,
      cbor: toHex(encodeCbor(encodeClaimValue({ type, ...(type === 'enum' ? { options: OPTIONS } : {}) }, json))),
    })),
    invalid: [
      ...BAD_JSON.map(([type, json, name]) => ({ name: `${type}: ${name}`, rule: ruleOf(type), json })),
      ...BAD_CBOR.map(([type, value, name]) => ({
        name: `${type}: ${name}`,
        rule: ruleOf(type),
        cbor: toHex(encodeCbor(value)),
      })),
    ],
  };
}

const TEXTS = [
  'AB123456(7)',
  'Café',
  '陳大文',
  '𠮷野家',
  '葛\u{e0100}城',
  '羽\ufe00',
  'A\u3000B',
  '½ 樓',
  '香港仔（第3期）',
  '😀',
  'x'.repeat(1_000),
  '𠮷'.repeat(500),
];

const BAD_TEXTS: [name: string, text: string][] = [
  ['nothing', ''],
  ['a space before', ' a'],
  ['an ideographic space after', 'a\u3000'],
  ['a no-break space after', 'a\u00a0'],
  ['1,001 characters', 'x'.repeat(1_001)],
  ['1,002 code units', '𠮷'.repeat(501)],
  ['a null', 'a\u0000b'],
  ['a line feed', 'a\nb'],
  ['a C1 control', 'a\u0085b'],
  ['a soft hyphen', 'a\u00adb'],
  ['a grapheme joiner', 'a\u034fb'],
  ['an Arabic letter mark', 'a\u061cb'],
  ['a Hangul filler', 'a\u115fb'],
  ['a Khmer inherent vowel', 'a\u17b4b'],
  ['a Mongolian variation selector', 'a\u180bb'],
  ['a zero-width space', 'a\u200bb'],
  ['a right-to-left mark', 'a\u200fb'],
  ['a line separator', 'a\u2028b'],
  ['a right-to-left override', 'a\u202eb'],
  ['a word joiner', 'a\u2060b'],
  ['an isolate', 'a\u2066b'],
  ['another Hangul filler', 'a\u3164b'],
  ['a private-use character', 'a\ue000b'],
  ['no character', 'a\ufdd0b'],
  ['a byte order mark', 'a\ufeffb'],
  ['a half-width filler', 'a\uffa0b'],
  ['an object replacement', 'a\ufffcb'],
  ['a replacement character', 'a\ufffdb'],
  ['the last of plane 1', 'a\u{1ffff}b'],
  ['a language tag', 'a\u{e0001}b'],
  ['beyond the variation selectors', 'a\u{e01f0}b'],
  ['private use of plane 15', 'a\u{f0000}b'],
  ['private use of plane 16', 'a\u{10fffd}b'],
  ['not NFC', 'e\u0301'],
  ['a compatibility ideograph', '\u{2f800}'],
  ['nine marks', `x${'\u0323'.repeat(9)}`],
];

export function text(): VectorFile {
  return {
    about: 'Sections 2.7, 2.8 and 7.8, for a claim of type text with no maxLength of its own.',
    valid: TEXTS.map((value) => ({ text: value })),
    invalid: BAD_TEXTS.map(([name, value]) => ({ name, text: value })),
  };
}

export function files(): VectorFile {
  const { trustJson } = createWorld({ batches: 0 });
  const trust = JSON.stringify(trustJson);
  const hash = (value: string) => toHex(sha256(new TextEncoder().encode(value)));
  const tiny = (from: string, to: string) => ({ kind: 'credential-type', text: replaced(TINY, from, to) });
  const trusted = (from: string, to: string) => ({ kind: 'trust', text: replaced(trust, from, to) });
  return {
    about:
      'Sections 7.1 to 7.4 and 9.1: type definitions, issuer profiles and trust data, with the SHA-256 of the first two.',
    valid: [
      ...[TINY, PLAIN, EVERY].map((value) => ({ kind: 'credential-type', text: value, sha256: hash(value) })),
      ...[PROFILE, OTHER_PROFILE].map((value) => ({ kind: 'issuer', text: value, sha256: hash(value) })),
      { ...tiny('"drafts":[]', '"drafts":["title.en"],"later":{}'), name: 'a name of a later version' },
      { ...tiny('{"format"', '\ufeff{"format"'), name: 'a byte order mark' },
      { kind: 'trust', text: trust },
    ],
    invalid: [
      { name: 'another format', ...tiny('credential-type/1', 'credential-type/2') },
      { name: 'a profile for a type', kind: 'credential-type', text: PROFILE },
      { name: 'a type for a profile', kind: 'issuer', text: TINY },
      { name: 'no JSON', kind: 'credential-type', text: '{' },
      { name: 'a name twice', ...tiny('"code":', '"code":"X","code":') },
      { name: 'a claim name twice', ...tiny('"name":"holder"', '"name":"number"') },
      { name: 'a claim named id', ...tiny('"name":"number"', '"name":"id"') },
      { name: 'a claim name with a hyphen', ...tiny('"name":"number"', '"name":"licence-number"') },
      { name: 'an unknown claim type', ...tiny('"identifier"', '"colour"') },
      { name: 'an enum without options', ...tiny('"identifier"', '"enum"') },
      { name: 'rest before shown', ...tiny('"group":"shown"', '"group":"rest"') },
      { name: 'a maxLength above 4,000', ...tiny('"group":"shown"', '"maxLength":4001,"group":"shown"') },
      { name: 'no claims', ...tiny('"claims"', '"clams"') },
      { name: 'no title in Chinese', ...tiny('"zh-Hant":"微型牌照",', '') },
      { name: 'another trust format', ...trusted('trust/1', 'trust/2') },
      { name: 'no age of snapshots', ...trusted('"maxSnapshotAgeSeconds":86400,', '') },
      { name: 'an age of snapshots of 0', ...trusted('"maxSnapshotAgeSeconds":86400', '"maxSnapshotAgeSeconds":0') },
      { name: 'a verifier without a slash', ...trusted('https://verify.example/', 'https://verify.example') },
      { name: 'more nodes to agree than there are', ...trusted('"agree":2', '"agree":4') },
      { name: 'a node twice', ...trusted('https://b.example/', 'https://a.example/') },
      { name: 'an issuer twice', ...trusted('{"issuer":2,"profile"', '{"issuer":1,"profile"') },
      { name: 'a type twice', ...trusted('"number":2', '"number":1') },
      { name: 'a short address', ...trusted('"address":"0xe7', '"address":"0x') },
    ],
  };
}

function replaced(value: string, from: string, to: string): string {
  if (!value.includes(from)) throw new TypeError(`nothing to replace: ${from}`);
  return value.replace(from, to);
}
