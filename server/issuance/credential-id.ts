import { ProofError } from '../../proof/errors.ts';
import { decodeReference, toReference } from '../../proof/reference.ts';

const PREFIX = 'crd_';

/** A credential's id in addresses: its reference, which people type, without hyphens and in small letters. */
export function toCredentialId(id: Uint8Array): string {
  return PREFIX + toReference(id).replaceAll('-', '').toLowerCase();
}

/** The 6 bytes of an id; null for what no credential has. One credential has one id: other spellings are not it. */
export function fromCredentialId(text: string): Buffer | null {
  const bytes = fromReference(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : '');
  return bytes !== null && toCredentialId(bytes) === text ? bytes : null;
}

/** The 6 bytes of a reference as people type it; null where a character is wrong. */
export function fromReference(text: string): Buffer | null {
  try {
    return Buffer.from(decodeReference(text));
  } catch (error) {
    if (error instanceof ProofError) return null;
    throw error;
  }
}
