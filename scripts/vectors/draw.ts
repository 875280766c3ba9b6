/** Numbers that follow from a seed (mulberry32), so that a failure can be seen again. */
export interface Draw {
  /** From 0 to `below` − 1. */
  number(below: number): number;
  chance(percent: number): boolean;
  pick<T>(items: readonly T[]): T;
}

export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const number = (below: number): number => Math.floor(next() * below);
  return {
    number,
    chance: (percent) => number(100) < percent,
    pick: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new TypeError('there is nothing to pick from');
      return items[number(items.length)] as T;
    },
  };
}
