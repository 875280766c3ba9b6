import { p256 } from '@noble/curves/nist.js';
import { decodeBase64Url, toHex } from './bytes.ts';
import { ProofError } from './errors.ts';
import { hashIntoWithNoble } from './hash.ts';

/** A holder's key is a P-256 public key in compressed form (SEC 1 section 2.3.3): 02 or 03, then the x-coordinate. */
export const HOLDER_KEY_BYTES = 33;
export const HOLDER_SIGNATURE_BYTES = 64;

const ORDER = p256.Point.CURVE().n;
const HALF_ORDER = ORDER >> 1n;

/**
 * The key that a text of 44 characters gives: base64url without padding.
 * @throws ProofError FIELD_INVALID for anything but a point of the curve
 */
export function decodeHolderKey(text: string): Uint8Array {
  const key = decodeBase64Url(text, 'holderKey');
  checkHolderKey(key);
  return key;
}

/** @throws ProofError FIELD_INVALID unless the bytes are a compressed point of P-256 */
export function checkHolderKey(key: Uint8Array): void {
  if (key.length !== HOLDER_KEY_BYTES)
    throw new ProofError('FIELD_INVALID', `"holderKey": expected ${HOLDER_KEY_BYTES} bytes, got ${key.length}`);
  try {
    p256.Point.fromBytes(key);
  } catch {
    throw new ProofError('FIELD_INVALID', '"holderKey" must be a point of P-256');
  }
}

/**
 * The compressed form of the 65 bytes (04, x, y) that WebCrypto exports.
 * @throws ProofError FIELD_INVALID for anything else
 */
export function compressHolderKey(uncompressed: Uint8Array): Uint8Array {
  if (uncompressed.length !== 65)
    throw new ProofError('FIELD_INVALID', `"holderKey": expected 65 bytes, got ${uncompressed.length}`);
  try {
    return p256.Point.fromBytes(uncompressed).toBytes(true);
  } catch {
    throw new ProofError('FIELD_INVALID', '"holderKey" must be a point of P-256');
  }
}

/** 32 bytes: what the header of a bound credential holds of its holder's key (FORMAT.md section 5). */
export function hashHolderKey(key: Uint8Array): Uint8Array {
  const hash = new Uint8Array(32);
  hashIntoWithNoble(key, hash, 0);
  return hash;
}

/**
 * A holder's signature is r and s, 64 bytes, with s in the lower half of the group order: one signature, one encoding.
 * @throws ProofError SIGNATURE_MALFORMED
 */
export function checkHolderSignature(signature: Uint8Array): void {
  const { r, s } = readSignature(signature);
  if (r === 0n || r >= ORDER || s === 0n || s > HALF_ORDER)
    throw new ProofError('SIGNATURE_MALFORMED', '"signature" has r or s out of range');
}

/**
 * The one form of a signature that the format takes. WebCrypto and most hardware give either of two: s or the order less s.
 * @throws ProofError SIGNATURE_MALFORMED for anything but r and s of a signature, 32 bytes each
 */
export function normalizeHolderSignature(signature: Uint8Array): Uint8Array {
  const { s } = readSignature(signature);
  const normal = signature.slice();
  if (s > HALF_ORDER && s < ORDER)
    for (let i = 0; i < 32; i++) normal[32 + i] = Number(((ORDER - s) >> BigInt(8 * (31 - i))) & 255n);
  checkHolderSignature(normal);
  return normal;
}

/** Whether the key (33 bytes) made the signature (64 bytes) over SHA-256 of the message. */
export function isSignedByHolder(message: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean {
  return p256.verify(signature, message, key, { lowS: true });
}

function readSignature(signature: Uint8Array): { r: bigint; s: bigint } {
  if (signature.length !== HOLDER_SIGNATURE_BYTES)
    throw new ProofError(
      'SIGNATURE_MALFORMED',
      `"signature": expected ${HOLDER_SIGNATURE_BYTES} bytes, got ${signature.length}`,
    );
  const toBigInt = (bytes: Uint8Array) => BigInt(`0x${toHex(bytes)}`);
  return { r: toBigInt(signature.subarray(0, 32)), s: toBigInt(signature.subarray(32)) };
}
