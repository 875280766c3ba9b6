import { Interface, type Result } from 'ethers';
import {
  BATCHES_PER_PAGE,
  type BatchReading,
  decodePageReading,
  encodeReadPage,
  type KeyReading,
  type PageReading,
  type TypeReading,
} from '../../proof/reading.ts';
import {
  decodeKeys,
  decodeNotices,
  decodeRecords,
  encodeReadKeys,
  encodeReadNotices,
  encodeReadRecords,
  type LeafRecords,
  type NoticeReading,
} from '../../proof/records.ts';
import {
  decodeStatusEvent,
  STATUS_CHANGED_TOPIC,
  type StatusEvent,
  SUCCESSOR_NAMED_TOPIC,
  VALIDITY_EXTENDED_TOPIC,
} from '../../proof/status-event.ts';
import { AppError } from '../app-error.ts';
import { type Refusal, type Registry, toRefusal } from './registry.ts';
import { registryAbi } from './registry-abi.ts';

const abi = new Interface(registryAbi);

/** A key with the department whose it is; 0: nobody's. */
export interface OwnedKey extends KeyReading {
  issuer: number;
}

/** What the registry says at one block: every question is answered for that block. */
export interface RegistryState {
  chainId: number;
  /** Of the registry: 0x and 40 hex digits. */
  address: string;
  /** Time in seconds since 1970 UTC. */
  block: { number: number; time: number };
  /** Who administers the department. */
  adminOf(issuer: number): Promise<string>;
  /** All keys that the department ever had, by their numbers. */
  keysOf(issuer: number): Promise<OwnedKey[]>;
  /** In the order of the question. */
  readKeys(addresses: readonly string[]): Promise<OwnedKey[]>;
  /** A page of 64 batches of the department; the first is 0, and always there. */
  readPage(issuer: number, page: number): Promise<PageReading>;
  recordsOf(batch: BatchReading): Promise<LeafRecords[]>;
  noticesOf(issuer: number, type: TypeReading): Promise<NoticeReading[]>;
  /** What was done to the status of the department's credentials from this time on, by whichever key. */
  statusEventsOf(issuer: number, since: number): Promise<StatusEvent[]>;
  /** By the number of a department, a text that changes when a key of it is reported, or a batch of it endorsed or made void. */
  judgementsByIssuer(): Promise<ReadonlyMap<number, string>>;
  /** Why the registry would refuse a call in the next block; null where it would take it. */
  refusalOf(call: { from: string; data: string }): Promise<Refusal | null>;
}

export type OpenRegistryState = () => Promise<RegistryState>;

/** At the newest block. @throws AppError CHAIN_UNREACHABLE */
export async function openRegistryState(registry: Registry): Promise<RegistryState> {
  const { rpc, address: at } = registry;
  const head = await readBlock(registry, 'latest');
  const tag = toTag(head.number);
  const ask = (data: string) => rpc.call<string>('eth_call', [{ to: at.address, data }, tag]);
  const call = async (name: string, args: readonly unknown[]): Promise<Result> =>
    abi.decodeFunctionResult(name, await ask(abi.encodeFunctionData(name, args)));
  const logs = (from: number, topics: readonly (string | readonly string[] | null)[]) =>
    rpc.call<RawLog[]>('eth_getLogs', [{ address: at.address, fromBlock: toTag(from), toBlock: tag, topics }]);
  const readKeys = async (addresses: readonly string[]): Promise<OwnedKey[]> => {
    if (addresses.length === 0) return [];
    const answer = await ask(encodeReadKeys(addresses));
    const [owned] = abi.decodeFunctionResult('readKeys', answer) as unknown as [Result[]];
    return decodeKeys(answer, addresses).map((key, i) => ({ ...key, issuer: Number(owned[i]?.issuer) }));
  };
  return {
    chainId: at.chainId,
    address: at.address,
    block: head,
    adminOf: async (issuer) => String((await call('adminOf', [issuer])).admin).toLowerCase(),
    async keysOf(issuer) {
      const added = await logs(0, abi.encodeFilterTopics('KeyAdded', [issuer]));
      const keys = added.map(({ topics, data }) =>
        String(abi.decodeEventLog('KeyAdded', data, topics).key).toLowerCase(),
      );
      return (await readKeys(keys)).toSorted((a, b) => a.number - b.number);
    },
    readKeys,
    readPage: async (issuer, page) => decodePageReading(await ask(encodeReadPage(issuer, page))),
    recordsOf: async (batch) => decodeRecords(await ask(encodeReadRecords(batch.id)), batch, head.time),
    noticesOf: async (issuer, { number, noticeCount }) =>
      noticeCount === 0 ? [] : decodeNotices(await ask(encodeReadNotices(issuer, number)), noticeCount, head.time),
    async statusEventsOf(issuer, since) {
      const from = await firstBlockSince(registry, head, since);
      if (from === null) return [];
      const events = [STATUS_CHANGED_TOPIC, SUCCESSOR_NAMED_TOPIC, VALIDITY_EXTENDED_TOPIC];
      return (await logs(from, [events, toTopic(issuer)])).map(decodeStatusEvent).filter(({ time }) => time >= since);
    },
    async judgementsByIssuer() {
      const topics = JUDGEMENTS.map((name) => String(abi.getEvent(name)?.topicHash));
      const found = await logs(0, [topics]);
      const byIssuer = Map.groupBy(found, (log) => Number(log.topics[1]));
      return new Map([...byIssuer].map(([issuer, all]) => [issuer, `${all.length} ${all.at(-1)?.blockHash}`]));
    },
    async refusalOf({ from, data }) {
      try {
        // as the next block would: the newest may be a minute old, and times are compared with a block's
        await rpc.call('eth_call', [{ from, to: at.address, data }, 'pending']);
        return null;
      } catch (error) {
        if (error instanceof AppError) throw error;
        return toRefusal(error);
      }
    },
  };
}

const JUDGEMENTS = ['KeyCompromised', 'BatchEndorsed', 'BatchVoided'] as const;
const PAGES_AT_ONCE = 8;

/** Every page of a department's batches from `first` on, that one even where there is nothing on it. */
export async function readAllPages(
  state: Pick<RegistryState, 'readPage'>,
  issuer: number,
  first = 0,
): Promise<PageReading[]> {
  const pages = [await state.readPage(issuer, first)];
  const count = Math.ceil((pages[0] as PageReading).batchCount / BATCHES_PER_PAGE) - first;
  while (pages.length < count) {
    const next = Math.min(PAGES_AT_ONCE, count - pages.length);
    const from = first + pages.length;
    pages.push(...(await Promise.all(Array.from({ length: next }, (_, i) => state.readPage(issuer, from + i)))));
  }
  return pages;
}

interface RawLog {
  topics: string[];
  data: string;
  blockHash: string;
}

/** Times of blocks only grow. Null where no block is so young. */
async function firstBlockSince(
  registry: Registry,
  head: RegistryState['block'],
  since: number,
): Promise<number | null> {
  if (head.time < since) return null;
  let [low, high] = [0, head.number];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await readBlock(registry, toTag(middle))).time < since) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function readBlock({ rpc }: Registry, tag: string): Promise<RegistryState['block']> {
  const { number, timestamp } = await rpc.call<{ number: string; timestamp: string }>('eth_getBlockByNumber', [
    tag,
    false,
  ]);
  return { number: Number(number), time: Number(timestamp) };
}

function toTag(block: number): string {
  return `0x${block.toString(16)}`;
}

function toTopic(issuer: number): string {
  return `0x${issuer.toString(16).padStart(64, '0')}`;
}
