import { rootFromInclusion } from '../../proof/batch.ts';
import { isEqualBytes } from '../../proof/bytes.ts';
import { decodeCbor, splitCborArray } from '../../proof/cbor.ts';
import { toHongKongDay } from '../../proof/day.ts';
import { ProofError } from '../../proof/errors.ts';
import { decodeHeaderItems, encodeHeader, type Header } from '../../proof/header.ts';
import { batchId, type RegistryAddress, recoverSigner } from '../../proof/signature.ts';
import { AppError } from '../app-error.ts';
import { hashStoredContent } from '../issuance/content-hash.ts';
import { hashIntoWithOpenssl } from '../issuance/openssl-hash.ts';

/*
 * What a key signs as a copy for a holder's device, which nobody approves: what it says was approved and signed before. The signer needs no database to know that:
 *   1. what the original says leads, by its place in its batch, to a batch id over which there is a signature of a key that this signer has
 *   2. the copy says the same, claim by claim, under seeds of its own
 *   3. its header is the original's but for the device's key and an end that is no later, and soon
 */

/** For so many days from the one on which it is signed a copy may be valid. */
export const MOST_COPY_DAYS = 30;

/** What a copy is a copy of, and how it leads to what was signed. */
export interface SignedOriginal {
  header: Uint8Array;
  /** As it is stored, without the holder's contact. */
  payload: Uint8Array;
  index: number;
  size: number;
  /** Its siblings' hashes, one after the other. */
  path: Uint8Array;
  /** 65 bytes r, s, v: of its batch. */
  signature: Uint8Array;
}

interface Copy {
  header: Uint8Array;
  payload: Uint8Array;
}

export interface CopyRule {
  registry: RegistryAddress;
  /** Of the batch that the copy is in: a copy is of the same department and type as its original. */
  issuer: number;
  definition: Uint8Array;
  /** The addresses of the anchor keys that the signer has. */
  ownKeys: ReadonlySet<string>;
  /** Milliseconds since 1970 UTC. */
  now: number;
}

/** @throws AppError SIGNING_REFUSED */
export function requireCopyOf(copy: Copy, original: SignedOriginal, rule: CopyRule): void {
  try {
    requireSigned(original, rule);
  } catch (cause) {
    throw refusalOf(cause);
  }
  requireSame(copy, original, rule.now);
}

/** All of the rule but whether the original was signed. @throws AppError SIGNING_REFUSED */
export function requireSame(copy: Copy, original: SignedOriginal, now: number): void {
  try {
    compare(copy, original, now);
  } catch (cause) {
    throw refusalOf(cause);
  }
}

function refusalOf(cause: unknown): unknown {
  if (!(cause instanceof ProofError)) return cause;
  return new AppError('SIGNING_REFUSED', 'a copy or its original is no credential', { cause });
}

function requireSigned(
  { header, payload, index, size, path, signature }: SignedOriginal,
  { registry, issuer, definition, ownKeys }: CopyRule,
): void {
  const content = hashStoredContent(header, payload);
  const root = rootFromInclusion({ content, index, size }, path, hashIntoWithOpenssl);
  const signer = recoverSigner(batchId(registry, { issuer, definition, root, size }), signature);
  if (!ownKeys.has(signer)) throw refused('the original of a copy was not signed by a key of this signer');
}

function compare(copy: Copy, original: SignedOriginal, now: number): void {
  const [a, b] = [decodeHeaderItems(decodeCbor(copy.header)), decodeHeaderItems(decodeCbor(original.header))];
  const { validUntil, holderKey } = a;
  if (holderKey === null || b.holderKey !== null) throw refused('a copy is bound to a key, and its original to none');
  const today = toHongKongDay(now / 1000);
  if (
    validUntil === null ||
    validUntil > today + MOST_COPY_DAYS ||
    (b.validUntil !== null && validUntil > b.validUntil)
  )
    throw refused(`a copy ends within ${MOST_COPY_DAYS} days, and no later than its original`);
  if (!isEqualBytes(copy.header, encodeHeader(toCopyHeader(b, { validUntil, holderKey }))))
    throw refused('the header of a copy is not that of its original');
  const [claims, others] = [splitCborArray(copy.payload, 0).items, splitCborArray(original.payload, 0).items];
  for (const group of [1, 3])
    if (!isEqualBytes(claims[group] as Uint8Array, others[group] as Uint8Array))
      throw refused('a copy says something else than its original');
  for (const seed of [0, 2])
    if (isEqualBytes(claims[seed] as Uint8Array, others[seed] as Uint8Array))
      throw refused('a copy has the seeds of its original');
}

/** The header of a copy: the dates stay the document's own, but for its end, and for the end of an item that a copy does not live to see. */
export function toCopyHeader(
  original: Header,
  { validUntil, holderKey }: { validUntil: number; holderKey: Uint8Array },
): Header {
  const { partlyUntil } = original;
  const isLater = partlyUntil === null || partlyUntil >= validUntil;
  return { ...original, validUntil, holderKey, partlyUntil: isLater ? null : partlyUntil };
}

function refused(why: string): AppError {
  return new AppError('SIGNING_REFUSED', why);
}
