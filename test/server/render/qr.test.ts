import { expect } from 'chai';
import fc from 'fast-check';
import QRCode from 'qrcode';
import { darkRuns, QUIET_ZONE, qrSymbol, renderQr, toSegments } from '../../../server/render/qr.ts';
import { RenderError } from '../../../server/render/render-error.ts';
import { readQr } from './barcode.ts';

const ADDRESS = 'https://verify.example.hk/#';
const textOf = (digits: number): string => ADDRESS + '3141592653589793'.repeat(digits / 16 + 1).slice(0, digits);

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof RenderError) return error.code;
    throw error;
  }
  return 'no error';
};

describe('qrSymbol', () => {
  it('stores the address as bytes and the digits as digits', () => {
    const text = textOf(30);
    expect(toSegments(text)).to.deep.equal([
      { mode: 'byte', data: new TextEncoder().encode(ADDRESS) },
      { mode: 'numeric', data: text.slice(ADDRESS.length) },
    ]);
  });

  it('needs 10 bits for three digits: a text of 1,100 digits fits in version 17 where bytes alone would need 28', () => {
    const text = textOf(1_100);
    expect(qrSymbol(text).version).to.equal(17);
    const bytes = QRCode.create([{ mode: 'byte', data: new TextEncoder().encode(text) }], {
      errorCorrectionLevel: 'M',
    });
    expect(bytes.version).to.equal(28);
  });

  it('has 17 + 4 × version modules on a side', () => {
    for (const digits of [1, 100, 800, 2_000]) {
      const { version, size, modules } = qrSymbol(textOf(digits));
      expect(size).to.equal(17 + 4 * version);
      expect(modules).to.have.length(size * size);
    }
  });

  it('covers exactly the dark modules with its runs', () => {
    const symbol = qrSymbol(textOf(500));
    const drawn = new Uint8Array(symbol.modules.length);
    for (const { row, column, length } of darkRuns(symbol)) {
      for (let i = 0; i < length; i++) drawn[row * symbol.size + column + i]! += 1;
    }
    expect(drawn).to.deep.equal(Uint8Array.from(symbol.modules));
  });

  for (const text of [
    '',
    '123',
    ADDRESS,
    `${ADDRESS}12a4`,
    '#123',
    'https://verify.例.hk/#123',
    `${ADDRESS}123 `,
    `${ADDRESS}1\n`,
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(codeOf(() => qrSymbol(text))).to.equal('QR_TEXT_INVALID');
    });
  }

  it('refuses what no symbol can hold', () => {
    expect(codeOf(() => qrSymbol(textOf(5_700)))).to.equal('QR_TEXT_TOO_LONG');
  });
});

describe('renderQr', () => {
  it('draws PNGs that read back as the text, at any length', async () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 1_600 });
    await fc.assert(
      fc.asyncProperty(digits, async (fragment) => {
        const { bytes } = await renderQr({ qrText: ADDRESS + fragment, format: 'png', modulePx: 4 });
        expect((await readQr(bytes)).text).to.equal(ADDRESS + fragment);
      }),
      { numRuns: 25 },
    );
  });

  it('draws the module in the asked pixels, with a quiet zone of four', async () => {
    const { bytes, mediaType, version } = await renderQr({ qrText: textOf(200), format: 'png', modulePx: 7 });
    const side = new DataView(bytes.buffer, bytes.byteOffset).getUint32(16);
    expect(side).to.equal((17 + 4 * version + 8) * 7);
    expect(mediaType).to.equal('image/png');
  });

  it('gives the same bytes for the same request', async () => {
    for (const format of ['png', 'svg'] as const) {
      const request = { qrText: textOf(700), format, modulePx: 5 };
      expect((await renderQr(request)).bytes).to.deep.equal((await renderQr(request)).bytes);
    }
  });

  it('draws the same symbol as SVG: a name, a white ground and one path', async () => {
    const qrText = textOf(900);
    const { bytes, mediaType } = await renderQr({ qrText, format: 'svg', modulePx: 4 });
    const svg = new TextDecoder().decode(bytes);
    const { size, modules } = qrSymbol(qrText);
    const side = size + 2 * QUIET_ZONE;
    expect(mediaType).to.equal('image/svg+xml');
    expect(svg)
      .to.include('role="img"')
      .and.include('<title>e-Proof QR code 二維碼</title>')
      .and.include('shape-rendering="crispEdges"');
    expect(svg)
      .to.include(`viewBox="0 0 ${side} ${side}" `)
      .and.include(`width="${side * 4}"`);
    const paths = [...svg.matchAll(/<path fill="#000" d="([^"]+)"\/>/g)];
    expect(paths).to.have.length(1);
    expect(modulesOfPath(paths[0]?.[1] ?? '', size)).to.deep.equal(Uint8Array.from(modules));
  });

  for (const modulePx of [0, -1, 1.5, Number.NaN]) {
    it(`refuses a module of ${modulePx} pixels`, async () => {
      const error = await renderQr({ qrText: textOf(9), format: 'png', modulePx }).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(TypeError);
    });
  }
});

/** The modules that a path of one-row rectangles covers. */
function modulesOfPath(path: string, size: number): Uint8Array {
  const modules = new Uint8Array(size * size);
  const rest = path.replace(/M(\d+) (\d+)h(\d+)v1h-(\d+)z/g, (_, x, y, right, left) => {
    expect(left).to.equal(right);
    const start = (Number(y) - QUIET_ZONE) * size + Number(x) - QUIET_ZONE;
    modules.fill(1, start, start + Number(right));
    return '';
  });
  expect(rest).to.equal('');
  return modules;
}
