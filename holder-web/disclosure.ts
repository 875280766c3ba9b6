import { decodeClaims } from '../proof/claims.ts';
import type { CredentialType } from '../proof/credential-type.ts';
import { discloseClaims } from '../proof/disclosure.ts';
import type { Json, JsonObject } from '../proof/json.ts';
import { encodeProof, type Proof } from '../proof/proof.ts';
import { MOST_DIGITS, toDigits } from '../proof/qr-text.ts';
import { decodeDocument, decodeShownValue } from '../proof/verifiable-credential.ts';

/** The proof in a credential's JSON. @throws ProofError */
export function readProof(text: string): Proof {
  return decodeShownValue(decodeDocument(text).proofValue).proof;
}

export interface Disclosed {
  /** What a verifier is handed: its address, and the proof in digits. */
  text: string;
  /** A verifier takes no more than a QR code could hold, and a link that carries more is refused. */
  isTooLarge: boolean;
  /** The proof itself. */
  bytes: Uint8Array;
  /** What that proof says, and nothing else: read from it again, as a verifier does. */
  claims: ReadonlyMap<string, Json>;
}

/** Made here: nobody else is told what is chosen. @throws ProofError */
export function disclose(proof: Proof, type: CredentialType, names: readonly string[], verifier: string): Disclosed {
  const narrowed = discloseClaims(proof, type, names);
  const claims: JsonObject = decodeClaims(type, narrowed.shown, narrowed.rest);
  const bytes = encodeProof(narrowed);
  const digits = toDigits(bytes);
  const text = `${verifier}#${digits}`;
  return { text, isTooLarge: digits.length > MOST_DIGITS, bytes, claims: new Map(Object.entries(claims)) };
}
