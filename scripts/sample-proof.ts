import { hash } from 'node:crypto';
import type { CatalogueType } from '../catalogue/catalogue.ts';
import type { Sample } from '../catalogue/samples.ts';
import { inclusionLength } from '../proof/batch.ts';
import { readClaims } from '../proof/claims.ts';
import { createGroupHasher, HASH_BYTES, SEED_BYTES } from '../proof/commitment.ts';
import { decodeDate } from '../proof/day.ts';
import { CREDENTIAL_ID_BYTES } from '../proof/header.ts';
import { isJsonObject, type Json, type JsonObject } from '../proof/json.ts';
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

/** The QR text of a sample as it would be issued, alone or as the last of `size`; the signature is of the right size and no more. */
export function sampleQrText({
  type,
  sample,
  size,
  verifier,
}: {
  type: CatalogueType;
  sample: Sample;
  size: number;
  verifier: string;
}): string {
  const { groups, problems } = readClaims(type.definition, toStoredClaims(sample.claims));
  if (problems.length > 0)
    throw new Error(`the sample of ${type.code} has problems: ${problems.map(({ message }) => message).join('; ')}`);
  const hasher = createGroupHasher();
  const [shownSeed, restSeed] = [filled(SEED_BYTES), filled(SEED_BYTES)];
  const isPublic = type.definition.disclosure === 'public';
  const { issued, validFrom, validUntil } = sample.validity;
  const proof: Proof = {
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
    shown: isPublic
      ? { kind: 'full', seed: shownSeed, values: groups.shown }
      : { kind: 'hidden', hash: hasher.hashFull(0, shownSeed, groups.shown) },
    rest: { kind: 'hidden', hash: hasher.hashFull(1, restSeed, groups.rest) },
    index: size - 1,
    size,
    path: filled(inclusionLength(size - 1, size) * HASH_BYTES),
    signature: Uint8Array.from([...filled(64), 27]),
    locator: 12_345,
  };
  return toQrText(verifier, encodeProof(proof));
}
