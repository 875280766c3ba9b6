import { expect } from 'chai';
import { sql } from 'kysely';
import { createIdentityProvider } from '../../../server/auth/identity-provider.ts';
import { forgetEndedSessions } from '../../../server/auth/session.ts';
import { createBrowser, targetOf } from './browser.ts';
import { type PeopleWorld, reachCallback, read, signIn, startPeople, write } from './people.ts';

describe('signing in', () => {
  let world: PeopleWorld;

  before(async () => {
    world = await startPeople();
  });
  after(() => world.stop());

  const sessionOf = async (account: string, as: 'officer' | 'holder' = 'officer') => {
    const { browser } = await signIn(world, { account, as });
    return { browser, session: (await read(world, browser, '/v1/session')).json };
  };

  describe('as an officer', () => {
    it('goes over the provider and back to where one came from', async () => {
      const { browser, answer } = await signIn(world, { account: 'fehd-preparer', query: { return: '/issuer?a=1#b' } });
      expect(answer.status).to.equal(303);
      expect(targetOf(answer)).to.equal(`${world.service.url}/issuer?a=1#b`);
      const { json } = await read(world, browser, '/v1/session');
      expect(json).to.deep.include({ kind: 'officer', name: 'Preparer, FEHD' });
      expect(json.officer).to.deep.include({ roles: ['preparer'] });
      expect(json.officer.department.code).to.equal('FEHD');
      expect(json.officer.may).to.include('credentials.prepare').and.not.include('credentials.issue');
    });

    it('sends state, nonce and an S256 challenge, and no secret', async () => {
      const received = await createBrowser().send(`${world.service.url}/auth/login`);
      const { searchParams } = new URL(targetOf(received));
      expect(searchParams.get('code_challenge_method')).to.equal('S256');
      for (const name of ['state', 'nonce', 'code_challenge'])
        expect(searchParams.get(name), name).to.match(/^[\w-]{43}$/);
      expect(received.headers.get('location')).to.not.include('client_secret');
    });

    it('sets cookies that scripts and other sites do not get', async () => {
      const { answer } = await signIn(world, { account: 'fehd-preparer' });
      const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('eproof-session='));
      expect(cookie).to.match(/^eproof-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    });

    it('keeps no secret of the session in the database', async () => {
      const { browser } = await signIn(world, { account: 'fehd-auditor' });
      const { rows } = await sql<{ row: string }>`select sessions::text as row from sessions`.execute(world.service.db);
      const all = rows.map(({ row }) => row).join('\n');
      const secret = browser.cookies.get('eproof-session') as string;
      const { csrfToken } = (await read(world, browser, '/v1/session')).json;
      for (const text of [secret, csrfToken, 'fehd-auditor', 'eyJ'])
        for (const form of [text, Buffer.from(text).toString('hex')]) expect(all).to.not.include(form);
    });

    it('gives the rights of the role on every route, and no more', async () => {
      const { browser } = await signIn(world, { account: 'fehd-auditor' });
      expect((await read(world, browser, '/v1/credentials')).status).to.equal(200);
      expect((await read(world, browser, '/v1/me')).json.caller.may).to.include('audit.read');
      expect((await read(world, browser, '/v1/officers')).json.code).to.equal('FORBIDDEN');
    });

    it('begins a new session in place of the old one', async () => {
      const { browser } = await signIn(world, { account: 'fehd-preparer' });
      const old = browser.cookies.get('eproof-session') as string;
      await signIn(world, { account: 'fehd-preparer', browser });
      const fresh = browser.cookies.get('eproof-session') as string;
      expect(fresh).to.not.equal(old);
      browser.cookies.set('eproof-session', old);
      expect((await read(world, browser, '/v1/session')).json.code).to.equal('SIGN_IN_REQUIRED');
    });

    it('is refused to an account that no department knows, with whom to ask', async () => {
      const { browser, answer } = await signIn(world, { account: 'holder-1' });
      expect(answer.json).to.include({ code: 'OFFICER_UNKNOWN', status: 403 });
      expect(answer.json.detail).to.include("ask the department's administrator");
      const { issuer_id, actor } = await world.service.db
        .selectFrom('audit_records')
        .select(['issuer_id', 'actor'])
        .where('act', '=', 'request.signIn')
        .where('code', '=', 'OFFICER_UNKNOWN')
        .executeTakeFirstOrThrow();
      expect([issuer_id, actor]).to.deep.equal([null, 'unknown']);
      expect(browser.cookies.has('eproof-session')).to.equal(false);
    });

    it('is refused where the account belongs to another department than the one named', async () => {
      const { answer } = await signIn(world, { account: 'fehd-preparer', query: { department: 'TD' } });
      expect(answer.json.code).to.equal('OFFICER_UNKNOWN');
    });

    it('asks for which department where there are several', async () => {
      const { db, td } = world.service;
      const provider = world.provider.config.issuer;
      const row = { provider, subject: 'fehd-approver', name: 'x', roles: ['auditor'], created_by: 'test' };
      const { id } = await db
        .insertInto('officers')
        .values({ ...row, issuer_id: td.issuer.id })
        .returning('id')
        .executeTakeFirstOrThrow();
      const { answer } = await signIn(world, { account: 'fehd-approver' });
      expect(answer.json.code).to.equal('DEPARTMENT_AMBIGUOUS');
      const { browser } = await signIn(world, { account: 'fehd-approver', query: { department: 'TD' } });
      expect((await read(world, browser, '/v1/session')).json.officer.department.code).to.equal('TD');
      await db.updateTable('officers').set({ active: false }).where('id', '=', id).execute();
    });

    it('tells a browser in three languages what went wrong', async () => {
      const browser = createBrowser();
      const callback = await reachCallback(world, browser, { account: 'holder-2' });
      const page = await browser.send(callback, { headers: { accept: 'text/html,application/xhtml+xml' } });
      expect(page.status).to.equal(403);
      for (const text of ['lang="en"', 'lang="zh-Hant"', 'lang="zh-Hans"', '系統管理員', 'OFFICER_UNKNOWN'])
        expect(page.text).to.include(text);
    });
  });

  describe('does not accept', () => {
    it('another state than the one that was sent', async () => {
      const browser = createBrowser();
      const callback = new URL(await reachCallback(world, browser, { account: 'fehd-preparer' }));
      callback.searchParams.set('state', 'x'.repeat(43));
      expect((await browser.send(callback.href)).json.code).to.equal('SIGN_IN_INVALID');
      expect(browser.cookies.has('eproof-session')).to.equal(false);
    });

    it('a callback that another browser began', async () => {
      const callback = await reachCallback(world, createBrowser(), { account: 'fehd-preparer' });
      const victim = createBrowser();
      expect((await victim.send(callback)).json.code).to.equal('SIGN_IN_INVALID');
      await victim.send(`${world.service.url}/auth/login`);
      expect((await victim.send(callback)).json.code).to.equal('SIGN_IN_INVALID');
      expect(victim.cookies.has('eproof-session')).to.equal(false);
    });

    it('a code twice', async () => {
      const browser = createBrowser();
      const callback = await reachCallback(world, browser, { account: 'fehd-preparer' });
      const begun = browser.cookies.get('eproof-sign-in') as string;
      expect((await browser.send(callback)).status).to.equal(303);
      browser.cookies.set('eproof-sign-in', begun);
      expect((await browser.send(callback)).json.code).to.equal('SIGN_IN_INVALID');
    });

    it('a code of another sign-in, though its state is right', async () => {
      const [thief, victim] = [createBrowser(), createBrowser()];
      const stolen = new URL(await reachCallback(world, victim, { account: 'fehd-admin' }));
      const own = new URL(await reachCallback(world, thief, { account: 'td-preparer' }));
      own.searchParams.set('code', stolen.searchParams.get('code') as string);
      expect((await thief.send(own.href)).json.code).to.equal('SIGN_IN_INVALID');
    });

    it('an ID token with another nonce', async () => {
      const browser = createBrowser();
      const callback = await reachCallback(world, browser, { account: 'fehd-preparer' });
      await world.service.db
        .updateTable('sign_ins')
        .set({ nonce: 'y'.repeat(43) })
        .execute();
      expect((await browser.send(callback)).json.code).to.equal('SIGN_IN_INVALID');
    });

    it('an answer that comes after ten minutes', async () => {
      const browser = createBrowser();
      const callback = await reachCallback(world, browser, { account: 'fehd-preparer' });
      await world.service.db
        .updateTable('sign_ins')
        .set({ created_at: sql<Date>`created_at - interval '11 minutes'` })
        .execute();
      expect((await browser.send(callback)).json.code).to.equal('SIGN_IN_INVALID');
    });

    it('a sign-in that was cancelled at the provider', async () => {
      const browser = createBrowser();
      const page = await browser.visit(`${world.service.url}/auth/login`);
      const answer = await browser.visit(page.url, { method: 'POST', body: new URLSearchParams({ cancel: 'yes' }) });
      expect(answer.json).to.include({ code: 'SIGN_IN_INVALID', detail: 'the sign-in was cancelled' });
    });

    for (const address of [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example/',
      '/\t/evil.example/',
      'javascript:alert(1)',
      'issuer',
      '',
    ])
      it(`a way back to ${JSON.stringify(address)}`, async () => {
        const query = new URLSearchParams({ return: address });
        const { json } = await createBrowser().send(`${world.service.url}/auth/login?${query}`);
        expect(json.code).to.equal('QUERY_INVALID');
        expect(json.errors[0].parameter).to.equal('return');
      });

    it('a way back whose dots hide another host', async () => {
      const { answer } = await signIn(world, { account: 'fehd-preparer', query: { return: '/.//evil.example/' } });
      expect(new URL(targetOf(answer)).origin).to.equal(world.service.url);
      expect(answer.headers.get('location')).to.match(/^http:/);
    });

    it('a department that there is not', async () => {
      const { json } = await createBrowser().send(`${world.service.url}/auth/login?department=NONE`);
      expect(json.errors[0].parameter).to.equal('department');
    });
  });

  it('begins at the public address, whichever name of this machine was opened', async () => {
    const { port } = new URL(world.service.url);
    const received = await createBrowser()
      .send(`http://localhost:${port}/auth/login?return=/a`)
      .catch(() => null);
    // a machine whose "localhost" is ::1 alone does not reach it
    if (received) expect(targetOf(received)).to.equal(`${world.service.url}/auth/login?return=/a`);
  });

  describe('a session', () => {
    const age = (column: 'used_at' | 'expires_at', by: string) =>
      sql`update sessions set ${sql.ref(column)} = ${sql.ref(column)} - ${by}::interval`.execute(world.service.db);

    it('ends when it is not used', async () => {
      const { browser } = await sessionOf('fehd-preparer');
      await age('used_at', '29 minutes');
      expect((await read(world, browser, '/v1/session')).status).to.equal(200);
      await age('used_at', '29 minutes');
      expect((await read(world, browser, '/v1/session')).status, 'its use was noted').to.equal(200);
      await age('used_at', '31 minutes');
      expect((await read(world, browser, '/v1/session')).json.code).to.equal('SIGN_IN_REQUIRED');
    });

    it('ends after its time, however much it is used', async () => {
      const { browser } = await sessionOf('fehd-preparer');
      await age('expires_at', '601 minutes');
      expect((await read(world, browser, '/v1/me')).json.code).to.equal('SIGN_IN_REQUIRED');
      await forgetEndedSessions(world.service.db, new Date());
      const left = await world.service.db.selectFrom('sessions').select('expires_at').execute();
      expect(left).to.deep.equal([]);
    });

    it('ends at the sign-out, here and at the provider', async () => {
      const { browser } = await sessionOf('fehd-preparer');
      const cookie = browser.cookies.get('eproof-session') as string;
      const { status, json } = await write(world, browser, { path: '/auth/logout' });
      expect(status).to.equal(200);
      expect(browser.cookies.has('eproof-session')).to.equal(false);
      const page = await browser.visit(json.next);
      const form = /action="([^"]+)"[\s\S]*name="xsrf" value="([^"]+)"/.exec(page.text) as RegExpExecArray;
      const body = new URLSearchParams({ xsrf: form[2] as string, logout: 'yes' });
      const out = await browser.send(new URL(form[1] as string, page.url).href, { method: 'POST', body });
      expect(targetOf(out)).to.match(new RegExp(`^${world.service.url}/`));
      const again = await browser.visit(`${world.service.url}/auth/login`);
      expect(again.url, 'the provider asks again who it is').to.include('/interaction/');
      browser.cookies.set('eproof-session', cookie);
      expect((await read(world, browser, '/v1/session')).json.code).to.equal('SIGN_IN_REQUIRED');
    });

    it('is told to the audit log of the department when its officer ends it, and of a holder to none', async () => {
      const ends = () =>
        world.service.db
          .selectFrom('audit_records')
          .select(['actor', 'issuer_id', 'address'])
          .where('act', '=', 'session.end')
          .execute();
      const before = (await ends()).length;
      const { browser, session } = await sessionOf('fehd-auditor');
      await write(world, browser, { path: '/auth/logout' });
      const by = { actor: session.officer.id, issuer_id: world.service.fehd.issuer.id, address: '127.0.0.1' };
      expect((await ends()).slice(before)).to.deep.equal([by]);
      const again = await sessionOf('fehd-auditor');
      await signIn(world, { account: 'fehd-auditor', browser: again.browser });
      expect((await ends()).slice(before), 'signing in anew').to.deep.equal([by, by]);
      const holder = await sessionOf('holder-1', 'holder');
      await write(world, holder.browser, { path: '/auth/logout' });
      expect(await ends()).to.have.length(before + 2);
    });

    it('is none where there is no cookie, or two of them', async () => {
      const { browser } = await sessionOf('fehd-preparer');
      const secret = browser.cookies.get('eproof-session');
      for (const cookie of ['', `eproof-session=${secret}; eproof-session=${secret}`]) {
        const answer = await createBrowser().send(`${world.service.url}/v1/session`, { headers: { cookie } });
        expect(answer.json.code).to.equal('SIGN_IN_REQUIRED');
      }
    });

    it('opens nothing of a department to a holder', async () => {
      const { browser, session } = await sessionOf('holder-1', 'holder');
      expect(session).to.deep.include({ kind: 'holder', name: 'Chan Tai Man', officer: null });
      for (const path of ['/v1/me', '/v1/credentials', '/v1/officers'])
        expect((await read(world, browser, path)).json.code, path).to.equal('FORBIDDEN');
    });
  });

  describe('a request that changes something', () => {
    const newOfficer = { subject: 'somebody', name: 'Somebody', roles: ['auditor'] };
    let browser: Awaited<ReturnType<typeof sessionOf>>['browser'];
    before(async () => {
      ({ browser } = await sessionOf('td-admin'));
    });

    for (const [what, headers] of [
      ['without the token', { 'x-csrf-token': '' }],
      ['with another token', { 'x-csrf-token': 'x'.repeat(43) }],
      ['from another site', { 'sec-fetch-site': 'cross-site' }],
      ['from a neighbouring host', { 'sec-fetch-site': 'same-site' }],
      ['from another origin', { origin: 'https://evil.example' }],
      ['from a page that hides its origin', { origin: 'null' }],
    ] as const)
      it(`is refused ${what}`, async () => {
        const { status, json } = await write(world, browser, { path: '/v1/officers', body: newOfficer, headers });
        expect([status, json.code]).to.deep.equal([403, 'CSRF_REFUSED']);
      });

    it('is refused where the browser does not say where it comes from', async () => {
      const { csrfToken } = (await read(world, browser, '/v1/session')).json;
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': 'silent',
        'x-csrf-token': csrfToken,
      };
      const body = JSON.stringify(newOfficer);
      const answer = await browser.send(`${world.service.url}/v1/officers`, { method: 'POST', headers, body });
      expect(answer.json.code).to.equal('CSRF_REFUSED');
    });

    it('is refused with the token of another session', async () => {
      const other = await sessionOf('td-admin');
      const headers = { 'x-csrf-token': other.session.csrfToken };
      const answer = await write(world, browser, { path: '/v1/officers', body: newOfficer, headers });
      expect(answer.json.code).to.equal('CSRF_REFUSED');
    });

    it('signs nobody out from another page', async () => {
      const headers = { 'sec-fetch-site': 'cross-site' };
      expect((await write(world, browser, { path: '/auth/logout', headers })).json.code).to.equal('CSRF_REFUSED');
      expect((await read(world, browser, '/v1/session')).status).to.equal(200);
    });
  });

  describe('with the provider down', () => {
    afterEach(() => world.restartProvider());

    it('says so at the beginning, and asks again the next time', async () => {
      const { issuer, clientId } = world.provider.config;
      const provider = createIdentityProvider({ issuer, clientId, clientSecret: 'x' });
      const checks = { state: 's', nonce: 'n', codeVerifier: 'v'.repeat(43) };
      const ask = () => provider.toSignInUrl(`${world.service.url}/auth/callback`, checks, undefined);
      await world.stopProvider();
      const refused = await ask().catch((error: unknown) => error);
      expect(refused).to.include({ code: 'SIGN_IN_UNAVAILABLE' });
      await world.restartProvider();
      expect((await ask()).origin).to.equal(issuer);
      await world.stopProvider();
      expect((await ask()).origin, 'what it said is kept').to.equal(issuer);
    });

    it('says so at the end, and lets whoever is in go on', async () => {
      const { browser } = await sessionOf('fehd-preparer');
      const late = createBrowser();
      const callback = await reachCallback(world, late, { account: 'fehd-preparer' });
      await world.stopProvider();
      const refused = await late.send(callback);
      expect(refused.json).to.include({ code: 'SIGN_IN_UNAVAILABLE', status: 503 });
      expect(refused.headers.get('retry-after')).to.equal('10');
      expect((await read(world, browser, '/v1/credentials')).status).to.equal(200);
      const keyed = await createBrowser().send(`${world.service.url}/v1/me`, {
        headers: { authorization: `Bearer ${world.service.fehd.apiKey}` },
      });
      expect(keyed.status).to.equal(200);
    });
  });
});
