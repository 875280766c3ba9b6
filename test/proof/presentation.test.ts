import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../proof/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../proof/cbor.ts';
import { discloseClaims } from '../../proof/disclosure.ts';
import type { ProofErrorCode } from '../../proof/errors.ts';
import { hashHolderKey } from '../../proof/holder-key.ts';
import type { JsonObject } from '../../proof/json.ts';
import {
  decodePresentation,
  decodeShown,
  encodePresentation,
  HOLDER_CODES,
  judgePresentation,
  type Presentation,
  presentationMessage,
} from '../../proof/presentation.ts';
import { decodeProof, encodeProof } from '../../proof/proof.ts';
import { decodeQrText, toQrText } from '../../proof/qr-text.ts';
import {
  checkDocument,
  decodeDocument,
  decodeShownValue,
  toVerifiablePresentation,
} from '../../proof/verifiable-credential.ts';
import { toQrProof } from '../../scripts/vectors/issuing.ts';
import { present, signItems, unsignedItems } from '../../scripts/vectors/presenting.ts';
import { namedBytes, namedHolder } from '../../scripts/vectors/seed.ts';
import { createWorld, HOLDER, NOW, VERIFIER } from '../../scripts/vectors/world.ts';
import { expectRefusal } from './refusal.ts';

const { proofs, kinds, registry } = createWorld({ batches: 0 });
const bound = proofs.bound[0]!;
const usual = present(toQrProof(bound));
const bytes = encodePresentation(usual);
const occasion = { audiences: [VERIFIER], nonce: namedBytes('nonce', 16) };
const name = fc
  .string({ unit: fc.constantFrom('a', 'Z', '7', ' ', 'é', '陳', '𠮷', '/', ':'), maxLength: 60 })
  .map((text) => `x${text}x`);

describe('a presentation', () => {
  it('comes back from its bytes, whoever it is for and whenever', () => {
    const facts = fc.record({
      audience: name,
      nonce: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      issuedAt: fc.nat(2 ** 31),
      seconds: fc.integer({ min: 1, max: 90 * 86_400 }),
    });
    fc.assert(
      fc.property(facts, fc.nat(3), ({ audience, nonce, issuedAt, seconds }, chosen) => {
        const names = ['number', 'holder', 'conditions'].slice(0, Math.max(1, chosen));
        const proof = discloseClaims(bound, kinds.tiny.value, names);
        const presentation = present(proof, { audience, nonce, issuedAt, expiresAt: issuedAt + seconds });
        const decoded = decodePresentation(encodePresentation(presentation));
        expect(decoded).to.deep.equal(presentation);
        expect(judgePresentation(decoded, { audiences: ['y', audience], nonce }, issuedAt)).to.equal('HOLDER_SIGNED');
        expect(judgePresentation(decoded, { audiences: [audience], nonce: null }, issuedAt + seconds)).to.equal(
          'PRESENTATION_OVER',
        );
      }),
      { numRuns: 40 },
    );
  });

  it('has room for every kind of claim, each disclosed by its salt', () => {
    const names = kinds.every.value.claims.map((claim) => claim.name);
    for (const hidden of [names[0], names[18]]) {
      const proof = discloseClaims(
        proofs.every[2]!,
        kinds.every.value,
        names.filter((candidate) => candidate !== hidden),
      );
      const presentation = present(proof);
      expect(decodePresentation(encodePresentation(presentation))).to.deep.equal(presentation);
    }
  });

  it('is told from a proof by its structure', () => {
    expect(bytes[0]).to.equal(0x87);
    expect(decodeShown(bytes)).to.deep.equal({ proof: usual.proof, presentation: usual });
    expect(decodeShown(encodeProof(usual.proof))).to.deep.equal({ proof: usual.proof, presentation: null });
    expectRefusal('FIELD_INVALID', () => decodeProof(bytes));
    expectRefusal('FIELD_INVALID', () => decodePresentation(encodeProof(usual.proof)));
  });

  it('of another version, or of a proof of another version, is not taken for a broken one', () => {
    const [proof, ...facts] = unsignedItems(bytes) as [CborValue[], ...CborValue[]];
    const later = (proof[0] as CborValue[]).with(0, 2);
    const others: CborValue[][] = [
      [proof.with(0, later), ...facts],
      [[later]],
      [[[2]], 'x'],
      [[[65_535, null], null], ...facts, ...facts],
    ];
    for (const items of others) expectRefusal('VERSION_UNKNOWN', () => decodeShown(encodeCbor(items)));
    for (const head of [[0], [65_536], ['1'], [null], []])
      expectRefusal('FIELD_INVALID', () => decodeShown(encodeCbor([[head], ...facts, bytes])));
  });

  it('is refused of a credential that is bound to no key, or to another', () => {
    for (const proof of [
      { ...usual.proof, header: { ...usual.proof.header, holderKey: null } },
      { ...usual.proof, header: { ...usual.proof.header, holderKey: hashHolderKey(namedHolder('another').key) } },
    ]) {
      expectRefusal('FIELD_INVALID', () => presentationMessage({ ...usual, proof }));
      expectRefusal('FIELD_INVALID', () => decodeShown(encodePresentation({ ...usual, proof })));
    }
  });

  const wrong: [name: string, change: Partial<Presentation>][] = [
    ['another key', { holderKey: namedHolder('another').key }],
    ['no audience', { audience: '' }],
    ['an audience with a line feed', { audience: 'a\nb' }],
    ['an audience of 201 code units', { audience: 'x'.repeat(201) }],
    ['a short nonce', { nonce: new Uint8Array(15) }],
    ['an end that is its beginning', { issuedAt: NOW, expiresAt: NOW }],
    ['more than 90 days', { issuedAt: NOW, expiresAt: NOW + 90 * 86_400 + 1 }],
    ['a time before 1970', { issuedAt: -1, expiresAt: 1 }],
    ['a year of five digits', { issuedAt: 253_402_300_799, expiresAt: 253_402_300_800 }],
  ];
  for (const [what, change] of wrong)
    it(`is refused with ${what}, before its holder signs and after`, () => {
      expectRefusal('FIELD_INVALID', () => presentationMessage({ ...usual, ...change }));
      const { holderKey, audience, nonce, issuedAt, expiresAt } = { ...usual, ...change };
      const items = [unsignedItems(bytes)[0] as CborValue, holderKey, audience, nonce, issuedAt, expiresAt];
      expectRefusal('FIELD_INVALID', () => decodePresentation(signItems(items)));
    });

  const malformed: [name: string, code: ProofErrorCode, signature: Uint8Array][] = [
    ['zeros for a signature', 'SIGNATURE_MALFORMED', new Uint8Array(64)],
    ['s in the upper half', 'SIGNATURE_MALFORMED', new Uint8Array(64).fill(0x90)],
    ['a signature with a recovery byte', 'FIELD_INVALID', new Uint8Array(65)],
  ];
  for (const [what, code, signature] of malformed)
    it(`is refused with ${what}`, () => {
      expectRefusal(code, () => decodePresentation(encodePresentation({ ...usual, signature })));
    });
});

describe('the judgement of a presentation', () => {
  const judge = (change: Partial<Presentation>, given: Partial<typeof occasion> = {}, now = NOW) =>
    judgePresentation({ ...usual, ...change }, { ...occasion, ...given }, now);

  it('asks for the signature, then the audience, then the nonce, then the time', () => {
    const others = { audiences: [] };
    const nonce = { nonce: new Uint8Array(16) };
    expect(judge({ audience: 'y' }, { ...others, ...nonce }, 0)).to.equal('HOLDER_SIGNATURE_INVALID');
    expect(judge({}, { ...others, ...nonce }, 0)).to.equal('PRESENTED_TO_OTHERS');
    expect(judge({}, nonce, 0)).to.equal('NONCE_DIFFERENT');
    expect(judge({}, {}, 0)).to.equal('PRESENTATION_NOT_YET');
    expect(judge({}, {}, usual.expiresAt)).to.equal('PRESENTATION_OVER');
    expect(judge({})).to.equal('HOLDER_SIGNED');
  });

  it('finds any change of what was signed', () => {
    const changes: Partial<Presentation>[] = [
      { proof: bound },
      { proof: { ...usual.proof, locator: 77 } },
      { proof: { ...usual.proof, registry: 1 } },
      { audience: `${VERIFIER}en/` },
      { nonce: usual.nonce.toReversed() },
      { issuedAt: usual.issuedAt - 1 },
      { expiresAt: usual.expiresAt + 1 },
      { signature: present(bound).signature },
    ];
    for (const change of changes) expect(judge(change)).to.equal('HOLDER_SIGNATURE_INVALID');
  });

  it('forgives a clock that is a minute ahead, and no more', () => {
    expect(judge({}, {}, usual.issuedAt - 60)).to.equal('HOLDER_SIGNED');
    expect(judge({}, {}, usual.issuedAt - 61)).to.equal('PRESENTATION_NOT_YET');
    expect(judge({}, {}, usual.expiresAt - 1)).to.equal('HOLDER_SIGNED');
  });

  it('has one pass, and nothing unknown but the time', () => {
    expect(Object.entries(HOLDER_CODES).filter(([, outcome]) => outcome !== 'fail')).to.deep.equal([
      ['HOLDER_SIGNED', 'pass'],
      ['PRESENTATION_NOT_YET', 'unknown'],
      ['PRESENTATION_OVER', 'unknown'],
    ]);
  });
});

describe('the carriers of a presentation', () => {
  const source = { type: kinds.tiny.value, definition: kinds.tiny.definition, registry: registry.address };
  const document = toVerifiablePresentation(usual, source);

  it('are a QR of digits, like that of a proof', () => {
    expect(decodeQrText(toQrText(VERIFIER, bytes), [VERIFIER])).to.deep.equal(bytes);
  });

  it('are a W3C presentation around the credential, which says in words what was signed', () => {
    const { proofValue, ...words } = document.proof as JsonObject;
    expect(words).to.deep.equal({
      type: 'DataIntegrityProof',
      cryptosuite: 'eproof-2026',
      proofPurpose: 'authentication',
      verificationMethod: `urn:eproof:holder:${toHex(hashHolderKey(HOLDER.key))}`,
      domain: VERIFIER,
      challenge: `u${Buffer.from(usual.nonce).toString('base64url')}`,
      created: '2026-11-22T03:59:00Z',
      expires: '2026-11-22T04:59:00Z',
    });
    expect(decodeShownValue(proofValue as string).presentation).to.deep.equal(usual);
    const found = decodeDocument(JSON.stringify(document, null, 2));
    checkDocument(found.document, { ...source, ...decodeShownValue(found.proofValue) });
  });

  it('do not pass for each other', () => {
    const { proof } = usual;
    const [credential] = document.verifiableCredential as JsonObject[];
    expectRefusal('JSON_MISMATCH', () => checkDocument(document, { ...source, proof }));
    expectRefusal('JSON_MISMATCH', () => checkDocument(credential!, { ...source, proof, presentation: usual }));
    checkDocument(credential!, { ...source, proof });
  });

  it('disclose no more than the proof: no hidden seed, salt or value', () => {
    if (bound.rest.kind !== 'full' || bound.shown.kind !== 'full') throw new Error('not full');
    const told = present(discloseClaims(bound, kinds.tiny.value, ['number']));
    const hex = toHex(encodePresentation(told));
    for (const secret of [bound.rest.seed, bound.shown.seed, ...bound.rest.values, bound.shown.values[1]!])
      expect(hex).not.to.contain(toHex(secret instanceof Uint8Array ? secret : encodeCbor(secret as CborValue)));
    expect(JSON.stringify(toVerifiablePresentation(told, source))).not.to.contain('Chan');
    expect(decodeCbor(encodePresentation(told))).to.have.length(7);
  });
});
