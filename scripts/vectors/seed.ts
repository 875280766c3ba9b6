import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concatBytes, toHex } from '../../proof/bytes.ts';

/** The first `sizeBytes` of SHA-256 of a name: bytes that look random and are the same in every run. */
export function namedBytes(name: string, sizeBytes: number): Uint8Array {
  return sha256(new TextEncoder().encode(name)).slice(0, sizeBytes);
}

export interface SigningKey {
  secret: Uint8Array;
  /** 0x and 40 lower-case hex digits. */
  address: string;
}

/** A secp256k1 key that everybody can compute: never one of a real department. */
export function namedKey(name: string): SigningKey {
  const secret = namedBytes(`key ${name}`, 32);
  const publicKey = secp256k1.getPublicKey(secret, false);
  return { secret, address: `0x${toHex(keccak_256(publicKey.subarray(1)).subarray(12))}` };
}

/** r, s, v: deterministic (RFC 6979) and with s in the lower half of the group order. */
export function signDigest(digest: Uint8Array, { secret }: SigningKey): Uint8Array {
  const signed = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' });
  return concatBytes(signed.subarray(1), Uint8Array.of((signed[0] as number) + 27));
}

export interface Holder {
  secret: Uint8Array;
  /** 33 bytes: the compressed P-256 public key. */
  key: Uint8Array;
}

/** A P-256 key that everybody can compute: never one of a real holder. */
export function namedHolder(name: string): Holder {
  const secret = namedBytes(`holder ${name}`, 32);
  return { secret, key: p256.getPublicKey(secret, true) };
}

/** r, s over SHA-256 of a message: deterministic (RFC 6979) and with s in the lower half of the group order. */
export function signAsHolder(message: Uint8Array, { secret }: Holder): Uint8Array {
  return p256.sign(message, secret, { lowS: true });
}
