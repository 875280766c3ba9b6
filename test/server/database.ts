import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDataFolder } from '../../scripts/local/data-folder.ts';
import { startPostgres } from '../../scripts/local/postgres.ts';

interface SharedServer {
  url: string;
  stop(): Promise<void>;
}

let shared: Promise<SharedServer> | undefined;

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

/** A new, empty database of the one real PostgreSQL server that a test run has. */
export async function createDatabase(): Promise<string> {
  shared ??= startShared();
  const { url } = await shared;
  const name = `eproof_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  return url.replace(/\/[^/]*$/, `/${name}`);
}

after(async () => {
  await (await shared)?.stop();
});
