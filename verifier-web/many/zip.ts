import { readBounded } from '../sources.ts';

/** A file of an archive, which is not unpacked before somebody opens it. */
export interface ZipEntry {
  /** With "/" between folders. */
  path: string;
  /** As the archive says; {@link ZipEntry.open} rejects where there is more. */
  sizeBytes: number;
  /** Rejects where it is encrypted, packed in an unknown way, damaged, or larger than the archive says. */
  open(): Promise<Uint8Array<ArrayBuffer>>;
}

const END_SIGNATURE = 0x06054b50;
const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MOST_COMMENT_BYTES = 65_535;
const MOST_DIRECTORY_BYTES = 16 * 1024 * 1024;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 1;

/**
 * The files of a ZIP archive (APPNOTE.TXT 4.3) by its central directory, without its folders. Only the directory is read here, and each file when
 * it is opened: an archive of gigabytes takes no more memory than its largest open file. Archives in parts and of 4 GiB and more are not read.
 * Rejects where it is no archive.
 */
export async function readZip(archive: Blob): Promise<ZipEntry[]> {
  const { count, offset, sizeBytes } = await findDirectory(archive);
  if (sizeBytes > MOST_DIRECTORY_BYTES) throw new Error('the directory of the archive is too large');
  const directory = await view(archive, offset, sizeBytes);
  const entries: ZipEntry[] = [];
  for (let i = 0, at = 0; i < count; i++) {
    if (directory.getUint32(at, true) !== CENTRAL_SIGNATURE) throw new Error('the directory of the archive is damaged');
    const record = readRecord(directory, at);
    at = record.end;
    if (!record.path.endsWith('/')) entries.push({ ...record, open: () => unpack(archive, record) });
  }
  return entries;
}

async function findDirectory(archive: Blob): Promise<{ count: number; offset: number; sizeBytes: number }> {
  const start = Math.max(0, archive.size - END_BYTES - MOST_COMMENT_BYTES);
  const tail = await view(archive, start, archive.size - start);
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    // a comment may hold the signature by chance, but not at just its own length from the end
    if (tail.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + END_BYTES + tail.getUint16(at + 20, true) !== tail.byteLength) continue;
    return {
      count: tail.getUint16(at + 10, true),
      sizeBytes: tail.getUint32(at + 12, true),
      offset: tail.getUint32(at + 16, true),
    };
  }
  throw new Error('not an archive');
}

interface ZipRecord {
  path: string;
  flags: number;
  method: number;
  crc: number;
  packedBytes: number;
  sizeBytes: number;
  offset: number;
  /** Where the next record begins. */
  end: number;
}

function readRecord(directory: DataView<ArrayBuffer>, at: number): ZipRecord {
  const nameBytes = directory.getUint16(at + 28, true);
  const [extraBytes, commentBytes] = [directory.getUint16(at + 30, true), directory.getUint16(at + 32, true)];
  const flags = directory.getUint16(at + 8, true);
  return {
    path: decodeName(new Uint8Array(directory.buffer, at + CENTRAL_BYTES, nameBytes)),
    flags,
    method: directory.getUint16(at + 10, true),
    crc: directory.getUint32(at + 16, true),
    packedBytes: directory.getUint32(at + 20, true),
    sizeBytes: directory.getUint32(at + 24, true),
    offset: directory.getUint32(at + 42, true),
    end: at + CENTRAL_BYTES + nameBytes + extraBytes + commentBytes,
  };
}

// Windows in Hong Kong writes names in Big5 and says nothing of it; no name of ours is UTF-8 by chance.
function decodeName(bytes: Uint8Array): string {
  for (const encoding of ['utf-8', 'big5', 'gbk']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes).replaceAll('\\', '/');
    } catch {
      // the next encoding
    }
  }
  return new TextDecoder('latin1').decode(bytes);
}

async function unpack(archive: Blob, record: ZipRecord): Promise<Uint8Array<ArrayBuffer>> {
  if (record.flags & ENCRYPTED) throw new Error('encrypted');
  if (record.method !== STORED && record.method !== DEFLATED) throw new Error('packed in an unknown way');
  const local = await view(archive, record.offset, LOCAL_BYTES);
  if (local.getUint32(0, true) !== LOCAL_SIGNATURE) throw new Error('the archive is damaged');
  const start = record.offset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  const packed = archive.slice(start, start + record.packedBytes).stream();
  const stream = record.method === STORED ? packed : packed.pipeThrough(new DecompressionStream('deflate-raw'));
  // whatever the archive says of itself, no more is unpacked than it says: a bomb ends here
  const bytes = await readBounded(stream, record.sizeBytes);
  if (bytes.length !== record.sizeBytes || crc32(bytes) !== record.crc) throw new Error('the file is damaged');
  return bytes;
}

async function view(blob: Blob, start: number, sizeBytes: number): Promise<DataView<ArrayBuffer>> {
  const buffer = await blob.slice(start, start + sizeBytes).arrayBuffer();
  if (buffer.byteLength !== sizeBytes) throw new Error('the archive breaks off');
  return new DataView(buffer);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  return rest;
});

// A file that was damaged on its way must not pass for one that somebody changed.
function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = (rest >>> 8) ^ (CRC_TABLE[(rest ^ byte) & 255] as number);
  return (rest ^ 0xffffffff) >>> 0;
}
