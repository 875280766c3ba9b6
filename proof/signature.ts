import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concatBytes, decodeHex, toHex } from './bytes.ts';
import { ProofError } from './errors.ts';

/** Where batches are anchored: the EIP-712 domain of every signature. */
export interface RegistryAddress {
  chainId: number;
  /** 0x and 40 hex digits, of either case. */
  address: string;
}

export interface BatchFacts {
  issuer: number;
  /** 32 bytes: SHA-256 of the credential type's definition file. */
  definition: Uint8Array;
  /** 32 bytes. */
  root: Uint8Array;
  size: number;
}

export const SIGNATURE_BYTES = 65;

const utf8 = new TextEncoder();
const DOMAIN_TYPE = keccak('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)');
const BATCH_TYPE = keccak('Batch(uint32 issuer,bytes32 credentialType,bytes32 root,uint16 size)');
const NAME = keccak('e-Proof');
const VERSION = keccak('1');
const HALF_ORDER = secp256k1.Point.CURVE().n >> 1n;

/** 32 bytes: the EIP-712 digest that the department's key signs, and by which the registry knows the batch. */
export function batchId(registry: RegistryAddress, batch: BatchFacts): Uint8Array {
  const struct = keccak_256(
    concatBytes(BATCH_TYPE, word(batch.issuer), batch.definition, batch.root, word(batch.size)),
  );
  return keccak_256(concatBytes(Uint8Array.of(0x19, 0x01), domainSeparator(registry), struct));
}

function domainSeparator({ chainId, address }: RegistryAddress): Uint8Array {
  const contract = decodeHex(address);
  if (contract.length !== 20) throw new ProofError('TRUST_INVALID', '"address" must be 20 bytes');
  return keccak_256(concatBytes(DOMAIN_TYPE, NAME, VERSION, word(chainId), new Uint8Array(12), contract));
}

/**
 * A signature is r, s and v (27 or 28), 65 bytes, with s in the lower half of the group order: one signature, one encoding.
 * @throws ProofError SIGNATURE_MALFORMED
 */
export function checkSignature(signature: Uint8Array): void {
  if (signature.length !== SIGNATURE_BYTES)
    throw new ProofError(
      'SIGNATURE_MALFORMED',
      `"signature": expected ${SIGNATURE_BYTES} bytes, got ${signature.length}`,
    );
  const v = signature[64];
  if (v !== 27 && v !== 28) throw new ProofError('SIGNATURE_MALFORMED', '"signature" must end in 27 or 28');
  const { n } = secp256k1.Point.CURVE();
  const r = toBigInt(signature.subarray(0, 32));
  const s = toBigInt(signature.subarray(32, 64));
  if (r === 0n || r >= n || s === 0n || s > HALF_ORDER)
    throw new ProofError('SIGNATURE_MALFORMED', '"signature" has r or s out of range');
}

/**
 * The address (0x, 40 lower-case hex digits) whose key made a signature over a digest.
 * @throws ProofError SIGNATURE_MALFORMED where no key can have made it
 */
export function recoverSigner(digest: Uint8Array, signature: Uint8Array): string {
  checkSignature(signature);
  const recovered = concatBytes(Uint8Array.of((signature[64] as number) - 27), signature.subarray(0, 64));
  try {
    const publicKey = secp256k1.Signature.fromBytes(recovered, 'recovered').recoverPublicKey(digest);
    return `0x${toHex(keccak_256(publicKey.toBytes(false).subarray(1)).subarray(12))}`;
  } catch {
    throw new ProofError('SIGNATURE_MALFORMED', '"signature" is not one that a key can have made');
  }
}

function keccak(text: string): Uint8Array {
  return keccak_256(utf8.encode(text));
}

function word(value: number): Uint8Array {
  return decodeHex(value.toString(16).padStart(64, '0'));
}

function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`);
}
