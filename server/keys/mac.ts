import { hash } from 'node:crypto';

const BLOCK_BYTES = { sha256: 64, sha512: 128 } as const;
const INNER = 0x36;
const OUTER = 0x5c;

/**
 * HMAC (RFC 2104) under one key. Node's `createHmac` makes an object for each message, which takes five times as long as the two hashes
 * that it is.
 */
export function createMac(algorithm: keyof typeof BLOCK_BYTES, key: Uint8Array): (message: Uint8Array) => Buffer {
  const blockBytes = BLOCK_BYTES[algorithm];
  if (key.length > blockBytes) throw new TypeError(`a key has at most ${blockBytes} bytes`);
  const block = Uint8Array.from({ length: blockBytes }, (_, i) => key[i] ?? 0);
  const inner = block.map((byte) => byte ^ INNER);
  const outer = block.map((byte) => byte ^ OUTER);
  const digest = (prefix: Uint8Array, message: Uint8Array) =>
    Buffer.from(hash(algorithm, Buffer.concat([prefix, message]), 'binary'), 'latin1');
  return (message) => digest(outer, digest(inner, message));
}
