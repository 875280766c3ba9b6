import { sha256 } from '@noble/hashes/sha2.js';

/**
 * Writes SHA-256 of `message` into `target` at `offset`. An argument of everything that hashes much, because the fastest way
 * differs: one-shot OpenSSL on a server, noble in a page (FORMAT.md section 3).
 */
export type HashInto = (message: Uint8Array, target: Uint8Array, offset: number) => void;

export const hashIntoWithNoble: HashInto = (message, target, offset) => {
  target.set(sha256(message), offset);
};

/** The eight bytes that open every hashed message, one for each kind, so that no hash of one kind can pass for another's. */
export const TAG = {
  salt: tag('S'),
  claim: tag('C'),
  group: tag('G'),
  content: tag('D'),
  leaf: tag('L'),
  node: tag('N'),
  root: tag('R'),
  presentation: tag('P'),
} as const;

function tag(letter: string): Uint8Array {
  return Uint8Array.from(`eProof1${letter}`, (char) => char.charCodeAt(0));
}
