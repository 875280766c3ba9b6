import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { toHex } from '../../proof/bytes.ts';
import { SIGNATURE_BYTES } from '../../proof/signature.ts';

/** A secp256k1 key that signs digests and never shows itself. */
export interface SigningKey {
  /** 0x and 40 lower-case hex digits. */
  address: string;
  /** 65 bytes r, s, v, with s in the lower half. */
  sign(digest: Uint8Array): Uint8Array;
}

/** A key of which this process has the bytes; the same digest always gives the same signature (RFC 6979). */
export function createSigningKey(privateKey: Uint8Array): SigningKey {
  const publicKey = secp256k1.getPublicKey(privateKey, false);
  return {
    address: addressOf(publicKey),
    sign(digest) {
      const recovered = secp256k1.sign(digest, privateKey, { prehash: false, format: 'recovered' });
      const signature = new Uint8Array(SIGNATURE_BYTES);
      signature.set(recovered.subarray(1));
      signature[SIGNATURE_BYTES - 1] = (recovered[0] as number) + 27;
      return signature;
    },
  };
}

/** The address of a public key of 65 bytes: 04, x, y. */
export function addressOf(publicKey: Uint8Array): string {
  return `0x${toHex(keccak_256(publicKey.subarray(1)).subarray(12))}`;
}

export function createPrivateKey(): Uint8Array {
  return secp256k1.utils.randomSecretKey();
}
