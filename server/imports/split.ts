import { createHash, type Hash } from 'node:crypto';
import { RequestError } from '../http/request-error.ts';
import type { ImportFormat } from '../store/schema.ts';

/** A longer row is one bad row, of which no more than this is held. */
export const MOST_ROW_BYTES = 262_144;

/** Whole rows as they stand in the file. */
export interface Piece {
  startByte: number;
  sizeBytes: number;
  sha256: Buffer;
  firstLine: number;
  lines: number;
  /** Null where it is one row that is longer than rows may be. */
  bytes: Buffer | null;
}

/** The bytes of a request, of which what was not used can be given back. */
export interface ByteSource {
  /** Null at the end. */
  read(): Promise<Buffer | null>;
  unread(bytes: Buffer): void;
}

export function createByteSource(stream: AsyncIterable<Buffer>): ByteSource {
  const iterator = stream[Symbol.asyncIterator]();
  const kept: Buffer[] = [];
  return {
    async read() {
      const first = kept.pop();
      if (first) return first;
      try {
        const { done, value } = await iterator.next();
        return done ? null : value;
      } catch (cause) {
        if (cause instanceof RequestError) throw cause;
        throw new RequestError('BODY_INCOMPLETE', 'the connection ended before the body did', { cause });
      }
    },
    unread: (bytes) => void (bytes.length > 0 && kept.push(bytes)),
  };
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;

export interface SplitOptions {
  format: ImportFormat;
  startByte: number;
  firstLine: number;
  /** About how much is checked and stored in one go. */
  pieceBytes: number;
  /** Whether the file ends where the bytes do; else the beginning of a row at the end is left for the next time. */
  isComplete: boolean;
}

/** Cuts a file between rows. A newline between quotation marks is part of a CSV's cell. */
export async function* splitRows(source: ByteSource, options: SplitOptions): AsyncGenerator<Piece> {
  const isCsv = options.format === 'csv';
  let { startByte, firstLine } = options;
  let buffers: Buffer[] = [];
  let sizeBytes = 0;
  // of what is in `buffers`: where the last whole row ends, and the rows up to there
  let cut = 0;
  let lines = 0;
  let isQuoted = false;
  /** Of a row that is too long: its hash, and how much of it went by. */
  let skipped: { hash: Hash; sizeBytes: number } | null = null;

  const take = (): Piece => {
    const all = Buffer.concat(buffers, sizeBytes);
    const bytes = all.subarray(0, cut);
    const rest = all.subarray(cut);
    const piece = { startByte, sizeBytes: cut, sha256: sha256(bytes), firstLine, lines, bytes };
    startByte += cut;
    firstLine += lines;
    buffers = rest.length > 0 ? [rest] : [];
    sizeBytes = rest.length;
    cut = 0;
    lines = 0;
    return piece;
  };
  const endSkipped = (): Piece => {
    const { hash, sizeBytes: size } = skipped as NonNullable<typeof skipped>;
    const piece = { startByte, sizeBytes: size, sha256: hash.digest(), firstLine, lines: 1, bytes: null };
    startByte += size;
    firstLine += 1;
    skipped = null;
    return piece;
  };

  for (;;) {
    const read = await source.read();
    if (read === null) break;
    let bytes = read;
    if (skipped !== null) {
      const { end, quoted } = findRowEnd(bytes, isCsv, isQuoted);
      isQuoted = quoted;
      const part = end < 0 ? bytes : bytes.subarray(0, end + 1);
      skipped.hash.update(part);
      skipped.sizeBytes += part.length;
      if (end < 0) continue;
      yield endSkipped();
      bytes = bytes.subarray(end + 1);
    }
    let at = 0;
    for (;;) {
      const { end, quoted } = findRowEnd(at === 0 ? bytes : bytes.subarray(at), isCsv, isQuoted);
      isQuoted = quoted;
      if (end < 0) break;
      at += end + 1;
      cut = sizeBytes + at;
      lines++;
    }
    if (bytes.length > 0) buffers.push(bytes);
    sizeBytes += bytes.length;
    if (cut >= options.pieceBytes) yield take();
    if (sizeBytes - cut > MOST_ROW_BYTES) {
      if (cut > 0) yield take();
      const held = Buffer.concat(buffers, sizeBytes);
      skipped = { hash: createHash('sha256').update(held), sizeBytes: held.length };
      buffers = [];
      sizeBytes = 0;
    }
  }
  if (skipped !== null) {
    if (options.isComplete) yield endSkipped();
    return;
  }
  if (options.isComplete && sizeBytes > cut) {
    cut = sizeBytes;
    lines++;
  }
  if (cut > 0) yield take();
}

function findRowEnd(bytes: Buffer, isCsv: boolean, wasQuoted: boolean): { end: number; quoted: boolean } {
  if (!isCsv) return { end: bytes.indexOf(NEWLINE), quoted: false };
  let quoted = wasQuoted;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === NEWLINE && !quoted) return { end: i, quoted };
  }
  return { end: -1, quoted };
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** The first row, alone; null where the file is empty or its first row is longer than rows may be. */
export async function takeFirstRow(source: ByteSource): Promise<Buffer | null> {
  const buffers: Buffer[] = [];
  let isQuoted = false;
  for (let sizeBytes = 0; sizeBytes <= MOST_ROW_BYTES; ) {
    const bytes = await source.read();
    if (bytes === null) return sizeBytes === 0 ? null : Buffer.concat(buffers);
    const { end, quoted } = findRowEnd(bytes, true, isQuoted);
    isQuoted = quoted;
    buffers.push(end < 0 ? bytes : bytes.subarray(0, end + 1));
    if (end >= 0) {
      source.unread(bytes.subarray(end + 1));
      return Buffer.concat(buffers);
    }
    sizeBytes += bytes.length;
  }
  return null;
}
