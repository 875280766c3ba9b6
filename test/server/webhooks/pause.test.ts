import { expect } from 'chai';
import { sql } from 'kysely';
import type { CheckedAddress } from '../../../server/webhooks/address.ts';
import {
  type DeliverDeps,
  deliverDue,
  GIVEN_UP_AFTER_MS,
  LEASE_MS,
  MOST_OF_DEPARTMENT,
  WAITS_THROUGH_PAUSE_MS,
} from '../../../server/webhooks/deliver.ts';
import { emitEvents } from '../../../server/webhooks/event.ts';
import { call, startService, type TestService } from '../http/service.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const DAY_MS = 86_400_000;

describe('a webhook that is paused', () => {
  let service: TestService;
  let receiver: Receiver;
  let now: number;

  before(async () => {
    service = await startService({ webhooks: { allowPrivate: true } });
    // what is asked for over the API and what the jobs do have one clock
    service.deps.now = () => now;
    receiver = await startReceiver();
  });
  beforeEach(async () => {
    now = Date.now() + 1_000;
    receiver.answer = 200;
    receiver.received.length = 0;
    await sql`delete from webhook_deliveries`.execute(service.db);
    await sql`delete from webhooks`.execute(service.db);
  });
  after(async () => {
    await service.stop();
    await receiver.close();
  });

  const resolveHere = async (): Promise<CheckedAddress[]> => [{ address: '127.0.0.1', family: 4 }];
  const deps = (resolve = resolveHere): DeliverDeps => ({
    ...{ db: service.db, now: () => now, cipher: service.deps.cipher, allowPrivate: true, resolve },
  });
  const deliver = () => deliverDue(deps());
  const ask = (path: string, body?: object) => call(service, path, { key: service.fehd.apiKey, body });
  const create = async (path = '/hook', host = receiver.url): Promise<string> =>
    (await ask('/v1/webhooks', { url: `${host}${path}`, events: ['credential.final'] })).json.id;
  const read = async (id: string) => (await ask(`/v1/webhooks/${id}`)).json;
  const act = async (id: string, name: 'pause' | 'resume' | 'deactivate') =>
    (await ask(`/v1/webhooks/${id}/${name}`, {})).json;
  const emit = (n: number) =>
    service.db
      .transaction()
      .execute((tx) => emitEvents(tx, service.fehd.issuer.id, { type: 'credential.final', all: [{ n }] }));
  const log = async (id: string) => (await ask(`/v1/webhooks/${id}/deliveries`)).json.items;
  const told = (path = '/hook') =>
    receiver.received.filter(({ request }) => request.url === path).map(({ body }) => JSON.parse(body).data.n);
  const inOrder = (count: number) => Array.from({ length: count }, (_, n) => n);
  const sorted = (numbers: number[]) => [...numbers].sort((a, b) => a - b);

  it('is sent nothing, and is told in order when it is resumed, also of what had failed before', async () => {
    const id = await create();
    receiver.answer = 500;
    await emit(0);
    await deliver();
    receiver.received.length = 0;
    const paused = await act(id, 'pause');
    expect(paused).to.include({ active: true, pausedSince: new Date(now).toISOString(), waiting: 1 });
    for (let n = 1; n < 25; n++) await emit(n);
    now += DAY_MS;
    receiver.answer = 200;
    expect(await deliver()).to.equal(false);
    expect(receiver.received).to.deep.equal([]);
    expect(await read(id)).to.include({ pausedSince: paused.pausedSince, waiting: 25 });
    for (const delivery of await log(id)) expect(delivery).to.include({ state: 'waiting', nextAt: null });
    expect(await act(id, 'resume')).to.include({ active: true, pausedSince: null, waiting: 25 });
    for (let from = 0; from < 25; from += MOST_OF_DEPARTMENT) {
      receiver.received.length = 0;
      await deliver();
      // those of one round are sent side by side
      expect(sorted(told())).to.deep.equal(inOrder(25).slice(from, from + MOST_OF_DEPARTMENT));
    }
    expect(await read(id)).to.include({ waiting: 0 });
  });

  it('has three days from its resumption, not from before', async () => {
    const id = await create();
    await emit(0);
    receiver.answer = 500;
    await deliver();
    await act(id, 'pause');
    now += 2 * GIVEN_UP_AFTER_MS;
    await act(id, 'resume');
    await deliver();
    expect((await log(id))[0]).to.include({ state: 'waiting', attempts: 2, failure: 'it answered 500' });
    now += GIVEN_UP_AFTER_MS - 60_000;
    await deliver();
    expect((await log(id))[0]).to.include({ state: 'waiting', attempts: 3 });
    now += 60_000;
    await deliver();
    expect((await log(id))[0]).to.include({ state: 'failed', attempts: 4, failure: 'it answered 500' });
  });

  it('loses what has waited for thirty days, is told so, and can have it again', async () => {
    const id = await create();
    await act(id, 'pause');
    await emit(0);
    await emit(1);
    await sql`update webhook_deliveries set created_at = created_at + interval '1 day', next_at = next_at + interval '1 day'
      where seq = (select max(seq) from webhook_deliveries)`.execute(service.db);
    now += WAITS_THROUGH_PAUSE_MS - 60_000;
    await deliver();
    expect(await read(id)).to.include({ waiting: 2 });
    now += 60_000;
    await deliver();
    const [younger, older] = await log(id);
    expect(younger).to.include({ state: 'waiting' });
    expect(older).to.include({ state: 'failed', failure: 'the webhook was paused for too long', attempts: 0 });
    const again = (await ask(`/v1/webhook-deliveries/${older.id}/replay`, {})).json;
    expect(again).to.include({ state: 'waiting', nextAt: null, replayOf: older.id, event: older.event });
    await sql`update webhook_deliveries set next_at = ${new Date(now)}, created_at = ${new Date(now)}
      where seq = ${Number(again.id.slice(4))}`.execute(service.db);
    await deliver();
    expect(receiver.received).to.deep.equal([]);
    await act(id, 'resume');
    await deliver();
    expect(sorted(told())).to.deep.equal([0, 1]);
  });

  it('has lost nothing where it was resumed and no instance ran for longer than that', async () => {
    const id = await create();
    await act(id, 'pause');
    await emit(0);
    await act(id, 'resume');
    now += WAITS_THROUGH_PAUSE_MS + DAY_MS;
    await deliver();
    expect(told()).to.deep.equal([0]);
  });

  it('is sent nothing by two instances, and everything once when it is resumed', async () => {
    const id = await create();
    await act(id, 'pause');
    for (let n = 0; n < 15; n++) await emit(n);
    await Promise.all([deliver(), deliver()]);
    expect(receiver.received).to.deep.equal([]);
    await act(id, 'resume');
    while ((await Promise.all([deliver(), deliver()])).includes(true));
    expect(sorted(told())).to.deep.equal(inOrder(15));
  });

  it('is sent its ping alone, so that its receiver can be tried', async () => {
    const id = await create();
    await emit(0);
    await act(id, 'pause');
    expect((await ask(`/v1/webhooks/${id}/ping`, {})).json.nextAt).to.not.equal(null);
    expect((await ask(`/v1/webhooks/${id}/rotate`, {})).json.secret).to.match(/^whs_/);
    await deliver();
    expect(receiver.received.map(({ body }) => JSON.parse(body).type)).to.deep.equal(['ping']);
    const [ping] = await log(id);
    expect(ping).to.include({ type: 'ping', state: 'delivered' });
    await ask(`/v1/webhook-deliveries/${ping.id}/replay`, {});
    await deliver();
    expect(receiver.received.map(({ body }) => JSON.parse(body).type)).to.deep.equal(['ping', 'ping']);
    expect(await read(id)).to.include({ waiting: 1 });
  });

  it('can be ended, with what waits for it', async () => {
    const id = await create();
    await act(id, 'pause');
    await emit(0);
    expect(await act(id, 'deactivate')).to.include({ active: false, pausedSince: null, waiting: 0 });
    await deliver();
    expect(receiver.received).to.deep.equal([]);
    expect((await log(id))[0]).to.include({ state: 'failed', failure: 'the webhook was deactivated' });
    for (const name of ['pause', 'resume'] as const) expect((await act(id, name)).code).to.equal('WEBHOOK_INACTIVE');
  });

  it('is paused and resumed once, however often that is asked', async () => {
    const id = await create();
    expect((await act(id, 'resume')).pausedSince).to.equal(null);
    const { pausedSince } = await act(id, 'pause');
    await emit(0);
    now += DAY_MS;
    expect((await act(id, 'pause')).pausedSince).to.equal(pausedSince);
    for (let i = 0; i < 2; i++) expect((await act(id, 'resume')).pausedSince).to.equal(null);
    const records = await service.db
      .selectFrom('audit_records')
      .select(['act', 'before', 'after'])
      .where('object', '=', id)
      .where('act', 'in', ['webhook.pause', 'webhook.resume'])
      .orderBy('seq')
      .execute();
    expect(records).to.deep.equal([
      { act: 'webhook.pause', before: { paused: false }, after: { paused: true, waiting: 0 } },
      { act: 'webhook.resume', before: { paused: true }, after: { paused: false, waiting: 1 } },
    ]);
  });

  it('counts among the twenty', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) ids.push(await create());
    for (const id of ids) await act(id, 'pause');
    const { json } = await ask('/v1/webhooks', { url: `${receiver.url}/hook`, events: ['credential.final'] });
    expect(json.code).to.equal('WEBHOOK_LIMIT');
  });

  it('keeps no other of its department waiting, paused or resumed', async () => {
    const id = await create('/paused');
    await act(id, 'pause');
    for (let n = 0; n < 30; n++) await emit(n);
    await create('/other');
    await emit(30);
    await deliver();
    expect([told('/paused'), told('/other')]).to.deep.equal([[], [30]]);
    await act(id, 'resume');
    await emit(31);
    await deliver();
    expect(told('/other')).to.deep.equal([30, 31]);
    expect(sorted(told('/paused'))).to.deep.equal(inOrder(MOST_OF_DEPARTMENT - 1));
  });

  it('waits with what was being sent when it was paused, and is not sent it twice', async () => {
    const id = await create('/late', `http://late.example:${new URL(receiver.url).port}`);
    await emit(0);
    const inTheMiddle = async () => {
      await act(id, 'pause');
      await act(id, 'resume');
      // another instance, while the name is looked up
      expect(await deliver()).to.equal(false);
      await act(id, 'pause');
      return resolveHere();
    };
    receiver.answer = 500;
    await deliverDue(deps(inTheMiddle));
    expect(told('/late')).to.deep.equal([0]);
    now += LEASE_MS + 1;
    await deliver();
    expect(told('/late')).to.deep.equal([0]);
    expect((await log(id))[0]).to.include({ state: 'waiting', attempts: 1, failure: 'it answered 500' });
    await act(id, 'resume');
    await deliver();
    expect(told('/late')).to.deep.equal([0, 0]);
  });
});
