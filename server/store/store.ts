import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';
import { AppError } from '../app-error.ts';
import { raiseDepartmentWall, wallPool } from './department-wall.ts';
import { firstTables } from './migrations/0001-first-tables.ts';
import { apiKeyScopes } from './migrations/0002-api-key-scopes.ts';
import { people } from './migrations/0004-people.ts';
import { approval } from './migrations/0005-approval.ts';
import { suspensionDays } from './migrations/0006-suspension-days.ts';
import { statusOperations } from './migrations/0006b-status-operations.ts';
import { audit } from './migrations/0007-audit.ts';
import { webhooks } from './migrations/0007-webhooks.ts';
import { erasures } from './migrations/0011-erasures.ts';
import { extensions } from './migrations/0013-extensions.ts';
import { managedKeys } from './migrations/0014-managed-keys.ts';
import { rateCounts } from './migrations/0014b-rate-counts.ts';
import { accessTokens } from './migrations/0014c-access-tokens.ts';
import { webhookTurns } from './migrations/0017-webhook-turns.ts';
import { retention } from './migrations/0018-retention.ts';
import { imports } from './migrations/0019-imports.ts';
import { renewals } from './migrations/0020-renewals.ts';
import { mail } from './migrations/0021-mail.ts';
import { reminders } from './migrations/0022-reminders.ts';
import { secretChecks } from './migrations/0023-secret-checks.ts';
import { platformHeads } from './migrations/0024-platform-heads.ts';
import { notices } from './migrations/0025-notices.ts';
import { parents } from './migrations/0026-parents.ts';
import { lookUps } from './migrations/0028-look-ups.ts';
import { issuingSpeed } from './migrations/0030-issuing-speed.ts';
import { approvalsNeeded } from './migrations/0031-approvals-needed.ts';
import { submittedImports } from './migrations/0032-submitted-imports.ts';
import { shares } from './migrations/0033-shares.ts';
import { reports } from './migrations/0034-reports.ts';
import { extensionOperations } from './migrations/0035-extension-operations.ts';
import { signingKeys } from './migrations/0036-signing-keys.ts';
import { companies } from './migrations/0037-companies.ts';
import { consentRequests } from './migrations/0038-consent-requests.ts';
import { reads } from './migrations/0039-reads.ts';
import { renewalDrafts } from './migrations/0040-renewal-drafts.ts';
import { typeVersions } from './migrations/0041-type-versions.ts';
import { deviceCopies } from './migrations/0051-device-copies.ts';
import { nominations } from './migrations/0056-nominations.ts';
import { webhookPauses } from './migrations/0057-webhook-pauses.ts';
import { returnedDrafts } from './migrations/0058-returned-drafts.ts';
import { accountMails } from './migrations/0059-account-mails.ts';
import { savedViews } from './migrations/0060-saved-views.ts';
import { unknownBatches } from './migrations/0061-unknown-batches.ts';
import { searchTerms } from './migrations/0062-search-terms.ts';
import { replacementNotes } from './migrations/0063-replacement-notes.ts';
import { webhookChanges } from './migrations/0063b-webhook-changes.ts';
import { createPreparing } from './prepared.ts';
import type { Database, Db, Tx } from './schema.ts';

/** In the order of their names; a name is never changed. */
const MIGRATIONS: Record<string, Migration> = {
  '0001-first-tables': firstTables,
  '0002-api-key-scopes': apiKeyScopes,
  '0004-people': people,
  '0005-approval': approval,
  '0006-suspension-days': suspensionDays,
  '0006b-status-operations': statusOperations,
  '0007-audit': audit,
  '0007-webhooks': webhooks,
  '0011-erasures': erasures,
  '0013-extensions': extensions,
  '0014-managed-keys': managedKeys,
  '0014b-rate-counts': rateCounts,
  '0014c-access-tokens': accessTokens,
  '0017-webhook-turns': webhookTurns,
  '0018-retention': retention,
  '0019-imports': imports,
  '0020-renewals': renewals,
  '0021-mail': mail,
  '0022-reminders': reminders,
  '0023-secret-checks': secretChecks,
  '0024-platform-heads': platformHeads,
  '0025-notices': notices,
  '0026-parents': parents,
  '0028-look-ups': lookUps,
  '0030-issuing-speed': issuingSpeed,
  '0031-approvals-needed': approvalsNeeded,
  '0032-submitted-imports': submittedImports,
  '0033-shares': shares,
  '0034-reports': reports,
  '0035-extension-operations': extensionOperations,
  '0036-signing-keys': signingKeys,
  '0037-companies': companies,
  '0038-consent-requests': consentRequests,
  '0039-reads': reads,
  '0040-renewal-drafts': renewalDrafts,
  '0041-type-versions': typeVersions,
  '0051-device-copies': deviceCopies,
  '0056-nominations': nominations,
  '0057-webhook-pauses': webhookPauses,
  '0058-returned-drafts': returnedDrafts,
  '0059-account-mails': accountMails,
  '0060-saved-views': savedViews,
  '0061-unknown-batches': unknownBatches,
  '0062-search-terms': searchTerms,
  '0063-replacement-notes': replacementNotes,
  '0063b-webhook-changes': webhookChanges,
};

export interface Store {
  /** The owner's: sees everything. */
  db: Db;
  /** For requests: sees what belongs to the department that `inDepartment` names, and nothing outside of it. */
  departmentDb: Db;
  /** The owner's too, for what a query builder does not know: COPY. */
  pool: pg.Pool;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Of each of the two databases. */
  maxConnections?: number;
  /** An idle connection broke; the pool replaces it. */
  onConnectionError?: (error: Error) => void;
}

/**
 * The database with its tables as this code knows them.
 * @throws AppError STORE_NEWER where a newer release has already changed the tables, STORE_ROLE_UNUSABLE
 */
export async function openStore(databaseUrl: string, options: StoreOptions = {}): Promise<Store> {
  const pool = createPool(databaseUrl, options);
  pool.on('connect', (client) => void client.query(ENDED_BY_SILENCE).catch(() => {}));
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(db);
    await raiseDepartmentWall(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const walled = wallPool(createPool(databaseUrl, options, { pipeline: true }));
  const departmentDb = new Kysely<Database>({ dialect: new PostgresDialect({ pool: walled }) });
  return {
    db,
    pool,
    departmentDb,
    async close() {
      await Promise.all([db.destroy(), departmentDb.destroy()]);
    },
  };
}

function createPool(
  databaseUrl: string,
  { maxConnections = 10, onConnectionError }: StoreOptions,
  more: pg.PoolConfig = {},
): pg.Pool {
  const pool = new pg.Pool({
    ...more,
    connectionString: databaseUrl,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    ...{ keepAlive: true, keepAliveInitialDelayMillis: 10_000 },
    types: { getTypeParser: getTypeParser as typeof pg.types.getTypeParser },
  });
  // Without a listener, a server that restarts would end the process: of the pool for a connection that waits, and of the connection for
  // one in use, such as that of a lock while the chain is asked. Its next query fails, which is what its user hears of it.
  pool.on('error', () => {});
  // pg-pool's end() does not wait for its connections' goodbyes, so that a server which is stopped right after it may be heard first
  pool.on('connect', (client) => client.on('error', (error) => pool.ending || onConnectionError?.(error)));
  pool.on('connect', createPreparing());
  return pool;
}

/**
 * An instance whose machine or line is gone says no goodbye: after a minute of silence the server ends the connections of its jobs, and with them the locks that
 * keep the others from its work, and not after two hours.
 */
const ENDED_BY_SILENCE = 'set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3';

/**
 * Gives an empty database the tables that it has after `migrations`: those of a backup, which a newer release may have added to.
 * @throws AppError BACKUP_TARGET_IN_USE where it is not empty, STORE_NEWER where one of them is unknown here
 */
export async function createTables(tx: Tx, migrations: readonly string[]): Promise<void> {
  await requireEmpty(tx);
  requireKnown(migrations);
  const chosen = Object.fromEntries(migrations.map((name) => [name, MIGRATIONS[name] as Migration]));
  const { error } = await new Migrator({ db: tx, provider: { getMigrations: async () => chosen } }).migrateToLatest();
  if (error) throw error;
}

async function requireEmpty(db: Tx): Promise<void> {
  const { rows } = await sql<{ relname: string }>`select relname from pg_class
    where relnamespace = current_schema()::regnamespace and relkind = 'r' limit 1`.execute(db);
  if (rows[0])
    throw new AppError(
      'BACKUP_TARGET_IN_USE',
      `the database has tables already ("${rows[0].relname}"): a backup is restored into an empty database alone`,
    );
}

// Kysely's migrator holds an advisory lock, so that instances that start together migrate once.
async function migrate(db: Db): Promise<void> {
  await refuseNewer(db);
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

async function refuseNewer(db: Db): Promise<void> {
  requireKnown(await findApplied(db));
}

async function findApplied(db: Db): Promise<string[]> {
  const { rows: found } = await sql<{
    name: string | null;
  }>`select to_regclass('kysely_migration')::text as name`.execute(db);
  if (found[0]?.name == null) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

/** By name, in their order; nothing is changed. */
export interface MigrationState {
  applied: string[];
  /** Which a start, or `eproof migrate up`, would apply. */
  missing: string[];
  /** Of a newer release: this one does not start on the database. */
  unknown: string[];
}

export async function readMigrations(databaseUrl: string): Promise<MigrationState> {
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: createPool(databaseUrl, {}) }) });
  try {
    const applied = await findApplied(db);
    const known = Object.keys(MIGRATIONS);
    return {
      applied: applied.filter((name) => known.includes(name)),
      missing: known.filter((name) => !applied.includes(name)),
      unknown: applied.filter((name) => !known.includes(name)),
    };
  } finally {
    await db.destroy();
  }
}

function requireKnown(migrations: readonly string[]): void {
  const unknown = migrations.find((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown !== undefined)
    throw new AppError(
      'STORE_NEWER',
      `the database was changed by a newer release ("${unknown}"): start that release, or restore a backup made before it`,
    );
}

// Sequence numbers and nonces stay far below 2^53, and code that compares them as text would be wrong.
function getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
  if (oid === pg.types.builtins.INT8 && format !== 'binary') return toSafeInteger;
  return pg.types.getTypeParser(oid, format as 'text');
}

function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`the database's ${text} is too large`);
  return value;
}

/** One lock for one kind of work in the whole database: its holder is the only one, in whichever instance. */
export const LOCKS = { relay: 1, provision: 2, reconcile: 3, audit: 7, reads: 8 } as const;
const LOCK_SPACE = 0x6550_7266;

/** Runs `work` unless another instance is at it; the lock ends with the connection, whatever becomes of the process. */
export async function withLock<T>(db: Db, lock: keyof typeof LOCKS, work: () => Promise<T>): Promise<T | undefined> {
  return db.connection().execute(async (connection) => {
    const taken = await sql<{ ok: boolean }>`select pg_try_advisory_lock(${LOCK_SPACE}, ${LOCKS[lock]}) as ok`.execute(
      connection,
    );
    if (!taken.rows[0]?.ok) return undefined;
    try {
      return await work();
    } finally {
      await sql`select pg_advisory_unlock(${LOCK_SPACE}, ${LOCKS[lock]})`.execute(connection);
    }
  });
}
