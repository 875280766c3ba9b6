import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { deactivateOfficer } from '../../../server/auth/officers.ts';
import { type Actor, createServiceActor } from '../../../server/auth/policy.ts';
import type { Browser, Received } from './browser.ts';
import { type PeopleWorld, read, signIn, startPeople, write } from './people.ts';

describe('officers', () => {
  let world: PeopleWorld;
  let admin: Browser;

  beforeEach(async () => {
    world = await startPeople();
    ({ browser: admin } = await signIn(world, { account: 'fehd-admin' }));
  });
  afterEach(() => world.stop());

  const list = async (browser: Browser = admin) => (await read(world, browser, '/v1/officers')).json.items;
  const find = async (subject: string) =>
    (await list()).find((officer: { subject: string }) => officer.subject === subject);
  const change = async (subject: string, roles: string[], browser: Browser = admin): Promise<Received> =>
    write(world, browser, { path: `/v1/officers/${(await find(subject)).id}/roles`, body: { roles } });
  const deactivate = async (subject: string, browser: Browser = admin): Promise<Received> =>
    write(world, browser, { path: `/v1/officers/${(await find(subject)).id}/deactivate` });

  it('are listed to the administrator of their department, a page at a time', async () => {
    const first = (await read(world, admin, '/v1/officers?limit=5')).json;
    const second = (await read(world, admin, `/v1/officers?limit=5&starting_after=${first.next}`)).json;
    expect([first.has_more, second.has_more]).to.deep.equal([true, false]);
    const subjects = [...first.items, ...second.items].map(({ subject }: { subject: string }) => subject);
    expect(subjects).to.have.length(9);
    expect(subjects.every((subject: string) => subject.startsWith('fehd-'))).to.equal(true);
  });

  it('are added by the administrator, and can sign in then', async () => {
    const before = await signIn(world, { account: 'holder-1' });
    expect(before.answer.json.code).to.equal('OFFICER_UNKNOWN');
    const body = { subject: 'holder-1', name: 'Chan Tai Man', roles: ['approver', 'preparer'] };
    const added = await write(world, admin, { path: '/v1/officers', body });
    expect(added.status).to.equal(201);
    expect(added.json).to.deep.include({ ...body, active: true, provider: world.provider.config.issuer });
    expect((await read(world, admin, added.headers.get('location') as string)).json).to.deep.equal(added.json);
    const { browser } = await signIn(world, { account: 'holder-1' });
    expect((await read(world, browser, '/v1/session')).json.officer.roles).to.deep.equal(['approver', 'preparer']);
    const again = await write(world, admin, { path: '/v1/officers', body });
    expect(again.json.code).to.equal('OFFICER_EXISTS');
  });

  it('of another department are not found, as if they were not there', async () => {
    const td = (await signIn(world, { account: 'td-admin' })).browser;
    const [mine] = await list();
    const paths = [
      `/v1/officers/${mine.id}`,
      '/v1/officers/off_999999',
      '/v1/officers/off_99999999999',
      '/v1/officers/x',
    ];
    for (const path of paths) {
      expect((await read(world, td, path)).json.code, path).to.equal('OFFICER_NOT_FOUND');
      for (const [act, body] of [
        ['roles', { roles: ['admin'] }],
        ['deactivate', {}],
      ] as const)
        expect((await write(world, td, { path: `${path}/${act}`, body })).json.code, path).to.equal(
          'OFFICER_NOT_FOUND',
        );
    }
    expect((await list(td)).every(({ subject }: { subject: string }) => subject.startsWith('td-'))).to.equal(true);
  });

  it('have other rights at once when their roles change, and sign in anew', async () => {
    const { browser } = await signIn(world, { account: 'fehd-auditor' });
    expect((await change('fehd-auditor', ['admin'])).json.roles).to.deep.equal(['admin']);
    expect((await read(world, browser, '/v1/session')).json.code).to.equal('SIGN_IN_REQUIRED');
    await signIn(world, { account: 'fehd-auditor', browser });
    expect((await read(world, browser, '/v1/officers')).status).to.equal(200);
    await world.service.db
      .updateTable('officers')
      .set({ roles: ['auditor'] })
      .where('subject', '=', 'fehd-auditor')
      .execute();
    expect((await read(world, browser, '/v1/officers')).json.code, 'roles are asked each time').to.equal('FORBIDDEN');
  });

  it('are not changed by who has not seen how a colleague has changed them', async () => {
    const { id, changedAt } = await find('fehd-auditor');
    const to = async (roles: string[], seen: object) =>
      (await write(world, admin, { path: `/v1/officers/${id}/roles`, body: { roles, ...seen } })).json;
    expect(changedAt, 'by nobody yet').to.equal(null);
    expect((await to(['approver'], { changedAt: '2026-01-01T00:00:00.000Z' })).code).to.equal('OFFICER_CHANGED');
    const first = await to(['approver'], { changedAt });
    expect(first.roles).to.deep.equal(['approver']);
    expect((await to(['preparer'], { changedAt })).code).to.equal('OFFICER_CHANGED');
    expect((await find('fehd-auditor')).roles, 'nothing was written').to.deep.equal(['approver']);
    const all = await Promise.all(['preparer', 'auditor'].map((role) => to([role], { changedAt: first.changedAt })));
    expect(all.map(({ code }) => code ?? 'changed').sort(), 'at the same moment').to.deep.equal([
      'OFFICER_CHANGED',
      'changed',
    ]);
    expect((await to(['auditor'], {})).roles, 'of a system that replaces what it says now').to.deep.equal(['auditor']);
  });

  it('are out at once when they are deactivated, and stay out', async () => {
    const { browser } = await signIn(world, { account: 'fehd-preparer' });
    expect((await deactivate('fehd-preparer')).json.active).to.equal(false);
    expect((await read(world, browser, '/v1/me')).json.code).to.equal('SIGN_IN_REQUIRED');
    expect((await signIn(world, { account: 'fehd-preparer' })).answer.json.code).to.equal('OFFICER_UNKNOWN');
  });

  it('who come back are somebody new in the records', async () => {
    const { id } = await find('fehd-preparer');
    await deactivate('fehd-preparer');
    const body = { subject: 'fehd-preparer', name: 'Back again', roles: ['preparer'] };
    const added = await write(world, admin, { path: '/v1/officers', body });
    expect(added.status).to.equal(201);
    expect(added.json.id).to.not.equal(id);
  });

  it('leave in the audit log who did what to whom, without a name', async () => {
    await change('fehd-auditor', ['approver', 'auditor']);
    await deactivate('fehd-preparer');
    const rows = await world.service.db
      .selectFrom('audit_records')
      .select(['actor', 'act', 'object', 'before', 'after', 'address'])
      .where('issuer_id', '=', world.service.fehd.issuer.id)
      .where('allowed', '=', true)
      .orderBy('seq')
      .execute();
    expect(rows.map(({ act }) => act)).to.deep.equal(['session.begin', 'officer.roles', 'officer.deactivate']);
    expect(new Set(rows.map(({ actor }) => actor))).to.have.property('size', 1);
    expect(rows[1]).to.deep.include({
      object: (await find('fehd-auditor')).id,
      before: { roles: 'auditor', active: true },
      after: { roles: 'approver auditor', active: true },
    });
    expect(rows.every(({ address }) => address !== null)).to.equal(true);
    expect(JSON.stringify(rows)).to.not.match(/Auditor|fehd-/);
  });

  it('do not change their own roles', async () => {
    expect((await change('fehd-admin', ['admin', 'approver'])).json.code).to.equal('OWN_ROLES');
    expect((await deactivate('fehd-admin')).json.code).to.equal('OWN_ROLES');
  });

  it('keep an administrator, whoever asks', async () => {
    const { id } = await find('fehd-admin');
    const headers = { authorization: `Bearer ${world.service.fehd.apiKey}` };
    for (const [act, body] of [
      ['roles', { roles: ['auditor'] }],
      ['deactivate', {}],
    ] as const) {
      const refused = await write(world, admin, { path: `/v1/officers/${id}/${act}`, body, headers });
      expect(refused.json.code).to.equal('LAST_ADMIN');
    }
  });

  it('keep an administrator when two remove each other at the same moment', async () => {
    const { db, fehd } = world.service;
    await change('fehd-auditor', ['admin']);
    const [one, other] = [await find('fehd-admin'), await find('fehd-auditor')];
    const actorOf = ({ id }: { id: string }): Actor => ({
      ...createServiceActor(fehd.issuer, 'test'),
      id: id.replace('off_', 'officer:'),
    });
    const [isDone, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const first = db.transaction().execute(async (tx) => {
      await deactivateOfficer(tx, { actor: actorOf(one), id: other.id });
      isDone.resolve();
      await gate.promise;
    });
    await isDone.promise;
    const second = db
      .transaction()
      .execute((tx) => deactivateOfficer(tx, { actor: actorOf(other), id: one.id }))
      .catch((error: unknown) => error);
    // who does not wait for the first is through by then
    await Promise.race([second, setTimeout(300)]);
    gate.resolve();
    await first;
    expect(await second).to.include({ code: 'LAST_ADMIN' });
  });

  it('are named field by field where they are wrong', async () => {
    const body = { subject: '', name: 'a\u0000b', roles: ['king'] };
    const { json } = await write(world, admin, { path: '/v1/officers', body });
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).to.have.members([
      '#/subject',
      '#/name',
      '#/roles/0',
    ]);
  });

  it('never get the answer that a colleague was given under the same Idempotency-Key', async () => {
    await change('fehd-auditor', ['admin']);
    const { browser: other } = await signIn(world, { account: 'fehd-auditor' });
    const request = {
      path: '/v1/officers',
      body: { subject: 'somebody', name: 'Somebody', roles: ['auditor'] },
      headers: { 'idempotency-key': 'same-key' },
    };
    const first = await write(world, admin, request);
    expect(first.status).to.equal(201);
    const again = await write(world, admin, request);
    expect([again.status, again.headers.get('idempotency-replayed')]).to.deep.equal([201, 'true']);
    const peeking = await write(world, other, request);
    expect([peeking.status, peeking.json.code]).to.deep.equal([422, 'IDEMPOTENCY_KEY_REUSED']);
    expect(peeking.text).to.not.include(first.json.id);
  });
});
