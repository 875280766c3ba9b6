import { looksLikeQrText } from '../../proof/qr-text.ts';
import { averaged, evened, type Grey, sharpened, toGrey, toPixels } from './grey.ts';
import { type Seen, straighten } from './straighten.ts';

/** What a reader makes of pixels: the texts of the codes that it read, and the codes that it saw and could not read. */
export interface Reading {
  texts: string[];
  seen: Seen[];
}

/** What pixels are: a picture; one whose middle is between dark and light everywhere; one clean code and nothing else. */
export type Kind = 'picture' | 'evened' | 'drawn';

export type ReadPixels = (pixels: ImageData, kind: Kind) => Promise<Reading>;

/** A picture, at any size. */
export type Scale = (factor: number) => ImageData;

/** How many preparations there are; each alone is quick enough for one picture of a film. */
const PREPARATIONS = 6;

/** In place of the number of a preparation: all of them, for a picture in which a code is seen and not read; a page of text has none to wait for. */
export const WHERE_SEEN = -1;

/** Above this a picture is not enlarged: its code has the pixels that a reader needs, or is not worth the memory. */
const MOST_ENLARGED_PIXELS = 1_600_000;
const MOST_STRAIGHTENED = 3;

/**
 * The texts of all codes in a picture. First as it is; then, until a code of ours is read, the ways in which photographs of dense codes fail are undone:
 * the dots of a screen, blur and small size, shadow and faint ink, folds. `only` is one preparation for a picture of a film, whose next one is soon here, or WHERE_SEEN.
 */
export async function findCodes(scale: Scale, read: ReadPixels, only?: number): Promise<string[]> {
  const texts: string[] = [];
  const seen: Seen[] = [];
  const plain = scale(1);
  const factor = plain.width * plain.height <= MOST_ENLARGED_PIXELS ? 2 : 1;
  const preparations: (() => Promise<boolean>)[] = [
    () => look(plain),
    () => look(toPixels(averaged(toGrey(plain), 1))),
    () => look(toPixels(sharpened(enlarged(), 2 * factor, 1.5)), 'picture', factor),
    () => look(toPixels(clear()), 'picture', factor),
    () => look(toPixels(clear()), 'evened', factor),
    () => lookAtStraightened(toGrey(plain)),
  ];

  function enlarged(): Grey {
    return toGrey(factor === 1 ? plain : scale(factor));
  }

  function clear(): Grey {
    return evened(sharpened(enlarged(), 2 * factor, 2), 15 * factor);
  }

  async function look(pixels: ImageData, kind: Kind = 'picture', by = 1): Promise<boolean> {
    const reading = await read(pixels, kind);
    texts.push(...reading.texts);
    if (kind !== 'drawn') seen.push(...reading.seen.map((code) => shrink(code, by)));
    return reading.texts.some(looksLikeQrText);
  }

  async function lookAtStraightened(grey: Grey): Promise<boolean> {
    for (const code of seen.toSorted((a, b) => b.size - a.size).slice(0, MOST_STRAIGHTENED))
      for (const reach of REACHES) if (await look(straighten(grey, code, reach), 'drawn')) return true;
    return false;
  }

  const isDue = (number: number): boolean =>
    only === undefined || number === 0 || number === only % PREPARATIONS || (only === WHERE_SEEN && seen.length > 0);

  for (const [number, prepare] of preparations.entries()) if (isDue(number) && (await prepare())) break;
  return texts;
}

/** Pixels around a module: three modules to each side first, two for sharp folds. */
const REACHES = [18, 12];

function shrink({ corners, size }: Seen, factor: number): Seen {
  const [a, b, c, d] = corners.map(({ x, y }) => ({ x: x / factor, y: y / factor }));
  return { size, corners: [a!, b!, c!, d!] };
}
