import type { RegistryAddress } from '../../proof/signature.ts';
import { AppError } from '../app-error.ts';
import { createHeadSigner, type SignHead } from './audit-head-signer.ts';
import type { Keystore } from './keystore.ts';
import { createBatchSigner, type SignBatch } from './signer.ts';
import type { SigningKey } from './signing-key.ts';
import { createValiditySigner, type ValiditySigner } from './validity-signer.ts';

/** What signs under the departments' anchor keys; undefined where it does not have the key of an address. */
export interface AnchorSigners {
  /** Of the keys that it has. */
  addresses: readonly string[];
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
    addresses: keys.map(({ address }) => address),
    findBatchSigner: (address) => batchSigners.get(address),
    findHeadSigner: (address) => headSigners.get(address),
    findValiditySigner: (address) => validitySigners.get(address),
  };
}

/** The keys of one purpose, under a name, and that name with "-2" and so on: those that follow one another. */
export interface KeysToOpen {
  name: string;
  /** The one that is in use; null where the registry takes nothing of it any more, and its file may be gone. */
  address: string | null;
}

const MOST_FOLLOWERS = 20;

/**
 * All keys of a purpose that are there.
 * @throws AppError KEY_UNKNOWN where the one in use is not among them: another one could sign nothing that counts
 */
export async function openKeysOf(keystore: Keystore, { name, address }: KeysToOpen): Promise<SigningKey[]> {
  const names = Array.from({ length: MOST_FOLLOWERS }, (_, i) => (i === 0 ? name : toFollower(name, i + 1)));
  const keys = (await Promise.all(names.map((one) => keystore.findKey(one)))).filter((key) => key !== null);
  if (address !== null && !keys.some((key) => key.address === address)) {
    const found = keys[0] ? `is ${keys[0].address}` : 'is missing';
    throw new AppError(
      'KEY_UNKNOWN',
      `the key "${name}" ${found}, the registry knows ${address}: bring the key's file back`,
    );
  }
  return [...new Map(keys.map((key) => [key.address, key])).values()];
}

/** The name of the file of the `number`-th key of a purpose; the first has none. */
export function toFollower(name: string, number: number): string {
  return `${name}-${number}`;
}
