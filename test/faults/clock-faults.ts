import { dropPending, eventually, pendingOf } from '../server/harness.ts';
import { AT_START, hold, issue, release, revoke, type Scenario } from './scenario.ts';

const HOUR_MS = 3_600_000;

/** A service whose clock is wrong accepts, sends and dies; the one after it knows better. What was sent falls out of the pool meanwhile. */
const wrong = (name: string, clockAheadMs: number): Scenario => ({
  name: `the clock was ${name}`,
  dies: ['batch-sealed', 'transaction-send-noted'],
  async run(stage) {
    const { world } = stage;
    await stage.kill();
    await stage.dieAt('batch-sealed', issue(stage), { clockAheadMs });
    await hold(world.chain);
    await stage.dieAt('transaction-send-noted', issue(stage), { ...AT_START, clockAheadMs });
    await dropPending(world);
    await release(world.chain);
    await stage.recover();
  },
});

/** Under a service that runs on, while something waits for a node and something to be sealed. */
const jumping = (name: string, clockAheadMs: number): Scenario => ({
  name: `the clock jumps ${name}, and later back`,
  dies: [],
  async run(stage) {
    const { world } = stage;
    const id = await stage.issueFinal();
    await stage.recover();
    await hold(world.chain);
    await issue(stage)();
    await eventually('a node holds one', async () => (await pendingOf(world)).length > 0);
    await stage.setClock(clockAheadMs);
    await dropPending(world);
    await issue(stage)();
    await revoke(stage, id);
    await eventually('it is sent again', async () => (await pendingOf(world)).length > 0);
    await stage.setClock(0);
    await dropPending(world);
    await issue(stage)();
    await release(world.chain);
    await stage.recover();
  },
});

export const CLOCK_FAULTS: readonly Scenario[] = [
  wrong('an hour ahead', HOUR_MS),
  wrong('an hour behind', -HOUR_MS),
  jumping('an hour ahead', HOUR_MS),
  jumping('an hour back', -HOUR_MS),
];
