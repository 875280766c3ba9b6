import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from './app-error.ts';
import type { Rpc } from './chain/rpc.ts';
import { writeDurably } from './keys/keystore.ts';

/** What cannot change as long as the registry is the same contract on the same chain. */
export interface RegistryFacts {
  chainId: number;
  /** 0x and 40 lower-case hex digits. */
  address: string;
  /** keccak-256 of the contract's code. */
  codeHash: string;
}

/**
 * The facts of the registry at `address`: asked from the chain, and remembered in the data folder, so that the service also starts,
 * and accepts what it will anchor later, while no node answers.
 * @throws AppError CHAIN_REFUSED where the chain has no contract there, or another one than remembered; CHAIN_UNREACHABLE where no node
 * answers and nothing is remembered
 */
export async function openRegistryFacts(folder: string, address: string, rpc: Rpc): Promise<RegistryFacts> {
  const path = join(folder, 'registry-facts.json');
  const remembered = await readFacts(path, address);
  const found = await askFacts(address, rpc).catch((error: unknown) => {
    if (remembered && error instanceof AppError && error.code === 'CHAIN_UNREACHABLE') return remembered;
    throw error;
  });
  if (remembered && JSON.stringify(remembered) !== JSON.stringify(found))
    throw new AppError(
      'CHAIN_REFUSED',
      `the registry at ${address} is not the one of "${path}": "CHAIN_RPC_URLS" names another chain, or use another "EPROOF_DATA_DIR"`,
    );
  if (!remembered) await writeDurably(path, `${JSON.stringify(found)}\n`);
  return found;
}

async function askFacts(address: string, rpc: Rpc): Promise<RegistryFacts> {
  const chainId = Number(await rpc.call<string>('eth_chainId', []));
  const account = await rpc.call<{ codeHash: string }>('eth_getProof', [address, [], 'latest']);
  const code = await rpc.call<string>('eth_getCode', [address, 'latest']);
  if (code === '0x')
    throw new AppError('CHAIN_REFUSED', `there is no contract at ${address}: check "REGISTRY_ADDRESS"`);
  return { chainId, address: address.toLowerCase(), codeHash: account.codeHash };
}

async function readFacts(path: string, address: string): Promise<RegistryFacts | null> {
  try {
    const facts = JSON.parse(await readFile(path, 'utf8')) as RegistryFacts;
    // another address is another registry: what is remembered says nothing of it
    return facts.address === address.toLowerCase() ? facts : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
