import { sql } from 'kysely';
import type pg from 'pg';
import { LAST_DAY } from '../../proof/day.ts';
import type { Json } from '../../proof/json.ts';
import type { CredentialRow, Db, IssuerRow, StatusChangeRow, Tx } from '../store/schema.ts';
import { fromCredentialId } from './credential-id.ts';
import { isReleased } from './held.ts';
import { foldChanges } from './intended-status.ts';
import { findNotices, movedDay } from './last-day.ts';
import { belongTo, type ChildRequest, type Parent, type Parented, type ParentStanding } from './parent-rule.ts';
import { claimsOfPayload, decryptPayload } from './payload.ts';
import type { OpenType } from './prepare.ts';
import type { IssuanceDeps } from './use-cases.ts';

/*
 * What the database says of parents (parent-rule.ts). Ending a parent ends no child by itself: it is offered, and confirmed with it.
 */

/** What reading parents takes. */
export type ParentDeps = Pick<IssuanceDeps, 'findDefinition' | 'cipher'>;

/** Ids that one query asks for, and that are decrypted in one go. */
const MOST_AT_ONCE = 200;

/** Changes which may have ended a credential; anything else that happens to one leaves its children alone. */
const VERSION = `concat_ws(' ', c.state = 'failed', c.erased_at is not null,
  (select max(s.seq) from status_changes s where s.issuer_id = c.issuer_id and s.credential_seq = c.seq))`;

/** The parent that a request names, shared with others who name it, and not with whoever ends it. @throws AppError as belongTo */
export async function readParent<R extends ChildRequest>(
  tx: Db | Tx,
  deps: ParentDeps,
  { issuer, open, request }: { issuer: IssuerRow; open: Pick<OpenType, 'type'>; request: R },
): Promise<Parented<R>> {
  const { parent: id } = request;
  if (id === undefined || open.type.lifecycle.parent === null) return belongTo({ open, request }, undefined);
  const found = await findParents(tx, deps, { issuer: issuer.id, ids: [id], isShared: true });
  return belongTo({ open, request }, found.get(id));
}

/** Those that are credentials of the department and may be seen, by the ids as they were asked for. */
export async function findParents(
  tx: Db | Tx,
  deps: ParentDeps,
  { issuer, ids, isShared = false }: { issuer: number; ids: readonly string[]; isShared?: boolean },
): Promise<Map<string, Parent>> {
  const found = new Map<string, Parent>();
  for (let at = 0; at < ids.length; at += MOST_AT_ONCE) {
    const asked = new Map(ids.slice(at, at + MOST_AT_ONCE).map((id) => [id, fromCredentialId(id)]));
    const rows = await findRows(
      tx,
      issuer,
      { column: 'id', values: [...asked.values()].filter((id) => id !== null) },
      isShared,
    );
    const standings = await readStandings(tx, issuer, rows);
    const parents = new Map(
      rows.map((row, i) => [row.id.toString('hex'), toParent(deps, row, standings[i] as ParentStanding)]),
    );
    for (const [id, bytes] of asked) {
      const parent = bytes && parents.get(Buffer.from(bytes).toString('hex'));
      if (parent) found.set(id, parent);
    }
  }
  return found;
}

/** How the credentials with these seqs stand, which nobody ends before the transaction does. */
export async function lockParents(tx: Tx, issuer: number, seqs: readonly number[]): Promise<ParentStanding[]> {
  const standings: ParentStanding[] = [];
  for (let at = 0; at < seqs.length; at += MOST_AT_ONCE) {
    const rows = await findRows(tx, issuer, { column: 'seq', values: seqs.slice(at, at + MOST_AT_ONCE) }, true);
    standings.push(...(await readStandings(tx, issuer, rows)));
  }
  return standings;
}

/**
 * Whether nothing has happened to them since they were read; nobody ends them before the transaction does. For the one transaction of an
 * import that is made beside Kysely. Two statements, because the first may wait for somebody whose changes it does not see.
 */
export async function stillStand(
  client: pg.ClientBase,
  issuer: number,
  parents: readonly ParentStanding[],
): Promise<boolean> {
  if (parents.length === 0) return true;
  const seqs = parents.map(({ seq }) => seq);
  await client.query(
    'select 1 from credentials where issuer_id = $1 and seq = any ($2::bigint[]) order by seq for share',
    [issuer, seqs],
  );
  const { rowCount } = await client.query(
    `select 1 from credentials c join unnest($2::bigint[], $3::text[]) as p (seq, version) on p.seq = c.seq
     where c.issuer_id = $1 and ${VERSION} = p.version`,
    [issuer, seqs, parents.map(({ version }) => version)],
  );
  return rowCount === parents.length;
}

type Found = CredentialRow & { version: string };
type Asked = { column: 'id'; values: readonly Uint8Array[] } | { column: 'seq'; values: readonly number[] };

async function findRows(tx: Db | Tx, issuer: number, { column, values }: Asked, isShared: boolean): Promise<Found[]> {
  const inOrder = tx
    .selectFrom('credentials as c')
    .selectAll('c')
    .select(sql<string>`${sql.raw(VERSION)}`.as('version'))
    .where('c.issuer_id', '=', issuer)
    .where('c.state', '!=', 'submitted')
    .where(isReleased('c'))
    .where(sql<boolean>`${sql.ref(`c.${column}`)} = any (${values})`)
    .orderBy('c.seq');
  return (isShared ? inOrder.forShare('c') : inOrder).execute();
}

async function readStandings(tx: Db | Tx, issuer: number, rows: readonly Found[]): Promise<ParentStanding[]> {
  const changes = Map.groupBy(await openChangesOf(tx, issuer, rows), ({ credential_seq }) => credential_seq);
  const notices = await findNotices(tx, rows.length > 0 ? [issuer] : [], 'intended');
  return rows.map((row) => {
    const { revoked, superseded, extendedUntil } = foldChanges(row, changes.get(row.seq) ?? []);
    const own = extendedUntil ?? row.valid_until;
    const end = movedDay(row, own, notices)?.day ?? own;
    return {
      seq: row.seq,
      hasEnded: revoked || superseded || row.state === 'failed' || row.erased_at !== null,
      end: end === LAST_DAY ? null : end,
      version: row.version,
    };
  });
}

/** Of several as `openChanges` of one. */
async function openChangesOf(tx: Db | Tx, issuer: number, rows: readonly Found[]): Promise<StatusChangeRow[]> {
  if (rows.length === 0) return [];
  return tx
    .selectFrom('status_changes')
    .selectAll()
    .where('issuer_id', '=', issuer)
    .where(
      'credential_seq',
      'in',
      rows.map(({ seq }) => seq),
    )
    .where('state', 'not in', ['final', 'failed'])
    .orderBy('seq')
    .execute();
}

function toParent(deps: ParentDeps, row: Found, standing: ParentStanding): Parent {
  return { ...standing, code: row.code, number: standing.hasEnded ? undefined : numberOf(deps, row) };
}

function numberOf({ findDefinition, cipher }: ParentDeps, row: CredentialRow): Json | undefined {
  const type = findDefinition(row.definition);
  if (!type) throw new Error(`the catalogue has no credential type with the hash ${row.definition}`);
  const number = type.definition.claims.find(({ role }) => role === 'number');
  return number && claimsOfPayload(type.definition, decryptPayload(row, cipher))[number.name];
}
