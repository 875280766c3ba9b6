// Rebuilds a registry's state from its events and compares it with the contract's: node scripts/replay-events.ts --help
import { parseArgs } from 'node:util';
import { Interface, isAddress, JsonRpcProvider, type Log, type Provider } from 'ethers';
import { registryAbi } from '../server/chain/registry-abi.ts';
import { createRpc } from '../server/chain/rpc.ts';
import { readState } from './replay/contract.ts';
import { type RegistryEvent, replayEvents } from './replay/replay.ts';
import { compareStates, type Difference } from './replay/state.ts';

const HELP = `usage: node scripts/replay-events.ts --rpc URL --registry ADDRESS [--from BLOCK] [--json]

Reads every event of a registry, works out from them alone what the registry must hold, and compares that with what it answers: issuers and
their admins, recoveries, keys, types, notices, batches, every word and record of status, the guardian and the pause. Nonces are not told by
events, nor is the time at which the last pause began.

  --rpc URL           a node of the chain
  --registry ADDRESS  the registry
  --from BLOCK        the block of its deployment (0)
  --json              print the differences for machines

Exits with 0 where all is the same, 1 where anything differs or cannot be read, 64 for wrong usage.
`;

const EXIT = { same: 0, different: 1, usage: 64 } as const;
/** Nodes answer for so many blocks at once. */
const BLOCKS_AT_ONCE = 5_000;

/** Every event of a registry up to a block, in order, with the times of their blocks. */
export async function readEvents(
  provider: Provider,
  { address, from, to }: { address: string; from: number; to: number },
): Promise<RegistryEvent[]> {
  const logs: Log[] = [];
  for (let first = from; first <= to; first += BLOCKS_AT_ONCE)
    logs.push(
      ...(await provider.getLogs({ address, fromBlock: first, toBlock: Math.min(to, first + BLOCKS_AT_ONCE - 1) })),
    );
  const times = new Map<number, bigint>();
  for (const number of new Set(logs.map(({ blockNumber }) => blockNumber)))
    times.set(number, BigInt((await provider.getBlock(number))?.timestamp ?? 0));
  return logs.map((log) => parse(log, times.get(log.blockNumber) as bigint));
}

const abi = new Interface(registryAbi);

function parse(log: Log, time: bigint): RegistryEvent {
  const parsed = abi.parseLog(log);
  if (!parsed) throw new Error(`the log ${log.index} of block ${log.blockNumber} is no event of the registry`);
  return { name: parsed.name, args: parsed.args, block: log.blockNumber, time };
}

export async function compareWithEvents(
  provider: Provider,
  { address, from = 0 }: { address: string; from?: number },
): Promise<{ events: number; differences: Difference[] }> {
  const block = await provider.getBlockNumber();
  const events = await readEvents(provider, { address, from, to: block });
  const told = replayEvents(events);
  const held = await readState({ provider, address, abi, block }, told);
  return { events: events.length, differences: compareStates(told, held) };
}

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'string') {
    process[options === HELP ? 'stdout' : 'stderr'].write(options);
    return options === HELP ? EXIT.same : EXIT.usage;
  }
  const { rpc, address, from, json } = options;
  const chainId = Number(await createRpc([rpc]).call<string>('eth_chainId', []));
  const provider = new JsonRpcProvider(rpc, chainId, { cacheTimeout: -1, staticNetwork: true });
  try {
    if ((await provider.getCode(address)) === '0x') throw new Error(`there is no contract at ${address}`);
    const { events, differences } = await compareWithEvents(provider, { address, from });
    if (json) process.stdout.write(`${JSON.stringify({ events, differences }, null, 2)}\n`);
    else for (const { place, ...values } of differences) process.stdout.write(`${place}: ${describe(values)}\n`);
    if (!json) process.stdout.write(`${events} events, ${differences.length} differences\n`);
    return differences.length === 0 ? EXIT.same : EXIT.different;
  } finally {
    provider.destroy();
  }
}

function describe({ events, contract }: Omit<Difference, 'place'>): string {
  return `events say ${events}, the contract ${contract}`;
}

function readOptions(): { rpc: string; address: string; from: number; json: boolean } | string {
  try {
    const { values } = parseArgs({
      options: {
        rpc: { type: 'string' },
        registry: { type: 'string' },
        from: { type: 'string', default: '0' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return HELP;
    if (!values.rpc) throw new Error('"--rpc" is missing');
    if (!isAddress(values.registry)) throw new Error('"--registry" must be an address');
    if (!/^\d+$/.test(values.from)) throw new Error('"--from" must be the number of a block');
    return { rpc: values.rpc, address: values.registry, from: Number(values.from), json: values.json };
  } catch (error) {
    return `replay-events: ${(error as Error).message}\n`;
  }
}

if (import.meta.main)
  process.exitCode = await main().catch((error: Error) => {
    process.stderr.write(`replay-events: ${error.message.split('\n')[0]}\n`);
    return EXIT.different;
  });
