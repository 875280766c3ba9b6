import type { Actor, Origin } from '../auth/policy.ts';
import type { Db } from '../store/schema.ts';

export interface Denial {
  /** Null where nobody was recognised. */
  actor: Actor | null;
  /** The operation that was asked for. */
  operation: string;
  object: string | null;
  code: string;
  origin: Origin;
}

export interface DenialLog {
  record(denial: Denial): Promise<void>;
  /** Writes the counts of the minutes that are over; with `all`, of this one as well. */
  flush(all?: boolean): Promise<void>;
}

const WINDOW_MS = 60_000;
/** In one minute and instance: a thousand addresses that try keys write no more than this. */
const MOST_KINDS = 200;
const OBJECT = /^[a-z]{2,4}_[0-9A-Za-z]{1,64}$/;

export interface DenialLogOptions {
  now(): number;
  /** Counts could not be written; they are in the next refusal's way no longer. */
  onFault(error: unknown): void;
}

interface Kind {
  denial: Denial;
  since: number;
  repeated: number;
}

/**
 * What was refused. The first of a kind (who, what, why, from where) in a minute is written at once; how often it was repeated, in one
 * record when the minute is over. Beyond MOST_KINDS, all others are one kind. A crash loses the counts of a minute, no first refusal.
 */
export function createDenialLog(db: Db, { now, onFault }: DenialLogOptions): DenialLog {
  const kinds = new Map<string, Kind>();
  const log: DenialLog = {
    async record(denial) {
      await log.flush();
      const key = keyOf(denial);
      const isOverflow = !kinds.has(key) && kinds.size >= MOST_KINDS;
      const counted = isOverflow ? toOverflow(denial) : denial;
      const countedKey = isOverflow ? 'overflow' : key;
      const kind = kinds.get(countedKey);
      if (kind) kind.repeated++;
      else kinds.set(countedKey, { denial: counted, since: now(), repeated: 0 });
      if (kind) return;
      setTimeout(() => log.flush().catch(onFault), WINDOW_MS).unref();
      await write(db, counted, null);
    },
    async flush(all = false) {
      for (const [key, kind] of kinds) {
        if (!all && now() - kind.since < WINDOW_MS) continue;
        kinds.delete(key);
        if (kind.repeated > 0) await write(db, { ...kind.denial, object: null }, { repeated: kind.repeated });
      }
    },
  };
  return log;
}

function keyOf({ actor, operation, code, origin }: Denial): string {
  return JSON.stringify([actor?.issuer.id, actor?.id, operation, code, origin.address]);
}

function toOverflow(denial: Denial): Denial {
  return {
    actor: null,
    operation: 'many',
    object: null,
    code: denial.code,
    origin: { requestId: null, address: null },
  };
}

async function write(db: Db, denial: Denial, after: { repeated: number } | null): Promise<void> {
  const { actor, operation, object, code, origin } = denial;
  await db
    .insertInto('audit_records')
    .values({
      issuer_id: actor?.issuer.id ?? null,
      actor: actor?.id ?? 'unknown',
      act: `request.${operation}`,
      // what is guessed stands in addresses: only what looks like an id of ours is kept
      object: object !== null && OBJECT.test(object) ? object : null,
      allowed: false,
      code,
      before: null,
      after: after && JSON.stringify(after),
      request_id: after ? null : origin.requestId,
      address: origin.address,
    })
    .execute();
}
