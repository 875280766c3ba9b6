import { decodeWords, refuseReading, selector, toWord, type Words } from './abi-words.ts';
import { toHex } from './bytes.ts';
import { ClaimValueError, decodeClaimValue } from './claim-value.ts';
import { LAST_DAY } from './day.ts';
import { type BatchReading, decodeKey, type KeyReading } from './reading.ts';

/** Who did something, and when. What a key did at or after its `invalidFrom` is not believed, revocations aside. */
export interface Act {
  /** 0x and 40 lower-case hex digits. */
  key: string;
  /** Seconds since 1970 UTC. */
  at: number;
  /** When the key stopped being believed; 0: never. */
  invalidFrom: number;
}

/** What was done to one credential besides revoking it: the last of each kind. Days are Hong Kong days since 1970-01-01. */
export interface LeafRecords {
  leaf: number;
  succession: (Act & { batch: Uint8Array; leaf: number }) | null;
  /** `until` is the last suspended day; null: until it is lifted. */
  suspension: (Act & { until: number | null }) | null;
  lift: Act | null;
  extension: (Act & { validUntil: number }) | null;
}

/** Moves the end of every credential of a type whose last valid day lies from `from` to `to`. */
export interface NoticeReading {
  from: number;
  to: number;
  validUntil: number;
  /** The law that says so; null where the words on the chain are no proper text. */
  law: string | null;
  posted: Act;
  /** 0: not withdrawn. */
  withdrawnAt: number;
}

/** The words of a batch that its records must agree with. */
type StatusWords = Pick<BatchReading, 'amended' | 'suspended'>;

const READ_RECORDS = selector('readRecords(bytes32)');
const READ_NOTICES = selector('readNotices(uint32,uint32)');
const READ_KEYS = selector('readKeys(address[])');

/** Call data for the records of a batch. */
export function encodeReadRecords(batch: Uint8Array): string {
  return READ_RECORDS + toHex(batch);
}

/** Call data for the notices of a credential type, by its number at the issuer. */
export function encodeReadNotices(issuer: number, credentialType: number): string {
  return READ_NOTICES + toWord(issuer) + toWord(credentialType);
}

/** Call data for what is known of keys, by their addresses (0x and 40 hex digits). */
export function encodeReadKeys(keys: readonly string[]): string {
  return READ_KEYS + toWord(32) + toWord(keys.length) + keys.map((key) => key.slice(2).padStart(64, '0')).join('');
}

/** Whether what was done is believed: not where the key was in wrong hands by then. */
export function isBelieved({ at, invalidFrom }: Act): boolean {
  return invalidFrom === 0 || at < invalidFrom;
}

/**
 * What was done to one credential, as far as it is believed. A lift that is not believed leaves the credential suspended; a suspension that is
 * not believed suspends nothing.
 */
export function believedRecords({ leaf, ...acts }: LeafRecords): LeafRecords {
  const believed = <T extends Act>(act: T | null): T | null => (act && isBelieved(act) ? act : null);
  return {
    leaf,
    succession: believed(acts.succession),
    suspension: believed(acts.suspension),
    lift: believed(acts.lift),
    extension: believed(acts.extension),
  };
}

/**
 * The answer to {@link encodeReadRecords}: one for each amended leaf of `batch`, in order.
 * @throws ProofError READING_INVALID
 */
export function decodeRecords(hex: string, batch: StatusWords, blockTime: number): LeafRecords[] {
  const words = decodeWords(hex);
  const act = (index: number) => decodeAct(words, index, blockTime);
  const records = words.list(0, 0, 17, (i): LeafRecords => {
    const [succession, suspension, extension] = [act(i + 3), act(i + 6), act(i + 14)];
    return {
      leaf: words.number(i),
      succession: succession && { ...succession, batch: words.bytes(i + 1), leaf: words.number(i + 2) },
      suspension: suspension && { ...suspension, until: words.number(i + 9) || null },
      lift: act(i + 10),
      extension: extension && { ...extension, validUntil: words.number(i + 13) },
    };
  });
  checkRecords(records, batch);
  return records;
}

function decodeAct(words: Words, index: number, blockTime: number): Act | null {
  const act = { key: words.address(index), at: words.number(index + 1), invalidFrom: words.number(index + 2) };
  if (act.at === 0) return null;
  if (act.at > blockTime || act.invalidFrom > blockTime) refuseReading('has a record from after its block');
  return act;
}

// The words of status and the records are of one state: they say the same, or the node made one of them up.
function checkRecords(records: readonly LeafRecords[], { amended, suspended }: StatusWords): void {
  const leaves = records.reduce((word, { leaf }) => word | (1n << BigInt(Math.min(leaf, 256))), 0n);
  if (leaves !== amended || records.some(({ leaf }, i) => i > 0 && leaf <= (records[i - 1] as LeafRecords).leaf))
    refuseReading('has not one record for each amended leaf');
  for (const { leaf, succession, suspension, lift, extension } of records) {
    if (!succession && !suspension && !extension) refuseReading('has a record of nothing');
    if (lift && !suspension) refuseReading('lifts what was not suspended');
    if ((suspension !== null && lift === null) !== ((suspended >> BigInt(leaf)) & 1n) > 0n)
      refuseReading('has a suspension that its record does not have');
    if (Math.max(suspension?.until ?? 0, extension?.validUntil ?? 0) > LAST_DAY) refuseReading('has no such day');
    if (succession && succession.leaf > 255) refuseReading('names a leaf that no batch has');
  }
}

/** The answer to {@link encodeReadNotices}: as many as the type says, in order. @throws ProofError READING_INVALID */
export function decodeNotices(hex: string, count: number, blockTime: number): NoticeReading[] {
  const words = decodeWords(hex);
  const notices = words.list(0, 0, 8, (i): NoticeReading => {
    const posted = decodeAct(words, i + 4, blockTime) ?? refuseReading('has a notice that nobody posted');
    const [from, to, validUntil] = [words.number(i), words.number(i + 1), words.number(i + 2)];
    if (from > to || validUntil < to || validUntil > LAST_DAY) refuseReading('has a notice that moves nothing');
    const withdrawnAt = words.number(i + 7);
    if (withdrawnAt > blockTime) refuseReading('has a notice that is withdrawn after its block');
    return { from, to, validUntil, law: decodeLaw(words.bytes(i + 3)), posted, withdrawnAt };
  });
  if (notices.length !== count) refuseReading('has not as many notices as its type');
  return notices;
}

// The contract takes any 32 bytes: what is no proper text moves dates all the same, and is not shown.
function decodeLaw(bytes: Uint8Array): string | null {
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, end));
    return decodeClaimValue({ type: 'text' }, text) as string;
  } catch (error) {
    if (error instanceof ClaimValueError || error instanceof TypeError) return null;
    throw error;
  }
}

/** The answer to {@link encodeReadKeys}, in the order of the question. @throws ProofError READING_INVALID */
export function decodeKeys(hex: string, asked: readonly string[]): KeyReading[] {
  const words = decodeWords(hex);
  const keys = words.list(0, 0, 7, (i) => decodeKey(words, i + 1));
  if (keys.length !== asked.length || keys.some(({ address }, i) => address !== asked[i]))
    refuseReading('is of other keys than were asked for');
  return keys;
}
