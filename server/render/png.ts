import { promisify } from 'node:util';
import { crc32, inflate } from 'node:zlib';

/** Opaque pixels, three bytes each. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** A file that is no PNG, damaged, too large or interlaced. The message completes "the file …". */
export class PngError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PngError';
  }
}

/** A 40-byte file can claim to be 2 gigapixels. */
export const MOST_PIXELS = 16_000_000;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: Colour;
}

interface Colour {
  readonly channels: number;
  readonly hasAlpha: boolean;
  readonly isIndexed: boolean;
  readonly depths: readonly number[];
}

/** PNG's colour types (RFC 2083, section 4.1.1). */
const COLOURS: Record<number, Colour> = {
  0: { channels: 1, hasAlpha: false, isIndexed: false, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, hasAlpha: false, isIndexed: false, depths: [8, 16] },
  3: { channels: 1, hasAlpha: false, isIndexed: true, depths: [1, 2, 4, 8] },
  4: { channels: 2, hasAlpha: true, isIndexed: false, depths: [8, 16] },
  6: { channels: 4, hasAlpha: true, isIndexed: false, depths: [8, 16] },
};

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * The pixels of a PNG file, laid on white where it is transparent. pdfkit's own decoder, and pngjs, throw from a callback on a
 * damaged file, which would end the process.
 * @throws PngError
 */
export async function decodePng(bytes: Uint8Array): Promise<Pixels> {
  const chunks = readChunks(bytes);
  const header = readHeader(chunks.get('IHDR')?.[0]);
  const rows = unfiltered(await inflated(chunks.get('IDAT') ?? [], header), header);
  const { width, height } = header;
  const rgb = new Uint8Array(width * height * 3);
  const put = pixelWriter(header, { palette: chunks.get('PLTE')?.[0], transparency: chunks.get('tRNS')?.[0], rgb });
  for (const [y, row] of rows.entries()) {
    for (let x = 0; x < width; x++) put(row, x, (y * width + x) * 3);
  }
  return { width, height, rgb };
}

type Chunks = ReadonlyMap<string, readonly Uint8Array[]>;

function readChunks(bytes: Uint8Array): Chunks {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) throw new PngError('must be a PNG file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = new Map<string, Uint8Array[]>();
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length || crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'IEND') return chunks;
    chunks.set(type, [...(chunks.get(type) ?? []), bytes.subarray(at + 8, end)]);
    at = end + 4;
  }
  throw new PngError('must be an undamaged PNG file');
}

function readHeader(chunk: Uint8Array | undefined): Header {
  if (chunk?.length !== 13) throw new PngError('must be an undamaged PNG file');
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const [width, height, depth, colour] = [
    view.getUint32(0),
    view.getUint32(4),
    view.getUint8(8),
    COLOURS[view.getUint8(9)],
  ];
  if (width * height === 0 || width * height > MOST_PIXELS) throw new PngError(`must have 1 to ${MOST_PIXELS} pixels`);
  if (!colour?.depths.includes(depth)) throw new PngError('must be an undamaged PNG file');
  if (view.getUint8(12) !== 0) throw new PngError('must be a PNG file without interlacing');
  return { width, height, depth, colour };
}

const rowBytes = ({ width, depth, colour }: Header): number => Math.ceil((width * depth * colour.channels) / 8);

const inflateAsync = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflate);

async function inflated(data: readonly Uint8Array[], header: Header): Promise<Uint8Array> {
  const size = (rowBytes(header) + 1) * header.height;
  const bytes = await inflateAsync(Buffer.concat(data), { maxOutputLength: size }).catch((cause: unknown) => {
    throw new PngError('must be an undamaged PNG file', { cause });
  });
  if (bytes.length !== size) throw new PngError('must be an undamaged PNG file');
  return bytes;
}

/** The rows without their filters (RFC 2083, section 6). */
function unfiltered(data: Uint8Array, header: Header): Uint8Array[] {
  const [size, step] = [rowBytes(header), Math.ceil((header.depth * header.colour.channels) / 8)];
  let above = new Uint8Array(size);
  return Array.from({ length: header.height }, (_, y) => {
    const start = y * (size + 1);
    const row = data.slice(start + 1, start + 1 + size);
    const predict = FILTERS[data[start]!];
    if (predict === undefined) throw new PngError('must be an undamaged PNG file');
    for (let i = 0; i < size; i++) row[i]! += predict(row[i - step] ?? 0, above[i]!, above[i - step] ?? 0);
    above = row;
    return row;
  });
}

type Predictor = (left: number, up: number, corner: number) => number;

const FILTERS: readonly Predictor[] = [() => 0, (left) => left, (_, up) => up, (left, up) => (left + up) >> 1, paeth];

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

interface Tables {
  readonly palette: Uint8Array | undefined;
  readonly transparency: Uint8Array | undefined;
  readonly rgb: Uint8Array;
}

/** Writes pixel `x` of a row into `rgb` from `at`. */
type PixelWriter = (row: Uint8Array, x: number, at: number) => void;

function pixelWriter(header: Header, tables: Tables): PixelWriter {
  return header.colour.isIndexed ? indexedWriter(header, tables) : directWriter(header, tables);
}

function indexedWriter({ depth }: Header, { palette = new Uint8Array(), transparency, rgb }: Tables): PixelWriter {
  const sample = sampleReader(depth);
  return (row, x, at) => {
    const index = sample(row, x);
    if (index * 3 + 3 > palette.length) throw new PngError('must be an undamaged PNG file');
    const alpha = (transparency?.[index] ?? 255) / 255;
    for (let i = 0; i < 3; i++) rgb[at + i] = onWhite(palette[index * 3 + i]!, alpha);
  };
}

function directWriter({ depth, colour: { channels, hasAlpha } }: Header, { transparency, rgb }: Tables): PixelWriter {
  const [sample, most] = [sampleReader(depth), 2 ** depth - 1];
  const colours = hasAlpha ? channels - 1 : channels;
  const hidden = transparency && Array.from({ length: colours }, (_, i) => sampleReader(16)(transparency, i));
  return (row, x, at) => {
    const first = x * channels;
    const isHidden = hidden?.every((value, i) => value === sample(row, first + i)) ?? false;
    const alpha = hasAlpha ? sample(row, first + colours) / most : isHidden ? 0 : 1;
    for (let i = 0; i < 3; i++) rgb[at + i] = onWhite((sample(row, first + (i % colours)) / most) * 255, alpha);
  };
}

const onWhite = (level: number, alpha: number): number => Math.round(level * alpha + 255 * (1 - alpha));

function sampleReader(depth: number): (row: Uint8Array, i: number) => number {
  if (depth === 16) return (row, i) => (row[2 * i] ?? 0) * 256 + (row[2 * i + 1] ?? 0);
  if (depth === 8) return (row, i) => row[i]!;
  const perByte = 8 / depth;
  return (row, i) => (row[Math.floor(i / perByte)]! >> (8 - depth * ((i % perByte) + 1))) & (2 ** depth - 1);
}
