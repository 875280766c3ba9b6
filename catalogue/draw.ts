/** Choices that look random and are the same for the same code and seed on every machine. */
export interface Draw {
  /** From `least` to `most`, both included. */
  integer(least: number, most: number): number;
  pick<T>(list: readonly T[]): T;
  /** True in `percent` of 100. */
  chance(percent: number): boolean;
  /** So many digits, different for each seed below 10^digits, the same for each call. */
  serial(digits: number): string;
}

/** Not a source of secrets: mulberry32 over an FNV-1a hash, small and fast. */
export function createDraw(code: string, seed: number): Draw {
  const next = mulberry32(fnv1a(`${code}/${seed}`));
  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    integer,
    pick: (list) => list[integer(0, list.length - 1)] as (typeof list)[number],
    chance: (percent) => integer(1, 100) <= percent,
    serial: (digits) => toSerial(fnv1a(code), seed, digits),
  };
}

/** 7919 has no factor in common with a power of ten, so the steps visit every number before the first comes again. */
function toSerial(first: number, seed: number, digits: number): string {
  return ((first + seed * 7919) % 10 ** digits).toString().padStart(digits, '0');
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function mulberry32(state: number): () => number {
  let word = state;
  return () => {
    word = (word + 0x6d2b79f5) | 0;
    let mixed = Math.imul(word ^ (word >>> 15), 1 | word);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
