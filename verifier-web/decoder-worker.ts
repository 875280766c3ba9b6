// The QR reader, apart from the page, so that looking for a code never holds up the page or the camera's picture.
import { prepareZXingModule, type ReaderOptions, readBarcodes } from 'zxing-wasm/reader';

let loading: Promise<void> | null = null;

// The page's integrity ends at the worker: the wasm is run only if it is byte for byte the one that the build saw.
async function loadReader(): Promise<void> {
  const response = await fetch(new URL(__WASM__, self.location.href), { integrity: __WASM_INTEGRITY__ });
  if (!response.ok) throw new Error(`the reader's wasm was answered with ${response.status}`);
  prepareZXingModule({ overrides: { wasmBinary: await response.arrayBuffer() } });
}

const OPTIONS: ReaderOptions = { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 4 };

self.addEventListener('message', async ({ data: { id, image } }: MessageEvent<{ id: number; image: ImageBitmap }>) => {
  try {
    loading ??= loadReader();
    await loading;
    const found = await readBarcodes(toPixels(image), OPTIONS);
    self.postMessage({ id, texts: found.filter((code) => code.isValid).map((code) => code.text) });
  } catch (error) {
    self.postMessage({ id, failure: String(error) });
  }
});

function toPixels(image: ImageBitmap): ImageData {
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  context.drawImage(image, 0, 0);
  image.close();
  return context.getImageData(0, 0, width, height);
}
