import { sql } from 'kysely';
import { AppError } from '../app-error.ts';
import type { Db } from '../store/schema.ts';
import { type Actor, requireAct } from './policy.ts';

/** Whoever acts or acted for a department: an officer, or a system by its key. */
export interface Colleague {
  /** As it stands beside what was done: "officer:7", "key:12". */
  id: string;
  name: string;
}

/** Keys first, each kind by number; whoever left is among them. @throws AppError FORBIDDEN, CURSOR_INVALID */
export async function listPeople(
  db: Db,
  { actor, limit, cursor }: { actor: Actor; limit: number; cursor?: string | undefined },
): Promise<{ items: Colleague[]; next: string | null }> {
  if (!actor.may.has('companies.admit')) requireAct(actor, 'credentials.read');
  const [kind, number] = cursor === undefined ? ['', 0] : readCursor(cursor);
  const { rows } = await sql<Colleague>`
    select kind || ':' || number as id, name
    from (
      select 'key' as kind, id as number, name from api_keys where issuer_id = ${actor.issuer.id}
      union all
      select 'officer', id, name from officers where issuer_id = ${actor.issuer.id}
    ) as people
    where (kind, number) > (${kind}, ${number})
    order by kind, number
    limit ${limit + 1}`.execute(db);
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function readCursor(cursor: string): [kind: string, number: number] {
  const [, kind, number] = /^(key|officer):([1-9]\d{0,14})$/.exec(cursor) ?? [];
  if (kind !== undefined) return [kind, Number(number)];
  throw new AppError('CURSOR_INVALID', '"starting_after" must be the "next" of a page of this very list');
}
