/** The median of some runs and how far they lie apart. */
export interface Timing {
  median: number;
  /** (slowest − fastest) / median. */
  spread: number;
}

/** Runs every contender in turn, round after round, so that a machine that slows down slows all of them. Milliseconds a run. */
export async function timeSideBySide<Name extends string>(
  contenders: Record<Name, () => unknown>,
  rounds = 7,
): Promise<Record<Name, Timing>> {
  const names = Object.keys(contenders) as Name[];
  const samples = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const startedAt = performance.now();
      await contenders[name]();
      // the first round warms the compiler and is not counted
      if (round >= 0) samples.get(name)?.push(performance.now() - startedAt);
    }
  }
  return Object.fromEntries(names.map((name) => [name, summarise(samples.get(name) as number[])])) as Record<
    Name,
    Timing
  >;
}

function summarise(samples: number[]): Timing {
  const sorted = samples.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] as number;
  return { median, spread: ((sorted.at(-1) as number) - (sorted[0] as number)) / median };
}

export function formatSpread({ spread }: Timing): string {
  return `± ${(spread * 50).toFixed(0)} %`;
}
