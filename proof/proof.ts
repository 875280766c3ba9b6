import { checkInclusion, hashContent, MOST_LEAVES, rootFromInclusion } from './batch.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import {
  createGroupHasher,
  type DisclosedItem,
  type Disclosure,
  type GroupNumber,
  HASH_BYTES,
  hashDisclosure,
  MOST_CLAIMS_IN_GROUP,
  REST,
  SALT_BYTES,
  SEED_BYTES,
  SHOWN,
} from './commitment.ts';
import { ProofError } from './errors.ts';
import {
  checkVersion,
  decodeHeaderItems,
  encodeHeader,
  expectArray,
  expectBytes,
  expectInteger,
  type Header,
  toHeaderItems,
} from './header.ts';
import { checkSignature } from './signature.ts';

/** What is handed to a verifier (FORMAT.md section 6). */
export interface Proof {
  header: Header;
  /** Which registry of the verifier's trust data holds the batch: 0 to 255. The batch id binds it. */
  registry: number;
  shown: Disclosure;
  rest: Disclosure;
  index: number;
  size: number;
  /** The inclusion: siblings from the leaf up, 32 bytes each. */
  path: Uint8Array;
  /** 65 bytes: r, s, v. */
  signature: Uint8Array;
  /** The batch's number at its issuer, from 0, or null. Unsigned: it only says where to look. */
  locator: number | null;
}

/** The deterministic CBOR of a proof: what both carriers carry. A group of a type that has no claims in it is given by its hash. */
export function encodeProof(proof: Proof): Uint8Array {
  return encodeCbor(toProofItems(proof));
}

/** The array that a proof is, where it stands inside another. */
export function toProofItems(proof: Proof): CborValue[] {
  return [
    toHeaderItems(proof.header),
    proof.registry,
    toDisclosureItems(SHOWN, proof.shown),
    toDisclosureItems(REST, proof.rest),
    proof.index,
    proof.size,
    proof.path,
    proof.signature,
    proof.locator,
  ];
}

/**
 * The proof that bytes encode; `encodeProof(decodeProof(bytes))` gives the same bytes.
 * @throws ProofError for anything that the format does not allow
 */
export function decodeProof(bytes: Uint8Array): Proof {
  return decodeProofItems(decodeCbor(bytes));
}

/** The proof that an array is. @throws ProofError */
export function decodeProofItems(value: CborValue | undefined): Proof {
  const items = expectArray(value, 'proof');
  // another version may have another number of items: it must not be taken for a broken proof of this one
  checkVersion(items[0]);
  if (items.length !== 9) throw new ProofError('FIELD_INVALID', `"proof" has 9 items, got ${items.length}`);
  const proof: Proof = {
    header: decodeHeaderItems(items[0]),
    registry: expectInteger(items[1], 'registry', 0, 255),
    shown: decodeDisclosure(items[2], 'shown'),
    rest: decodeDisclosure(items[3], 'rest'),
    index: expectInteger(items[4], 'index', 0, MOST_LEAVES - 1),
    size: expectInteger(items[5], 'size', 1, MOST_LEAVES),
    path: expectAnyBytes(items[6], 'path'),
    signature: expectBytes(items[7], 'signature', 65),
    locator: items[8] === null ? null : expectInteger(items[8], 'locator', 0, 0xffff_ffff),
  };
  checkInclusion(proof, proof.path);
  checkSignature(proof.signature);
  return proof;
}

/** 32 bytes: the root that everything in the proof leads to. */
export function rootOf(proof: Proof): Uint8Array {
  const hasher = createGroupHasher();
  const shown = hashDisclosure(SHOWN, proof.shown, hasher);
  const rest = hashDisclosure(REST, proof.rest, hasher);
  const content = hashContent(encodeHeader(proof.header), { shown, rest });
  return rootFromInclusion({ content, index: proof.index, size: proof.size }, proof.path);
}

function toDisclosureItems(group: GroupNumber, disclosure: Disclosure): CborValue {
  if (disclosure.kind === 'hidden') return disclosure.hash;
  // the seed of a group without claims seals nothing: whatever stood there would be unsigned
  if (isEmpty(disclosure)) return hashDisclosure(group, disclosure, createGroupHasher());
  if (disclosure.kind === 'full') return [disclosure.seed, disclosure.values];
  return [null, disclosure.items.map((item) => ('commitment' in item ? item.commitment : [item.salt, item.value]))];
}

function isEmpty(disclosure: Exclude<Disclosure, { kind: 'hidden' }>): boolean {
  return (disclosure.kind === 'full' ? disclosure.values : disclosure.items).length === 0;
}

function decodeDisclosure(value: CborValue | undefined, field: string): Disclosure {
  if (value instanceof Uint8Array) return { kind: 'hidden', hash: expectBytes(value, field, HASH_BYTES) };
  const items = expectArray(value, field);
  if (items.length !== 2) throw new ProofError('FIELD_INVALID', `"${field}" has 2 items, got ${items.length}`);
  const list = expectArray(items[1], field);
  if (list.length < 1 || list.length > MOST_CLAIMS_IN_GROUP)
    throw new ProofError('FIELD_INVALID', `"${field}" discloses 1 to ${MOST_CLAIMS_IN_GROUP} claims`);
  if (items[0] !== null)
    return { kind: 'full', seed: expectBytes(items[0], `${field}.seed`, SEED_BYTES), values: list };
  return decodeSelective(list, field);
}

// A selective disclosure hides something and shows something: all or nothing have their own, single encodings.
function decodeSelective(list: readonly CborValue[], field: string): Disclosure {
  const items = list.map((item) => decodeItem(item, field));
  const hidden = items.filter((item) => 'commitment' in item).length;
  if (hidden === 0 || hidden === items.length)
    throw new ProofError('FIELD_INVALID', `"${field}" must show some claims and hide some`);
  return { kind: 'selective', items };
}

function decodeItem(item: CborValue, field: string): DisclosedItem {
  if (item instanceof Uint8Array) return { commitment: expectBytes(item, field, HASH_BYTES) };
  const pair = expectArray(item, field);
  if (pair.length !== 2)
    throw new ProofError('FIELD_INVALID', `a disclosed claim of "${field}" has 2 items, got ${pair.length}`);
  return { salt: expectBytes(pair[0], `${field}.salt`, SALT_BYTES), value: pair[1] as CborValue };
}

function expectAnyBytes(value: CborValue | undefined, field: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new ProofError('FIELD_INVALID', `"${field}" must be bytes`);
  return value;
}
