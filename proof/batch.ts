import { HASH_BYTES } from './commitment.ts';
import { ProofError } from './errors.ts';
import { type HashInto, hashIntoWithNoble, TAG } from './hash.ts';

/** A storage word has 256 bits, and a leaf is a bit of its batch's words of status. */
export const MOST_LEAVES = 256;

/** 32 bytes: header and both groups, without the place in a batch. What an approver approves and the department's key signs for. */
export function hashContent(
  header: Uint8Array,
  groups: { shown: Uint8Array; rest: Uint8Array },
  hashInto: HashInto = hashIntoWithNoble,
): Uint8Array {
  const message = new Uint8Array(TAG.content.length + 2 * HASH_BYTES + header.length);
  message.set(TAG.content);
  message.set(groups.shown, TAG.content.length);
  message.set(groups.rest, TAG.content.length + HASH_BYTES);
  message.set(header, TAG.content.length + 2 * HASH_BYTES);
  const content = new Uint8Array(HASH_BYTES);
  hashInto(message, content, 0);
  return content;
}

export interface SealedBatch {
  /** 32 bytes: what the department's key signs. */
  root: Uint8Array;
  size: number;
  /** The inclusion of one leaf: its siblings from the leaf up, 32 bytes each, in one piece. */
  inclusionOf(index: number): Uint8Array;
}

/**
 * The Merkle tree over 1 to 256 content hashes, in the shape of RFC 9162 section 2.1 (an odd node moves up unchanged).
 * A leaf binds its index and the root its size.
 */
export function sealBatch(contents: readonly Uint8Array[], hashInto: HashInto = hashIntoWithNoble): SealedBatch {
  const size = contents.length;
  if (size < 1 || size > MOST_LEAVES) throw new TypeError(`a batch has 1 to ${MOST_LEAVES} credentials, got ${size}`);
  const tree = createTreeHasher(hashInto);
  const levels: Uint8Array[] = [new Uint8Array(size * HASH_BYTES)];
  for (const [index, content] of contents.entries()) tree.leaf(index, content, levels[0] as Uint8Array);
  for (let level = levels[0] as Uint8Array; level.length > HASH_BYTES; ) {
    level = nextLevel(level, tree);
    levels.push(level);
  }
  return {
    root: tree.root(size, levels.at(-1) as Uint8Array),
    size,
    inclusionOf: (index) => inclusionIn(levels, index),
  };
}

// Pairing neighbours level by level and moving a last odd node up gives the same tree as RFC 9162's split at the largest power of two.
function nextLevel(level: Uint8Array, tree: TreeHasher): Uint8Array {
  const count = level.length / HASH_BYTES;
  const next = new Uint8Array(Math.ceil(count / 2) * HASH_BYTES);
  for (let i = 0; i + 1 < count; i += 2)
    tree.node(level.subarray(i * HASH_BYTES, (i + 2) * HASH_BYTES), next, (i / 2) * HASH_BYTES);
  if (count % 2 === 1) next.set(level.subarray((count - 1) * HASH_BYTES), next.length - HASH_BYTES);
  return next;
}

function inclusionIn(levels: readonly Uint8Array[], index: number): Uint8Array {
  if (!Number.isInteger(index) || index < 0 || index * HASH_BYTES >= (levels[0] as Uint8Array).length)
    throw new TypeError(`no leaf ${index}`);
  const siblings: number[] = [];
  let position = index;
  for (const level of levels.slice(0, -1)) {
    const sibling = (position ^ 1) * HASH_BYTES;
    if (sibling < level.length) siblings.push(...level.subarray(sibling, sibling + HASH_BYTES));
    position >>= 1;
  }
  return Uint8Array.from(siblings);
}

/** How many siblings the inclusion of leaf `index` in a tree of `size` leaves has. */
export function inclusionLength(index: number, size: number): number {
  let length = 0;
  for (let position = index, last = size - 1; last > 0; position >>= 1, last >>= 1) {
    if (position % 2 === 1 || position < last) length++;
  }
  return length;
}

/**
 * The root that a content hash, its place and its siblings lead to (RFC 9162 section 2.1.3.2).
 * @throws ProofError INCLUSION_INVALID unless the index lies in the batch and the path has exactly the length that both demand
 */
export function rootFromInclusion(
  leaf: { content: Uint8Array; index: number; size: number },
  path: Uint8Array,
  hashInto: HashInto = hashIntoWithNoble,
): Uint8Array {
  checkInclusion(leaf, path);
  const tree = createTreeHasher(hashInto);
  const pair = new Uint8Array(2 * HASH_BYTES);
  const node = new Uint8Array(HASH_BYTES);
  tree.leaf(0, leaf.content, node, leaf.index);
  let offset = 0;
  for (let position = leaf.index, last = leaf.size - 1; last > 0; position >>= 1, last >>= 1) {
    const isRight = position % 2 === 1;
    if (!isRight && position === last) continue;
    const sibling = path.subarray(offset, offset + HASH_BYTES);
    pair.set(isRight ? sibling : node, 0);
    pair.set(isRight ? node : sibling, HASH_BYTES);
    tree.node(pair, node, 0);
    offset += HASH_BYTES;
  }
  return tree.root(leaf.size, node);
}

/** @throws ProofError INCLUSION_INVALID */
export function checkInclusion({ index, size }: { index: number; size: number }, path: Uint8Array): void {
  if (!Number.isInteger(size) || size < 1 || size > MOST_LEAVES)
    throw new ProofError('INCLUSION_INVALID', `"size" must be from 1 to ${MOST_LEAVES}`);
  if (!Number.isInteger(index) || index < 0 || index >= size)
    throw new ProofError('INCLUSION_INVALID', '"index" must be below "size"');
  const expected = inclusionLength(index, size) * HASH_BYTES;
  if (path.length !== expected)
    throw new ProofError('INCLUSION_INVALID', `"path": expected ${expected} bytes, got ${path.length}`);
}

interface TreeHasher {
  leaf(slot: number, content: Uint8Array, target: Uint8Array, index?: number): void;
  node(pair: Uint8Array, target: Uint8Array, offset: number): void;
  root(size: number, head: Uint8Array): Uint8Array;
}

function createTreeHasher(hashInto: HashInto): TreeHasher {
  const leafMessage = new Uint8Array(TAG.leaf.length + 1 + HASH_BYTES);
  leafMessage.set(TAG.leaf);
  const nodeMessage = new Uint8Array(TAG.node.length + 2 * HASH_BYTES);
  nodeMessage.set(TAG.node);
  return {
    leaf(slot, content, target, index = slot) {
      leafMessage[TAG.leaf.length] = index;
      leafMessage.set(content, TAG.leaf.length + 1);
      hashInto(leafMessage, target, slot * HASH_BYTES);
    },
    node(pair, target, offset) {
      nodeMessage.set(pair, TAG.node.length);
      hashInto(nodeMessage, target, offset);
    },
    root(size, head) {
      const root = new Uint8Array(HASH_BYTES);
      hashInto(Uint8Array.from([...TAG.root, size >> 8, size & 255, ...head]), root, 0);
      return root;
    },
  };
}
