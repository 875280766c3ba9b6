import { expect } from 'chai';
import { sealDue } from '../../../server/issuance/seal.ts';
import { recallFromFuture } from '../../../server/jobs/clock.ts';
import { emitEvents } from '../../../server/webhooks/event.ts';
import { createWebhook } from '../../../server/webhooks/webhook.ts';
import { actorOf, createWorld, type World } from '../harness.ts';

const HOUR_MS = 3_600_000;
const RULE = { maxSize: 256, maxWaitMs: 1_000 };

describe('what an instance wrote whose clock was an hour ahead', () => {
  let world: World;
  let now: number;
  let ahead: Date;

  before(async () => {
    // not when the file is loaded, which is long before in a run of them all
    now = Date.now();
    ahead = new Date(now + HOUR_MS);
    world = await createWorld();
    const deps = { ...world.deps, allowPrivate: true, isTest: true };
    const actor = actorOf(world.issuers.FEHD);
    await world.db
      .transaction()
      .execute((tx) => createWebhook(tx, deps, { actor, url: 'http://127.0.0.1:1/', events: ['status.final'] }));
  });
  after(() => world.close());

  const sealAt = (moment: number) => sealDue({ ...world.deps, db: world.db, sealing: RULE, now: () => moment });
  const nextAfter = async (written: { attempted_at: Date; next_at: Date }) => {
    const { db, issuers } = world;
    await db.deleteFrom('webhook_deliveries').execute();
    await db
      .transaction()
      .execute((tx) => emitEvents(tx, issuers.FEHD.id, { type: 'status.final', all: [{ change: 'chg_1' }] }));
    await db.updateTable('webhook_deliveries').set(written).execute();
    await recallFromFuture(db, now);
    return (await db.selectFrom('webhook_deliveries').select('next_at').executeTakeFirstOrThrow()).next_at;
  };

  it('is sealed at once, and what waits by right is not', async () => {
    await world.issue('FEHD-GRL');
    await world.db
      .updateTable('credentials')
      .set({ created_at: new Date(now) })
      .execute();
    expect(await sealAt(now + 500)).to.equal(0);
    await world.db.updateTable('credentials').set({ created_at: ahead }).execute();
    expect(await sealAt(now)).to.equal(1);
  });

  it('is delivered at once', async () => {
    expect(await nextAfter({ attempted_at: ahead, next_at: new Date(ahead.getTime() + 5_000) })).to.deep.equal(
      new Date(now),
    );
  });

  it('does not bring forward a delivery that waits for hours by right', async () => {
    const next_at = new Date(now + 6 * HOUR_MS);
    expect(await nextAfter({ attempted_at: new Date(now), next_at })).to.deep.equal(next_at);
  });

  it('is tried again at once, and what waits a minute by right is not', async () => {
    const { db } = world;
    const retryAfter = async (retry_at: Date) => {
      await db.updateTable('batches').set({ retry_at }).execute();
      await recallFromFuture(db, now);
      return (await db.selectFrom('batches').select('retry_at').executeTakeFirstOrThrow()).retry_at;
    };
    expect(await retryAfter(ahead)).to.equal(null);
    expect(await retryAfter(new Date(now + 60_000))).to.deep.equal(new Date(now + 60_000));
  });
});
