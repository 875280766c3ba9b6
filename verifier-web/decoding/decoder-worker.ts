// The QR reader, apart from the page, so that looking for a code never holds up the page or the camera's picture.
import { prepareZXingModule, type ReaderOptions, type ReadResult, readBarcodes } from 'zxing-wasm/reader';
import { findCodes, type Kind, type Reading, type Scale } from './search.ts';
import type { Seen } from './straighten.ts';

let loading: Promise<void> | null = null;

// The page's integrity ends at the worker: the wasm is run only if it is byte for byte the one that the build saw.
async function loadReader(): Promise<void> {
  const response = await fetch(new URL(__WASM__, self.location.href), { integrity: __WASM_INTEGRITY__ });
  if (!response.ok) throw new Error(`the reader's wasm was answered with ${response.status}`);
  prepareZXingModule({ overrides: { wasmBinary: await response.arrayBuffer() } });
}

const OPTIONS: ReaderOptions = { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 4, returnErrors: true };

interface Request {
  id: number;
  image: ImageBitmap;
  only?: number;
}

self.addEventListener('message', async ({ data: { id, image, only } }: MessageEvent<Request>) => {
  try {
    loading ??= loadReader();
    await loading;
    self.postMessage({ id, texts: await findCodes(scalerOf(image), read, only) });
  } catch (error) {
    self.postMessage({ id, failure: String(error) });
  } finally {
    image.close();
  }
});

const OPTIONS_OF: Record<Kind, ReaderOptions> = {
  picture: OPTIONS,
  evened: { ...OPTIONS, binarizer: 'FixedThreshold' },
  drawn: { ...OPTIONS, isPure: true },
};

async function read(pixels: ImageData, kind: Kind): Promise<Reading> {
  const found = await readBarcodes(pixels, OPTIONS_OF[kind]);
  return {
    texts: found.filter(({ isValid }) => isValid).map(({ text }) => text),
    seen: found.filter(({ isValid }) => !isValid).flatMap(toSeen),
  };
}

// Micro and rectangular codes, whose versions are no plain numbers, are misread corners of ours.
function toSeen({ version, position: { topLeft, topRight, bottomRight, bottomLeft } }: ReadResult): Seen[] {
  if (!/^[1-9][0-9]?$/.test(version)) return [];
  return [{ size: 17 + 4 * Number(version), corners: [topLeft, topRight, bottomRight, bottomLeft] }];
}

function scalerOf(image: ImageBitmap): Scale {
  return (factor) => {
    const [width, height] = [image.width * factor, image.height * factor];
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('no canvas');
    context.imageSmoothingQuality = 'high';
    context.drawImage(image, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  };
}
