import { toWord } from './abi-words.ts';
import { type Answers, decodeAnswers, findBatch, isAnswerTo, wantedNotices, wantedRecords } from './answers.ts';
import { isEqualBytes, toHex } from './bytes.ts';
import { ProofError } from './errors.ts';
import { decodeJson, isJsonObject, type Json, type JsonRules } from './json.ts';
import {
  BATCHES_PER_PAGE,
  type BatchReading,
  decodePageReading,
  encodeRead,
  encodeReadPage,
  type KeyReading,
  type PageReading,
  type TypeReading,
} from './reading.ts';
import {
  decodeKeys,
  encodeReadKeys,
  encodeReadNotices,
  encodeReadRecords,
  type LeafRecords,
  type NoticeReading,
} from './records.ts';
import {
  decodeStatusEvent,
  NO_PAGE,
  STATUS_CHANGED_TOPIC,
  type StatusEvent,
  SUCCESSOR_NAMED_TOPIC,
  VALIDITY_EXTENDED_TOPIC,
} from './status-event.ts';
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
  /** Of the batch that was asked for, one for each amended leaf. */
  records: readonly LeafRecords[];
  /** Of its credential type. */
  notices: readonly NoticeReading[];
  /** Why and when statuses changed, or null where the nodes would not say. */
  events: readonly StatusEvent[] | null;
  /** The keys that the events name; null unless the history was asked for and told. */
  eventKeys: readonly KeyReading[] | null;
  /** How many nodes gave this answer. */
  agreed: number;
  /** Whether it was kept from an earlier time (snapshot.ts) because no node could be reached. */
  isSnapshot: boolean;
  /** What the nodes said, word for word: what a snapshot keeps. */
  answers: Answers;
}

export interface ReadingFailure {
  failure: ReadingFailureCode;
  /** For people: which node, what happened. */
  detail: string;
}

export interface Question {
  registry: TrustedRegistry;
  issuer: number;
  /** The batch that the question is about; null for every batch of the locator's page, which is what a snapshot keeps. */
  batch: Uint8Array | null;
  /** The batch's number where it is known: then the whole page is asked for and the node does not learn which batch it is about. */
  locator: number | null;
  /** Ask for what a day in the past takes, too: the keys behind each event. */
  history?: boolean;
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
 *   1. every node says its chain and newest block, and at once what the registry says there
 *   2. the newest block that enough nodes say they have is the one to read at
 *   3. those nodes that had a newer one answer for that block; enough answers must be the same, byte for byte
 *   4. where they are not, the next older of the newest blocks is tried: a node that claims a block that others do not have yet must
 *      not keep those others from agreeing
 */
export async function readRegistry(question: Question, post: Post): Promise<RegistryReading | ReadingFailure> {
  const { registry, depth = 0 } = question;
  const faults: Faults = new Map();
  // a node that is listed twice must not agree with itself
  const nodes = [...new Set(registry.nodes)].map((url) => ({ url }));
  const heads = await ask(nodes, ({ url }) => readHead(url, question, post), faults);
  let disagreement: ReadingFailure | undefined;
  for (const newest of commonBlocks(heads, registry.agree)) {
    const at = Math.max(0, newest - depth);
    const able = heads.filter(({ url, number }) => number >= newest && !faults.has(url));
    if (able.length < registry.agree) continue;
    const answers = await ask(able, (head) => readAt(head, at, question, post), faults);
    if (answers.length < registry.agree) continue;
    const agreed = agree(answers, registry.agree);
    if (!('failure' in agreed)) return agreed;
    disagreement = agreed;
  }
  return disagreement ?? toFailure(faults);
}

/** What went wrong, by node. */
type Faults = Map<string, Unusable>;

async function ask<Node extends { url: string }, T>(
  nodes: readonly Node[],
  task: (node: Node) => Promise<T>,
  faults: Faults,
): Promise<T[]> {
  const answers = await Promise.all(
    nodes.map((node) =>
      task(node).catch((reason: unknown) => {
        faults.set(node.url, toUnusable(reason));
        return null;
      }),
    ),
  );
  return answers.filter((answer) => answer !== null);
}

interface Head {
  url: string;
  number: number;
  /** What it says of its newest block; a node that is not asked about that one need not have said it. */
  newest: Results;
}

/** Block, account and page, as a node gave them; undefined what it did not give. */
type Results = readonly (Json | undefined)[];

/** The newest blocks that at least `least` nodes say they have, newest first. */
function commonBlocks(heads: readonly Head[], least: number): number[] {
  const numbers = heads.map(({ number }) => number).sort((a, b) => b - a);
  return [...new Set(numbers.slice(least - 1))];
}

async function readHead(url: string, question: Question, post: Post): Promise<Head> {
  const requests: Request[] = [
    ['eth_chainId', []],
    ['eth_blockNumber', []],
  ];
  const [chainId, number, ...newest] = await request(url, [...requests, ...requestsAt('latest', question)], post);
  if (decodeQuantity(expectResult(chainId, 'eth_chainId')) !== question.registry.chainId)
    throw new Unusable('NODE_WRONG_CHAIN', 'is a node of another chain');
  return { url, number: decodeQuantity(expectResult(number, 'eth_blockNumber')), newest };
}

function requestsAt(tag: string, question: Question): Request[] {
  const { address } = question.registry;
  return [
    ['eth_getBlockByNumber', [tag, false]],
    ['eth_getProof', [address, [], tag]],
    ['eth_call', [{ to: address, data: encodeQuestion(question) }, tag]],
  ];
}

interface Answer {
  /** The answers' texts: two nodes agree if these are equal. */
  key: string;
  explained: string | null;
  reading: Omit<RegistryReading, 'agreed' | 'events' | 'eventKeys'>;
  events: StatusEvent[] | null;
  eventKeys: KeyReading[] | null;
}

async function readAt({ url, number, newest }: Head, at: number, question: Question, post: Post): Promise<Answer> {
  const node = { url, at, question, post };
  if (number === at) {
    try {
      return await toAnswer(newest, node);
    } catch (reason) {
      // a block may have come between two of its answers: asked about this very block it must be able to say
      toUnusable(reason);
    }
  }
  return toAnswer(await request(url, requestsAt(toTag(at), question), post), node);
}

interface Asked {
  url: string;
  at: number;
  question: Question;
  post: Post;
}

async function toAnswer([block, account, text]: Results, { url, at, question, post }: Asked): Promise<Answer> {
  const { registry } = question;
  const tag = toTag(at);
  const header = decodeBlock(expectResult(block, 'eth_getBlockByNumber'), at);
  if (!hasCode(expectResult(account, 'eth_getProof'), registry.codeHash))
    throw new Unusable('NODE_WRONG_REGISTRY', "has another contract at the registry's address");
  const answer = expectText(expectResult(text, 'eth_call'));
  const page = decodePageReading(answer);
  checkPage(page, header, question);
  const ask = (data: string) => callRegistry({ url, tag, registry, post }, data);
  const answers = await readAnswers({ text: answer, page }, question, ask);
  const decoded = decodeAnswers(page, answers, question.batch);
  const explained = await explain(url, tag, page, question, post);
  return {
    key: JSON.stringify([header, answers]),
    explained: explained && JSON.stringify([explained.logs, explained.keys]),
    reading: { page, ...decoded, block: header, isSnapshot: false, answers },
    events: explained?.events ?? null,
    eventKeys: explained?.keys ?? null,
  };
}

function encodeQuestion({ issuer, batch, locator }: Question): string {
  if (locator !== null) return encodeReadPage(issuer, Math.floor(locator / BATCHES_PER_PAGE));
  if (batch === null) throw new TypeError('a question names a batch or a page');
  return encodeRead(batch);
}

function toTag(block: number): string {
  return `0x${block.toString(16)}`;
}

interface Callee {
  url: string;
  tag: string;
  registry: TrustedRegistry;
  post: Post;
}

async function callRegistry({ url, tag, registry, post }: Callee, data: string): Promise<string> {
  return expectText(await call(url, ['eth_call', [{ to: registry.address, data }, tag]], post));
}

async function readAnswers(
  { text, page }: { text: string; page: PageReading },
  question: Question,
  ask: (data: string) => Promise<string>,
): Promise<Answers> {
  const { batch } = question;
  const asked = besides(page, question);
  const each = async <T>(all: readonly T[], nameOf: (item: T) => string, encode: (item: T) => string) =>
    new Map(await Promise.all(all.map(async (item) => [nameOf(item), await ask(encode(item))] as const)));
  const [records, notices] = await Promise.all([
    each(asked.batches, nameOfBatch, ({ id }) => encodeReadRecords(id)),
    each(asked.types, nameOfType, ({ number }) => encodeReadNotices(question.issuer, number)),
  ]);
  const only = (names: readonly string[], answers: ReadonlyMap<string, string>) =>
    Object.fromEntries(names.map((name) => [name, answers.get(name) as string]));
  return {
    page: text,
    records: only(wantedRecords(page, batch).map(nameOfBatch), records),
    notices: only(wantedNotices(page, batch).map(nameOfType), notices),
  };
}

const nameOfBatch = ({ id }: BatchReading): string => toHex(id);
const nameOfType = ({ number }: TypeReading): string => `${number}`;

/** So many batches of a page are asked about together, whichever of them is meant. */
const NEIGHBOURS = 8;

/** What is asked besides a page. Whoever asks for one does not say which batch is meant: its neighbours are asked about as well, and every type. */
function besides(page: PageReading, { batch, locator }: Question): { batches: BatchReading[]; types: TypeReading[] } {
  const [batches, types] = [wantedRecords(page, batch), wantedNotices(page, batch)];
  if (batch === null || locator === null) return { batches, types };
  const groupOf = ({ number }: BatchReading) => Math.floor(number / NEIGHBOURS);
  const [meant] = batches;
  return {
    batches: meant ? page.batches.filter((each) => groupOf(each) === groupOf(meant)) : [],
    types: types.length > 0 ? wantedNotices(page, null) : [],
  };
}

function hasCode(account: Json | undefined, codeHash: string): boolean {
  return isJsonObject(account) && typeof account.codeHash === 'string' && account.codeHash.toLowerCase() === codeHash;
}

function checkPage(page: PageReading, header: RegistryReading['block'], question: Question): void {
  if (page.chainId !== question.registry.chainId)
    throw new Unusable('NODE_WRONG_CHAIN', 'answers for the registry of another chain');
  if (page.blockNumber !== header.number || page.blockTime !== header.time)
    throw new Unusable('NODE_ANSWER_INVALID', 'the answer is not of the block that was asked for');
  if (!isAnswerTo(question, page)) throw new Unusable('NODE_ANSWER_INVALID', 'the answer is to another question');
}

interface Explanation {
  logs: Log[];
  events: StatusEvent[];
  keys: KeyReading[] | null;
}

interface Log {
  topics: string[];
  data: string;
}

// Reasons and dates are a courtesy: a node that does not give them is as good a witness as one that does.
async function explain(url: string, tag: string, page: PageReading, question: Question, post: Post) {
  try {
    return await readEvents(url, tag, page, question, post);
  } catch (reason) {
    toUnusable(reason);
    return null;
  }
}

// The page's events, not the batch's, for the same reason that a page is read; only where there is something to explain.
async function readEvents(
  url: string,
  tag: string,
  page: PageReading,
  { registry, issuer, batch, history = false }: Question,
  post: Post,
): Promise<Explanation> {
  const found = findBatch(page, batch);
  if (!found || (found.revoked | found.amended) === 0n) return { logs: [], events: [], keys: history ? [] : null };
  const topics = [
    [STATUS_CHANGED_TOPIC, SUCCESSOR_NAMED_TOPIC, VALIDITY_EXTENDED_TOPIC],
    `0x${toWord(issuer)}`,
    [Math.floor(found.number / BATCHES_PER_PAGE), NO_PAGE].map((number) => `0x${toWord(number)}`),
  ];
  const filter = { address: registry.address, fromBlock: '0x0', toBlock: tag, topics };
  const logs = await call(url, ['eth_getLogs', [filter]], post);
  if (!Array.isArray(logs)) throw new Unusable('NODE_ANSWER_INVALID', 'the logs are not a list');
  const kept = logs.map(decodeLog);
  const events = kept.map(decodeStatusEvent);
  if (!history) return { logs: kept, events, keys: null };
  const asked = [...new Set(events.filter((event) => isEqualBytes(event.batch, found.id)).map(({ key }) => key))];
  const keys = decodeKeys(await callRegistry({ url, tag, registry, post }, encodeReadKeys(asked)), asked);
  return { logs: kept, events, keys };
}

function decodeLog(log: Json): Log {
  if (!isJsonObject(log) || !Array.isArray(log.topics)) throw new Unusable('NODE_ANSWER_INVALID', 'a log is not one');
  return { topics: log.topics.map(expectText), data: expectText(log.data) };
}

function agree(answers: readonly Answer[], least: number): RegistryReading | ReadingFailure {
  const keys = [...new Set(answers.map(({ key }) => key))];
  const groups = keys.map((key) => answers.filter((answer) => answer.key === key));
  const [group, another] = groups.filter(({ length }) => length >= least);
  // two answers that each have enough nodes behind them are no answer
  if (!group || another)
    return {
      failure: 'NODES_DISAGREE',
      detail: `${answers.length} nodes gave ${groups.length} different answers; ${least} must give the same one`,
    };
  const explained = group.find(
    (answer) =>
      answer.explained !== null && group.filter((other) => other.explained === answer.explained).length >= least,
  );
  const { events = null, eventKeys = null } = explained ?? {};
  return { ...(group[0] as Answer).reading, events, eventKeys, agreed: group.length };
}

// What is neither a node's fault nor a decoder's refusal is an error in this program, and must not pass for a silent node.
function toUnusable(reason: unknown): Unusable {
  if (reason instanceof Unusable) return reason;
  if (reason instanceof ProofError) return new Unusable('NODE_ANSWER_INVALID', reason.message);
  throw reason;
}

// Where nodes fail in different ways, the gravest is told: a wrong chain says more than a silent neighbour.
const GRAVITY: readonly ReadingFailureCode[] = [
  'NODE_WRONG_REGISTRY',
  'NODE_WRONG_CHAIN',
  'NODE_ANSWER_INVALID',
  'NODES_UNREACHABLE',
];

function toFailure(faults: Faults): ReadingFailure {
  const codes = new Set([...faults.values()].map(({ code }) => code));
  return {
    failure: GRAVITY.find((code) => codes.has(code)) ?? 'NODES_UNREACHABLE',
    detail: [...faults].map(([url, { message }]) => named(url, message)).join('; ') || 'there are too few nodes to ask',
  };
}

// Whoever sends may have named the node already.
function named(url: string, message: string): string {
  return message.startsWith(url) ? message : `${url}: ${message}`;
}

/** A page with all that its nodes may say about it, on a chain of large blocks. */
const NODE_JSON_RULES: JsonRules = { characters: 1_048_576, plainNumbers: false };

type Request = readonly [method: string, params: Json];

/** One answer to each request, in their order; undefined where the node gave none. */
async function request(url: string, requests: readonly Request[], post: Post): Promise<Results> {
  const body = requests.map(([method, params], id) => ({ jsonrpc: '2.0', id, method, params }));
  const answers = decodeJson(await send(url, JSON.stringify(body), post), NODE_JSON_RULES);
  if (!Array.isArray(answers)) throw new Unusable('NODE_ANSWER_INVALID', 'did not answer a list of requests');
  return requests.map((_, id) => {
    const answer = answers.find((candidate) => isJsonObject(candidate) && candidate.id === id);
    return isJsonObject(answer) ? answer.result : undefined;
  });
}

async function call(url: string, [method, params]: Request, post: Post): Promise<Json> {
  const [result] = await request(url, [[method, params]], post);
  return expectResult(result, method);
}

function expectResult(result: Json | undefined, method: string): Json {
  if (result === undefined || result === null)
    throw new Unusable('NODE_ANSWER_INVALID', `gave no result for ${method}`);
  return result;
}

async function send(url: string, body: string, post: Post): Promise<string> {
  try {
    return await post(url, body);
  } catch (reason) {
    throw new Unusable('NODES_UNREACHABLE', reason instanceof Error ? reason.message : 'no answer');
  }
}

// Lower case, because hex digits of either case are the same answer.
function expectText(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Unusable('NODE_ANSWER_INVALID', 'an answer is not text');
  return value.toLowerCase();
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
