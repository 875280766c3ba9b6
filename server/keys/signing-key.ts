import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { toHex } from '../../proof/bytes.ts';
import { SIGNATURE_BYTES } from '../../proof/signature.ts';

/** A secp256k1 key that signs digests and never shows itself. */
export interface SigningKey {
  /** 0x and 40 lower-case hex digits. */
  address: string;
  /** 65 bytes r, s, v, with s in the lower half; the same digest always gives the same signature (RFC 6979). */
  sign(digest: Uint8Array): Uint8Array;
}

export function createSigningKey(privateKey: Uint8Array): SigningKey {
  const publicKey = secp256k1.getPublicKey(privateKey, false);
  return {
    address: `0x${toHex(keccak_256(publicKey.subarray(1)).subarray(12))}`,
    sign(digest) {
      const recovered = secp256k1.sign(digest, privateKey, { prehash: false, format: 'recovered' });
      const signature = new Uint8Array(SIGNATURE_BYTES);
      signature.set(recovered.subarray(1));
      signature[SIGNATURE_BYTES - 1] = (recovered[0] as number) + 27;
      return signature;
    },
  };
}

export function createPrivateKey(): Uint8Array {
  return secp256k1.utils.randomSecretKey();
}
