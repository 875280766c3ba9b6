import { concatBytes, isEqualBytes } from './bytes.ts';
import { type CborValue, decodeCbor, encodeCbor } from './cbor.ts';
import { ClaimValueError, decodeClaimValue } from './claim-value.ts';
import { ProofError } from './errors.ts';
import { TAG } from './hash.ts';
import { checkVersion, expectArray, expectBytes, expectInteger } from './header.ts';
import {
  checkHolderKey,
  checkHolderSignature,
  HOLDER_KEY_BYTES,
  HOLDER_SIGNATURE_BYTES,
  hashHolderKey,
  isSignedByHolder,
} from './holder-key.ts';
import { decodeProofItems, type Proof, toProofItems } from './proof.ts';

/** A proof that the holder of a bound credential signed for one audience and a time (FORMAT.md section 14). */
export interface Presentation {
  /** What is disclosed; all of it is signed, the locator too. */
  proof: Proof;
  /** 33 bytes: the compressed P-256 key whose hash the header holds. */
  holderKey: Uint8Array;
  /** For whom it is: a name that the verifier knows itself by. */
  audience: string;
  /** 16 bytes: the verifier's where it asked, else the holder's own. */
  nonce: Uint8Array;
  /** Seconds since 1970 UTC. */
  issuedAt: number;
  /** The first second at which it is over. */
  expiresAt: number;
  /** 64 bytes: r, s, with s in the lower half of the group order. */
  signature: Uint8Array;
}

/** What either carrier carries: a proof, and the presentation that it came in, if it did. */
export interface Shown {
  proof: Proof;
  presentation: Presentation | null;
}

export const NONCE_BYTES = 16;
export const MOST_AUDIENCE_LENGTH = 200;
/** 90 days: what is meant for one occasion must not become a second credential. */
export const MOST_PRESENTATION_SECONDS = 90 * 86_400;
/** 9999-12-31T23:59:59Z, the last second whose year has four digits. */
export const LAST_SECOND = 253_402_300_799;
/** How far a holder's clock may be ahead of a verifier's. */
export const MOST_CLOCK_SKEW_SECONDS = 60;

/**
 * The bytes that the holder's key signs with ECDSA over SHA-256.
 * @throws ProofError FIELD_INVALID for what no decoder would take: better before the holder signs than after
 */
export function presentationMessage(presentation: Omit<Presentation, 'signature'>): Uint8Array {
  checkBinding(presentation);
  decodeAudience(presentation.audience);
  expectBytes(presentation.nonce, 'nonce', NONCE_BYTES);
  decodeTimes(presentation.issuedAt, presentation.expiresAt);
  return toMessage(presentation);
}

/** The deterministic CBOR of a presentation: what both carriers carry. */
export function encodePresentation(presentation: Presentation): Uint8Array {
  return encodeCbor([...toFacts(presentation), presentation.signature]);
}

/**
 * The presentation that bytes encode; `encodePresentation(decodePresentation(bytes))` gives the same bytes. Whether the holder signed it is
 * judged, not decoded.
 * @throws ProofError for anything that the format does not allow, a presentation of an unbound credential among it
 */
export function decodePresentation(bytes: Uint8Array): Presentation {
  return decodePresentationItems(decodeCbor(bytes));
}

/**
 * A proof or a presentation, told apart by their structure: a proof starts with a header, which starts with a number; a presentation starts
 * with a proof, which starts with a header.
 * @throws ProofError for anything that is neither
 */
export function decodeShown(bytes: Uint8Array): Shown {
  const items = decodeCbor(bytes);
  const [first] = expectArray(items, 'proof');
  if (!Array.isArray(first) || !Array.isArray(first[0])) return { proof: decodeProofItems(items), presentation: null };
  const presentation = decodePresentationItems(items);
  return { proof: presentation.proof, presentation };
}

/** Every code with the one outcome that it stands for. */
export const HOLDER_CODES = {
  HOLDER_SIGNED: 'pass',
  HOLDER_SIGNATURE_INVALID: 'fail',
  PRESENTED_TO_OTHERS: 'fail',
  NONCE_DIFFERENT: 'fail',
  PRESENTATION_NOT_YET: 'unknown',
  PRESENTATION_OVER: 'unknown',
} as const;
export type HolderCode = keyof typeof HOLDER_CODES;

/** What a verifier knows itself by, and the nonce that it asked for, or null where it asked for none. */
export interface Occasion {
  audiences: readonly string[];
  nonce: Uint8Array | null;
}

/** Whether the holder showed it, to this verifier, now (FORMAT.md section 14). Times are seconds since 1970 UTC. */
export function judgePresentation(presentation: Presentation, occasion: Occasion, nowSeconds: number): HolderCode {
  const { signature, holderKey, audience, nonce, issuedAt, expiresAt } = presentation;
  if (!isSignedByHolder(toMessage(presentation), signature, holderKey)) return 'HOLDER_SIGNATURE_INVALID';
  if (!occasion.audiences.includes(audience)) return 'PRESENTED_TO_OTHERS';
  if (occasion.nonce && !isEqualBytes(occasion.nonce, nonce)) return 'NONCE_DIFFERENT';
  if (nowSeconds < issuedAt - MOST_CLOCK_SKEW_SECONDS) return 'PRESENTATION_NOT_YET';
  return nowSeconds < expiresAt ? 'HOLDER_SIGNED' : 'PRESENTATION_OVER';
}

type Facts = Omit<Presentation, 'signature'>;

function toFacts({ proof, holderKey, audience, nonce, issuedAt, expiresAt }: Facts): CborValue[] {
  return [toProofItems(proof), holderKey, audience, nonce, issuedAt, expiresAt];
}

function toMessage(facts: Facts): Uint8Array {
  return concatBytes(TAG.presentation, encodeCbor(toFacts(facts)));
}

function decodePresentationItems(value: CborValue): Presentation {
  const items = expectArray(value, 'presentation');
  // of another version, or around a proof of one, it must not be taken for a broken one of this
  checkVersion(expectArray(items[0], 'proof')[0]);
  if (items.length !== 7) throw new ProofError('FIELD_INVALID', `"presentation" has 7 items, got ${items.length}`);
  const presentation: Presentation = {
    proof: decodeProofItems(items[0]),
    holderKey: expectBytes(items[1], 'holderKey', HOLDER_KEY_BYTES),
    audience: decodeAudience(items[2]),
    nonce: expectBytes(items[3], 'nonce', NONCE_BYTES),
    ...decodeTimes(items[4], items[5]),
    signature: expectBytes(items[6], 'signature', HOLDER_SIGNATURE_BYTES),
  };
  checkBinding(presentation);
  checkHolderSignature(presentation.signature);
  return presentation;
}

function decodeTimes(from: CborValue | undefined, to: CborValue | undefined): { issuedAt: number; expiresAt: number } {
  const issuedAt = expectInteger(from, 'issuedAt', 0, LAST_SECOND);
  const latest = Math.min(issuedAt + MOST_PRESENTATION_SECONDS, LAST_SECOND);
  return { issuedAt, expiresAt: expectInteger(to, 'expiresAt', issuedAt + 1, latest) };
}

// A name that people read: the rules of a claim's text keep out what is invisible or turns it round.
function decodeAudience(value: CborValue | undefined): string {
  try {
    return decodeClaimValue({ type: 'text', maxLength: MOST_AUDIENCE_LENGTH }, value as CborValue) as string;
  } catch (error) {
    if (error instanceof ClaimValueError) throw new ProofError('FIELD_INVALID', `"audience" ${error.message}`);
    throw error;
  }
}

function checkBinding({ proof, holderKey }: Facts): void {
  const bound = proof.header.holderKey;
  if (!bound) throw new ProofError('FIELD_INVALID', '"proof" is of a credential that is not bound to a key');
  checkHolderKey(holderKey);
  if (!isEqualBytes(hashHolderKey(holderKey), bound))
    throw new ProofError('FIELD_INVALID', '"holderKey" is not the key that the credential is bound to');
}
