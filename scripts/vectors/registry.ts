import { isEqualBytes, toHex } from '../../proof/bytes.ts';
import {
  type AmendmentReading,
  BATCHES_PER_PAGE,
  type BatchReading,
  CREDENTIAL_AMENDED_TOPIC,
  type IssuerState,
  type KeyReading,
  type PageReading,
  STATUS_CHANGED_TOPIC,
  type TypeReading,
} from '../../proof/reading.ts';
import { type BatchFacts, batchId, type RegistryAddress, recoverSigner } from '../../proof/signature.ts';
import { addressWord, word } from './abi.ts';
import { namedBytes } from './seed.ts';

interface Issuer {
  state: IssuerState;
  successor: number;
  profile: Uint8Array;
  types: TypeReading[];
  keys: KeyReading[];
  batches: BatchReading[];
  amendments: AmendmentReading[];
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
        keys: [],
        batches: [],
        amendments: [],
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
      types.push({ number: types.length + 1, definition, state: 'open' });
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
        revoked: 0n,
        suspended: 0n,
        amended: 0n,
      });
      return { id, number: batches.length - 1 };
    },
    changeStatus(id: Uint8Array, act: 'revoke' | 'suspend' | 'reinstate', leaf: number, reason: number): void {
      const { batch, issuer } = batchOf(id);
      const bit = 1n << BigInt(leaf);
      if (act === 'revoke') batch.revoked |= bit;
      else batch.suspended = act === 'suspend' ? batch.suspended | bit : batch.suspended & ~bit;
      const number = ['revoke', 'suspend', 'reinstate'].indexOf(act);
      const by = addressWord((issuer.keys[0] as KeyReading).address);
      log(id, STATUS_CHANGED_TOPIC, [word(number), word(bit), word(reason), by, word(now())]);
    },
    amend(amendment: AmendmentReading): void {
      const { batch, issuer } = batchOf(amendment.batch);
      batch.amended |= 1n << BigInt(amendment.leaf);
      issuer.amendments.push(amendment);
      const by = addressWord((issuer.keys[0] as KeyReading).address);
      log(amendment.batch, CREDENTIAL_AMENDED_TOPIC, [
        word(amendment.leaf),
        toHex(amendment.successorBatch),
        word(amendment.successorLeaf),
        by,
        word(now()),
      ]);
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
    readAmendments(block: Block, id: Uint8Array): AmendmentReading[] {
      return block.state.issuers
        .flatMap(({ amendments }) => amendments)
        .filter(({ batch }) => isEqualBytes(batch, id))
        .sort((a, b) => a.leaf - b.leaf);
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
