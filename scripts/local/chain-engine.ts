import { fileURLToPath } from 'node:url';
import type { Block, Genesis } from './chain-journal.ts';
import { hasCode, LocalError } from './local-error.ts';

/** What decides block 0, and with the transactions and timestamps every later block. */
export type Beginning = Pick<Genesis, 'chainId' | 'timestamp' | 'hardfork' | 'blockGasLimit'>;

export interface Engine {
  genesisHash: string;
  version: string;
  request(method: string, params: unknown[]): Promise<unknown>;
  /** Puts a raw transaction among those that wait for a block; returns its hash. */
  submit(raw: string): Promise<string>;
  /** Makes the next block of all transactions that wait and can go. */
  mine(timestamp: number): Promise<Block>;
  waitingCount(): number;
}

interface RpcBlock {
  number: string;
  timestamp: string;
  hash: string;
  transactions: string[];
}

type Request = Engine['request'];

/** Hardhat's chain in this process, with everything pinned that a block hash depends on. */
export async function createEngine(beginning: Beginning): Promise<Engine> {
  const request = await createProvider(beginning);
  await pinBaseFee(request);
  const genesis = (await request('eth_getBlockByNumber', ['0x0', false])) as RpcBlock;
  const waiting = new Map<string, string>();
  return {
    genesisHash: genesis.hash,
    version: (await request('web3_clientVersion', [])) as string,
    request,
    async submit(raw) {
      const hash = (await request('eth_sendRawTransaction', [raw])) as string;
      waiting.set(hash, raw);
      return hash;
    },
    mine: (timestamp) => mine(request, waiting, timestamp),
    waitingCount: () => waiting.size,
  };
}

async function mine(request: Request, waiting: Map<string, string>, timestamp: number): Promise<Block> {
  await request('evm_mine', [timestamp]);
  await pinBaseFee(request);
  const block = (await request('eth_getBlockByNumber', ['latest', false])) as RpcBlock;
  const transactions = block.transactions.map((hash) => waiting.get(hash)!);
  for (const hash of block.transactions) waiting.delete(hash);
  return { number: Number(block.number), timestamp: Number(block.timestamp), hash: block.hash, transactions };
}

/** After a full block the base fee would rise above 0, and free transactions would wait for ever. */
async function pinBaseFee(request: Request): Promise<void> {
  await request('hardhat_setNextBlockBaseFeePerGas', ['0x0']);
}

async function createProvider(beginning: Beginning): Promise<Request> {
  const { createHardhatRuntimeEnvironment } = await importHardhat();
  const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
  const { network } = await createHardhatRuntimeEnvironment(
    {
      // no artifacts: with them Hardhat loads every contract, and words errors in terms of their source
      paths: { artifacts: `${projectRoot}/scripts/local/no-artifacts` },
      networks: { development: { type: 'edr-simulated', chainType: 'l1', ...networkOf(beginning) } },
    },
    {},
    projectRoot,
  );
  const { provider } = await network.create('development');
  return (method, params) => provider.request({ method, params });
}

function networkOf({ chainId, timestamp, hardfork, blockGasLimit }: Beginning) {
  return {
    chainId,
    hardfork,
    initialDate: new Date(timestamp * 1000),
    blockGasLimit,
    initialBaseFeePerGas: 0,
    // gas costs nothing: nobody needs funds, and the node holds no keys
    accounts: [],
    mining: { auto: false, interval: 0, mempool: { order: 'fifo' as const } },
    allowBlocksWithSameTimestamp: false,
    allowUnlimitedContractSize: false,
    // a transaction that fails is mined as on every other chain
    throwOnTransactionFailures: false,
  };
}

async function importHardhat(): Promise<typeof import('hardhat/hre')> {
  try {
    return await import('hardhat/hre');
  } catch (error) {
    if (!hasCode(error, 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new LocalError(
      'the development chain needs "hardhat", which is not installed; run "npm ci", or name a chain by CHAIN_RPC_URLS',
    );
  }
}
