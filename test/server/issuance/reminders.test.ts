import { expect } from 'chai';
import { lastDayOf } from '../../../catalogue/validity.ts';
import { decodeDate, toDate, toHongKongDay } from '../../../proof/day.ts';
import { revokeCredential, suspendCredential } from '../../../server/issuance/change-status.ts';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import { eraseCredential } from '../../../server/issuance/erase.ts';
import { type ExtensionRequest, extendCredential } from '../../../server/issuance/extend.ts';
import { replaceCredential } from '../../../server/issuance/issue.ts';
import { confirmNotice, previewNotice } from '../../../server/issuance/notices.ts';
import { listCredentials } from '../../../server/issuance/query.ts';
import { giveReminders } from '../../../server/issuance/reminders.ts';
import type { ListFilters, NewCredential } from '../../../server/issuance/use-cases.ts';
import type { Tx } from '../../../server/store/schema.ts';
import { createWebhook } from '../../../server/webhooks/webhook.ts';
import { actorOf, createWorld, eventually, sampleRequest, untilFinal, viewOf, type World } from '../harness.ts';

const DAY_MS = 86_400_000;
const FIRST = 60;
const SECOND = 14;

describe('reminders before expiry', () => {
  let world: World;
  const today = toHongKongDay(Date.now() / 1000);
  const validity = { validFrom: toDate(today), validUntil: lastDayOf(toDate(today), 12) };
  const end = decodeDate(validity.validUntil);

  before(async () => {
    world = await createWorld();
    const actor = actorOf(world.issuers.FEHD);
    const deps = { ...world.deps, allowPrivate: true, isTest: true };
    const wish = { actor, url: 'http://127.0.0.1:9/', events: ['credential.expiring'] } as const;
    await inTransaction((tx) => createWebhook(tx, deps, wish));
    await world.startJobs({ mails: false });
  });
  after(() => world.close());

  const inTransaction = <T>(work: (tx: Tx) => Promise<T>) => world.db.transaction().execute(work);
  const issue = async (change: Partial<NewCredential> = { holder: { email: 'licensee@example.hk' } }) => {
    const { id } = await world.issue('FEHD-GRL', 0, { validity, ...change });
    await untilFinal(world, [id]);
    return id;
  };
  const settle = (id: string) =>
    eventually(`${id} is settled`, async () => {
      const view = await viewOf(world, 'FEHD', id);
      return view.pendingChange === null && view;
    });
  const extend = async (id: string, wish: Partial<ExtensionRequest>) => {
    const actor = actorOf(world.issuers.FEHD);
    await inTransaction((tx) => extendCredential(tx, world.deps, { actor, id, ...wish }));
    await settle(id);
  };
  const noonOf = (day: number) => day * DAY_MS + DAY_MS / 2 - 8 * 3_600_000;
  const giveOn = (day: number) => giveReminders(world.db, { ...world.deps, now: () => noonOf(day) });
  const finalOn = (id: string, day: number) =>
    world.db
      .updateTable('credentials')
      .set({ final_at: new Date(noonOf(day)) })
      .where('id', '=', fromCredentialId(id))
      .execute();
  const givenTo = async (id: string) => {
    const rows = await world.db
      .selectFrom('reminders as r')
      .innerJoin('credentials as c', 'c.seq', 'r.credential_seq')
      .select(['r.ends_on', 'r.days'])
      .where('c.id', '=', fromCredentialId(id))
      .orderBy('r.created_at')
      .execute();
    return rows.map(({ ends_on, days }) => [ends_on, days]);
  };
  const mailsTo = async (id: string) =>
    (
      await world.db
        .selectFrom('mails as m')
        .innerJoin('credentials as c', 'c.seq', 'm.credential_seq')
        .select(['m.ends_on'])
        .where('c.id', '=', fromCredentialId(id))
        .where('m.kind', '=', 'reminder')
        .orderBy('m.seq')
        .execute()
    ).map(({ ends_on }) => ends_on);
  const eventsOf = async (id: string) =>
    (
      await world.db.selectFrom('webhook_events').select('data').where('type', '=', 'credential.expiring').execute()
    ).flatMap(({ data }) => (data.credential === id ? [data] : []));

  it('come on their days, once each, as a mail to the holder and an event to the department', async () => {
    const id = await issue();
    await giveOn(end - FIRST - 1);
    expect(await givenTo(id)).to.deep.equal([]);
    await giveOn(end - FIRST);
    await giveOn(end - FIRST);
    await giveOn(end - SECOND - 1);
    expect(await givenTo(id)).to.deep.equal([[end, FIRST]]);
    expect(await mailsTo(id)).to.deep.equal([end]);
    const href = `/v1/credentials/${id}`;
    const told = { credential: id, href, state: 'final', validUntil: toDate(end), days: FIRST };
    expect(await eventsOf(id)).to.deep.equal([told]);
    await giveOn(end - SECOND);
    expect(await givenTo(id)).to.deep.equal([
      [end, FIRST],
      [end, SECOND],
    ]);
    expect(await mailsTo(id)).to.deep.equal([end, end]);
    expect(await eventsOf(id)).to.deep.equal([told, { ...told, days: SECOND }]);
  });

  it('are counted back from where a legal notice moves the last day, as lists are', async () => {
    // a day on which nothing else of this file ends
    const own = end - 40;
    const id = await issue({ validity: { ...validity, validUntil: toDate(own) } });
    const actor = actorOf(world.issuers.FEHD);
    const days = { from: toDate(own), to: toDate(own), validUntil: toDate(own + 20), law: 'L.N. 95 of 2022' };
    const notice = await inTransaction((tx) => previewNotice(tx, world.deps, { actor, type: 'FEHD-GRL', ...days }));
    await inTransaction((tx) => confirmNotice(tx, world.deps, { actor, id: notice.id }));
    await eventually('the notice is final', async () => (await viewOf(world, 'FEHD', id)).notice);
    await giveOn(own - FIRST);
    expect(await givenTo(id)).to.deep.equal([]);
    await giveOn(own + 20 - FIRST);
    expect(await givenTo(id)).to.deep.equal([[own + 20, FIRST]]);
    const listed = async (day: number) => {
      const filters: ListFilters = { expiringFrom: day, expiringTo: day };
      return (await listCredentials(world.db, world.deps, { actor, filters, limit: 200 })).items.map((item) => item.id);
    };
    expect(await listed(own)).to.not.include(id);
    expect(await listed(own + 20)).to.include(id);
  });

  it('are given once by two instances at once', async () => {
    const id = await issue();
    await Promise.all([giveOn(end - FIRST), giveOn(end - FIRST), giveOn(end - FIRST)]);
    expect(await givenTo(id)).to.deep.equal([[end, FIRST]]);
    expect([(await mailsTo(id)).length, (await eventsOf(id)).length]).to.deep.equal([1, 1]);
  });

  it('that were missed are made up for by the latest alone, and by none when it has ended', async () => {
    const [late, tooLate] = [await issue(), await issue()];
    await giveOn(end + 1);
    expect(await givenTo(tooLate)).to.deep.equal([]);
    await giveOn(end);
    expect(await givenTo(late)).to.deep.equal([[end, SECOND]]);
    expect((await mailsTo(late)).length).to.equal(1);
    await giveOn(end - FIRST);
    expect(await givenTo(late), 'an earlier one does not follow a later one').to.deep.equal([[end, SECOND]]);
  });

  it('are told to the department alone where the holder has no address', async () => {
    const id = await issue({});
    await giveOn(end - FIRST);
    expect([(await mailsTo(id)).length, (await eventsOf(id)).length]).to.deep.equal([0, 1]);
  });

  it('do not come for what was issued when their day was over already', async () => {
    const id = await issue();
    await finalOn(id, end - FIRST);
    await giveOn(end - FIRST);
    await giveOn(end - SECOND - 1);
    expect(await givenTo(id)).to.deep.equal([]);
    await giveOn(end - SECOND);
    expect(await givenTo(id)).to.deep.equal([[end, SECOND]]);
  });

  it('are counted from the day that the end was moved to, and anew', async () => {
    const id = await issue();
    await giveOn(end - FIRST);
    await extend(id, { validUntil: toDate(end + 100) });
    await giveOn(end - SECOND);
    expect(await givenTo(id)).to.deep.equal([[end, FIRST]]);
    await giveOn(end + 100 - FIRST);
    expect(await givenTo(id)).to.deep.equal([
      [end, FIRST],
      [end + 100, FIRST],
    ]);
  });

  it('do not come for an end that was moved when their day was over already', async () => {
    const id = await issue();
    await finalOn(id, today - 10);
    const moved = today + FIRST - 5;
    await extend(id, { validUntil: toDate(moved) });
    await giveOn(today);
    expect(await givenTo(id)).to.deep.equal([]);
    await giveOn(moved - SECOND);
    expect(await givenTo(id)).to.deep.equal([[moved, SECOND]]);
  });

  it('do not come for what is in force until further notice', async () => {
    const id = await issue();
    await extend(id, { pendingRenewal: true });
    await giveOn(end - SECOND);
    expect(await givenTo(id)).to.deep.equal([]);
  });

  it('come for what is suspended: it may be in force again by then', async () => {
    const id = await issue();
    const actor = actorOf(world.issuers.FEHD);
    await inTransaction((tx) => suspendCredential(tx, world.deps, { actor, id, reason: 'conditions-breached' }));
    await settle(id);
    await giveOn(end - FIRST);
    expect(await givenTo(id)).to.deep.equal([[end, FIRST]]);
  });

  it('do not come for what is revoked, being revoked, erased, or replaced by what is not in force yet', async () => {
    const [revoked, replaced, erased] = [await issue(), await issue(), await issue()];
    const actor = actorOf(world.issuers.FEHD);
    await inTransaction((tx) => revokeCredential(tx, world.deps, { actor, id: revoked, reason: 'ceased' }));
    await giveOn(end - FIRST);
    expect(await givenTo(revoked), 'while it is being revoked').to.deep.equal([]);
    await settle(revoked);
    await inTransaction((tx) => eraseCredential(tx, world.deps, { actor, id: erased }));
    const next = { validFrom: toDate(end - 1), validUntil: toDate(end) };
    const request = { ...sampleRequest('FEHD-GRL', 1), validity: next };
    await inTransaction((tx) => replaceCredential(tx, world.deps, { actor, id: replaced, request }));
    await giveOn(end - SECOND);
    for (const id of [revoked, erased]) expect(await givenTo(id)).to.not.deep.include([end, SECOND]);
    expect(await givenTo(replaced)).to.deep.equal([[end, FIRST]]);
  });

  it('are for what a list of what ends soon has', async () => {
    const [plain, moved, open, revoked] = [await issue(), await issue(), await issue(), await issue()];
    const actor = actorOf(world.issuers.FEHD);
    await extend(moved, { validUntil: toDate(end + 30) });
    await extend(open, { pendingRenewal: true });
    await inTransaction((tx) => revokeCredential(tx, world.deps, { actor, id: revoked, reason: 'ceased' }));
    await settle(revoked);
    const waiting = await world.issue('FEHD-GRL', 0, { validity });
    const listed = async (filters: ListFilters) => {
      const { items } = await listCredentials(world.db, world.deps, { actor, filters, limit: 200 });
      const ids = items.map(({ id }) => id);
      return [plain, moved, open, revoked, waiting.id].filter((id) => ids.includes(id));
    };
    expect(await listed({ expiringFrom: end, expiringTo: end })).to.deep.equal([plain]);
    expect(await listed({ expiringFrom: end + 1 })).to.deep.equal([moved]);
    expect(await listed({ expiringTo: end + 30 })).to.deep.equal([plain, moved]);
    expect(await listed({ expiringTo: end - 1 })).to.deep.equal([]);
    expect(await listed({ expiringTo: decodeDate('9999-12-31') })).to.deep.equal([plain, moved]);
    await untilFinal(world, [waiting.id]);
  });
});
