import { expect } from 'chai';
import { renderPdf } from '../../../server/render/pdf.ts';
import { decodePng, PngError } from '../../../server/render/png.ts';
import { createPdfFile, type PdfFile } from './pdf-file.ts';
import { chunk, type PngParts, pngOf } from './png-file.ts';
import { documentContent } from './sample.ts';

/** One row of pixels, as grey levels or colours. */
async function rowOf(parts: Omit<PngParts, 'height' | 'rows'> & { row: readonly number[] }): Promise<number[]> {
  return [...(await decodePng(pngOf({ height: 1, rows: [parts.row], ...parts }))).rgb];
}

const greys = (...levels: readonly number[]): number[] => levels.flatMap((level) => [level, level, level]);

async function refusal(bytes: Uint8Array): Promise<string> {
  const thrown = await decodePng(bytes).catch((error: unknown) => error);
  if (!(thrown instanceof PngError)) throw new Error('expected a PngError', { cause: thrown });
  return thrown.message;
}

describe('decodePng', () => {
  describe('beside poppler and cairo', () => {
    let file: PdfFile;
    before(async () => {
      file = createPdfFile(await renderPdf(documentContent({ isTest: true })));
    });
    after(() => file.remove());

    for (const [name, options] of [
      ['colours', []],
      ['grey', ['-gray']],
      ['one bit', ['-mono']],
    ] as const) {
      it(`gives the same pixels for a page in ${name}, whatever filters its rows have`, async () => {
        const { png, pixels } = file.png(1, 70, options);
        const { rgb, width, height } = await decodePng(png);
        expect(rgb).to.have.length(width * height * 3);
        expect(Buffer.from(rgb).equals(pixels)).to.equal(true);
      });
    }
  });

  it('reads grey of 1, 2, 4, 8 and 16 bits', async () => {
    expect(await rowOf({ width: 3, depth: 1, colour: 0, row: [0b10100000] })).to.deep.equal(greys(255, 0, 255));
    expect(await rowOf({ width: 4, depth: 2, colour: 0, row: [0b00011011] })).to.deep.equal(greys(0, 85, 170, 255));
    expect(await rowOf({ width: 3, depth: 4, colour: 0, row: [0x0f, 0x70] })).to.deep.equal(greys(0, 255, 119));
    expect(await rowOf({ width: 2, depth: 8, colour: 0, row: [7, 200] })).to.deep.equal(greys(7, 200));
    expect(await rowOf({ width: 2, depth: 16, colour: 0, row: [0xff, 0xff, 0x80, 0x00] })).to.deep.equal(
      greys(255, 128),
    );
  });

  it('reads a palette, with and without transparency', async () => {
    const parts = { width: 3, depth: 2, colour: 3, row: [0b00011000], palette: [10, 20, 30, 40, 50, 60, 70, 80, 90] };
    expect(await rowOf(parts)).to.deep.equal([10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(await rowOf({ ...parts, transparency: [0, 51] })).to.deep.equal([255, 255, 255, 212, 214, 216, 70, 80, 90]);
  });

  it('lays alpha, and a colour that stands for transparent, on white', async () => {
    expect(await rowOf({ width: 2, depth: 8, colour: 4, row: [0, 51, 0, 255] })).to.deep.equal(greys(204, 0));
    expect(await rowOf({ width: 2, depth: 8, colour: 6, row: [100, 0, 0, 0, 1, 2, 3, 255] })).to.deep.equal([
      255, 255, 255, 1, 2, 3,
    ]);
    expect(
      await rowOf({ width: 2, depth: 8, colour: 2, row: [1, 2, 3, 1, 2, 4], transparency: [0, 1, 0, 2, 0, 3] }),
    ).to.deep.equal([255, 255, 255, 1, 2, 4]);
    expect(await rowOf({ width: 2, depth: 16, colour: 0, row: [1, 2, 1, 3], transparency: [1, 2] })).to.deep.equal(
      greys(255, 1),
    );
    expect(await rowOf({ width: 1, depth: 16, colour: 6, row: [0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff] })).to.deep.equal([
      255, 0, 0,
    ]);
  });

  it('undoes each filter', async () => {
    const parts = {
      width: 2,
      height: 2,
      depth: 8,
      colour: 0,
      rows: [
        [10, 20],
        [30, 250],
      ],
    };
    const read = async (filter: number) =>
      [...(await decodePng(pngOf({ ...parts, filter }))).rgb].filter((_, i) => i % 3 === 0);
    expect(await read(0)).to.deep.equal([10, 20, 30, 250]);
    expect(await read(1)).to.deep.equal([10, 30, 30, 24]);
    expect(await read(2)).to.deep.equal([10, 20, 40, 14]);
    expect(await read(3)).to.deep.equal([10, 25, 35, 24]);
    expect(await read(4)).to.deep.equal([10, 30, 40, 34]);
  });

  it('refuses what it does not read, and says why', async () => {
    const parts: PngParts = { width: 1, height: 1, depth: 8, colour: 0, rows: [[0]] };
    expect(await refusal(pngOf({ ...parts, interlace: 1 }))).to.equal('must be a PNG file without interlacing');
    expect(await refusal(pngOf({ ...parts, width: 0 }))).to.equal('must have 1 to 16000000 pixels');
    expect(await refusal(pngOf({ ...parts, width: 60_000, height: 60_000 }))).to.equal(
      'must have 1 to 16000000 pixels',
    );
    expect(await refusal(Buffer.from('GIF89a'))).to.equal('must be a PNG file');
  });

  it('refuses a file whose parts do not fit together', async () => {
    const parts: PngParts = { width: 1, height: 1, depth: 8, colour: 0, rows: [[0]] };
    const whole = pngOf(parts);
    const damaged = [
      pngOf({ ...parts, depth: 3 }),
      pngOf({ ...parts, colour: 5 }),
      pngOf({ ...parts, filter: 5 }),
      pngOf({ ...parts, rows: [[]] }),
      pngOf({ ...parts, rows: [[0, 0]] }),
      pngOf({ ...parts, colour: 3 }),
      pngOf({ ...parts, colour: 3, rows: [[1]], palette: [1, 2, 3] }),
      whole.subarray(0, whole.length - 1),
      Buffer.concat([whole.subarray(0, 33), chunk('IDAT', [1, 2, 3]), chunk('IEND', [])]),
      Buffer.concat([whole.subarray(0, 33), chunk('IEND', [])]),
      Buffer.concat([whole.subarray(0, 8), whole.subarray(33)]),
      Buffer.from(whole).fill(1, 44, 45),
      pngOf({ ...parts, colour: 3, palette: [1, 2, 3] }).fill(9, 41, 42),
    ];
    for (const bytes of damaged) expect(await refusal(bytes)).to.equal('must be an undamaged PNG file');
  });

  it('stops at a small file that would unpack to much more than its pixels', async () => {
    const bomb = pngOf({
      width: 1,
      height: 1,
      depth: 8,
      colour: 0,
      rows: Array.from({ length: 1 }, () => new Array<number>(5_000_000).fill(0)),
    });
    expect(bomb.length).to.be.below(10_000);
    const thrown = await decodePng(bomb).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(PngError);
    expect((thrown as PngError).cause).to.have.property('code', 'ERR_BUFFER_TOO_LARGE');
  });
});
