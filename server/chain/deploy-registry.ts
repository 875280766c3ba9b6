import { readFile } from 'node:fs/promises';
import { ContractFactory, type InterfaceAbi, keccak256, type Overrides, type Signer } from 'ethers';
import { registryAbi } from './registry-abi.ts';

export interface RegistryArtifact {
  /** The code that creates the contract, 0x hex, without its constructor argument. */
  bytecode: string;
}

export interface DeployedContract {
  address: string;
  transactionHash: string;
  blockNumber: number;
}

const artifactFile = new URL('../../artifacts/contracts/EProofRegistry.sol/EProofRegistry.json', import.meta.url);

/** The compiled registry. */
export async function readRegistryArtifact(file: URL = artifactFile): Promise<RegistryArtifact> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new Error('the registry is not compiled: run "npm start", or "npx hardhat build"', { cause });
  }
  const { bytecode } = JSON.parse(text) as Partial<RegistryArtifact>;
  if (!bytecode || bytecode.length <= 2)
    throw new Error(`no bytecode in "${file.pathname}": run "npx hardhat build --force"`);
  return { bytecode };
}

/**
 * Which registry code this is. It is the hash of the creation code: the code at an address also holds that address, the chain id and the
 * governance. The compiler leaves its metadata hash out (hardhat.config.ts), so comments and folders do not change it.
 */
export function registryCodeHash(artifact: RegistryArtifact): string {
  return keccak256(artifact.bytecode);
}

export async function deployRegistry(by: Deployment & { governance: string }): Promise<DeployedContract> {
  const { bytecode } = await readRegistryArtifact();
  return deploy({ ...by, abi: registryAbi, bytecode, args: [by.governance] });
}

/** Who deploys, and what it pays where it does not leave that to the library. */
export interface Deployment {
  signer: Signer;
  fees?: Overrides;
}

/** Sends one contract and waits until it is there. */
export async function deploy({
  signer,
  fees = {},
  abi,
  bytecode,
  args,
}: Deployment & { abi: InterfaceAbi; bytecode: string; args: readonly unknown[] }): Promise<DeployedContract> {
  const contract = await new ContractFactory(abi, bytecode, signer).deploy(...args, fees);
  const receipt = await contract.deploymentTransaction()?.wait();
  if (!receipt?.contractAddress) throw new Error('the contract was not deployed: its transaction has no receipt');
  return { address: receipt.contractAddress, transactionHash: receipt.hash, blockNumber: receipt.blockNumber };
}
