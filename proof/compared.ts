import { toHex } from './bytes.ts';
import type { CredentialType } from './credential-type.ts';
import { toDate, toHongKongDay, toInstant } from './day.ts';
import { disclosedNames } from './disclosure.ts';
import { FORMAT_VERSION } from './header.ts';
import { hashHolderKey } from './holder-key.ts';
import type { RegistryReading } from './nodes.ts';
import { LAST_SECOND, type Occasion, type Presentation } from './presentation.ts';
import { type Proof, rootOf } from './proof.ts';
import type { BatchReading, KeyReading } from './reading.ts';
import { lastDayOf } from './standing.ts';
import type { TrustedRegistry } from './trust.ts';

/** What the checks compare, by name, and of which kind each is: what a verifier has words for. Names are never renamed. */
export const COMPARED = {
  version: 'count',
  type: 'text',
  typeVersion: 'count',
  disclosed: 'count',
  claims: 'count',
  place: 'count',
  size: 'count',
  root: 'hex',
  signer: 'hex',
  expectedSigners: 'hex',
  chainId: 'count',
  registry: 'hex',
  agreed: 'count',
  needed: 'count',
  nodes: 'count',
  block: 'count',
  blockHash: 'hex',
  blockTime: 'instant',
  now: 'instant',
  batch: 'hex',
  recordedBatch: 'hex',
  recordedNumber: 'count',
  recordedSize: 'count',
  anchoredAt: 'instant',
  key: 'hex',
  keyFrom: 'instant',
  keyUntil: 'instant',
  keyCompromisedFrom: 'instant',
  issuer: 'count',
  profile: 'hex',
  recordedProfile: 'hex',
  typeNumber: 'count',
  recordedTypeNumber: 'count',
  definition: 'hex',
  recordedDefinition: 'hex',
  revoked: 'flag',
  suspended: 'flag',
  superseded: 'flag',
  issued: 'day',
  validFrom: 'day',
  validUntil: 'day',
  partlyUntil: 'day',
  movedUntil: 'day',
  today: 'day',
  boundTo: 'hex',
  shownBy: 'hex',
  audience: 'text',
  shownAt: 'instant',
  shownUntil: 'instant',
  nonce: 'hex',
  expectedNonce: 'hex',
} as const satisfies Record<string, 'count' | 'day' | 'instant' | 'hex' | 'flag' | 'text'>;
export type ComparedName = keyof typeof COMPARED;

/** Days as YYYY-MM-DD, instants as RFC 3339 in UTC or, beyond the calendar, as seconds; bytes as 0x and hex digits; null is no end. Never a claim. */
export type Compared = { readonly [name in ComparedName]?: string | number | boolean | null };

/** What is known where the checks are made. */
export interface Known {
  proof: Proof;
  presentation: Presentation | null;
  occasion: Occasion;
  registry: TrustedRegistry | null;
  type: { definition: Uint8Array; value: CredentialType } | null;
  issuer: { hash: Uint8Array } | null;
  /** The batch id that the proof leads to, and who signed it. */
  batch: Uint8Array | null;
  signer: string | null;
  /** A usable reading, the batch in it, and the key that anchored that. */
  reading: RegistryReading | null;
  anchored: BatchReading | undefined;
  key: KeyReading | undefined;
  /** Seconds since 1970 UTC. */
  now: number;
}

/** The values that each check compared, as far as they were there; in the order in which people read them. */
export function toCompared(known: Known) {
  return {
    format: { version: FORMAT_VERSION },
    commitments: ofClaims(known),
    inclusion: ofPlace(known),
    signature: ofSignature(known),
    registry: ofRegistry(known),
    anchor: ofAnchor(known),
    key: ofKey(known),
    issuer: ofIssuer(known),
    credentialType: ofType(known),
    status: ofStatus(known),
    validity: ofDates(known),
    holderBinding: ofHolder(known),
  } satisfies Record<string, Compared>;
}

function ofClaims({ proof, type }: Known): Compared {
  if (!type) return {};
  const { code, version, claims } = type.value;
  return {
    type: code,
    typeVersion: version,
    disclosed: disclosedNames(type.value, proof).length,
    claims: claims.length,
  };
}

function ofPlace({ proof }: Known): Compared {
  return { place: proof.index + 1, size: proof.size, root: hex(rootOf(proof)) };
}

function ofSignature({ proof, registry, signer, reading, key }: Known): Compared {
  if (signer === null) return {};
  const known = registry?.issuers.find(({ issuer }) => issuer === proof.header.issuer)?.keys ?? [];
  const expected = key ? [key.address] : reading ? [] : known;
  return { signer, ...(expected.length > 0 && { expectedSigners: expected.join(' ').toLowerCase() }) };
}

function ofRegistry({ registry, reading, now }: Known): Compared {
  if (!registry) return {};
  const { chainId, address, agree: needed, nodes } = registry;
  return {
    chainId,
    registry: address,
    ...(reading && { agreed: reading.agreed }),
    needed,
    nodes: nodes.length,
    ...(reading && blockOf(reading)),
    now: toInstant(now),
  };
}

function blockOf({ block }: RegistryReading): Compared {
  return { block: block.number, blockHash: block.hash, blockTime: toInstant(block.time) };
}

function ofAnchor({ proof, batch, anchored }: Known): Compared {
  if (!batch) return {};
  return {
    batch: hex(batch),
    ...(anchored && { recordedBatch: hex(anchored.id), recordedNumber: anchored.number }),
    size: proof.size,
    ...(anchored && { recordedSize: anchored.size, anchoredAt: toInstant(anchored.anchoredAt) }),
  };
}

function ofKey({ key, anchored }: Known): Compared {
  if (!key || !anchored) return {};
  return {
    key: key.address,
    keyFrom: at(key.validFrom),
    keyUntil: key.validUntil === 0 ? null : at(key.validUntil),
    ...(key.invalidFrom !== 0 && { keyCompromisedFrom: at(key.invalidFrom) }),
    anchoredAt: toInstant(anchored.anchoredAt),
  };
}

function ofIssuer({ proof, issuer, reading }: Known): Compared {
  return {
    issuer: proof.header.issuer,
    ...(issuer && { profile: hex(issuer.hash) }),
    ...(reading && { recordedProfile: hex(reading.page.profile) }),
  };
}

function ofType({ proof, type, reading, anchored }: Known): Compared {
  const recorded = reading?.page.types.find(({ number }) => number === anchored?.credentialType);
  return {
    typeNumber: proof.header.credentialType,
    ...(recorded && { recordedTypeNumber: recorded.number }),
    ...(type && { definition: hex(type.definition) }),
    ...(recorded && { recordedDefinition: hex(recorded.definition) }),
  };
}

function ofStatus({ proof, reading, anchored }: Known): Compared {
  if (!reading || !anchored) return {};
  const has = (bits: bigint) => ((bits >> BigInt(proof.index)) & 1n) === 1n;
  const record = reading.records.find(({ leaf }) => leaf === proof.index);
  return {
    revoked: has(anchored.revoked),
    suspended: has(anchored.suspended),
    superseded: !!record?.succession,
    ...blockOf(reading),
  };
}

function ofDates({ proof, reading, anchored, now }: Known): Compared {
  const { issued, validFrom, validUntil, partlyUntil } = proof.header;
  const end = reading && anchored ? lastDayOf(proof, reading) : validUntil;
  const toDay = (day: number | null) => (day === null ? null : toDate(day));
  return {
    issued: toDate(issued),
    validFrom: toDate(validFrom),
    validUntil: toDay(validUntil),
    ...(partlyUntil !== null && { partlyUntil: toDate(partlyUntil) }),
    ...(end !== validUntil && { movedUntil: toDay(end) }),
    today: toDate(toHongKongDay(now)),
  };
}

function ofHolder({ proof, presentation, occasion, now }: Known): Compared {
  const { holderKey } = proof.header;
  if (!presentation || !holderKey) return {};
  return {
    boundTo: hex(holderKey),
    shownBy: hex(hashHolderKey(presentation.holderKey)),
    audience: presentation.audience,
    shownAt: toInstant(presentation.issuedAt),
    shownUntil: toInstant(presentation.expiresAt),
    now: toInstant(now),
    nonce: hex(presentation.nonce),
    ...(occasion.nonce && { expectedNonce: hex(occasion.nonce) }),
  };
}

/** A node may name a second that no calendar has: it stays a number. */
function at(seconds: number): string | number {
  return seconds > LAST_SECOND ? seconds : toInstant(seconds);
}

function hex(bytes: Uint8Array): string {
  return `0x${toHex(bytes)}`;
}
