import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PACKAGES = {
  pdftotext: 'poppler-utils',
  pdftoppm: 'poppler-utils',
  pdftocairo: 'poppler-utils',
  pdfinfo: 'poppler-utils',
  pdffonts: 'poppler-utils',
  pdfdetach: 'poppler-utils',
  qpdf: 'qpdf',
};
type Tool = keyof typeof PACKAGES;

function run(tool: Tool, args: readonly string[]): Buffer {
  try {
    return execFileSync(tool, args, { maxBuffer: 256 << 20, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      `"${tool}" is missing: install the Debian package "${PACKAGES[tool]}" (apt-get install ${PACKAGES[tool]})`,
      { cause: error },
    );
  }
}

/** Grey pixels, 0 is black. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly dpi: number;
  readonly pixels: Uint8Array;
}

/** A word or a picture's box, in points from the page's top left corner. */
export interface Box {
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A PDF on disk, seen through other people's programs. */
export interface PdfFile {
  /** Throws what qpdf says against the file. */
  check(): string;
  text(page?: number): string;
  /** In the order in which the page's content was written. */
  rawText(): string;
  words(page: number): Box[];
  info(...options: string[]): string;
  fonts(): string[];
  /** The file's objects as text, uncompressed. */
  objects(): string;
  attachments(): { list: string; bytes: Buffer };
  grey(page: number, dpi: number): Raster;
  /** A page as PNG in grey, by a program that shades a pixel by how much of it a shape covers. */
  shaded(page: number, dpi: number): Buffer;
  /** Three bytes for each pixel. */
  colours(page: number, dpi: number): Uint8Array;
  jpeg(page: number, dpi: number): Buffer;
  /** A page as PNG, and its pixels in three bytes each as the same program writes them plainly. */
  png(page: number, dpi: number, options: readonly string[]): { png: Buffer; pixels: Buffer };
  remove(): void;
}

export function createPdfFile(bytes: Uint8Array): PdfFile {
  const folder = mkdtempSync(join(tmpdir(), 'render-'));
  const file = join(folder, 'document.pdf');
  writeFileSync(file, bytes);
  const only = (page: number): string[] => ['-f', String(page), '-l', String(page)];
  const raster = (page: number, dpi: number, ...options: string[]): Buffer =>
    run('pdftoppm', [...only(page), '-r', String(dpi), ...options, file]);
  return {
    check: () => run('qpdf', ['--check', file]).toString(),
    text: (page) => run('pdftotext', [...(page === undefined ? [] : only(page)), '-layout', file, '-']).toString(),
    rawText: () => run('pdftotext', ['-raw', file, '-']).toString(),
    words: (page) => toBoxes(run('pdftotext', [...only(page), '-bbox', file, '-']).toString()),
    info: (...options) => run('pdfinfo', [...options, file]).toString(),
    fonts: () => run('pdffonts', [file]).toString().trim().split('\n').slice(2),
    objects: () => run('qpdf', ['--qdf', '--object-streams=disable', file, '-']).toString('latin1'),
    attachments() {
      const saved = join(folder, 'attachment');
      run('pdfdetach', ['-save', '1', '-o', saved, file]);
      return { list: run('pdfdetach', ['-list', file]).toString(), bytes: readFileSync(saved) };
    },
    grey(page, dpi) {
      const { width, height, pixels } = toRaster(raster(page, dpi, '-gray'));
      return { width, height, dpi, pixels };
    },
    shaded: (page, dpi) =>
      run('pdftocairo', [...only(page), '-r', String(dpi), '-png', '-gray', '-singlefile', file, '-']),
    colours: (page, dpi) => toColours(toRaster(raster(page, dpi))),
    jpeg: (page, dpi) => raster(page, dpi, '-jpeg'),
    png: (page, dpi, options) => ({
      png: raster(page, dpi, '-png', ...options),
      pixels: Buffer.from(toColours(toRaster(raster(page, dpi, ...options)))),
    }),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

interface Netpbm {
  readonly width: number;
  readonly height: number;
  /** As many bytes for each pixel as the file has. */
  readonly pixels: Uint8Array;
}

/** Netpbm's P4 (one bit, 1 is black), P5 (grey) and P6 (colours). */
function toRaster(file: Buffer): Netpbm {
  const head = /^P([456])\s+(\d+)\s+(\d+)(?:\s+255)?\s/.exec(file.subarray(0, 64).toString('latin1'));
  if (head === null) throw new Error('pdftoppm gave no picture');
  const [kind, width, height] = head.slice(1).map(Number) as [number, number, number];
  const data = file.subarray(head[0].length);
  return { width, height, pixels: kind === 4 ? toGrey(data, width, height) : data };
}

/** Three bytes for each pixel. */
function toColours({ width, height, pixels }: Netpbm): Uint8Array {
  const channels = pixels.length / (width * height);
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => pixels[channels === 3 ? i : Math.floor(i / 3)]!);
}

function toGrey(bits: Uint8Array, width: number, height: number): Uint8Array {
  const rowBytes = Math.ceil(width / 8);
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    return (bits[Math.floor(i / width) * rowBytes + (x >> 3)]! >> (7 - (x & 7))) & 1 ? 0 : 255;
  });
}

function toBoxes(html: string): Box[] {
  const words = html.matchAll(/<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*)<\/word>/g);
  return [...words].map(([, left, top, right, bottom, text = '']) => ({
    text,
    left: Number(left),
    top: Number(top),
    right: Number(right),
    bottom: Number(bottom),
  }));
}

/** The pixels as a browser's ImageData. */
export function toImageData({ width, height, pixels }: Raster): ImageData {
  const rgba = new Uint32Array(width * height);
  for (let i = 0; i < rgba.length; i++) rgba[i] = 0xff000000 + pixels[i]! * 0x010101;
  return { width, height, data: new Uint8ClampedArray(rgba.buffer), colorSpace: 'srgb' } as ImageData;
}
