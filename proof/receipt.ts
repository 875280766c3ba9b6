import { toInstant } from './day.ts';
import { ProofError } from './errors.ts';
import { decodeJson, isJsonObject, type Json, type JsonObject, MOST_JSON_CHARACTERS } from './json.ts';
import { encodeProof } from './proof.ts';
import { toQrText } from './qr-text.ts';
import type { StandingCode } from './standing.ts';
import type { Genuine, Verdict } from './verdict.ts';
import { isStandingCode, toVerdictJson } from './verdict-json.ts';

const FORMAT = 'eproof-receipt/1';
/** The claims of a document are in it twice, and once of them as a text within a text. */
const MOST_CHARACTERS = 4 * MOST_JSON_CHARACTERS;

/**
 * What somebody kept of an earlier check (FORMAT.md section 15). Nobody vouches for it, anybody can write one: it says what to
 * verify again, and what that is compared with.
 */
export interface Receipt {
  /** RFC 3339, UTC. */
  checkedAt: string;
  genuine: Genuine;
  standing: StandingCode | null;
  presented: { kind: 'qr-text' | 'json'; text: string };
}

/**
 * A check to be kept: the verdict, what it was of, and where and by which version of a verifier it was made. A presentation is over before a
 * receipt is read: of it the proof is kept, which can be verified again.
 */
export function toReceipt(
  verdict: Verdict,
  presented: Receipt['presented'],
  verifier: { address: string; version: string },
): JsonObject {
  const { credential, checks } = verdict;
  const isPresentation = checks.some(({ name }) => name === 'holderBinding');
  const { kind, text } =
    isPresentation && credential
      ? { kind: 'qr-text', text: toQrText(verifier.address, encodeProof(credential.proof)) }
      : presented;
  return {
    format: FORMAT,
    checkedAt: toInstant(verdict.time),
    verifier: { ...verifier },
    verdict: toVerdictJson(verdict),
    presented: { kind, text },
  };
}

/** Null where the text is no receipt, or one that is not whole. */
export function decodeReceipt(text: string): Receipt | null {
  const json = decodeOrNull(text);
  if (!isJsonObject(json) || json.format !== FORMAT) return null;
  const { checkedAt, verdict, presented } = json;
  if (!isJsonObject(verdict) || !isJsonObject(presented)) return null;
  const { genuine } = verdict;
  const standing = isJsonObject(verdict.standing) ? verdict.standing.code : null;
  const { kind, text: inner } = presented;
  if ((kind !== 'qr-text' && kind !== 'json') || typeof inner !== 'string') return null;
  if (typeof checkedAt !== 'string' || !isInstant(checkedAt) || !isGenuine(genuine)) return null;
  if (standing !== null && !isStandingCode(standing)) return null;
  return { checkedAt, genuine, standing, presented: { kind, text: inner } };
}

/** Whether a verdict of now says what the receipt says; null where it cannot be told, because now could not be checked. */
export function isAsReceipt({ genuine, standing }: Verdict, receipt: Receipt): boolean | null {
  if (genuine === 'could-not-be-checked') return null;
  return genuine === receipt.genuine && (standing?.code ?? null) === receipt.standing;
}

function decodeOrNull(text: string): Json {
  try {
    return decodeJson(text, { characters: MOST_CHARACTERS, plainNumbers: false });
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

function isGenuine(text: Json | undefined): text is Genuine {
  return text === 'genuine' || text === 'not-genuine' || text === 'could-not-be-checked';
}
