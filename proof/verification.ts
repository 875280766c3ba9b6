import { decodeHex, isEqualBytes } from './bytes.ts';
import { decodeCredentialType, decodeIssuerProfile } from './credential-type.ts';
import { ProofError } from './errors.ts';
import { hashIntoWithNoble } from './hash.ts';
import type { Json } from './json.ts';
import { type Post, type ReadingFailure, type RegistryReading, readRegistry } from './nodes.ts';
import { decodeShown, type Occasion, type Shown } from './presentation.ts';
import type { Presented } from './presented.ts';
import type { Proof } from './proof.ts';
import { decodeQrText } from './qr-text.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';
import type { Trust, TrustedRegistry } from './trust.ts';
import { computeBatch, type Evidence, rejectMalformed, type Verdict, verify } from './verdict.ts';
import { decodeDocument, decodeShownValue } from './verifiable-credential.ts';

/** Where a verification gets its evidence from: handed in, so that page, command line and service run the same code. */
export interface Sources {
  trust: Trust;
  /** A file of the verifier's own origin: `types/<sha256>.json`, `issuers/<sha256>.json`. Rejects where it cannot be had. */
  loadFile(path: string): Promise<Uint8Array>;
  post: Post;
  /** Seconds since 1970 UTC. */
  now(): number;
  /** Read the registry this many blocks below the newest; 0 for everybody but the service that waits for finality. */
  depth?: number;
  /** What the registry said earlier, for a place without a network; asked only where no node can be reached. */
  snapshot?: Snapshot | undefined;
  /** What a presentation is judged by; the verifier's own addresses, and no nonce, where it is left out. */
  occasion?: Occasion | undefined;
  /** A day in the past (Hong Kong, since 1970-01-01): was it in force then? */
  day?: number | undefined;
}

/** The verdict on what a person holds out. @throws ProofError as {@link verifyQrText} and {@link verifyJson} do */
export function verifyPresented({ kind, text }: Presented, sources: Sources): Promise<Verdict> {
  return kind === 'json' ? verifyJson(text, sources) : verifyQrText(text, sources);
}

/**
 * The verdict on what a camera reads or a person pastes.
 * @throws ProofError QR_TEXT_INVALID, QR_OTHER_HOST where it is no e-Proof of this verifier at all: there is nothing to judge
 */
export async function verifyQrText(text: string, sources: Sources): Promise<Verdict> {
  const decoded = decodeOrReject(() => decodeShown(decodeQrText(text, sources.trust.verifiers)), sources);
  return 'checks' in decoded ? decoded : verifyShown(decoded, sources);
}

/**
 * The verdict on a credential as JSON.
 * @throws ProofError JSON_INVALID, TOO_LARGE, TOO_DEEP where the text is no e-Proof at all
 */
export async function verifyJson(text: string, sources: Sources): Promise<Verdict> {
  const { document, proofValue } = decodeDocument(text);
  const decoded = decodeOrReject(() => decodeShownValue(proofValue), sources);
  return 'checks' in decoded ? decoded : verifyShown(decoded, sources, document);
}

// Only around the decoding: an error from anywhere else must not become a fault of the document.
function decodeOrReject(decode: () => Shown, sources: Sources): Shown | Verdict {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ProofError) || error.code === 'QR_TEXT_INVALID' || error.code === 'QR_OTHER_HOST')
      throw error;
    return rejectMalformed(error, sources.now());
  }
}

/** The verdict on a decoded proof. */
export function verifyProof(proof: Proof, sources: Sources): Promise<Verdict> {
  return verifyShown({ proof, presentation: null }, sources);
}

/** The verdict on a decoded proof or presentation, and on the document around it where there is one. */
export async function verifyShown({ proof, presentation }: Shown, sources: Sources, document?: Json): Promise<Verdict> {
  const { trust } = sources;
  const registry = trust.registries[proof.registry] ?? null;
  const [type, issuer] = await Promise.all([loadType(proof, registry, sources), loadIssuer(proof, registry, sources)]);
  const batch = computeBatch({ proof, registry, type });
  const reading = registry && batch && (await read(proof, registry, batch, sources));
  const evidence: Evidence = {
    proof,
    presentation,
    occasion: sources.occasion ?? { audiences: trust.verifiers, nonce: null },
    document,
    registry,
    type,
    issuer,
    reading,
    maxBlockAgeSeconds: trust.maxBlockAgeSeconds,
    maxSnapshotAgeSeconds: trust.maxSnapshotAgeSeconds,
    now: sources.now(),
    day: sources.day,
  };
  return verify(evidence, batch);
}

// Only where nobody answers: nodes that answer and disagree or lie are no reason to believe what was kept.
async function read(
  proof: Proof,
  registry: TrustedRegistry,
  batch: Uint8Array,
  { post, depth = 0, snapshot, day }: Sources,
): Promise<RegistryReading | ReadingFailure> {
  const question = {
    registry,
    issuer: proof.header.issuer,
    batch,
    locator: proof.locator,
    depth,
    history: day !== undefined,
  };
  const reading = await readRegistry(question, post);
  const isOffline = 'failure' in reading && reading.failure === 'NODES_UNREACHABLE';
  return (isOffline && snapshot && readSnapshot(snapshot, question)) || reading;
}

async function loadType(
  { header }: Proof,
  registry: TrustedRegistry | null,
  sources: Sources,
): Promise<Evidence['type']> {
  const row = registry?.types.find(
    ({ issuer, number }) => issuer === header.issuer && number === header.credentialType,
  );
  const file = row && (await loadHashed(`types/${row.definition}.json`, row.definition, sources));
  const value = file && decodeOrNull(() => decodeCredentialType(file.bytes));
  return value ? { definition: file.hash, value } : null;
}

async function loadIssuer(
  { header }: Proof,
  registry: TrustedRegistry | null,
  sources: Sources,
): Promise<Evidence['issuer']> {
  const row = registry?.issuers.find(({ issuer }) => issuer === header.issuer);
  const file = row && (await loadHashed(`issuers/${row.profile}.json`, row.profile, sources));
  const profile = file && decodeOrNull(() => decodeIssuerProfile(file.bytes));
  return profile ? { hash: file.hash, profile } : null;
}

// A file that cannot be had, or is not the one that the hash names, is missing evidence, not a fault of the document.
async function loadHashed(
  path: string,
  sha256: string,
  { loadFile }: Sources,
): Promise<{ bytes: Uint8Array; hash: Uint8Array } | null> {
  const bytes = await loadFile(path).catch(() => null);
  if (!bytes) return null;
  const hash = new Uint8Array(32);
  hashIntoWithNoble(bytes, hash, 0);
  return isEqualBytes(hash, decodeHex(sha256)) ? { bytes, hash } : null;
}

// A file that this verifier does not understand was made for a newer one: that, too, is missing evidence.
function decodeOrNull<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}
