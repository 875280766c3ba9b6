import { decodeHex, toHex } from './bytes.ts';
import { ProofError } from './errors.ts';

/** A QR symbol of version 40 holds 7,089 digits; ours stay far below. */
export const MOST_DIGITS = 7_000;
/** The shortest proof has 157 bytes. Fewer digits without an address are somebody's licence or telephone number, not a broken proof. */
const LEAST_DIGITS = 378;

/**
 * The digits of a proof or presentation: its bytes as one big-endian number in decimal. Both start with a CBOR array head, never with a
 * zero byte, so that bytes and digits are one to one.
 */
export function toDigits(bytes: Uint8Array): string {
  if (bytes.length === 0 || bytes[0] === 0) throw new TypeError('a proof does not start with a zero byte');
  return BigInt(`0x${toHex(bytes)}`).toString(10);
}

/** @throws ProofError DIGITS_INVALID, TOO_LARGE */
export function decodeDigits(digits: string): Uint8Array {
  if (digits.length > MOST_DIGITS)
    throw new ProofError('TOO_LARGE', `expected at most ${MOST_DIGITS} digits, got ${digits.length}`);
  if (!/^[1-9][0-9]*$/.test(digits)) throw new ProofError('DIGITS_INVALID', 'expected digits that do not start with 0');
  const hex = BigInt(digits).toString(16);
  return decodeHex(hex.length % 2 === 1 ? `0${hex}` : hex);
}

/** The text of a QR: the verifier's address and the digits in the fragment, which never reaches a server. `verifier` ends in "/". */
export function toQrText(verifier: string, bytes: Uint8Array): string {
  return `${verifier}#${toDigits(bytes)}`;
}

/** Whether a text looks like the QR of an e-Proof, before anything of it is decoded: an address with many digits behind it. */
export function looksLikeQrText(text: string): boolean {
  return /#[0-9]{100,}$/.test(text);
}

/** Where several codes are in a picture, the one that looks like ours. */
export function chooseQrText(texts: readonly string[]): string | undefined {
  return texts.find(looksLikeQrText) ?? texts[0];
}

/**
 * The bytes of a proof or presentation in what a camera or a paste gives: an address of one of `verifiers`, or the digits alone.
 * @throws ProofError QR_OTHER_HOST for an address elsewhere, QR_TEXT_INVALID where there is no proof at all, DIGITS_INVALID, TOO_LARGE
 */
export function decodeQrText(text: string, verifiers: readonly string[]): Uint8Array {
  const trimmed = text.trim();
  if (trimmed.length >= LEAST_DIGITS && /^[0-9]+$/.test(trimmed)) return decodeDigits(trimmed);
  const hash = trimmed.indexOf('#');
  const address = hash < 0 ? trimmed : trimmed.slice(0, hash);
  if (!/^https?:\/\//i.test(address)) throw new ProofError('QR_TEXT_INVALID', 'this is not an e-Proof');
  if (!verifiers.includes(address))
    throw new ProofError('QR_OTHER_HOST', `this code leads to ${hostOf(address)}, which is not this verifier`);
  if (hash < 0 || hash === trimmed.length - 1) throw new ProofError('QR_TEXT_INVALID', 'the address carries no proof');
  return decodeDigits(trimmed.slice(hash + 1));
}

function hostOf(address: string): string {
  const host = address.replace(/^https?:\/\//i, '').split(/[/?#\\]/)[0] ?? '';
  // a stranger's text goes into a sentence that people read: nothing in it may turn that sentence round
  const plain = host.replace(/[^!-~]/g, '?');
  return plain.length > 80 ? `${plain.slice(0, 80)}…` : plain;
}
