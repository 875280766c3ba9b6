import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { toReference } from '../../../proof/reference.ts';
import type { AppParts } from '../../../server/app.ts';
import type { IdentityProvider } from '../../../server/auth/identity-provider.ts';
import { createRateCounter, forgetRateCounts } from '../../../server/store/rate-counts.ts';
import type { Db } from '../../../server/store/schema.ts';
import { openStore } from '../../../server/store/store.ts';
import { createDatabase } from '../database.ts';
import { call, startService, type TestService } from './service.ts';

const MANY = 1_000_000;
const OPEN = {
  caller: MANY,
  refused: MANY,
  token: MANY,
  signIn: MANY,
  signInOfAll: MANY,
  lookUp: MANY,
  facts: MANY,
  factsOfAll: MANY,
};
const MINUTE_MS = 60_000;

/** The windows are minutes of the clock: a test that began at the end of one would see two. */
async function untilMinuteHasRoom(): Promise<void> {
  const leftMs = MINUTE_MS - (Date.now() % MINUTE_MS);
  if (leftMs < 15_000) await setTimeout(leftMs + 10);
}

describe('limits', () => {
  let service: TestService;

  async function start(more: Partial<AppParts>): Promise<void> {
    service = await startService(more);
    await untilMinuteHasRoom();
  }
  afterEach(() => service.stop());

  it('are told in every answer of a known caller, as draft 8 has them', async () => {
    await start({ limits: { ...OPEN, caller: 100 } });
    const first = await call(service, '/v1/me', { key: service.fehd.apiKey });
    expect(first.headers.get('ratelimit-policy')).to.match(/^"caller"; q=100; w=60; pk=:.+:$/);
    expect(first.headers.get('ratelimit')).to.match(/^"caller"; r=99; t=\d{1,2}$/);
    const second = await call(service, '/v1/types', { key: service.fehd.apiKey });
    expect(second.headers.get('ratelimit')).to.match(/r=98;/);
    expect((await call(service, '/livez')).headers.has('ratelimit')).to.equal(false);
  });

  it('stop one key and no other, reads and writes alike, and say when to come back', async () => {
    await start({ limits: { ...OPEN, caller: 3 } });
    const ask = (key: string) => call(service, '/v1/me', { key });
    for (let times = 0; times < 3; times++) expect((await ask(service.fehd.apiKey)).status).to.equal(200);
    const refused = await ask(service.fehd.apiKey);
    expect([refused.status, refused.json.code]).to.deep.equal([429, 'RATE_LIMITED']);
    expect(refused.headers.get('content-type')).to.match(/^application\/problem\+json/);
    expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 60);
    const body = { url: 'https://example.com/', events: ['credential.final'] };
    expect((await call(service, '/v1/webhooks', { key: service.fehd.apiKey, body })).status).to.equal(429);
    expect((await ask(service.td.apiKey)).status).to.equal(200);
  });

  it('stop an address that tries keys, and not a key that is known from there', async () => {
    await start({ limits: { ...OPEN, refused: 2 } });
    const tried: number[] = [];
    for (let times = 0; times < 4; times++)
      tried.push((await call(service, '/v1/me', { key: `ep_test_${String(times).repeat(43)}` })).status);
    expect(tried).to.deep.equal([401, 401, 429, 429]);
    expect((await call(service, '/v1/session')).status, 'nor who is not signed in').to.equal(429);
    expect((await call(service, '/v1/me', { key: service.fehd.apiKey })).status).to.equal(200);
  });

  it('hold off a flood of sign-ins, of which each would leave a row', async () => {
    await start({ limits: { ...OPEN, signIn: 2 }, signIn: signInAt('https://login.example.hk') });
    const login = (query = '') =>
      call(service, `/auth/login${query}`, { headers: { accept: 'text/html', host: 'service.example.hk' } });
    expect([(await login()).status, (await login()).status]).to.deep.equal([303, 303]);
    const refused = await login();
    expect(refused.status).to.equal(429);
    expect(refused.text).to.include('RATE_LIMITED').and.to.include('請稍等一分鐘再試');
    expect((await call(service, '/auth/callback')).json.code).to.equal('RATE_LIMITED');
    expect(await rowsOf('sign_ins')).to.equal(2);
  });

  it('bound the rows of sign-ins from all addresses together', async () => {
    const signIn = signInAt('https://login.example.hk');
    await start({ limits: { ...OPEN, signInOfAll: 2 }, signIn, trustedProxies: ['127.0.0.1'] });
    const statuses: number[] = [];
    for (let client = 1; client <= 3; client++)
      statuses.push(
        (await call(service, '/auth/login', { headers: { 'x-forwarded-for': `192.0.2.${client}` } })).status,
      );
    expect(statuses).to.deep.equal([303, 303, 429]);
    expect(await rowsOf('sign_ins')).to.equal(2);
  });

  const lookUp = (kind: string, body: object, client = '192.0.2.1') =>
    call(service, `/v1/look-ups/${kind}`, { body, headers: { 'x-forwarded-for': client } });
  const facts = { type: 'HA-MC', facts: { patientName: 'x', leaveFrom: 'x' } };
  const referenceOf = (id: number) => toReference(Uint8Array.from([0, 0, 0, 0, 0, id]));

  it('stop an address that tries references, and each kind of look-up for itself', async () => {
    await start({ limits: { ...OPEN, lookUp: 2, facts: 1 }, trustedProxies: ['127.0.0.1'] });
    const ask = async (client: string) => (await lookUp('reference', { reference: referenceOf(1) }, client)).json.code;
    const tried = [await ask('192.0.2.1'), await ask('192.0.2.1'), await ask('192.0.2.1'), await ask('192.0.2.2')];
    expect(tried).to.deep.equal(['LOOK_UP_NO_MATCH', 'LOOK_UP_NO_MATCH', 'RATE_LIMITED', 'LOOK_UP_NO_MATCH']);
    const byFacts = () => lookUp('facts', { ...facts, reference: referenceOf(1) });
    expect([(await byFacts()).status, (await byFacts()).status]).to.deep.equal([404, 429]);
  });

  it('bound the rows of guesses from all addresses together', async () => {
    await start({ limits: { ...OPEN, factsOfAll: 2 }, trustedProxies: ['127.0.0.1'] });
    const statuses: number[] = [];
    for (let i = 1; i <= 3; i++)
      statuses.push((await lookUp('facts', { ...facts, reference: referenceOf(i) }, `192.0.2.${i}`)).status);
    expect(statuses).to.deep.equal([404, 404, 429]);
    expect(await rowsOf('look_up_attempts')).to.equal(2);
  });

  it('count restricted look-ups of one key, whatever its address', async () => {
    await start({ limits: { ...OPEN, lookUp: 1 }, trustedProxies: ['127.0.0.1'] });
    const body = { reference: referenceOf(1), purpose: 'court', caseNumber: '1' };
    const ask = async (key: string) => (await call(service, '/v1/look-ups/restricted', { key, body })).json.code;
    const { fehd, td } = service;
    const told = [await ask(fehd.apiKey), await ask(fehd.apiKey), await ask(td.apiKey)];
    expect(told).to.deep.equal(['LOOK_UP_NO_MATCH', 'RATE_LIMITED', 'LOOK_UP_NO_MATCH']);
  });

  it('take no address to return to, and no callback, that is longer than any real one', async () => {
    await start({ limits: OPEN, signIn: signInAt('https://login.example.hk') });
    const long = await call(service, `/auth/login?return=/${'a'.repeat(500)}`);
    expect(long.json.errors[0]).to.include({ parameter: 'return' });
    expect(await rowsOf('sign_ins')).to.equal(0);
    const callback = await call(service, `/auth/callback?code=${'a'.repeat(4_000)}`);
    expect([callback.status, callback.json.code]).to.deep.equal([400, 'SIGN_IN_INVALID']);
    expect(callback.json.detail).to.include('this length');
  });

  it("count by a client's address where a trusted proxy tells it, and heed nobody else's word", async () => {
    await start({ limits: { ...OPEN, refused: 1 }, trustedProxies: ['127.0.0.1'] });
    const statusFrom = async (client: string) =>
      (await call(service, '/v1/me', { headers: { 'x-forwarded-for': client } })).status;
    expect([await statusFrom('192.0.2.1'), await statusFrom('192.0.2.1')]).to.deep.equal([401, 429]);
    expect(await statusFrom('192.0.2.2')).to.equal(401);
    expect(await statusFrom('192.0.2.9, 192.0.2.1'), 'what the client wrote before the proxy').to.equal(429);
    const networks = [await statusFrom('2001:db8:0:1::1'), await statusFrom('2001:db8:0:1::2')];
    expect(networks, 'a household of IPv6 is one').to.deep.equal([401, 429]);
    await service.stop();
    await start({ limits: { ...OPEN, refused: 1 } });
    expect([await statusFrom('192.0.2.1'), await statusFrom('192.0.2.2')]).to.deep.equal([401, 429]);
  });

  const rowsOf = async (table: 'sign_ins' | 'look_up_attempts') =>
    (await service.db.selectFrom(table).selectAll().execute()).length;

  function signInAt(issuer: string): NonNullable<AppParts['signIn']> {
    const provider: IdentityProvider = {
      issuer,
      toSignInUrl: async () => new URL(issuer),
      toSignOutUrl: async () => null,
      identify: () => Promise.reject(new Error('nobody comes back from it')),
    };
    return {
      publicUrl: 'https://service.example.hk',
      providers: { officers: provider, holders: provider, departments: new Map() },
      limits: { idleMs: MINUTE_MS, absoluteMs: MINUTE_MS },
    };
  }
});

describe('counts that instances share', () => {
  let db: Db;
  let close: () => Promise<void>;
  let now: number;

  before(async () => {
    ({ db, close } = await openStore(await createDatabase()));
  });
  after(() => close());
  beforeEach(async () => {
    await db.deleteFrom('rate_counts').execute();
    now = 1_800_000_000_000;
  });
  const counter = (settleMs: number) => createRateCounter(db, { now: () => now, settleMs });
  const hitsOf = async (one: ReturnType<typeof counter>, name = 'a') => (await one.count(name)).hits;

  it('are exact where each request asks the database, also at the same moment', async () => {
    const [one, other] = [counter(0), counter(0)];
    const hits = await Promise.all(Array.from({ length: 40 }, (_, i) => hitsOf(i % 2 === 0 ? one : other)));
    expect(hits.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 40 }, (_, i) => i + 1));
  });

  it('are settled once in a while where they need not be', async () => {
    const [one, other] = [counter(1_000), counter(1_000)];
    expect([await hitsOf(one), await hitsOf(one), await hitsOf(one)]).to.deep.equal([1, 2, 3]);
    expect(await hitsOf(other), 'who comes to an instance first is looked up').to.equal(2);
    now += 1_000;
    expect(await hitsOf(one), 'two that were pending, and this one').to.equal(5);
    expect(await hitsOf(other)).to.equal(6);
    expect((await db.selectFrom('rate_counts').select('hits').execute())[0]?.hits).to.equal(6);
  });

  it('begin anew with each minute, and apart for each name', async () => {
    const one = counter(1_000);
    expect([await hitsOf(one), await hitsOf(one, 'b')]).to.deep.equal([1, 1]);
    expect((await one.count('a')).endsAt.getTime()).to.equal(now + MINUTE_MS);
    now += MINUTE_MS;
    expect(await hitsOf(one)).to.equal(1);
  });

  it('are forgotten when their minute is long over', async () => {
    await hitsOf(counter(0));
    await forgetRateCounts(db, new Date(now + 10 * MINUTE_MS));
    expect(await db.selectFrom('rate_counts').selectAll().execute()).to.have.length(1);
    await forgetRateCounts(db, new Date(now + 11 * MINUTE_MS));
    expect(await db.selectFrom('rate_counts').selectAll().execute()).to.have.length(0);
  });
});
