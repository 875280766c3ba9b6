import { isEqualBytes, toHex } from '../../proof/bytes.ts';
import {
  BATCHES_PER_PAGE,
  type BatchReading,
  type IssuerState,
  type Judgement,
  type KeyReading,
  type PageReading,
  type TypeReading,
} from '../../proof/reading.ts';
import type { Act, LeafRecords, NoticeReading } from '../../proof/records.ts';
import { type BatchFacts, batchId, type RegistryAddress, recoverSigner } from '../../proof/signature.ts';
import { STATUS_CHANGED_TOPIC, SUCCESSOR_NAMED_TOPIC, VALIDITY_EXTENDED_TOPIC } from '../../proof/status-event.ts';
import { addressWord, word } from './abi.ts';
import { namedBytes } from './seed.ts';

interface Issuer {
  state: IssuerState;
  successor: number;
  profile: Uint8Array;
  types: TypeReading[];
  notices: (NoticeReading & { credentialType: number })[];
  keys: KeyReading[];
  batches: BatchReading[];
  records: (LeafRecords & { of: Uint8Array })[];
  logs: Log[];
}

/** A log as `eth_getLogs` gives it. */
export interface Log {
  address: string;
  topics: string[];
  data: string;
  blockNumber: string;
}

interface State {
  issuers: Issuer[];
}

export interface Block {
  number: number;
  time: number;
  hash: string;
  state: State;
}

const ACTS = ['revoke', 'suspend', 'reinstate'] as const;
const NOBODY = { number: 0, purpose: 'none', validFrom: 0, validUntil: 0, invalidFrom: 0 } as const;

/** A key may be reported after it acted: what is read is what is known of it at the block. */
function withTime<T extends Act>(act: T, keys: readonly KeyReading[]): T {
  return { ...act, invalidFrom: keys.find(({ address }) => address === act.key)?.invalidFrom ?? 0 };
}

function withTimes<T extends LeafRecords>(record: T, keys: readonly KeyReading[]): T {
  const { succession, suspension, lift, extension } = record;
  return {
    ...record,
    succession: succession && withTime(succession, keys),
    suspension: suspension && withTime(suspension, keys),
    lift: lift && withTime(lift, keys),
    extension: extension && withTime(extension, keys),
  };
}

export type RegistryModel = ReturnType<typeof createRegistry>;

/**
 * A registry that works like the contract as far as a verifier can see, in plain data. A block is made by `mine`; readings are of a
 * block, so that nodes may lag behind each other.
 */
export function createRegistry(address: RegistryAddress, genesisTime: number) {
  const state: State = { issuers: [] };
  const blocks: Block[] = [];

  function mine(seconds = 12): Block {
    const number = blocks.length;
    const time = (blocks.at(-1)?.time ?? genesisTime - seconds) + seconds;
    const hash = `0x${toHex(namedBytes(`block ${address.chainId} ${number}`, 32))}`;
    const block = { number, time, hash, state: structuredClone(state) };
    blocks.push(block);
    return block;
  }

  function issuerOf(number: number): Issuer {
    const issuer = state.issuers[number - 1];
    if (!issuer) throw new TypeError(`no issuer ${number}`);
    return issuer;
  }

  /** The time of the block that is being made. */
  const now = () => (blocks.at(-1)?.time ?? genesisTime - 12) + 12;

  function batchOf(id: Uint8Array): { issuer: Issuer; number: number; batch: BatchReading } {
    for (const [index, issuer] of state.issuers.entries()) {
      const batch = issuer.batches.find((candidate) => isEqualBytes(candidate.id, id));
      if (batch) return { issuer, number: index + 1, batch };
    }
    throw new TypeError('no such batch');
  }

  function log(batch: Uint8Array, topic: string, words: string[]): void {
    const { issuer, number, batch: record } = batchOf(batch);
    issuer.logs.push({
      address: address.address,
      topics: [
        topic,
        `0x${word(number)}`,
        `0x${word(Math.floor(record.number / BATCHES_PER_PAGE))}`,
        `0x${toHex(batch)}`,
      ],
      data: `0x${words.join('')}`,
      blockNumber: `0x${blocks.length.toString(16)}`,
    });
  }

  function actOf({ keys }: Issuer, key: number): Act {
    return { key: (keys[key - 1] as KeyReading).address, at: now(), invalidFrom: 0 };
  }

  function act(id: Uint8Array, key: number): Act {
    return actOf(batchOf(id).issuer, key);
  }

  function recordOf(id: Uint8Array, leaf: number): LeafRecords {
    const { issuer, batch } = batchOf(id);
    const known = issuer.records.find((record) => record.leaf === leaf && isEqualBytes(record.of, id));
    if (known) return known;
    batch.amended |= 1n << BigInt(leaf);
    const record = { of: id, leaf, succession: null, suspension: null, lift: null, extension: null };
    issuer.records.push(record);
    return record;
  }

  function logStatus(
    id: Uint8Array,
    what: (typeof ACTS)[number],
    { leaf, reason, until = 0, key }: { leaf: number; reason: number; until?: number; key: number },
  ): void {
    const words = [ACTS.indexOf(what), 1n << BigInt(leaf), until, reason].map(word);
    log(id, STATUS_CHANGED_TOPIC, [...words, addressWord(act(id, key).key), word(now())]);
  }

  mine();
  return {
    address,
    blocks,
    mine,
    admitIssuer(profile: Uint8Array): number {
      state.issuers.push({
        state: 'active',
        successor: 0,
        profile,
        types: [],
        notices: [],
        keys: [],
        batches: [],
        records: [],
        logs: [],
      });
      return state.issuers.length;
    },
    setIssuerState(issuer: number, issuerState: IssuerState): void {
      issuerOf(issuer).state = issuerState;
    },
    addKey(issuer: number, key: Omit<KeyReading, 'number'>): number {
      const { keys } = issuerOf(issuer);
      keys.push({ ...key, number: keys.length + 1 });
      return keys.length;
    },
    changeKey(issuer: number, number: number, change: Partial<KeyReading>): void {
      Object.assign(issuerOf(issuer).keys[number - 1] as KeyReading, change);
    },
    openType(issuer: number, definition: Uint8Array): number {
      const { types } = issuerOf(issuer);
      types.push({ number: types.length + 1, definition, state: 'open', noticeCount: 0 });
      return types.length;
    },
    /** Checks that the signer is a key of the issuer, and nothing of its window: a test may want to have anchored with a bad one. */
    anchor(facts: BatchFacts, signature: Uint8Array): { id: Uint8Array; number: number } {
      const id = batchId(address, facts);
      const signer = recoverSigner(id, signature);
      const { types, keys, batches } = issuerOf(facts.issuer);
      const type = types.find(({ definition }) => isEqualBytes(definition, facts.definition));
      const key = keys.find((candidate) => candidate.address === signer);
      if (!type || !key) throw new TypeError('the registry refuses this batch');
      batches.push({
        id,
        number: batches.length,
        credentialType: type.number,
        size: facts.size,
        key: key.number,
        anchoredAt: now(),
        judgement: 'none',
        flagged: false,
        revoked: 0n,
        suspended: 0n,
        amended: 0n,
      });
      return { id, number: batches.length - 1 };
    },
    judge(id: Uint8Array, judgement: Judgement): void {
      batchOf(id).batch.judgement = judgement;
    },
    revoke(id: Uint8Array, leaf: number, reason: number, key = 1): void {
      batchOf(id).batch.revoked |= 1n << BigInt(leaf);
      logStatus(id, 'revoke', { leaf, reason, key });
    },
    /** `until` is the last suspended day; 0: until it is lifted. */
    suspend(id: Uint8Array, leaf: number, reason: number, { until = 0, key = 1 } = {}): void {
      batchOf(id).batch.suspended |= 1n << BigInt(leaf);
      Object.assign(recordOf(id, leaf), { suspension: { ...act(id, key), until: until || null }, lift: null });
      logStatus(id, 'suspend', { leaf, reason, until, key });
    },
    reinstate(id: Uint8Array, leaf: number, reason: number, key = 1): void {
      batchOf(id).batch.suspended &= ~(1n << BigInt(leaf));
      recordOf(id, leaf).lift = act(id, key);
      logStatus(id, 'reinstate', { leaf, reason, key });
    },
    nameSuccessor(id: Uint8Array, leaf: number, successor: { batch: Uint8Array; leaf: number }, key = 1): void {
      recordOf(id, leaf).succession = { ...act(id, key), ...successor };
      log(id, SUCCESSOR_NAMED_TOPIC, [
        word(leaf),
        toHex(successor.batch),
        word(successor.leaf),
        addressWord(act(id, key).key),
        word(now()),
      ]);
    },
    extend(id: Uint8Array, leaf: number, validUntil: number, key = 1): void {
      recordOf(id, leaf).extension = { ...act(id, key), validUntil };
      log(id, VALIDITY_EXTENDED_TOPIC, [
        word(leaf),
        word(validUntil),
        word(0),
        addressWord(act(id, key).key),
        word(now()),
      ]);
    },
    postNotice(
      issuer: number,
      credentialType: number,
      notice: Omit<NoticeReading, 'posted' | 'withdrawnAt'>,
      key = 1,
    ): void {
      const { types, notices } = issuerOf(issuer);
      (types[credentialType - 1] as TypeReading).noticeCount++;
      notices.push({ ...notice, credentialType, posted: actOf(issuerOf(issuer), key), withdrawnAt: 0 });
    },
    withdrawNotice(issuer: number, index: number): void {
      Object.assign(issuerOf(issuer).notices[index] as NoticeReading, { withdrawnAt: now() });
    },
    readPage(block: Block, issuer: number, page: number): PageReading {
      const batches = block.state.issuers[issuer - 1]?.batches ?? [];
      return toReading(block, issuer, batches.slice(page * BATCHES_PER_PAGE, (page + 1) * BATCHES_PER_PAGE));
    },
    read(block: Block, id: Uint8Array): PageReading {
      const issuer = block.state.issuers.findIndex(({ batches }) =>
        batches.some((batch) => isEqualBytes(batch.id, id)),
      );
      const batches = block.state.issuers[issuer]?.batches ?? [];
      return toReading(
        block,
        issuer + 1,
        batches.filter((batch) => isEqualBytes(batch.id, id)),
      );
    },
    readRecords(block: Block, id: Uint8Array): LeafRecords[] {
      return block.state.issuers
        .flatMap(({ records, keys }) => records.map((record) => withTimes(record, keys)))
        .filter(({ of }) => isEqualBytes(of, id))
        .map(({ of, ...record }) => record)
        .sort((a, b) => a.leaf - b.leaf);
    },
    readNotices(block: Block, issuer: number, wanted: number): NoticeReading[] {
      const { notices = [], keys = [] } = block.state.issuers[issuer - 1] ?? {};
      return notices
        .filter(({ credentialType }) => credentialType === wanted)
        .map(({ credentialType, ...notice }) => ({ ...notice, posted: withTime(notice.posted, keys) }));
    },
    readKeys(block: Block, addresses: readonly string[]): (KeyReading & { issuer: number })[] {
      return addresses.map((address) => {
        const issuer = block.state.issuers.findIndex(({ keys }) => keys.some((key) => key.address === address));
        const key = block.state.issuers[issuer]?.keys.find((candidate) => candidate.address === address);
        return { ...(key ?? { ...NOBODY, address }), issuer: issuer + 1 };
      });
    },
    logs(block: Block, topics: readonly (string | readonly string[] | undefined)[]): Log[] {
      return block.state.issuers
        .flatMap(({ logs }) => logs)
        .filter((entry) =>
          topics.every((wanted, i) => wanted === undefined || [wanted].flat().includes(entry.topics[i] ?? '')),
        );
    },
  };

  function toReading(block: Block, number: number, batches: readonly BatchReading[]): PageReading {
    const issuer = block.state.issuers[number - 1];
    const used = <T extends { number: number }>(rows: readonly T[], numbers: readonly number[]): T[] =>
      [...new Set(numbers)].map((wanted) => structuredClone(rows[wanted - 1] as T));
    return {
      chainId: address.chainId,
      blockNumber: block.number,
      blockTime: block.time,
      issuer: number,
      issuerState: issuer?.state ?? 'none',
      successor: issuer?.successor ?? 0,
      profile: issuer?.profile ?? new Uint8Array(32),
      batchCount: issuer?.batches.length ?? 0,
      types: used(
        issuer?.types ?? [],
        batches.map(({ credentialType }) => credentialType),
      ),
      keys: used(
        issuer?.keys ?? [],
        batches.map(({ key }) => key),
      ),
      batches: structuredClone(batches) as BatchReading[],
    };
  }
}
