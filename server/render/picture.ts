import { decodePng, MOST_PIXELS, type Pixels, PngError } from './png.ts';
import { RenderError } from './render-error.ts';

/** An image that pdfkit can embed without decoding it. PNG becomes opaque pixels, JPEG stays as it is. */
export type Picture = { readonly kind: 'jpeg'; readonly bytes: Uint8Array } | ({ readonly kind: 'pixels' } & Pixels);

export interface ImageSource {
  readonly field: string;
  readonly mediaType: 'image/png' | 'image/jpeg';
  readonly bytes: Uint8Array;
}

/** @throws RenderError IMAGE_NOT_SUPPORTED */
export async function decodePicture({ field, mediaType, bytes }: ImageSource): Promise<Picture> {
  if (mediaType === 'image/jpeg') {
    checkJpeg(bytes, field);
    return { kind: 'jpeg', bytes };
  }
  try {
    return { kind: 'pixels', ...(await decodePng(bytes)) };
  } catch (error) {
    if (error instanceof PngError) refuse(field, error.message, error);
    throw error;
  }
}

function refuse(field: string, rule: string, cause?: unknown): never {
  throw new RenderError('IMAGE_NOT_SUPPORTED', `"${field}" ${rule}`, { cause });
}

/** Baseline, extended and progressive Huffman coding: what PDF's own decoder reads. */
const START_OF_FRAME = [0xc0, 0xc1, 0xc2];
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];
const START_OF_SCAN = 0xda;

/** Only what a PDF reader can show, and PDF/A allows: 8 bits, grey or three colours. */
function checkJpeg(bytes: Uint8Array, field: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) refuse(field, 'must be a JPEG file');
  const frame = findFrame(view);
  if (frame === undefined) refuse(field, 'must be an undamaged baseline or progressive JPEG file');
  const [bits, components] = [view.getUint8(frame), view.getUint8(frame + 5)];
  const pixels = view.getUint16(frame + 1) * view.getUint16(frame + 3);
  if (bits !== 8 || (components !== 1 && components !== 3))
    refuse(field, 'must be a JPEG file in grey or RGB with 8 bits');
  if (pixels === 0 || pixels > MOST_PIXELS) refuse(field, `must have 1 to ${MOST_PIXELS} pixels`);
}

/** Where the frame header's content stands; none for a damaged file or another kind of coding. */
function findFrame(view: DataView): number | undefined {
  for (let at = 2; at + 10 <= view.byteLength && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    if (START_OF_FRAME.includes(marker)) return at + 4;
    if (marker === START_OF_SCAN || OTHER_FRAMES.includes(marker)) return undefined;
  }
  return undefined;
}
