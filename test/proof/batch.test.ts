import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { hashContent, inclusionLength, rootFromInclusion, sealBatch } from '../../proof/batch.ts';
import { concatBytes, toHex } from '../../proof/bytes.ts';
import { TAG } from '../../proof/hash.ts';
import { namedBytes } from '../../scripts/vectors/seed.ts';
import { expectRefusal, refusalOf } from './refusal.ts';

const sha256 = (...parts: Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const contents = Array.from({ length: 256 }, (_, i) => namedBytes(`content ${i}`, 32));

/** RFC 9162 section 2.1.1 as it is written there: split at the largest power of two below the size. */
function treeHead(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return leaves[0] as Uint8Array;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(TAG.node, treeHead(leaves.slice(0, split)), treeHead(leaves.slice(split)));
}

function rootOf(batch: readonly Uint8Array[]): Uint8Array {
  const leaves = batch.map((content, i) => sha256(TAG.leaf, Uint8Array.of(i), content));
  return sha256(TAG.root, Uint8Array.of(batch.length >> 8, batch.length & 255), treeHead(leaves));
}

describe('a batch', () => {
  it('has the tree of RFC 9162 in every size', () => {
    for (let size = 1; size <= 256; size++) {
      const batch = contents.slice(0, size);
      expect(toHex(sealBatch(batch).root), `size ${size}`).to.equal(toHex(rootOf(batch)));
    }
  });

  it('includes each of its leaves, in every size, by a path of the one right length', () => {
    for (let size = 1; size <= 256; size++) {
      const batch = sealBatch(contents.slice(0, size));
      for (let index = 0; index < size; index += size > 40 ? 7 : 1) {
        const path = batch.inclusionOf(index);
        expect(path.length, `${index} of ${size}`).to.equal(32 * inclusionLength(index, size));
        const root = rootFromInclusion({ content: contents[index] as Uint8Array, index, size }, path);
        expect(toHex(root), `${index} of ${size}`).to.equal(toHex(batch.root));
      }
    }
  });

  it('leads to another root from another place, size, content or sibling', () => {
    const batch = sealBatch(contents.slice(0, 37));
    fc.assert(
      fc.property(
        fc.nat(36),
        fc.record({ index: fc.nat(36), size: fc.integer({ min: 1, max: 256 }), flip: fc.nat(36 * 8) }),
        (place, other) => {
          const path = batch.inclusionOf(place);
          const leaf = { content: contents[place] as Uint8Array, index: place, size: 37 };
          if (other.index !== place)
            expect(leadsElsewhere({ ...leaf, index: other.index }, path, batch.root)).to.equal(true);
          if (other.size !== 37) expect(leadsElsewhere({ ...leaf, size: other.size }, path, batch.root)).to.equal(true);
          const content = contents[(place + 1) % 37] as Uint8Array;
          expect(leadsElsewhere({ ...leaf, content }, path, batch.root)).to.equal(true);
          const broken = path.slice();
          const bit = other.flip % (broken.length * 8);
          broken[bit >> 3] = (broken[bit >> 3] as number) ^ (1 << (bit & 7));
          expect(leadsElsewhere(leaf, broken, batch.root)).to.equal(true);
        },
      ),
    );
  });

  it('never takes an inner node for a leaf', () => {
    const [a, b, c] = contents as [Uint8Array, Uint8Array, Uint8Array];
    const pair = sealBatch([a, b]);
    const inner = sha256(TAG.node, sha256(TAG.leaf, Uint8Array.of(0), a), sha256(TAG.leaf, Uint8Array.of(1), b));
    expect(leadsElsewhere({ content: inner, index: 0, size: 1 }, new Uint8Array(0), pair.root)).to.equal(true);
    expect(toHex(sealBatch([a, b, c]).root)).not.to.equal(toHex(sealBatch([a, b, c, c]).root));
  });

  it('refuses a place or a path that there is not', () => {
    const path = sealBatch(contents.slice(0, 3)).inclusionOf(0);
    const leaf = { content: contents[0] as Uint8Array, index: 0, size: 3 };
    for (const wrong of [
      { ...leaf, size: 0 },
      { ...leaf, size: 257 },
      { ...leaf, size: 2.5 },
      { ...leaf, index: -1 },
      { ...leaf, index: 3 },
      { ...leaf, index: 0.5 },
      { ...leaf, size: 2 },
      { ...leaf, size: 5 },
    ])
      expectRefusal('INCLUSION_INVALID', () => rootFromInclusion(wrong, path));
    expectRefusal('INCLUSION_INVALID', () => rootFromInclusion(leaf, path.subarray(1)));
    expectRefusal('INCLUSION_INVALID', () => rootFromInclusion(leaf, concatBytes(path, path)));
    expectRefusal('INCLUSION_INVALID', () => rootFromInclusion(leaf, new Uint8Array(0)));
  });

  it('has 1 to 256 credentials', () => {
    expect(() => sealBatch([])).to.throw(TypeError);
    expect(() => sealBatch([...contents, contents[0] as Uint8Array])).to.throw(TypeError);
    expect(() => sealBatch(contents).inclusionOf(256)).to.throw(TypeError);
  });

  it('hashes a content from both groups and the header, in that order', () => {
    const [shown, rest, header] = contents as [Uint8Array, Uint8Array, Uint8Array];
    expect(toHex(hashContent(header, { shown, rest }))).to.equal(toHex(sha256(TAG.content, shown, rest, header)));
  });
});

function leadsElsewhere(leaf: Parameters<typeof rootFromInclusion>[0], path: Uint8Array, root: Uint8Array): boolean {
  try {
    return toHex(rootFromInclusion(leaf, path)) !== toHex(root);
  } catch {
    return refusalOf(() => rootFromInclusion(leaf, path)) === 'INCLUSION_INVALID';
  }
}
