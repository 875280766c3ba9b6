import { AppError } from '../app-error.ts';

/** What becomes of one of many: what was done, or why it was not, with nothing left of it. */
export type Outcome<Done> = Done | AppError;

interface Rules {
  /** How many groups are under way at once. */
  lanes: number;
  /** How many there are in a group. */
  most: number;
}

interface Waiting<Work, Done> {
  work: Work;
  done(done: Done): void;
  refuse(error: unknown): void;
}

/**
 * Does in one go what comes while the lanes are busy, so that many requests cost one transaction. Each has an outcome of its own; where a
 * group comes to nothing as a whole, each of it is done alone, so that whatever one brings keeps no other back.
 */
export function doTogether<Work, Done>(
  doAll: (works: readonly Work[]) => Promise<readonly Outcome<Done>[]>,
  { lanes, most }: Rules,
): (work: Work) => Promise<Done> {
  const waiting: Waiting<Work, Done>[] = [];
  let busy = 0;

  function begin(): void {
    while (busy < lanes && waiting.length > 0) {
      busy++;
      void doGroup(waiting.splice(0, most)).finally(() => {
        busy--;
        begin();
      });
    }
  }

  async function doGroup(group: readonly Waiting<Work, Done>[]): Promise<void> {
    try {
      const outcomes = await doAll(group.map(({ work }) => work));
      for (const [i, { done, refuse }] of group.entries()) {
        const outcome = outcomes[i] as Outcome<Done>;
        if (outcome instanceof AppError) refuse(outcome);
        else done(outcome);
      }
    } catch (error) {
      if (group.length > 1) await Promise.all(group.map((one) => doGroup([one])));
      else group[0]?.refuse(error);
    }
  }

  return (work) =>
    new Promise((done, refuse) => {
      waiting.push({ work, done, refuse });
      begin();
    });
}
