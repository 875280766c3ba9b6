import { expect } from 'chai';
import { lastSecondOf, toDate, toHongKongDay } from '../../../proof/day.ts';
import { verifyProof } from '../../../proof/verification.ts';
import { reinstateCredential, revokeCredential, suspendCredential } from '../../../server/issuance/change-status.ts';
import { credentialDocument } from '../../../server/issuance/document.ts';
import { getCredential, listCredentials } from '../../../server/issuance/query.ts';
import type { ChangeStatus, IssuanceDeps, SuspendCredential } from '../../../server/issuance/use-cases.ts';
import { actorOf, createWorld, eventually, untilFinal, viewOf, type World } from '../harness.ts';
import { sourcesOf } from '../sources.ts';

describe('a suspension with a last day', () => {
  let world: World;
  const today = toHongKongDay(Date.now() / 1000);

  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(() => world.close());

  type Wish = { until?: string };
  const ask = (act: ChangeStatus | SuspendCredential, id: string, wish: Wish = {}, deps = world.deps) => {
    const request = { actor: actorOf(world.issuers.FEHD), id, reason: 'conditions-breached', ...wish } as const;
    return world.db.transaction().execute((tx) => act(tx, deps, request));
  };
  const settle = (id: string) =>
    eventually(`${id} is settled; faults: ${world.faults.slice(-3)}`, async () => {
      const view = await viewOf(world, 'FEHD', id);
      return view.pendingChange === null && view;
    });
  const standing = async (id: string, now = Math.floor(Date.now() / 1000)) => {
    const { qrProof } = await credentialDocument(world.db, world.deps, { actor: actorOf(world.issuers.FEHD), id });
    return (await verifyProof(qrProof, { ...(await sourcesOf(world)), now: () => now })).standing;
  };

  it('is given another end, lifted, and given again', async () => {
    await world.startJobs();
    const { id } = await world.issue('FEHD-GRL');
    await untilFinal(world, [id]);
    for (const until of [today + 3, today + 9, today + 1]) {
      await ask(suspendCredential, id, { until: toDate(until) });
      const view = await settle(id);
      expect(view).to.include({ status: 'suspended' });
      expect(view.suspension?.until).to.equal(toDate(until));
      const shown = await standing(id);
      expect(shown).to.include({ code: 'suspended', until });
      expect(Date.parse(view.suspension?.since ?? '') / 1000).to.equal((shown as { since: number }).since);
    }
    await ask(reinstateCredential, id);
    expect(await settle(id)).to.deep.include({ status: 'in-force', suspension: null });
    await ask(suspendCredential, id);
    expect((await settle(id)).suspension?.until).to.equal(null);
    expect(await standing(id)).to.include({ code: 'suspended', until: null });
  });

  it('is over when that day is, for the department as for every verifier, without anybody having lifted it', async () => {
    await world.startJobs();
    const { id } = await world.issue('FEHD-GRL');
    await untilFinal(world, [id]);
    await ask(suspendCredential, id, { until: toDate(today) });
    await settle(id);
    const tomorrow = lastSecondOf(today) + 1;
    const later: IssuanceDeps = { ...world.deps, now: () => tomorrow * 1000 };
    const actor = actorOf(world.issuers.FEHD);
    const statuses = async (deps: IssuanceDeps) => {
      const find = async (status: 'suspended' | 'in-force') =>
        (await listCredentials(world.db, deps, { actor, filters: { status }, limit: 2 })).items.length;
      const view = await getCredential(world.db, deps, { actor, id });
      return [view?.status, view?.suspension?.until, await find('suspended'), await find('in-force')];
    };
    expect(await statuses(world.deps)).to.deep.equal(['suspended', toDate(today), 1, 0]);
    expect(await statuses(later)).to.deep.equal(['in-force', undefined, 0, 1]);
    expect([(await standing(id))?.code, (await standing(id, tomorrow))?.code]).to.deep.equal(['suspended', 'in-force']);
    const lift = await ask(reinstateCredential, id, {}, later).catch((error: { code: string }) => error);
    expect((lift as { code: string }).code).to.equal('NOT_SUSPENDED');
  });

  it('is given up where its last day passes before it reaches the chain, and keeps nothing else back', async () => {
    const { id } = await world.issue('FEHD-GRL');
    await ask(suspendCredential, id, { until: toDate(today) });
    await world.db
      .updateTable('status_changes')
      .set({ until: today - 1 })
      .execute();
    await ask(revokeCredential, id);
    await world.startJobs();
    await eventually('it is revoked', async () => (await viewOf(world, 'FEHD', id)).status === 'revoked');
    const states = await world.db.selectFrom('status_changes').select('state').orderBy('seq').execute();
    expect(states.map(({ state }) => state)).to.deep.equal(['failed', 'final']);
  });

  it('of several credentials of a batch is one signed change', async () => {
    const ids = await world.issueMany('FEHD-FF', 5);
    for (const id of ids.slice(1)) await ask(suspendCredential, id, { until: toDate(today + 2) });
    await world.startJobs();
    await untilFinal(world, ids);
    for (const id of ids) await settle(id);
    const views = await Promise.all(ids.map((id) => viewOf(world, 'FEHD', id)));
    expect(views.map(({ status }) => status)).to.deep.equal(['in-force', ...Array(4).fill('suspended')]);
    const changes = await world.db.selectFrom('status_changes').select(['key_nonce', 'transaction_seq']).execute();
    expect(new Set(changes.map(({ key_nonce, transaction_seq }) => `${key_nonce} ${transaction_seq}`)).size).to.equal(
      1,
    );
    expect((await standing(ids[1] as string))?.code).to.equal('suspended');
  });
});
