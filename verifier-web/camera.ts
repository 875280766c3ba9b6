import { chooseQrText, looksLikeQrText } from '../proof/qr-text.ts';
import type { DecodeImage } from './presented.ts';
import { Refusal, type RefusalCode } from './refusal.ts';

/** A native detector that has found nothing by then is passed over: some report support and never see a dense code. */
const NATIVE_MS = 1_000;
/** Another code beside ours must not end the search: it counts only when nothing of ours shows up for a while. */
const PATIENCE_MS = 1_200;

/** The number of the preparation that prepares nothing (decoding/search.ts). */
const AS_IT_IS = 0;

export interface Camera {
  /** Resolves with the text of a code, or never once the camera is stopped. @throws Refusal */
  read(): Promise<string>;
  /** Null where this camera has none. */
  light: Light | null;
  zoom: Zoom | null;
  stop(): void;
}

export interface Light {
  isOn(): boolean;
  turn(on: boolean): Promise<void>;
}

/** In the camera's own measure, which is not always "times". */
export interface Zoom {
  min: number;
  max: number;
  step: number;
  value(): number;
  set(value: number): Promise<void>;
}

/** Asks for the camera and shows its picture in `video`. Of a device with one processor there is no second reader. @throws Refusal */
export async function openCamera(
  video: HTMLVideoElement,
  readers: readonly [DecodeImage, DecodeImage | undefined],
): Promise<Camera> {
  const stream = await openStream();
  const [track] = stream.getVideoTracks();
  if (!track) throw new Refusal('CAMERA_ABSENT');
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    for (const each of stream.getTracks()) each.stop();
    video.srcObject = null;
  };
  video.srcObject = stream;
  await video.play().catch(() => {
    stop();
    throw new Refusal('CAMERA_BUSY');
  });
  return { read: () => search(video, readers, () => isStopped), ...controlsOf(track), stop };
}

/** What is asked of a track replaces what was asked before: both are asked each time. */
function controlsOf(track: MediaStreamTrack): Pick<Camera, 'light' | 'zoom'> {
  // some browsers have no such question
  const { torch, zoom } = 'getCapabilities' in track ? track.getCapabilities() : {};
  const hasZoom = zoom !== undefined && zoom.max > zoom.min;
  let isLit = false;
  let factor = hasZoom ? (track.getSettings().zoom ?? zoom.min) : 0;
  const apply = async (lit: boolean, wanted: number): Promise<void> => {
    await track.applyConstraints({
      advanced: [...(torch ? [{ torch: lit }] : []), ...(hasZoom ? [{ zoom: wanted }] : [])],
    });
    isLit = lit;
    factor = wanted;
  };
  return {
    light: torch ? { isOn: () => isLit, turn: (on) => apply(on, factor) } : null,
    zoom: hasZoom ? { ...stepsOf(zoom), value: () => factor, set: (value) => apply(isLit, value) } : null,
  };
}

/** A camera without steps of its own gets some, or a key would move nothing. */
function stepsOf({ min, max, step }: { min: number; max: number; step: number }): {
  min: number;
  max: number;
  step: number;
} {
  return { min, max, step: step > 0 ? step : (max - min) / 20 };
}

const FAILURES: Record<string, RefusalCode> = {
  NotAllowedError: 'CAMERA_DENIED',
  SecurityError: 'CAMERA_DENIED',
  NotFoundError: 'CAMERA_ABSENT',
  OverconstrainedError: 'CAMERA_ABSENT',
  NotReadableError: 'CAMERA_BUSY',
  AbortError: 'CAMERA_BUSY',
};

async function openStream(): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) throw new Refusal('CAMERA_UNSUPPORTED');
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: 'environment' }, width: { ideal: 1920 }, height: { ideal: 1080 }, ...ofPhones() },
    });
  } catch (error) {
    throw new Refusal(FAILURES[(error as DOMException).name] ?? 'CAMERA_BUSY');
  }
}

// A browser tells of zoom only to who asks for it here. On a computer it would ask the reader whether the page may move the camera.
function ofPhones(): MediaTrackConstraintSet {
  return matchMedia('(pointer: coarse)').matches ? { zoom: true } : {};
}

/**
 * Two look at once, where the device has the processors: one at each picture as it is, the other at what is left of a bad one when its faults are undone
 * one by one. So a good picture waits for nobody. The second is started when the first has shown that there is a reader; where it fails, the first does both.
 */
function search(
  video: HTMLVideoElement,
  [quick, second]: readonly [DecodeImage, DecodeImage | undefined],
  isStopped: () => boolean,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let isFound = false;
    let strangerSince = Number.POSITIVE_INFINITY;

    async function look(read: (picture: number) => Promise<string[]>): Promise<void> {
      for (let picture = 0; ; picture++) {
        await nextFrame(video);
        if (isFound || isStopped()) return;
        const text = chooseQrText(await read(picture));
        if (text === undefined) continue;
        strangerSince = Math.min(strangerSince, performance.now());
        if (!looksLikeQrText(text) && performance.now() - strangerSince <= PATIENCE_MS) continue;
        isFound = true;
        return resolve(text);
      }
    }

    async function start(): Promise<void> {
      const native = await openNative();
      const startedAt = performance.now();
      let thorough = second;
      let isAlone = true;
      await look(async (picture) => {
        if (native && performance.now() - startedAt < NATIVE_MS) return native(video);
        const texts = await quick(await cutFrame(video), thorough ? AS_IT_IS : picture);
        if (second && isAlone)
          look(async (other) => second(await cutFrame(video), other)).catch(() => {
            thorough = undefined;
          });
        isAlone = false;
        return texts;
      });
    }

    start().catch(reject);
  });
}

async function openNative(): Promise<((video: HTMLVideoElement) => Promise<string[]>) | null> {
  if (typeof BarcodeDetector === 'undefined') return null;
  const formats: string[] = await BarcodeDetector.getSupportedFormats().catch(() => []);
  if (!formats.includes('qr_code')) return null;
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  return async (video) => {
    const found = await detector.detect(video).catch(() => []);
    return found.map((code) => code.rawValue);
  };
}

function nextFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve());
    else setTimeout(resolve, 50);
  });
}

// The page shows the middle square of the picture, and exactly that square is searched, at full resolution.
function cutFrame(video: HTMLVideoElement): Promise<ImageBitmap> {
  const { videoWidth: width, videoHeight: height } = video;
  const side = Math.min(width, height);
  return createImageBitmap(video, (width - side) / 2, (height - side) / 2, side, side);
}
