import { keccak_256 } from '@noble/hashes/sha3.js';
import { decodeHex, toHex } from './bytes.ts';
import { ProofError } from './errors.ts';

/** Batches in one page: what a verifier asks for, so that a node learns little about which credential is checked. */
export const BATCHES_PER_PAGE = 64;

export type IssuerState = 'none' | 'active' | 'suspended' | 'ended';
export type KeyPurpose = 'none' | 'anchor' | 'status';
export type TypeState = 'none' | 'open' | 'closed';

export interface TypeReading {
  number: number;
  /** 32 bytes. */
  definition: Uint8Array;
  state: TypeState;
}

export interface KeyReading {
  number: number;
  /** 0x and 40 lower-case hex digits. */
  address: string;
  purpose: KeyPurpose;
  /** Seconds since 1970 UTC, like all times of a reading. */
  validFrom: number;
  /** The first second at which it is no longer valid; 0: no end. */
  validUntil: number;
  /** 0: never reported compromised. */
  invalidFrom: number;
}

export interface BatchReading {
  /** 32 bytes. */
  id: Uint8Array;
  number: number;
  credentialType: number;
  size: number;
  key: number;
  anchoredAt: number;
  /** One bit a leaf, leaf 0 the lowest. */
  revoked: bigint;
  suspended: bigint;
  amended: bigint;
}

/** What the registry answers in one call, all from one state. */
export interface PageReading {
  chainId: number;
  blockNumber: number;
  blockTime: number;
  issuer: number;
  issuerState: IssuerState;
  successor: number;
  /** 32 bytes. */
  profile: Uint8Array;
  batchCount: number;
  types: TypeReading[];
  keys: KeyReading[];
  batches: BatchReading[];
}

export interface AmendmentReading {
  batch: Uint8Array;
  leaf: number;
  successorBatch: Uint8Array;
  successorLeaf: number;
}

/** An event that explains a status; it never decides one. */
export interface StatusEvent {
  batch: Uint8Array;
  act: 'revoke' | 'suspend' | 'reinstate' | 'amend';
  leaves: bigint;
  reason: number;
  time: number;
}

const utf8 = new TextEncoder();
const READ_PAGE = selector('readPage(uint32,uint32)');
const READ = selector('read(bytes32)');
const READ_AMENDMENTS = selector('readAmendments(bytes32)');
export const STATUS_CHANGED_TOPIC = topic('StatusChanged(uint32,uint32,bytes32,uint8,uint256,uint16,address,uint40)');
export const CREDENTIAL_AMENDED_TOPIC = topic(
  'CredentialAmended(uint32,uint32,bytes32,uint8,bytes32,uint8,address,uint40)',
);

const ISSUER_STATES: readonly IssuerState[] = ['none', 'active', 'suspended', 'ended'];
const KEY_PURPOSES: readonly KeyPurpose[] = ['none', 'anchor', 'status'];
const TYPE_STATES: readonly TypeState[] = ['none', 'open', 'closed'];
const ACTS = ['revoke', 'suspend', 'reinstate'] as const;

/** Call data for one page of an issuer's batches. */
export function encodeReadPage(issuer: number, page: number): string {
  return READ_PAGE + toWord(issuer) + toWord(page);
}

/** Call data for one batch by its id. */
export function encodeRead(batch: Uint8Array): string {
  return READ + toHex(batch);
}

export function encodeReadAmendments(batch: Uint8Array): string {
  return READ_AMENDMENTS + toHex(batch);
}

/** A number as an indexed event topic or an ABI word, without 0x. */
export function toWord(value: number): string {
  return value.toString(16).padStart(64, '0');
}

/** The answer to {@link encodeReadPage} or {@link encodeRead}. @throws ProofError READING_INVALID */
export function decodePageReading(hex: string): PageReading {
  const words = decodeWords(hex);
  const at = words.tuple(0);
  const page: PageReading = {
    chainId: words.number(at),
    blockNumber: words.number(at + 1),
    blockTime: words.number(at + 2),
    issuer: words.number(at + 4),
    issuerState: pick(ISSUER_STATES, words.number(at + 5)),
    successor: words.number(at + 6),
    profile: words.bytes(at + 7),
    batchCount: words.number(at + 8),
    types: words.list(at, 9, 3, (i) => ({
      number: words.number(i),
      definition: words.bytes(i + 1),
      state: pick(TYPE_STATES, words.number(i + 2)),
    })),
    keys: words.list(at, 10, 6, (i) => ({
      number: words.number(i),
      address: words.address(i + 1),
      purpose: pick(KEY_PURPOSES, words.number(i + 2)),
      validFrom: words.number(i + 3),
      validUntil: words.number(i + 4),
      invalidFrom: words.number(i + 5),
    })),
    batches: words.list(at, 11, 9, (i) => ({
      id: words.bytes(i),
      number: words.number(i + 1),
      credentialType: words.number(i + 2),
      size: words.number(i + 3),
      key: words.number(i + 4),
      anchoredAt: words.number(i + 5),
      revoked: words.big(i + 6),
      suspended: words.big(i + 7),
      amended: words.big(i + 8),
    })),
  };
  checkPage(page);
  return page;
}

// What no state of the registry can give is a node's fault; taken for an answer it could become a fault of the document.
function checkPage({ blockTime, batchCount, types, keys, batches }: PageReading): void {
  if (batches.length > BATCHES_PER_PAGE) refusePage('has more batches than a page');
  const typeNumbers = uniqueNumbers(types, 'types');
  const keyNumbers = uniqueNumbers(keys, 'keys');
  if (uniqueNumbers(batches, 'batches').size !== new Set(batches.map(({ id }) => toHex(id))).size)
    refusePage('has a batch twice');
  for (const { number, size, credentialType, key, anchoredAt, ...status } of batches) {
    if (number >= batchCount) refusePage('has a batch beyond the last');
    if (size < 1 || size > 256) refusePage('has a batch of a size that there is not');
    if ((status.revoked | status.suspended | status.amended) >> BigInt(size)) refusePage('has a status beyond a batch');
    if (anchoredAt > blockTime) refusePage('has a batch from after its block');
    if (!typeNumbers.has(credentialType) || !keyNumbers.has(key)) refusePage('leaves out the type or key of a batch');
  }
}

function uniqueNumbers(rows: readonly { number: number }[], what: string): Set<number> {
  const numbers = new Set(rows.map(({ number }) => number));
  if (numbers.size !== rows.length) refusePage(`has one of its ${what} twice`);
  return numbers;
}

function refusePage(what: string): never {
  throw new ProofError('READING_INVALID', `the answer ${what}`);
}

/** The answer to {@link encodeReadAmendments}. @throws ProofError READING_INVALID */
export function decodeAmendments(hex: string): AmendmentReading[] {
  const words = decodeWords(hex);
  return words.list(0, 0, 4, (i) => ({
    batch: words.bytes(i),
    leaf: words.number(i + 1),
    successorBatch: words.bytes(i + 2),
    successorLeaf: words.number(i + 3),
  }));
}

/** One log of the two status events. @throws ProofError READING_INVALID */
export function decodeStatusEvent(log: { topics: readonly string[]; data: string }): StatusEvent {
  const words = decodeWords(log.data);
  const batch = decodeHex(log.topics[3] ?? '', 'READING_INVALID');
  if (log.topics[0] === CREDENTIAL_AMENDED_TOPIC) {
    const leaf = words.number(0);
    if (leaf > 255) throw new ProofError('READING_INVALID', 'a log names a leaf that no batch has');
    return { batch, act: 'amend', leaves: 1n << BigInt(leaf), reason: 6, time: words.number(4) };
  }
  if (log.topics[0] !== STATUS_CHANGED_TOPIC)
    throw new ProofError('READING_INVALID', 'a log is not one of the events that were asked for');
  return {
    batch,
    act: pick(ACTS, words.number(0)),
    leaves: words.big(1),
    reason: words.number(2),
    time: words.number(4),
  };
}

interface Words {
  bytes(index: number): Uint8Array;
  big(index: number): bigint;
  number(index: number): number;
  address(index: number): string;
  /** The index at which the dynamic tuple starts whose offset stands at `index`. */
  tuple(index: number): number;
  /** The members of the array whose offset stands at word `slot` of the tuple at `start`. */
  list<T>(start: number, slot: number, width: number, decode: (index: number) => T): T[];
}

// A node's answer is an attacker's: every offset and length is checked against what is there.
function decodeWords(hex: string): Words {
  const bytes = decodeHex(hex, 'READING_INVALID');
  const count = bytes.length / 32;
  if (!Number.isInteger(count)) throw new ProofError('READING_INVALID', 'the answer is not made of 32-byte words');
  const words: Words = {
    bytes(index) {
      if (index >= count) throw new ProofError('READING_INVALID', 'the answer is too short');
      return bytes.slice(index * 32, index * 32 + 32);
    },
    big: (index) => BigInt(`0x${toHex(words.bytes(index))}`),
    number(index) {
      const value = words.big(index);
      if (value > BigInt(Number.MAX_SAFE_INTEGER))
        throw new ProofError('READING_INVALID', 'a number in the answer is too large');
      return Number(value);
    },
    address(index) {
      const word = toHex(words.bytes(index));
      if (!word.startsWith('0'.repeat(24)))
        throw new ProofError('READING_INVALID', 'an address in the answer is too large');
      return `0x${word.slice(24)}`;
    },
    tuple(index) {
      const offset = words.number(index);
      if (offset % 32 !== 0) throw new ProofError('READING_INVALID', 'an offset in the answer is not a multiple of 32');
      return offset / 32;
    },
    list(start, slot, width, decode) {
      const head = start + words.tuple(start + slot);
      const length = words.number(head);
      if (length > (count - head - 1) / width)
        throw new ProofError('READING_INVALID', 'a list in the answer is longer than the answer');
      return Array.from({ length }, (_, i) => decode(head + 1 + i * width));
    },
  };
  return words;
}

function pick<T>(names: readonly T[], index: number): T {
  const name = names[index];
  if (name === undefined) throw new ProofError('READING_INVALID', 'a state in the answer is not known');
  return name;
}

function selector(signature: string): string {
  return `0x${toHex(keccak_256(utf8.encode(signature)).subarray(0, 4))}`;
}

function topic(signature: string): string {
  return `0x${toHex(keccak_256(utf8.encode(signature)))}`;
}
