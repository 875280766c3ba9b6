import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';
import { sql } from 'kysely';
import { type Act, createServiceActor, MAY, ROLES, type Role } from '../../../server/auth/policy.ts';
import { checkFilters } from '../../../server/http/view-filters.ts';
import { createView, VIEW_PLACES } from '../../../server/views/views.ts';
import type { Browser } from '../auth/browser.ts';
import { type PeopleWorld, read, signIn, startPeople, write } from '../auth/people.ts';
import { call } from '../http/service.ts';

const LISTS = {
  credentials: { path: '/v1/credentials', act: 'credentials.read', filters: { state: 'final' } },
  drafts: { path: '/v1/drafts', act: 'credentials.read', filters: { state: 'submitted' } },
  imports: { path: '/v1/imports', act: 'credentials.read', filters: { state: 'returned' } },
  reports: { path: '/v1/reports', act: 'credentials.read', filters: { state: 'open' } },
  companies: { path: '/v1/company-administrators', act: 'companies.admit', filters: { state: 'proposed' } },
  audit: {
    path: '/v1/audit',
    act: 'audit.read',
    filters: { allowed: 'false', act: 'credential.revoke', from: '2026-01-01', to: '2026-12-31' },
  },
} as const satisfies Record<string, { path: string; act: Act; filters: Record<string, string> }>;

const EVERYTHING = {
  ...{ type: 'FEHD-GRL', state: 'final', status: 'in-force', disbelieved: 'true' },
  ...{ created_from: '2026-01-01', created_to: '2026-06-30T10:00:00Z' },
  ...{ expiring_from: '2026-12-01', expiring_to: '2026-12-31' },
};

describe('saved views', () => {
  let world: PeopleWorld;
  let preparer: Browser;
  let approver: Browser;
  let admin: Browser;
  const browsers = {} as Record<Role, Browser>;

  before(async () => {
    world = await startPeople();
    for (const role of ROLES) browsers[role] = (await signIn(world, { account: `fehd-${role}` })).browser;
    ({ preparer, approver, admin } = browsers);
  });
  after(() => world.stop());
  afterEach(() => world.service.db.deleteFrom('saved_views').execute());

  const list = async (browser: Browser, place = 'credentials') =>
    (await read(world, browser, `/v1/views?place=${place}`)).json.items;
  const save = (browser: Browser, more: object = {}, headers: Record<string, string> = {}) =>
    write(world, browser, {
      path: '/v1/views',
      body: { place: 'credentials', name: 'Final', filters: { state: 'final' }, ...more },
      headers,
    });
  const saved = async (browser: Browser, more: object = {}) => {
    const { status, text, json } = await save(browser, more);
    expect(status, text).to.equal(201);
    return json;
  };
  const change = (browser: Browser, view: { id: string; changedAt: string }, more: object) =>
    write(world, browser, { path: `/v1/views/${view.id}/update`, body: { changedAt: view.changedAt, ...more } });
  const remove = (browser: Browser, { id }: { id: string }) =>
    write(world, browser, { path: `/v1/views/${id}/delete` });
  const audited = async () => {
    const rows = await world.service.db
      .selectFrom('audit_records')
      .selectAll()
      .where('act', 'like', 'view.%')
      .orderBy('seq')
      .execute();
    return rows.map(({ act, actor, object, before, after }) => ({ act, actor, object, before, after }));
  };

  it('are found again as they were saved, on the list that they are of', async () => {
    const view = await saved(preparer, { name: '  Ending in December ', filters: EVERYTHING });
    expect(view).to.deep.include({
      name: 'Ending in December',
      place: 'credentials',
      filters: EVERYTHING,
      shared: false,
    });
    expect(view.id).to.match(/^viw_\d+$/);
    const { browser } = await signIn(world, { account: 'fehd-preparer' });
    expect(await list(browser)).to.deep.equal([view]);
    expect(await list(browser, 'drafts')).to.deep.equal([]);
  });

  it('are taken by the very list that they are of', async () => {
    for (const [place, { path, act, filters }] of Object.entries(LISTS)) {
      const role = ROLES.find((each) => MAY[each].some((one) => one === act)) as Role;
      const view = await saved(browsers[role], { place, filters });
      const { status } = await read(world, browsers[role], `${path}?${new URLSearchParams(view.filters)}`);
      expect(status, place).to.equal(200);
    }
    expect(Object.keys(LISTS)).to.have.members(VIEW_PLACES);
  });

  for (const role of ROLES)
    it(`are for the lists that the role ${role} opens, and shared by whoever manages the rules`, async () => {
      for (const [place, { path, act, filters }] of Object.entries(LISTS)) {
        const may = MAY[role].some((one) => one === act);
        expect((await read(world, browsers[role], path)).status, place).to.equal(may ? 200 : 403);
        expect((await read(world, browsers[role], `/v1/views?place=${place}`)).status, place).to.equal(may ? 200 : 403);
        expect((await save(browsers[role], { place, filters })).status, place).to.equal(may ? 201 : 403);
        const shares = may && MAY[role].some((one) => one === 'rules.manage');
        const { status } = await save(browsers[role], { place, filters, shared: true });
        expect(status, `${place}, shared`).to.equal(shares ? 201 : 403);
      }
    });

  it('are not for keys and clients of systems', async () => {
    const key = world.service.fehd.apiKey;
    const body = { place: 'credentials', name: 'Final', filters: { state: 'final' } };
    expect((await call(world.service, '/v1/views?place=credentials', { key })).json.code).to.equal('SIGN_IN_REQUIRED');
    expect((await call(world.service, '/v1/views', { key, body })).json.code).to.equal('SIGN_IN_REQUIRED');
    const { browser: holder } = await signIn(world, { account: 'holder-1', as: 'holder' });
    expect((await read(world, holder, '/v1/views?place=credentials')).json.code).to.equal('FORBIDDEN');
    expect((await save(holder)).json.code).to.equal('FORBIDDEN');
  });

  describe('of one officer', () => {
    it('are not seen, changed or deleted by a colleague, also not by an administrator', async () => {
      const view = await saved(preparer);
      for (const other of [approver, admin]) {
        expect(await list(other)).to.deep.equal([]);
        expect((await change(other, view, { name: 'Mine' })).json.code).to.equal('VIEW_NOT_FOUND');
        expect((await change(other, view, { shared: true })).status).to.equal(404);
        expect((await remove(other, view)).json.code).to.equal('VIEW_NOT_FOUND');
      }
      expect(await list(preparer)).to.deep.equal([view]);
      // nor does a name tell of it
      expect((await save(approver)).status).to.equal(201);
    });

    it('are renamed and given other filters, and what is left out stays', async () => {
      const view = await saved(preparer);
      const renamed = (await change(preparer, view, { name: 'All final ones' })).json;
      expect(renamed).to.deep.include({ id: view.id, name: 'All final ones', filters: view.filters });
      const { json } = await change(preparer, renamed, { filters: { status: 'revoked' } });
      expect(json).to.deep.include({
        name: 'All final ones',
        filters: { status: 'revoked' },
        createdAt: view.createdAt,
      });
      expect(await list(preparer)).to.deep.equal([json]);
    });

    it('are deleted for ever', async () => {
      const view = await saved(preparer);
      expect((await remove(preparer, view)).json).to.deep.equal(view);
      expect(await list(preparer)).to.deep.equal([]);
      expect((await remove(preparer, view)).json.code).to.equal('VIEW_NOT_FOUND');
    });

    it('are out of reach while the officer may not open the list, and there again afterwards', async () => {
      const body = { subject: 'holder-2', name: 'Wong', roles: ['auditor'] };
      const officer = (await write(world, admin, { path: '/v1/officers', body })).json;
      const become = async (role: Role) => {
        await write(world, admin, { path: `/v1/officers/${officer.id}/roles`, body: { roles: [role] } });
        return (await signIn(world, { account: 'holder-2' })).browser;
      };
      const view = await saved(await become('auditor'), { place: 'audit', filters: LISTS.audit.filters });
      const without = await become('preparer');
      expect((await read(world, without, '/v1/views?place=audit')).status).to.equal(403);
      expect((await change(without, view, { name: 'Other' })).json.code).to.equal('VIEW_NOT_FOUND');
      expect((await remove(without, view)).json.code).to.equal('VIEW_NOT_FOUND');
      expect(await list(await become('auditor'), 'audit')).to.deep.equal([view]);
      await write(world, admin, { path: `/v1/officers/${officer.id}/deactivate` });
    });

    it('go when the officer is deactivated, and what was shared stays', async () => {
      const body = { subject: 'holder-2', name: 'Wong', roles: ['admin'] };
      const officer = (await write(world, admin, { path: '/v1/officers', body })).json;
      const { browser } = await signIn(world, { account: 'holder-2' });
      await saved(browser);
      const shared = await saved(browser, { shared: true });
      const kept = await saved(preparer);
      await write(world, admin, { path: `/v1/officers/${officer.id}/deactivate` });
      const rows = await world.service.db.selectFrom('saved_views').select('seq').orderBy('seq').execute();
      expect(rows.map(({ seq }) => `viw_${seq}`)).to.deep.equal([shared.id, kept.id]);
    });

    it('are at most fifty', async () => {
      for (let i = 0; i < 50; i++)
        await saved(preparer, {
          name: `View ${i}`,
          ...(i % 2 === 0 ? {} : { place: 'drafts', filters: { state: 'issued' } }),
        });
      expect((await save(preparer, { name: 'One more' })).json).to.include({ status: 409, code: 'VIEW_LIMIT' });
      expect((await save(approver)).status).to.equal(201);
      await remove(preparer, (await list(preparer))[0]);
      expect((await save(preparer, { name: 'One more' })).status).to.equal(201);
    });

    it('are at most fifty also when two are saved at the same moment', async () => {
      const { db, deps, fehd } = world.service;
      for (let i = 0; i < 49; i++) await saved(preparer, { name: `View ${i}` });
      const actor = { ...createServiceActor(fehd.issuer, 'test'), id: (await list(preparer))[0].owner };
      const [isThere, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const saveAs = (name: string, after?: () => Promise<void>) =>
        db.transaction().execute(async (tx) => {
          const view = { place: 'credentials', name, filters: { state: 'final' }, shared: false } as const;
          await createView(tx, { now: deps.now, checkFilters }, { actor, view });
          await after?.();
        });
      const first = saveAs('First', () => {
        isThere.resolve();
        return mayEnd.promise;
      });
      await isThere.promise;
      const second = saveAs('Second').catch((error: { code: string }) => error.code);
      await setTimeout(100);
      mayEnd.resolve();
      await first;
      expect(await second).to.equal('VIEW_LIMIT');
    });

    it('have one name each also when two are saved at the same moment', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => save(preparer)));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, ...Array(7).fill(409)]);
    });
  });

  describe('of the department', () => {
    it('are seen by every officer who may open the list, and by no other', async () => {
      const view = await saved(admin, { shared: true });
      expect(await list(preparer)).to.deep.equal([view]);
      expect(await list(approver)).to.deep.equal([view]);
      expect((await read(world, browsers.inspector, '/v1/views?place=credentials')).status).to.equal(403);
      expect((await remove(browsers.inspector, view)).json.code).to.equal('VIEW_NOT_FOUND');
    });

    it('are changed and deleted by whoever manages the rules alone', async () => {
      const view = await saved(admin, { shared: true });
      for (const more of [{ name: 'Ours' }, { shared: false }, { filters: { state: 'failed' } }])
        expect((await change(preparer, view, more)).json.code).to.equal('FORBIDDEN');
      expect((await remove(preparer, view)).json.code).to.equal('FORBIDDEN');
      const body = { subject: 'holder-1', name: 'Chan', roles: ['admin'] };
      const officer = (await write(world, admin, { path: '/v1/officers', body })).json;
      const { browser: second } = await signIn(world, { account: 'holder-1' });
      const renamed = (await change(second, view, { name: 'Ours' })).json;
      expect(renamed).to.include({ name: 'Ours', owner: view.owner });
      expect((await change(second, renamed, { shared: false })).json.code).to.equal('FORBIDDEN');
      expect((await remove(second, renamed)).status).to.equal(200);
      await write(world, admin, { path: `/v1/officers/${officer.id}/deactivate` });
    });

    it('come from own ones, and go back to whoever made them', async () => {
      const own = await saved(admin);
      const shared = (await change(admin, own, { shared: true })).json;
      expect(await list(preparer)).to.deep.equal([shared]);
      const back = (await change(admin, shared, { shared: false })).json;
      expect(await list(preparer)).to.deep.equal([]);
      expect(await list(admin)).to.deep.equal([back]);
      const mine = await saved(preparer, { name: 'Mine' });
      expect((await change(preparer, mine, { shared: true })).json.code).to.equal('FORBIDDEN');
    });

    it('are at most fifty', async () => {
      for (let i = 0; i < 50; i++) await saved(admin, { name: `View ${i}`, shared: true });
      expect((await save(admin, { name: 'One more', shared: true })).json.code).to.equal('VIEW_LIMIT');
      const own = await saved(admin, { name: 'One more' });
      expect((await change(admin, own, { shared: true })).json.code).to.equal('VIEW_LIMIT');
    });

    it('are told to the audit log as they are made, changed and deleted, without their names; own ones are not', async () => {
      const before = (await audited()).length;
      await remove(preparer, await saved(preparer, { name: 'Secret name' }));
      const view = await saved(admin, { name: 'Secret name', shared: true });
      const changed = (await change(admin, view, { filters: { status: 'revoked' } })).json;
      await remove(admin, changed);
      const records = (await audited()).slice(before);
      const { id: object, owner: actor } = view;
      const facts = (filters: string) => ({ place: 'credentials', filters, shared: true });
      expect(records).to.deep.equal([
        { act: 'view.create', actor, object, before: null, after: facts('state=final') },
        { act: 'view.change', actor, object, before: facts('state=final'), after: facts('status=revoked') },
        { act: 'view.delete', actor, object, before: facts('status=revoked'), after: null },
      ]);
    });
  });

  describe('of another department', () => {
    let td: Browser;
    before(async () => {
      ({ browser: td } = await signIn(world, { account: 'td-admin' }));
    });

    it('are not found, as if they were not there', async () => {
      const view = await saved(admin, { shared: true });
      expect(await list(td)).to.deep.equal([]);
      expect((await change(td, view, { name: 'Taken' })).json.code).to.equal('VIEW_NOT_FOUND');
      expect((await remove(td, view)).json.code).to.equal('VIEW_NOT_FOUND');
      expect((await save(td, { shared: true })).status).to.equal(201);
      expect(await list(admin)).to.deep.equal([view]);
    });

    it('stand behind the second wall, where a query forgets whose they are', async () => {
      await saved(admin, { shared: true });
      await saved(td, { shared: true, name: 'Of TD' });
      const { db, fehd, td: other } = world.service;
      const namesSeenBy = (issuer: { id: number }) =>
        db.transaction().execute(async (tx) => {
          await sql.raw(`set local role eproof_department; set local eproof.issuer = '${issuer.id}'`).execute(tx);
          await tx.updateTable('saved_views').set({ place: 'drafts' }).execute();
          return (await tx.selectFrom('saved_views').select('name').execute()).map(({ name }) => name);
        });
      expect(await namesSeenBy(other.issuer)).to.deep.equal(['Of TD']);
      expect((await list(admin)).map(({ name }: { name: string }) => name)).to.deep.equal(['Final']);
      expect(await namesSeenBy(fehd.issuer)).to.deep.equal(['Final']);
    });
  });

  describe('refuse', () => {
    const refusal = async (more: object, browser = preparer) => {
      const { json } = await save(browser, more);
      return [
        json.code,
        ...(json.errors ?? []).map((one: { pointer: string; code: string }) => [one.pointer, one.code]),
      ];
    };

    for (const [place, role, filters] of [
      ['credentials', 'preparer', { reference: '2912345678' }],
      ['credentials', 'preparer', { text: 'Chan Tai Man' }],
      ['credentials', 'preparer', { parent: 'crd_k7qx3mwap9rt' }],
      ['imports', 'preparer', { idempotency_key: 'file-of-chan' }],
      ['companies', 'registrar', { number: '74000001' }],
      ['audit', 'auditor', { actor: 'officer:7' }],
      ['audit', 'auditor', { object: 'crd_k7qx3mwap9rt' }],
    ] as const)
      it(`what points at a person or a document: ${Object.keys(filters)} of ${place}`, async () => {
        const [name] = Object.keys(filters);
        const more = { place, filters: { ...LISTS[place].filters, ...filters } };
        const { json, status } = await save(browsers[role], more);
        expect([status, json.code]).to.deep.equal([422, 'VALIDATION_FAILED']);
        expect(json.errors).to.have.length(1);
        expect(json.errors[0].pointer).to.equal(`#/filters/${name}`);
        expect(json.errors[0].detail).to.contain('views are kept in clear');
        expect(await list(browsers[role], place)).to.deep.equal([]);
      });

    it('filters that the list does not take, each with its place', async () => {
      const filters = { state: 'nowhere', expiring_to: '2026-02-30', colour: 'red', limit: '10' };
      expect(await refusal({ filters })).to.have.deep.members([
        'VALIDATION_FAILED',
        ['#/filters/state', 'FIELD_INVALID'],
        ['#/filters/expiring_to', 'FIELD_INVALID'],
        ['#/filters/colour', 'FIELD_UNKNOWN'],
        ['#/filters/limit', 'FIELD_UNKNOWN'],
      ]);
      expect(await refusal({ filters: { state: ['final'] } })).to.deep.equal([
        'VALIDATION_FAILED',
        ['#/filters/state', 'FIELD_INVALID'],
      ]);
    });

    it('names that objects have by themselves, and what is no object', async () => {
      for (const hidden of ['__proto__', 'constructor', 'toString'])
        expect(await refusal({ filters: JSON.parse(`{"state":"final","${hidden}":"x"}`) }), hidden).to.deep.equal([
          'VALIDATION_FAILED',
          [`#/filters/${hidden}`, 'FIELD_UNKNOWN'],
        ]);
      for (const filters of [null, [], 'state=final', 7])
        expect(await refusal({ filters })).to.deep.equal(['VALIDATION_FAILED', ['#/filters', 'FIELD_INVALID']]);
    });

    it('a view of nothing, of no list, and without a name', async () => {
      expect(await refusal({ filters: {} })).to.deep.equal(['VALIDATION_FAILED', ['#/filters', 'FIELD_INVALID']]);
      expect(await refusal({ place: 'webhooks' })).to.deep.equal(['VALIDATION_FAILED', ['#/place', 'FIELD_INVALID']]);
      for (const name of ['   ', 'x'.repeat(61), 'a\u0000b'])
        expect(await refusal({ name })).to.deep.equal(['VALIDATION_FAILED', ['#/name', 'FIELD_INVALID']]);
      expect((await read(world, preparer, '/v1/views')).json.code).to.equal('QUERY_INVALID');
    });

    it('a change with filters of another list, or that point at somebody', async () => {
      const view = await saved(preparer);
      for (const filters of [{ state: 'submitted' }, { reference: '2912345678' }, {}])
        expect((await change(preparer, view, { filters })).json.code).to.equal('VALIDATION_FAILED');
      expect(await list(preparer)).to.deep.equal([view]);
    });

    it('a name that the officer, or the department, has for another view of the list', async () => {
      await saved(admin);
      expect(await refusal({}, admin)).to.deep.equal(['VIEW_EXISTS', ['#/name', 'VIEW_EXISTS']]);
      expect((await save(admin, { place: 'drafts', filters: { state: 'issued' } })).status).to.equal(201);
      await saved(admin, { shared: true });
      expect((await save(admin, { shared: true })).json.code).to.equal('VIEW_EXISTS');
      const other = await saved(admin, { name: 'Other' });
      expect((await change(admin, other, { name: 'Final' })).json.code).to.equal('VIEW_EXISTS');
      expect((await change(admin, other, { name: 'Final', shared: true })).json.code).to.equal('VIEW_EXISTS');
    });

    it('a change of what somebody has changed since', async () => {
      const view = await saved(preparer);
      expect((await change(preparer, view, { name: 'Second' })).status).to.equal(200);
      expect((await change(preparer, view, { name: 'Third' })).json.code).to.equal('VIEW_CHANGED');
      expect((await list(preparer))[0].name).to.equal('Second');
    });
  });

  it('are saved once, however often the same request is sent', async () => {
    const headers = { 'idempotency-key': 'once' };
    const first = await save(preparer, {}, headers);
    const again = await save(preparer, {}, headers);
    expect([again.status, again.json]).to.deep.equal([201, first.json]);
    expect(await list(preparer)).to.have.length(1);
    expect((await save(approver, {}, headers)).json.code).to.equal('IDEMPOTENCY_KEY_REUSED');
  });
});
