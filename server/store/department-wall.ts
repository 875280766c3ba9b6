import { AsyncLocalStorage } from 'node:async_hooks';
import { sql } from 'kysely';
import type pg from 'pg';
import { AppError } from '../app-error.ts';
import { HOLDER_ROLE, raiseHolderWall } from './holder-wall.ts';
import type { Db, Tx } from './schema.ts';

/*
 * The second wall between departments. The first is that every query names its `issuer_id`; this one holds where a query forgets it:
 *   1. every table with `issuer_id` has a policy: the role of requests sees the rows of the department in "eproof.issuer", else none
 *   2. a request's connections have that role, and the department of the request, set each time that one is taken from the pool
 *   3. outside of a request there is no department, and such a connection sees nothing
 * Jobs, migrations and what finds out who is calling use the owner's connections, to which policies do not apply.
 */

/** Of the whole server, so that databases share it: what it may do is granted in each. */
const ROLE = 'eproof_department';
const POLICY = 'eproof_department';
/** Anything but the locks of the store: starting instances wait here for one another. */
const LOCK = 0x6550_7267;

/** What a connection is told before it is asked anything: as which role, and whose rows. */
const walls = new AsyncLocalStorage<string>();

/** Whatever `work` asks of a walled database, it asks as this department. */
export function inDepartment<T>({ id }: { id: number }, work: () => T): T {
  return walls.run(wallOf(ROLE, { issuer: String(Number(id)) }), work);
}

/** Likewise as this holder (holder-wall.ts). */
export function inHolder<T>({ subjectHmac }: { subjectHmac: Buffer }, work: () => T): T {
  return walls.run(wallOf(HOLDER_ROLE, { holder: subjectHmac.toString('hex') }), work);
}

/** Digits of ours, and never a text that somebody sent. */
function wallOf(role: string, { issuer = '', holder = '' }: { issuer?: string; holder?: string }): string {
  return `set role ${role}; set eproof.issuer = '${issuer}'; set eproof.holder = '${holder}'`;
}

const NOBODY = wallOf(ROLE, {});

/**
 * A pool whose connections see one department, or one holder. Set anew each time: a setting that was rolled back must not outlive its request. `pool` has
 * to be one that pipelines.
 */
export function wallPool(pool: pg.Pool) {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect(): Promise<pg.PoolClient> {
      const wall = walls.getStore() ?? NOBODY;
      const client = await pool.connect();
      // one message to the server
      return behind(client.query(wall), client);
    },
  };
}

/** What changes nothing. */
const READS = /^(select|begin)\b/;

/**
 * What reads is sent together with the wall that it stands behind, which saves a way to the server and back; its answer is handed out only
 * if the wall stands. What writes waits until it does.
 */
function behind(wall: Promise<unknown>, client: pg.PoolClient): pg.PoolClient {
  let state: 'rising' | 'stands' | 'failed' = 'rising';
  wall.then(
    () => (state = 'stands'),
    () => (state = 'failed'),
  );
  const send = client.query.bind(client) as (...asked: unknown[]) => Promise<unknown>;
  const query = async (...asked: unknown[]) => {
    if (state === 'stands') return send(...asked);
    if (!READS.test(String(asked[0]))) await wall;
    const [answer] = await Promise.all([send(...asked), wall]);
    return answer;
  };
  // a transaction that began without its wall goes with its connection
  const release = (isBroken?: boolean | Error) => client.release(isBroken || state === 'failed');
  return { query, release } as unknown as pg.PoolClient;
}

/**
 * Gives every table that has `issuer_id` its policy; run after each migration, so that no migration can forget it.
 * @throws AppError STORE_ROLE_UNUSABLE where the database's user may not do it: the message says what its administrator does
 */
export async function raiseDepartmentWall(db: Db): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(tx);
    for (const role of [ROLE, HOLDER_ROLE]) await requireRole(tx, role);
    for (const table of await findOpenTables(tx)) await closeTable(tx, table);
    await sql.raw(`grant select, insert, update, delete on credentials to ${ROLE}`).execute(tx);
    await raiseHolderWall(tx);
  });
}

interface RoleState {
  exists: boolean;
  usable: boolean;
  harmless: boolean;
  user: string;
}

async function requireRole(tx: Tx, role: string): Promise<void> {
  const found = await findRole(tx, role);
  if (!found.exists) await tryTo(tx, `create role ${role} nologin`);
  if (!found.usable) await tryTo(tx, `grant ${role} to current_user`);
  const { exists, usable, harmless, user } = await findRole(tx, role);
  if (!exists || !usable)
    throw new AppError(
      'STORE_ROLE_UNUSABLE',
      `the user "${user}" of the database may not make the role that separates departments or holders: let its administrator run` +
        ` create role ${role} nologin; grant ${role} to "${user}"; and start again`,
    );
  if (!harmless)
    throw new AppError(
      'STORE_ROLE_UNUSABLE',
      `the role "${role}" of the database passes every policy: let its administrator run` +
        ` alter role ${role} nosuperuser nobypassrls; and start again`,
    );
}

async function findRole(tx: Tx, role: string): Promise<RoleState> {
  const { rows } = await sql<RoleState>`select r.oid is not null as exists, current_user::text as user,
      coalesce(pg_has_role(current_user, r.oid, case when current_setting('server_version_num')::int >= 160000
        then 'SET' else 'MEMBER' end), false) as usable,
      not coalesce(r.rolsuper or r.rolbypassrls, false) as harmless
    from (select 1) as one left join pg_roles r on r.rolname = ${role}`.execute(tx);
  return rows[0] as RoleState;
}

/** What the user may not do, or another database's instance has done meanwhile, is seen by looking again. */
async function tryTo(tx: Tx, statement: string): Promise<void> {
  await sql.raw('savepoint wall').execute(tx);
  try {
    await sql.raw(statement).execute(tx);
  } catch (error) {
    if (!EXPECTED.has((error as pg.DatabaseError).code ?? '')) throw error;
    await sql.raw('rollback to savepoint wall').execute(tx);
  }
}

/** insufficient_privilege, duplicate_object, unique_violation, undefined_object, "tuple concurrently updated" */
const EXPECTED = new Set(['42501', '42710', '23505', '42704', 'XX000']);

interface Table {
  name: string;
  column: string;
}

/** Tables of departments' data that lack something of what `closeTable` gives them. */
async function findOpenTables(tx: Tx): Promise<Table[]> {
  const { rows } = await sql<Table>`select c.oid::regclass::text as name, a.attname as column
    from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
      and a.attname = case when c.relname = 'issuers' then 'id' else 'issuer_id' end
    where c.relkind in ('r', 'p') and c.relnamespace = current_schema()::regnamespace and not (
      c.relrowsecurity and has_table_privilege(${ROLE}, c.oid, 'update')
      and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = ${POLICY}))
    order by c.relname`.execute(tx);
  return rows;
}

// Not forced upon the owner: jobs see all departments, and a superuser, as which the embedded database runs, would not heed it.
async function closeTable(tx: Tx, { name, column }: Table): Promise<void> {
  const acts = name === 'issuers' ? 'select, update' : 'select, insert, update, delete';
  for (const statement of [
    `alter table ${name} enable row level security`,
    `drop policy if exists ${POLICY} on ${name}`,
    `create policy ${POLICY} on ${name} to ${ROLE}
      using (${column} = nullif(current_setting('eproof.issuer', true), '')::integer)`,
    `grant ${acts} on ${name} to ${ROLE}`,
  ])
    await sql.raw(statement).execute(tx);
}
