import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { sql } from 'kysely';
import { type CheckedAddress, isPublicAddress } from '../../../server/webhooks/address.ts';
import {
  type DeliverDeps,
  deliverDue,
  GIVEN_UP_AFTER_MS,
  MOST_OF_DEPARTMENT,
} from '../../../server/webhooks/deliver.ts';
import { emitEvents } from '../../../server/webhooks/event.ts';
import { send } from '../../../server/webhooks/send.ts';
import { call, startService, type TestService } from '../http/service.ts';
import { type Received, type Receiver, startReceiver } from './receiver.ts';

describe('webhooks', () => {
  let service: TestService;
  let receiver: Receiver;
  let now: number;

  before(async () => {
    service = await startService({ webhooks: { allowPrivate: true } });
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

  const deps = (more: Partial<DeliverDeps> = {}): DeliverDeps => ({
    db: service.db,
    now: () => now,
    cipher: service.deps.cipher,
    allowPrivate: true,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    ...more,
  });
  const ask = (path: string, body?: object, more: object = {}) =>
    call(service, path, { key: service.fehd.apiKey, body, ...more });
  const create = async (change: object = {}) =>
    (await ask('/v1/webhooks', { url: `${receiver.url}/hook`, events: ['credential.final'], ...change })).json;
  const emit = (id = 'crd_000000000001') =>
    service.db
      .transaction()
      .execute((tx) => emitEvents(tx, service.fehd.issuer.id, { type: 'credential.final', all: [{ id }] }));
  const log = async (id: string) => (await ask(`/v1/webhooks/${id}/deliveries`)).json.items;

  /** What a receiver does, from the documentation alone. */
  function isSigned({ body, request }: Received, secret: string): boolean {
    const [time, ...macs] = String(request.headers['e-proof-signature']).split(',');
    const expected = createHmac('sha256', secret)
      .update(`${time?.slice(2)}.${body}`)
      .digest();
    return macs.some((mac) => timingSafeEqual(Buffer.from(mac.slice(3), 'hex'), expected));
  }

  it('tell of an event once, signed, with its id and no more than ids and states', async () => {
    const { id, secret } = await create();
    await emit();
    await deliverDue(deps());
    await deliverDue(deps());
    expect(receiver.received).to.have.length(1);
    const [first] = receiver.received as [Received];
    expect(isSigned(first, secret)).to.equal(true);
    expect(isSigned(first, 'whs_another')).to.equal(false);
    const event = JSON.parse(first.body);
    expect(event).to.deep.include({ type: 'credential.final', data: { id: 'crd_000000000001' } });
    expect(event.id).to.match(/^evt_/).and.to.equal(first.request.headers['e-proof-event']);
    const [delivery] = await log(id);
    expect(delivery).to.include({ state: 'delivered', attempts: 1, status: 200, failure: null, event: event.id });
  });

  it('write nothing where the transaction of the event is undone, or nobody wants its type', async () => {
    const { id } = await create({ events: ['status.final'] });
    await emit();
    const undone = service.db.transaction().execute(async (tx) => {
      await emitEvents(tx, service.fehd.issuer.id, { type: 'status.final', all: [{ id: 'x' }] });
      throw new Error('undone');
    });
    await undone.catch(() => {});
    expect(await log(id)).to.deep.equal([]);
  });

  it('are told other types from the change on, and get what was written before it', async () => {
    const { id } = await create();
    await emit();
    const change = (events: string[]) => ask(`/v1/webhooks/${id}/events`, { events });
    expect((await change(['status.final', 'credential.failed', 'status.final'])).json.events).to.deep.equal([
      'status.final',
      'credential.failed',
    ]);
    await change(['credential.failed', 'status.final']);
    await emit();
    await service.db
      .transaction()
      .execute((tx) => emitEvents(tx, service.fehd.issuer.id, { type: 'status.final', all: [{ id: 'chg_1' }] }));
    expect((await log(id)).map(({ type }: { type: string }) => type)).to.deep.equal([
      'status.final',
      'credential.final',
    ]);
    const records = await service.db
      .selectFrom('audit_records')
      .select(['before', 'after'])
      .where('object', '=', id)
      .where('act', '=', 'webhook.change')
      .execute();
    expect(records, 'the same again is no change').to.deep.equal([
      { before: { events: 'credential.final' }, after: { events: 'status.final credential.failed' } },
    ]);
    for (const events of [[], ['ping'], ['credential.issued']])
      expect((await change(events)).json, String(events)).to.include({ code: 'VALIDATION_FAILED' });
    await ask(`/v1/webhooks/${id}/deactivate`, {});
    expect((await change(['credential.final'])).json.code).to.equal('WEBHOOK_INACTIVE');
  });

  it('are told nothing else by who has not seen how a colleague has changed them', async () => {
    const { id, changedAt } = await create();
    const change = async (events: string[], seen: object) =>
      (await ask(`/v1/webhooks/${id}/events`, { events, ...seen })).json;
    const first = await change(['status.final'], { changedAt });
    expect(first.events).to.deep.equal(['status.final']);
    for (const seen of [{ changedAt }, { changedAt: null }])
      expect((await change(['credential.failed'], seen)).code).to.equal('WEBHOOK_CHANGED');
    const all = await Promise.all(
      ['credential.failed', 'credential.final'].map((type) => change([type], { changedAt: first.changedAt })),
    );
    expect(all.map(({ code }) => code ?? 'changed').sort(), 'at the same moment').to.deep.equal([
      'WEBHOOK_CHANGED',
      'changed',
    ]);
    expect((await change(['status.final'], {})).events, 'of a system').to.deep.equal(['status.final']);
  });

  it('come again after a failure, later and later, until three days have passed', async () => {
    const { id } = await create();
    await emit();
    receiver.answer = 500;
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      await deliverDue(deps());
      const [delivery] = await log(id);
      expect(delivery).to.include({ state: 'waiting', attempts: i + 1, status: 500, failure: 'it answered 500' });
      waits.push(Date.parse(delivery.nextAt) - now);
      now = Date.parse(delivery.nextAt);
    }
    for (const [i, wait] of waits.entries()) expect(wait).to.be.within(2_499 * 2 ** i, 5_001 * 2 ** i);
    now += GIVEN_UP_AFTER_MS;
    await deliverDue(deps());
    expect((await log(id))[0]).to.include({ state: 'failed', nextAt: null });
  });

  it('are delivered once by two instances at once, and again after one that died', async () => {
    await create();
    for (let i = 0; i < 10; i++) await emit();
    await Promise.all([deliverDue(deps()), deliverDue(deps())]);
    expect(receiver.received).to.have.length(10);
    await emit();
    const taken = sql`update webhook_deliveries set attempts = 1, next_at = ${new Date(now + 60_000)} where state = 'waiting'`;
    await taken.execute(service.db);
    await deliverDue(deps());
    expect(receiver.received, 'leased').to.have.length(10);
    now += 60_000;
    await deliverDue(deps());
    expect(receiver.received).to.have.length(11);
  });

  it('keep no department waiting for the many or slow deliveries of another', async () => {
    await create({ url: `${receiver.url}/many` });
    const body = { url: `${receiver.url}/other`, events: ['credential.final'] };
    await call(service, '/v1/webhooks', { key: service.td.apiKey, body });
    for (let i = 0; i < 30; i++) await emit();
    await service.db
      .transaction()
      .execute((tx) => emitEvents(tx, service.td.issuer.id, { type: 'credential.final', all: [{ id: 'crd_td' }] }));
    expect(await deliverDue(deps())).to.equal(true);
    const paths = receiver.received.map(({ request }) => request.url);
    expect(paths.filter((path) => path === '/other')).to.have.length(1);
    expect(paths.filter((path) => path === '/many')).to.have.length(MOST_OF_DEPARTMENT);
    while (await deliverDue(deps()));
    expect(receiver.received).to.have.length(31);
  });

  it('stay as they ended when the answer of an earlier attempt comes too late', async () => {
    const { id } = await create();
    for (const [end, expected] of [
      [() => ask(`/v1/webhooks/${id}/deactivate`, {}), { state: 'failed', failure: 'the webhook was deactivated' }],
      [
        () => sql`update webhook_deliveries set state = 'delivered', next_at = null, attempts = 2`.execute(service.db),
        { state: 'delivered', failure: null },
      ],
      [
        () => sql`update webhook_deliveries set attempts = 2, failure = 'newer'`.execute(service.db),
        { state: 'waiting', failure: 'newer' },
      ],
    ] as const) {
      await sql`update webhooks set active = id = ${Number(id.slice(4))}`.execute(service.db);
      await sql`delete from webhook_deliveries`.execute(service.db);
      await emit();
      receiver.answer = 500;
      // while the name is looked up, which is when the attempt is under way
      const resolve = async (): Promise<CheckedAddress[]> => {
        await end();
        return [{ address: '127.0.0.1', family: 4 }];
      };
      await sql`update webhooks set url = ${`http://late.example:${new URL(receiver.url).port}/`}`.execute(service.db);
      await deliverDue(deps({ resolve }));
      expect((await log(id))[0]).to.include(expected);
    }
  });

  it('can be replayed under the same event id, and pinged', async () => {
    const { id } = await create();
    await emit();
    await deliverDue(deps());
    const [first] = await log(id);
    const replayed = await ask(`/v1/webhook-deliveries/${first.id}/replay`, {});
    expect(replayed.status).to.equal(202);
    expect(replayed.json).to.include({ replayOf: first.id, event: first.event, state: 'waiting' });
    expect((await ask(`/v1/webhooks/${id}/ping`, {})).json.type).to.equal('ping');
    await deliverDue(deps());
    // sent side by side: no order is promised
    expect(receiver.received.map(({ body }) => JSON.parse(body).type)).to.have.members([
      'credential.final',
      'credential.final',
      'ping',
    ]);
  });

  it('are signed by both secrets for a day after a rotation', async () => {
    const { id, secret } = await create();
    const rotated = (await ask(`/v1/webhooks/${id}/rotate`, {})).json;
    expect(rotated.secret).to.not.equal(secret);
    const send = async () => {
      await emit();
      await deliverDue(deps());
      return receiver.received.at(-1) as Received;
    };
    const during = await send();
    expect([secret, rotated.secret].map((one) => isSigned(during, one))).to.deep.equal([true, true]);
    now += 86_401_000;
    const later = await send();
    expect([secret, rotated.secret].map((one) => isSigned(later, one))).to.deep.equal([false, true]);
  });

  it('tell the secret once, and keep it nowhere in clear', async () => {
    const more = { headers: { 'idempotency-key': 'hook-once' } };
    const body = { url: `${receiver.url}/once`, events: ['credential.final'] };
    const first = (await ask('/v1/webhooks', body, more)).json;
    const again = (await ask('/v1/webhooks', body, more)).json;
    expect(first.secret).to.match(/^whs_[\w-]{43}$/);
    const { secret, ...rest } = first;
    expect(again).to.deep.equal(rest);
    expect((await ask(`/v1/webhooks/${first.id}`)).json).to.not.have.property('secret');
    const { rows } = await sql`select w::text as row from webhooks w union all select k::text from idempotency_keys k
      union all select a::text from audit_records a`.execute(service.db);
    expect(JSON.stringify(rows)).to.not.contain(secret).and.to.not.contain(Buffer.from(secret).toString('hex'));
  });

  it('follow no redirection, and give up on who does not answer', async () => {
    const { id } = await create();
    receiver.answer = 302;
    await emit();
    await deliverDue(deps());
    expect(receiver.received.map(({ request }) => request.url)).to.deep.equal(['/hook']);
    expect((await log(id))[0]).to.include({ state: 'waiting', failure: 'it answered 302' });
  });

  it('give up on a name that nobody can resolve in time, and on an answer that would change the protocol', async () => {
    const message = { url: 'http://slow.example/', body: '{}', headers: {} };
    const never = { resolve: () => new Promise<never>(() => {}), allowPrivate: true, timeoutMs: 50 };
    expect(await send(message, never)).to.deep.equal({ status: null, failure: 'it did not answer in time' });
    const switching = createServer().on('upgrade', (_request, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
    });
    await new Promise<void>((done) => switching.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(switching.address() as AddressInfo).port}/`;
    const asked = { ...message, url, headers: { connection: 'upgrade', upgrade: 'x' } };
    expect((await send(asked, { ...never, timeoutMs: 5_000 })).failure).to.equal('it cannot be reached (ECONNRESET)');
    await new Promise((done) => switching.close(done));
  });

  it('connect to no address that is not public, whatever its name leads to at that moment', async () => {
    const { id } = await create({ url: 'http://receiver.example/' });
    const asked: string[] = [];
    const resolve = async (host: string): Promise<CheckedAddress[]> => {
      asked.push(host);
      return [
        { address: '8.8.8.8', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ];
    };
    await emit();
    await deliverDue(deps({ allowPrivate: false, resolve }));
    expect(asked, 'resolved once').to.deep.equal(['receiver.example']);
    expect(receiver.received).to.deep.equal([]);
    expect((await log(id))[0].failure).to.equal('the name leads to an address that is not public');
  });

  it('connect to the address that was checked, and do not ask for the name again', async () => {
    const port = new URL(receiver.url).port;
    await create({ url: `http://nobody-has-this-name.invalid:${port}/named` });
    await emit();
    await deliverDue(deps());
    expect(receiver.received.map(({ request }) => request.headers.host)).to.deep.equal([
      `nobody-has-this-name.invalid:${port}`,
    ]);
  });

  it('take the public addresses of the internet alone', () => {
    for (const address of ['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '2400:cb00::1'])
      expect(isPublicAddress(address), address).to.equal(true);
    for (const address of [
      ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
      ...['0.0.0.0', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1'],
      ...['::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', '2002:7f00:1::', '2001::1', 'not an address'],
    ])
      expect(isPublicAddress(address), address).to.equal(false);
  });

  it('end for good, with what waits for them', async () => {
    const { id } = await create();
    await emit();
    await ask(`/v1/webhooks/${id}/deactivate`, {});
    await deliverDue(deps());
    expect(receiver.received).to.deep.equal([]);
    const [delivery] = await log(id);
    expect(delivery).to.include({ state: 'failed', failure: 'the webhook was deactivated' });
    for (const path of [
      `/v1/webhooks/${id}/ping`,
      `/v1/webhooks/${id}/rotate`,
      `/v1/webhook-deliveries/${delivery.id}/replay`,
    ])
      expect((await ask(path, {})).json.code, path).to.equal('WEBHOOK_INACTIVE');
  });

  it('are not found by another department, nor without the right', async () => {
    const { id } = await create();
    await emit();
    const [delivery] = await log(id);
    const key = service.td.apiKey;
    for (const [path, body] of [
      [`/v1/webhooks/${id}`, undefined],
      [`/v1/webhooks/${id}/deliveries`, undefined],
      [`/v1/webhooks/${id}/ping`, {}],
      [`/v1/webhooks/${id}/rotate`, {}],
      [`/v1/webhooks/${id}/events`, { events: ['credential.failed'] }],
      [`/v1/webhooks/${id}/pause`, {}],
      [`/v1/webhooks/${id}/resume`, {}],
      [`/v1/webhooks/${id}/deactivate`, {}],
    ] as const)
      expect((await call(service, path, { key, body })).json.code, path).to.equal('WEBHOOK_NOT_FOUND');
    const replay = await call(service, `/v1/webhook-deliveries/${delivery.id}/replay`, { key, body: {} });
    expect(replay.json.code).to.equal('DELIVERY_NOT_FOUND');
    expect((await call(service, '/v1/webhooks', { key })).json.items).to.deep.equal([]);
    await sql`update api_keys set scopes = '{credentials.read}' where issuer_id = ${service.td.issuer.id}`.execute(
      service.db,
    );
    expect((await call(service, '/v1/webhooks', { key })).json.code).to.equal('FORBIDDEN');
  });

  it('are listed a page at a time, the active ones first', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await create()).id);
    const [a, b, c, d, e] = ids as [string, string, string, string, string];
    for (const id of [a, d]) await ask(`/v1/webhooks/${id}/deactivate`, {});
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const path = `/v1/webhooks?limit=2${next === null ? '' : `&starting_after=${next}`}`;
      const page: { items: { id: string }[]; has_more: boolean; next: string | null } = (await ask(path)).json;
      seen.push(...page.items.map(({ id }) => id));
      expect(page.has_more).to.equal(page.next !== null);
      next = page.next;
    } while (next !== null);
    expect(seen).to.deep.equal([e, c, b, d, a]);
    for (const cursor of ['x', 'active-0', a])
      expect((await ask(`/v1/webhooks?starting_after=${cursor}`)).json.code).to.equal('CURSOR_INVALID');
  });

  it('are at most twenty', async () => {
    for (let i = 0; i < 20; i++) expect((await create()).id).to.be.a('string');
    expect((await create()).code).to.equal('WEBHOOK_LIMIT');
  });
});

describe('the address of a webhook in production', () => {
  let service: TestService;
  before(async () => {
    service = await startService({ webhooks: { allowPrivate: false }, isTest: false });
  });
  after(() => service.stop());

  for (const url of [
    'http://example.com/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://localhost/',
    'https://2130706433/',
    'https://user:secret@example.com/',
    'https://example.com/#part',
    'ftp://example.com/',
    'nonsense',
  ])
    it(`is not ${url}`, async () => {
      const body = { url, events: ['credential.final'] };
      const { json } = await call(service, '/v1/webhooks', { key: service.fehd.apiKey, body });
      expect(json.code).to.equal('WEBHOOK_URL_REFUSED');
      expect(json.errors[0].pointer).to.equal('#/url');
      expect(json.detail).to.not.contain('secret');
    });

  it('is a public one behind https', async () => {
    const body = { url: 'https://systems.example.hk/e-proof', events: ['credential.final'] };
    expect((await call(service, '/v1/webhooks', { key: service.fehd.apiKey, body })).status).to.equal(201);
  });
});
