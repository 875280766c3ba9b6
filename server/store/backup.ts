import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, type Gzip } from 'node:zlib';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { type BackupHead, END_OF_TABLE, FORMAT, readBackup, type TableHead, unusable } from './backup-file.ts';
import type { Database } from './schema.ts';
import { createTables } from './store.ts';

export interface BackupSummary {
  takenAt: string;
  rows: Readonly<Record<string, number>>;
}

/**
 * Writes what the database holds at one moment, while it goes on being used. The file is there in whole and on the disk, or not at all.
 * Keys, manifests and erasures are no part of it.
 */
export async function backUp(databaseUrl: string, file: string, now: Date): Promise<BackupSummary> {
  const draft = `${file}.new`;
  const client = await connect(databaseUrl);
  try {
    await client.query('begin isolation level repeatable read, read only');
    const summary = await writeBackup(client, draft, now);
    await syncFile(draft);
    await rename(draft, file);
    await syncFile(dirname(file));
    return summary;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await client.end();
  }
}

async function connect(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // a connection that is cut fails the query under way; without a listener it would end the process, and leave half a file
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  await file.sync().finally(() => file.close());
}

async function writeBackup(client: pg.Client, path: string, now: Date): Promise<BackupSummary> {
  const gzip = createGzip({ level: 1 });
  let fault: unknown;
  // a full disk is told here first, and ends whoever waits to write more
  const written = pipeline(gzip, createWriteStream(path, { flags: 'wx', mode: 0o600 })).catch((error: unknown) => {
    fault ??= error;
  });
  try {
    const summary = await writeParts(client, createWriter(gzip), now);
    gzip.end();
    await written;
    if (fault) throw fault;
    return summary;
  } catch (error) {
    fault ??= error;
    gzip.destroy();
    await written;
    throw fault;
  }
}

async function writeParts(client: pg.Client, writer: Writer, now: Date): Promise<BackupSummary> {
  const head: BackupHead = { format: FORMAT, takenAt: now.toISOString(), migrations: await findMigrations(client) };
  await writer.write(toLine(head));
  const rows: Record<string, number> = {};
  for (const table of await findTables(client)) rows[table.table] = await writeTable(client, table, writer);
  await writer.write(toLine({ rows, sha256: writer.digest() }));
  return { takenAt: head.takenAt, rows };
}

interface Writer {
  write(bytes: Uint8Array | string): Promise<void>;
  /** Of everything that was written. */
  digest(): string;
}

function createWriter(gzip: Gzip): Writer {
  const hash = createHash('sha256');
  const closed = once(gzip, 'close').catch(() => {});
  return {
    async write(bytes) {
      hash.update(bytes);
      if (gzip.destroyed) throw new Error('the file cannot be written');
      // `close` comes without an `error` where the file behind it failed
      if (!gzip.write(bytes)) await Promise.race([once(gzip, 'drain'), closed]);
    },
    digest: () => hash.copy().digest('hex'),
  };
}

function toLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

async function findMigrations(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('select name from kysely_migration order by name');
  return rows.map(({ name }) => name);
}

interface TableRow extends TableHead {
  /** The tables that its rows refer to, without itself. */
  parents: string[];
}

/** Every table of ours, each after those that its rows refer to, so that they can be filled in this order. */
async function findTables(client: pg.Client): Promise<TableHead[]> {
  const { rows } = await client.query<TableRow>(TABLES_SQL);
  const ordered: TableRow[] = [];
  while (ordered.length < rows.length) {
    const next = rows.filter(
      (row) => !ordered.includes(row) && row.parents.every((parent) => ordered.some(({ table }) => table === parent)),
    );
    if (next.length === 0) throw new Error('tables refer to each other in a circle: they cannot be filled one by one');
    ordered.push(...next);
  }
  return ordered.map(({ table, columns }) => ({ table, columns }));
}

const TABLES_SQL = `select c.relname as table,
    array(select a.attname::text from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
    array(select distinct parent.relname::text from pg_constraint k join pg_class parent on parent.oid = k.confrelid
      where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as parents
  from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relpersistence = 'p' and c.relname not like 'kysely\\_%'
  order by c.relname`;

function toCopy({ table, columns }: TableHead, direction: string): string {
  return `copy ${pg.escapeIdentifier(table)} (${columns.map((name) => pg.escapeIdentifier(name)).join(', ')}) ${direction}`;
}

async function writeTable(client: pg.Client, table: TableHead, writer: Writer): Promise<number> {
  await writer.write(toLine({ table: table.table, columns: table.columns }));
  const copy = client.query(copyTo(toCopy(table, 'to stdout')));
  for await (const chunk of copy as AsyncIterable<Buffer>) await writer.write(chunk);
  await writer.write(`${END_OF_TABLE}\n`);
  return copy.rowCount;
}

/** Reads a backup to its end without changing anything. @throws AppError BACKUP_UNUSABLE */
export async function checkBackup(file: string): Promise<BackupSummary> {
  let takenAt = '';
  for await (const part of readBackup(openBackup(file))) {
    if (part.kind === 'head') takenAt = part.head.takenAt;
    if (part.kind === 'end') return { takenAt, rows: part.end.rows };
  }
  throw unusable('it has no end');
}

function openBackup(file: string) {
  const source = createReadStream(file);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  return source.pipe(gunzip);
}

/**
 * Fills an empty database with a backup, in one transaction: all of it or nothing.
 * @throws AppError BACKUP_UNUSABLE, BACKUP_TARGET_IN_USE where the database has tables, STORE_NEWER where the backup is of a newer release
 */
export async function restore(databaseUrl: string, file: string): Promise<BackupSummary> {
  // read to its end first: what is found damaged halfway has then changed nothing
  const summary = await checkBackup(file);
  const { migrations } = await readHead(file);
  const client = await connect(databaseUrl);
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: poolOf(client) }) });
  try {
    await db.transaction().execute(async (tx) => {
      await createTables(tx, migrations);
      await fill(client, file);
      await setSequences(client);
    });
    return summary;
  } finally {
    await client.end();
  }
}

/** For Kysely: tables are made and filled by one connection, because it is one transaction. */
function poolOf(client: pg.Client): PostgresPool {
  const only = { query: client.query.bind(client), release: () => {} } as unknown as PostgresPoolClient;
  return { connect: async () => only, end: async () => {} } as PostgresPool;
}

async function readHead(file: string): Promise<BackupHead> {
  const source = openBackup(file);
  try {
    for await (const part of readBackup(source)) if (part.kind === 'head') return part.head;
  } finally {
    source.destroy();
  }
  throw unusable('it has no head');
}

async function fill(client: pg.Client, file: string): Promise<void> {
  const missing = new Map((await findTables(client)).map((table) => [table.table, table]));
  let copy: Copy | null = null;
  for await (const part of readBackup(openBackup(file))) {
    if (part.kind === 'table') {
      requireExpected(part.table, missing.get(part.table.table));
      missing.delete(part.table.table);
      copy = openCopy(client, part.table);
    }
    if (part.kind === 'row') await copy?.write(part.line);
    if (part.kind === 'end-of-table') await copy?.end();
  }
  const [name] = missing.keys();
  if (name !== undefined) throw unusable(`it lacks the table "${name}"`);
}

// A file could name any table of the database, those of PostgreSQL's own users among them, and leave out what must not be set.
function requireExpected(table: TableHead, expected: TableHead | undefined): void {
  if (!expected || JSON.stringify(table.columns) !== JSON.stringify(expected.columns))
    throw unusable(`"${table.table}" with these columns is no table that is to be filled, or comes twice`);
}

interface Copy {
  write(line: Uint8Array): Promise<void>;
  end(): Promise<void>;
}

/** The server refuses a row whenever it gets to it: whoever writes next, or ends, hears of it. */
function openCopy(client: pg.Client, table: TableHead): Copy {
  const stream = client.query(copyFrom(toCopy(table, 'from stdin')));
  const fault = new Promise<never>((_resolve, reject) =>
    stream.on('error', (error) => reject(toUnusable(error, table))),
  );
  fault.catch(() => {});
  return {
    async write(line) {
      if (!stream.write(line)) await Promise.race([fault, once(stream, 'drain')]);
    },
    async end() {
      stream.end();
      await Promise.race([fault, once(stream, 'finish')]);
    },
  };
}

/** Classes 22 and 23: the value is none of its column's, or breaks a rule of the table. */
function toUnusable(error: Error & { code?: string }, { table }: TableHead): Error {
  return /^2[23]/.test(error.code ?? '') ? unusable(`a row of "${table}" is none that can be there`, error) : error;
}

/** The next row of each table gets a number that none had before. */
async function setSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(
    `select c.relname as table, a.attname as column, pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attidentity <> ''
      where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'`,
  );
  for (const { table, column, sequence } of rows)
    await client.query(
      `select setval($1, coalesce((select max(${pg.escapeIdentifier(column)}) from ${pg.escapeIdentifier(table)}), 0) + 1, false)`,
      [sequence],
    );
}
