import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../proof/bytes.ts';
import { encodeCbor } from '../../proof/cbor.ts';
import { createGroupHasher, deriveSalt, hashDisclosure, REST, SHOWN } from '../../proof/commitment.ts';
import { type HashInto, TAG } from '../../proof/hash.ts';
import { hide, select } from '../../scripts/vectors/issuing.ts';
import { expectRefusal } from './refusal.ts';

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const hashIntoWithNode: HashInto = (message, target, offset) => target.set(sha256(message), offset);
const hasher = createGroupHasher();
const seed = fc.uint8Array({ minLength: 16, maxLength: 16 });
const values = fc.array(fc.oneof(fc.constant(null), fc.string({ unit: 'grapheme-ascii' }), fc.maxSafeInteger()), {
  minLength: 2,
  maxLength: 20,
});

describe('commitments', () => {
  it('are hashes of tag, salt and place, in a hash of tag, group and count', () => {
    const known = Uint8Array.from({ length: 16 }, (_, i) => i);
    const commitments = ['a', null].map((value, i) => {
      const salt = sha256(TAG.salt, known, Uint8Array.of(i)).subarray(0, 16);
      expect(toHex(deriveSalt(known, i))).to.equal(toHex(salt));
      return sha256(TAG.claim, salt, encodeCbor([1, i, value]));
    });
    expect(hasher.commitments(REST, known, ['a', null]).map(toHex)).to.deep.equal(commitments.map(toHex));
    const salt = deriveSalt(known, 1);
    expect(toHex(hasher.commitment(REST, 1, { salt, value: null }))).to.equal(commitments[1]?.toString('hex'));
    expect(toHex(hasher.hashFull(REST, known, ['a', null]))).to.equal(
      toHex(sha256(TAG.group, Uint8Array.of(1, 2), ...commitments)),
    );
  });

  it('are the same with another implementation of SHA-256', () => {
    const other = createGroupHasher(hashIntoWithNode);
    fc.assert(
      fc.property(seed, values, (bytes, list) => {
        expect(toHex(other.hashFull(SHOWN, bytes, list))).to.equal(toHex(hasher.hashFull(SHOWN, bytes, list)));
      }),
    );
  });

  it('are the same for claims that are encoded already', () => {
    fc.assert(
      fc.property(seed, values, (bytes, list) => {
        const encoded = list.map(encodeCbor);
        expect(toHex(hasher.hashEncoded(REST, bytes, encoded))).to.equal(toHex(hasher.hashFull(REST, bytes, list)));
      }),
    );
    expectRefusal('TOO_LARGE', () => hasher.hashEncoded(REST, new Uint8Array(16), Array(256).fill(Uint8Array.of(1))));
  });

  it('give one group hash however much of the group is disclosed', () => {
    fc.assert(
      fc.property(seed, values, fc.array(fc.nat(19)), (bytes, list, chosen) => {
        const full = { kind: 'full', seed: bytes, values: list } as const;
        const hash = toHex(hashDisclosure(SHOWN, full, hasher));
        expect(toHex(hashDisclosure(SHOWN, select(SHOWN, full, chosen), hasher))).to.equal(hash);
        expect(toHex(hashDisclosure(SHOWN, hide(SHOWN, full), hasher))).to.equal(hash);
      }),
    );
  });

  it('differ by seed, group, place, value and count', () => {
    const hashes = [
      hasher.hashFull(SHOWN, new Uint8Array(16), ['a', 'b']),
      hasher.hashFull(SHOWN, new Uint8Array(16).fill(1), ['a', 'b']),
      hasher.hashFull(REST, new Uint8Array(16), ['a', 'b']),
      hasher.hashFull(SHOWN, new Uint8Array(16), ['b', 'a']),
      hasher.hashFull(SHOWN, new Uint8Array(16), ['a', 'c']),
      hasher.hashFull(SHOWN, new Uint8Array(16), ['a', 'b', null]),
      hasher.hashFull(SHOWN, new Uint8Array(16), ['a']),
      hasher.hashFull(SHOWN, new Uint8Array(16), []),
    ];
    expect(new Set(hashes.map(toHex)).size).to.equal(hashes.length);
  });

  it('are at most 255 in a group', () => {
    const most = Array.from({ length: 255 }, () => null);
    expect(hasher.hashFull(SHOWN, new Uint8Array(16), most)).to.have.length(32);
    expectRefusal('TOO_LARGE', () => hasher.hashFull(SHOWN, new Uint8Array(16), [...most, null]));
    const commitment = new Uint8Array(32);
    expectRefusal('TOO_LARGE', () =>
      hasher.hashSelective(
        SHOWN,
        [...most, null].map(() => ({ commitment })),
      ),
    );
  });

  it('have tags of eight bytes, each its own', () => {
    const tags = Object.values(TAG).map((tag) => Buffer.from(tag).toString('latin1'));
    expect(tags).to.deep.equal(['S', 'C', 'G', 'D', 'L', 'N', 'R', 'P'].map((letter) => `eProof1${letter}`));
  });
});
