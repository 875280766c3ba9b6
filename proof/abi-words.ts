import { keccak_256 } from '@noble/hashes/sha3.js';
import { decodeHex, toHex } from './bytes.ts';
import { ProofError } from './errors.ts';

const utf8 = new TextEncoder();

const WORD_DIGITS = 64;
const FIFTY_ZEROS = '0'.repeat(50);

/** The registry's answer as words of 32 bytes. Every method refuses what lies outside of it with READING_INVALID. */
export interface Words {
  bytes(index: number): Uint8Array;
  big(index: number): bigint;
  number(index: number): number;
  /** 0x and 40 lower-case hex digits. */
  address(index: number): string;
  boolean(index: number): boolean;
  /** The index at which the dynamic tuple starts whose offset stands at `index`. */
  tuple(index: number): number;
  /** The members of the array whose offset stands at word `slot` of the tuple at `start`. */
  list<T>(start: number, slot: number, width: number, decode: (index: number) => T): T[];
}

/**
 * A node's answer is an attacker's: every offset and length is checked against what is there.
 * @throws ProofError READING_INVALID
 */
export function decodeWords(hex: string): Words {
  if (!/^(0x)?([0-9a-fA-F]{64})*$/.test(hex)) refuseReading('is not made of 32-byte words');
  const digits = hex.startsWith('0x') ? hex.slice(2) : hex;
  const count = digits.length / WORD_DIGITS;
  const word = (index: number): string => {
    if (index >= count) refuseReading('is too short');
    return digits.slice(index * WORD_DIGITS, (index + 1) * WORD_DIGITS);
  };
  const words: Words = {
    bytes: (index) => decodeHex(word(index)),
    big: (index) => BigInt(`0x${word(index)}`),
    number(index) {
      // a page has hundreds of numbers, nearly all of them small: 2^53 has 14 digits
      const text = word(index);
      const value = Number.parseInt(text.slice(-14), 16);
      if (!text.startsWith(FIFTY_ZEROS) || value > Number.MAX_SAFE_INTEGER)
        refuseReading('has a number that is too large');
      return value;
    },
    address(index) {
      const text = word(index);
      if (!text.startsWith(FIFTY_ZEROS.slice(0, 24))) refuseReading('has an address that is too large');
      return `0x${text.slice(24).toLowerCase()}`;
    },
    boolean: (index) => pick([false, true], words.number(index)),
    tuple(index) {
      const offset = words.number(index);
      if (offset % 32 !== 0) refuseReading('has an offset that is not a multiple of 32');
      return offset / 32;
    },
    list(start, slot, width, decode) {
      const head = start + words.tuple(start + slot);
      const length = words.number(head);
      if (length > (count - head - 1) / width) refuseReading('has a list that is longer than itself');
      return Array.from({ length }, (_, i) => decode(head + 1 + i * width));
    },
  };
  return words;
}

/** @throws ProofError READING_INVALID where there is no such name */
export function pick<T>(names: readonly T[], index: number): T {
  if (!(index in names)) refuseReading('has a state that is not known');
  return names[index] as T;
}

export function refuseReading(what: string): never {
  throw new ProofError('READING_INVALID', `the answer ${what}`);
}

/** A number as an indexed event topic or an ABI word, without 0x. */
export function toWord(value: number): string {
  return value.toString(16).padStart(64, '0');
}

/** What call data of a function starts with: 0x and 8 hex digits. */
export function selector(signature: string): string {
  return topic(signature).slice(0, 10);
}

/** The first topic of an event: 0x and 64 hex digits. */
export function topic(signature: string): string {
  return `0x${toHex(keccak_256(utf8.encode(signature)))}`;
}
