import { expect } from 'chai';
import { toHex } from '../../proof/bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from '../../proof/cbor.ts';
import { REST, SHOWN } from '../../proof/commitment.ts';
import type { ProofErrorCode } from '../../proof/errors.ts';
import { decodeProof, encodeProof, type Proof, rootOf } from '../../proof/proof.ts';
import { hide, select, toQrProof } from '../../scripts/vectors/issuing.ts';
import { createWorld } from '../../scripts/vectors/world.ts';
import { expectRefusal } from './refusal.ts';

const { proofs } = createWorld();
const every = proofs.every[0]!;
const variants: Record<string, Proof> = {
  'a full proof': every,
  'the proof of a QR': toQrProof(every),
  'a proof that shows nothing': { ...every, shown: hide(SHOWN, every.shown), rest: hide(REST, every.rest) },
  'a selective proof': { ...every, shown: select(SHOWN, every.shown, [0, 3]), rest: select(REST, every.rest, [8]) },
  'a proof without a locator': { ...every, locator: null },
  'a proof of a bound credential': proofs.every[2]!,
  'a proof from the middle of a full batch': proofs.full[100]!,
  'a proof of a type without other claims': proofs.plain[0]!,
};
type Items = CborValue[];
const itemsOf = (proof: Proof) => decodeCbor(encodeProof(proof)) as Items;
const changed = (proof: Proof, change: (items: Items) => void) => {
  const items = structuredClone(itemsOf(proof));
  change(items);
  return encodeCbor(items);
};

describe('a proof', () => {
  for (const [name, proof] of Object.entries(variants))
    it(`comes back from its bytes, as ${name}`, () => {
      const bytes = encodeProof(proof);
      expect(decodeProof(bytes)).to.deep.equal(proof);
      expect(toHex(encodeProof(decodeProof(bytes)))).to.equal(toHex(bytes));
    });

  it('leads to one root, however much it discloses', () => {
    const roots = Object.values(variants)
      .slice(0, 6)
      .map((proof) => toHex(rootOf(proof)));
    expect(new Set(roots.slice(0, 5)).size).to.equal(1);
  });

  it('gives a group without claims by its hash, because nothing would bind a seed', () => {
    const proof = proofs.plain[0]!;
    const withSeed: Proof = { ...proof, rest: { kind: 'full', seed: new Uint8Array(16), values: [] } };
    expect(toHex(encodeProof(withSeed))).to.equal(toHex(encodeProof(proof)));
    const empty = changed(proof, (items) => {
      items[3] = [new Uint8Array(16), []];
    });
    expectRefusal('FIELD_INVALID', () => decodeProof(empty));
  });

  const wrong: [name: string, code: ProofErrorCode, change: (items: Items) => void][] = [
    ['an item too few', 'FIELD_INVALID', (items) => items.pop()],
    ['an item too many', 'FIELD_INVALID', (items) => items.push(null)],
    ['a registry 256', 'FIELD_INVALID', (items) => items.splice(1, 1, 256)],
    ['a registry of null', 'FIELD_INVALID', (items) => items.splice(1, 1, null)],
    ['a group of null', 'FIELD_INVALID', (items) => items.splice(2, 1, null)],
    ['a group hash of 31 bytes', 'FIELD_INVALID', (items) => items.splice(2, 1, new Uint8Array(31))],
    ['a seed of 15 bytes', 'FIELD_INVALID', (items) => items.splice(2, 1, [new Uint8Array(15), ['x']])],
    ['a seed as text', 'FIELD_INVALID', (items) => items.splice(2, 1, ['x', ['x']])],
    ['a group of three items', 'FIELD_INVALID', (items) => (items[2] as Items).push(null)],
    ['a group of one item', 'FIELD_INVALID', (items) => (items[2] as Items).pop()],
    ['a selection that shows all', 'FIELD_INVALID', (items) => items.splice(2, 1, [null, [[new Uint8Array(16), 1]]])],
    ['a selection that hides all', 'FIELD_INVALID', (items) => items.splice(2, 1, [null, [new Uint8Array(32)]])],
    ['a selection of nothing', 'FIELD_INVALID', (items) => items.splice(2, 1, [null, []])],
    [
      'a salt of 32 bytes',
      'FIELD_INVALID',
      (items) => items.splice(2, 1, [null, [[new Uint8Array(32), 1], new Uint8Array(32)]]),
    ],
    [
      'a commitment of 31 bytes',
      'FIELD_INVALID',
      (items) => items.splice(2, 1, [null, [[new Uint8Array(16), 1], new Uint8Array(31)]]),
    ],
    [
      'a disclosed claim of three items',
      'FIELD_INVALID',
      (items) => items.splice(2, 1, [null, [[new Uint8Array(16), 1, 2], new Uint8Array(32)]]),
    ],
    [
      '256 claims in a group',
      'FIELD_INVALID',
      (items) => items.splice(2, 1, [new Uint8Array(16), Array.from({ length: 256 }, () => null)]),
    ],
    ['an index 256', 'FIELD_INVALID', (items) => items.splice(4, 1, 256)],
    ['an index of the size', 'INCLUSION_INVALID', (items) => items.splice(4, 1, 3)],
    ['a size 0', 'FIELD_INVALID', (items) => items.splice(5, 1, 0)],
    ['a size 257', 'FIELD_INVALID', (items) => items.splice(5, 1, 257)],
    ['a path of another length', 'INCLUSION_INVALID', (items) => items.splice(6, 1, new Uint8Array(32))],
    ['a path as a list', 'FIELD_INVALID', (items) => items.splice(6, 1, [])],
    ['a signature of 64 bytes', 'FIELD_INVALID', (items) => items.splice(7, 1, new Uint8Array(64))],
    ['a signature of zeros', 'SIGNATURE_MALFORMED', (items) => items.splice(7, 1, new Uint8Array(65))],
    ['a locator below 0', 'FIELD_INVALID', (items) => items.splice(8, 1, -1)],
    ['a locator above 32 bits', 'FIELD_INVALID', (items) => items.splice(8, 1, 2 ** 32)],
    ['a later version', 'VERSION_UNKNOWN', (items) => items.splice(0, 1, [2])],
    ['a later version of fewer items', 'VERSION_UNKNOWN', (items) => items.splice(0, 9, [2])],
  ];
  for (const [name, code, change] of wrong)
    it(`is refused with ${name}`, () => {
      expectRefusal(code, () => decodeProof(changed(every, change)));
    });

  it('is refused as anything but an array', () => {
    for (const value of [null, 1, 'x', new Uint8Array(9)])
      expectRefusal('FIELD_INVALID', () => decodeProof(encodeCbor(value)));
    expectRefusal('CBOR_MALFORMED', () => decodeProof(new Uint8Array(0)));
  });
});
