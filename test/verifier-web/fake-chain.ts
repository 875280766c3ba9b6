import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AbiCoder, Interface, keccak256, toUtf8Bytes, zeroPadValue } from 'ethers';
import { registryAbi } from '../../server/chain/registry-abi.ts';

/** A registry that holds what a reading may say, and answers like a node: no contract, but every answer in the contract's own ABI. */
export interface FakeChain {
  chainId: number;
  address: string;
  codeHash: string;
  block: { number: number; time: number };
  issuers: Map<number, FakeIssuer>;
  logs: { topics: string[]; data: string }[];
}

export interface FakeIssuer {
  state: number;
  profile: string;
  types: { number: number; definition: string; state: number; noticeCount: number }[];
  /** Of its first type. */
  notices: FakeNotice[];
  keys: { number: number; key: string; purpose: number; validFrom: number; validUntil: number; invalidFrom: number }[];
  batches: FakeBatch[];
}

export interface FakeBatch {
  id: string;
  number: number;
  credentialType: number;
  size: number;
  key: number;
  anchoredAt: number;
  judgement: number;
  flagged: boolean;
  revoked: bigint;
  suspended: bigint;
  amended: bigint;
  records: FakeRecord[];
}

interface FakeAct {
  key: string;
  time: number;
  invalidFrom: number;
}

export interface FakeRecord {
  leaf: number;
  successorBatch: string;
  successorLeaf: number;
  succession: FakeAct;
  suspension: FakeAct;
  suspendedUntil: number;
  lift: FakeAct;
  validUntil: number;
  extension: FakeAct;
}

export interface FakeNotice {
  from: number;
  to: number;
  validUntil: number;
  law: string;
  posted: FakeAct;
  withdrawnAt: number;
}

const NOBODY: FakeAct = { key: `0x${'0'.repeat(40)}`, time: 0, invalidFrom: 0 };

/** What was done to a leaf, and its bit in the word that says that there is something to read. */
export function recordLeaf(batch: FakeBatch, leaf: number, done: Partial<FakeRecord>): void {
  batch.amended |= 1n << BigInt(leaf);
  batch.records.push({
    leaf,
    successorBatch: `0x${'0'.repeat(64)}`,
    successorLeaf: 0,
    succession: NOBODY,
    suspension: NOBODY,
    suspendedUntil: 0,
    lift: NOBODY,
    validUntil: 0,
    extension: NOBODY,
    ...done,
  });
}

export interface FakeNode {
  url: string;
  /** Bodies that were asked, newest last. */
  asked: string[];
  /** How the node lies; null when it is honest. */
  lie: ((method: string, result: unknown) => unknown) | null;
  isMuted: boolean;
  /** Takes every question and never answers: what a page cannot tell from a slow network. */
  isSilent: boolean;
  /** What answers to the questions that come in now wait for. */
  held: Promise<void> | null;
  close(): Promise<void>;
}

const registry = new Interface(registryAbi);
const BATCHES_PER_PAGE = 64;

export function createFakeChain(): FakeChain {
  return {
    chainId: 31337,
    address: `0x${'e9'.repeat(20)}`,
    codeHash: keccak256(toUtf8Bytes('the registry')),
    block: { number: 4711, time: Math.floor(Date.now() / 1000) - 5 },
    issuers: new Map(),
    logs: [],
  };
}

export function recordStatus(
  chain: FakeChain,
  change: { issuer: number; batch: string; act: number; leaves: bigint; reason: number; key: string; time: number },
): void {
  const { issuer, batch, act, leaves, reason, key, time } = change;
  const event = registry.getEvent('StatusChanged');
  if (!event) throw new Error('the ABI has no such event');
  const { data, topics } = registry.encodeEventLog(event, [issuer, 0, batch, act, leaves, 0, reason, key, time]);
  chain.logs.push({ data, topics });
}

/** One node of the chain on a port of its own, with the cross-origin permission that a page needs. */
export async function startNode(chain: FakeChain): Promise<FakeNode> {
  const node: FakeNode = {
    url: '',
    asked: [],
    lie: null,
    isMuted: false,
    isSilent: false,
    held: null,
    close: async () => {},
  };
  const server = createServer(async (request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'content-type');
    if (request.method === 'OPTIONS') return void response.end();
    if (node.isMuted) return void response.destroy();
    let body = '';
    for await (const chunk of request) body += chunk;
    node.asked.push(body);
    if (node.isSilent) return;
    await node.held;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answerAll(chain, node, JSON.parse(body) as RpcRequest[])));
  });
  await listen(server);
  node.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  node.close = () => close(server);
  return node;
}

interface RpcRequest {
  id: number;
  method: string;
  params: unknown[];
}

function answerAll(chain: FakeChain, node: FakeNode, requests: RpcRequest[]): unknown[] {
  return requests.map(({ id, method, params }) => {
    const honest = answer(chain, method, params);
    return { jsonrpc: '2.0', id, result: node.lie ? node.lie(method, honest) : honest };
  });
}

function answer(chain: FakeChain, method: string, params: unknown[]): unknown {
  switch (method) {
    case 'eth_chainId':
      return hex(chain.chainId);
    case 'eth_blockNumber':
      return hex(chain.block.number);
    case 'eth_getBlockByNumber':
      return { number: hex(chain.block.number), hash: blockHash(chain), timestamp: hex(chain.block.time) };
    case 'eth_getProof':
      return { codeHash: chain.codeHash };
    case 'eth_getLogs':
      return chain.logs;
    case 'eth_call':
      return call(chain, (params[0] as { data: string }).data);
    default:
      throw new Error(`the page has no business to ask ${method}`);
  }
}

function call(chain: FakeChain, data: string): string {
  const parsed = registry.parseTransaction({ data });
  if (!parsed) throw new Error('not a call of the registry');
  if (parsed.name === 'readRecords') {
    const batch = findBatch(chain, parsed.args[0] as string)?.batch;
    return registry.encodeFunctionResult('readRecords', [batch?.records ?? []]);
  }
  if (parsed.name === 'readNotices')
    return registry.encodeFunctionResult('readNotices', [chain.issuers.get(Number(parsed.args[0]))?.notices ?? []]);
  if (parsed.name === 'readKeys')
    return registry.encodeFunctionResult('readKeys', [(parsed.args[0] as string[]).map((key) => findKey(chain, key))]);
  if (parsed.name === 'read') {
    const found = findBatch(chain, parsed.args[0] as string);
    return registry.encodeFunctionResult('read', [page(chain, found?.issuer ?? 0, found ? [found.batch] : [])]);
  }
  const [issuer, number] = parsed.args.map(Number) as [number, number];
  const batches = chain.issuers
    .get(issuer)
    ?.batches.filter((batch) => Math.floor(batch.number / BATCHES_PER_PAGE) === number);
  return registry.encodeFunctionResult('readPage', [page(chain, issuer, batches ?? [])]);
}

function findBatch(chain: FakeChain, id: string): { issuer: number; batch: FakeBatch } | null {
  for (const [issuer, { batches }] of chain.issuers) {
    const batch = batches.find((candidate) => candidate.id === id);
    if (batch) return { issuer, batch };
  }
  return null;
}

function findKey(chain: FakeChain, address: string): { issuer: number; key: FakeIssuer['keys'][number] } {
  for (const [issuer, { keys }] of chain.issuers) {
    const key = keys.find((candidate) => candidate.key === address.toLowerCase());
    if (key) return { issuer, key };
  }
  throw new Error('nobody has this key');
}

function page(chain: FakeChain, number: number, batches: readonly FakeBatch[]): object {
  const issuer = chain.issuers.get(number);
  const named = <T extends { number: number }>(list: readonly T[] | undefined, numbers: number[]) =>
    (list ?? []).filter((item) => numbers.includes(item.number));
  return {
    chainId: chain.chainId,
    blockNumber: chain.block.number,
    blockTime: chain.block.time,
    parentHash: keccak256(toUtf8Bytes('parent')),
    issuer: number,
    issuerState: issuer?.state ?? 0,
    successor: 0,
    profile: issuer?.profile ?? `0x${'0'.repeat(64)}`,
    batchCount: issuer?.batches.length ?? 0,
    types: named(
      issuer?.types,
      batches.map((batch) => batch.credentialType),
    ),
    keys: named(
      issuer?.keys,
      batches.map((batch) => batch.key),
    ),
    batches,
  };
}

function blockHash({ block }: FakeChain): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(['bytes32'], [zeroPadValue(toBeHex(block.number), 32)]));
}

function toBeHex(value: number): string {
  const digits = value.toString(16);
  return `0x${digits.length % 2 === 1 ? '0' : ''}${digits}`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

export function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

export function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
