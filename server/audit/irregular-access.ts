import { sql } from 'kysely';
import { toDate } from '../../proof/day.ts';
import { AppError } from '../app-error.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { Db } from '../store/schema.ts';

/*
 * What an auditor looks at first: a day on which somebody opened far more credentials than usual, or an officer nearly only ones with which they had
 * nothing else to do. It accuses nobody: an audit or a wave of complaints looks the same, and one single look at a neighbour's licence does not show.
 * A credential that was opened in several hours of a day counts in each.
 */

/** Below it a day is not looked at. */
export const MANY_OPENED = 50;
export const TIMES_USUAL = 5;
/** For the average of an actor: days before, on which they opened any. */
export const USUAL_DAYS = 28;
export const MANY_OUTSIDE = 20;
/** Of what was opened. */
export const OUTSIDE_PERCENT = 90;

export interface IrregularAccess {
  actor: string;
  /** YYYY-MM-DD in Hong Kong. */
  day: string;
  opened: number;
  /** On a day, to one decimal; null where nothing is known of the days before. */
  usual: number | null;
  /** With how many of those the log names nothing else that the actor did. */
  outsideWork: number;
  why: ('more-than-usual' | 'outside-work')[];
}

export interface AccessRequest {
  actor: Actor;
  /** Day numbers. */
  from: number;
  to: number;
  limit: number;
  cursor?: string | undefined;
}

interface Row {
  actor: string;
  day: number;
  opened: number;
  outside_work: number;
  usual: number | null;
  more: boolean;
  outside: boolean;
}

/** Newest day first. @throws AppError FORBIDDEN, CURSOR_INVALID */
export async function listIrregularAccess(
  db: Db,
  { actor, from, to, limit, cursor }: AccessRequest,
): Promise<{ items: IrregularAccess[]; next: string | null }> {
  requireAct(actor, 'audit.read');
  const after = cursor === undefined ? { day: to + 1, actor: '' } : readCursor(cursor);
  const { rows } = await sql<Row>`
    select * from (
      select d.actor, d.day, d.opened, d.outside_work, u.usual,
        d.opened >= ${MANY_OPENED} and d.opened > ${TIMES_USUAL} * coalesce(u.usual, 0) as more,
        d.actor like 'officer:%' and d.opened >= ${MANY_OUTSIDE}
          and d.outside_work * 100 >= d.opened * ${OUTSIDE_PERCENT} as outside
      from read_days d, lateral (
        select round(avg(p.opened), 1)::float8 as usual from read_days p
        where p.issuer_id = d.issuer_id and p.actor = d.actor and p.day < d.day and p.day >= d.day - ${USUAL_DAYS}
      ) u
      where d.issuer_id = ${actor.issuer.id} and d.day between ${from} and ${to}
        and (d.day < ${after.day} or (d.day = ${after.day} and d.actor > ${after.actor}))
    ) judged
    where more or outside
    order by day desc, actor limit ${limit + 1}`.execute(db);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items: rows.slice(0, limit).map(toView), next: last ? `${last.day}-${last.actor}` : null };
}

function toView({ actor, day, opened, outside_work: outsideWork, usual, more, outside }: Row): IrregularAccess {
  const why: IrregularAccess['why'] = [];
  if (more) why.push('more-than-usual');
  if (outside) why.push('outside-work');
  return { actor, day: toDate(day), opened, usual, outsideWork, why };
}

function readCursor(cursor: string): { day: number; actor: string } {
  const [, day, actor] = /^(\d{1,6})-(\S+)$/.exec(cursor) ?? [];
  if (actor === undefined) throw new AppError('CURSOR_INVALID', '"starting_after" is not of this list');
  return { day: Number(day), actor };
}
