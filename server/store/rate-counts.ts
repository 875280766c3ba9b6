import { sql } from 'kysely';
import type { Db } from './schema.ts';

/** Counts in windows of a minute that all instances share. */
export interface RateCounter {
  /** One more of `name`: how many there were in this window, and when it ends. */
  count(name: string): Promise<{ hits: number; endsAt: Date }>;
}

export interface RateCounterOptions {
  now(): number;
  /**
   * For how long an instance counts alone before it asks the database what the others have counted. 0 asks each time, and is exact;
   * else a caller of N instances may have up to N times the limit for this long, once in a window.
   */
  settleMs: number;
}

interface Entry {
  windowStart: number;
  /** What the database said last. */
  settled: number;
  /** What it was not told yet. */
  pending: number;
  settledAt: number;
}

const WINDOW_MS = 60_000;
/** What is dropped beyond these is in the database, but for what was not settled. */
const MOST_ENTRIES = 10_000;
const KEPT_MS = 10 * WINDOW_MS;

export function createRateCounter(db: Db, { now, settleMs }: RateCounterOptions): RateCounter {
  const entries = new Map<string, Entry>();
  return {
    async count(name) {
      const at = now();
      const entry = entryOf(entries, name, at - (at % WINDOW_MS));
      const endsAt = new Date(entry.windowStart + WINDOW_MS);
      entry.pending++;
      if (at - entry.settledAt < settleMs) return { hits: entry.settled + entry.pending, endsAt };
      entry.settledAt = at;
      return { hits: await settle(db, name, entry), endsAt };
    },
  };
}

function entryOf(entries: Map<string, Entry>, name: string, windowStart: number): Entry {
  const known = entries.get(name);
  if (known?.windowStart === windowStart) return known;
  const entry = { windowStart, settled: 0, pending: 0, settledAt: Number.NEGATIVE_INFINITY };
  entries.delete(name);
  entries.set(name, entry);
  // a Map keeps the order in which names came
  if (entries.size > MOST_ENTRIES) entries.delete(entries.keys().next().value as string);
  return entry;
}

/** Tells the database what was counted here, and answers with what all have counted. */
async function settle(db: Db, name: string, entry: Entry): Promise<number> {
  const hits = entry.pending;
  entry.pending = 0;
  const { rows } = await sql<{ hits: number }>`insert into rate_counts (name, window_start, hits)
    values (${name}, ${new Date(entry.windowStart)}, ${hits})
    on conflict (name, window_start) do update set hits = rate_counts.hits + excluded.hits
    returning hits`.execute(db);
  const all = rows[0]?.hits ?? hits;
  entry.settled = Math.max(entry.settled, all);
  return all;
}

/** Counts of windows that are over. */
export async function forgetRateCounts(db: Db, now: Date): Promise<void> {
  await db
    .deleteFrom('rate_counts')
    .where('window_start', '<', new Date(now.getTime() - KEPT_MS))
    .execute();
}
