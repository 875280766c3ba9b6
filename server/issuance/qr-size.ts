/** The largest symbol that we print: version 24, level M, 113 modules on a side. */
const MOST_QR_BITS = 914 * 8;
/** ISO/IEC 18004 table 3: mode indicator and character count for versions 10 to 26. */
const BYTE_HEAD_BITS = 4 + 16;
const NUMERIC_HEAD_BITS = 4 + 12;
const LOG10_OF_256 = 8 * Math.log10(2);
/** A proof starts with the head of a CBOR array of nine. */
const FIRST_BYTE = 0x89;

/** By how many bytes a proof of this size is too large for the QR with this verifier's address; 0 where it fits. */
export function qrExcessBytes(proofSizeBytes: number, verifier: string): number {
  const digits = Math.floor((proofSizeBytes - 1) * LOG10_OF_256 + Math.log10(FIRST_BYTE + 1)) + 1;
  const addressBits = 8 * (verifier.length + 1);
  const bits = BYTE_HEAD_BITS + addressBits + NUMERIC_HEAD_BITS + Math.ceil((10 * digits) / 3);
  return Math.max(0, Math.ceil((bits - MOST_QR_BITS) / 8));
}
