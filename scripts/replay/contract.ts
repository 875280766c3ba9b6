import { AbiCoder, Contract, type Interface, keccak256, type Provider, type Result, toBeHex } from 'ethers';
import {
  type ActState,
  type BatchState,
  type IssuerState,
  type KeyState,
  NOBODY,
  type RecordState,
  type RegistryState,
  type TypeState,
} from './state.ts';

const PAGE_SIZE = 64n;

/** Slots of contracts/README.md, for what no function tells: how many keys and types there are, and what is known of batches by id alone. */
const SLOT = {
  keyAddresses: 7,
  keyCounts: 8,
  types: 9,
  definitions: 10,
  typeCounts: 11,
  killed: 15,
  words: 16,
} as const;

export interface RegistryAt {
  provider: Provider;
  address: string;
  abi: Interface;
  block: number;
}

/** What a registry holds at a block, by its functions and its storage. `like` says of which batch ids it is asked what it knows. */
export async function readState(registry: RegistryAt, like: RegistryState): Promise<RegistryState> {
  const read = createReader(registry);
  const issuers: Record<string, IssuerState> = {};
  for (let issuer = 1n; issuer <= ((await read.call('issuerCount')) as bigint); issuer++)
    issuers[`${issuer}`] = await readIssuer(read, issuer, like.issuers[`${issuer}`]);
  return {
    guardian: lower(await read.call('guardian')),
    pausedUntil: (await read.call('pausedUntil')) as bigint,
    issuers,
  };
}

type Reader = ReturnType<typeof createReader>;

function createReader({ provider, address, abi, block }: RegistryAt) {
  const contract = new Contract(address, abi, provider);
  return {
    call: (name: string, ...args: unknown[]): Promise<unknown> =>
      contract.getFunction(name)(...args, { blockTag: block }) as Promise<unknown>,
    async storage(slot: number, keys: readonly (bigint | string)[], offset = 0n): Promise<bigint> {
      const coder = AbiCoder.defaultAbiCoder();
      const place = keys.reduce<string>(
        (outer, key) =>
          keccak256(coder.encode([typeof key === 'bigint' ? 'uint256' : 'bytes32', 'bytes32'], [key, outer])),
        toBeHex(slot, 32),
      );
      return BigInt(await provider.getStorage(address, BigInt(place) + offset, block));
    },
  };
}

// a Result has methods of its own by the names that are read with getValue
async function readIssuer(read: Reader, issuer: bigint, like: IssuerState | undefined): Promise<IssuerState> {
  const page = (await read.call('readPage', issuer, 0)) as Result;
  const [admin, offered] = (await read.call('adminOf', issuer)) as [string, string];
  const [proposed, executableFrom, objected, recoveredAt] = (await read.call('recoveryOf', issuer)) as [
    string,
    bigint,
    boolean,
    bigint,
  ];
  return {
    admin: lower(admin),
    offered: lower(offered),
    state: page.issuerState,
    successor: page.successor,
    profile: page.profile,
    recovery: { admin: lower(proposed), executableFrom, objected, recoveredAt },
    keys: await readKeys(read, issuer),
    types: await readTypes(read, issuer),
    batches: await readBatches(read, issuer, page.batchCount),
    revoked: await each(Object.keys(like?.revoked ?? {}), (batch) => read.storage(SLOT.words, [issuer, batch])),
    killed: await each(
      Object.keys(like?.killed ?? {}),
      async (batch) => (await read.storage(SLOT.killed, [issuer, batch])) === 1n,
    ),
  };
}

async function readKeys(read: Reader, issuer: bigint): Promise<Record<string, KeyState>> {
  return each(numbersTo(await read.storage(SLOT.keyCounts, [issuer])), async (number) => {
    const address = toBeHex(await read.storage(SLOT.keyAddresses, [issuer, BigInt(number)]), 20);
    const [[, key]] = (await read.call('readKeys', [address])) as [[bigint, Result]];
    const { purpose, validFrom, validUntil, invalidFrom } = key;
    return { address, purpose, validFrom, validUntil, invalidFrom };
  });
}

async function readTypes(read: Reader, issuer: bigint): Promise<Record<string, TypeState>> {
  return each(numbersTo(await read.storage(SLOT.typeCounts, [issuer])), async (number) => {
    const definition = toBeHex(await read.storage(SLOT.definitions, [issuer, BigInt(number)]), 32);
    const state = ((await read.storage(SLOT.types, [issuer, definition])) >> 32n) & 0xffn;
    const posted = [...((await read.call('readNotices', issuer, number)) as Iterable<Result>)];
    const notices = posted.map((notice) => ({
      from: notice.getValue('from') as bigint,
      to: notice.getValue('to') as bigint,
      validUntil: notice.validUntil,
      law: notice.law,
      posted: toAct(notice.posted),
      withdrawnAt: notice.withdrawnAt,
    }));
    return { definition, state, notices: Object.fromEntries(notices.entries()) };
  });
}

async function readBatches(read: Reader, issuer: bigint, count: bigint): Promise<Record<string, BatchState>> {
  const batches: Record<string, BatchState> = {};
  for (let page = 0n; page * PAGE_SIZE < count; page++) {
    const reading = (await read.call('readPage', issuer, page)) as Result;
    for (const batch of reading.batches as Iterable<Result>)
      batches[`${batch.number}`] = { ...toBatch(batch), records: await readRecords(read, batch.id) };
  }
  return batches;
}

function toBatch(batch: Result): Omit<BatchState, 'records'> {
  const { id, credentialType, size, anchoredAt, judgement, flagged, revoked, suspended, amended } = batch;
  const key = batch.getValue('key') as bigint;
  return { id, credentialType, size, key, anchoredAt, judgement, flagged, revoked, suspended, amended };
}

async function readRecords(read: Reader, batch: string): Promise<Record<string, RecordState>> {
  const records = [...((await read.call('readRecords', batch)) as Iterable<Result>)];
  return Object.fromEntries(
    records.map((record) => [
      `${record.leaf}`,
      {
        successorBatch: record.successorBatch,
        successorLeaf: record.successorLeaf,
        succession: toAct(record.succession),
        suspension: toAct(record.suspension),
        suspendedUntil: record.suspendedUntil,
        lift: toAct(record.lift),
        validUntil: record.validUntil,
        extension: toAct(record.extension),
      },
    ]),
  );
}

function toAct(act: Result): ActState {
  return { key: lower(act.getValue('key')), time: act.time, invalidFrom: act.invalidFrom };
}

async function each<T>(names: readonly string[], read: (name: string) => Promise<T>): Promise<Record<string, T>> {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
}

function numbersTo(count: bigint): string[] {
  return Array.from({ length: Number(count) }, (_, i) => `${i + 1}`);
}

function lower(address: unknown): string {
  return typeof address === 'string' ? address.toLowerCase() : NOBODY;
}
