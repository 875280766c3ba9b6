import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDataFolder } from '../../scripts/local/data-folder.ts';
import { startPostgres } from '../../scripts/local/postgres.ts';
import { openStore } from '../../server/store/store.ts';

interface SharedServer {
  url: string;
  stop(): Promise<void>;
}

let shared: Promise<SharedServer> | undefined;
/** The name of a database whose tables are copied, so that forty migrations run once and not for each test. */
let tables: Promise<string> | undefined;

async function startShared(): Promise<SharedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'eproof-test-'));
  const dataFolder = openDataFolder(folder);
  const postgres = await startPostgres({ dataFolder: dataFolder.path, log: () => {} });
  return {
    url: postgres.url,
    async stop() {
      await postgres.stop();
      dataFolder.release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A new database with the service's tables and nothing in them, of the one real PostgreSQL server that a test run has. */
export async function createDatabase(): Promise<string> {
  tables ??= createEmptyDatabase().then(async (url) => {
    await (await openStore(url)).close();
    return nameOf(url);
  });
  return create(`template ${await tables}`);
}

/** A new database without any table: to restore into, or to see its tables made. */
export function createEmptyDatabase(): Promise<string> {
  return create('');
}

async function create(how: string): Promise<string> {
  shared ??= startShared();
  const { url } = await shared;
  const name = `eproof_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create database ${name} ${how}`);
  } finally {
    await client.end();
  }
  return url.replace(/\/[^/]*$/, `/${name}`);
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

after(async () => {
  await (await shared)?.stop();
});
