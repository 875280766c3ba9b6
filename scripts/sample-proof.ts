import { hash } from 'node:crypto';
import type { CatalogueType } from '../catalogue/catalogue.ts';
import type { Sample } from '../catalogue/samples.ts';
import { inclusionLength } from '../proof/batch.ts';
import type { CborValue } from '../proof/cbor.ts';
import { readClaims } from '../proof/claims.ts';
import {
  createGroupHasher,
  type Disclosure,
  type GroupNumber,
  HASH_BYTES,
  hashDisclosure,
  REST,
  SEED_BYTES,
  SHOWN,
} from '../proof/commitment.ts';
import { type ClaimDefinition, claimsOf } from '../proof/credential-type.ts';
import { decodeDate } from '../proof/day.ts';
import { discloseClaims } from '../proof/disclosure.ts';
import { CREDENTIAL_ID_BYTES } from '../proof/header.ts';
import { HOLDER_KEY_BYTES, HOLDER_SIGNATURE_BYTES } from '../proof/holder-key.ts';
import { isJsonObject, type Json, type JsonObject } from '../proof/json.ts';
import { encodePresentation, NONCE_BYTES, type Presentation } from '../proof/presentation.ts';
import { encodeProof, type Proof } from '../proof/proof.ts';
import { toQrText } from '../proof/qr-text.ts';

/** Images as the claims carry them: the service keeps the bytes, the credential their hash. */
export function toStoredClaims(claims: Record<string, Json>): JsonObject {
  const entries = Object.entries(claims).map(([name, value]) => {
    if (!isJsonObject(value) || typeof value.data !== 'string') return [name, value] as const;
    return [
      name,
      { mediaType: value.mediaType as string, sha256: hash('sha256', Buffer.from(value.data, 'base64')) },
    ] as const;
  });
  return Object.fromEntries(entries);
}

// The same bytes every time: only how many there are matters.
const filled = (sizeBytes: number): Uint8Array => new Uint8Array(sizeBytes).fill(0xa5);

export interface SampleRequest {
  type: CatalogueType;
  sample: Sample;
  /** Alone, or as the last of so many. */
  size: number;
  verifier: string;
}

/** The QR text of a sample as it would be issued; the signature is of the right size and no more. */
export function sampleQrText(request: SampleRequest): string {
  const { definition } = request.type;
  const names = definition.disclosure === 'public' ? namesOf(request.type, () => true) : [];
  return toQrText(request.verifier, encodeProof(discloseClaims(sampleProof(request), definition, names)));
}

/** The QR text of what a holder presents to the verifier: all of the group that is shown, or as little as the type allows. */
export function samplePresentationQrText(request: SampleRequest, disclosed: 'shown' | 'least'): string {
  const names = namesOf(request.type, ({ always }) => always || disclosed === 'shown');
  const full = sampleProof(request);
  const presentation: Presentation = {
    proof: discloseClaims(
      { ...full, header: { ...full.header, holderKey: filled(32) } },
      request.type.definition,
      names,
    ),
    holderKey: filled(HOLDER_KEY_BYTES),
    audience: request.verifier,
    nonce: filled(NONCE_BYTES),
    issuedAt: 1_795_320_000,
    expiresAt: 1_795_323_600,
    signature: filled(HOLDER_SIGNATURE_BYTES),
  };
  return toQrText(request.verifier, encodePresentation(presentation));
}

function namesOf({ definition }: CatalogueType, is: (claim: ClaimDefinition) => boolean): string[] {
  return claimsOf(definition, 'shown')
    .filter(is)
    .map(({ name }) => name);
}

function sampleProof({ type, sample, size }: SampleRequest): Proof {
  const { groups, problems } = readClaims(type.definition, toStoredClaims(sample.claims));
  if (problems.length > 0)
    throw new Error(`the sample of ${type.code} has problems: ${problems.map(({ message }) => message).join('; ')}`);
  const { issued, validFrom, validUntil } = sample.validity;
  return {
    header: {
      issuer: 12,
      credentialType: 34,
      id: filled(CREDENTIAL_ID_BYTES),
      issued: decodeDate(issued ?? validFrom),
      validFrom: decodeDate(validFrom),
      validUntil: validUntil ? decodeDate(validUntil) : null,
      partlyUntil: null,
      holderKey: null,
    },
    registry: 0,
    shown: discloseAll(SHOWN, groups.shown),
    rest: discloseAll(REST, groups.rest),
    index: size - 1,
    size,
    path: filled(inclusionLength(size - 1, size) * HASH_BYTES),
    signature: Uint8Array.from([...filled(64), 27]),
    locator: 12_345,
  };
}

function discloseAll(group: GroupNumber, values: readonly CborValue[]): Disclosure {
  const full: Disclosure = { kind: 'full', seed: filled(SEED_BYTES), values };
  return values.length > 0 ? full : { kind: 'hidden', hash: hashDisclosure(group, full, createGroupHasher()) };
}
