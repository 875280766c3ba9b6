import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { sql } from 'kysely';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { createDepartmentKey } from '../../../server/auth/department-keys.ts';
import { type Act, createServiceActor } from '../../../server/auth/policy.ts';
import type { Tx } from '../../../server/store/schema.ts';
import { call, newCredential, startService, type TestService } from '../http/service.ts';
import type { Browser } from './browser.ts';
import { type PeopleWorld, read, signIn, startPeople, write } from './people.ts';

const MANAGING = ['keys.manage', 'credentials.read', 'department.read'] as const satisfies readonly Act[];

describe('API keys', () => {
  let service: TestService;
  let admin: string;

  before(async () => {
    service = await startService();
    const { db, fehd } = service;
    admin = await createApiKey(db, { issuer: fehd.issuer, name: 'admin', isTest: true, scopes: MANAGING });
  });
  after(() => service.stop());

  const ask = (path: string, body?: object, key = admin) => call(service, path, { key, ...(body ? { body } : {}) });
  const make = async (more: object = {}) => {
    const answer = await ask('/v1/api-keys', { name: 'licensing', scopes: ['department.read'], ...more });
    expect(answer.status, answer.text).to.equal(201);
    return answer.json;
  };
  const codeFor = async (key: string) => (await call(service, '/v1/me', { key })).json.code ?? 'works';
  const setRow = (id: string, set: object) =>
    service.db
      .updateTable('api_keys')
      .set(set)
      .where('id', '=', Number(id.slice(4)))
      .execute();
  const past = () => new Date(Date.now() - 1_000);

  it('are made with a name, rights and an end, and open what they may', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const made = await make({ scopes: ['department.read', 'credentials.read'], mode: 'test', expiresAt });
    expect(made).to.deep.include({ name: 'licensing', mode: 'test', state: 'active', expiresAt, lastUsedAt: null });
    expect(made.secret).to.match(/^ep_test_[0-9A-Za-z]{43}$/);
    const me = (await call(service, '/v1/me', { key: made.secret })).json;
    expect(me.caller.may).to.deep.equal(['credentials.read', 'department.read']);
    expect(me.apiKey).to.include({ id: made.id, prefix: made.prefix, expiresAt });
    const body = { name: 'x', scopes: ['department.read'] };
    expect((await call(service, '/v1/api-keys', { key: made.secret, body })).json.code).to.equal('FORBIDDEN');
  });

  it('end after a year where nobody says when', async () => {
    const { expiresAt } = await make();
    const days = (Date.parse(expiresAt) - Date.now()) / 86_400_000;
    expect(days).to.be.within(364.9, 365);
  });

  it('are told in one answer, and kept nowhere', async () => {
    const exchange = { key: admin, headers: { 'idempotency-key': 'told-once' } };
    const body = { name: 'once', scopes: ['department.read'] };
    const first = await call(service, '/v1/api-keys', { ...exchange, body });
    const again = await call(service, '/v1/api-keys', { ...exchange, body });
    expect(again.headers.get('idempotency-replayed')).to.equal('true');
    const { secret, ...told } = first.json;
    expect(again.json).to.deep.equal(told);
    expect((await ask(`/v1/api-keys/${told.id}`)).json).to.deep.equal(told);
    expect((await ask('/v1/api-keys')).json.items[0]).to.deep.equal(told);
    await codeFor(secret);
    const tables = ['api_keys', 'idempotency_keys', 'audit_records'] as const;
    const rows = tables.map((table) => service.db.selectFrom(table).selectAll().execute());
    expect(JSON.stringify(await Promise.all(rows)) + service.logged.join('')).to.not.include(secret.slice(16));
  });

  it('are listed to whoever manages them, newest first, a page at a time', async () => {
    const [older, newer] = [await make({ name: 'older' }), await make({ name: 'newer' })];
    const first = (await ask('/v1/api-keys?limit=1')).json;
    expect(first.items.map(({ id }: { id: string }) => id)).to.deep.equal([newer.id]);
    const second = (await ask(`/v1/api-keys?limit=1&starting_after=${first.next}`)).json;
    expect(second.items.map(({ id }: { id: string }) => id)).to.deep.equal([older.id]);
    expect((await ask('/v1/api-keys?starting_after=x')).json.code).to.equal('CURSOR_INVALID');
  });

  it('get no right that their maker does not have, and every one of those is named', async () => {
    const scopes = ['credentials.issue', 'department.read', 'status.change'];
    const { status, json } = await ask('/v1/api-keys', { name: 'x', scopes });
    expect([status, json.code]).to.deep.equal([403, 'SCOPES_EXCEEDED']);
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).to.deep.equal(['#/scopes/0', '#/scopes/2']);
  });

  for (const [what, body, pointer] of [
    ['no rights', { scopes: [] }, '#/scopes'],
    ['a right that there is not', { scopes: ['everything'] }, '#/scopes/0'],
    ['a name with a control character', { name: 'a\u0000b' }, '#/name'],
    ['the other mode', { mode: 'live' }, '#/mode'],
    ['an end that has passed', { expiresAt: '2020-01-01T00:00:00Z' }, '#/expiresAt'],
    ['an end that is too far', { expiresAt: '2999-01-01T00:00:00Z' }, '#/expiresAt'],
    ['an end that is no time', { expiresAt: 'tomorrow' }, '#/expiresAt'],
  ] as const)
    it(`are not made with ${what}`, async () => {
      const { json } = await ask('/v1/api-keys', { name: 'x', scopes: ['department.read'], ...body });
      expect(json.code).to.equal('VALIDATION_FAILED');
      expect(json.errors[0].pointer).to.equal(pointer);
    });

  it('open nothing after their end, and say so', async () => {
    const { id, secret } = await make();
    await setRow(id, { expires_at: past() });
    const refused = await call(service, '/v1/me', { key: secret });
    expect([refused.status, refused.json.code]).to.deep.equal([401, 'API_KEY_EXPIRED']);
    expect(refused.headers.has('www-authenticate')).to.equal(true);
    expect((await ask(`/v1/api-keys/${id}`)).json.state).to.equal('expired');
  });

  it('of a live service open no test service', async () => {
    const { db, fehd } = service;
    const live = await createApiKey(db, { issuer: fehd.issuer, name: 'live', isTest: false });
    const refused = await call(service, '/v1/me', { key: live });
    expect([refused.status, refused.json.code]).to.deep.equal([401, 'API_KEY_MODE']);
    expect(await codeFor(`ep_live_${'a'.repeat(43)}`), 'nobody learns the mode by guessing').to.equal(
      'API_KEY_INVALID',
    );
  });

  it('work with the old and the new secret for the overlap, and say which was used', async () => {
    const { id, secret, prefix } = await make();
    expect(await codeFor(secret)).to.equal('works');
    const rotated = (await ask(`/v1/api-keys/${id}/rotate`, { overlapHours: 2 })).json;
    expect(Date.parse(rotated.previousUntil) - Date.now()).to.be.within(7_190_000, 7_200_000);
    expect([rotated.prefix === prefix, rotated.lastUsedAt]).to.deep.equal([false, null]);
    expect([await codeFor(secret), await codeFor(rotated.secret)]).to.deep.equal(['works', 'works']);
    const used = (await ask(`/v1/api-keys/${id}`)).json;
    expect([used.lastUsedAt, used.previousLastUsedAt]).to.not.include(null);
    await setRow(id, { previous_until: past() });
    expect([await codeFor(secret), await codeFor(rotated.secret)]).to.deep.equal(['API_KEY_EXPIRED', 'works']);
  });

  it('have two secrets at most, and without an overlap one', async () => {
    const { id, secret: first } = await make();
    const { secret: second } = (await ask(`/v1/api-keys/${id}/rotate`, {})).json;
    const { secret: third } = (await ask(`/v1/api-keys/${id}/rotate`, {})).json;
    expect(await codeFor(first)).to.equal('API_KEY_INVALID');
    expect([await codeFor(second), await codeFor(third)]).to.deep.equal(['works', 'works']);
    const { secret: fourth } = (await ask(`/v1/api-keys/${id}/rotate`, { overlapHours: 0 })).json;
    expect([await codeFor(third), await codeFor(fourth)]).to.deep.equal(['API_KEY_EXPIRED', 'works']);
    expect((await ask(`/v1/api-keys/${id}/rotate`, { overlapHours: 169 })).json.errors[0].pointer).to.equal(
      '#/overlapHours',
    );
  });

  it('with more rights than yours are not yours to rotate, because you would be told them', async () => {
    const { id } = (await call(service, '/v1/me', { key: service.fehd.apiKey })).json.apiKey;
    const refused = await ask(`/v1/api-keys/${id}/rotate`, {});
    expect([refused.status, refused.json.code]).to.deep.equal([403, 'SCOPES_EXCEEDED']);
    expect(await codeFor(service.fehd.apiKey)).to.equal('works');
  });

  it('rotate themselves without the right to manage keys, but neither another one nor their own end', async () => {
    const [own, other] = [await make(), await make()];
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    for (const [id, body] of [
      [other.id, {}],
      [own.id, { expiresAt }],
      ['key_0', {}],
    ] as const)
      expect((await ask(`/v1/api-keys/${id}/rotate`, body, own.secret)).json.code, id).to.equal('FORBIDDEN');
    const rotated = (await ask(`/v1/api-keys/${own.id}/rotate`, {}, own.secret)).json;
    expect([rotated.expiresAt, await codeFor(rotated.secret)]).to.deep.equal([own.expiresAt, 'works']);
  });

  it('end at once with both secrets when they are deactivated, and stay so', async () => {
    const { id, secret } = await make();
    const { secret: second } = (await ask(`/v1/api-keys/${id}/rotate`, {})).json;
    for (let times = 0; times < 2; times++)
      expect((await ask(`/v1/api-keys/${id}/deactivate`, {})).json.state).to.equal('deactivated');
    expect([await codeFor(secret), await codeFor(second)]).to.deep.equal(['API_KEY_INVALID', 'API_KEY_INVALID']);
    const refused = await ask(`/v1/api-keys/${id}/rotate`, {});
    expect([refused.status, refused.json.code]).to.deep.equal([409, 'API_KEY_INACTIVE']);
  });

  it('open nothing that is asked after they were deactivated, however much is under way', async () => {
    const { id, secret } = await make();
    const end = new AbortController();
    const refusedEarly: string[] = [];
    const ask20 = Array.from({ length: 20 }, async () => {
      while (!end.signal.aborted) {
        const code = await codeFor(secret);
        if (code !== 'works') refusedEarly.push(code);
        if (code !== 'works') return;
      }
    });
    await setTimeout(100);
    expect(refusedEarly).to.deep.equal([]);
    await ask(`/v1/api-keys/${id}/deactivate`, {});
    const after = await Promise.all(Array.from({ length: 40 }, () => codeFor(secret)));
    end.abort();
    await Promise.all(ask20);
    expect(new Set(after)).to.deep.equal(new Set(['API_KEY_INVALID']));
  });

  it('of another department are not found, as if they were not there', async () => {
    const { id } = await make();
    for (const one of [id, 'key_999999', 'key_99999999999', 'x']) {
      expect((await ask(`/v1/api-keys/${one}`, undefined, service.td.apiKey)).json.code).to.equal('API_KEY_NOT_FOUND');
      for (const verb of ['rotate', 'deactivate'])
        expect((await ask(`/v1/api-keys/${one}/${verb}`, {}, service.td.apiKey)).json.code).to.equal(
          'API_KEY_NOT_FOUND',
        );
    }
    const listed = (await ask('/v1/api-keys', undefined, service.td.apiKey)).json.items;
    expect(listed.map(({ name }: { name: string }) => name)).to.deep.equal(['TD test']);
  });

  it('are at most 50, of which those that ended do not count', async () => {
    const { td, db } = service;
    await sql`insert into api_keys (issuer_id, name, prefix, key_sha256, scopes)
      select ${td.issuer.id}, 'many', 'ep_test_', sha256(n::text::bytea), '{}' from generate_series(1, 49) n`.execute(
      db,
    );
    const body = { name: 'one more', scopes: ['department.read'] as const };
    const refused = await ask('/v1/api-keys', body, td.apiKey);
    expect([refused.status, refused.json.code]).to.deep.equal([409, 'API_KEY_LIMIT']);
    await sql`update api_keys set expires_at = now() where name = 'many' and id = (select max(id) from api_keys)`.execute(
      db,
    );
    const create = (tx: Tx) => createDepartmentKey(tx, { now: Date.now, isTest: true }, { actor, key: body });
    const actor = createServiceActor(td.issuer, 'test');
    const [isMade, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = db.transaction().execute(async (tx) => {
      await create(tx);
      isMade.resolve();
      await gate.promise;
    });
    await isMade.promise;
    const second = db
      .transaction()
      .execute(create)
      .catch((error: unknown) => error);
    // who does not wait for the first is through by then
    await Promise.race([second, setTimeout(300)]);
    gate.resolve();
    await first;
    expect(await second, 'of two at once one finds room').to.include({ code: 'API_KEY_LIMIT' });
  });

  it('stand in the audit log, made, rotated and deactivated, without their names', async () => {
    const { id } = await make({ name: 'CANARY' });
    await ask(`/v1/api-keys/${id}/rotate`, {});
    await ask(`/v1/api-keys/${id}/deactivate`, {});
    const rows = await service.db
      .selectFrom('audit_records')
      .selectAll()
      .where('object', '=', id)
      .orderBy('seq')
      .execute();
    expect(rows.map(({ act }) => act)).to.deep.equal(['key.create', 'key.rotate', 'key.deactivate']);
    expect(JSON.stringify(rows)).to.not.include('CANARY');
  });
});

describe('the people behind a key', () => {
  let world: PeopleWorld;
  let admin: Browser;
  let both: Browser;

  before(async () => {
    world = await startPeople();
    const { db, fehd } = world.service;
    ({ browser: admin } = await signIn(world, { account: 'fehd-admin' }));
    await add('holder-1', ['preparer', 'approver', 'admin']);
    ({ browser: both } = await signIn(world, { account: 'holder-1' }));
    const rule = { issuer_id: fehd.issuer.id, code: 'FEHD-GRL', approvals: 1, status_approvals: 1, changed_by: 'test' };
    await db.insertInto('issuing_rules').values(rule).execute();
  });
  after(() => world.stop());

  async function add(subject: string, roles: string[]): Promise<string> {
    const body = { subject, name: 'A', roles };
    return (await write(world, admin, { path: '/v1/officers', body })).json.id;
  }
  const keyOf = async (browser: Browser, scopes: readonly Act[]) =>
    (await write(world, browser, { path: '/v1/api-keys', body: { name: 'own', scopes } })).json as {
      id: string;
      secret: string;
    };
  type Hand = Browser | string;
  const post = async (hand: Hand, path: string, body: object = {}) =>
    typeof hand === 'string'
      ? (await call(world.service, path, { key: hand, body })).json
      : (await write(world, hand, { path, body })).json;
  const submit = async (hand: Hand) => {
    const { id } = await post(hand, '/v1/drafts', newCredential());
    const { contentHash } = await post(hand, `/v1/drafts/${id}/submit`);
    return { path: `/v1/drafts/${id}/approve`, body: { contentHash } };
  };
  const approve = async (hand: Hand, { path, body }: Awaited<ReturnType<typeof submit>>) => {
    const { code, state } = await post(hand, path, body);
    return code ?? state;
  };
  const PREPARING = ['credentials.prepare'] as const;
  const APPROVING = ['credentials.approve', 'status.approve'] as const;

  it('cannot approve through a key what they prepared themselves', async () => {
    const draft = await submit(both);
    const own = await keyOf(both, APPROVING);
    expect(await approve(own.secret, draft)).to.equal('SAME_PERSON');
    const { browser: other } = await signIn(world, { account: 'fehd-approver' });
    expect(await approve(other, draft)).to.equal('issued');
  });

  it('cannot approve themselves what was prepared through their key, nor by another of their keys', async () => {
    const draft = await submit((await keyOf(both, PREPARING)).secret);
    expect(await approve(both, draft)).to.equal('SAME_PERSON');
    expect(await approve((await keyOf(both, APPROVING)).secret, draft)).to.equal('SAME_PERSON');
  });

  it('cannot approve by a key that their key made', async () => {
    const maker = await keyOf(both, ['keys.manage', ...APPROVING]);
    const made = await post(maker.secret, '/v1/api-keys', { name: 'grandchild', scopes: APPROVING });
    expect(await approve(made.secret, await submit(both))).to.equal('SAME_PERSON');
  });

  it('are also who rotated it', async () => {
    const { browser: other } = await signIn(world, { account: 'fehd-approver' });
    const system = await createApiKey(world.service.db, {
      ...{ issuer: world.service.fehd.issuer, name: 'system', isTest: true },
      scopes: PREPARING,
    });
    const { apiKey } = (await call(world.service, '/v1/me', { key: system })).json;
    expect(await approve(both, await submit(system)), 'the system is a person of its own').to.equal('issued');
    const { secret } = await post(both, `/v1/api-keys/${apiKey.id}/rotate`);
    const draft = await submit(secret);
    expect(await approve(both, draft)).to.equal('SAME_PERSON');
    expect(await approve(other, draft)).to.equal('issued');
  });

  it('cannot give the second approval through a key either', async () => {
    await world.service.db.updateTable('issuing_rules').set({ approvals: 2 }).execute();
    const { browser: preparer } = await signIn(world, { account: 'fehd-preparer' });
    const draft = await submit(preparer);
    expect(await approve(both, draft)).to.equal('submitted');
    expect(await approve((await keyOf(both, APPROVING)).secret, draft)).to.equal('SAME_PERSON');
    await world.service.db.updateTable('issuing_rules').set({ approvals: 1 }).execute();
  });

  it('cannot confirm through a key the change of status that they asked for', async () => {
    const { apiKey } = world.service.fehd;
    await world.service.db.updateTable('issuing_rules').set({ approvals: 0 }).execute();
    const { id } = await post(apiKey, '/v1/credentials', newCredential());
    await world.service.db.updateTable('issuing_rules').set({ approvals: 1 }).execute();
    const asked = await post(both, `/v1/credentials/${id}/revoke`, { reason: 'ceased' });
    const confirm = `/v1/status-changes/${asked.id}/confirm`;
    expect((await post((await keyOf(both, APPROVING)).secret, confirm)).code).to.equal('SAME_PERSON');
    const { browser: other } = await signIn(world, { account: 'fehd-approver' });
    expect((await post(other, confirm)).state).to.equal('confirmed');
  });

  it('stay who they are when they leave and come back as another officer', async () => {
    await add('holder-2', ['preparer']);
    const { browser: before } = await signIn(world, { account: 'holder-2' });
    const draft = await submit(before);
    const items = (await read(world, admin, '/v1/officers')).json.items as { id: string; subject: string }[];
    const { id } = items.find(({ subject }) => subject === 'holder-2') as { id: string };
    await write(world, admin, { path: `/v1/officers/${id}/deactivate` });
    expect(await add('holder-2', ['approver'])).to.not.equal(id);
    const { browser: back } = await signIn(world, { account: 'holder-2' });
    expect(await approve(back, draft)).to.equal('SAME_PERSON');
  });
});
