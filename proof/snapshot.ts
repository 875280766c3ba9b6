import { type Answers, decodeAnswers, findBatch, isAnswerTo } from './answers.ts';
import { ProofError } from './errors.ts';
import { decodeJson, isJsonObject, type Json } from './json.ts';
import type { Question, ReadingFailure, RegistryReading } from './nodes.ts';
import { BATCHES_PER_PAGE, decodePageReading, type PageReading } from './reading.ts';
import type { TrustedRegistry } from './trust.ts';

/**
 * What the registry said at some block, kept for a place without a network (FORMAT.md section 9.12). Who keeps it trusts where it
 * came from as they trust `trust.json`: nobody's signature is on it but the departments' on their batches.
 */
export interface Snapshot {
  pages: readonly SnapshotPage[];
}

export interface SnapshotPage {
  chainId: number;
  /** 0x and 40 lower-case hex digits. */
  address: string;
  issuer: number;
  /** The batches from `page` × 64 on. */
  page: number;
  block: RegistryReading['block'];
  /** How many nodes gave these answers. */
  agreed: number;
  answers: Answers;
}

/** Hundreds of pages with records of every leaf; far more where few have any. */
const MOST_SNAPSHOT_CHARACTERS = 268_435_456;

/** One page of a snapshot from the reading of a whole page, which is the answer to a question with `batch` null. */
export function toSnapshotPage(
  { registry, issuer, locator }: Question & { locator: number },
  { block, agreed, answers }: RegistryReading,
): SnapshotPage {
  const page = Math.floor(locator / BATCHES_PER_PAGE);
  return { chainId: registry.chainId, address: registry.address.toLowerCase(), issuer, page, block, agreed, answers };
}

export function encodeSnapshot({ pages }: Snapshot): string {
  return JSON.stringify({ format: 'eproof-snapshot/1', pages });
}

/** @throws ProofError SNAPSHOT_INVALID, TOO_LARGE, TOO_DEEP; what the answers say is looked at when they are needed */
export function decodeSnapshot(text: string): Snapshot {
  const file = decodeFile(text);
  if (!isJsonObject(file) || file.format !== 'eproof-snapshot/1' || !Array.isArray(file.pages))
    throw new ProofError('SNAPSHOT_INVALID', '"format" must be eproof-snapshot/1, with "pages"');
  return { pages: file.pages.map((page: Json, i) => decodePage(page, `pages[${i}]`)) };
}

function decodeFile(text: string): Json {
  try {
    return decodeJson(text, { characters: MOST_SNAPSHOT_CHARACTERS, plainNumbers: true });
  } catch (error) {
    if (error instanceof ProofError && error.code === 'JSON_INVALID')
      throw new ProofError('SNAPSHOT_INVALID', `the snapshot is not JSON: ${error.message}`);
    throw error;
  }
}

function decodePage(json: Json, field: string): SnapshotPage {
  const fail = (rule: string): never => {
    throw new ProofError('SNAPSHOT_INVALID', `"${field}" must ${rule}`);
  };
  if (!isJsonObject(json) || !isJsonObject(json.block) || !isJsonObject(json.answers))
    return fail('have a block and answers');
  const { block, answers } = json;
  const count = (value: Json | undefined): number =>
    Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : fail('have whole numbers');
  const hex = (value: Json | undefined, pattern = /^0x[0-9a-f]*$/): string =>
    typeof value === 'string' && pattern.test(value) ? value : fail('have answers in lower-case hex');
  const table = (value: Json | undefined): Readonly<Record<string, string>> =>
    isJsonObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, answer]) => [name, hex(answer)]))
      : fail('have records and notices');
  return {
    chainId: count(json.chainId),
    address: hex(json.address, /^0x[0-9a-f]{40}$/),
    issuer: count(json.issuer),
    page: count(json.page),
    block: { number: count(block.number), hash: hex(block.hash, /^0x[0-9a-f]{64}$/), time: count(block.time) },
    agreed: count(json.agreed),
    answers: { page: hex(answers.page), records: table(answers.records), notices: table(answers.notices) },
  };
}

/**
 * The newest kept answer about a batch; null where none is kept, or the batch is not in it: it may have been anchored later, which is
 * no fault of it. A kept answer that is not one is a failure like that of a node.
 */
export function readSnapshot(
  { pages }: Snapshot,
  { registry, issuer, batch, locator }: Question & { batch: Uint8Array },
): RegistryReading | ReadingFailure | null {
  const kept = pages
    .filter((page) => isOf(page, registry) && page.issuer === issuer)
    .filter(({ page }) => locator === null || page === Math.floor(locator / BATCHES_PER_PAGE))
    .sort((a, b) => b.block.number - a.block.number);
  for (const page of kept) {
    try {
      const reading = decodeReading(page, batch);
      if (reading) return reading;
    } catch (error) {
      if (!(error instanceof ProofError)) throw error;
      return { failure: 'NODE_ANSWER_INVALID', detail: `the snapshot: ${error.message}` };
    }
  }
  return null;
}

function isOf({ chainId, address }: SnapshotPage, registry: TrustedRegistry): boolean {
  return chainId === registry.chainId && address === registry.address.toLowerCase();
}

function decodeReading({ block, agreed, answers, ...kept }: SnapshotPage, batch: Uint8Array): RegistryReading | null {
  const page = decodePageReading(answers.page);
  const question = { issuer: kept.issuer, batch: null, locator: kept.page * BATCHES_PER_PAGE };
  if (!isOfBlock(page, { block, ...kept }) || !isAnswerTo(question, page))
    throw new ProofError('READING_INVALID', 'the answer is of another page');
  if (!findBatch(page, batch)) return null;
  const decoded = decodeAnswers(page, answers, batch);
  return { page, block, ...decoded, events: null, eventKeys: null, agreed, isSnapshot: true, answers };
}

function isOfBlock(page: PageReading, { chainId, block }: Pick<SnapshotPage, 'chainId' | 'block'>): boolean {
  return page.chainId === chainId && page.blockNumber === block.number && page.blockTime === block.time;
}
