import { join } from 'node:path';
import { getCreateAddress, JsonRpcProvider, Wallet } from 'ethers';
import { deployRegistry, readRegistryArtifact, registryCodeHash } from '../../server/chain/deploy-registry.ts';
import type { Keystore } from '../../server/keys/keystore.ts';
import { readIfPresent, writeDurably } from './durable-file.ts';
import { LocalError } from './local-error.ts';

/** What the data folder's chain carries: written before the contract is deployed, so that a crash leaves no second one. */
interface RegistryRecord {
  address: string;
  /** keccak-256 of the creation code. */
  code: string;
}

export interface RegistryParts {
  dataFolder: string;
  chainUrl: string;
  keystore: Keystore;
  /** The account that admits departments. */
  governance: string;
}

/**
 * The address of the data folder's registry, deployed at the first start.
 * @throws LocalError where the folder's chain carries the registry of another release
 */
export async function openRegistry({ dataFolder, chainUrl, keystore, governance }: RegistryParts): Promise<string> {
  const provider = new JsonRpcProvider(chainUrl, undefined, { staticNetwork: true });
  try {
    const deployer = new Wallet(`0x${Buffer.from(await keystore.openSecret('deployer')).toString('hex')}`, provider);
    const record = openRecord(dataFolder, {
      address: getCreateAddress({ from: deployer.address, nonce: 0 }),
      code: registryCodeHash(await readRegistryArtifact()),
    });
    if ((await provider.getCode(record.address)) === '0x') await deployRegistry({ signer: deployer, governance });
    return record.address;
  } finally {
    provider.destroy();
  }
}

function openRecord(dataFolder: string, wanted: RegistryRecord): RegistryRecord {
  const path = join(dataFolder, 'registry.json');
  const text = readIfPresent(path);
  if (text === undefined) {
    writeDurably(path, `${JSON.stringify(wanted, null, 2)}\n`);
    return wanted;
  }
  const found = JSON.parse(text) as RegistryRecord;
  if (found.code !== wanted.code) {
    throw new LocalError(
      `the data folder "${dataFolder}" belongs to another release: its registry's code is ${found.code.slice(0, 10)}…, this one's ${wanted.code.slice(0, 10)}…; ` +
        'run that release on it, or set EPROOF_DATA_DIR to a new folder',
    );
  }
  return found;
}
