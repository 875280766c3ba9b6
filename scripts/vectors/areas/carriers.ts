import { toBase64Url, toHex } from '../../../proof/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../../proof/cbor.ts';
import { REST, SHOWN } from '../../../proof/commitment.ts';
import type { Json, JsonObject } from '../../../proof/json.ts';
import { encodeProof, type Proof, rootOf } from '../../../proof/proof.ts';
import { toDigits, toQrText } from '../../../proof/qr-text.ts';
import { decodeReference, toReference } from '../../../proof/reference.ts';
import { toVerifiableCredential } from '../../../proof/verifiable-credential.ts';
import { hide, type Kind, select, toQrProof } from '../issuing.ts';
import type { VectorFile } from '../vectors.ts';
import { createWorld, VERIFIER } from '../world.ts';

type Items = CborValue[];

function variants(world: ReturnType<typeof createWorld>): Record<string, Proof> {
  const { proofs } = world;
  const every = proofs.every[0]!;
  return {
    'a full proof': every,
    'the proof of a QR': toQrProof(every),
    'a proof that shows nothing': { ...every, shown: hide(SHOWN, every.shown), rest: hide(REST, every.rest) },
    'a selective proof': { ...every, shown: select(SHOWN, every.shown, [0, 3]), rest: select(REST, every.rest, [8]) },
    'a proof of absent claims': proofs.every[1]!,
    'a proof of a bound credential': toQrProof(proofs.every[2]!),
    'a type without other claims': proofs.plain[0]!,
    'a batch of one': toQrProof(proofs.beforeCompromise),
    'the last of a full batch': toQrProof(proofs.full[255]!),
    'no locator': { ...toQrProof(proofs.standings[0]!), locator: null },
    'no end': toQrProof(proofs.standings[7]!),
    'an item that ends earlier': toQrProof(proofs.standings[6]!),
    'another registry': toQrProof(proofs.elsewhere),
  };
}

function headerJson({ header }: Proof): JsonObject {
  return { ...header, id: toHex(header.id), holderKey: header.holderKey && toHex(header.holderKey) };
}

export function proofs(): VectorFile {
  const world = createWorld({ batches: 0 });
  const every = toQrProof(world.proofs.every[0]!);
  const items = () => structuredClone(decodeCbor(encodeProof(every)) as Items);
  const bytes = (sizeBytes: number) => new Uint8Array(sizeBytes);
  const changed = (name: string, code: string, change: (list: Items) => void) => {
    const list = items();
    change(list);
    return { name, cbor: toHex(encodeCbor(list)), code };
  };
  const inHeader = (name: string, index: number, value: CborValue, code = 'FIELD_INVALID') =>
    changed(name, code, (list) => {
      list[0] = (list[0] as Items).with(index, value);
    });
  const at = (name: string, index: number, value: CborValue, code = 'FIELD_INVALID') =>
    changed(name, code, (list) => {
      list[index] = value;
    });
  const whole = toHex(encodeProof(every));
  return {
    about:
      'Sections 4 to 6. Valid: a proof with its header, its place and the root that it leads to. Invalid: bytes that are no proof.',
    valid: Object.entries(variants(world)).map(([name, proof]) => ({
      name,
      cbor: toHex(encodeProof(proof)),
      header: headerJson(proof),
      registry: proof.registry,
      disclosures: [proof.shown.kind, proof.rest.kind],
      index: proof.index,
      size: proof.size,
      locator: proof.locator,
      root: toHex(rootOf(proof)),
    })),
    invalid: [
      { name: 'nothing', cbor: '', code: 'CBOR_MALFORMED' },
      { name: 'a number', cbor: '01', code: 'FIELD_INVALID' },
      { name: 'an empty array', cbor: '80', code: 'FIELD_INVALID' },
      { name: 'a byte too few', cbor: whole.slice(0, -2), code: 'CBOR_MALFORMED' },
      { name: 'a byte too many', cbor: `${whole}00`, code: 'TRAILING_BYTES' },
      { name: 'the proof twice', cbor: whole + whole, code: 'TRAILING_BYTES' },
      changed('an item too few', 'FIELD_INVALID', (list) => list.pop()),
      changed('an item too many', 'FIELD_INVALID', (list) => list.push(null)),
      changed('two items swapped', 'FIELD_INVALID', (list) => list.splice(4, 2, 256, 0)),
      inHeader('a later version', 0, 2, 'VERSION_UNKNOWN'),
      changed('a later version of more items', 'VERSION_UNKNOWN', (list) => {
        list[0] = (list[0] as Items).with(0, 2);
        list.push(null);
      }),
      inHeader('a version 0', 0, 0),
      inHeader('an issuer 0', 1, 0),
      inHeader('an issuer of 33 bits', 1, 4_294_967_296),
      inHeader('a type 0', 2, 0),
      inHeader('an id of 5 bytes', 3, bytes(5)),
      inHeader('an id of text', 3, 'abcdef'),
      inHeader('a day before 1970', 4, -1),
      inHeader('a day after 9999', 5, 2_932_897),
      inHeader('an end before the start', 6, 20_757),
      inHeader('an end as text', 6, '2027-10-31'),
      inHeader('a partial end that is the end', 7, 21_122),
      inHeader('a partial end before the start', 7, 20_757),
      inHeader('a holder key of 33 bytes', 8, bytes(33)),
      at('a registry 256', 1, 256),
      at('a group of null', 2, null),
      at('a group hash of 31 bytes', 2, bytes(31)),
      changed('a full group of three items', 'FIELD_INVALID', (list) => {
        list[2] = [...(list[2] as Items), null];
      }),
      at('a full group of no claims', 2, [bytes(16), []]),
      at('a seed of 15 bytes', 2, [bytes(15), [null]]),
      at('a seed of false', 2, [false, [null]]),
      at('a selective group of no claims', 2, [null, []]),
      at('a selection that hides all', 2, [null, [bytes(32)]]),
      at('a selection that shows all', 2, [null, [[bytes(16), null]]]),
      at('a salt of 15 bytes', 2, [null, [[bytes(15), null], bytes(32)]]),
      at('a commitment of 33 bytes', 2, [null, [[bytes(16), null], bytes(33)]]),
      at('a disclosed claim without a value', 2, [null, [[bytes(16)], bytes(32)]]),
      at('256 claims', 2, [bytes(16), Array.from({ length: 256 }, () => null)]),
      at('an index of the size', 4, 3, 'INCLUSION_INVALID'),
      at('a size 0', 5, 0),
      at('a size 257', 5, 257),
      at('a size that wants another path', 5, 200, 'INCLUSION_INVALID'),
      at('an empty path', 6, bytes(0), 'INCLUSION_INVALID'),
      at('a path of text', 6, 'x'.repeat(64)),
      at('a signature of 64 bytes', 7, bytes(64)),
      at('a signature of zeros', 7, bytes(65), 'SIGNATURE_MALFORMED'),
      at('a locator below 0', 8, -1),
      at('a locator of 33 bits', 8, 4_294_967_296),
      at('a locator of false', 8, false),
    ],
  };
}

export function qrTexts(): VectorFile {
  const { proofs: issued } = createWorld({ batches: 0 });
  const proof = encodeProof(toQrProof(issued.standings[0]!));
  const digits = toDigits(proof);
  const verifiers = [VERIFIER, 'http://127.0.0.1:3000/'];
  const valid = (name: string, text: string) => ({ name, text, verifiers, cbor: toHex(proof) });
  const invalid = (name: string, code: string, text: string) => ({ name, text, verifiers, code });
  return {
    about:
      'Sections 6.12 to 6.14. Valid: a text with the bytes that it carries. Invalid: QR_TEXT_INVALID and QR_OTHER_HOST are no e-Proof of this verifier at all, the others a broken one.',
    valid: [
      valid('the text of a QR', toQrText(VERIFIER, proof)),
      valid('the other verifier', toQrText('http://127.0.0.1:3000/', proof)),
      valid('digits alone', digits),
      valid('white space around', `\t ${toQrText(VERIFIER, proof)}\u3000\n`),
      valid('white space around digits', `\ufeff${digits}\r\n`),
    ],
    invalid: [
      invalid('nothing', 'QR_TEXT_INVALID', ''),
      invalid('words', 'QR_TEXT_INVALID', 'hello'),
      invalid('a licence number', 'QR_TEXT_INVALID', '2231000123'),
      invalid('377 digits', 'QR_TEXT_INVALID', '9'.repeat(377)),
      invalid('another scheme', 'QR_TEXT_INVALID', `javascript:alert(1)#${digits}`),
      invalid('the address alone', 'QR_TEXT_INVALID', VERIFIER),
      invalid('the address and a hash', 'QR_TEXT_INVALID', `${VERIFIER}#`),
      invalid('another host', 'QR_OTHER_HOST', `https://evil.example/#${digits}`),
      invalid('another host that starts like ours', 'QR_OTHER_HOST', `https://verify.example.evil/#${digits}`),
      invalid('our host as a user name', 'QR_OTHER_HOST', `https://verify.example@evil.example/#${digits}`),
      invalid('another path', 'QR_OTHER_HOST', `${VERIFIER}en/#${digits}`),
      invalid('a query', 'QR_OTHER_HOST', `${VERIFIER}?a=1#${digits}`),
      invalid('another scheme of ours', 'QR_OTHER_HOST', `http://verify.example/#${digits}`),
      invalid('our host in capitals', 'QR_OTHER_HOST', `https://VERIFY.example/#${digits}`),
      invalid('a letter among the digits', 'DIGITS_INVALID', `${VERIFIER}#${digits}a`),
      invalid('a space among the digits', 'DIGITS_INVALID', `${VERIFIER}#${digits.slice(0, 9)} ${digits.slice(9)}`),
      invalid('a zero before', 'DIGITS_INVALID', `${VERIFIER}#0${digits}`),
      invalid('a sign', 'DIGITS_INVALID', `${VERIFIER}#-${digits}`),
      invalid('digits of another script', 'DIGITS_INVALID', `${VERIFIER}#١٢٣`),
      invalid('a second hash', 'DIGITS_INVALID', `${VERIFIER}##${digits}`),
      invalid('7,001 digits', 'TOO_LARGE', `${VERIFIER}#${'1'.repeat(7_001)}`),
    ],
  };
}

export function json(): VectorFile {
  const world = createWorld({ batches: 0 });
  const { tiny, every } = world.kinds;
  const generate = (proof: Proof, kind: Kind) =>
    toVerifiableCredential({
      proof,
      type: kind.value,
      definition: kind.definition,
      registry: world.trust.registries[proof.registry]!,
    });
  const source = (proof: Proof, kind: Kind) => {
    const { chainId, address } = world.trust.registries[proof.registry]!;
    return {
      definition: kind === tiny ? 'tiny' : 'every',
      registry: { chainId, address },
      cbor: toHex(encodeProof(proof)),
    };
  };
  const valid = (
    name: string,
    proof: Proof,
    kind: Kind,
    toText: (document: JsonObject) => string = JSON.stringify,
  ) => ({
    name,
    ...source(proof, kind),
    text: toText(generate(proof, kind)),
  });
  const full = world.proofs.standings[0]!;
  const text = JSON.stringify(generate(full, tiny));
  const changed = (name: string, code: string, change: (text: string) => string) => {
    const other = change(text);
    if (other === text) throw new TypeError(`${name} changes nothing`);
    return { name, ...source(full, tiny), text: other, code };
  };
  const swap = (name: string, from: string, to: string, code = 'JSON_MISMATCH') =>
    changed(name, code, (value) => value.replace(from, to));
  const { proofValue } = generate(full, tiny).proof as { proofValue: string };
  const all = variants(world);
  const integer = JSON.stringify(generate(world.proofs.every[0]!, every));
  const number = (name: string, value: string) => ({
    name,
    ...source(world.proofs.every[0]!, every),
    text: integer.replace('"integer":-42', `"integer":${value}`),
    code: 'JSON_INVALID',
  });
  return {
    about:
      'Section 8. Valid: a document with the name of its type definition, the registry and the proof that it was generated from. Invalid: JSON_INVALID, TOO_LARGE and TOO_DEEP are no e-Proof at all, JSON_MISMATCH is a changed document, the others have a broken proof.',
    definitions: { tiny: tiny.text, every: every.text },
    valid: [
      valid('a tiny licence', full, tiny),
      valid('without its rest', toQrProof(full), tiny),
      valid('without an end', world.proofs.standings[7]!, tiny),
      valid('every kind of claim', all['a full proof']!, every),
      valid('a selection of claims', all['a selective proof']!, every),
      valid('no claims', all['a proof of absent claims']!, every),
      valid('another registry', world.proofs.elsewhere, tiny),
      valid('with space and in another order', full, tiny, (document) =>
        JSON.stringify(Object.fromEntries(Object.entries(document).reverse()), null, 2),
      ),
      valid(
        'with a byte order mark and escapes',
        full,
        tiny,
        (document) =>
          `\ufeff${JSON.stringify(document).replace('陳大文', '\\u9673\\u5927\\u6587').replaceAll('/', '\\/')}`,
      ),
    ],
    invalid: [
      { name: 'no JSON', ...source(full, tiny), text: '%PDF-1.7', code: 'JSON_INVALID' },
      { name: 'a list', ...source(full, tiny), text: `[${text}]`, code: 'JSON_INVALID' },
      changed('two documents', 'JSON_INVALID', (value) => `${value}${value}`),
      changed('a comma too many', 'JSON_INVALID', (value) => value.replace('}', ',}')),
      changed('a line feed in a text', 'JSON_INVALID', (value) => value.replace('Chan Tai', 'Chan\nTai')),
      changed('a name twice', 'JSON_INVALID', (value) => value.replace('{', '{"issuer":"x",')),
      changed('a name twice, once in escapes', 'JSON_INVALID', (value) => value.replace('{', '{"iss\\u0075er":"x",')),
      swap('another cryptosuite', 'eproof-2026', 'eproof-2027', 'JSON_INVALID'),
      swap('a proof that is no text', `"${proofValue}"`, '7', 'JSON_INVALID'),
      number('a whole number as a fraction', '-42.0'),
      number('a whole number with an exponent', '-42e0'),
      number('a fraction that a double rounds', '-42.00000000000000000001'),
      number('a whole number above 2^53', '9007199254740993'),
      number('a whole number of 2^53', '9007199254740992'),
      number('a number that is infinite to a double', '1e400'),
      { ...number('another number', '-43'), code: 'JSON_MISMATCH' },
      { ...number('a number as text', '"-42"'), code: 'JSON_MISMATCH' },
      { ...number('true for a number', 'true'), code: 'JSON_MISMATCH' },
      { name: 'too long', ...source(full, tiny), text: { repeat: ' ', times: 262_145 }, code: 'TOO_LARGE' },
      { name: 'too deep', ...source(full, tiny), text: { repeat: '[', times: 17 }, code: 'TOO_DEEP' },
      changed(
        'too deep beside the proof',
        'TOO_DEEP',
        (value) => `${value.slice(0, -1)},"x":${'['.repeat(16)}${']'.repeat(16)}}`,
      ),
      swap('another name', 'Chan Tai Man', 'Chan Tai Wo'),
      swap('another Chinese name that is another encoding', '陳', '\uf9d2'),
      swap('a claim more', '"credentialSubject":{', '"credentialSubject":{"extra":1,'),
      swap('a claim less', '"number":"EX-1",', ''),
      swap('null for a claim', '"number":"EX-1"', '"number":null'),
      swap('another end', '2027-10-31T', '2037-10-31T'),
      swap('the same instant in another zone', '2026-11-01T00:00:00+08:00', '2026-10-31T16:00:00Z'),
      swap('another issuer', ':1","validFrom"', ':2","validFrom"'),
      swap('another id', '"id":"urn:eproof:', '"id":"urn:eproof:1'),
      swap('another type', '"VerifiableCredential",', '"VerifiableCredential","Other",'),
      swap('a status of its own', '"credentialSchema"', '"credentialStatus":{},"credentialSchema"'),
      swap('another context', 'credentials/v2"', 'credentials/v1"'),
      swap('another purpose', 'assertionMethod', 'authentication'),
      swap('a name __proto__', '{"@context"', '{"__proto__":{},"@context"'),
      swap('no multibase', `"${proofValue}"`, `"${proofValue.slice(1)}"`, 'FIELD_INVALID'),
      swap('padding', proofValue, `${proofValue}=`, 'FIELD_INVALID'),
      swap('another alphabet', `"u${proofValue.slice(1, 9)}`, `"u+/${proofValue.slice(3, 9)}`, 'FIELD_INVALID'),
      swap('an empty proof', proofValue, 'u', 'CBOR_MALFORMED'),
      swap('a cut proof', proofValue, `u${toBase64Url(encodeProof(full).slice(0, -1))}`, 'CBOR_MALFORMED'),
      swap('the proof of another credential', proofValue, `u${toBase64Url(encodeProof(world.proofs.standings[1]!))}`),
    ],
  };
}

export function references(): VectorFile {
  const ids = [
    new Uint8Array(6),
    new Uint8Array(6).fill(255),
    Uint8Array.of(1, 2, 3, 4, 5, 6),
    Uint8Array.of(0xc0, 0xff, 0xee, 0x12, 0x34, 0x56),
    Uint8Array.of(0, 0x11, 1, 0, 0x10, 1),
  ];
  const right = toReference(ids[3] as Uint8Array);
  const loose = toReference(ids[4] as Uint8Array);
  const typed: Json[] = [
    right.toLowerCase(),
    ` ${right.replaceAll('-', ' ')} `,
    right.replaceAll('-', ''),
    loose.replaceAll('0', 'O').replaceAll('1', 'l'),
  ].map((text) => ({ typed: text, id: toHex(decodeReference(text)) }));
  return {
    about: 'Section 11. Valid: an id with its reference, and other ways to type one. Invalid: what must be refused.',
    valid: [...ids.map((id) => ({ id: toHex(id), reference: toReference(id) })), ...typed],
    invalid: [
      { name: 'one character wrong', typed: right.replace('6', '7') },
      { name: 'the last character wrong', typed: `${right.slice(0, -1)}4` },
      { name: 'two characters swapped', typed: right.replace('60', '06') },
      { name: 'two distant characters swapped', typed: `${right.slice(-1)}${right.slice(1, -1)}${right[0]}` },
      { name: 'a character too few', typed: right.slice(0, -1) },
      { name: 'a character too many', typed: `${right}0` },
      { name: 'a U', typed: right.replace('Q', 'U') },
      { name: 'a letter of another alphabet', typed: right.replace('Z', 'Ζ') },
      { name: 'a long s', typed: right.replace('Z', 'ſ') },
      { name: 'a full-width digit', typed: right.replace('6', '６') },
      { name: 'a check of 1021 for 0', typed: overfull() },
      { name: 'an id of 49 bits', typed: wide() },
      { name: 'nothing', typed: '' },
    ].map((vector) => ({ ...vector, code: 'REFERENCE_INVALID' })),
  };
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function write(value: bigint): string {
  return Array.from({ length: 12 }, (_, i) => ALPHABET[Number((value >> BigInt(5 * (11 - i))) & 31n)]).join('');
}

/** A multiple of 1021 whose low ten bits are 1021: an id with a check that no check can be. */
function overfull(): string {
  for (let id = 1n; ; id++) if ((id * 1024n + 1021n) % 1021n === 0n) return write(id * 1024n + 1021n);
}

function wide(): string {
  const shifted = (1n << 48n) * 1024n;
  return write(shifted + ((1021n - (shifted % 1021n)) % 1021n));
}
