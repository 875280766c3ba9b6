import QRCode from 'qrcode';
import { toSegments } from '../../server/render/qr.ts';

interface Pixels {
  side: number;
  /** One byte a pixel: 0 dark, 255 light. */
  luma: Uint8Array;
}

/** A QR code as grey pixels with its quiet zone. */
export function drawQr(text: string, modulePx: number): Pixels {
  const { modules } = QRCode.create(/#[0-9]+$/.test(text) ? toSegments(text) : text, { errorCorrectionLevel: 'M' });
  const side = (modules.size + 8) * modulePx;
  const luma = new Uint8Array(side * side).fill(255);
  for (let y = 0; y < modules.size * modulePx; y++)
    for (let x = 0; x < modules.size * modulePx; x++)
      if (modules.get(Math.floor(y / modulePx), Math.floor(x / modulePx)))
        luma[(y + 4 * modulePx) * side + x + 4 * modulePx] = 0;
  return { side, luma };
}

export function toPng(text: string): Promise<Buffer> {
  return QRCode.toBuffer(/#[0-9]+$/.test(text) ? toSegments(text) : text, {
    errorCorrectionLevel: 'M',
    scale: 4,
    margin: 4,
  });
}

/**
 * A film in YUV4MPEG2 of one picture: a code held before the camera, a little turned, on a grey desk, with the noise of a sensor.
 * Chromium plays it for a camera with --use-file-for-fake-video-capture.
 */
export function toFilm(text: string, { width = 1280, height = 720 } = {}): Buffer {
  const { side, luma } = drawQr(text, 6);
  const scale = (height * 0.86) / side;
  const angle = (7 * Math.PI) / 180;
  const noise = createNoise();
  const frame = Buffer.alloc(width * height, 0);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [dx, dy] = [x - width / 2, y - height / 2];
      const u = Math.floor((dx * Math.cos(angle) + dy * Math.sin(angle)) / scale + side / 2);
      const v = Math.floor((dy * Math.cos(angle) - dx * Math.sin(angle)) / scale + side / 2);
      const isPaper = u >= 0 && v >= 0 && u < side && v < side;
      const light = isPaper ? 40 + ((luma[v * side + u] as number) * 165) / 255 : 120;
      frame[y * width + x] = light + noise() * 10;
    }
  const chroma = Buffer.alloc((width / 2) * (height / 2), 128);
  const one = Buffer.concat([Buffer.from('FRAME\n'), frame, chroma, chroma]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), one, one]);
}

// The same noise in every run (a linear congruential generator), so that a failure can be repeated.
function createNoise(): () => number {
  let state = 1;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
