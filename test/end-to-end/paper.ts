import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ReadResult } from 'zxing-wasm/reader';

const run = promisify(execFile);

/** The first page of a PDF as a picture file: what a scanner makes of the printed page. */
export async function photographPage(pdf: Uint8Array, dpi: number): Promise<Buffer> {
  return renderPage(pdf, ['-r', String(dpi), '-png', '-gray']);
}

export interface Pixels {
  width: number;
  height: number;
  /** One byte a pixel: 0 dark, 255 light. */
  luma: Uint8Array;
}

/** The first page of a PDF as grey pixels. */
export async function pixelsOfPage(pdf: Uint8Array, dpi: number): Promise<Pixels> {
  const file = await renderPage(pdf, ['-r', String(dpi), '-gray']);
  const head = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(file.subarray(0, 64).toString('latin1'));
  if (!head) throw new Error('pdftoppm gave no grey picture');
  return { width: Number(head[1]), height: Number(head[2]), luma: file.subarray(head[0].length) };
}

async function renderPage(pdf: Uint8Array, options: readonly string[]): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'eproof-page-'));
  try {
    const file = join(folder, 'page.pdf');
    await writeFile(file, pdf);
    const limits = { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 } as const;
    return (await run('pdftoppm', ['-f', '1', '-l', '1', '-singlefile', ...options, file], limits)).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const FILM = { width: 960, height: 540, framesPerSecond: 5, turn: (7 * Math.PI) / 180 };
/** How large the code is before the camera, as a part of the picture's height: too small to be read at first, then near. */
const DISTANCES = [0.15, 0.65];
const SECONDS_AT_EACH = 2;

/**
 * A film in YUV4MPEG2 of the printed page: held before the camera a little turned, far away and then near, in the light of an office,
 * with the noise of a sensor. Chromium plays it for a camera with --use-file-for-fake-video-capture.
 */
export function filmOf(page: Pixels, position: ReadResult['position']): Buffer {
  const { width, height, framesPerSecond } = FILM;
  const noise = createNoise();
  const frames = DISTANCES.flatMap((share) => {
    const frame = Buffer.concat([Buffer.from('FRAME\n'), see(page, { position, share, noise })]);
    return Array<Buffer>(framesPerSecond * SECONDS_AT_EACH).fill(frame);
  });
  const head = `YUV4MPEG2 W${width} H${height} F${framesPerSecond}:1 Ip A1:1 C420jpeg\n`;
  return Buffer.concat([Buffer.from(head), ...frames]);
}

interface View {
  position: ReadResult['position'];
  share: number;
  noise(): number;
}

/** One picture, its QR code in the middle: brightness, then two planes without colour. */
function see(page: Pixels, { position: { topLeft, topRight, bottomRight }, share, noise }: View): Buffer {
  const { width, height, turn } = FILM;
  const middle = { x: (topLeft.x + bottomRight.x) / 2, y: (topLeft.y + bottomRight.y) / 2 };
  const scale = (height * share) / Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y);
  const picture = Buffer.alloc(width * height * 1.5, 128);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [(x - width / 2) / scale, (y - height / 2) / scale];
      const u = Math.round(middle.x + dx * Math.cos(turn) + dy * Math.sin(turn));
      const v = Math.round(middle.y + dy * Math.cos(turn) - dx * Math.sin(turn));
      const isPage = u >= 0 && v >= 0 && u < page.width && v < page.height;
      const light = isPage ? 40 + ((page.luma[v * page.width + u] as number) * 165) / 255 : 120;
      picture[y * width + x] = light + noise() * 10;
    }
  return picture;
}

// The same noise in every run (a linear congruential generator), so that a failure can be repeated.
function createNoise(): () => number {
  let state = 1;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
