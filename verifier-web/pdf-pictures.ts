import { toHex } from '../proof/bytes.ts';
import { hashIntoWithNoble } from '../proof/hash.ts';

/** The picture with this SHA-256 (hexadecimal digits), as it was issued; null where what was presented has none. */
export type Pictures = (sha256: string) => Uint8Array<ArrayBuffer> | null;

/** Streams that are looked at: a document has one picture or two. */
const MOST_PICTURES = 32;

/**
 * The JPEG files that stand in a PDF as they are, which is how a document's PDF carries a photograph. Looked for when one is asked for, and once. A
 * finder, not a PDF reader: what it does not find is not shown, and what it finds is shown for its hash alone.
 */
export function picturesOf(pdf: Uint8Array): Pictures {
  let found: Map<string, Uint8Array<ArrayBuffer>> | null = null;
  return (sha256) => {
    found ??= findJpegs(pdf);
    return found.get(sha256) ?? null;
  };
}

function findJpegs(pdf: Uint8Array): Map<string, Uint8Array<ArrayBuffer>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  let looked = 0;
  for (let at = pdf.indexOf(0xff); at >= 0 && looked < MOST_PICTURES; at = pdf.indexOf(0xff, at + 1)) {
    if (!startsJpegStream(pdf, at)) continue;
    looked++;
    const end = indexOfText(pdf, 'endstream', at);
    if (end < 0) break;
    // before the keyword writers put one end of a line, or none
    for (const length of [0, 1, 2]) {
      const bytes = pdf.slice(at, end - length);
      found.set(hashOf(bytes), bytes);
    }
    at = end;
  }
  return found;
}

function startsJpegStream(pdf: Uint8Array, at: number): boolean {
  if (pdf[at + 1] !== 0xd8 || pdf[at + 2] !== 0xff || pdf[at - 1] !== 0x0a) return false;
  const before = String.fromCharCode(...pdf.subarray(Math.max(0, at - 8), at));
  return /stream\r?\n$/.test(before);
}

function indexOfText(bytes: Uint8Array, text: string, from: number): number {
  const codes = [...text].map((character) => character.charCodeAt(0));
  const [first = 0] = codes;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1))
    if (codes.every((code, i) => bytes[at + i] === code)) return at;
  return -1;
}

function hashOf(bytes: Uint8Array): string {
  const hash = new Uint8Array(32);
  hashIntoWithNoble(bytes, hash, 0);
  return toHex(hash);
}
