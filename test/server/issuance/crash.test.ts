import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { revokeCredential } from '../../../server/issuance/change-status.ts';
import { actorOf, createWorld, eventually, expectSameCounts, untilFinal, viewOf, type World } from '../harness.ts';

const instance = fileURLToPath(new URL('../dying-instance.ts', import.meta.url));

describe('an instance that is killed', () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });

  afterEach(() => world.close());

  const places = [
    ['sealed', 1],
    ['manifest-kept', 1],
    ['signed', 1],
    ['transaction-stored', 1],
    ['transaction-sent', 1],
    ['anchored', 1],
    ['verified', 2],
    ['final', 1],
    ['transaction-stored', 2],
    ['transaction-sent', 2],
    ['status-anchored', 1],
    ['status-final', 1],
  ] as const;

  for (const [place, times] of places) {
    it(`loses nothing and does nothing twice at "${place}", time ${times}`, async () => {
      const revoked = await world.issue('FEHD-GRL', 1);
      const others = [await world.issue('FEHD-GRL', 2), await world.issue('FEHD-FF', 3), await world.issue('TD-VL', 4)];
      const ids = [revoked, ...others].map(({ id }) => id);
      await world.db.transaction().execute((tx) =>
        revokeCredential(tx, world.deps, {
          actor: actorOf(world.issuers.FEHD),
          id: revoked.id,
          reason: 'ceased',
        }),
      );
      await dieAt(world, place, times);
      await world.startJobs();
      await untilFinal(world, ids);
      await eventually('the revocation is final', async () => {
        const view = await viewOf(world, 'FEHD', revoked.id);
        return view.status === 'revoked' && view.pendingChange === null;
      });
      await expectSameCounts(world);
      await expectEveryLeafOnce(world, ids.length);
      expect((await viewOf(world, 'FEHD', others[0]?.id as string)).status).to.equal('in-force');
    });
  }
});

async function dieAt(world: World, place: string, times: number): Promise<void> {
  const child = spawn(process.execPath, [instance, JSON.stringify(world.settings), place, String(times)], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const giveUp = setTimeout(() => child.kill('SIGTERM'), 30_000);
  const [, signal] = await once(child, 'exit');
  clearTimeout(giveUp);
  expect(signal, 'the instance reached the place').to.equal('SIGKILL');
}

async function expectEveryLeafOnce(world: World, count: number): Promise<void> {
  const leaves = await world.db
    .selectFrom('credentials as c')
    .innerJoin('batches as b', 'b.seq', 'c.batch_seq')
    .select(['b.id', 'c.leaf', 'c.state'])
    .execute();
  expect(new Set(leaves.map(({ id, leaf }) => `${id.toString('hex')}:${leaf}`)).size).to.equal(count);
  expect(leaves.every(({ state }) => state === 'final')).to.equal(true);
  const { size } = await world.db
    .selectFrom('batches')
    .select((from) => from.fn.sum<string>('size').as('size'))
    .executeTakeFirstOrThrow();
  expect(Number(size)).to.equal(count);
}
