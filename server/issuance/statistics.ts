import { sql } from 'kysely';
import { toHongKongDay } from '../../proof/day.ts';
import { type Actor, requireAct } from '../auth/policy.ts';
import type { Db, StatusAct } from '../store/schema.ts';
import { isReleased } from './held.ts';
import { lastDaySql } from './last-day.ts';
import { statusSql } from './query.ts';
import type { IssuanceDeps } from './use-cases.ts';

/** How a credential stands today, in the verdict's order; "coming": not final yet. */
export const STANDINGS = [
  'failed',
  'coming',
  'revoked',
  'superseded',
  'suspended',
  'expired',
  'not-yet-in-force',
  'in-force',
] as const;
export type CountedStanding = (typeof STANDINGS)[number];

export interface Statistics {
  /** How many of each type stand how today; what there is none of is left out. */
  standing: { type: string; standing: CountedStanding; count: number }[];
  /** Accepted in each of the last months of Hong Kong, "2026-11". */
  issued: { month: string; type: string; count: number }[];
  /** Changes of status in the same months, those that failed left out. */
  changes: { month: string; act: StatusAct; count: number }[];
}

/** Numbers alone: nothing of a single credential. `months` counts back from the current one, which is the last. */
export async function getStatistics(
  db: Db,
  deps: IssuanceDeps,
  { actor, months }: { actor: Actor; months: number },
): Promise<Statistics> {
  requireAct(actor, 'credentials.read');
  const issuer = actor.issuer.id;
  const now = new Date(deps.now());
  const today = toHongKongDay(deps.now() / 1000);
  const begin = sql<Date>`(date_trunc('month', ${now}::timestamptz at time zone 'Asia/Hong_Kong')
    - make_interval(months => ${months - 1}::integer)) at time zone 'Asia/Hong_Kong'`;
  const month = (column: string) => sql<string>`to_char(${sql.ref(column)} at time zone 'Asia/Hong_Kong', 'YYYY-MM')`;
  const count = sql<number>`count(*)::integer`;
  // the own end is looked at first: what a notice or an extension moved is asked of few
  const isExpired = sql`coalesce(c.extended_until, c.valid_until) < ${today} and ${lastDaySql('c', 'seen')} < ${today}`;
  const todays = sql<CountedStanding>`case when c.state = 'failed' then 'failed' when c.state <> 'final' then 'coming'
    when ${statusSql(today)} <> 'in-force' then ${statusSql(today)} when ${isExpired} then 'expired'
    when c.valid_from > ${today} then 'not-yet-in-force' else 'in-force' end`;
  const credentials = db
    .selectFrom('credentials as c')
    .where('c.issuer_id', '=', issuer)
    .where('c.state', '!=', sql.lit('submitted'))
    .where(isReleased('c'));
  const [standing, issued, changes] = await Promise.all([
    credentials
      .select(['c.code as type', todays.as('standing'), count.as('count')])
      .groupBy([sql`1`, sql`2`])
      .orderBy('type')
      .execute(),
    credentials
      .where('c.created_at', '>=', begin)
      .where('c.state', '!=', 'failed')
      .select([month('c.created_at').as('month'), 'c.code as type', count.as('count')])
      .groupBy([sql`1`, sql`2`])
      .orderBy('month')
      .orderBy('type')
      .execute(),
    db
      .selectFrom('status_changes as s')
      .where('s.issuer_id', '=', issuer)
      .where('s.created_at', '>=', begin)
      .where('s.state', '!=', 'failed')
      .select([month('s.created_at').as('month'), 's.act', count.as('count')])
      .groupBy([sql`1`, sql`2`])
      .orderBy('month')
      .orderBy('s.act')
      .execute(),
  ]);
  return { standing, issued, changes };
}
