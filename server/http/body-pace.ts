import { performance } from 'node:perf_hooks';
import { RequestError } from './request-error.ts';

/** How slow the sender of a body may be: it would else hold what the request holds for as long as it likes. */
export interface Pace {
  /** So much of waiting for the sender, and not of our own work, … */
  waitMs: number;
  /** … has to bring so much. Not a time for all of it: a file of a million rows may take an hour. */
  leastBytes: number;
}

const PACE: Pace = { waitMs: 30_000, leastBytes: 16_384 };

/** The bytes of a body, while they keep the pace. @throws RequestError BODY_TOO_SLOW, and what the body throws */
export async function* atPace(
  body: AsyncIterable<Buffer>,
  { waitMs, leastBytes }: Pace = PACE,
): AsyncGenerator<Buffer> {
  const iterator = body[Symbol.asyncIterator]();
  let waitedMs = 0;
  let gainedBytes = 0;
  let isWaiting = false;
  try {
    for (;;) {
      const askedAt = performance.now();
      isWaiting = true;
      const { done, value } = await within(iterator.next(), waitMs - waitedMs);
      isWaiting = false;
      if (done) return;
      waitedMs += performance.now() - askedAt;
      gainedBytes += value.length;
      if (gainedBytes >= leastBytes) waitedMs = gainedBytes = 0;
      yield value;
    }
  } finally {
    // ending a stream ends its connection, on which who is too slow is still to be told so
    if (!isWaiting) await iterator.return?.();
  }
}

function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(
    () => reject(new RequestError('BODY_TOO_SLOW', 'the body comes too slowly')),
    Math.max(0, ms),
  );
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
