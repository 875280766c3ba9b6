import { ProofError, type ProofErrorCode } from './errors.ts';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hex without prefix. */
export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += HEX[byte];
  return hex;
}

/** Hex of either case, with or without `0x`. Throws `code` unless every digit is one and they come in pairs. */
export function decodeHex(hex: string, code: ProofErrorCode = 'FIELD_INVALID'): Uint8Array {
  const digits = hex.startsWith('0x') ? hex.slice(2) : hex;
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits))
    throw new ProofError(code, 'expected hexadecimal bytes');
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

export function concatBytes(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

export function isEqualBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BASE64URL_VALUE = new Map([...BASE64URL].map((char, value) => [char, value]));

/** Base64url without padding (RFC 4648 section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const chars = Math.min(bytes.length - i, 3) + 1;
    for (let j = 0; j < chars; j++) text += BASE64URL[(word >> (18 - 6 * j)) & 63];
  }
  return text;
}

/**
 * The inverse of {@link toBase64Url}. `field` is what a message names.
 * @throws ProofError FIELD_INVALID for padding, other characters and unused bits that are not zero
 */
export function decodeBase64Url(text: string, field = 'proofValue'): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let length = 0;
  for (const char of text) {
    const value = BASE64URL_VALUE.get(char);
    if (value === undefined)
      throw new ProofError('FIELD_INVALID', `"${field}" has a character that base64url does not have`);
    word = ((word << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = (word >> bits) & 255;
    }
  }
  if (bits >= 6 || (word & ((1 << bits) - 1)) !== 0)
    throw new ProofError('FIELD_INVALID', `"${field}" is not canonical base64url`);
  return bytes.subarray(0, length);
}
