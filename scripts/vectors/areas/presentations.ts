import { concatBytes, decodeHex, toBase64Url, toHex } from '../../../proof/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../../proof/cbor.ts';
import { discloseClaims } from '../../../proof/disclosure.ts';
import { hashHolderKey } from '../../../proof/holder-key.ts';
import type { JsonObject } from '../../../proof/json.ts';
import { encodePresentation, type Presentation, presentationMessage } from '../../../proof/presentation.ts';
import { encodeProof } from '../../../proof/proof.ts';
import { toQrText } from '../../../proof/qr-text.ts';
import { toVerifiableCredential, toVerifiablePresentation } from '../../../proof/verifiable-credential.ts';
import { CONSENT, TINY } from '../definitions.ts';
import { toQrProof } from '../issuing.ts';
import { present, signItems, unsignedItems } from '../presenting.ts';
import { namedBytes, namedHolder, signAsHolder } from '../seed.ts';
import type { VectorFile } from '../vectors.ts';
import { createWorld, HOLDER, NOW, VERIFIER } from '../world.ts';

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const OTHER = namedHolder('somebody else');
const DAY = 86_400;

const bytes = (sizeBytes: number): Uint8Array => new Uint8Array(sizeBytes);
const number = (value: bigint): string => value.toString(16).padStart(64, '0');

/** The other signature of the same message: n − s for s. */
function high(signature: Uint8Array): string {
  const hex = toHex(signature);
  return hex.slice(0, 64) + number(ORDER - BigInt(`0x${hex.slice(64)}`));
}

interface Occasion {
  audiences?: string[];
  nonce?: Uint8Array | null;
  now?: number;
}

const occasionOf = ({ audiences = [VERIFIER], nonce = namedBytes('nonce', 16), now = NOW }: Occasion) => ({
  audiences,
  nonce: nonce && toHex(nonce),
  now,
});

export function presentations(): VectorFile {
  const world = createWorld({ batches: 0 });
  const { proofs, kinds } = world;
  const bound = proofs.bound[0]!;
  const consent = discloseClaims(proofs.consent[1]!, kinds.consent.value, ['number', 'birthDate']);
  const usual = present(toQrProof(bound));
  const usualBytes = encodePresentation(usual);
  const valid = (name: string, presentation: Presentation, occasion: Occasion = {}): JsonObject => {
    const { holderKey, audience, nonce, issuedAt, expiresAt } = presentation;
    return {
      name,
      cbor: toHex(encodePresentation(presentation)),
      proof: toHex(encodeProof(presentation.proof)),
      holderKey: toHex(holderKey),
      audience,
      nonce: toHex(nonce),
      issuedAt,
      expiresAt,
      message: toHex(presentationMessage(presentation)),
      occasion: occasionOf(occasion),
      expect: 'HOLDER_SIGNED',
    };
  };
  const judged = (name: string, cbor: Uint8Array, expect: string, occasion: Occasion = {}) => ({
    name,
    cbor: toHex(cbor),
    occasion: occasionOf(occasion),
    expect,
  });
  const refused = (name: string, cbor: Uint8Array | string, code = 'FIELD_INVALID') => ({
    name,
    cbor: typeof cbor === 'string' ? cbor : toHex(cbor),
    code,
  });
  /** Signed by the holder, whatever it is. */
  const at = (name: string, index: number, value: CborValue, code?: string) =>
    refused(name, signItems(unsignedItems(usualBytes).with(index, value)), code);
  const items = unsignedItems(usualBytes);
  const signed = (name: string, signature: string, code = 'SIGNATURE_MALFORMED') =>
    refused(name, encodeCbor([...items, decodeHex(signature)]), code);
  const [r, s] = [toHex(usual.signature).slice(0, 64), toHex(usual.signature).slice(64)];
  const inProof = (index: number, value: CborValue) => items.with(0, (items[0] as CborValue[]).with(index, value));
  const inHeader = (index: number, value: CborValue) =>
    inProof(0, ((items[0] as CborValue[])[0] as CborValue[]).with(index, value));
  const carrying = (name: string, text: string) => ({ name, text, verifiers: [VERIFIER], cbor: toHex(usualBytes) });
  const source = (presentation: Presentation, kind: 'tiny' | 'consent') => ({
    type: kinds[kind].value,
    definition: kinds[kind].definition,
    registry: world.trust.registries[presentation.proof.registry]!,
  });
  const json = (name: string, presentation: Presentation, kind: 'tiny' | 'consent') => {
    const { chainId, address } = world.trust.registries[presentation.proof.registry]!;
    const text = JSON.stringify(toVerifiablePresentation(presentation, source(presentation, kind)));
    return {
      name,
      definition: kind,
      registry: { chainId, address },
      cbor: toHex(encodePresentation(presentation)),
      json: text,
    };
  };
  const document = json('a presentation as JSON', usual, 'tiny');
  const credential = JSON.stringify(toVerifiableCredential({ ...source(usual, 'tiny'), proof: usual.proof }));
  const changed = (name: string, from: string, to: string, code = 'JSON_MISMATCH') => {
    if (!document.json.includes(from)) throw new TypeError(`${name} changes nothing`);
    return { ...document, name, json: document.json.replace(from, to), code };
  };
  const proofValue = `u${toBase64Url(usualBytes)}`;
  const inner = `u${toBase64Url(encodeProof(usual.proof))}`;
  const later = present(toQrProof(proofs.bound[1]!));
  const key = (name: string, text: string) => ({ name, key: text, code: 'FIELD_INVALID' });
  const normal = (name: string, signature: string) => ({ name, signature, code: 'SIGNATURE_MALFORMED' });
  return {
    about:
      'Section 14. Valid: a presentation with what it holds, the message that is signed, and an occasion on which it is HOLDER_SIGNED; the text of a QR that carries one; a JSON document of one; a signature in both forms; a key in base64url. Invalid: what must be refused (code), or is judged otherwise (expect).',
    definitions: { tiny: TINY, consent: CONSENT },
    valid: [
      valid('a presentation', usual),
      valid('of a selection of claims', present(discloseClaims(bound, kinds.tiny.value, ['number']))),
      valid('of all claims', present(bound)),
      valid('of a type that is not public', present(consent)),
      valid('of nothing of a type that is not public', present(discloseClaims(consent, kinds.consent.value, []))),
      valid('without a locator', present({ ...toQrProof(bound), locator: null })),
      valid('where no nonce was asked for', usual, { nonce: null }),
      valid('for one of several names', present(bound, { audience: 'Harbour Bank 海港銀行' }), {
        audiences: [VERIFIER, 'Harbour Bank 海港銀行'],
      }),
      valid('for a name of 200 code units', present(bound, { audience: '𠮷'.repeat(100) }), {
        audiences: ['𠮷'.repeat(100)],
      }),
      valid('for 90 days', present(bound, { expiresAt: NOW - 60 + 90 * DAY }), { now: NOW - 61 + 90 * DAY }),
      valid('for a second', present(bound, { expiresAt: NOW - 59 }), { now: NOW - 60 }),
      valid('in its last second', usual, { now: NOW + 3_539 }),
      valid('of a clock that is 60 seconds ahead', usual, { now: NOW - 120 }),
      valid('at the beginning of time', present(bound, { issuedAt: 0, expiresAt: 1 }), { now: 0 }),
      valid('at the end of time', present(bound, { issuedAt: 253_402_300_798, expiresAt: 253_402_300_799 }), {
        now: 253_402_300_798,
      }),
      carrying('the text of a QR', toQrText(VERIFIER, usualBytes)),
      document,
      json('a presentation of a selection as JSON', present(consent), 'consent'),
      {
        ...document,
        name: 'in another order',
        json: JSON.stringify(reversed(JSON.parse(document.json) as JsonObject)),
      },
      { name: 'a signature in its other form', signature: high(usual.signature), normal: toHex(usual.signature) },
      { name: 'a signature in its own form', signature: toHex(usual.signature), normal: toHex(usual.signature) },
      { name: 'a key', key: toBase64Url(HOLDER.key), bytes: toHex(HOLDER.key), hash: toHex(hashHolderKey(HOLDER.key)) },
      {
        name: 'another key',
        key: toBase64Url(OTHER.key),
        bytes: toHex(OTHER.key),
        hash: toHex(hashHolderKey(OTHER.key)),
      },
    ],
    invalid: [
      refused('nothing', '', 'CBOR_MALFORMED'),
      refused('an empty array', '80'),
      refused('an array of an array', '8180'),
      refused('an array of an array of an array', '818180'),
      refused('a byte too few', usualBytes.slice(0, -1), 'CBOR_MALFORMED'),
      refused('a byte too many', concatBytes(usualBytes, bytes(1)), 'TRAILING_BYTES'),
      refused('without a signature', encodeCbor(items)),
      refused('an item too few', signItems(items.slice(0, -1))),
      refused('an item too many', signItems([...items, null])),
      refused('the signature twice', encodeCbor([...items, usual.signature, usual.signature])),
      refused('a presentation of a presentation', signItems(items.with(0, decodeCbor(usualBytes)))),
      refused('a presentation of a later version', signItems([...inHeader(0, 2), 'more']), 'VERSION_UNKNOWN'),
      refused('a presentation of a proof of a later version', signItems(inProof(0, [2])), 'VERSION_UNKNOWN'),
      refused('a proof with an item more', signItems(items.with(0, [...(items[0] as CborValue[]), null]))),
      refused('a credential that is not bound', signItems(inHeader(8, null))),
      refused('a credential that is bound to another', signItems(inHeader(8, hashHolderKey(OTHER.key)))),
      refused('the key of another', signItems(items.with(1, OTHER.key), OTHER)),
      at('a key of 32 bytes', 1, HOLDER.key.slice(1)),
      at('a key that is not compressed', 1, concatBytes(Uint8Array.of(4), bytes(64))),
      at('a key that starts with 04', 1, concatBytes(Uint8Array.of(4), HOLDER.key.slice(1))),
      at('the other point of the same x', 1, concatBytes(Uint8Array.of(5 - HOLDER.key[0]!), HOLDER.key.slice(1))),
      ...[
        bindTo('an x that the curve does not have', concatBytes(Uint8Array.of(2), decodeHex(number(1n)))),
        bindTo('an x above the prime', concatBytes(Uint8Array.of(2), decodeHex(number(PRIME + 5n)))),
        bindTo('zeros for a key', bytes(33)),
      ],
      at('a key of text', 1, 'x'.repeat(33)),
      at('an audience of nobody', 2, ''),
      at('an audience of null', 2, null),
      at('an audience of bytes', 2, bytes(8)),
      at('an audience of 201 code units', 2, 'x'.repeat(201)),
      at('an audience that ends in a space', 2, `${VERIFIER} `),
      at('an audience turned round', 2, `a\u202e${VERIFIER}`),
      at('a nonce of 15 bytes', 3, bytes(15)),
      at('a nonce of 17 bytes', 3, bytes(17)),
      at('no nonce', 3, null),
      at('a time before 1970', 4, -1),
      at('a time after 9999', 5, 253_402_300_800),
      at('a time as text', 4, '2026-11-22T04:00:00Z'),
      at('an end that is the beginning', 5, NOW - 60),
      at('an end before the beginning', 5, NOW - 61),
      at('no end', 5, null),
      at('90 days and a second', 5, NOW - 59 + 90 * DAY),
      signed('a signature of 63 bytes', toHex(usual.signature).slice(2), 'FIELD_INVALID'),
      signed('a signature of 65 bytes', `${toHex(usual.signature)}1b`, 'FIELD_INVALID'),
      signed('s above half of the order', high(usual.signature)),
      signed('s of half of the order and one', r + number((ORDER >> 1n) + 1n)),
      signed('s of 0', r + number(0n)),
      signed('r of 0', number(0n) + s),
      signed('r of the order', number(ORDER) + s),
      judged(
        'another signature',
        encodePresentation({ ...usual, signature: later.signature }),
        'HOLDER_SIGNATURE_INVALID',
      ),
      judged(
        'signed by somebody else',
        encodePresentation(present(usual.proof, {}, OTHER)),
        'HOLDER_SIGNATURE_INVALID',
      ),
      judged(
        'signed without the tag',
        encodeCbor([...items, signAsHolder(encodeCbor(items), HOLDER)]),
        'HOLDER_SIGNATURE_INVALID',
      ),
      judged(
        'more disclosed than was signed',
        encodePresentation({ ...usual, proof: bound }),
        'HOLDER_SIGNATURE_INVALID',
      ),
      judged(
        'another locator',
        encodePresentation({ ...usual, proof: { ...usual.proof, locator: 9 } }),
        'HOLDER_SIGNATURE_INVALID',
      ),
      judged(
        'another audience than was signed',
        encodePresentation({ ...usual, audience: 'Harbour Bank' }),
        'HOLDER_SIGNATURE_INVALID',
        { audiences: ['Harbour Bank'] },
      ),
      judged(
        'another nonce than was signed',
        encodePresentation({ ...usual, nonce: bytes(16) }),
        'HOLDER_SIGNATURE_INVALID',
        { nonce: bytes(16) },
      ),
      judged(
        'a longer time than was signed',
        encodePresentation({ ...usual, expiresAt: NOW + DAY }),
        'HOLDER_SIGNATURE_INVALID',
      ),
      judged(
        'an invalid signature for others',
        encodePresentation({ ...usual, signature: later.signature }),
        'HOLDER_SIGNATURE_INVALID',
        { audiences: [], now: 0 },
      ),
      judged('for others', usualBytes, 'PRESENTED_TO_OTHERS', { audiences: ['https://other.example/'] }),
      judged(
        'for our name in capitals',
        encodePresentation(present(bound, { audience: VERIFIER.toUpperCase() })),
        'PRESENTED_TO_OTHERS',
      ),
      judged('for others, over, with another nonce', usualBytes, 'PRESENTED_TO_OTHERS', {
        audiences: [],
        nonce: bytes(16),
        now: NOW + DAY,
      }),
      judged('with another nonce', usualBytes, 'NONCE_DIFFERENT', { nonce: bytes(16) }),
      judged('with another nonce, over', usualBytes, 'NONCE_DIFFERENT', { nonce: bytes(16), now: NOW + DAY }),
      judged('over since a second', usualBytes, 'PRESENTATION_OVER', { now: NOW + 3_540 }),
      judged('over since long', usualBytes, 'PRESENTATION_OVER', { now: NOW + 1_000 * DAY }),
      judged('61 seconds too early', usualBytes, 'PRESENTATION_NOT_YET', { now: NOW - 121 }),
      {
        ...document,
        name: 'the credential alone around a presentation',
        json: credential.replace(inner, proofValue),
        code: 'JSON_MISMATCH',
      },
      changed('a presentation around a proof', proofValue, inner),
      changed('another claim', 'Chan Tai Man', 'Chan Tai Wo'),
      changed('another audience', `"domain":"${VERIFIER}"`, '"domain":"https://other.example/"'),
      changed('another challenge', '"challenge":"u', '"challenge":"uA'),
      changed('another beginning', '"created":"2026', '"created":"2025'),
      changed(
        'the same end in another zone',
        /"expires":"[^"]+"/.exec(document.json)![0],
        `"expires":"2026-11-22T12:59:00+08:00"`,
      ),
      changed('another purpose', '"proofPurpose":"authentication"', '"proofPurpose":"assertionMethod"'),
      changed('another key', 'urn:eproof:holder:', 'urn:eproof:holder:0'),
      changed(
        'a holder of its own',
        '"type":["VerifiablePresentation"]',
        '"type":["VerifiablePresentation"],"holder":"did:example:1"',
      ),
      changed('a second credential', '"verifiableCredential":[', '"verifiableCredential":[{},'),
      changed('no credential', credential, ''),
      changed('a credential of another proof', inner, `u${toBase64Url(encodeProof(later.proof))}`),
      changed('the presentation of another credential', proofValue, `u${toBase64Url(encodePresentation(later))}`),
      changed(
        'another cryptosuite',
        `"proof":{"type":"DataIntegrityProof","cryptosuite":"eproof-2026","proofPurpose":"authentication"`,
        `"proof":{"type":"DataIntegrityProof","cryptosuite":"ecdsa-jcs-2019","proofPurpose":"authentication"`,
        'JSON_INVALID',
      ),
      normal('63 bytes', toHex(usual.signature).slice(2)),
      normal('r of the order, s high', number(ORDER) + high(usual.signature).slice(64)),
      normal('s of the order', r + number(ORDER)),
      normal('s of 0', r + number(0n)),
      key('nothing', ''),
      key('a key with padding', `${toBase64Url(HOLDER.key)}=`),
      key('a key in the other alphabet', `+/${toBase64Url(HOLDER.key).slice(2)}`),
      key('a key that is not compressed', toBase64Url(concatBytes(Uint8Array.of(4), bytes(64)))),
      key('a key that is no point', toBase64Url(concatBytes(Uint8Array.of(2), decodeHex(number(1n))))),
    ],
  };

  /** A key whose hash the header does hold, so that only the key itself is wrong. */
  function bindTo(name: string, wrong: Uint8Array) {
    const withHash = inHeader(8, hashHolderKey(wrong));
    return refused(name, signItems(withHash.with(1, wrong)));
  }
}

function reversed(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).reverse());
}
