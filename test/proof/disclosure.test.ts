import { expect } from 'chai';
import { toHex } from '../../proof/bytes.ts';
import { REST, SHOWN } from '../../proof/commitment.ts';
import { checkDisclosure, discloseClaims, disclosedNames, publicPart } from '../../proof/disclosure.ts';
import { decodeProof, encodeProof, type Proof, rootOf } from '../../proof/proof.ts';
import { hide, issueBatch, select } from '../../scripts/vectors/issuing.ts';
import { CONSENT_CLAIMS, createWorld } from '../../scripts/vectors/world.ts';
import { expectRefusal } from './refusal.ts';

const world = createWorld({ batches: 0 });
const { proofs, kinds } = world;
const every = proofs.every[0]!;
const consent = proofs.consent[0]!;
const tiny = proofs.standings[0]!;

describe('a choice of claims', () => {
  it('is the proof that the issuer of the vectors makes by hand', () => {
    const proof = discloseClaims(every, kinds.every.value, ['identifier', 'boolean', 'image', 'text', 'gradeList']);
    const places = ['identifier', 'boolean', 'image', 'text', 'gradeList'].map((name) =>
      kinds.every.value.claims.findIndex((claim) => claim.name === name),
    );
    const shown = places.filter((place) => place < 10);
    const rest = places.filter((place) => place >= 10).map((place) => place - 10);
    expect([shown.length, rest.length]).to.deep.equal([3, 2]);
    expect(proof).to.deep.equal({
      ...every,
      shown: select(SHOWN, every.shown, shown),
      rest: select(REST, every.rest, rest),
    });
  });

  it('hands out the seed of a group that it chooses whole, and only the hash of one that it leaves out', () => {
    const proof = discloseClaims(tiny, kinds.tiny.value, ['number', 'holder']);
    expect(proof.shown).to.equal(tiny.shown);
    expect(proof.rest).to.deep.equal(hide(REST, tiny.rest));
  });

  it('does not mind the order of names, nor one that stands twice', () => {
    const [once, twice] = [
      ['number', 'birthDate'],
      ['birthDate', 'number', 'birthDate'],
    ].map((names) => toHex(encodeProof(discloseClaims(consent, kinds.consent.value, names))));
    expect(once).to.equal(twice);
  });

  it('changes nothing of the proof that it is made of', () => {
    const before = toHex(encodeProof(every));
    discloseClaims(every, kinds.every.value, ['money']);
    expect(toHex(encodeProof(every))).to.equal(before);
  });

  it('shows no difference between a hidden claim and one that the credential does not have', () => {
    const parties = {
      registry: world.registry,
      place: 0,
      issuer: 1,
      kind: kinds.consent,
      number: 4,
      key: world.keys.anchor,
    };
    const { number, holder } = CONSENT_CLAIMS;
    const [much, little] = [CONSENT_CLAIMS, { number: number!, holder: holder! }].map((claims) => {
      const [issued] = issueBatch(parties, [{ name: 'the same', claims }], false);
      return decodeProof(encodeProof(discloseClaims(issued!, kinds.consent.value, ['number'])));
    }) as [Proof, Proof];
    const shapeOf = ({ shown, rest }: Proof) =>
      JSON.stringify([shown, rest], (_, value) => (value instanceof Uint8Array ? value.length : value));
    expect(shapeOf(much)).to.equal(shapeOf(little));
    expect(encodeProof(much)).to.have.length(encodeProof(little).length);
    expect(toHex(rootOf(much))).not.to.equal(toHex(rootOf(little)));
  });

  it('can be made smaller, with the same result as at once, and never larger', () => {
    const told = discloseClaims(consent, kinds.consent.value, ['number', 'holder', 'birthDate']);
    const less = discloseClaims(told, kinds.consent.value, ['number', 'birthDate']);
    expect(less).to.deep.equal(discloseClaims(consent, kinds.consent.value, ['number', 'birthDate']));
    expectRefusal('CLAIM_HIDDEN', () => discloseClaims(less, kinds.consent.value, ['number', 'holder']));
    expectRefusal('CLAIM_HIDDEN', () => discloseClaims(less, kinds.consent.value, ['number', 'remarks']));
  });

  it('is refused with a name that the type does not have, without repeating it', () => {
    expectRefusal('CLAIMS_INVALID', () => discloseClaims(tiny, kinds.tiny.value, ['number', 'constructor']));
    expect(() => discloseClaims(tiny, kinds.tiny.value, ['S3CRET'])).to.throw(/^(?!.*S3CRET)/);
  });

  it('is refused of a proof that is not of the type', () => {
    expectRefusal('CLAIMS_INVALID', () => discloseClaims(every, kinds.tiny.value, ['number']));
    expectRefusal('CLAIM_HIDDEN', () => discloseClaims(tiny, kinds.every.value, ['identifier', 'image']));
  });
});

describe('what a type always shows', () => {
  const hidden = (proof: Proof) => ({ shown: hide(SHOWN, proof.shown), rest: hide(REST, proof.rest) });

  it('is disclosed by every proof of a public type', () => {
    checkDisclosure(kinds.tiny.value, tiny);
    checkDisclosure(kinds.tiny.value, { ...tiny, rest: hide(REST, tiny.rest) });
    checkDisclosure(kinds.tiny.value, { ...tiny, shown: select(SHOWN, tiny.shown, [0]) });
    expectRefusal('CLAIM_HIDDEN', () => checkDisclosure(kinds.tiny.value, hidden(tiny)));
    expectRefusal('CLAIM_HIDDEN', () => checkDisclosure(kinds.tiny.value, { ...tiny, shown: hide(SHOWN, tiny.shown) }));
    expectRefusal('CLAIM_HIDDEN', () =>
      checkDisclosure(kinds.tiny.value, { ...tiny, shown: select(SHOWN, tiny.shown, [1]) }),
    );
  });

  it('may be hidden with everything else where the type is not public', () => {
    checkDisclosure(kinds.consent.value, hidden(consent));
    checkDisclosure(kinds.consent.value, consent);
    expectRefusal('CLAIM_HIDDEN', () =>
      checkDisclosure(kinds.consent.value, { ...consent, shown: hide(SHOWN, consent.shown) }),
    );
    expectRefusal('CLAIM_HIDDEN', () =>
      checkDisclosure(kinds.consent.value, { ...hidden(consent), rest: select(REST, consent.rest, [1]) }),
    );
  });

  it('is nothing in a type that marks no claim', () => {
    checkDisclosure(kinds.every.value, hidden(every));
    checkDisclosure(kinds.every.value, { ...every, shown: select(SHOWN, every.shown, [3]) });
  });

  it('cannot be left out of a choice', () => {
    expectRefusal('CLAIM_HIDDEN', () => discloseClaims(tiny, kinds.tiny.value, []));
    expectRefusal('CLAIM_HIDDEN', () => discloseClaims(tiny, kinds.tiny.value, ['holder', 'conditions']));
    expectRefusal('CLAIM_HIDDEN', () => discloseClaims(consent, kinds.consent.value, ['birthDate']));
    expect(disclosedNames(kinds.consent.value, discloseClaims(consent, kinds.consent.value, []))).to.deep.equal([]);
  });
});

describe('the public part of a proof', () => {
  it('is what the QR of a public type carries, and leads to the same root', () => {
    const part = publicPart(tiny, kinds.tiny.value);
    expect(part).to.deep.equal({ ...tiny, rest: hide(REST, tiny.rest) });
    expect(toHex(rootOf(part))).to.equal(toHex(rootOf(tiny)));
  });

  it('has no claim where the type asks for consent, or is not known', () => {
    for (const part of [publicPart(consent, kinds.consent.value), publicPart(tiny, null)]) {
      expect([part.shown.kind, part.rest.kind]).to.deep.equal(['hidden', 'hidden']);
    }
    expect(toHex(rootOf(publicPart(consent, null)))).to.equal(toHex(rootOf(consent)));
  });
});
