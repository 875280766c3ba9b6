import { toBase64Url } from '../proof/bytes.ts';
import { decodeCredentialType } from '../proof/credential-type.ts';
import { discloseClaims, publicPart } from '../proof/disclosure.ts';
import { compressHolderKey, normalizeHolderSignature } from '../proof/holder-key.ts';
import { encodePresentation, NONCE_BYTES, presentationMessage } from '../proof/presentation.ts';
import { decodeProof, encodeProof } from '../proof/proof.ts';
import { toQrText } from '../proof/qr-text.ts';
import type { OwnCopy } from './device-copies.ts';
import { readProof } from './disclosure.ts';

/*
 * Codes that last a minute (proof/FORMAT.md, section 14), made on this device. Loaded when there is something to show.
 */

/** For so long a code is good: a picture of it is worth nothing after that. */
export const CODE_SECONDS = 60;
/** After so long there is another one, so that whoever scans has half a minute at least. */
export const RENEWED_AFTER_SECONDS = 30;

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' };

/** A key that cannot be taken out of this browser. */
export async function newKey(): Promise<Pick<OwnCopy, 'privateKey' | 'publicKey'> & { holderKey: string }> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ECDSA, false, ['sign', 'verify']);
  const bytes = compressHolderKey(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)));
  return { privateKey, publicKey: bytes, holderKey: toBase64Url(bytes) };
}

/** The bytes of the proof in a copy's JSON. @throws ProofError */
export function proofBytes(json: string): Uint8Array {
  return encodeProof(readProof(json));
}

/** The text of a code that is good from `now`, in milliseconds of this device's clock. @throws ProofError */
export async function present(copy: OwnCopy & { proof: Uint8Array }, now: number): Promise<string> {
  const type = decodeCredentialType(copy.typeFile);
  const full = decodeProof(copy.proof);
  const issuedAt = Math.floor((now + copy.clockAheadMs) / 1000);
  const facts = {
    proof: copy.names === null ? publicPart(full, type) : discloseClaims(full, type, copy.names),
    holderKey: copy.publicKey,
    audience: copy.verifier,
    nonce: crypto.getRandomValues(new Uint8Array(NONCE_BYTES)),
    issuedAt,
    expiresAt: issuedAt + CODE_SECONDS,
  };
  const message = Uint8Array.from(presentationMessage(facts));
  const signed = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, copy.privateKey, message);
  const signature = normalizeHolderSignature(new Uint8Array(signed));
  return toQrText(copy.verifier, encodePresentation({ ...facts, signature }));
}
