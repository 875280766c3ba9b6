import { crc32, deflateSync } from 'node:zlib';

export interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** PNG's number of the colour type. */
  readonly colour: number;
  /** Each row's bytes, without filter. */
  readonly rows: readonly (readonly number[])[];
  readonly interlace?: number;
  /** Of each row. */
  readonly filter?: number;
  readonly palette?: readonly number[];
  readonly transparency?: readonly number[];
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A PNG file (RFC 2083) of just these parts, whether or not they fit together. */
export function pngOf({
  width,
  height,
  depth,
  colour,
  rows,
  interlace = 0,
  filter = 0,
  palette,
  transparency,
}: PngParts): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, interlace], 8);
  return Buffer.concat([
    Buffer.from(SIGNATURE),
    chunk('IHDR', header),
    ...(palette === undefined ? [] : [chunk('PLTE', palette)]),
    ...(transparency === undefined ? [] : [chunk('tRNS', transparency)]),
    chunk('IDAT', deflateSync(Buffer.from(rows.flatMap((row) => [filter, ...row])))),
    chunk('IEND', []),
  ]);
}

export function chunk(type: string, data: Uint8Array | readonly number[]): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), Buffer.from(data)]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
