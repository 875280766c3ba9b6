import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule, type ReadResult, readBarcodes } from 'zxing-wasm/reader';

const require = createRequire(import.meta.url);
// Left alone, the library would fetch this file from a CDN.
prepareZXingModule({
  overrides: {
    wasmBinary: new Uint8Array(readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm'))).buffer,
  },
});

/** The only QR code of a picture: encoded image bytes, or pixels. */
export async function readQr(picture: Uint8Array | ImageData): Promise<ReadResult> {
  const results = await readBarcodes(picture, { formats: ['QRCode'], tryHarder: true });
  if (results.length !== 1 || results[0] === undefined)
    throw new Error(`expected one QR code, found ${results.length}`);
  return results[0];
}
