import { decodeBase64Url, toBase64Url, toHex } from './bytes.ts';
import { decodeClaims } from './claims.ts';
import type { CredentialType } from './credential-type.ts';
import { toDate, toInstant } from './day.ts';
import { ProofError } from './errors.ts';
import { hashHolderKey } from './holder-key.ts';
import { decodeJson, isEqualJson, isJsonObject, type Json, type JsonObject, MOST_JSON_CHARACTERS } from './json.ts';
import { decodeShown, encodePresentation, type Presentation, type Shown } from './presentation.ts';
import { encodeProof, type Proof } from './proof.ts';
import { toReference } from './reference.ts';
import type { RegistryAddress } from './signature.ts';

export const CRYPTOSUITE = 'eproof-2026';

/** What a credential's JSON is generated from: the proof, and what its numbers mean. */
export interface JsonSource {
  proof: Proof;
  /** The presentation that the proof came in, if it did. */
  presentation?: Presentation | null;
  type: CredentialType;
  /** 32 bytes: the SHA-256 of the type's definition file. */
  definition: Uint8Array;
  registry: RegistryAddress;
}

/**
 * The W3C VC Data Model 2.0 credential of a proof (FORMAT.md section 8). It adds nothing: all of it follows from the CBOR in
 * `proof.proofValue`, the credential type and the registry.
 * @throws ProofError CLAIMS_INVALID
 */
export function toVerifiableCredential({ proof, type, definition, registry }: JsonSource): JsonObject {
  const { header } = proof;
  const base = `urn:eproof:${registry.chainId}:${registry.address.toLowerCase()}:${header.issuer}`;
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2', { '@vocab': `urn:eproof:type:${toHex(definition)}#` }],
    id: `${base}:${toReference(header.id)}`,
    type: ['VerifiableCredential', type.code],
    issuer: base,
    validFrom: `${toDate(header.validFrom)}T00:00:00+08:00`,
    ...(header.validUntil === null ? {} : { validUntil: `${toDate(header.validUntil)}T23:59:59+08:00` }),
    credentialSchema: { id: `urn:eproof:type:${toHex(definition)}`, type: 'EProofCredentialType' },
    credentialSubject: decodeClaims(type, proof.shown, proof.rest),
    proof: {
      type: 'DataIntegrityProof',
      cryptosuite: CRYPTOSUITE,
      proofPurpose: 'assertionMethod',
      verificationMethod: `${base}#keys`,
      proofValue: `u${toBase64Url(encodeProof(proof))}`,
    },
  };
}

/**
 * The W3C VC Data Model 2.0 presentation of a presentation (FORMAT.md section 14): around the credential of its proof stands what its
 * holder signed. It adds nothing either.
 * @throws ProofError CLAIMS_INVALID
 */
export function toVerifiablePresentation(presentation: Presentation, source: Omit<JsonSource, 'proof'>): JsonObject {
  const { proof, holderKey, audience, nonce, issuedAt, expiresAt } = presentation;
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    type: ['VerifiablePresentation'],
    verifiableCredential: [toVerifiableCredential({ ...source, proof })],
    proof: {
      type: 'DataIntegrityProof',
      cryptosuite: CRYPTOSUITE,
      proofPurpose: 'authentication',
      verificationMethod: `urn:eproof:holder:${toHex(hashHolderKey(holderKey))}`,
      domain: audience,
      challenge: `u${toBase64Url(nonce)}`,
      created: toInstant(issuedAt),
      expires: toInstant(expiresAt),
      proofValue: `u${toBase64Url(encodePresentation(presentation))}`,
    },
  };
}

/** A credential's JSON of which nothing was looked at yet but that it carries a proof of this format. */
export interface UncheckedDocument {
  document: Json;
  proofValue: string;
}

/**
 * A JSON text that says that it is an e-Proof, a credential or a presentation of one.
 * @throws ProofError JSON_INVALID, TOO_LARGE, TOO_DEEP where it is something else: there is nothing to judge
 */
export function decodeDocument(text: string): UncheckedDocument {
  const document = decodeJson(text, { characters: MOST_JSON_CHARACTERS, plainNumbers: true });
  const proof = isJsonObject(document) ? document.proof : undefined;
  if (!isJsonObject(proof) || proof.cryptosuite !== CRYPTOSUITE || typeof proof.proofValue !== 'string')
    throw new ProofError('JSON_INVALID', `"proof" must be a DataIntegrityProof of cryptosuite ${CRYPTOSUITE}`);
  return { document, proofValue: proof.proofValue };
}

/**
 * The proof inside a document, and the presentation that it came in, where it did. The rest of the document says the same in words: check
 * it with {@link checkDocument} as soon as the credential type is known, and never show it before.
 * @throws ProofError
 */
export function decodeShownValue(proofValue: string): Shown {
  if (!proofValue.startsWith('u'))
    throw new ProofError('FIELD_INVALID', '"proofValue" must be multibase base64url, which starts with "u"');
  return decodeShown(decodeBase64Url(proofValue.slice(1)));
}

/** @throws ProofError JSON_MISMATCH unless the document is exactly what its own proof generates */
export function checkDocument(document: Json, source: JsonSource): void {
  if (!isEqualJson(document, toDocument(source)))
    throw new ProofError('JSON_MISMATCH', 'the text of the document is not what its proof says');
}

function toDocument(source: JsonSource): JsonObject {
  return source.presentation ? toVerifiablePresentation(source.presentation, source) : toVerifiableCredential(source);
}
