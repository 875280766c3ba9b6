import { type Attempt, attempt } from './attempt.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;

export interface Patience {
  /** How long to try again, from the first attempt on; 0 for one attempt. */
  patienceMs: number;
}

/**
 * Sends until there is an answer, or until trying again is of no use or would take too long. That is safe for whatever this client sends: reads
 * change nothing, and the service does a write once for each Idempotency-Key, which is the same in every attempt.
 * @throws ApiProblem, NoAnswer, and what the caller aborted with
 */
export async function persist<T>(one: Attempt<T> & Patience): Promise<T> {
  const giveUpAt = Date.now() + one.patienceMs;
  for (let failures = 0; ; failures++) {
    const outcome = await attempt(one);
    if ('answer' in outcome) return outcome.answer;
    if (outcome.retryAfterMs === null) throw outcome.failure;
    const pauseMs = Math.max(outcome.retryAfterMs, backOffMs(failures));
    if (Date.now() + pauseMs > giveUpAt) throw outcome.failure;
    await pause(pauseMs, one.signal);
  }
}

/** Doubles, and is drawn by lot, so that those who were cut off together do not come back together. */
export function backOffMs(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures) * (0.5 + Math.random() / 2);
}

/** @throws what the caller aborted with */
export function pause(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, durationMs);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
  });
}
