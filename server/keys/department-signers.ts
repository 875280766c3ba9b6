import type { RegistryAddress } from '../../proof/signature.ts';
import { AppError } from '../app-error.ts';
import { createHeadSigner, type SignHead } from './audit-head-signer.ts';
import type { Keystore } from './keystore.ts';
import { createBatchSigner, createStatusSigner, type SignBatch, type StatusSigner } from './signer.ts';
import type { SigningKey } from './signing-key.ts';
import { createValiditySigner, type ValiditySigner } from './validity-signer.ts';

/** What a key may do in the registry. */
export type KeyPurpose = 'anchor' | 'status';

/** What signs under the departments' keys; undefined where it does not have the key of an address for that purpose. */
export interface DepartmentSigners {
  findBatchSigner(address: string): SignBatch | undefined;
  findHeadSigner(address: string): SignHead | undefined;
  findValiditySigner(address: string): ValiditySigner | undefined;
  findStatusSigner(address: string): StatusSigner | undefined;
}

/** Signs in this process: what the signer's own process does inside, and what tests do without one. */
export function createDepartmentSigners(
  keys: Record<KeyPurpose, readonly SigningKey[]>,
  registry: RegistryAddress,
): DepartmentSigners {
  const byAddress = <T>(purpose: KeyPurpose, create: (key: SigningKey, registry: RegistryAddress) => T) =>
    new Map(keys[purpose].map((key) => [key.address, create(key, registry)]));
  const batchSigners = byAddress('anchor', createBatchSigner);
  const headSigners = byAddress('anchor', createHeadSigner);
  const validitySigners = byAddress('anchor', createValiditySigner);
  const statusSigners = byAddress('status', createStatusSigner);
  return {
    findBatchSigner: (address) => batchSigners.get(address),
    findHeadSigner: (address) => headSigners.get(address),
    findValiditySigner: (address) => validitySigners.get(address),
    findStatusSigner: (address) => statusSigners.get(address),
  };
}

/** A key that the registry knows already, by the name that its owner gave it. */
export interface KnownKey {
  name: string;
  purpose: KeyPurpose;
  address: string;
}

/** @throws AppError KEY_UNKNOWN where one of them is missing or has another address: it could sign nothing that counts */
export async function openKnownKeys(
  keystore: Pick<Keystore, 'findKey'>,
  known: readonly KnownKey[],
): Promise<Record<KeyPurpose, SigningKey[]>> {
  const of = (purpose: KeyPurpose) =>
    Promise.all(known.filter((key) => key.purpose === purpose).map((key) => openKnownKey(keystore, key)));
  const [anchor, status] = await Promise.all([of('anchor'), of('status')]);
  return { anchor, status };
}

async function openKnownKey(keystore: Pick<Keystore, 'findKey'>, { name, address }: KnownKey): Promise<SigningKey> {
  const key = await keystore.findKey(name);
  if (key && key.address === address) return key;
  const found = key ? `is ${key.address}` : 'is missing';
  throw new AppError(
    'KEY_UNKNOWN',
    `the key "${name}" ${found}, the registry knows ${address}: bring the key's file back`,
  );
}
