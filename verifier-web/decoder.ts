import type { DecodeImage } from './presented.ts';
import { Refusal } from './refusal.ts';
import { scriptUrl } from './script-url.ts';

interface Answer {
  id: number;
  texts?: string[];
  failure?: string;
}

interface Waiting {
  resolve(texts: string[]): void;
  reject(reason: Refusal): void;
}

/** The QR reader of our own origin; its 400 kB are loaded at the first call, and again after a failure. Takes the image over. */
export function createDecoder(base: URL): DecodeImage {
  let worker: Worker | null = null;
  let lastId = 0;
  const waiting = new Map<number, Waiting>();

  function giveUp(): void {
    worker?.terminate();
    worker = null;
    for (const { reject } of waiting.values()) reject(new Refusal('DECODER_UNAVAILABLE'));
    waiting.clear();
  }

  function start(): Worker {
    const started = new Worker(scriptUrl(new URL(__DECODER__.name, base).href), { type: 'module', name: 'qr' });
    started.addEventListener('error', giveUp);
    started.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      if (!data.texts) return giveUp();
      waiting.get(data.id)?.resolve(data.texts);
      waiting.delete(data.id);
    });
    return started;
  }

  return (image, only) =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      worker ??= start();
      worker.postMessage({ id, image, only }, [image]);
    });
}
