import { expect } from 'chai';
import { toHongKongDay } from '../../../proof/day.ts';
import { revokeCredential } from '../../../server/issuance/change-status.ts';
import { replaceCredential } from '../../../server/issuance/issue.ts';
import { setIssuingRule } from '../../../server/issuance/issuing-rules.ts';
import { erasePastRetention } from '../../../server/issuance/retention.ts';
import { actorOf, createWorld, eventually, sampleRequest, untilFinal, viewOf, type World } from '../harness.ts';
import type { DepartmentCode } from '../instance.ts';

const DAY_MS = 86_400_000;

describe('claims that were kept for long enough', () => {
  let world: World;

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  const keep = (department: DepartmentCode, code: string, retentionMonths: number | null) =>
    world.db.transaction().execute((tx) =>
      setIssuingRule(tx, {
        actor: actorOf(world.issuers[department]),
        code,
        rule: { approvals: 0, statusApprovals: 0, retentionMonths },
      }),
    );
  const eraseOn = (day: number) =>
    erasePastRetention(world.db, { ...world.deps, now: () => day * DAY_MS + DAY_MS / 2 - 8 * 3_600_000 });
  const dayOf = (date: string | null) => toHongKongDay(Date.parse(`${date}T12:00:00+08:00`) / 1000);
  const plusMonths = (date: string | null, months: number) => {
    const moved = new Date(`${date}T00:00:00Z`);
    moved.setUTCMonth(moved.getUTCMonth() + months);
    return moved.toISOString().slice(0, 10);
  };

  it('are erased on the day after, for the types that have a rule, and told to the audit log', async () => {
    const [licence, other] = [await world.issue('FEHD-GRL'), await world.issue('TD-DL')];
    await keep('FEHD', 'FEHD-GRL', 24);
    await keep('TD', 'TD-DL', null);
    await world.startJobs();
    await untilFinal(world, [licence.id, other.id]);
    const last = dayOf(plusMonths(licence.validUntil, 24));
    expect(await eraseOn(last)).to.equal(0);
    expect(await eraseOn(last + 1)).to.equal(1);
    expect(await eraseOn(last + 100_000)).to.equal(0);
    expect((await viewOf(world, 'FEHD', licence.id)).erasedAt).to.not.equal(null);
    expect((await viewOf(world, 'TD', other.id)).erasedAt).to.equal(null);
    const record = await world.db
      .selectFrom('audit_records')
      .select(['actor', 'object'])
      .where('act', '=', 'credential.erase')
      .execute();
    expect(record).to.deep.equal([{ actor: 'service:retention', object: licence.id }]);
  });

  it('are counted from the day on which a credential was revoked, and not while that is under way', async () => {
    await keep('FEHD', 'FEHD-GRL', 1);
    const { id, validUntil } = await world.issue('FEHD-GRL');
    const jobs = await world.startJobs();
    await untilFinal(world, [id]);
    await jobs.stop();
    const actor = actorOf(world.issuers.FEHD);
    await world.db.transaction().execute((tx) => revokeCredential(tx, world.deps, { actor, id, reason: 'ceased' }));
    expect(await eraseOn(dayOf(validUntil) + 100)).to.equal(0);
    await world.startJobs();
    await eventually('it is revoked', async () => (await viewOf(world, 'FEHD', id)).status === 'revoked');
    const revoked = toHongKongDay(Date.now() / 1000);
    expect(await eraseOn(revoked + 27)).to.equal(0);
    expect(await eraseOn(revoked + 33)).to.equal(1);
  });

  it('are counted from the day on which a credential was replaced, and the one in its place is kept', async () => {
    await keep('FEHD', 'FEHD-GRL', 1);
    const old = await world.issue('FEHD-GRL');
    const jobs = await world.startJobs();
    await untilFinal(world, [old.id]);
    const actor = actorOf(world.issuers.FEHD);
    const request = sampleRequest('FEHD-GRL', 1);
    const { id } = await world.db
      .transaction()
      .execute((tx) => replaceCredential(tx, world.deps, { actor, id: old.id, request }));
    await eventually('it is replaced', async () => (await viewOf(world, 'FEHD', old.id)).status === 'superseded');
    await jobs.stop();
    const replaced = toHongKongDay(Date.now() / 1000);
    expect(await eraseOn(replaced + 27)).to.equal(0);
    expect(await eraseOn(replaced + 33)).to.equal(1);
    expect((await viewOf(world, 'FEHD', old.id)).erasedAt).to.not.equal(null);
    expect((await viewOf(world, 'FEHD', id)).erasedAt).to.equal(null);
  });

  it('are counted from the day on which a credential failed', async () => {
    await keep('FEHD', 'FEHD-GRL', 1);
    const { id } = await world.issue('FEHD-GRL');
    await world.db.updateTable('credentials').set({ state: 'failed', failure: 'test' }).execute();
    const today = toHongKongDay(Date.now() / 1000);
    expect(await eraseOn(today + 27)).to.equal(0);
    expect(await eraseOn(today + 33)).to.equal(1);
    expect((await viewOf(world, 'FEHD', id)).erasedAt).to.not.equal(null);
  });
});
