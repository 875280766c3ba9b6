import { eventually } from '../server/harness.ts';
import { onOwnPostgres, onOwnStage } from './own-stage.ts';
import { openPostgresDoor } from './postgres-door.ts';
import { issue, revoke, type Scenario } from './scenario.ts';

/** Ends as in a power failure: what was committed is in the write-ahead log alone. */
const restarted: Scenario = {
  name: 'PostgreSQL dies in the middle, and is started again',
  dies: [],
  isShort: true,
  run: () =>
    onOwnPostgres((own) =>
      onOwnStage({ databaseUrl: own.server.url }, async (stage) => {
        const id = await stage.issueFinal();
        await issue(stage)();
        await revoke(stage, id);
        process.kill(own.server.pid, 'SIGQUIT');
        await own.server.ended;
        if (await issue(stage)()) throw new Error('a request was answered without a database');
        await own.startAgain();
        await stage.recover();
      }),
    ),
};

const ROUNDS = 6;

/** Whoever asked cannot know whether it is committed: requests are asked again, and jobs look at what is there. */
const unansweredCommits: Scenario = {
  name: 'connections to PostgreSQL are cut after COMMIT, before its answer',
  dies: [],
  run: () =>
    onOwnPostgres(async ({ server }) => {
      const door = await openPostgresDoor(server.url);
      const place = { databaseUrl: server.url, serviceDatabaseUrl: door.url };
      await onOwnStage(place, async (stage) => {
        const id = await stage.issueFinal();
        for (let round = 1; round <= ROUNDS; round++) {
          door.swallowCommits(round);
          await issue(stage)();
          if (round === ROUNDS / 2) await revoke(stage, id);
          await eventually('the answers are lost', async () => door.left() === 0);
          await stage.recover();
        }
      }).finally(door.close);
    }),
};

export const DATABASE_FAULTS: readonly Scenario[] = [restarted, unansweredCommits];
