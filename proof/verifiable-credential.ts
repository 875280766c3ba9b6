import { decodeBase64Url, toBase64Url, toHex } from './bytes.ts';
import { decodeClaims } from './claims.ts';
import type { CredentialType } from './credential-type.ts';
import { toDate } from './day.ts';
import { ProofError } from './errors.ts';
import { decodeJson, isEqualJson, isJsonObject, type Json, type JsonObject, MOST_JSON_CHARACTERS } from './json.ts';
import { decodeProof, encodeProof, type Proof } from './proof.ts';
import { toReference } from './reference.ts';
import type { RegistryAddress } from './signature.ts';

export const CRYPTOSUITE = 'eproof-2026';

/** What a credential's JSON is generated from: the proof, and what its numbers mean. */
export interface JsonSource {
  proof: Proof;
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

/** A credential's JSON of which nothing was looked at yet but that it carries a proof of this format. */
export interface UncheckedDocument {
  document: Json;
  proofValue: string;
}

/**
 * A JSON text that says that it is an e-Proof.
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
 * The proof inside a document. The rest of the document says the same in words: check it with {@link checkDocument} as soon as the
 * credential type is known, and never show it before.
 * @throws ProofError
 */
export function decodeProofValue(proofValue: string): Proof {
  if (!proofValue.startsWith('u'))
    throw new ProofError('FIELD_INVALID', '"proofValue" must be multibase base64url, which starts with "u"');
  return decodeProof(decodeBase64Url(proofValue.slice(1)));
}

/** @throws ProofError JSON_MISMATCH unless the document is exactly what its own proof generates */
export function checkDocument(document: Json, source: JsonSource): void {
  if (!isEqualJson(document, toVerifiableCredential(source)))
    throw new ProofError('JSON_MISMATCH', 'the text of the document is not what its proof says');
}
