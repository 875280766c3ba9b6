import type { RegistryAddress } from '../../proof/signature.ts';
import { AppError } from '../app-error.ts';
import { createHeadSigner, type SignHead } from './audit-head-signer.ts';
import type { Keystore } from './keystore.ts';
import { createBatchSigner, type SignBatch } from './signer.ts';
import type { SigningKey } from './signing-key.ts';
import { createValiditySigner, type ValiditySigner } from './validity-signer.ts';

/** What signs under the departments' anchor keys; undefined where it does not have the key of an address. */
export interface AnchorSigners {
  findBatchSigner(address: string): SignBatch | undefined;
  findHeadSigner(address: string): SignHead | undefined;
  findValiditySigner(address: string): ValiditySigner | undefined;
}

/** Signs in this process: what the signer's own process does inside, and what tests do without one. */
export function createAnchorSigners(keys: readonly SigningKey[], registry: RegistryAddress): AnchorSigners {
  const batchSigners = new Map(keys.map((key) => [key.address, createBatchSigner(key, registry)]));
  const headSigners = new Map(keys.map((key) => [key.address, createHeadSigner(key, registry)]));
  const validitySigners = new Map(keys.map((key) => [key.address, createValiditySigner(key, registry)]));
  return {
    findBatchSigner: (address) => batchSigners.get(address),
    findHeadSigner: (address) => headSigners.get(address),
    findValiditySigner: (address) => validitySigners.get(address),
  };
}

/** A key that the registry knows already. @throws AppError KEY_UNKNOWN: another one could sign nothing that counts */
export async function openKnownKey(keystore: Keystore, name: string, address: string | null): Promise<SigningKey> {
  const key = await keystore.findKey(name);
  if (key && key.address === address) return key;
  const found = key ? `is ${key.address}` : 'is missing';
  throw new AppError(
    'KEY_UNKNOWN',
    `the key "${name}" ${found}, the registry knows ${address}: bring the key's file back`,
  );
}
