import { refuseReading } from './abi-words.ts';
import { isEqualBytes, toHex } from './bytes.ts';
import { BATCHES_PER_PAGE, type BatchReading, type PageReading, type TypeReading } from './reading.ts';
import { decodeNotices, decodeRecords, type LeafRecords, type NoticeReading } from './records.ts';

/** What the registry said, word for word: hex of `readPage` or `read`, and of what that asks to be read besides. */
export interface Answers {
  page: string;
  /** `readRecords`, by the batch id in hex. */
  records: Readonly<Record<string, string>>;
  /** `readNotices`, by the number of the credential type. */
  notices: Readonly<Record<string, string>>;
}

/** The batch of a page by its id, whatever its number. */
export function findBatch({ batches }: PageReading, batch: Uint8Array | null): BatchReading | undefined {
  return batch === null ? undefined : batches.find(({ id }) => isEqualBytes(id, batch));
}

/**
 * Whether a page is what was asked for: one batch by its id is that batch or nothing; a page holds every batch that there is between its first
 * and its last number.
 */
export function isAnswerTo(
  { issuer, batch, locator }: { issuer: number; batch: Uint8Array | null; locator: number | null },
  page: PageReading,
): boolean {
  const { batches } = page;
  if (locator === null)
    return batches.length === 0 || (batches.length === 1 && page.issuer === issuer && !!findBatch(page, batch));
  const first = Math.floor(locator / BATCHES_PER_PAGE) * BATCHES_PER_PAGE;
  const expected = Math.min(Math.max(page.batchCount - first, 0), BATCHES_PER_PAGE);
  return (
    page.issuer === issuer && batches.length === expected && batches.every(({ number }, i) => number === first + i)
  );
}

/** The batches whose records have to be read: of the one asked about, or of all where `batch` is null. */
export function wantedRecords(page: PageReading, batch: Uint8Array | null): BatchReading[] {
  return askedAbout(page, batch).filter(({ amended }) => amended !== 0n);
}

/** The credential types whose notices have to be read. */
export function wantedNotices(page: PageReading, batch: Uint8Array | null): TypeReading[] {
  const numbers = new Set(askedAbout(page, batch).map(({ credentialType }) => credentialType));
  return page.types.filter(({ number, noticeCount }) => noticeCount > 0 && numbers.has(number));
}

function askedAbout({ batches }: PageReading, batch: Uint8Array | null): BatchReading[] {
  return batch === null ? batches : batches.filter(({ id }) => isEqualBytes(id, batch));
}

/**
 * What the answers say of one batch of a page, or, where `batch` is null, of every batch.
 * @throws ProofError READING_INVALID where an answer is missing or not one that a state of the registry can give
 */
export function decodeAnswers(
  page: PageReading,
  answers: Answers,
  batch: Uint8Array | null,
): { records: LeafRecords[]; notices: NoticeReading[] } {
  const { blockTime } = page;
  const records = wantedRecords(page, batch).flatMap((found) =>
    decodeRecords(expectAnswer(answers.records, toHex(found.id)), found, blockTime),
  );
  const notices = wantedNotices(page, batch).flatMap(({ number, noticeCount }) =>
    decodeNotices(expectAnswer(answers.notices, `${number}`), noticeCount, blockTime),
  );
  return { records, notices };
}

function expectAnswer(answers: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(answers, name) ? (answers[name] as string) : refuseReading('leaves out records or notices');
}
