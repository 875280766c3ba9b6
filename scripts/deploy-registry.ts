// Deploys a registry that a timelock governs: node scripts/deploy-registry.ts --help
import { readFile, stat, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { isAddress, JsonRpcProvider, type Overrides, Wallet } from 'ethers';
import {
  type Deployment,
  deployRegistry,
  readRegistryArtifact,
  registryCodeHash,
} from '../server/chain/deploy-registry.ts';
import { deployTimelock, toGovernanceAct } from '../server/chain/deploy-timelock.ts';
import { createRpc } from '../server/chain/rpc.ts';
import { readFees } from '../server/chain/transaction.ts';

const HELP = `usage: node scripts/deploy-registry.ts --rpc URL --chain-id N --min-delay SECONDS --proposer ADDRESS...
         --executor ADDRESS... --guardian ADDRESS --out FILE [--key-file FILE]

Deploys OpenZeppelin's TimelockController, which nobody administers, and a registry whose governance it is for ever. The guardian is
named through the timelock: the output has what a proposer sends now and an executor after the delay.

  --rpc URL            a node of the chain
  --chain-id N         the chain that it must be
  --min-delay SECONDS  how long every act of governance waits in public
  --proposer ADDRESS   who may schedule and cancel; repeat it
  --executor ADDRESS   who may execute what has waited; repeat it
  --guardian ADDRESS   who may pause for three days
  --out FILE           where the result is written, as JSON; must not be there yet
  --key-file FILE      the deployer's private key in hex, readable by its owner alone (default: EPROOF_DEPLOYER_KEY)

Run "npx hardhat build" first. Exits with 64 for wrong usage, with 1 where the chain refuses.
`;

const EXIT = { done: 0, failed: 1, usage: 64 } as const;

/** A mistake of whoever calls. */
class Misuse extends Error {}

interface Options {
  rpc: string;
  chainId: number;
  minDelaySeconds: number;
  proposers: string[];
  executors: string[];
  guardian: string;
  out: string;
  keyFile: string | undefined;
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      rpc: text,
      'chain-id': text,
      'min-delay': text,
      proposer: { ...text, multiple: true, default: [] },
      executor: { ...text, multiple: true, default: [] },
      guardian: text,
      out: text,
      'key-file': text,
    },
  });
  const need = (name: 'rpc' | 'chain-id' | 'min-delay' | 'guardian' | 'out'): string => {
    const value = values[name];
    if (!value) throw new Misuse(`"--${name}" is missing`);
    return value;
  };
  return {
    rpc: need('rpc'),
    chainId: readCount('chain-id', need('chain-id')),
    minDelaySeconds: readCount('min-delay', need('min-delay')),
    proposers: readAddresses('proposer', values.proposer),
    executors: readAddresses('executor', values.executor),
    guardian: readAddresses('guardian', [need('guardian')])[0] as string,
    out: need('out'),
    keyFile: values['key-file'],
  };
}

function readCount(name: string, text: string): number {
  if (!/^[1-9][0-9]{0,14}$/.test(text)) throw new Misuse(`"--${name}" must be a whole number above 0, got ${text}`);
  return Number(text);
}

function readAddresses(name: string, addresses: readonly string[]): string[] {
  if (addresses.length === 0) throw new Misuse(`"--${name}" is missing`);
  const wrong = addresses.find((address) => !isAddress(address));
  if (wrong !== undefined) throw new Misuse(`"--${name}" must be an address, got ${wrong}`);
  return [...addresses];
}

// Never from the command line, which every user of the machine can read.
async function readKey(file: string | undefined): Promise<string> {
  const key = file === undefined ? process.env.EPROOF_DEPLOYER_KEY : await readKeyFile(file);
  if (!key) throw new Misuse("the deployer's key is missing: name a file with --key-file, or set EPROOF_DEPLOYER_KEY");
  if (!/^0x[0-9a-fA-F]{64}$/.test(key)) throw new Misuse("the deployer's key must be 0x and 64 hex digits");
  return key;
}

async function readKeyFile(file: string): Promise<string> {
  const { mode } = await stat(file);
  if (mode & 0o077) throw new Misuse(`others may read ${file}: chmod 600 it, and think about who has`);
  return (await readFile(file, 'utf8')).trim();
}

async function run(options: Options): Promise<void> {
  const { rpc: url, chainId } = options;
  const actual = Number(await createRpc([url]).call<string>('eth_chainId', []));
  if (actual !== chainId) throw new Misuse(`${url} is a node of chain ${actual}, not of ${chainId}`);
  const provider = new JsonRpcProvider(url, chainId, { cacheTimeout: -1, staticNetwork: true });
  try {
    const signer = new Wallet(await readKey(options.keyFile), provider);
    await deployAll({ signer, fees: await feesOf(url) }, options);
  } finally {
    provider.destroy();
  }
}

// Each address is written down before the next transaction: what was deployed is not lost when the next one fails.
async function deployAll(by: Deployment, { out, ...options }: Options): Promise<void> {
  const { chainId, minDelaySeconds, proposers, executors, guardian } = options;
  const registryCode = registryCodeHash(await readRegistryArtifact());
  await writeFile(out, '', { flag: 'wx' });
  const timelock = await deployTimelock(by, { minDelaySeconds, proposers, executors });
  const known = { chainId, timelock, minDelaySeconds, proposers, executors };
  await write(out, known);
  const registry = await deployRegistry({ ...by, governance: timelock.address });
  const setGuardian = toGovernanceAct(registry.address, minDelaySeconds, ['setGuardian', [guardian]]);
  process.stdout.write(await write(out, { ...known, registry, registryCode, setGuardian }));
}

async function write(file: string, result: object): Promise<string> {
  const text = `${JSON.stringify(result, null, 2)}\n`;
  await writeFile(file, text);
  return text;
}

// Where gas is free an account has no money, and the library would offer some.
async function feesOf(url: string): Promise<Overrides> {
  const { maxFeePerGas, tip } = await readFees(createRpc([url]));
  return maxFeePerGas === null ? { gasPrice: tip } : { maxFeePerGas, maxPriorityFeePerGas: tip };
}

async function main(): Promise<number> {
  if (process.argv.includes('--help')) {
    process.stdout.write(HELP);
    return EXIT.done;
  }
  try {
    await run(readOptions());
    return EXIT.done;
  } catch (error) {
    const isMisuse = error instanceof Misuse || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`deploy-registry: ${(error as Error).message.split('\n')[0]}\n`);
    return isMisuse ? EXIT.usage : EXIT.failed;
  }
}

process.exitCode = await main();
