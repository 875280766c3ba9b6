import { type CborValue, CborWriter } from './cbor.ts';
import { ProofError } from './errors.ts';
import { type HashInto, hashIntoWithNoble, TAG } from './hash.ts';

/** The two groups of claims: those that a public QR discloses, and the rest. Each has a seed of its own. */
export type GroupNumber = 0 | 1;
export const SHOWN: GroupNumber = 0;
export const REST: GroupNumber = 1;

export const SEED_BYTES = 16;
export const SALT_BYTES = 16;
export const HASH_BYTES = 32;
export const MOST_CLAIMS_IN_GROUP = 255;

/** What a proof says of one group of claims (FORMAT.md section 4). */
export type Disclosure =
  | { kind: 'hidden'; hash: Uint8Array }
  | { kind: 'full'; seed: Uint8Array; values: readonly CborValue[] }
  | { kind: 'selective'; items: readonly DisclosedItem[] };

export type DisclosedItem = { commitment: Uint8Array } | { salt: Uint8Array; value: CborValue };

export interface GroupHasher {
  /** 32 bytes: the hash of a group whose every claim is known. */
  hashFull(group: GroupNumber, seed: Uint8Array, values: readonly CborValue[]): Uint8Array;
  /** As {@link hashFull}, of values that are encoded already: each the bytes that {@link CborWriter} writes for it. */
  hashEncoded(group: GroupNumber, seed: Uint8Array, values: readonly Uint8Array[]): Uint8Array;
  /** 32 bytes: the hash of a group of which some claims are known by their commitments alone. */
  hashSelective(group: GroupNumber, items: readonly DisclosedItem[]): Uint8Array;
  /** 32 bytes each: what hides each claim of a group, in order. */
  commitments(group: GroupNumber, seed: Uint8Array, values: readonly CborValue[]): Uint8Array[];
  /** 32 bytes: what hides one claim. */
  commitment(group: GroupNumber, index: number, claim: { salt: Uint8Array; value: CborValue }): Uint8Array;
}

/** A hasher of groups with buffers of its own; a service keeps one and hashes millions of claims without allocating. */
export function createGroupHasher(hashInto: HashInto = hashIntoWithNoble): GroupHasher {
  const writer = new CborWriter(1024);
  const saltMessage = new Uint8Array(TAG.salt.length + SEED_BYTES + 1);
  saltMessage.set(TAG.salt);
  const saltHash = new Uint8Array(HASH_BYTES);
  const salt = saltHash.subarray(0, SALT_BYTES);
  const commitments = new Uint8Array(TAG.group.length + 2 + MOST_CLAIMS_IN_GROUP * HASH_BYTES);
  commitments.set(TAG.group);

  function startCommitment(group: GroupNumber, index: number, claimSalt: Uint8Array): void {
    writer.reset();
    writer.raw(TAG.claim);
    writer.raw(claimSalt);
    writer.arrayHead(3);
    writer.value(group);
    writer.value(index);
  }

  function commit(group: GroupNumber, index: number, value: CborValue, claimSalt: Uint8Array): void {
    startCommitment(group, index, claimSalt);
    writer.value(value);
    hashInto(writer.view(), commitments, offsetOf(index));
  }

  function commitEncoded(group: GroupNumber, index: number, value: Uint8Array): void {
    startCommitment(group, index, salt);
    writer.raw(value);
    hashInto(writer.view(), commitments, offsetOf(index));
  }

  function deriveSalt(index: number): void {
    saltMessage[saltMessage.length - 1] = index;
    hashInto(saltMessage, saltHash, 0);
  }

  function commitAll(group: GroupNumber, seed: Uint8Array, values: readonly CborValue[]): void {
    checkCount(values.length);
    saltMessage.set(seed, TAG.salt.length);
    for (let index = 0; index < values.length; index++) {
      deriveSalt(index);
      commit(group, index, values[index] as CborValue, salt);
    }
  }

  function finish(group: GroupNumber, count: number): Uint8Array {
    commitments[TAG.group.length] = group;
    commitments[TAG.group.length + 1] = count;
    const hash = new Uint8Array(HASH_BYTES);
    hashInto(commitments.subarray(0, offsetOf(count)), hash, 0);
    return hash;
  }

  return {
    hashFull(group, seed, values) {
      commitAll(group, seed, values);
      return finish(group, values.length);
    },
    hashEncoded(group, seed, values) {
      checkCount(values.length);
      saltMessage.set(seed, TAG.salt.length);
      for (let index = 0; index < values.length; index++) {
        deriveSalt(index);
        commitEncoded(group, index, values[index] as Uint8Array);
      }
      return finish(group, values.length);
    },
    hashSelective(group, items) {
      checkCount(items.length);
      for (const [index, item] of items.entries()) {
        if ('commitment' in item) commitments.set(item.commitment, offsetOf(index));
        else commit(group, index, item.value, item.salt);
      }
      return finish(group, items.length);
    },
    commitments(group, seed, values) {
      commitAll(group, seed, values);
      return values.map((_, index) => commitments.slice(offsetOf(index), offsetOf(index + 1)));
    },
    commitment(group, index, claim) {
      commit(group, index, claim.value, claim.salt);
      return commitments.slice(offsetOf(index), offsetOf(index + 1));
    },
  };
}

function offsetOf(index: number): number {
  return TAG.group.length + 2 + index * HASH_BYTES;
}

function checkCount(count: number): void {
  if (count > MOST_CLAIMS_IN_GROUP)
    throw new ProofError('TOO_LARGE', `a group has at most ${MOST_CLAIMS_IN_GROUP} claims, got ${count}`);
}

/** The 16-byte salt of one claim: what a selective disclosure hands out instead of the group's seed. */
export function deriveSalt(seed: Uint8Array, index: number, hashInto: HashInto = hashIntoWithNoble): Uint8Array {
  const message = new Uint8Array([...TAG.salt, ...seed, index]);
  const hash = new Uint8Array(HASH_BYTES);
  hashInto(message, hash, 0);
  return hash.slice(0, SALT_BYTES);
}

/** 32 bytes: the group's hash, whatever the proof tells of it. */
export function hashDisclosure(group: GroupNumber, disclosure: Disclosure, hasher: GroupHasher): Uint8Array {
  if (disclosure.kind === 'hidden') return disclosure.hash;
  if (disclosure.kind === 'full') return hasher.hashFull(group, disclosure.seed, disclosure.values);
  return hasher.hashSelective(group, disclosure.items);
}
