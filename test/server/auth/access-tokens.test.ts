import { expect } from 'chai';
import * as oidc from 'openid-client';
import { forgetAccessTokens } from '../../../server/auth/access-token.ts';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { call, newCredential, startService, type TestService } from '../http/service.ts';

const SCOPES = ['department.read', 'credentials.read', 'keys.manage'] as const;

describe('access tokens', () => {
  let service: TestService;
  let secret: string;
  let id: string;

  before(async () => {
    service = await startService();
  });
  after(() => service.stop());
  beforeEach(async () => {
    const { db, fehd } = service;
    secret = await createApiKey(db, { issuer: fehd.issuer, name: 'client', isTest: true, scopes: SCOPES });
    ({ id } = (await call(service, '/v1/me', { key: secret })).json.apiKey);
  });

  const basic = (client = id, password = secret) => ({
    authorization: `Basic ${Buffer.from(`${client}:${password}`).toString('base64')}`,
  });
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
  const ask = (form: Record<string, string> | string, headers: Record<string, string> = {}) =>
    call(service, '/oauth/token', { body: new URLSearchParams(form).toString(), headers: { ...FORM, ...headers } });
  const grant = { grant_type: 'client_credentials' };
  const tokenOf = async (scope?: string) => {
    const answer = await ask({ ...grant, ...(scope === undefined ? {} : { scope }) }, basic());
    expect(answer.status, answer.text).to.equal(200);
    return answer.json.access_token as string;
  };
  const codeFor = async (key: string) => (await call(service, '/v1/me', { key })).json.code ?? 'works';

  for (const [way, authentication] of [
    ['HTTP Basic', oidc.ClientSecretBasic],
    ['the body', oidc.ClientSecretPost],
  ] as const)
    it(`are given to a standard client that names itself by ${way}`, async () => {
      const metadata = { issuer: service.url, token_endpoint: `${service.url}/oauth/token` };
      const client = new oidc.Configuration(metadata, id, secret, authentication(secret));
      oidc.allowInsecureRequests(client);
      const answer = await oidc.clientCredentialsGrant(client, { scope: 'department.read credentials.read' });
      expect(answer).to.include({ expires_in: 600, scope: 'credentials.read department.read' });
      const { caller, apiKey } = (await call(service, '/v1/me', { key: answer.access_token })).json;
      expect(caller).to.deep.include({ id: id.replace('_', ':'), may: ['credentials.read', 'department.read'] });
      expect(apiKey.id).to.equal(id);
    });

  it('have all rights of the key where none are named, never more, and are not to be kept by a cache', async () => {
    const answer = await ask(grant, basic());
    expect(answer.json.scope.split(' ')).to.have.members([...SCOPES]);
    expect(answer.headers.get('cache-control')).to.equal('no-store');
    const refused = await ask({ ...grant, scope: 'credentials.read credentials.issue' }, basic());
    expect([refused.status, refused.json.error]).to.deep.equal([400, 'invalid_scope']);
    const few = await tokenOf('department.read');
    expect((await call(service, '/v1/credentials', { key: few })).json.code).to.equal('FORBIDDEN');
    expect((await call(service, '/v1/credentials', { key: few, body: newCredential() })).json.code).to.equal(
      'FORBIDDEN',
    );
  });

  it('are refused alike to a wrong secret, a wrong id, and the secret of another client', async () => {
    const other = await createApiKey(service.db, { issuer: service.td.issuer, name: 'other', isTest: true });
    const wrong = [
      basic(id, `ep_test_${'a'.repeat(43)}`),
      basic('key_999999'),
      basic(id, other),
      basic('', ''),
      basic(id, 'x'),
      { authorization: `Bearer ${secret}` },
    ];
    const told = await Promise.all(wrong.map((headers) => ask(grant, headers)));
    for (const { status, json, headers } of told) {
      expect([status, json.error]).to.deep.equal([401, 'invalid_client']);
      expect(headers.get('www-authenticate')).to.equal('Basic realm="e-Proof"');
    }
    expect(new Set(told.slice(0, 3).map(({ text }) => text)).size).to.equal(1);
  });

  for (const [what, form, error] of [
    ['without a grant', {}, 'invalid_request'],
    ['for another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['with a parameter twice', 'grant_type=client_credentials&scope=a&scope=b', 'invalid_request'],
    ['with the client in two places', { ...grant, client_id: 'key_1', client_secret: 'x' }, 'invalid_request'],
    ['with another client in the body', { ...grant, client_id: 'key_1' }, 'invalid_request'],
    ['with far too much', { ...grant, scope: 'a'.repeat(5_000) }, 'invalid_request'],
  ] as const)
    it(`are refused ${what}, in the words of RFC 6749`, async () => {
      const { status, json, headers } = await ask(form as Record<string, string>, basic());
      expect([status, json.error]).to.deep.equal([400, error]);
      expect(json.error_description).to.be.a('string');
      expect(headers.get('content-type')).to.match(/^application\/json/);
    });

  it('are asked for by POST and a form alone', async () => {
    expect((await call(service, '/oauth/token')).status).to.equal(405);
    const json = await call(service, '/oauth/token', { body: grant, headers: basic() });
    expect([json.status, json.json.error]).to.deep.equal([400, 'invalid_request']);
  });

  it('end with their time, and are forgotten then', async () => {
    const token = await tokenOf();
    expect(await codeFor(token)).to.equal('works');
    await service.db.updateTable('access_tokens').set({ expires_at: new Date() }).execute();
    const refused = await call(service, '/v1/me', { key: token });
    expect([refused.status, refused.json.code]).to.deep.equal([401, 'ACCESS_TOKEN_INVALID']);
    await forgetAccessTokens(service.db, new Date());
    expect(await service.db.selectFrom('access_tokens').selectAll().execute()).to.have.length(0);
    expect(await codeFor(`ept_${'a'.repeat(43)}`)).to.equal('ACCESS_TOKEN_INVALID');
  });

  it('end at once with the key, and with the secret that they were given for', async () => {
    const admin = service.fehd.apiKey;
    const [first] = [await tokenOf()];
    await call(service, `/v1/api-keys/${id}/rotate`, { key: admin, body: { overlapHours: 1 } });
    expect(await codeFor(first), 'the overlap holds for tokens too').to.equal('works');
    await call(service, `/v1/api-keys/${id}/rotate`, { key: admin, body: { overlapHours: 0 } });
    expect(await codeFor(first)).to.equal('ACCESS_TOKEN_INVALID');
    secret = (await call(service, `/v1/api-keys/${id}/rotate`, { key: admin, body: { overlapHours: 0 } })).json.secret;
    const second = await tokenOf();
    await call(service, `/v1/api-keys/${id}/deactivate`, { key: admin, body: {} });
    expect(await codeFor(second)).to.equal('ACCESS_TOKEN_INVALID');
    expect((await ask(grant, basic())).json.error).to.equal('invalid_client');
  });

  it('do not become a secret that lasts: a token rotates no key without the right to', async () => {
    const token = await tokenOf('department.read');
    const path = `/v1/api-keys/${id}/rotate`;
    expect((await call(service, path, { key: token, body: {} })).json.code).to.equal('FORBIDDEN');
    expect((await call(service, path, { key: await tokenOf('keys.manage'), body: {} })).json.code).to.equal(
      'SCOPES_EXCEEDED',
    );
  });

  it('are kept as hashes, stand in the audit log without themselves, and in no log line', async () => {
    const token = await tokenOf();
    await codeFor(token);
    const rows = await Promise.all(
      (['access_tokens', 'audit_records'] as const).map((table) => service.db.selectFrom(table).selectAll().execute()),
    );
    const all = JSON.stringify(rows) + service.logged.join('');
    for (const text of [token, secret.slice(16)]) expect(all).to.not.include(text);
    expect(all).to.include('token.issue');
  });
});

describe('the limits of access tokens', () => {
  it('are counted for each client, and wrong secrets for each address', async () => {
    const MANY = 1_000_000;
    const limits = {
      caller: MANY,
      refused: 1,
      token: 1,
      signIn: MANY,
      signInOfAll: MANY,
      lookUp: MANY,
      facts: MANY,
      factsOfAll: MANY,
    };
    const service = await startService({ limits });
    try {
      const { id } = (await call(service, '/v1/me', { key: service.fehd.apiKey })).json.apiKey;
      const ask = (secret: string) =>
        call(service, '/oauth/token', {
          body: new URLSearchParams({
            grant_type: 'client_credentials',
            client_id: id,
            client_secret: secret,
          }).toString(),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        });
      const statuses = async (secret: string) => [
        (await ask(secret)).status,
        (await ask(secret)).status,
        (await ask(secret)).status,
      ];
      // three in a row: a minute that ends in between lets one more through, and stops the next all the same
      expect(await statuses(service.fehd.apiKey)).to.include(429);
      expect(await statuses(`ep_test_${'a'.repeat(43)}`)).to.include(429);
    } finally {
      await service.stop();
    }
  });
});
