import { expect } from 'chai';
import fc from 'fast-check';
import { decodePicture, type Picture } from '../../../server/render/picture.ts';
import { RenderError } from '../../../server/render/render-error.ts';
import { pngOf } from './png-file.ts';

const png = (bytes: Uint8Array) => decodePicture({ field: 'photo', mediaType: 'image/png', bytes });
const jpeg = (bytes: Uint8Array) => decodePicture({ field: 'photo', mediaType: 'image/jpeg', bytes });

async function refusal(decoding: Promise<Picture>): Promise<string> {
  const thrown = await decoding.catch((error: unknown) => error);
  if (!(thrown instanceof RenderError)) throw new Error('expected a RenderError', { cause: thrown });
  expect(thrown.code).to.equal('IMAGE_NOT_SUPPORTED');
  return thrown.message;
}

/** Two RGBA pixels: one as given, one transparent. */
const twoPixels = (...rgba: [number, number, number, number]): Buffer =>
  pngOf({ width: 2, height: 1, depth: 8, colour: 6, rows: [[...rgba, 9, 9, 9, 0]] });

interface Frame {
  readonly marker?: number;
  readonly bits?: number;
  readonly components?: number;
  readonly width?: number;
  readonly height?: number;
}

/** The start of a JPEG file: an application segment, then the frame. */
function jpegOf({ marker = 0xc0, bits = 8, components = 3, width = 30, height = 40 }: Frame = {}): Uint8Array {
  const frame = [
    0xff,
    marker,
    0,
    8 + 3 * components,
    bits,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    components,
  ];
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, ...frame, ...new Array<number>(3 * components).fill(0)]);
}

describe('decodePicture', () => {
  it('lays a transparent PNG on white', async () => {
    expect(await png(twoPixels(200, 100, 0, 255))).to.deep.equal({
      kind: 'pixels',
      width: 2,
      height: 1,
      rgb: Uint8Array.of(200, 100, 0, 255, 255, 255),
    });
    expect(await png(twoPixels(0, 0, 0, 51))).to.have.deep.property('rgb', Uint8Array.of(204, 204, 204, 255, 255, 255));
  });

  it('takes a JPEG as it is, baseline or progressive, grey or in colour', async () => {
    for (const frame of [{}, { marker: 0xc1 }, { marker: 0xc2 }, { components: 1 }]) {
      const bytes = jpegOf(frame);
      expect(await jpeg(bytes)).to.deep.equal({ kind: 'jpeg', bytes });
    }
  });

  it('refuses a JPEG that a PDF cannot hold, and says why', async () => {
    expect(await refusal(jpeg(jpegOf({ components: 4 })))).to.equal(
      '"photo" must be a JPEG file in grey or RGB with 8 bits',
    );
    expect(await refusal(jpeg(jpegOf({ bits: 12 })))).to.equal(
      '"photo" must be a JPEG file in grey or RGB with 8 bits',
    );
    expect(await refusal(jpeg(jpegOf({ marker: 0xc9 })))).to.equal(
      '"photo" must be an undamaged baseline or progressive JPEG file',
    );
    expect(await refusal(jpeg(jpegOf({ width: 0 })))).to.equal('"photo" must have 1 to 16000000 pixels');
    expect(await refusal(jpeg(jpegOf({ width: 65_000, height: 65_000 })))).to.equal(
      '"photo" must have 1 to 16000000 pixels',
    );
  });

  it('refuses one kind under the name of the other', async () => {
    expect(await refusal(jpeg(twoPixels(1, 2, 3, 4)))).to.equal('"photo" must be a JPEG file');
    expect(await refusal(png(jpegOf()))).to.equal('"photo" must be a PNG file');
  });

  it('refuses a PNG that claims more pixels than it may, before it makes room for them', async () => {
    expect(await refusal(png(pngOf({ width: 60_000, height: 60_000, depth: 8, colour: 6, rows: [[]] })))).to.equal(
      '"photo" must have 1 to 16000000 pixels',
    );
  });

  it('refuses a damaged file, and never throws anything else or hangs', async () => {
    const whole = [twoPixels(1, 2, 3, 4), Buffer.from(jpegOf())];
    const damage = fc.record({ file: fc.constantFrom(0, 1), keep: fc.nat(80), at: fc.nat(80), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(damage, async ({ file, keep, at, byte }) => {
        const bytes = Buffer.from(whole[file] ?? []).subarray(0, keep);
        if (at < bytes.length) bytes[at] = byte;
        const thrown = await (file === 0 ? png : jpeg)(bytes).catch((error: unknown) => error);
        if (thrown instanceof Error) expect(thrown).to.be.instanceOf(RenderError);
      }),
      { numRuns: 300 },
    );
  });
});
