import { toHongKongDay } from '../proof/day.ts';

/**
 * Whether a test that takes many of a kind (pictures, files, flipped bits, looks for barriers) takes all of them (`npm test -- --whole`), or so many as
 * a run of every test has time for.
 */
export const IS_WHOLE = process.env.EPROOF_TESTS === 'whole';

/** One in `parts` of a kind, other ones every day; all of them with `--whole`. */
export function todays<T>(all: readonly T[], parts: number): T[] {
  const today = toHongKongDay(Date.now() / 1000);
  return all.filter((_, i) => IS_WHOLE || i % parts === today % parts);
}

/** Whether pictures of pages are kept in `test-results`, to be looked at: with `--whole`, and with EPROOF_PICTURES=keep. */
export const KEEPS_PICTURES = IS_WHOLE || process.env.EPROOF_PICTURES === 'keep';
