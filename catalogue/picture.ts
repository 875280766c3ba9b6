import { crc32, deflateSync } from 'node:zlib';

/** An image claim as the API takes it; its SHA-256 is what gets committed. */
export interface Picture {
  readonly mediaType: 'image/png';
  /** Base64. */
  readonly data: string;
  readonly [name: string]: string;
}

/** The grey level (0 black – 255 white) of a pixel. */
type Shade = (x: number, y: number) => number;

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A head and shoulders of 60 × 80 pixels; `tone` (0–99) makes one differ from the next. */
export function portrait(tone: number): Picture {
  const person = 60 + tone;
  const head: Shade = (x, y) => ((x - 30) / 13) ** 2 + ((y - 28) / 17) ** 2;
  const shoulders: Shade = (x, y) => ((x - 30) / 26) ** 2 + ((y - 80) / 30) ** 2;
  return png(60, 80, (x, y) => (head(x, y) < 1 || shoulders(x, y) < 1 ? person : 235));
}

/** A trade mark of 120 × 80 pixels: a ring and a bar, by `tone` (0–99) wider or narrower. */
export function device(tone: number): Picture {
  const bar = 4 + Math.floor(tone / 10);
  const isRing = (radius: number) => radius > 22 && radius < 32;
  return png(120, 80, (x, y) => (isRing(Math.hypot(x - 60, y - 40)) || Math.abs(y - 40) < bar ? tone : 255));
}

/** PNG (RFC 2083) in 8-bit greyscale, each row unfiltered. */
function png(width: number, height: number, shade: Shade): Picture {
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = shade(x, y);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(8, 8);
  const file = Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND')]);
  return { mediaType: 'image/png', data: file.toString('base64') };
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
