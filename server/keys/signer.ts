import { keccak_256 } from '@noble/hashes/sha3.js';
import { sealBatch } from '../../proof/batch.ts';
import { concatBytes, decodeHex, isEqualBytes, toHex } from '../../proof/bytes.ts';
import { ProofError } from '../../proof/errors.ts';
import { batchId, type RegistryAddress } from '../../proof/signature.ts';
import { AppError } from '../app-error.ts';
import { hashStoredContent } from '../issuance/content-hash.ts';
import { hashIntoWithOpenssl } from '../issuance/openssl-hash.ts';
import { requireCopyOf, type SignedOriginal } from './copy-rule.ts';
import type { SigningKey } from './signing-key.ts';

/** A credential as it was approved: what it says, and the hash that the approval is about. */
export interface ApprovedCredential {
  header: Uint8Array;
  /** Seeds and claims as they are encoded in the database (issuance/payload.ts), without the holder's contact. */
  payload: Uint8Array;
  /** 32 bytes. */
  approvedHash: Uint8Array;
  /** Of a copy for a holder's device, which nobody approves: what it is a copy of. */
  original?: SignedOriginal;
}

export interface BatchToSign {
  /** The issuer's number in the registry. */
  issuer: number;
  /** 32 bytes. */
  definition: Uint8Array;
  /** 32 bytes: what the caller believes the root to be. */
  root: Uint8Array;
  /** In the order of their leaves. */
  credentials: readonly ApprovedCredential[];
}

export type SignBatch = (batch: BatchToSign) => Promise<{ id: Uint8Array; signature: Uint8Array }>;

/**
 * Signs a batch after it has computed the root itself from what the credentials say: whoever changed a row between approval and
 * signature gets no signature, and a copy is signed only of what one of `ownKeys` signed (copy-rule.ts). In production it runs in a process of its own.
 */
export function createBatchSigner(
  key: SigningKey,
  registry: RegistryAddress,
  ownKeys: ReadonlySet<string> = new Set([key.address]),
): SignBatch {
  return async ({ issuer, definition, root, credentials }) => {
    const rule = { registry, issuer, definition, ownKeys, now: Date.now() };
    for (const { original, ...copy } of credentials) if (original) requireCopyOf(copy, original, rule);
    const computed = sealBatch(credentials.map(recomputeContent), hashIntoWithOpenssl);
    if (!isEqualBytes(computed.root, root))
      throw new AppError('SIGNING_REFUSED', 'the batch is not what the approved credentials add up to');
    const id = batchId(registry, { issuer, definition, root: computed.root, size: computed.size });
    return { id, signature: key.sign(id) };
  };
}

/** The content hash of what a credential says. @throws AppError SIGNING_REFUSED unless it is what was approved */
export function recomputeContent({ header, payload, approvedHash }: ApprovedCredential): Uint8Array {
  const content = hashOrRefuse(header, payload);
  if (!isEqualBytes(content, approvedHash))
    throw new AppError('SIGNING_REFUSED', 'a credential is not what was approved');
  return content;
}

function hashOrRefuse(header: Uint8Array, payload: Uint8Array): Uint8Array {
  try {
    return hashStoredContent(header, payload);
  } catch (cause) {
    if (!(cause instanceof ProofError)) throw cause;
    throw new AppError('SIGNING_REFUSED', 'a credential has no claims as they are stored', { cause });
  }
}

const ACTS = { revoke: 0, suspend: 1, reinstate: 2 } as const;

export interface StatusChangeToSign {
  /** 32 bytes: the batch's id. */
  batch: Uint8Array;
  act: keyof typeof ACTS;
  leaves: bigint;
  /** The last suspended day in Hong Kong, in days since 1970-01-01; 0 for an open suspension and for any other act. */
  until: number;
  reason: number;
  nonce: number;
}

export interface SuccessionToSign {
  batch: Uint8Array;
  leaf: number;
  successorBatch: Uint8Array;
  successorLeaf: number;
  nonce: number;
}

export interface StatusSigner {
  address: string;
  /** 65 bytes r, s, v. */
  signStatusChange(change: StatusChangeToSign): Promise<Uint8Array>;
  signSuccession(succession: SuccessionToSign): Promise<Uint8Array>;
}

const utf8 = new TextEncoder();
export const keccak = (text: string): Uint8Array => keccak_256(utf8.encode(text));
const DOMAIN_TYPE = keccak('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)');
const STATUS_CHANGE_TYPE = keccak(
  'StatusChange(bytes32 batch,uint8 act,uint256 leaves,uint24 until,uint16 reason,uint256 nonce)',
);
const SUCCESSION_TYPE = keccak(
  'Succession(bytes32 batch,uint8 leaf,bytes32 successorBatch,uint8 successorLeaf,uint256 nonce)',
);

/** Signs the hash of a struct (EIP-712), given as the words that make it up. */
export function createStructSigner(
  key: SigningKey,
  registry: RegistryAddress,
): (...struct: Uint8Array[]) => Uint8Array {
  const domain = keccak_256(
    concatBytes(DOMAIN_TYPE, keccak('e-Proof'), keccak('1'), word(registry.chainId), word(BigInt(registry.address))),
  );
  return (...struct) =>
    key.sign(keccak_256(concatBytes(Uint8Array.of(0x19, 0x01), domain, keccak_256(concatBytes(...struct)))));
}

/** Signs changes of status under the key's next nonce in the registry (EIP-712). */
export function createStatusSigner(key: SigningKey, registry: RegistryAddress): StatusSigner {
  const sign = createStructSigner(key, registry);
  return {
    address: key.address,
    signStatusChange: async ({ batch, act, leaves, until, reason, nonce }) =>
      sign(STATUS_CHANGE_TYPE, batch, word(ACTS[act]), word(leaves), word(until), word(reason), word(nonce)),
    signSuccession: async ({ batch, leaf, successorBatch, successorLeaf, nonce }) =>
      sign(SUCCESSION_TYPE, batch, word(leaf), successorBatch, word(successorLeaf), word(nonce)),
  };
}

/** The number that the contract knows an act by. */
export function toActNumber(act: keyof typeof ACTS): number {
  return ACTS[act];
}

export function word(value: number | bigint): Uint8Array {
  return decodeHex(value.toString(16).padStart(64, '0'));
}

/** r, s and v as contract calls take them. */
export function splitSignature(signature: Uint8Array): { r: string; s: string; v: number } {
  return {
    r: `0x${toHex(signature.subarray(0, 32))}`,
    s: `0x${toHex(signature.subarray(32, 64))}`,
    v: signature[64] as number,
  };
}

export function joinSignature({ r, s, v }: { r: string; s: string; v: number }): Uint8Array {
  return Uint8Array.from([...decodeHex(r.slice(2)), ...decodeHex(s.slice(2)), v]);
}
