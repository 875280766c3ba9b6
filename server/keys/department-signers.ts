import type { RegistryAddress } from '../../proof/signature.ts';
import { AppError } from '../app-error.ts';
import { createHeadSigner, type SignHead } from './audit-head-signer.ts';
import type { KeySource } from './key-source.ts';
import { createBatchSigner, createStatusSigner, type SignBatch, type StatusSigner } from './signer.ts';
import type { SigningKey } from './signing-key.ts';
import { createValiditySigner, type ValiditySigner } from './validity-signer.ts';

/** What a department needs a key for. An anchor key may change status too, and is not taken for it. */
export type KeyPurpose = 'anchor' | 'status';

/** What signs under the departments' keys; undefined where it does not have the key of an address for that purpose. */
export interface DepartmentSigners {
  /** Of the keys that it has. */
  addresses: Record<KeyPurpose, readonly string[]>;
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
  const anchorKeys = new Set(keys.anchor.map(({ address }) => address));
  const batchSigners = byAddress('anchor', (key) => createBatchSigner(key, registry, anchorKeys));
  const headSigners = byAddress('anchor', createHeadSigner);
  const validitySigners = byAddress('anchor', createValiditySigner);
  const statusSigners = byAddress('status', createStatusSigner);
  return {
    addresses: { anchor: [...batchSigners.keys()], status: [...statusSigners.keys()] },
    findBatchSigner: (address) => batchSigners.get(address),
    findHeadSigner: (address) => headSigners.get(address),
    findValiditySigner: (address) => validitySigners.get(address),
    findStatusSigner: (address) => statusSigners.get(address),
  };
}

/** The keys of one purpose of a department, under a name, and that name with "-2" and so on: those that follow one another. */
export interface KeysToOpen {
  name: string;
  purpose: KeyPurpose;
  /** The one that is in use; null where the registry takes nothing of it any more, and it may be gone. */
  address: string | null;
}

const MOST_FOLLOWERS = 20;

/**
 * All keys that are there, of all departments.
 * @throws AppError KEY_UNKNOWN where one in use is not among them: another one could sign nothing that counts
 */
export async function openKeys(
  source: Pick<KeySource, 'findKey'>,
  all: readonly KeysToOpen[],
): Promise<Record<KeyPurpose, SigningKey[]>> {
  const of = async (purpose: KeyPurpose) => {
    const keys = all.filter((one) => one.purpose === purpose).map((one) => openKeysOf(source, one));
    return (await Promise.all(keys)).flat();
  };
  const [anchor, status] = await Promise.all([of('anchor'), of('status')]);
  return { anchor, status };
}

async function openKeysOf(source: Pick<KeySource, 'findKey'>, { name, address }: KeysToOpen): Promise<SigningKey[]> {
  const names = Array.from({ length: MOST_FOLLOWERS }, (_, i) => (i === 0 ? name : toFollower(name, i + 1)));
  const keys = (await Promise.all(names.map((one) => source.findKey(one)))).filter((key) => key !== null);
  if (address !== null && !keys.some((key) => key.address === address)) {
    const found = keys[0] ? `is ${keys[0].address}` : 'is missing';
    throw new AppError(
      'KEY_UNKNOWN',
      `the key "${name}" ${found}, the registry knows ${address}: bring the key's file back`,
    );
  }
  return [...new Map(keys.map((key) => [key.address, key])).values()];
}

/** The name of the `number`-th key of a purpose; the first has none of its own. */
export function toFollower(name: string, number: number): string {
  return `${name}-${number}`;
}
