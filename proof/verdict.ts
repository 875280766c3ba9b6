import { isEqualBytes, toHex } from './bytes.ts';
import { decodeClaims } from './claims.ts';
import { type Compared, toCompared } from './compared.ts';
import type { CredentialType, IssuerProfile } from './credential-type.ts';
import { checkDisclosure } from './disclosure.ts';
import { ProofError, type ProofErrorCode } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import type { ReadingFailure, ReadingFailureCode, RegistryReading } from './nodes.ts';
import { HOLDER_CODES, judgePresentation, type Occasion, type Presentation } from './presentation.ts';
import { type Proof, rootOf } from './proof.ts';
import type { BatchReading, IssuerState, KeyReading } from './reading.ts';
import { toReference } from './reference.ts';
import { batchId, recoverSigner } from './signature.ts';
import { lastKnownStanding, type Standing, standingOf, standingOn } from './standing.ts';
import type { TrustedRegistry } from './trust.ts';
import { checkDocument } from './verifiable-credential.ts';

/** The questions that every verification answers, in this order (FORMAT.md section 10). */
export const CHECK_NAMES = [
  'format',
  'commitments',
  'inclusion',
  'signature',
  'registry',
  'anchor',
  'key',
  'issuer',
  'credentialType',
  'status',
  'validity',
] as const;
/** A presentation raises one more: whether its holder showed it, to this verifier, now. */
export const PRESENTATION_CHECK_NAMES = [...CHECK_NAMES, 'holderBinding'] as const;
export type CheckName = (typeof PRESENTATION_CHECK_NAMES)[number];

/** Every code with the one outcome that it stands for. Codes are never renamed and never reused. */
export const CHECK_CODES = {
  FORMAT_VALID: 'pass',
  FORMAT_INVALID: 'fail',
  FORMAT_VERSION_UNKNOWN: 'unknown',
  DOCUMENT_CHANGED: 'fail',
  CLAIMS_MATCH_TYPE: 'pass',
  CLAIMS_NOT_OF_TYPE: 'fail',
  CLAIMS_HIDDEN: 'fail',
  ROOT_COMPUTED: 'pass',
  SIGNED_BY_ANCHORED_KEY: 'pass',
  SIGNED_BY_KNOWN_KEY: 'pass',
  SIGNED_BY_UNKNOWN_KEY: 'unknown',
  SIGNED_BY_OTHER_KEY: 'fail',
  SIGNATURE_INVALID: 'fail',
  REGISTRY_READ: 'pass',
  SNAPSHOT_READ: 'pass',
  REGISTRY_UNKNOWN: 'unknown',
  NODES_UNREACHABLE: 'unknown',
  NODES_DISAGREE: 'unknown',
  NODE_ANSWER_INVALID: 'unknown',
  NODE_WRONG_CHAIN: 'unknown',
  NODE_WRONG_REGISTRY: 'unknown',
  NODE_STALE: 'unknown',
  ANCHORED: 'pass',
  NOT_ANCHORED: 'fail',
  ANCHORED_DIFFERENTLY: 'fail',
  BATCH_VOID: 'fail',
  KEY_VALID_WHEN_ANCHORED: 'pass',
  KEY_ENDORSED: 'pass',
  KEY_NOT_FOR_ANCHORING: 'fail',
  KEY_OUTSIDE_ITS_WINDOW: 'fail',
  KEY_COMPROMISED: 'fail',
  ISSUER_KNOWN: 'pass',
  ISSUER_PROFILE_CHANGED: 'unknown',
  ISSUER_UNKNOWN: 'unknown',
  TYPE_REGISTERED: 'pass',
  TYPE_UNKNOWN: 'unknown',
  TYPE_DIFFERENT: 'fail',
  STATUS_READ: 'pass',
  STATUS_AS_OF: 'pass',
  STATUS_NOT_KNOWN_SINCE: 'unknown',
  DATES_COMPARED: 'pass',
  ...HOLDER_CODES,
  NOT_REACHED: 'unknown',
} as const satisfies Record<string, Outcome> & Record<ReadingFailureCode, 'unknown'>;
export type CheckCode = keyof typeof CHECK_CODES;
export type Outcome = 'pass' | 'fail' | 'unknown';

export interface Check {
  name: CheckName;
  outcome: Outcome;
  code: CheckCode;
  /** For people who look closer: a decoder's message, a node's address. Never a claim. */
  detail?: string;
  /** The values that were compared, for the same people; absent where there were none. Never a claim. */
  compared?: Compared;
}

export type Genuine = 'genuine' | 'not-genuine' | 'could-not-be-checked';

export interface Verdict {
  genuine: Genuine;
  /** Null unless genuine. */
  standing: Standing | null;
  /** The standing on a day in the past, where one was asked about; its standing is null where the history was not told. */
  past: { day: number; standing: Standing | null } | null;
  checks: Check[];
  /** What the proof says; to be shown as the credential's word only where `genuine` allows it. Null where nothing could be decoded. */
  credential: Credential | null;
  /** The issuer's name, from its registered profile, never from the credential. */
  issuer: IssuerNote | null;
  /** Whether it is known who shows it: never by a proof alone, whose holder may have handed it on. */
  bearer: 'not-bound' | 'not-checked' | 'checked';
  /** When the batch was anchored; null where it was not found. */
  anchored: { time: number; isFlagged: boolean } | null;
  /** Against what it was checked; null where the registry was not read. A snapshot was read by somebody earlier. */
  checked: (Pick<RegistryReading, 'block' | 'agreed' | 'isSnapshot'> & { chainId: number; registry: string }) | null;
  /** When it was checked: seconds since 1970 UTC. */
  time: number;
}

/** Its state and its successor (0: none) are told and change nothing: what it issued while it could stays good. */
export interface IssuerNote {
  profile: IssuerProfile;
  state: IssuerState | null;
  successor: number;
}

export interface Credential {
  reference: string;
  proof: Proof;
  type: CredentialType | null;
  /** The disclosed claims by name; null where the type is not known or they do not fit it. */
  claims: JsonObject | null;
  batch: string | null;
}

/** Everything that a verdict is computed from. The verifier fetches nothing itself. */
export interface Evidence {
  proof: Proof;
  /** The presentation that the proof came in, where it did, and what it is judged by. */
  presentation?: Presentation | null | undefined;
  occasion: Occasion;
  /** The JSON around them, where there is one. */
  document?: Json | undefined;
  registry: TrustedRegistry | null;
  type: { definition: Uint8Array; value: CredentialType } | null;
  issuer: { hash: Uint8Array; profile: IssuerProfile } | null;
  reading: RegistryReading | ReadingFailure | null;
  maxBlockAgeSeconds: number;
  /** Until when a snapshot still says what is so. */
  maxSnapshotAgeSeconds: number;
  /** Seconds since 1970 UTC. */
  now: number;
  /** A day in the past that is asked about, not after today. */
  day?: number | undefined;
}

/**
 * The verdict on evidence. Bad evidence is a verdict too: this never throws on what came from outside. `batch` is
 * {@link computeBatch} of the same evidence, for who has asked for it already.
 */
export function verify(evidence: Evidence, batch: Uint8Array | null = computeBatch(evidence)): Verdict {
  const { proof, now } = evidence;
  const claims = readClaims(evidence);
  const reading = usableReading(evidence);
  const anchored = findAnchored(reading, batch, proof);
  const key = reading.value?.page.keys.find((candidate) => candidate.number === anchored?.key);
  const signer = findSigner(evidence, batch);
  const compared = toCompared({
    ...evidence,
    presentation: evidence.presentation ?? null,
    batch,
    signer: typeof signer === 'string' ? signer : null,
    reading: reading.value,
    anchored,
    key,
  });
  const checks = [
    documentCheck(evidence),
    claims.check,
    check('inclusion', 'ROOT_COMPUTED'),
    signatureCheck(evidence, signer, reading.value ? key : null),
    reading.check,
    anchorCheck(batch && reading.value, anchored, proof),
    keyCheck(reading.value, anchored, key),
    issuerCheck(evidence, reading.value),
    typeCheck(evidence, reading.value, anchored),
    statusCheck(evidence, reading.value, anchored),
    check('validity', 'DATES_COMPARED'),
    ...holderChecks(evidence),
  ].map((made) => withCompared(made, compared[made.name]));
  const genuine = judge(checks, evidence.presentation ? PRESENTATION_CHECK_NAMES : CHECK_NAMES);
  const found = genuine === 'genuine' && anchored && reading.value ? { anchored, reading: reading.value } : null;
  return {
    genuine,
    ...standings(evidence, found),
    checks,
    credential: {
      reference: toReference(proof.header.id),
      proof,
      type: evidence.type?.value ?? null,
      claims: claims.value,
      batch: batch && `0x${toHex(batch)}`,
    },
    issuer: toIssuerNote(evidence, reading.value),
    bearer: bearerOf(evidence, checks),
    anchored: anchored ? { time: anchored.anchoredAt, isFlagged: anchored.flagged } : null,
    checked: reading.value && toChecked(reading.value, evidence),
    time: now,
  };
}

function holderChecks({ presentation, occasion, now }: Evidence): Check[] {
  return presentation ? [check('holderBinding', judgePresentation(presentation, occasion, now))] : [];
}

function bearerOf({ proof }: Evidence, checks: readonly Check[]): Verdict['bearer'] {
  if (proof.header.holderKey === null) return 'not-bound';
  return checks.some(({ code }) => code === 'HOLDER_SIGNED') ? 'checked' : 'not-checked';
}

function toIssuerNote({ issuer }: Evidence, reading: RegistryReading | null): IssuerNote | null {
  if (!issuer) return null;
  return {
    profile: issuer.profile,
    state: reading?.page.issuerState ?? null,
    successor: reading?.page.successor ?? 0,
  };
}

function toChecked({ block, page, agreed, isSnapshot }: RegistryReading, { registry }: Evidence): Verdict['checked'] {
  return { block, chainId: page.chainId, registry: registry?.address ?? '', agreed, isSnapshot };
}

// Only of a genuine credential: of any other, what the register says of its place in a batch is not about it.
function standings(
  evidence: Evidence,
  found: { anchored: BatchReading; reading: RegistryReading } | null,
): Pick<Verdict, 'standing' | 'past'> {
  const { proof, now, day } = evidence;
  if (!found) return { standing: null, past: day === undefined ? null : { day, standing: null } };
  const { anchored, reading } = found;
  const standing = isOutdated(evidence, reading)
    ? lastKnownStanding(proof, anchored, reading)
    : standingOf(proof, anchored, reading, now);
  return {
    standing,
    past: day === undefined ? null : { day, standing: standingOn({ day, now }, proof, anchored, reading) },
  };
}

function isOutdated({ now, maxSnapshotAgeSeconds }: Evidence, { isSnapshot, block }: RegistryReading): boolean {
  return isSnapshot && now - block.time > maxSnapshotAgeSeconds;
}

/** The verdict on something that is addressed to this verifier and cannot be decoded. */
export function rejectMalformed(error: ProofError, now: number): Verdict {
  // a later version of the format is no fault of the document: its verifier is too old
  const code = error.code === 'VERSION_UNKNOWN' ? 'FORMAT_VERSION_UNKNOWN' : 'FORMAT_INVALID';
  const checks = CHECK_NAMES.map((name) =>
    name === 'format' ? check('format', code, describe(error)) : check(name, 'NOT_REACHED'),
  );
  const nothing = { standing: null, past: null, credential: null, issuer: null, anchored: null, checked: null };
  return { genuine: judge(checks), checks, ...nothing, bearer: 'not-bound', time: now };
}

/**
 * One fail makes it not genuine; else one unknown or missing check leaves it open; only all passes make it genuine. An old snapshot
 * still shows that it was issued, and says in the standing that nothing later is known.
 */
export function judge(checks: readonly Check[], asked: readonly CheckName[] = CHECK_NAMES): Genuine {
  if (checks.some(({ outcome }) => outcome === 'fail')) return 'not-genuine';
  const isSettled = ({ outcome, code }: Check) => outcome === 'pass' || code === 'STATUS_NOT_KNOWN_SINCE';
  const settled = new Set(checks.filter(isSettled).map(({ name }) => name));
  return asked.every((name) => settled.has(name)) ? 'genuine' : 'could-not-be-checked';
}

function check(name: CheckName, code: CheckCode, detail?: string): Check {
  return { name, outcome: CHECK_CODES[code], code, ...(detail === undefined ? {} : { detail }) };
}

function withCompared(made: Check, compared: Compared): Check {
  return Object.keys(compared).length > 0 ? { ...made, compared } : made;
}

function describe(error: ProofError): string {
  return `${error.code satisfies ProofErrorCode}: ${error.message}`;
}

function documentCheck({ document, proof, presentation = null, type, registry }: Evidence): Check {
  if (document === undefined) return check('format', 'FORMAT_VALID');
  if (!type || !registry) return check('format', 'NOT_REACHED', 'the words of the document were not compared');
  try {
    checkDocument(document, { proof, presentation, type: type.value, definition: type.definition, registry });
    return check('format', 'FORMAT_VALID');
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    return check('format', 'DOCUMENT_CHANGED', describe(error));
  }
}

/** What {@link verify} says of a proof's claims, for who verifies a whole batch and asks the rest once. */
export function judgeClaims(evidence: Pick<Evidence, 'proof' | 'type'>): Check {
  return readClaims(evidence).check;
}

function readClaims({ proof, type }: Pick<Evidence, 'proof' | 'type'>): { check: Check; value: JsonObject | null } {
  if (!type) return { check: check('commitments', 'NOT_REACHED'), value: null };
  try {
    const value = decodeClaims(type.value, proof.shown, proof.rest);
    checkDisclosure(type.value, proof);
    return { check: check('commitments', 'CLAIMS_MATCH_TYPE'), value };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const code = error.code === 'CLAIM_HIDDEN' ? 'CLAIMS_HIDDEN' : 'CLAIMS_NOT_OF_TYPE';
    return { check: check('commitments', code, describe(error)), value: null };
  }
}

/** The batch id that a proof leads to, which is what the registry is asked about; null where registry or type are not known. */
export function computeBatch({
  proof,
  registry,
  type,
}: Pick<Evidence, 'proof' | 'registry' | 'type'>): Uint8Array | null {
  if (!registry || !type) return null;
  return batchId(registry, {
    issuer: proof.header.issuer,
    definition: type.definition,
    root: rootOf(proof),
    size: proof.size,
  });
}

function usableReading({ proof, registry, reading, now, maxBlockAgeSeconds }: Evidence): {
  check: Check;
  value: RegistryReading | null;
} {
  if (!registry) return { check: check('registry', 'REGISTRY_UNKNOWN'), value: null };
  if (!reading) return { check: check('registry', 'NOT_REACHED'), value: null };
  if ('failure' in reading) return { check: check('registry', reading.failure, reading.detail), value: null };
  if (reading.page.chainId !== registry.chainId) return { check: check('registry', 'NODE_WRONG_CHAIN'), value: null };
  if (reading.page.batches.length > 0 && reading.page.issuer !== proof.header.issuer)
    return { check: check('registry', 'NODE_ANSWER_INVALID', 'the answer is about another issuer'), value: null };
  const ageSeconds = Math.abs(now - reading.block.time);
  // however old a snapshot is, it shows that something was issued; one from the future shows that this clock is wrong
  const isKept = reading.isSnapshot && reading.block.time - now <= maxBlockAgeSeconds;
  if (isKept) return { check: check('registry', 'SNAPSHOT_READ'), value: reading };
  if (ageSeconds > maxBlockAgeSeconds) {
    return {
      check: check('registry', 'NODE_STALE', `the newest block is ${ageSeconds} seconds away from this device's clock`),
      value: null,
    };
  }
  return { check: check('registry', 'REGISTRY_READ'), value: reading };
}

function findAnchored(
  { value }: { value: RegistryReading | null },
  batch: Uint8Array | null,
  { locator }: Proof,
): BatchReading | undefined {
  if (!batch) return undefined;
  // the locator is unsigned: the page must hold the batch where it says, or it points nowhere
  return value?.page.batches.find(
    (candidate) => isEqualBytes(candidate.id, batch) && (locator === null || candidate.number === locator),
  );
}

/** Whose key signed the batch; the reason where no key can have; null where there is no batch to ask about. */
function findSigner({ proof }: Evidence, batch: Uint8Array | null): string | ProofError | null {
  try {
    return batch && recoverSigner(batch, proof.signature);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    return error;
  }
}

// The signer is compared with the key that the anchor recorded; without a reading only with the keys known beforehand, where a new key is unknown, not wrong.
function signatureCheck(
  { proof, registry }: Evidence,
  signer: string | ProofError | null,
  key: KeyReading | undefined | null,
): Check {
  if (signer === null || !registry) return check('signature', 'NOT_REACHED');
  if (signer instanceof ProofError) return check('signature', 'SIGNATURE_INVALID', describe(signer));
  if (key) return check('signature', key.address === signer ? 'SIGNED_BY_ANCHORED_KEY' : 'SIGNED_BY_OTHER_KEY');
  const known = registry.issuers.find((candidate) => candidate.issuer === proof.header.issuer)?.keys ?? [];
  return check(
    'signature',
    known.some((address) => address.toLowerCase() === signer) ? 'SIGNED_BY_KNOWN_KEY' : 'SIGNED_BY_UNKNOWN_KEY',
  );
}

function anchorCheck(
  reading: RegistryReading | null,
  anchored: BatchReading | undefined,
  { size, header }: Proof,
): Check {
  if (!reading) return check('anchor', 'NOT_REACHED');
  if (!anchored) return check('anchor', 'NOT_ANCHORED');
  if (anchored.judgement === 'void') return check('anchor', 'BATCH_VOID');
  const isSame = anchored.size === size && anchored.credentialType === header.credentialType;
  return check('anchor', isSame ? 'ANCHORED' : 'ANCHORED_DIFFERENTLY');
}

function keyCheck(
  reading: RegistryReading | null,
  anchored: BatchReading | undefined,
  key: KeyReading | undefined,
): Check {
  if (!reading || !anchored) return check('key', 'NOT_REACHED');
  if (!key) return check('key', 'NOT_REACHED', 'the reading does not say which key anchored the batch');
  return check('key', judgeKey(anchored, key));
}

/** What {@link verify} says of the key that a batch was anchored under, for who asks it of all batches of a department. */
export function judgeKey(
  { anchoredAt, judgement }: Pick<BatchReading, 'anchoredAt' | 'judgement'>,
  { purpose, validFrom, validUntil, invalidFrom }: Omit<KeyReading, 'number' | 'address'>,
): CheckCode {
  if (purpose !== 'anchor') return 'KEY_NOT_FOR_ANCHORING';
  const isInWindow = anchoredAt >= validFrom && (validUntil === 0 || anchoredAt < validUntil);
  if (!isInWindow) return 'KEY_OUTSIDE_ITS_WINDOW';
  if (invalidFrom === 0 || anchoredAt < invalidFrom) return 'KEY_VALID_WHEN_ANCHORED';
  return judgement === 'endorsed' ? 'KEY_ENDORSED' : 'KEY_COMPROMISED';
}

function issuerCheck({ issuer }: Evidence, reading: RegistryReading | null): Check {
  if (!issuer) return check('issuer', 'ISSUER_UNKNOWN');
  if (!reading) return check('issuer', 'NOT_REACHED');
  if (reading.page.issuerState === 'none') return check('issuer', 'ISSUER_UNKNOWN');
  return check('issuer', isEqualBytes(reading.page.profile, issuer.hash) ? 'ISSUER_KNOWN' : 'ISSUER_PROFILE_CHANGED');
}

function typeCheck(
  { type, proof }: Evidence,
  reading: RegistryReading | null,
  anchored: BatchReading | undefined,
): Check {
  if (!type) return check('credentialType', 'TYPE_UNKNOWN');
  if (!reading || !anchored) return check('credentialType', 'NOT_REACHED');
  const registered = reading.page.types.find((candidate) => candidate.number === anchored.credentialType);
  if (!registered) return check('credentialType', 'NOT_REACHED', 'the reading does not say which type the batch is of');
  const isSame =
    registered.number === proof.header.credentialType && isEqualBytes(registered.definition, type.definition);
  return check('credentialType', isSame ? 'TYPE_REGISTERED' : 'TYPE_DIFFERENT');
}

// A snapshot says how things stood at its block: as good as today while it is fresh, and then no more than that.
function statusCheck(evidence: Evidence, reading: RegistryReading | null, anchored: BatchReading | undefined): Check {
  if (!reading || !anchored) return check('status', 'NOT_REACHED');
  if (!reading.isSnapshot) return check('status', 'STATUS_READ');
  return check('status', isOutdated(evidence, reading) ? 'STATUS_NOT_KNOWN_SINCE' : 'STATUS_AS_OF');
}
