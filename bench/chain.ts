import { hash } from 'node:crypto';
import { Contract, JsonRpcProvider, type Signer, Wallet } from 'ethers';
import hre from 'hardhat';
import { deployRegistry } from '../server/chain/deploy-registry.ts';
import { registryAbi } from '../server/chain/registry-abi.ts';

/** A Hardhat node with our registry and one department on it, over HTTP as everybody would ask it. */
export interface BenchChain {
  url: string;
  provider: JsonRpcProvider;
  carrier: Signer;
  registry: Contract;
  registryAddress: { chainId: number; address: string };
  anchorKey: Wallet;
  statusKey: Wallet;
  issuer: number;
  close(): Promise<void>;
}

/** The chain with an issuer whose profile and whose one credential type are these files. */
export async function startBenchChain(files: { profile: Uint8Array; definition: Uint8Array }): Promise<BenchChain> {
  await hre.tasks.getTask('build').run({ quiet: true });
  const server = await hre.network.createServer({ network: 'default' }, '127.0.0.1', 0);
  const { port } = await server.listen();
  const url = `http://127.0.0.1:${port}`;
  const provider = new JsonRpcProvider(url, undefined, { staticNetwork: true, cacheTimeout: -1 });
  const carrier = await provider.getSigner(0);
  const admin = await provider.getSigner(1);
  const { address } = await deployRegistry({ signer: carrier, governance: await carrier.getAddress() });
  const registry = new Contract(address, registryAbi, carrier);
  const anchorKey = await fundedWallet(provider, carrier, 2);
  const statusKey = await fundedWallet(provider, carrier, 3);
  await send(registry.getFunction('admitIssuer')(await admin.getAddress(), sha256(files.profile)));
  const asAdmin = registry.connect(admin) as Contract;
  await send(asAdmin.getFunction('addKey')(1, anchorKey.address, 1, 0, 0));
  await send(asAdmin.getFunction('addKey')(1, statusKey.address, 2, 0, 0));
  await send(asAdmin.getFunction('openCredentialType')(1, sha256(files.definition)));
  const { chainId } = await provider.getNetwork();
  return {
    url,
    provider,
    carrier,
    registry,
    registryAddress: { chainId: Number(chainId), address },
    anchorKey,
    statusKey,
    issuer: 1,
    async close() {
      provider.destroy();
      await server.close();
    },
  };
}

async function fundedWallet(provider: JsonRpcProvider, carrier: Signer, seed: number): Promise<Wallet> {
  const wallet = new Wallet(`0x${seed.toString(16).padStart(64, '0')}`, provider);
  await (await carrier.sendTransaction({ to: wallet.address, value: 10n ** 18n })).wait();
  return wallet;
}

/** Gas that a transaction used. */
export async function send(sent: Promise<{ wait(): Promise<{ gasUsed: bigint } | null> }>): Promise<number> {
  const receipt = await (await sent).wait();
  if (!receipt) throw new Error('a transaction has no receipt');
  return Number(receipt.gasUsed);
}

export function sha256(bytes: Uint8Array): string {
  return `0x${hash('sha256', bytes)}`;
}
