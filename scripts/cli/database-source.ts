import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { openDataFolder } from '../local/data-folder.ts';
import { rememberedPort } from '../local/ports.ts';
import { startPostgres } from '../local/postgres.ts';

/** The address of a database, and how to leave it as it was found. */
export interface OpenDatabase {
  url: string;
  close(): Promise<void>;
}

/**
 * The database of DATABASE_URL, or the one in the data folder: that of a running `npm start`, or one that runs for as long as it is open.
 * @throws Error whose message is one line for the operator
 */
export async function openDatabase({ alone }: { alone: boolean }): Promise<OpenDatabase> {
  const given = process.env.DATABASE_URL;
  if (given) return { url: given, close: async () => {} };
  const folder = path.resolve(process.env.EPROOF_DATA_DIR ?? '.eproof');
  const cluster = path.join(folder, 'postgres', 'cluster.json');
  if (!existsSync(cluster))
    throw new Error(`there is no database in "${folder}": set DATABASE_URL, or EPROOF_DATA_DIR to the data folder`);
  if (!alone && existsSync(path.join(folder, 'lock.pid')))
    return { url: runningUrl(folder, cluster), close: async () => {} };
  return startAlone(folder);
}

function runningUrl(folder: string, cluster: string): string {
  const { password } = JSON.parse(readFileSync(cluster, 'utf8')) as { password: string };
  return `postgres://eproof:${password}@127.0.0.1:${rememberedPort(folder, 'postgres')}/eproof`;
}

async function startAlone(folder: string): Promise<OpenDatabase> {
  const dataFolder = openDataFolder(folder);
  try {
    const postgres = await startPostgres({ dataFolder: dataFolder.path, log: () => {} });
    return {
      url: postgres.url,
      async close() {
        await postgres.stop();
        dataFolder.release();
      },
    };
  } catch (error) {
    dataFolder.release();
    throw error;
  }
}

/** Puts an empty database in the place of the one at `url`, which stays on the server under the name that is answered. */
export async function setAside(url: string, now: Date): Promise<string> {
  const name = nameOf(url);
  const kept = `${name}_before_${now.toISOString().replace(/\D/g, '').slice(0, 14)}`;
  await runBeside(url, [
    `alter database ${pg.escapeIdentifier(name)} rename to ${pg.escapeIdentifier(kept)}`,
    `create database ${pg.escapeIdentifier(name)}`,
  ]);
  return kept;
}

/** Undoes `setAside`: what is at `url` by now is empty still, and goes. */
export async function putBack(url: string, kept: string): Promise<void> {
  const name = nameOf(url);
  await runBeside(url, [
    `drop database ${pg.escapeIdentifier(name)}`,
    `alter database ${pg.escapeIdentifier(kept)} rename to ${pg.escapeIdentifier(name)}`,
  ]);
}

function nameOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

async function runBeside(url: string, statements: readonly string[]): Promise<void> {
  const server = new URL(url);
  server.pathname = '/postgres';
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
