import { decodeWords, pick, refuseReading, selector, toWord, type Words } from './abi-words.ts';
import { toHex } from './bytes.ts';

/** Batches in one page: what a verifier asks for, so that a node learns little about which credential is checked. */
export const BATCHES_PER_PAGE = 64;

export type IssuerState = 'none' | 'active' | 'suspended' | 'ended';
export type KeyPurpose = 'none' | 'anchor' | 'status';
export type TypeState = 'none' | 'open' | 'closed';
/** What the department said of a whole batch. */
export type Judgement = 'none' | 'endorsed' | 'void';

export interface TypeReading {
  number: number;
  /** 32 bytes. */
  definition: Uint8Array;
  state: TypeState;
  /** How many notices move the end dates of this type. */
  noticeCount: number;
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
  /** The first second that is not believed any more; 0: never reported compromised. */
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
  judgement: Judgement;
  /** Anchored within 90 days after the department's lost admin was recovered. */
  flagged: boolean;
  /** One bit a leaf, leaf 0 the lowest. */
  revoked: bigint;
  suspended: bigint;
  /** Leaves of which there are records to read: each suspended one, and each with a successor or another end. */
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

const READ_PAGE = selector('readPage(uint32,uint32)');
const READ = selector('read(bytes32)');

const ISSUER_STATES: readonly IssuerState[] = ['none', 'active', 'suspended', 'ended'];
const KEY_PURPOSES: readonly KeyPurpose[] = ['none', 'anchor', 'status'];
const TYPE_STATES: readonly TypeState[] = ['none', 'open', 'closed'];
const JUDGEMENTS: readonly Judgement[] = ['none', 'endorsed', 'void'];

/** Call data for one page of an issuer's batches. */
export function encodeReadPage(issuer: number, page: number): string {
  return READ_PAGE + toWord(issuer) + toWord(page);
}

/** Call data for one batch by its id. */
export function encodeRead(batch: Uint8Array): string {
  return READ + toHex(batch);
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
    types: words.list(at, 9, 4, (i) => ({
      number: words.number(i),
      definition: words.bytes(i + 1),
      state: pick(TYPE_STATES, words.number(i + 2)),
      noticeCount: words.number(i + 3),
    })),
    keys: words.list(at, 10, 6, (i) => decodeKey(words, i)),
    batches: words.list(at, 11, 11, (i) => ({
      id: words.bytes(i),
      number: words.number(i + 1),
      credentialType: words.number(i + 2),
      size: words.number(i + 3),
      key: words.number(i + 4),
      anchoredAt: words.number(i + 5),
      judgement: pick(JUDGEMENTS, words.number(i + 6)),
      flagged: words.boolean(i + 7),
      revoked: words.big(i + 8),
      suspended: words.big(i + 9),
      amended: words.big(i + 10),
    })),
  };
  checkPage(page);
  return page;
}

/** The six words of a key. */
export function decodeKey(words: Words, at: number): KeyReading {
  return {
    number: words.number(at),
    address: words.address(at + 1),
    purpose: pick(KEY_PURPOSES, words.number(at + 2)),
    validFrom: words.number(at + 3),
    validUntil: words.number(at + 4),
    invalidFrom: words.number(at + 5),
  };
}

// What no state of the registry can give is a node's fault; taken for an answer it could become a fault of the document.
function checkPage({ blockTime, batchCount, types, keys, batches }: PageReading): void {
  if (batches.length > BATCHES_PER_PAGE) refuseReading('has more batches than a page');
  const typeNumbers = uniqueNumbers(types, 'types');
  const keyNumbers = uniqueNumbers(keys, 'keys');
  if (uniqueNumbers(batches, 'batches').size !== new Set(batches.map(({ id }) => toHex(id))).size)
    refuseReading('has a batch twice');
  for (const { number, size, credentialType, key, anchoredAt, ...status } of batches) {
    if (number >= batchCount) refuseReading('has a batch beyond the last');
    if (size < 1 || size > 256) refuseReading('has a batch of a size that there is not');
    if ((status.revoked | status.suspended | status.amended) >> BigInt(size))
      refuseReading('has a status beyond a batch');
    if (status.suspended & ~status.amended) refuseReading('has a suspension without a record of it');
    if (anchoredAt > blockTime) refuseReading('has a batch from after its block');
    if (!typeNumbers.has(credentialType) || !keyNumbers.has(key))
      refuseReading('leaves out the type or key of a batch');
  }
}

function uniqueNumbers(rows: readonly { number: number }[], what: string): Set<number> {
  const numbers = new Set(rows.map(({ number }) => number));
  if (numbers.size !== rows.length) refuseReading(`has one of its ${what} twice`);
  return numbers;
}
