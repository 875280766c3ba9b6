import { expect } from 'chai';
import { REST, SHOWN } from '../../proof/commitment.ts';
import type { Json, JsonObject } from '../../proof/json.ts';
import { encodeProof, type Proof } from '../../proof/proof.ts';
import {
  checkDocument,
  decodeDocument,
  decodeShownValue,
  type JsonSource,
  toVerifiableCredential,
} from '../../proof/verifiable-credential.ts';
import { EVERY_CLAIMS } from '../../scripts/vectors/definitions.ts';
import { hide, select } from '../../scripts/vectors/issuing.ts';
import { createWorld } from '../../scripts/vectors/world.ts';
import { expectRefusal } from './refusal.ts';

const { proofs, kinds, registry } = createWorld();
const sourceOf = (proof: Proof): JsonSource => ({
  proof,
  type: kinds.every.value,
  definition: kinds.every.definition,
  registry: registry.address,
});
const proof = proofs.every[0]!;
const document = toVerifiableCredential(sourceOf(proof));
// biome-ignore lint/suspicious/noExplicitAny: a document to be changed in every way
type Document = any;

describe('a credential as JSON', () => {
  it('says in words what its proof says', () => {
    expect(document.credentialSubject).to.deep.equal(EVERY_CLAIMS);
    expect(document).to.deep.include({
      type: ['VerifiableCredential', 'EX-EVERY'],
      issuer: `urn:eproof:31337:0x${'e7'.repeat(20)}:1`,
      validFrom: '2026-11-01T00:00:00+08:00',
      validUntil: '2027-10-31T23:59:59+08:00',
    });
  });

  it('leaves out an end that there is not, and claims that are hidden or absent', () => {
    const open = { ...proof, header: { ...proof.header, validUntil: null } };
    expect(toVerifiableCredential(sourceOf(open))).not.to.have.property('validUntil');
    const selective = { ...proof, shown: select(SHOWN, proof.shown, [0]), rest: hide(REST, proof.rest) };
    expect(toVerifiableCredential(sourceOf(selective)).credentialSubject).to.deep.equal({ identifier: 'AB123456(7)' });
    expect(toVerifiableCredential(sourceOf(proofs.every[1]!)).credentialSubject).to.deep.equal({});
  });

  it('is found again, with its proof, in its text', () => {
    const text = JSON.stringify(document, null, 2);
    const found = decodeDocument(`\ufeff${text}`);
    expect(encodeProof(decodeShownValue(found.proofValue).proof)).to.deep.equal(encodeProof(proof));
    checkDocument(found.document, sourceOf(proof));
  });

  it('does not mind another order of names', () => {
    const turned = Object.fromEntries(Object.entries(document).reverse());
    checkDocument(turned as JsonObject, sourceOf(proof));
  });

  const changes: Record<string, (file: Document) => void> = {
    'another name of the holder': (file) => Object.assign(file.credentialSubject.bilingualText, { en: 'Chan Tai Wo' }),
    'a claim more': (file) => Object.assign(file.credentialSubject, { extra: 1 }),
    'a claim that is null': (file) => Object.assign(file.credentialSubject, { extra: null }),
    'a claim less': (file) => delete file.credentialSubject.text,
    'a claim as text': (file) => Object.assign(file.credentialSubject, { integer: '-42' }),
    'items in another order': (file) => file.credentialSubject.list.reverse(),
    'another id': (file) => Object.assign(file, { id: `${file.id}0` }),
    'another issuer': (file) => Object.assign(file, { issuer: file.issuer.replace(/1$/, '2') }),
    'another type': (file) => file.type.push('X'),
    'types in another order': (file) => file.type.reverse(),
    'another end': (file) => Object.assign(file, { validUntil: '2037-10-31T23:59:59+08:00' }),
    'the same start in another time zone': (file) => Object.assign(file, { validFrom: '2026-10-31T16:00:00Z' }),
    'a status of its own': (file) => Object.assign(file, { credentialStatus: { id: 'https://evil.example/' } }),
    'another schema': (file) => Object.assign(file.credentialSchema, { id: 'urn:x' }),
    'another context': (file) => file['@context'].push('https://evil.example/'),
    'another purpose': (file) => Object.assign(file.proof, { proofPurpose: 'authentication' }),
    'another method': (file) => Object.assign(file.proof, { verificationMethod: 'x' }),
    'a name for its issuer': (file) => Object.assign(file, { issuer: { id: file.issuer, name: 'Nobody' } }),
    'a name __proto__': (file) => Object.defineProperty(file, '__proto__', { value: {}, enumerable: true }),
  };
  for (const [name, change] of Object.entries(changes))
    it(`is changed by ${name}`, () => {
      const file = structuredClone(document) as Document;
      change(file);
      const found = decodeDocument(JSON.stringify(file));
      expectRefusal('JSON_MISMATCH', () => checkDocument(found.document, sourceOf(proof)));
    });

  for (const [name, text] of Object.entries({
    'no JSON': '%PDF-1.7',
    'a list': '[]',
    'no proof': '{}',
    'two proofs': '{"proof":[]}',
    'another cryptosuite': '{"proof":{"cryptosuite":"ecdsa-rdfc-2019","proofValue":"u"}}',
    'a proof that is no text': '{"proof":{"cryptosuite":"eproof-2026","proofValue":1}}',
    'a whole number that is not written as digits alone': JSON.stringify(document).replace(':-42', ':-42.0'),
  }))
    it(`is no e-Proof with ${name}`, () => {
      expectRefusal('JSON_INVALID', () => decodeDocument(text));
    });

  it('is a broken e-Proof with another multibase or a broken proof', () => {
    const { proofValue } = document.proof as { proofValue: string };
    expectRefusal('FIELD_INVALID', () => decodeShownValue(`z${proofValue.slice(1)}`));
    expectRefusal('FIELD_INVALID', () => decodeShownValue(`${proofValue}=`));
    expectRefusal('FIELD_INVALID', () => decodeShownValue(''));
    expectRefusal('CBOR_MALFORMED', () => decodeShownValue('u'));
    expectRefusal(
      'TRAILING_BYTES',
      () => decodeShownValue(`${proofValue.slice(0, -(proofValue.length % 4) || undefined)}AAAA`).proof,
    );
  });

  it('cannot be generated of claims that are not of the type', () => {
    const other: Json = document;
    expectRefusal('CLAIMS_INVALID', () => checkDocument(other, { ...sourceOf(proof), type: kinds.tiny.value }));
  });
});
