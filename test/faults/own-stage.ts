import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDataFolder } from '../../scripts/local/data-folder.ts';
import { type Postgres, startPostgres } from '../../scripts/local/postgres.ts';
import { eventually } from '../server/harness.ts';
import { createStage, type Place, type Stage } from './stage.ts';

/** What is broken here is missed by no other scenario: a stage of its own. */
export async function onOwnStage(place: Place, run: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await createStage(place);
  try {
    await run(stage);
  } finally {
    await stage.close();
  }
}

/** A PostgreSQL that can be stopped and started again. */
export interface OwnPostgres {
  /** The one that runs, or ran last. */
  server: Postgres;
  /** The same cluster, at the same address. */
  startAgain(): Promise<void>;
  /** Resolves when it takes connections: it may have recovered by itself, or have ended and been started again. */
  untilUp(): Promise<void>;
  /** What it said since its last start. */
  log(): string;
}

export async function onOwnPostgres(run: (own: OwnPostgres) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'eproof-postgres-'));
  const dataFolder = openDataFolder(folder);
  const start = () => startPostgres({ dataFolder: dataFolder.path, log: () => {} });
  const own: OwnPostgres = {
    server: await start(),
    async startAgain() {
      own.server = await start();
    },
    async untilUp() {
      let hasEnded = false;
      void own.server.ended.then(() => {
        hasEnded = true;
      });
      await eventually(
        'PostgreSQL takes connections, or has ended',
        async () => hasEnded || (await isUp(own.server.url)),
      );
      if (hasEnded) await own.startAgain();
    },
    log: () => readFileSync(join(folder, 'postgres', 'postgres.log'), 'utf8'),
  };
  try {
    await run(own);
  } finally {
    await own.server.stop();
    dataFolder.release();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function isUp(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  return client
    .connect()
    .then(() => client.end())
    .then(
      () => true,
      () => false,
    );
}
