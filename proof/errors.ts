/** Why bytes or text are not what the format allows. Codes are never renamed and never reused. */
export type ProofErrorCode =
  | 'CBOR_MALFORMED'
  | 'CBOR_NOT_CANONICAL'
  | 'CBOR_UNSUPPORTED'
  | 'TOO_LARGE'
  | 'TOO_DEEP'
  | 'TRAILING_BYTES'
  | 'TEXT_NOT_NFC'
  | 'TEXT_MALFORMED'
  | 'VERSION_UNKNOWN'
  | 'FIELD_INVALID'
  | 'INCLUSION_INVALID'
  | 'SIGNATURE_MALFORMED'
  | 'QR_TEXT_INVALID'
  | 'DIGITS_INVALID'
  | 'QR_OTHER_HOST'
  | 'JSON_INVALID'
  | 'JSON_MISMATCH'
  | 'TYPE_INVALID'
  | 'CLAIMS_INVALID'
  | 'CLAIM_HIDDEN'
  | 'REFERENCE_INVALID'
  | 'READING_INVALID'
  | 'TRUST_INVALID'
  | 'SNAPSHOT_INVALID';

/** Thrown by every decoder of this room for untrusted input. The message names the field; it never repeats a claim. */
export class ProofError extends Error {
  readonly code: ProofErrorCode;

  constructor(code: ProofErrorCode, message: string) {
    super(message);
    this.name = 'ProofError';
    this.code = code;
  }
}
