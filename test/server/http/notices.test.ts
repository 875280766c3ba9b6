import { expect } from 'chai';
import { JsonRpcProvider, Wallet } from 'ethers';
import { decodeDate, toDate, toHongKongDay } from '../../../proof/day.ts';
import { decodeTrust } from '../../../proof/trust.ts';
import { type Sources, verifyQrText } from '../../../proof/verification.ts';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { createRegistry, encodeCall } from '../../../server/chain/registry.ts';
import { createRpc, postWithFetch } from '../../../server/chain/rpc.ts';
import { erasePastRetention } from '../../../server/issuance/retention.ts';
import { startService } from '../../../server/main.ts';
import { eventually } from '../harness.ts';
import { privateKeyOf } from '../instance.ts';
import { type RealService, startRealService, untilFinal } from './real-service.ts';
import { call, type Exchange, newCredential } from './service.ts';

const LAW = 'L.N. 95 of 2022';
/** As the law of 2022 had it for travel agents. */
const OF_2022 = { type: 'TIA-TAL', from: '2022-08-31', to: '2022-11-30', validUntil: '2022-12-01', law: LAW };

describe('a legal notice over HTTP', () => {
  let service: RealService;
  let sources: Sources;
  const today = toHongKongDay(Date.now() / 1000);

  before(async () => {
    service = await startRealService({}, ['TIA', 'FEHD']);
    sources = {
      trust: decodeTrust((await call(service.current, '/trust.json')).text),
      loadFile: async (path) => (await call(service.current, `/${path}`)).bytes,
      post: postWithFetch,
      now: () => Date.now() / 1000,
    };
  });
  after(() => service.close());

  const ask = (path: string, exchange: Exchange = {}) =>
    call(service.current, path, { key: service.apiKeys.TIA, ...exchange });
  const issue = async (seed: number, validFrom: string, validUntil: string) => {
    const { claims } = newCredential('TIA-TAL', seed);
    const validity = { issued: validFrom, validFrom, validUntil };
    const { json, text } = await ask('/v1/credentials', { body: { type: 'TIA-TAL', claims, validity } });
    expect(json.id, text).to.be.a('string');
    return untilFinal(service, service.apiKeys.TIA, json.id);
  };
  const verdictOf = async (links: { qrText: string }) => {
    const { text } = await ask(links.qrText);
    const verdict = await verifyQrText(text, sources);
    expect(verdict.genuine).to.equal('genuine');
    return verdict.standing;
  };
  const untilState = (id: string, state: string, key = service.apiKeys.TIA) =>
    eventually(`${id} is ${state}`, async () => {
      const { json } = await ask(`/v1/notices/${id}`, { key });
      return json.state === state && json;
    });
  /** As a department's admin, whose key the service does not have. */
  const sendAs = async (account: number, transaction: { to: string; data: string }) => {
    const provider = new JsonRpcProvider(service.world.settings.rpcUrl);
    await (await new Wallet(privateKeyOf(account), provider).sendTransaction(transaction)).wait();
    provider.destroy();
  };
  const startAgainAfter = async (work: () => Promise<void>) => {
    await service.current.close();
    await work();
    service.current = await startService(service.parts());
  };
  const typeOf = (code: string) =>
    service.world.db.selectFrom('credential_types').select('number').where('code', '=', code).executeTakeFirstOrThrow();
  const post = async (notice: object) => {
    const { json } = await ask('/v1/notices', { body: notice });
    await ask(`/v1/notices/${json.id}/confirm`, { body: {} });
    return untilState(json.id, 'final');
  };

  it('moves the last days of 2022 as the law did, and nothing beside them, in the words of the verifier', async () => {
    const [inside, first, last, before, after] = await Promise.all([
      issue(1, '2021-10-15', '2022-10-14'),
      issue(2, '2021-09-01', '2022-08-31'),
      issue(3, '2021-12-01', '2022-11-30'),
      issue(4, '2021-08-31', '2022-08-30'),
      issue(5, '2021-12-02', '2022-12-01'),
    ]);
    const preview = await ask('/v1/notices', { body: OF_2022 });
    expect(preview.status, preview.text).to.equal(201);
    expect(preview.json).to.include({ ...OF_2022, state: 'preview', touched: 3, secondPerson: false });
    expect((await verdictOf(inside.links))?.code).to.equal('expired');

    const confirmed = await ask(`/v1/notices/${preview.json.id}/confirm`, { body: {} });
    expect(confirmed.json).to.include({ state: 'recorded', touched: 3 });
    const final = await untilState(preview.json.id, 'final');
    expect(final.posts).to.deep.equal([{ version: 1, index: 0, state: 'final', withdrawnAt: null }]);

    const end = decodeDate(OF_2022.validUntil);
    for (const { id, links, validUntil } of [inside, first, last]) {
      const { json } = await ask(`/v1/credentials/${id}`);
      expect(json).to.deep.include({
        validUntil,
        endsOn: '2022-12-01',
        notice: { validUntil: '2022-12-01', law: LAW },
      });
      expect(await verdictOf(links)).to.deep.equal({ code: 'expired', on: end });
    }
    for (const { id, links, validUntil } of [before, after]) {
      const { json } = await ask(`/v1/credentials/${id}`);
      expect(json).to.deep.include({ validUntil, endsOn: validUntil, notice: null });
      expect(await verdictOf(links)).to.deep.equal({ code: 'expired', on: decodeDate(validUntil) });
    }
    const found = await ask('/v1/credentials?expiring_from=2022-12-01&expiring_to=2022-12-01&type=TIA-TAL');
    expect(new Set(found.json.items.map(({ id }: { id: string }) => id))).to.deep.equal(
      new Set([inside, first, last, after].map(({ id }) => id)),
    );
  });

  it('keeps in force what would have ended, also what is issued afterwards', async () => {
    const [from, to, validUntil] = [today - 20, today - 10, today + 100].map(toDate) as [string, string, string];
    const law = 'Cap. 634 s. 9 (條例)';
    await post({ type: 'TIA-TAL', from, to, validUntil, law });
    const later = await issue(6, toDate(today - 200), toDate(today - 15));
    expect(later).to.deep.include({ endsOn: validUntil, notice: { validUntil, law } });
    const standing = { date: today - 15, until: today + 100, by: 'notice', law };
    expect(await verdictOf(later.links)).to.deep.equal({ code: 'in-force-past-date', ...standing });
    const pdf = await ask(later.links.pdf);
    expect(pdf.status).to.equal(200);
  });

  it('takes turns with what else its key signs', async () => {
    const { chain, db } = service.world;
    const { id } = await issue(10, toDate(today - 200), toDate(today + 150));
    await chain.request('evm_setAutomine', [false]);
    const [own, validUntil] = [toDate(today + 150), toDate(today + 160)];
    const { json } = await ask('/v1/notices', { body: { type: 'TIA-TAL', from: own, to: own, validUntil, law: LAW } });
    await ask(`/v1/notices/${json.id}/confirm`, { body: {} });
    await untilState(json.id, 'sent');
    // what verifiers do not see yet is not shown
    expect((await ask(`/v1/credentials/${id}`)).json).to.include({ notice: null, endsOn: own });
    await ask(`/v1/credentials/${id}/extend`, { body: { pendingRenewal: true } });
    await eventually('the extension is sent', async () => {
      const { pendingChange } = (await ask(`/v1/credentials/${id}`)).json;
      return pendingChange?.state === 'sent';
    });
    await chain.request('evm_setAutomine', [true]);
    await chain.request('evm_mine');
    await untilState(json.id, 'final');
    expect((await untilFinal(service, service.apiKeys.TIA, id)).extension.pendingRenewal).to.equal(true);
    const states = await db.selectFrom('transactions').select('state').distinct().execute();
    expect(states).to.deep.equal([{ state: 'mined' }]);
  });

  it('moves what a renewal follows and its window', async () => {
    const old = await issue(7, '2021-09-16', '2022-09-15');
    expect(old.endsOn).to.equal('2022-12-01');
    const early = await ask(`/v1/credentials/${old.id}/renew`, { body: { appliedOn: '2022-08-01' } });
    expect(early.status, early.text).to.equal(409);
    const renewed = await ask(`/v1/credentials/${old.id}/renew`, { body: { appliedOn: '2022-10-20' } });
    expect(renewed.json.validFrom, renewed.text).to.equal('2022-12-02');
  });

  it('lets claims be kept from the moved day on', async () => {
    const { id } = await issue(8, '2021-11-01', '2022-10-31');
    const rule = { approvals: 0, statusApprovals: 0, retentionMonths: 12 };
    await ask('/v1/types/TIA-TAL/rules', { body: rule });
    const eraseOn = (date: string) =>
      erasePastRetention(service.world.db, { ...service.world.deps, now: () => Date.parse(`${date}T12:00:00+08:00`) });
    const erasedAt = async () => (await ask(`/v1/credentials/${id}`)).json.erasedAt;
    await eraseOn('2023-12-01');
    expect(await erasedAt()).to.equal(null);
    await eraseOn('2023-12-02');
    expect(await erasedAt()).to.be.a('string');
    await ask('/v1/types/TIA-TAL/rules', { body: { ...rule, retentionMonths: null } });
  });

  it("is withdrawn by the department's admin with the call that it names, and then moves nothing", async () => {
    const [from, to, validUntil] = [today - 40, today - 30, today + 50].map(toDate) as [string, string, string];
    const hook = { url: 'https://example.com/hook', events: ['notice.final', 'notice.withdrawn'] };
    await ask('/v1/webhooks', { body: hook });
    const notice = await post({ type: 'TIA-TAL', from, to, validUntil, law: LAW });
    const licence = await issue(9, toDate(today - 300), toDate(today - 35));
    expect((await verdictOf(licence.links))?.code).to.equal('in-force-past-date');
    await sendAs(5, notice.withdrawal[0]);
    const withdrawn = await untilState(notice.id, 'withdrawn');
    expect(withdrawn.withdrawal).to.deep.equal([]);
    expect(withdrawn.posts[0].withdrawnAt).to.be.a('string');
    expect(await verdictOf(licence.links)).to.deep.equal({ code: 'expired', on: today - 35 });
    expect((await ask(`/v1/credentials/${licence.id}`)).json).to.include({ notice: null, endsOn: toDate(today - 35) });
    const { items } = (await ask(`/v1/audit?object=${notice.id}`)).json;
    expect(items.map(({ act }: { act: string }) => act).toReversed()).to.deep.equal([
      'notice.preview',
      'notice.confirm',
      'notice.withdraw',
    ]);
    const events = await service.world.db
      .selectFrom('webhook_events')
      .select(['type', 'data'])
      .orderBy('seq')
      .execute();
    const href = `/v1/notices/${notice.id}`;
    const data = { notice: notice.id, href, type: 'TIA-TAL' };
    expect(events).to.deep.equal([
      { type: 'notice.final', data },
      { type: 'notice.withdrawn', data },
    ]);
  });

  it('that the database lost is taken over or known again, and never posted twice', async () => {
    const { world } = service;
    const [key, issuer] = [service.apiKeys.FEHD, world.issuers.FEHD];
    const notice = { type: 'FEHD-FF', from: '2031-01-01', to: '2031-01-31', validUntil: '2031-03-31', law: LAW };
    const listed = async () => (await ask('/v1/notices', { key })).json.items;
    const { json } = await ask('/v1/notices', { key, body: notice });
    await ask(`/v1/notices/${json.id}/confirm`, { key, body: {} });
    await untilState(json.id, 'final', key);

    // as an older backup has it: confirmed, and not posted yet
    const unposted = { state: 'recorded', place: null, key: null, key_nonce: null, transaction_seq: null } as const;
    await startAgainAfter(async () => {
      await world.db.updateTable('notice_posts').set(unposted).where('issuer_id', '=', issuer.id).execute();
    });
    expect((await untilState(json.id, 'final', key)).posts[0].index).to.equal(0);

    // as one has it that is older still, or as a department's other system posts it
    await startAgainAfter(async () => {
      await world.db.deleteFrom('notice_posts').where('issuer_id', '=', issuer.id).execute();
      await world.db.deleteFrom('notices').where('issuer_id', '=', issuer.id).execute();
    });
    await eventually('it is taken over', async () => (await listed()).length > 0);
    await service.restart();
    const [found, ...others] = await listed();
    expect(others).to.deep.equal([]);
    expect(found).to.include({ ...notice, state: 'final', requestedBy: 'service:reconciliation' });
    const registry = createRegistry(world.deps.registry, createRpc([world.settings.rpcUrl]));
    const { number } = await typeOf('FEHD-FF');
    expect(await registry.readNotices(issuer.number as number, number)).to.have.length(1);
  });

  it('moves nothing any more when its key is reported since before', async () => {
    const key = service.apiKeys.FEHD;
    const days = { from: '2033-01-01', to: '2033-01-31', validUntil: '2033-03-31' };
    const { json } = await ask('/v1/notices', { key, body: { type: 'FEHD-GRL', ...days, law: LAW } });
    await ask(`/v1/notices/${json.id}/confirm`, { key, body: {} });
    await untilState(json.id, 'final', key);
    const { number, anchor_key } = service.world.issuers.FEHD;
    await sendAs(2, {
      to: service.world.settings.trusted.address,
      data: encodeCall('reportCompromise', [number, anchor_key, 1]),
    });
    await untilState(json.id, 'disbelieved', key);
  });

  it('needs a second person where the type demands one', async () => {
    const rule = { approvals: 0, statusApprovals: 1, retentionMonths: null };
    await ask('/v1/types/TIA-TAL/rules', { body: rule });
    const body = { type: 'TIA-TAL', from: '2040-01-01', to: '2040-01-31', validUntil: '2040-02-29', law: LAW };
    const { json } = await ask('/v1/notices', { body });
    expect(json.secondPerson).to.equal(true);
    const alone = await ask(`/v1/notices/${json.id}/confirm`, { body: {} });
    expect(alone.json.code).to.equal('SAME_PERSON');
    const second = await createApiKey(service.world.db, {
      issuer: service.world.issuers.TIA,
      name: 'second',
      isTest: true,
    });
    const confirmed = await ask(`/v1/notices/${json.id}/confirm`, { key: second, body: {} });
    expect(confirmed.json.decidedBy).to.not.equal(confirmed.json.requestedBy);
    await untilState(json.id, 'final');
    const again = await ask(`/v1/notices/${json.id}/cancel`, { body: {} });
    expect(again.json.code).to.equal('NOTICE_CLOSED');
    await ask('/v1/types/TIA-TAL/rules', { body: { ...rule, statusApprovals: 0 } });
  });

  it('is cancelled before it is confirmed, and then is never posted', async () => {
    const body = { type: 'TIA-BP', from: '2040-01-01', to: '2040-01-31', validUntil: '2040-02-29', law: LAW };
    const { json } = await ask('/v1/notices', { body });
    expect((await ask(`/v1/notices/${json.id}/cancel`, { body: {} })).json.state).to.equal('cancelled');
    expect((await ask(`/v1/notices/${json.id}/confirm`, { body: {} })).json.code).to.equal('NOTICE_CLOSED');
    const listed = (await ask('/v1/notices?type=TIA-BP')).json.items;
    expect(listed.map(({ state }: { state: string }) => state)).to.deep.equal(['cancelled']);
    const posts = await service.world.db
      .selectFrom('notice_posts')
      .select('seq')
      .where('notice_seq', '=', Number(json.id.slice(4)))
      .execute();
    expect(posts).to.have.length(0);
  });

  for (const [what, change, pointer, code] of [
    ['a day that there is not', { from: '2022-02-30' }, '#/from', 'DATE_INVALID'],
    ['an end before its beginning', { to: '2022-08-30' }, '#/to', 'END_BEFORE_START'],
    ['a day to which nothing is moved', { validUntil: '2022-11-30' }, '#/validUntil', 'NOTHING_MOVED'],
    ['no law', { law: '' }, '#/law', 'FIELD_INVALID'],
    ['a law of more than 32 bytes', { law: '條'.repeat(11) }, '#/law', 'FIELD_INVALID'],
  ] as const)
    it(`of ${what} is refused`, async () => {
      const { json, status } = await ask('/v1/notices', { body: { ...OF_2022, ...change } });
      expect([status, json.code]).to.deep.equal([422, 'VALIDATION_FAILED']);
      expect(json.errors.map((error: { pointer: string; code: string }) => [error.pointer, error.code])).to.deep.equal([
        [pointer, code],
      ]);
    });

  it('that is not there, or of another department, is not found', async () => {
    const { json } = await ask('/v1/notices', { body: { ...OF_2022, type: 'TIA-BP' } });
    await ask(`/v1/notices/${json.id}/cancel`, { body: {} });
    const codeOf = async (id: string, key = service.apiKeys.TIA) => (await ask(`/v1/notices/${id}`, { key })).json.code;
    for (const id of ['ntc_999999', 'x', '__proto__']) expect(await codeOf(id)).to.equal('NOTICE_NOT_FOUND');
    expect(await codeOf(json.id, service.apiKeys.FEHD)).to.equal('NOTICE_NOT_FOUND');
  });

  it('of a type of another department, or of none, is refused', async () => {
    const codeOf = async (type: string) => (await ask('/v1/notices', { body: { ...OF_2022, type } })).json.code;
    expect(await codeOf('FEHD-FF')).to.equal('TYPE_NOT_YOURS');
    expect(await codeOf('TIA-X')).to.equal('TYPE_UNKNOWN');
  });

  it('is refused where the type has 32 of them', async () => {
    const { db, issuers } = service.world;
    const { id: issuer_id } = issuers.TIA;
    const days = { from_day: 30_000, to_day: 30_001, valid_until: 30_002, law: LAW, touched: 0, approvals: 0 };
    const common = { issuer_id, code: 'TIA-BP', ...days, requested_by: 't', decided_at: new Date() };
    const { number } = await typeOf('TIA-BP');
    for (let place = 0; place < 32; place++) {
      const { seq } = await db
        .insertInto('notices')
        .values({ ...common, state: 'confirmed' })
        .returning('seq')
        .executeTakeFirstOrThrow();
      await db
        .insertInto('notice_posts')
        .values({
          issuer_id,
          notice_seq: seq,
          type_number: number,
          place: 1000 + place,
          state: 'recorded',
          retry_at: new Date('2100-01-01'),
        })
        .execute();
    }
    const { json } = await ask('/v1/notices', { body: { ...OF_2022, type: 'TIA-BP' } });
    expect(json.code).to.equal('NOTICE_LIMIT');
  });
});
