import { expect } from 'chai';
import { forgetCompanyActs } from '../../../server/companies/acts.ts';
import { type Browser, createBrowser } from '../auth/browser.ts';
import { type PeopleWorld, read, signIn, startPeople, write } from '../auth/people.ts';
import { finalise } from '../finalise.ts';
import { call, createRoleKey, newCredential } from '../http/service.ts';

const WORKS = '74000001';
const OTHER = '74000002';
const PARTS = ['', '/pdf', '/qr.png', '/qr.svg', '/qr.txt', '/proof', '/shares', '/reports'];

describe('companies', () => {
  let world: PeopleWorld;
  let admin: Browser;
  let delegate: Browser;
  let stranger: Browser;
  let works: string;
  let id: string;
  let nextSeed = 0;

  before(async () => {
    world = await startPeople();
    ({ browser: admin } = await signIn(world, { account: 'works-admin', as: 'holder' }));
    ({ browser: delegate } = await signIn(world, { account: 'works-delegate', as: 'holder' }));
    ({ browser: stranger } = await signIn(world, { account: 'holder-2', as: 'holder' }));
    works = (await own(admin))[0].id;
    id = await issue({ company: WORKS });
    await finalise(world.service);
  });
  after(() => world.stop());

  async function issue(holder: object): Promise<string> {
    const body = { ...newCredential('FEHD-GRL', ++nextSeed), holder };
    const answer = await call(world.service, '/v1/credentials', { key: world.service.fehd.apiKey, body });
    expect(answer.status, answer.text).to.equal(202);
    return answer.json.id;
  }

  const own = async (browser: Browser) => (await read(world, browser, '/v1/holder/companies')).json.items;
  const seen = (browser: Browser, path: string, company: string | null = works) =>
    read(world, browser, company === null ? path : `${path}${path.includes('?') ? '&' : '?'}company=${company}`);
  const idsOf = async (browser: Browser, company: string | null = works): Promise<string[]> =>
    (await seen(browser, '/v1/holder/credentials', company)).json.items.map((one: { id: string }) => one.id);
  const act = (browser: Browser, path: string, body: object = {}, company = works) =>
    write(world, browser, { path: `${path}?company=${company}`, body });
  const share = (browser: Browser) =>
    act(browser, `/v1/holder/credentials/${id}/shares`, {
      sealed: 'bG9ja2Vk',
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
  const delegates = async () => (await seen(admin, '/v1/holder/delegates')).json.items;
  const delegateNamed = async (name: string) =>
    (await delegates()).find((one: { name: string; endedAt: string | null }) => one.name === name && !one.endedAt);
  const trail = async () => (await seen(admin, '/v1/holder/company-acts?limit=200')).json.items;

  it('are acted for by whom the sign-in service vouches for, in the role that it says', async () => {
    expect(await own(admin)).to.deep.equal([
      { id: works, role: 'admin', number: WORKS, name: 'Lion Rock Electrical Works Limited' },
    ]);
    expect((await own(delegate))[0]).to.include({ id: works, role: 'delegate' });
    expect(await own(stranger)).to.deep.equal([]);
  });

  it('have their documents apart from those of the people who act for them', async () => {
    const personal = await issue({ subject: 'works-admin' });
    // a person whose account has the company's number is another holder
    const lookAlike = await issue({ subject: WORKS });
    expect(await idsOf(admin))
      .to.include(id)
      .and.not.to.include(personal)
      .and.not.to.include(lookAlike);
    expect(await idsOf(admin, null)).to.deep.equal([personal]);
    expect(await idsOf(delegate)).to.include(id);
    expect(await idsOf(delegate, null)).to.deep.equal([]);
    const both = { subject: 'works-admin', company: WORKS };
    const body = { ...newCredential('FEHD-GRL', 900), holder: both };
    const refused = await call(world.service, '/v1/credentials', { key: world.service.fehd.apiKey, body });
    expect([refused.json.code, refused.json.errors[0].pointer]).to.deep.equal([
      'VALIDATION_FAILED',
      '#/holder/company',
    ]);
  });

  it('show nothing to whoever does not act for them, on any route, nor to a delegate of another', async () => {
    const { browser: another } = await nominated('holder-1', OTHER);
    const theirs = (await own(another))[0].id;
    for (const browser of [stranger, another])
      for (const part of PARTS) {
        const path = `/v1/holder/credentials/${id}${part}`;
        const asCompany = await seen(browser, path);
        expect([asCompany.status, asCompany.json.code], path).to.deep.equal([403, 'DELEGATION_ENDED']);
        const asOneself = await seen(browser, path, null);
        expect([asOneself.status, asOneself.json.code], path).to.deep.equal([404, 'CREDENTIAL_NOT_FOUND']);
      }
    for (const part of PARTS)
      expect((await seen(another, `/v1/holder/credentials/${id}${part}`, theirs)).json.code).to.equal(
        'CREDENTIAL_NOT_FOUND',
      );
    // nor what the person has, to the company that they act for
    const personal = await issue({ subject: 'works-delegate' });
    expect((await seen(delegate, `/v1/holder/credentials/${personal}`)).json.code).to.equal('CREDENTIAL_NOT_FOUND');
    const nobodys = await seen(stranger, '/v1/holder/credentials', 'cmp_999999');
    const others = await seen(stranger, '/v1/holder/credentials');
    expect({ ...nobodys.json, requestId: '' }).to.deep.equal({ ...others.json, requestId: '' });
    expect((await seen(stranger, '/v1/holder/credentials', 'x')).json.code).to.equal('QUERY_INVALID');
  });

  async function nominated(account: string, number: string) {
    const named = await call(world.service, '/v1/company-administrators', {
      key: world.service.fehd.apiKey,
      body: { number, name: `Company ${number}`, administrator: { account, name: `Person ${account}` } },
    });
    expect(named.status, named.text).to.equal(201);
    return { ...(await signIn(world, { account, as: 'holder' })), named: named.json };
  }

  it('come to an administrator by a department’s word, which it can take back', async () => {
    const key = world.service.fehd.apiKey;
    const { browser, named } = await nominated('holder-1', '74000003');
    const [company] = (await own(browser)).filter((one: { number: string }) => one.number === '74000003');
    expect(company).to.include({ role: 'admin', name: 'Company 74000003' });
    const body = { number: '74000003', name: 'x', administrator: { account: 'holder-1', name: 'x' } };
    expect((await call(world.service, '/v1/company-administrators', { key, body })).json.code).to.equal(
      'NOMINATION_EXISTS',
    );
    const { items } = (await call(world.service, '/v1/company-administrators', { key })).json;
    expect(items[0]).to.include({ id: named.id, person: 'Person holder-1' });
    expect([items[0].state, typeof items[0].takenAt]).to.deep.equal(['taken', 'string']);
    const withdrawn = await call(world.service, `/v1/company-administrators/${named.id}/withdraw`, { key, body: {} });
    expect([withdrawn.status, typeof withdrawn.json.withdrawnAt]).to.deep.equal([200, 'string']);
    expect((await seen(browser, '/v1/holder/credentials', company.id)).json.code).to.equal('DELEGATION_ENDED');
    await signIn(world, { account: 'holder-1', as: 'holder', browser });
    expect((await seen(browser, '/v1/holder/credentials', company.id)).json.code).to.equal('DELEGATION_ENDED');
    const unknown = { key, body: {} };
    expect((await call(world.service, '/v1/company-administrators/nom_999/withdraw', unknown)).json.code).to.equal(
      'NOMINATION_NOT_FOUND',
    );
    const officer = await createRoleKey(world.service.db, world.service.fehd.issuer, 'admin', 'preparer');
    expect((await call(world.service, '/v1/company-administrators', { key: officer })).json.code).to.equal('FORBIDDEN');
  });

  it('come to an administrator by an officer’s word only after a second one’s, each told to the log', async () => {
    const [{ browser: first }, { browser: second }] = [
      await signIn(world, { account: 'fehd-registrar' }),
      await signIn(world, { account: 'fehd-registrar-2' }),
    ];
    const base = '/v1/company-administrators';
    const say = (browser: Browser, path: string, body: object = {}) =>
      write(world, browser, { path: base + path, body });
    const propose = async (account: string) => {
      const body = { number: '74000010', name: 'Peak Ltd', administrator: { account, name: `Person ${account}` } };
      const { status, json, text } = await say(first, '', body);
      expect([status, json.state], text).to.deep.equal([201, 'proposed']);
      return json.id as string;
    };
    const stateOf = async (nomination: string) => (await read(world, first, `${base}/${nomination}`)).json;
    const companiesOf = async (account: string) =>
      (await own((await signIn(world, { account, as: 'holder' })).browser)).map(
        (one: { number: string }) => one.number,
      );

    const id = await propose('holder-1');
    expect(await companiesOf('holder-1'), 'before a second person has agreed').not.to.include('74000010');
    expect((await say(first, `/${id}/admit`, { account: 'holder-1' })).json.code).to.equal('SAME_PERSON');
    expect((await say(first, `/${id}/refuse`, { note: 'no' })).json.code).to.equal('SAME_PERSON');
    const slip = await say(second, `/${id}/admit`, { account: 'holder-2' });
    expect([slip.status, slip.json.errors[0].code], 'another account than was named').to.deep.equal([
      ...[422, 'ACCOUNT_DIFFERS'],
    ]);
    const admitted = (await say(second, `/${id}/admit`, { account: 'holder-1' })).json;
    expect(admitted).to.include({ state: 'admitted', name: 'Peak Ltd', person: 'Person holder-1' });
    expect(admitted.decidedBy)
      .to.match(/^officer:/)
      .and.not.equal(admitted.namedBy);
    expect((await say(second, `/${id}/refuse`, { note: 'too late' })).json.code).to.equal('NOMINATION_STATE');
    expect((await stateOf(id)).standing).to.deep.equal({ administrators: 0, delegates: 0, isActing: false });
    expect(await companiesOf('holder-1')).to.include('74000010');
    expect(await stateOf(id)).to.deep.include({
      ...{ state: 'taken', standing: { administrators: 1, delegates: 0, isActing: true } },
    });

    const other = await propose('holder-2');
    const refused = (await say(second, `/${other}/refuse`, { note: 'The papers are of another company.' })).json;
    expect(refused).to.include({ state: 'refused', note: 'The papers are of another company.' });
    expect(await companiesOf('holder-2')).not.to.include('74000010');
    expect((await say(second, `/${other}/admit`, { account: 'holder-2' })).json.code).to.equal('NOMINATION_STATE');
    expect((await say(first, `/${other}/withdraw`)).json.code).to.equal('NOMINATION_STATE');
    const anew = await propose('holder-2');
    expect((await say(first, `/${anew}/withdraw`, { note: 'A slip.' })).json).to.include({ state: 'withdrawn' });

    const listed = async (query: string) =>
      (await read(world, second, `${base}?${query}`)).json.items.map((one: { id: string }) => one.id);
    expect(await listed('number=74000010')).to.deep.equal([anew, other, id]);
    expect(await listed('number=74000010&state=refused')).to.deep.equal([other]);
    expect(await listed('number=74000010&state=taken')).to.deep.equal([id]);
    expect(await listed('number=74000010&state=proposed')).to.deep.equal([]);
    expect(await listed('number=74000099')).to.deep.equal([]);
    expect((await read(world, second, `${base}?number=x`)).json.code).to.equal('QUERY_INVALID');

    const withdrawn = (await say(second, `/${id}/withdraw`, { note: 'Left the company.' })).json;
    expect(withdrawn).to.include({ state: 'withdrawn', note: 'Left the company.' });
    expect((await stateOf(id)).standing).to.deep.equal({ administrators: 0, delegates: 0, isActing: false });
    const log = await world.service.db
      .selectFrom('audit_records')
      .select(['act', 'actor', 'before', 'after'])
      .where('object', '=', id)
      .where('act', 'like', 'company.%')
      .orderBy('seq')
      .execute();
    expect(log.map(({ act, before, after }) => [act, before?.state, after?.state])).to.deep.equal([
      ['company.nominate', undefined, 'proposed'],
      ['company.admit', 'proposed', 'admitted'],
      ['company.withdraw', 'taken', 'withdrawn'],
    ]);
    expect(JSON.stringify(log)).not.to.match(/Peak|Person|74000010|Left/);

    const race = await propose('holder-2');
    const both = await Promise.all([
      say(second, `/${race}/admit`, { account: 'holder-2' }),
      say(second, `/${race}/refuse`, { note: 'at the same moment' }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).to.deep.equal([200, 409]);
  });

  it('are no matter of an administrator of a department alone: neither the role nor a key that acts alone', async () => {
    const { browser: admin } = await signIn(world, { account: 'fehd-admin' });
    const officer = { subject: 'second-account', name: 'Second', roles: ['registrar'] };
    expect((await write(world, admin, { path: '/v1/officers', body: officer })).json.code).to.equal('SCOPES_EXCEEDED');
    const { items } = (await read(world, admin, '/v1/officers')).json;
    const idOf = (subject: string) => items.find((one: { subject: string }) => one.subject === subject).id;
    const change = async (subject: string, roles: string[]) =>
      (await write(world, admin, { path: `/v1/officers/${idOf(subject)}/roles`, body: { roles } })).json;
    expect((await change('fehd-auditor', ['auditor', 'registrar'])).code).to.equal('SCOPES_EXCEEDED');
    expect((await change('fehd-registrar-2', ['auditor', 'registrar'])).roles, 'who has it keeps it').to.include(
      'registrar',
    );

    const { db, fehd } = world.service;
    await db
      .updateTable('officers')
      .set({ roles: ['admin', 'registrar'] })
      .where('issuer_id', '=', fehd.issuer.id)
      .where('subject', '=', 'fehd-registrar')
      .execute();
    const { browser: both } = await signIn(world, { account: 'fehd-registrar' });
    const key = { name: 'mine', scopes: ['companies.admit'] };
    const { secret } = (await write(world, both, { path: '/v1/api-keys', body: key })).json;
    const body = { number: '74000011', name: 'x', administrator: { account: 'holder-1', name: 'x' } };
    const said = (await call(world.service, '/v1/company-administrators', { key: secret, body })).json;
    expect(said.state, 'by a key that an officer was told').to.equal('proposed');
    const admit = { key: secret, body: { account: 'holder-1' } };
    const path = `/v1/company-administrators/${said.id}/admit`;
    expect((await call(world.service, path, admit)).json.code).to.equal('SAME_PERSON');
    expect((await write(world, both, { path, body: admit.body })).json.code, 'nor the officer beside it').to.equal(
      'SAME_PERSON',
    );
  });

  it('let their administrators add and end delegates, at once and in every session', async () => {
    const body = { account: 'Holder-2', name: 'Wong', role: 'delegate' };
    expect((await act(delegate, '/v1/holder/delegates', body)).json.code).to.equal('FORBIDDEN');
    expect((await seen(delegate, '/v1/holder/delegates')).json.code).to.equal('FORBIDDEN');
    const added = await act(admin, '/v1/holder/delegates', { ...body, account: 'holder-2' });
    expect([added.status, added.json.source], added.text).to.deep.equal([201, 'company']);
    const again = await act(admin, '/v1/holder/delegates', { ...body, account: 'holder-2' });
    expect(again.json, 'whose answer was lost').to.deep.equal(added.json);
    const other = { ...body, account: 'holder-2', role: 'admin' };
    expect((await act(admin, '/v1/holder/delegates', other)).json.code).to.equal('DELEGATE_EXISTS');
    expect(await idsOf(stranger), 'in a session from before').to.include(id);
    const link = (await share(stranger)).json;
    expect(link.madeBy).to.equal(added.json.id);
    const second = (await share(stranger)).json;
    expect((await delegateNamed('Wong')).openLinks).to.equal(2);

    expect((await act(delegate, `/v1/holder/shares/${link.id}/end`)).json.code, 'another’s link').to.equal('FORBIDDEN');
    const listed = (await seen(delegate, `/v1/holder/credentials/${id}/shares`)).json.items;
    expect(listed.find((one: { id: string }) => one.id === link.id)).to.include({ mayEnd: false, isOver: false });
    expect((await act(admin, `/v1/holder/shares/${link.id}/end`)).json.isOver).to.equal(true);
    const all = (await seen(admin, '/v1/holder/shares')).json.items;
    expect(all.map((one: { id: string }) => one.id)).to.include.members([link.id, second.id]);
    expect((await seen(delegate, '/v1/holder/shares')).json.code).to.equal('FORBIDDEN');

    const ended = await act(admin, `/v1/holder/delegates/${added.json.id}/end`, { endLinks: true });
    expect([ended.status, ended.json.openLinks, typeof ended.json.endedAt]).to.deep.equal([200, 0, 'string']);
    expect((await seen(stranger, '/v1/holder/credentials')).json.code).to.equal('DELEGATION_ENDED');
    expect((await share(stranger)).json.code).to.equal('DELEGATION_ENDED');
    expect((await read(world, stranger, '/v1/holder/credentials')).status, 'their own').to.equal(200);
    const opened = { id: second.id, visit: '0'.repeat(32) };
    expect((await call(world.service, '/v1/shares/open', { body: opened })).json.code).to.equal('SHARE_OVER');
    expect((await act(admin, `/v1/holder/delegates/${added.json.id}/end`)).json).to.deep.equal(ended.json);
  });

  it('keep an administrator, and their own word above that of the sign-in service', async () => {
    const { id: self } = (await delegates()).find((one: { isOneself: boolean }) => one.isOneself);
    expect((await act(admin, `/v1/holder/delegates/${self}/end`)).json.code).to.equal('OWN_ROLES');
    expect((await act(admin, '/v1/holder/delegates/dlg_999999/end')).json.code).to.equal('DELEGATE_NOT_FOUND');
    const { id: other } = await delegateNamed('Cheung Wai Lok');
    expect((await act(admin, `/v1/holder/delegates/${other}/end`)).status).to.equal(200);
    await signIn(world, { account: 'works-delegate', as: 'holder', browser: delegate });
    expect(await own(delegate), 'though the service vouches for them').to.deep.equal([]);
    const body = { account: 'works-delegate', name: 'Cheung Wai Lok', role: 'delegate' };
    expect((await act(admin, '/v1/holder/delegates', body)).status).to.equal(201);
    expect(await idsOf(delegate)).to.include(id);
  });

  it('lose whom the sign-in service vouches for no longer', async () => {
    const person = world.people.find(({ account }) => account === 'works-admin') as { companies?: readonly object[] };
    const vouched = person.companies;
    const browser = createBrowser();
    Object.assign(person, { companies: [] });
    await signIn(world, { account: 'works-admin', as: 'holder', browser });
    expect(await own(browser)).to.deep.equal([]);
    expect((await seen(admin, '/v1/holder/credentials')).json.code, 'in the session from before').to.equal(
      'DELEGATION_ENDED',
    );
    Object.assign(person, { companies: [{ number: 'x', name: 'x', role: 'boss' }] });
    const refused = await signIn(world, { account: 'works-admin', as: 'holder' });
    expect(refused.answer.status, 'a claim of another form').to.be.at.least(400);
    Object.assign(person, { companies: vouched });
    await signIn(world, { account: 'works-admin', as: 'holder', browser });
    expect(await idsOf(admin)).to.include(id);
  });

  it('see who did what in their name', async () => {
    await seen(delegate, `/v1/holder/credentials/${id}`);
    await seen(delegate, `/v1/holder/credentials/${id}`);
    await seen(delegate, `/v1/holder/credentials/${id}/qr.svg`);
    await seen(delegate, `/v1/holder/credentials/${id}/pdf`);
    await act(delegate, `/v1/holder/credentials/${id}/reports`, { kind: 'wrong', message: 'Not so.' });
    const acts = (await trail()).filter(({ name }: { name: string }) => name === 'Cheung Wai Lok');
    const told = acts.filter(({ object }: { object: string }) => object === id).map((one: { act: string }) => one.act);
    for (const what of ['document.see', 'document.code', 'document.file', 'report.create'])
      expect(told, what).to.include(what);
    const since = acts[0].by;
    expect(
      acts.filter((one: { by: string; act: string }) => one.by === since && one.act === 'document.see'),
    ).to.have.length(1);
    const all = (await trail()).map((one: { act: string }) => one.act);
    expect(all).to.include.members(['delegate.add', 'delegate.end', 'share.create', 'share.end']);
    expect((await seen(delegate, '/v1/holder/company-acts')).json.code).to.equal('FORBIDDEN');
    expect((await seen(admin, '/v1/holder/company-acts?starting_after=x')).json.code).to.equal('CURSOR_INVALID');
    const page = (await seen(admin, '/v1/holder/company-acts?limit=1')).json;
    const next = (await seen(admin, `/v1/holder/company-acts?limit=1&starting_after=${page.next}`)).json;
    expect(next.items[0]).not.to.deep.equal(page.items[0]);
    expect((await seen(admin, '/v1/holder/company-acts', null)).json.code).to.equal('FORBIDDEN');
    await forgetCompanyActs(world.service.db, new Date(Date.now() + 1_200 * 86_400_000));
    expect(await trail()).to.deep.equal([]);
  });

  it('stand in the database without their numbers, and without the names of people', async () => {
    const rows = await Promise.all(
      (['companies', 'delegates', 'company_nominations', 'idempotency_keys'] as const).map((table) =>
        world.service.db.selectFrom(table).selectAll().execute(),
      ),
    );
    expect(rows.flat()).not.to.have.length(0);
    for (const value of rows.flat().flatMap((row) => Object.values(row)))
      for (const secret of [WORKS, OTHER, 'Lion Rock', 'Cheung', 'works-delegate', 'Person holder-1'])
        expect(Buffer.isBuffer(value) ? value.toString('latin1') : String(value)).not.to.include(secret);
  });

  it('have at most a hundred delegates at a time', async () => {
    const { db, deps } = world.service;
    const known = await db
      .selectFrom('delegates')
      .selectAll()
      .where('source', '=', 'company')
      .executeTakeFirstOrThrow();
    const { seq: _, ...row } = known;
    const rows = Array.from({ length: 100 }, (__, i) => ({
      ...{ ...row, person_hmac: deps.hashHolderSubject(`many-${i}`), ended_at: null, ended_by: null },
    }));
    await db.insertInto('delegates').values(rows).execute();
    const body = { account: 'one-more', name: 'One more', role: 'delegate' };
    expect((await act(admin, '/v1/holder/delegates', body)).json.code).to.equal('DELEGATE_LIMIT');
  });
});
