import { sql } from 'kysely';
import type { Actor } from '../auth/policy.ts';
import type { Db } from '../store/schema.ts';
import { withLock } from '../store/store.ts';

/*
 * Who read what of people: claims, documents, proofs, lists. The log has one record for each hour, actor and object, with how often.
 *   1. counted in the memory of the instance: a read waits for no write
 *   2. every second, and when the service stops, added to the counts in the database
 *   3. when the hour is over, moved into the audit log, and added up by days (irregular-access.ts)
 * A kill loses the reads of its last second. With the database away nothing can be read either; what was counted before waits for it.
 */

/** What a route reads: the act of its record, and which part of the object it was. */
export interface ReadKind {
  act: `${string}.${'read' | 'list'}`;
  what: string;
}

export interface Read extends ReadKind {
  actor: Pick<Actor, 'id' | 'issuer'>;
  /** The id of what was read; null for a list. */
  object: string | null;
}

export interface ReadLog {
  record(read: Read): void;
  /** Adds to the database what was counted since. */
  flush(): Promise<void>;
  /** The last of it. */
  close(): Promise<void>;
}

export interface ReadLogOptions {
  now(): number;
  /** Counts could not be written: they wait for the next time. */
  onFault(error: unknown): void;
  flushMs?: number;
}

const HOUR_MS = 3_600_000;
const FLUSH_MS = 1_000;
/** For what other instances have counted and not written yet. */
const GRACE_MS = 120_000;

interface Count {
  issuer: number;
  hour: Date;
  actor: string;
  act: string;
  what: string;
  object: string;
  reads: number;
}

export function createReadLog(db: Db, { now, onFault, flushMs = FLUSH_MS }: ReadLogOptions): ReadLog {
  let counts = new Map<string, Count>();
  let flushing: Promise<void> = Promise.resolve();
  const add = (key: string, count: Count) => {
    const known = counts.get(key);
    if (known) known.reads += count.reads;
    else counts.set(key, count);
  };
  const flushNow = async () => {
    if (counts.size === 0) return;
    const taken = counts;
    counts = new Map();
    try {
      await write(db, inOrder(taken));
    } catch (error) {
      for (const [key, count] of taken) add(key, count);
      throw error;
    }
  };
  const flush = () => {
    flushing = flushing.catch(() => {}).then(flushNow);
    return flushing;
  };
  const timer = setInterval(() => void flush().catch(onFault), flushMs);
  timer.unref();
  return {
    record({ actor: { id: actor, issuer }, act, what, object }) {
      const at = now();
      const hour = at - (at % HOUR_MS);
      const count = { issuer: issuer.id, hour: new Date(hour), actor, act, what, object: object ?? '', reads: 1 };
      add(`${issuer.id} ${hour} ${actor} ${act} ${what} ${count.object}`, count);
    },
    flush,
    close() {
      clearInterval(timer);
      return flush();
    },
  };
}

/** Two instances that write the same counts at once wait for each other at the first, and not each for what the other holds. */
function inOrder(counts: ReadonlyMap<string, Count>): Count[] {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
}

async function write(db: Db, counts: readonly Count[]): Promise<void> {
  const column = <Name extends keyof Count>(name: Name) => counts.map((count) => count[name]);
  await sql`
    insert into read_counts (issuer_id, hour, actor, act, what, object, reads)
    select * from unnest(${column('issuer')}::integer[], ${column('hour')}::timestamptz[], ${column('actor')}::text[],
      ${column('act')}::text[], ${column('what')}::text[], ${column('object')}::text[], ${column('reads')}::integer[])
    on conflict (issuer_id, actor, hour, act, object, what) do update set reads = read_counts.reads + excluded.reads
  `.execute(db);
}

/** Moves what one actor read in one hour that is over into the log, in one statement; whether there may be more. */
export async function recordReads(db: Db, now: number): Promise<boolean> {
  const isBusy = await withLock(db, 'reads', async () => {
    const { rows } = await sql<{ issuer_id: number; actor: string; hour: Date }>`
      select issuer_id, actor, hour from read_counts where hour < ${new Date(now - HOUR_MS - GRACE_MS)}
      order by hour limit 1`.execute(db);
    const [group] = rows;
    if (group) await move(db, group);
    return group !== undefined;
  });
  return isBusy ?? false;
}

/**
 * Own work is a credential that the same actor prepared, approved or changed, as the log says. A preparer's acts are on the draft, which the record of
 * the issuing names.
 */
async function move(
  db: Db,
  { issuer_id, actor, hour }: { issuer_id: number; actor: string; hour: Date },
): Promise<void> {
  await sql`
    with over as (
      delete from read_counts where issuer_id = ${issuer_id} and actor = ${actor} and hour = ${hour} returning *
    ),
    told as (
      insert into audit_records (issuer_id, actor, act, object, allowed, after)
      select issuer_id, actor, act, nullif(object, ''), true, jsonb_build_object('what', what, 'reads', reads,
        'hour', to_char(hour at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
      from over order by object, what
    ),
    opened as (
      select object, not exists (
          select from audit_records a where a.issuer_id = ${issuer_id} and a.object = over.object and (
            (a.actor = ${actor} and a.act <> 'credential.read' and a.allowed)
            or (a.act = 'credential.issue' and exists (
              select from audit_records d where d.issuer_id = ${issuer_id} and d.object = a.after ->> 'draft'
                and d.actor = ${actor} and d.act <> 'draft.read' and d.allowed)))
        ) as outside
      from over where act = 'credential.read' group by object
    )
    insert into read_days (issuer_id, actor, day, opened, outside_work)
    select ${issuer_id}, ${actor}, floor((extract(epoch from ${hour}::timestamptz) + 28800) / 86400)::integer,
      count(*), count(*) filter (where outside)
    from opened having count(*) > 0
    on conflict (issuer_id, actor, day) do update set
      opened = read_days.opened + excluded.opened, outside_work = read_days.outside_work + excluded.outside_work
  `.execute(db);
}
