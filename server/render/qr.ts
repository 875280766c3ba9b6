import QRCode, { type QRCodeSegment } from 'qrcode';
import { RenderError } from './render-error.ts';

/** Modules of white on every side. */
export const QUIET_ZONE = 4;

const ERROR_CORRECTION = 'M';

export interface QrSymbol {
  readonly version: number;
  /** Modules on a side, without the quiet zone. */
  readonly size: number;
  /** Row by row; 1 is dark. */
  readonly modules: Uint8Array;
  readonly maskPattern: number;
}

export interface QrRequest {
  readonly qrText: string;
  readonly format: 'png' | 'svg';
  /** Pixels of one module; in SVG, of its natural size. */
  readonly modulePx: number;
}

export interface QrImage {
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/png' | 'image/svg+xml';
  readonly version: number;
}

/**
 * The address as bytes and the digits as digits (10 bits for three of them): the smallest symbol that holds the text.
 * @throws RenderError QR_TEXT_INVALID unless the text is an ASCII address, "#" and digits
 */
export function toSegments(qrText: string): QRCodeSegment[] {
  const parts = /^([\x21-\x7e]+#)([0-9]+)$/.exec(qrText);
  if (parts === null) throw new RenderError('QR_TEXT_INVALID', 'expected an address, "#" and digits');
  const [, address, digits] = parts as unknown as [string, string, string];
  return [
    { mode: 'byte', data: new TextEncoder().encode(address) },
    { mode: 'numeric', data: digits },
  ];
}

/** The symbol that PDF, PNG and SVG draw alike. @throws RenderError QR_TEXT_INVALID, QR_TEXT_TOO_LONG */
export function qrSymbol(qrText: string): QrSymbol {
  const segments = toSegments(qrText);
  try {
    const { version, modules, maskPattern } = QRCode.create(segments, { errorCorrectionLevel: ERROR_CORRECTION });
    return { version, size: modules.size, modules: modules.data, maskPattern: maskPattern ?? 0 };
  } catch (cause) {
    throw new RenderError('QR_TEXT_TOO_LONG', `a QR symbol cannot hold ${qrText.length} characters`, { cause });
  }
}

/** Stretches of dark modules, so that neighbours are one rectangle without a seam. */
export function* darkRuns({ size, modules }: QrSymbol): Generator<{ row: number; column: number; length: number }> {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const start = column;
      while (column < size && modules[row * size + column] === 1) column++;
      if (column > start) yield { row, column: start, length: column - start };
    }
  }
}

/** Rows for columns: its runs are the symbol's vertical ones. */
export function transposed(symbol: QrSymbol): QrSymbol {
  const { size, modules } = symbol;
  return { ...symbol, modules: modules.map((_, i) => modules[(i % size) * size + Math.floor(i / size)] ?? 0) };
}

/** @throws RenderError QR_TEXT_INVALID, QR_TEXT_TOO_LONG */
export async function renderQr({ qrText, format, modulePx }: QrRequest): Promise<QrImage> {
  if (!Number.isInteger(modulePx) || modulePx < 1) throw new TypeError('"modulePx" must be a whole number above 0');
  const symbol = qrSymbol(qrText);
  const { version } = symbol;
  if (format === 'svg')
    return { bytes: new TextEncoder().encode(toSvg(symbol, modulePx)), mediaType: 'image/svg+xml', version };
  return { bytes: await toPng(symbol, { qrText, modulePx }), mediaType: 'image/png', version };
}

function toPng(
  { version, maskPattern }: QrSymbol,
  { qrText, modulePx }: Pick<QrRequest, 'qrText' | 'modulePx'>,
): Promise<Buffer> {
  return QRCode.toBuffer(toSegments(qrText), {
    type: 'png',
    version,
    maskPattern: maskPattern as 0,
    errorCorrectionLevel: ERROR_CORRECTION,
    margin: QUIET_ZONE,
    scale: modulePx,
  });
}

function toSvg(symbol: QrSymbol, modulePx: number): string {
  const side = symbol.size + 2 * QUIET_ZONE;
  const path = Array.from(
    darkRuns(symbol),
    ({ row, column, length }) => `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h${length}v1h-${length}z`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="${side * modulePx}" height="${side * modulePx}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">`,
    '<title>e-Proof QR code 二維碼</title>',
    `<rect width="${side}" height="${side}" fill="#fff"/>`,
    `<path fill="#000" d="${path.join('')}"/>`,
    '</svg>\n',
  ].join('');
}
