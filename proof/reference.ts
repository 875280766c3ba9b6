import { ProofError } from './errors.ts';
import { CREDENTIAL_ID_BYTES } from './header.ts';

/** Crockford's base 32: no I, L, O, U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** A prime below 32². A reference is a multiple of it, so one wrong character or any two swapped ones change the remainder. */
const CHECK_PRIME = 1021n;

/** The reference that people type: a credential's id and two check characters, as in "K7QX-3MWA-P9RT". */
export function toReference(id: Uint8Array): string {
  let value = 0n;
  for (const byte of id) value = value * 256n + BigInt(byte);
  const shifted = value * 1024n;
  let rest = shifted + ((CHECK_PRIME - (shifted % CHECK_PRIME)) % CHECK_PRIME);
  let text = '';
  for (let i = 0; i < 12; i++) {
    text = (i % 4 === 0 && i > 0 ? '-' : '') + text;
    text = ALPHABET[Number(rest % 32n)] + text;
    rest /= 32n;
  }
  return text;
}

/**
 * The 6-byte id of a typed reference; small letters, spaces and hyphens do not matter, O is 0, I and L are 1.
 * @throws ProofError REFERENCE_INVALID
 */
export function decodeReference(text: string): Uint8Array {
  // toUpperCase() makes a reference's letters out of some that are none: ſ becomes S, ı becomes I
  if (!/^[0-9A-Za-z\s-]*$/.test(text)) throw new ProofError('REFERENCE_INVALID', 'a reference has no such character');
  const typed = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (typed.length !== 12)
    throw new ProofError('REFERENCE_INVALID', `a reference has 12 characters, got ${typed.length}`);
  let value = 0n;
  for (const char of typed) {
    const digit = ALPHABET.indexOf(char);
    if (digit < 0) throw new ProofError('REFERENCE_INVALID', 'a reference has no such character');
    value = value * 32n + BigInt(digit);
  }
  const id = value >> 10n;
  if (value % CHECK_PRIME !== 0n || value % 1024n >= CHECK_PRIME || id >> 48n)
    throw new ProofError('REFERENCE_INVALID', 'a character of the reference is wrong');
  return Uint8Array.from({ length: CREDENTIAL_ID_BYTES }, (_, i) =>
    Number((id >> BigInt(8 * (CREDENTIAL_ID_BYTES - 1 - i))) & 255n),
  );
}
