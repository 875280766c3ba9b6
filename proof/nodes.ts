import { ProofError } from './errors.ts';
import { decodeJson, isJsonObject, type Json, type JsonObject } from './json.ts';
import {
  type AmendmentReading,
  BATCHES_PER_PAGE,
  CREDENTIAL_AMENDED_TOPIC,
  decodeAmendments,
  decodePageReading,
  decodeStatusEvent,
  encodeRead,
  encodeReadAmendments,
  encodeReadPage,
  type PageReading,
  STATUS_CHANGED_TOPIC,
  type StatusEvent,
  toWord,
} from './reading.ts';
import type { TrustedRegistry } from './trust.ts';

/** Sends one JSON-RPC body and gives the answer's text. Rejects when the node cannot be reached, is too slow or answers too much. */
export type Post = (url: string, body: string) => Promise<string>;

export type ReadingFailureCode =
  | 'NODES_UNREACHABLE'
  | 'NODES_DISAGREE'
  | 'NODE_ANSWER_INVALID'
  | 'NODE_WRONG_CHAIN'
  | 'NODE_WRONG_REGISTRY'
  | 'NODE_STALE';

/** What the registry said of one batch and its neighbours, as enough nodes agree at one block. */
export interface RegistryReading {
  page: PageReading;
  block: { number: number; hash: string; time: number };
  /** Amendments of the batch that was asked for; empty where no bit is set. */
  amendments: AmendmentReading[];
  /** Why and when statuses changed, or null where the nodes would not say. */
  events: StatusEvent[] | null;
  /** How many nodes gave this answer. */
  agreed: number;
}

export interface ReadingFailure {
  failure: ReadingFailureCode;
  /** For people: which node, what happened. */
  detail: string;
}

export interface Question {
  registry: TrustedRegistry;
  issuer: number;
  batch: Uint8Array;
  /** The batch's number where it is known: then the whole page is asked for and the node does not learn which batch it is about. */
  locator: number | null;
  /** Read this many blocks below the newest, for those who wait until nothing can change any more. */
  depth?: number;
}

class Unusable extends Error {
  readonly code: ReadingFailureCode;

  constructor(code: ReadingFailureCode, message: string) {
    super(message);
    this.name = 'Unusable';
    this.code = code;
  }
}

/**
 * Asks the registry's nodes one question. Never throws for what nodes do: too few that answer, that are of the right chain, or that
 * agree, is a failure, which the verdict reports as "could not be checked".
 *
 *   1. every node says its chain and newest block
 *   2. the newest block that enough nodes have is the one to read at
 *   3. those nodes answer for that block; enough answers must be the same, byte for byte
 */
export async function readRegistry(question: Question, post: Post): Promise<RegistryReading | ReadingFailure> {
  const { registry } = question;
  const faults: Unusable[] = [];
  const settle = async <T>(tasks: Promise<T>[]): Promise<T[]> => {
    const results = await Promise.allSettled(tasks);
    for (const result of results) if (result.status === 'rejected') faults.push(toUnusable(result.reason));
    return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  };

  const heads = await settle(registry.nodes.map((url) => readHead(url, registry, post)));
  if (heads.length < registry.agree) return toFailure(faults);
  heads.sort((a, b) => b.number - a.number);
  const newest = (heads[registry.agree - 1] as Head).number;
  const at = Math.max(0, newest - (question.depth ?? 0));
  const able = heads.filter((head) => head.number >= at);
  const answers = await settle(able.map((head) => readAt(head.url, at, question, post)));
  if (answers.length < registry.agree) return toFailure(faults);
  return agree(answers, registry.agree);
}

interface Head {
  url: string;
  number: number;
}

async function readHead(url: string, registry: TrustedRegistry, post: Post): Promise<Head> {
  const [chainId, number] = await call(
    url,
    [
      ['eth_chainId', []],
      ['eth_blockNumber', []],
    ],
    post,
  );
  if (decodeQuantity(chainId) !== registry.chainId)
    throw new Unusable('NODE_WRONG_CHAIN', `${url} is a node of another chain`);
  return { url, number: decodeQuantity(number) };
}

interface Answer {
  /** The answers' texts: two nodes agree if these are equal. */
  key: string;
  explained: string | null;
  reading: Omit<RegistryReading, 'agreed' | 'events'>;
  events: StatusEvent[] | null;
}

async function readAt(url: string, at: number, question: Question, post: Post): Promise<Answer> {
  const { registry, issuer, batch, locator } = question;
  const tag = `0x${at.toString(16)}`;
  const data = locator === null ? encodeRead(batch) : encodeReadPage(issuer, Math.floor(locator / BATCHES_PER_PAGE));
  const [block, account, page] = await call(
    url,
    [
      ['eth_getBlockByNumber', [tag, false]],
      ['eth_getProof', [registry.address, [], tag]],
      ['eth_call', [{ to: registry.address, data }, tag]],
    ],
    post,
  );
  const header = decodeBlock(block, at);
  if (!isJsonObject(account) || account.codeHash !== registry.codeHash)
    throw new Unusable('NODE_WRONG_REGISTRY', `${url} has another contract at the registry's address`);
  const reading = decodePageReading(expectText(page));
  checkPage(reading, header, question);
  const amendments = await readAmendments(url, tag, reading, question, post);
  const explained = await explain(url, tag, reading, question, post).catch(() => null);
  return {
    key: JSON.stringify([header, page, amendments.text]),
    explained: explained && JSON.stringify(explained.logs),
    reading: { page: reading, block: header, amendments: amendments.list },
    events: explained?.events ?? null,
  };
}

function checkPage(page: PageReading, header: RegistryReading['block'], { registry, issuer }: Question): void {
  if (page.chainId !== registry.chainId)
    throw new Unusable('NODE_WRONG_CHAIN', 'the registry answers for another chain');
  if (page.blockNumber !== header.number || page.blockTime !== header.time)
    throw new Unusable('NODE_ANSWER_INVALID', 'the answer is not of the block that was asked for');
  if (page.batches.length > 0 && page.issuer !== issuer)
    throw new Unusable('NODE_ANSWER_INVALID', 'the answer is about another issuer');
}

function findBatch(page: PageReading, batch: Uint8Array): PageReading['batches'][number] | undefined {
  return page.batches.find((candidate) => candidate.id.every((byte, i) => byte === batch[i]));
}

async function readAmendments(url: string, tag: string, page: PageReading, { registry, batch }: Question, post: Post) {
  if (!findBatch(page, batch)?.amended) return { text: '', list: [] };
  const [answer] = await call(
    url,
    [['eth_call', [{ to: registry.address, data: encodeReadAmendments(batch) }, tag]]],
    post,
  );
  return { text: expectText(answer), list: decodeAmendments(expectText(answer)) };
}

// The page's events, not the batch's, for the same reason that a page is read; only where there is something to explain.
async function explain(url: string, tag: string, page: PageReading, { registry, issuer, batch }: Question, post: Post) {
  const found = findBatch(page, batch);
  if (!found || (found.revoked | found.suspended | found.amended) === 0n) return { logs: [], events: [] };
  const topics = [
    [STATUS_CHANGED_TOPIC, CREDENTIAL_AMENDED_TOPIC],
    `0x${toWord(issuer)}`,
    `0x${toWord(Math.floor(found.number / BATCHES_PER_PAGE))}`,
  ];
  const [logs] = await call(
    url,
    [['eth_getLogs', [{ address: registry.address, fromBlock: '0x0', toBlock: tag, topics }]]],
    post,
  );
  if (!Array.isArray(logs)) throw new Unusable('NODE_ANSWER_INVALID', 'the logs are not a list');
  const kept = logs.map((log) => ({
    topics: (log as JsonObject).topics as string[],
    data: (log as JsonObject).data as string,
  }));
  return { logs: kept, events: kept.map(decodeStatusEvent) };
}

function agree(answers: readonly Answer[], least: number): RegistryReading | ReadingFailure {
  for (const answer of answers) {
    const same = answers.filter((other) => other.key === answer.key);
    if (same.length < least) continue;
    const isExplained =
      same.filter((other) => other.explained !== null && other.explained === answer.explained).length >= least;
    return { ...answer.reading, events: isExplained ? answer.events : null, agreed: same.length };
  }
  return {
    failure: 'NODES_DISAGREE',
    detail: `${answers.length} nodes answered, and fewer than ${least} of them the same`,
  };
}

function toUnusable(reason: unknown): Unusable {
  if (reason instanceof Unusable) return reason;
  if (reason instanceof ProofError) return new Unusable('NODE_ANSWER_INVALID', reason.message);
  return new Unusable('NODES_UNREACHABLE', reason instanceof Error ? reason.message : 'no answer');
}

// Where nodes fail in different ways, the gravest is told: a wrong chain says more than a silent neighbour.
const GRAVITY: readonly ReadingFailureCode[] = [
  'NODE_WRONG_REGISTRY',
  'NODE_WRONG_CHAIN',
  'NODE_ANSWER_INVALID',
  'NODES_UNREACHABLE',
];

function toFailure(faults: readonly Unusable[]): ReadingFailure {
  const failure = GRAVITY.find((code) => faults.some((fault) => fault.code === code)) ?? 'NODES_UNREACHABLE';
  return { failure, detail: faults.map((fault) => fault.message).join('; ') };
}

async function call(url: string, requests: readonly [method: string, params: Json][], post: Post): Promise<Json[]> {
  const body = requests.map(([method, params], id) => ({ jsonrpc: '2.0', id, method, params }));
  const answers = decodeJson(await post(url, JSON.stringify(body)));
  if (!Array.isArray(answers)) throw new Unusable('NODE_ANSWER_INVALID', `${url} did not answer a list of requests`);
  return requests.map(([method], id) => {
    const answer = answers.find((candidate) => isJsonObject(candidate) && candidate.id === id);
    if (!isJsonObject(answer) || answer.result === undefined || answer.result === null)
      throw new Unusable('NODE_ANSWER_INVALID', `${url} gave no result for ${method}`);
    return answer.result;
  });
}

function expectText(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Unusable('NODE_ANSWER_INVALID', 'an answer is not text');
  return value;
}

function decodeQuantity(value: Json | undefined): number {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]{1,13}$/.test(value))
    throw new Unusable('NODE_ANSWER_INVALID', 'an answer is not a number');
  return Number(value);
}

function decodeBlock(block: Json | undefined, at: number): RegistryReading['block'] {
  if (!isJsonObject(block)) throw new Unusable('NODE_ANSWER_INVALID', 'the answer is not a block');
  if (decodeQuantity(block.number) !== at) throw new Unusable('NODE_ANSWER_INVALID', 'the answer is another block');
  const hash = expectText(block.hash);
  if (!/^0x[0-9a-f]{64}$/.test(hash)) throw new Unusable('NODE_ANSWER_INVALID', 'the block has no hash');
  return { number: at, hash, time: decodeQuantity(block.timestamp) };
}
