import { ProofError } from './errors.ts';

/** The part of CBOR (RFC 8949) that the format uses: no maps, no tags, no floats, no indefinite lengths. Integers are safe integers. */
export type CborValue = null | boolean | number | string | Uint8Array | readonly CborValue[];

export interface CborLimits {
  sizeBytes: number;
  depth: number;
}

/** Enough for every claim of the catalogue and small enough to parse on any phone. */
export const CBOR_LIMITS: CborLimits = { sizeBytes: 65_536, depth: 8 };

const UINT = 0;
const NEGATIVE = 1;
const BYTES = 2;
const TEXT = 3;
const ARRAY = 4;
const FALSE = 0xf4;
const TRUE = 0xf5;
const NULL = 0xf6;

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const MOST_MARKS_IN_A_ROW = 8;
const TOO_MANY_MARKS = /\p{M}{9}/u;

/**
 * Refuses text that has two encodings of the same characters, lone surrogates and anything that is not Unicode NFC, and more
 * combining marks in a row than any script writes (FORMAT.md section 2).
 * @throws ProofError TEXT_MALFORMED, TEXT_NOT_NFC
 */
export function checkText(text: string): void {
  if (!text.isWellFormed()) throw new ProofError('TEXT_MALFORMED', 'text contains half of a surrogate pair');
  // ASCII is NFC; asking normalize() for every registration number would dominate the cost of a commitment
  if (isAscii(text)) return;
  // normalize() sorts marks by insertion: 32,000 of them in a row would keep a phone busy for seconds
  if (mayHaveManyMarks(text) && TOO_MANY_MARKS.test(text))
    throw new ProofError('TEXT_MALFORMED', `text has more than ${MOST_MARKS_IN_A_ROW} combining marks in a row`);
  if (text.normalize('NFC') !== text)
    throw new ProofError('TEXT_NOT_NFC', 'text is not in Unicode normalisation form NFC');
}

// A cheap answer for nearly every text: there are no marks below U+0300 nor among the ideographs, and a pattern of marks is slow.
function mayHaveManyMarks(text: string): boolean {
  let run = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x300 || (unit >= 0x3400 && unit < 0xa000)) run = 0;
    else if (++run > MOST_MARKS_IN_A_ROW) return true;
  }
  return false;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Writes CBOR items one after another into a buffer that grows, and can be emptied and used again. */
export class CborWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(sizeBytes = 512) {
    this.#bytes = new Uint8Array(sizeBytes);
  }

  get length(): number {
    return this.#length;
  }

  reset(length = 0): void {
    this.#length = length;
  }

  /** What was written, as a view that the next write may overwrite. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  arrayHead(length: number): void {
    this.#head(ARRAY, length);
  }

  /** @throws ProofError TEXT_MALFORMED, TEXT_NOT_NFC; TypeError for a value that is no CborValue */
  value(value: CborValue): void {
    if (value === null) this.byte(NULL);
    else if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'number') this.#integer(value);
    else if (typeof value === 'boolean') this.byte(value ? TRUE : FALSE);
    else if (value instanceof Uint8Array) {
      this.#head(BYTES, value.length);
      this.raw(value);
    } else if (Array.isArray(value)) {
      this.#head(ARRAY, value.length);
      for (const item of value) this.value(item);
    } else throw new TypeError(`the format has no CBOR encoding for ${typeof value}`);
  }

  #integer(value: number): void {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new TypeError('integers are safe integers');
    if (value >= 0) this.#head(UINT, value);
    else this.#head(NEGATIVE, -1 - value);
  }

  #text(text: string): void {
    checkText(text);
    const most = text.length * 3;
    this.#reserve(most + 9);
    if (text.length < 24 && isAscii(text)) {
      this.#bytes[this.#length++] = (TEXT << 5) | text.length;
      for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
      return;
    }
    // the head's length depends on how many bytes the text takes: write the text nine bytes on, then move it down
    const { written } = utf8Encoder.encodeInto(text, this.#bytes.subarray(this.#length + 9));
    const start = this.#length + 9;
    this.#head(TEXT, written);
    this.#bytes.copyWithin(this.#length, start, start + written);
    this.#length += written;
  }

  #head(major: number, argument: number): void {
    this.#reserve(9);
    const first = major << 5;
    if (argument < 24) this.#bytes[this.#length++] = first | argument;
    else if (argument < 0x100) this.#uint(first | 24, argument, 1);
    else if (argument < 0x10000) this.#uint(first | 25, argument, 2);
    else if (argument < 0x1_0000_0000) this.#uint(first | 26, argument, 4);
    else this.#uint(first | 27, argument, 8);
  }

  #uint(first: number, argument: number, sizeBytes: number): void {
    this.#bytes[this.#length++] = first;
    let rest = argument;
    for (let i = sizeBytes - 1; i >= 0; i--) {
      this.#bytes[this.#length + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    this.#length += sizeBytes;
  }

  #reserve(sizeBytes: number): void {
    if (this.#length + sizeBytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + sizeBytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

/** Deterministic CBOR (RFC 8949 section 4.2.1) of one value, in bytes of its own. */
export function encodeCbor(value: CborValue): Uint8Array {
  const writer = new CborWriter();
  writer.value(value);
  return writer.view().slice();
}

/**
 * The one value that these bytes encode. Refuses everything that {@link encodeCbor} would not have written: longer heads than needed,
 * indefinite lengths, other types, text that is not NFC, bytes after the value, and more than `limits` allows.
 * @throws ProofError
 */
export function decodeCbor(bytes: Uint8Array, limits: CborLimits = CBOR_LIMITS): CborValue {
  if (bytes.length > limits.sizeBytes)
    throw new ProofError('TOO_LARGE', `expected at most ${limits.sizeBytes} bytes, got ${bytes.length}`);
  const reader = { bytes, offset: 0 };
  const value = readValue(reader, limits.depth);
  if (reader.offset !== bytes.length)
    throw new ProofError('TRAILING_BYTES', `${bytes.length - reader.offset} bytes follow the value`);
  return value;
}

/**
 * Where the CBOR item at `offset` ends. It finds an item in what {@link decodeCbor} has read or will read, without making its value, and checks
 * no more than that the item ends within the bytes.
 * @throws ProofError CBOR_MALFORMED, CBOR_UNSUPPORTED, TOO_DEEP
 */
export function endOfCbor(bytes: Uint8Array, offset: number, depth = CBOR_LIMITS.depth): number {
  const { items, start, length } = readHead(bytes, offset);
  let end = start + length;
  if (items > 0 && depth === 0) throw new ProofError('TOO_DEEP', 'arrays are nested too deeply');
  for (let i = 0; i < items; i++) end = endOfCbor(bytes, end, depth - 1);
  if (end > bytes.length) throw new ProofError('CBOR_MALFORMED', 'the bytes end in the middle of a value');
  return end;
}

/**
 * The items of the array at `offset`, each as its bytes, and where the array ends: as {@link endOfCbor}.
 * @throws ProofError CBOR_MALFORMED, CBOR_UNSUPPORTED, TOO_DEEP
 */
export function splitCborArray(bytes: Uint8Array, offset: number): { items: Uint8Array[]; end: number } {
  const head = readHead(bytes, offset);
  if (head.major !== ARRAY) throw new ProofError('CBOR_MALFORMED', 'expected an array');
  const items: Uint8Array[] = [];
  let end = head.start;
  for (let i = 0; i < head.items; i++) {
    const start = end;
    end = endOfCbor(bytes, start);
    items.push(bytes.subarray(start, end));
  }
  return { items, end };
}

/** `items` that follow the head where it is an array's, `length` bytes that follow it where it is that of bytes or text. */
interface Head {
  major: number;
  start: number;
  items: number;
  length: number;
}

function readHead(bytes: Uint8Array, offset: number): Head {
  const reader = { bytes, offset };
  const first = readByte(reader);
  const major = first >> 5;
  if (first === FALSE || first === TRUE || first === NULL) return { major, start: reader.offset, items: 0, length: 0 };
  if (major > ARRAY)
    throw new ProofError('CBOR_UNSUPPORTED', `a CBOR item starts with byte ${first}, which the format does not use`);
  const argument = readArgument(reader, first & 31);
  return {
    major,
    start: reader.offset,
    items: major === ARRAY ? argument : 0,
    length: major === BYTES || major === TEXT ? argument : 0,
  };
}

interface Reader {
  bytes: Uint8Array;
  offset: number;
}

function readValue(reader: Reader, depth: number): CborValue {
  const first = readByte(reader);
  if (first === FALSE) return false;
  if (first === TRUE) return true;
  if (first === NULL) return null;
  const major = first >> 5;
  if (major > ARRAY)
    throw new ProofError('CBOR_UNSUPPORTED', `a CBOR item starts with byte ${first}, which the format does not use`);
  const argument = readArgument(reader, first & 31);
  if (major === UINT) return argument;
  if (major === NEGATIVE) return readNegative(argument);
  if (major === BYTES) return readBytes(reader, argument).slice();
  if (major === TEXT) return readText(readBytes(reader, argument));
  return readArray(reader, argument, depth);
}

function readNegative(argument: number): number {
  if (argument === Number.MAX_SAFE_INTEGER)
    throw new ProofError('CBOR_UNSUPPORTED', 'an integer is below the smallest safe integer');
  return -1 - argument;
}

function readArray(reader: Reader, length: number, depth: number): CborValue[] {
  if (depth === 0) throw new ProofError('TOO_DEEP', 'arrays are nested too deeply');
  // every item takes a byte at least: a huge length with nothing behind it costs no memory
  if (length > reader.bytes.length - reader.offset)
    throw new ProofError('CBOR_MALFORMED', 'an array is longer than the bytes that are left');
  const items: CborValue[] = [];
  for (let i = 0; i < length; i++) items.push(readValue(reader, depth - 1));
  return items;
}

function readText(bytes: Uint8Array): string {
  let text: string;
  try {
    text = utf8Decoder.decode(bytes);
  } catch {
    throw new ProofError('TEXT_MALFORMED', 'text is not UTF-8');
  }
  checkText(text);
  return text;
}

function readArgument(reader: Reader, info: number): number {
  if (info < 24) return info;
  if (info > 27) throw new ProofError('CBOR_NOT_CANONICAL', 'a length is indefinite or reserved');
  const sizeBytes = 1 << (info - 24);
  let argument = 0;
  for (const byte of readBytes(reader, sizeBytes)) argument = argument * 256 + byte;
  if (!Number.isSafeInteger(argument))
    throw new ProofError('CBOR_UNSUPPORTED', 'an integer is above the largest safe integer');
  const smallest = sizeBytes === 1 ? 24 : 2 ** (4 * sizeBytes);
  if (argument < smallest) throw new ProofError('CBOR_NOT_CANONICAL', 'a number is written longer than it needs to be');
  return argument;
}

function readByte(reader: Reader): number {
  const byte = reader.bytes[reader.offset++];
  if (byte === undefined) throw new ProofError('CBOR_MALFORMED', 'the bytes end in the middle of a value');
  return byte;
}

function readBytes(reader: Reader, length: number): Uint8Array {
  if (length > reader.bytes.length - reader.offset)
    throw new ProofError('CBOR_MALFORMED', 'the bytes end in the middle of a value');
  reader.offset += length;
  return reader.bytes.subarray(reader.offset - length, reader.offset);
}
