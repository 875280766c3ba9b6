import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { eventually } from '../server/harness.ts';
import { onOwnPostgres, onOwnStage } from './own-stage.ts';
import { issue, type Scenario } from './scenario.ts';
import { mountSmallDisk, noSmallDisk } from './small-disk.ts';
import type { Stage } from './stage.ts';

const SECOND_STORE_MB = 2;

/** No manifest and no erasure can be written: nothing is signed, nothing is erased, and everything else goes on. */
const fullSecondStore: Scenario = {
  name: 'the disk of the second store is full',
  dies: [],
  obstacle: noSmallDisk,
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'eproof-small-'));
    const disk = mountSmallDisk(folder, SECOND_STORE_MB);
    const place = { folder: join(folder, 'data') };
    await onOwnStage(place, async (stage) => {
      const id = await stage.issueFinal();
      disk.fill();
      if (!(await issue(stage)())) throw new Error('a request needs the second store');
      if ((await stage.fehd.post(`/v1/credentials/${id}/erase`, { confirm: 'erase' })) !== null)
        throw new Error('an erasure is acknowledged that no journal has');
      await eventually('signing fails', async () => stage.log().includes('ENOSPC'));
      await setTimeout(2_000);
      await stage.demandAlways();
      disk.empty();
      await stage.recover();
    }).finally(() => {
      disk.remove();
      rmSync(folder, { recursive: true });
    });
  },
};

interface FullPart {
  /** Of PostgreSQL's data directory. */
  part: 'base' | 'pg_wal';
  sizeMb: number;
  /** What PostgreSQL says of it, for itself: it ends all connections where it cannot write what it has promised to keep. */
  said: RegExp;
}

const MOST_ROUNDS = 60;

/** What a department's other systems write into the same database: a megabyte, until there is no room. */
async function writeMore({ world: { db } }: Stage): Promise<void> {
  await sql`create table if not exists others as select ''::text as bytes`
    .execute(db)
    .then(() =>
      sql`insert into others select string_agg(md5(random()::text), '') from generate_series(1, 32768)`.execute(db),
    )
    .catch(() => {});
}

const fullDatabase = ({ part, sizeMb, said }: FullPart): Scenario => ({
  name: `the disk of PostgreSQL's ${part} is full`,
  dies: [],
  obstacle: noSmallDisk,
  run: () =>
    onOwnPostgres((own) =>
      onOwnStage({ databaseUrl: own.server.url }, async (stage) => {
        await stage.issueFinal();
        await stage.recover();
        await stage.kill();
        await own.server.stop();
        const disk = mountSmallDisk(join(own.server.folder, part), sizeMb);
        try {
          await own.startAgain();
          await stage.start();
          disk.fill();
          let isFelt = false;
          for (let round = 0; round < MOST_ROUNDS && !isFelt; round++) {
            await writeMore(stage);
            isFelt = !(await issue(stage)());
          }
          if (!isFelt) throw new Error(`${MOST_ROUNDS} rounds found room on a full disk`);
          for (let round = 0; round < 5; round++) await issue(stage)();
          if (!said.test(own.log())) throw new Error(`PostgreSQL has not noticed: ${own.log()}`);
          disk.empty();
          await own.untilUp();
          await stage.recover();
        } finally {
          await stage.kill();
          await own.server.stop();
          disk.remove();
        }
      }),
    ),
});

export const DISK_FAULTS: readonly Scenario[] = [
  fullSecondStore,
  fullDatabase({ part: 'base', sizeMb: 80, said: /ready to accept/ }),
  fullDatabase({ part: 'pg_wal', sizeMb: 96, said: /PANIC: .*No space left on device/ }),
];
