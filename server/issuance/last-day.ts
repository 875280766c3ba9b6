import { sql } from 'kysely';
import { moveByNotices } from '../../proof/standing.ts';
import type { CredentialRow, Db, NoticeRow, Tx } from '../store/schema.ts';

/*
 * The last valid day of a credential is its own, or the one that an extension moved it to, and from there where the notices of its type move
 * it. One credential is asked of the verifier's own function; many of its twin in the database, `last_valid_day`.
 */

/** intended: what was confirmed counts. seen: what verifiers see. */
export type Counting = 'intended' | 'seen';

/** The notices of departments, by issuer and number of the type. */
export type Notices = ReadonlyMap<string, readonly HoldingNotice[]>;

export interface HoldingNotice {
  from: number;
  to: number;
  validUntil: number;
  law: string | null;
}

type OfType = Pick<CredentialRow, 'issuer_id' | 'type_number'>;

/** Those that hold, in the order of the registry. */
export async function findNotices(tx: Db | Tx, issuers: readonly number[], counting: Counting): Promise<Notices> {
  if (issuers.length === 0) return new Map();
  let query = tx
    .selectFrom('notice_posts as p')
    .innerJoin('notices as n', 'n.seq', 'p.notice_seq')
    .select(['p.issuer_id', 'p.type_number', 'n.from_day', 'n.to_day', 'n.valid_until', 'n.law'])
    .where('p.issuer_id', 'in', [...new Set(issuers)])
    .where('p.withdrawn_at', 'is', null)
    .where('p.disbelieved', '=', false);
  if (counting === 'seen') query = query.where('p.state', '=', 'final');
  const rows = await query
    .orderBy('p.place', (order) => order.asc().nullsLast())
    .orderBy('p.seq')
    .execute();
  const groups = Map.groupBy(rows, keyOf);
  return new Map([...groups].map(([key, all]) => [key, all.map(toHolding)]));
}

/** Those that verifiers see of its type, beside each row of a query for credentials; `alias` is what it calls them. Null for none. */
export function seenNotices(alias: string) {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  return sql<HoldingNotice[] | null>`(select json_agg(json_build_object('from', n.from_day, 'to', n.to_day,
      'validUntil', n.valid_until, 'law', n.law) order by p.place, p.seq)
    from notice_posts p join notices n on n.seq = p.notice_seq
    where p.issuer_id = ${column('issuer_id')} and p.type_number = ${column('type_number')} and p.state = 'final'
      and p.withdrawn_at is null and not p.disbelieved)`;
}

function keyOf({ issuer_id, type_number }: OfType): string {
  return `${issuer_id} ${type_number}`;
}

function toHolding(row: Pick<NoticeRow, 'from_day' | 'to_day' | 'valid_until' | 'law'>): HoldingNotice {
  return { from: row.from_day, to: row.to_day, validUntil: row.valid_until, law: row.law };
}

/** Where the notices of its type move a credential's last valid day to, and by which law; null where none does. */
export function movedDay(of: OfType, day: number | null, notices: Notices): { day: number; law: string | null } | null {
  return moveByNotices(day, notices.get(keyOf(of)) ?? []);
}

/** By how many days a department's notices move a last valid day together at most: so far back an index has to be read. */
export function farthestMove(issuerId: number) {
  return sql<number>`(select coalesce(sum(valid_until - from_day), 0)::integer from notices
    where issuer_id = ${issuerId} and state = 'confirmed')`;
}

/** The same day in the database; `alias` is what the query calls the credentials. */
export function lastDaySql(alias: string, counting: Counting) {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const own = sql`coalesce(${column('extended_until')}, ${column('valid_until')})`;
  return sql<
    number | null
  >`last_valid_day(${column('issuer_id')}, ${column('type_number')}, ${own}, ${sql.lit(counting === 'seen')})`;
}
