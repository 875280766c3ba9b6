import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { expect } from 'chai';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { problem } from '../../../server/http/problem.ts';
import { PROBLEMS, PUBLIC_CODES } from '../../../server/http/statuses.ts';
import { call, type Exchange, newCredential, startService, type TestService } from './service.ts';

/** What only somebody who signed in can meet, by the test that meets it. */
const MET_ELSEWHERE = {
  '../webhooks/webhooks.test.ts': [
    'WEBHOOK_NOT_FOUND',
    'WEBHOOK_URL_REFUSED',
    'WEBHOOK_INACTIVE',
    'WEBHOOK_LIMIT',
    'DELIVERY_NOT_FOUND',
    'WEBHOOK_CHANGED',
  ],
  '../auth/sign-in.test.ts': ['SIGN_IN_INVALID', 'CSRF_REFUSED', 'DEPARTMENT_AMBIGUOUS', 'OFFICER_UNKNOWN'],
  '../auth/officers.test.ts': ['OFFICER_NOT_FOUND', 'OFFICER_EXISTS', 'OFFICER_CHANGED', 'OWN_ROLES', 'LAST_ADMIN'],
  '../views/views.test.ts': ['VIEW_NOT_FOUND', 'VIEW_EXISTS', 'VIEW_CHANGED', 'VIEW_LIMIT'],
  '../auth/access-tokens.test.ts': ['ACCESS_TOKEN_INVALID'],
  './rate-limit.test.ts': ['RATE_LIMITED'],
  './look-ups.test.ts': ['LOOK_UP_NO_MATCH'],
  './notices.test.ts': ['NOTICE_NOT_FOUND', 'NOTICE_CLOSED', 'NOTICE_LIMIT'],
  '../mail/delivery.test.ts': ['MAIL_WAITING', 'HOLDER_WITHOUT_EMAIL'],
  './body-pace.test.ts': ['BODY_TOO_SLOW'],
  '../auth/api-keys.test.ts': [
    'API_KEY_EXPIRED',
    'API_KEY_MODE',
    'API_KEY_NOT_FOUND',
    'API_KEY_INACTIVE',
    'API_KEY_LIMIT',
    'SCOPES_EXCEEDED',
  ],
  './renewal.test.ts': ['NOT_RENEWABLE', 'RENEWAL_TOO_EARLY', 'RENEWAL_TOO_LATE'],
  '../imports/submitted.test.ts': ['IMPORT_STATE', 'ROW_NOT_FOUND'],
  '../reports/reports.test.ts': ['REPORT_NOT_FOUND', 'REPORT_ANSWERED', 'REPORT_LIMIT'],
  '../shares/shares.test.ts': ['SHARE_NOT_FOUND', 'SHARE_OVER', 'SHARE_LIMIT', 'SHARE_EXPIRY_INVALID'],
  '../copies/copies.test.ts': ['COPY_NOT_FOUND', 'COPY_NOT_POSSIBLE', 'COPY_LIMIT', 'COPY_OVER'],
  '../requests/requests.test.ts': [
    'REQUEST_NOT_FOUND',
    'REQUEST_LIMIT',
    'REQUEST_CLOSED',
    'REQUEST_NOT_READABLE',
    'PROOF_NOT_AS_ASKED',
  ],
  '../companies/companies.test.ts': [
    'DELEGATION_ENDED',
    'DELEGATE_NOT_FOUND',
    'DELEGATE_EXISTS',
    'DELEGATE_LIMIT',
    'NOMINATION_NOT_FOUND',
    'NOMINATION_EXISTS',
    'NOMINATION_STATE',
  ],
  '../signing-keys/signing-keys.test.ts': [
    'SIGNING_KEY_NOT_FOUND',
    'SIGNING_KEY_TAKEN',
    'SIGNING_KEY_ENDED',
    'REGISTRY_REFUSES',
    'REGISTRY_UNAVAILABLE',
    'CREDENTIAL_DISBELIEVED',
  ],
  '../type-versions/type-versions.test.ts': ['TYPE_VERSION_NOT_FOUND', 'TYPE_VERSION_OPEN', 'TYPE_VERSION_STATE'],
  './drafts.test.ts': [
    'APPROVAL_REQUIRED',
    'DRAFT_NOT_FOUND',
    'DRAFT_STATE',
    'DRAFT_CHANGED',
    'CONTENT_CHANGED',
    'RULES_CHANGED',
  ],
};

describe('refusals', () => {
  let service: TestService;
  const met = new Set<string>();

  before(async () => {
    service = await startService({
      checks: {},
      trust: async () => {
        throw new Error('secret-of-the-house');
      },
    });
  });
  after(() => service.stop());

  /** The problem that a request is answered with, after everything that holds for all of them was checked. */
  async function refuse(path: string, exchange: Exchange = {}) {
    const answer = await call(service, path, { key: service.fehd.apiKey, ...exchange });
    const body = problem.parse(answer.json);
    expect(answer.headers.get('content-type')).to.equal('application/problem+json; charset=utf-8');
    expect(answer.status).to.equal(body.status).and.to.equal(PROBLEMS[body.code].status);
    expect(body.type).to.equal(`/problems#${body.code}`);
    expect(body.requestId).to.equal(answer.headers.get('x-request-id'));
    expect(body.instance).to.equal(new URL(service.url + path).pathname);
    met.add(body.code);
    return { ...body, headers: answer.headers };
  }

  const issue = (exchange: Exchange) => refuse('/v1/credentials', exchange);
  const issueWith = (change: (body: ReturnType<typeof newCredential>) => object) =>
    issue({ body: change(structuredClone(newCredential())) });
  const withClaims = (claims: object) => issueWith((body) => ({ ...body, claims: { ...body.claims, ...claims } }));

  describe('of who calls', () => {
    it('asks for an API key', async () => {
      const refusal = await refuse('/v1/credentials', { key: null });
      expect(refusal.code).to.equal('API_KEY_MISSING');
      expect(refusal.headers.get('www-authenticate')).to.equal('Bearer realm="e-Proof"');
    });

    for (const [what, authorization] of [
      ['an unknown key', `Bearer ep_test_${'a'.repeat(43)}`],
      ['a key that is cut', 'Bearer ep_test_abc'],
      ['another scheme', 'Basic dXNlcjpwYXNz'],
      ['no key at all', 'Bearer '],
    ] as const)
      it(`refuses ${what}`, async () => {
        const refusal = await refuse('/v1/me', { key: null, headers: { authorization } });
        expect(refusal.code).to.equal('API_KEY_INVALID');
        expect(refusal.headers.get('www-authenticate')).to.equal('Bearer realm="e-Proof"');
      });

    it('refuses a revoked key', async () => {
      const { db, fehd } = service;
      await db
        .updateTable('api_keys')
        .set({ revoked_at: new Date() })
        .where('issuer_id', '=', fehd.issuer.id)
        .execute();
      expect((await refuse('/v1/me')).code).to.equal('API_KEY_INVALID');
      await db.updateTable('api_keys').set({ revoked_at: null }).where('issuer_id', '=', fehd.issuer.id).execute();
    });

    it('refuses a key what is not in its scopes', async () => {
      const { db, fehd } = service;
      const scopes = ['credentials.read'] as const;
      const key = await createApiKey(db, { issuer: fehd.issuer, name: 'reader', isTest: true, scopes });
      expect((await refuse('/v1/credentials', { key, body: newCredential() })).code).to.equal('FORBIDDEN');
      expect((await call(service, '/v1/credentials', { key })).status).to.equal(200);
    });

    it('knows nobody who is not signed in, and says where none can', async () => {
      expect((await refuse('/v1/session', { key: null })).code).to.equal('SIGN_IN_REQUIRED');
      const body = { subject: 'a', name: 'A', roles: ['admin'] };
      const refusal = await refuse('/v1/officers', { body });
      expect(refusal.code).to.equal('SIGN_IN_UNAVAILABLE');
      expect(refusal.headers.get('retry-after')).to.equal('10');
      expect((await refuse('/auth/login', { key: null })).code).to.equal('SIGN_IN_UNAVAILABLE');
    });

    it('asks for the key before it reads a body', async () => {
      expect((await issue({ key: null, body: '{' })).code).to.equal('API_KEY_MISSING');
    });
  });

  describe('of where it goes', () => {
    it('knows nothing at an unknown address', async () => {
      expect((await refuse('/v1/licences')).code).to.equal('ROUTE_UNKNOWN');
    });

    it('knows nothing at an address that cannot be decoded', async () => {
      expect((await refuse('/v1/types/%E0%A4%A')).code).to.equal('ROUTE_UNKNOWN');
    });

    it('lists the methods of an address that does not know this one', async () => {
      const refusal = await refuse('/v1/credentials', { method: 'DELETE' });
      expect(refusal.code).to.equal('METHOD_NOT_ALLOWED');
      expect(refusal.headers.get('allow')).to.equal('GET, HEAD, POST, OPTIONS');
      expect((await refuse('/v1/credentials/x/revoke', { method: 'GET' })).headers.get('allow')).to.equal(
        'POST, OPTIONS',
      );
    });

    it('names a query parameter that it does not know', async () => {
      const refusal = await refuse('/v1/credentials?holder=x');
      expect(refusal.code).to.equal('QUERY_INVALID');
      expect(refusal.errors).to.deep.equal([
        { parameter: 'holder', code: 'FIELD_UNKNOWN', detail: '"holder" is not known here' },
      ]);
    });

    for (const [query, parameter] of [
      ['limit=0', 'limit'],
      ['limit=201', 'limit'],
      ['limit=ten', 'limit'],
      ['limit=1&limit=2', 'limit'],
      ['state=lost', 'state'],
      ['created_from=yesterday', 'created_from'],
      ['expiring_to=2026-02-30', 'expiring_to'],
      ['expiring_from=1899-12-31', 'expiring_from'],
      ['type=%00', 'type'],
      ['order=up', 'order'],
    ] as const)
      it(`refuses the query ${query}`, async () => {
        const refusal = await refuse(`/v1/credentials?${query}`);
        expect(refusal.code).to.equal('QUERY_INVALID');
        expect(refusal.errors?.map((error) => error.parameter)).to.deep.equal([parameter]);
      });

    for (const cursor of ['x', 'crd_1', Buffer.from('asc:1').toString('base64url')])
      it(`refuses the cursor ${cursor}`, async () => {
        expect((await refuse(`/v1/credentials?starting_after=${cursor}`)).code).to.equal('CURSOR_INVALID');
      });

    it('has no type of another department', async () => {
      expect((await refuse('/v1/types/TD-DL')).code).to.equal('TYPE_NOT_FOUND');
    });
  });

  describe('of a body', () => {
    it('asks for an Idempotency-Key, by name', async () => {
      const refusal = await issue({ body: newCredential(), headers: { 'idempotency-key': '' } });
      expect(refusal.code).to.equal('IDEMPOTENCY_KEY_MISSING');
      expect(refusal.detail).to.equal('the header "Idempotency-Key" is required');
    });

    for (const key of ['a b', 'x'.repeat(256), 'é'])
      it(`refuses the Idempotency-Key ${key.slice(0, 8)}`, async () => {
        expect((await issue({ body: newCredential(), headers: { 'idempotency-key': key } })).code).to.equal(
          'IDEMPOTENCY_KEY_INVALID',
        );
      });

    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
      'multipart/form-data; boundary=x',
    ])
      it(`refuses ${type}`, async () => {
        expect((await issue({ body: '{}', headers: { 'content-type': type } })).code).to.equal(
          'CONTENT_TYPE_UNSUPPORTED',
        );
      });

    it('refuses a compressed body', async () => {
      expect((await issue({ body: '{}', headers: { 'content-encoding': 'br' } })).code).to.equal(
        'CONTENT_TYPE_UNSUPPORTED',
      );
    });

    it('refuses a body that is over the limit by one byte', async () => {
      const text = (size: number) => JSON.stringify({ type: 'x'.repeat(size - '{"type":""}'.length) });
      expect((await issue({ body: text(262_145) })).code).to.equal('BODY_TOO_LARGE');
      expect((await issue({ body: text(262_144) })).code).to.equal('VALIDATION_FAILED');
    });

    it('refuses a body by the size that it says it has', async () => {
      const answer = await sendRaw(service, ['Content-Length: 1000000000', 'Content-Type: application/json'], '{');
      expect(answer).to.match(/^HTTP\/1\.1 413 /);
      expect(answer)
        .to.include('"code":"BODY_TOO_LARGE"')
        .and.to.match(/^Connection: close\r$/im);
    });

    it('cuts off a body that never ends', async () => {
      const chunk = 'a'.repeat(1_048_576);
      const endless = `${chunk.length.toString(16)}\r\n${chunk}\r\n`.repeat(8);
      const answer = await sendRaw(service, ['Transfer-Encoding: chunked', 'Content-Type: application/json'], endless);
      expect(answer).to.satisfy((text: string) => text === '' || text.includes('BODY_TOO_LARGE'));
    });

    for (const [what, body, where] of [
      ['is empty', ' ', 'this is not JSON: the body is empty'],
      ['is cut', '{"type": "FEHD-GRL", ', 'this is not JSON at line 1, column 22'],
      ['has a comma too much', '{"type": "FEHD-GRL",\n "claims": {},}', 'this is not JSON at line 2, column 15'],
      ['goes on after its end', '{} {}', 'text follows the JSON value at line 1, column 4'],
      ['has a name twice', '{"type": "a", "type": "b"}', 'the name "type" stands twice in one object'],
    ] as const)
      it(`says where JSON that ${what} is broken`, async () => {
        const refusal = await issue({ body });
        expect(refusal.code).to.equal('JSON_INVALID');
        expect(refusal.detail).to.equal(where);
      });

    it('refuses what is not UTF-8', async () => {
      const refusal = await issue({ body: Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d) });
      expect(refusal).to.include({ code: 'JSON_INVALID', detail: 'the body is not UTF-8' });
    });

    it('refuses a bomb of depth', async () => {
      expect((await issue({ body: '['.repeat(200_000) })).code).to.equal('JSON_TOO_DEEP');
      expect((await issue({ body: '{"a":'.repeat(40_000) })).code).to.equal('JSON_TOO_DEEP');
    });

    it('never repeats a value of a broken body', async () => {
      const refusal = await issue({ body: '{"claims": {"name": "CHAN Tai Man" "x"}}' });
      expect(JSON.stringify(refusal)).to.not.include('CHAN');
    });
  });

  describe('of a credential', () => {
    const pointersOf = (errors: { pointer?: string | undefined; code: string }[] | undefined) =>
      errors?.map(({ pointer, code }) => [pointer, code]);

    it('names an unknown type', async () => {
      const refusal = await issueWith((body) => ({ ...body, type: 'FEHD-XYZ' }));
      expect(refusal.code).to.equal('TYPE_UNKNOWN');
      expect(pointersOf(refusal.errors)).to.deep.equal([['#/type', 'TYPE_UNKNOWN']]);
    });

    it("refuses another department's type", async () => {
      expect((await issue({ body: newCredential('TD-DL') })).code).to.equal('TYPE_NOT_YOURS');
    });

    it('names a missing claim, an unknown one and a wrong date at once', async () => {
      const refusal = await issueWith(({ claims: { licenceNumber: _, ...claims }, ...body }) => ({
        ...body,
        claims: { ...claims, nickname: 'x' },
        validity: { ...body.validity, validFrom: '2026-02-30' },
      }));
      expect(refusal.code).to.equal('VALIDATION_FAILED');
      expect(pointersOf(refusal.errors)).to.have.deep.members([
        ['#/claims/licenceNumber', 'CLAIM_MISSING'],
        ['#/claims/nickname', 'CLAIM_UNKNOWN'],
        ['#/validity/validFrom', 'DATE_INVALID'],
      ]);
    });

    it('names the very place of a wrong value', async () => {
      const refusal = await withClaims({ licenseeName: { en: 7 } });
      expect(pointersOf(refusal.errors)).to.deep.equal([['#/claims/licenseeName/en', 'CLAIM_INVALID']]);
    });

    const KEY = 'AmsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKW';
    for (const [what, holderKey] of [
      ['is empty', ''],
      ['is a word', 'CANARY'],
      ['has padding', `${KEY.slice(0, 43)}=`],
      ['is of the other alphabet', KEY.replace('-', '+')],
      ['is a byte too short', KEY.slice(0, 42)],
      ['is a byte too long', `${KEY}AA`.slice(0, 46)],
      ['is not compressed', `B${KEY.slice(1)}`],
      ['is no point of the curve', Buffer.from(`02${'1'.padStart(64, '0')}`, 'hex').toString('base64url')],
    ] as const)
      it(`refuses a holder's key that ${what}`, async () => {
        const refusal = await issueWith((body) => ({ ...body, holderKey }));
        expect(refusal.code).to.equal('VALIDATION_FAILED');
        expect(pointersOf(refusal.errors)).to.deep.equal([['#/holderKey', 'HOLDER_KEY_INVALID']]);
        expect(JSON.stringify(refusal)).to.not.include(holderKey || 'undefined');
      });

    it("names a holder's key that is no text or far too long, and one that is wrong beside a claim that is", async () => {
      for (const holderKey of [null, 7, ['x'], 'A'.repeat(61)]) {
        const refusal = await issueWith((body) => ({ ...body, holderKey }));
        expect(pointersOf(refusal.errors)).to.deep.equal([['#/holderKey', 'FIELD_INVALID']]);
      }
      const both = await issueWith((body) => ({ ...body, holderKey: 'x', claims: { ...body.claims, nickname: 'x' } }));
      expect(pointersOf(both.errors)).to.have.deep.members([
        ['#/claims/nickname', 'CLAIM_UNKNOWN'],
        ['#/holderKey', 'HOLDER_KEY_INVALID'],
      ]);
    });

    for (const [what, text, rule] of [
      ['not NFC', 'Cafe\u0301', 'NFC'],
      ['a lone surrogate', 'a\ud800b', 'surrogate'],
      ['a control character', 'a\u0000b', 'control'],
      ['a change of direction', 'abc\u202ecba', 'direction'],
    ] as const)
      it(`refuses text that has ${what}`, async () => {
        const refusal = await withClaims({ shopSign: { en: text } });
        expect(refusal.errors?.[0]).to.include({ pointer: '#/claims/shopSign/en', code: 'CLAIM_INVALID' });
        expect(refusal.errors?.[0]?.detail).to.include(rule);
      });

    it('refuses what does not fit into a QR code', async () => {
      const text = (length: number) => ({ en: 'Wong '.repeat(length / 5).trim(), 'zh-Hant': '黃'.repeat(length) });
      const refusal = await withClaims({ licenseeName: text(160), shopSign: text(160), premisesAddress: text(240) });
      expect(refusal.code).to.equal('QR_TOO_LARGE');
    });

    it('refuses the name __proto__ in every object', async () => {
      const text = JSON.stringify(newCredential());
      const polluted = (where: string) =>
        issue({ body: text.replace(where, `${where}"__proto__":{"polluted":true},`) });
      expect(pointersOf((await polluted('{')).errors)).to.deep.equal([['#/__proto__', 'FIELD_UNKNOWN']]);
      expect(pointersOf((await polluted('"claims":{')).errors)).to.deep.equal([
        ['#/claims/__proto__', 'CLAIM_UNKNOWN'],
      ]);
      expect(pointersOf((await polluted('"validity":{')).errors)).to.deep.equal([
        ['#/validity/__proto__', 'FIELD_UNKNOWN'],
      ]);
      expect({}).to.not.have.property('polluted');
    });

    it('names every field of the wrong shape', async () => {
      const refusal = await issue({
        body: { claims: [], validity: { validFrom: 5 }, holder: { email: 'nobody', language: 'fr' } },
      });
      expect(refusal.code).to.equal('VALIDATION_FAILED');
      expect(refusal.errors).to.deep.equal([
        { pointer: '#/type', code: 'FIELD_MISSING', detail: '"type" is required' },
        { pointer: '#/claims', code: 'FIELD_INVALID', detail: '"claims" must be an object' },
        { pointer: '#/validity/validFrom', code: 'FIELD_INVALID', detail: '"validity/validFrom" must be text' },
        { pointer: '#/holder/email', code: 'FIELD_INVALID', detail: '"holder/email" must be an e-mail address' },
        {
          pointer: '#/holder/language',
          code: 'FIELD_INVALID',
          detail: '"holder/language" must be one of en, zh-Hant, zh-Hans',
        },
      ]);
    });

    for (const body of ['null', '[]', '"text"', '7'])
      it(`refuses ${body} for a body`, async () => {
        expect((await issue({ body })).errors?.[0]).to.include({ pointer: '#', detail: '"body" must be an object' });
      });

    it('refuses what is larger than a proof may be', async () => {
      const conditions = Array.from({ length: 200 }, () => ({ en: 'x'.repeat(400) }));
      expect((await withClaims({ conditions })).code).to.equal('CREDENTIAL_TOO_LARGE');
    });

    it('refuses a type that is not open', async () => {
      const { db, fehd } = service;
      const rows = await db
        .deleteFrom('credential_types')
        .where('issuer_id', '=', fehd.issuer.id)
        .where('code', '=', 'FEHD-GRL')
        .returningAll()
        .execute();
      expect((await issue({ body: newCredential() })).code).to.equal('TYPE_NOT_OPEN');
      await db.insertInto('credential_types').values(rows).execute();
    });

    for (const [state, code, seconds] of [
      ['provisioning', 'ISSUER_NOT_READY', '5'],
      ['held', 'ISSUER_HELD', '300'],
    ] as const)
      it(`refuses a department that is ${state}`, async () => {
        const { db, fehd } = service;
        const setState = (to: 'active' | typeof state) =>
          db.updateTable('issuers').set({ state: to, held_reason: 'test' }).where('id', '=', fehd.issuer.id).execute();
        await setState(state);
        const refusal = await issue({ body: newCredential() });
        await setState('active');
        expect(refusal.code).to.equal(code);
        expect(refusal.headers.get('retry-after')).to.equal(seconds);
      });
  });

  describe('of what is done with a credential', () => {
    let id: string;
    const act = (name: string, body: unknown = { reason: 'ceased' }) =>
      refuse(`/v1/credentials/${id}/${name}`, { body });
    const done = async (name: string, body: unknown = { reason: 'ceased' }) =>
      expect(
        (await call(service, `/v1/credentials/${id}/${name}`, { key: service.fehd.apiKey, body })).status,
      ).to.equal(202);

    beforeEach(async () => {
      id = (await call(service, '/v1/credentials', { key: service.fehd.apiKey, body: newCredential() })).json.id;
    });

    for (const part of ['pdf', 'qr.png', 'qr.svg', 'qr.txt', 'proof'])
      it(`has no ${part} before it is final, and says when to ask again`, async () => {
        const refusal = await refuse(`/v1/credentials/${id}/${part}`);
        expect(refusal.code).to.equal('NOT_FINAL');
        expect(refusal.headers.get('retry-after')).to.equal('2');
      });

    it('does not revoke twice', async () => {
      await done('revoke');
      for (const name of ['revoke', 'suspend', 'reinstate']) expect((await act(name)).code).to.equal('ALREADY_REVOKED');
      expect((await act('replace', newCredential('FEHD-GRL', 1))).code).to.equal('ALREADY_REVOKED');
    });

    it('has no document of a credential that was erased, and keeps no note to it', async () => {
      const { db, fehd } = service;
      expect((await act('erase', { confirm: 'erase' })).code).to.equal('NOT_FINAL');
      await db.updateTable('credentials').set({ state: 'final' }).where('issuer_id', '=', fehd.issuer.id).execute();
      expect((await act('erase', { confirm: 'yes' })).code).to.equal('VALIDATION_FAILED');
      const erased = await call(service, `/v1/credentials/${id}/erase`, {
        key: fehd.apiKey,
        body: { confirm: 'erase' },
      });
      expect(erased.json.erasedAt).to.be.a('string');
      for (const part of ['pdf', 'qr.txt', 'proof'])
        expect((await refuse(`/v1/credentials/${id}/${part}`)).code).to.equal('CREDENTIAL_ERASED');
      expect((await act('revoke', { reason: 'ceased', note: 'x' })).code).to.equal('CREDENTIAL_ERASED');
    });

    it('does not suspend twice', async () => {
      await done('suspend');
      expect((await act('suspend')).code).to.equal('ALREADY_SUSPENDED');
    });

    for (const [until, code] of [
      ['2020-01-01', 'DATE_PASSED'],
      ['2026-02-30', 'DATE_INVALID'],
    ] as const)
      it(`does not suspend until ${until}`, async () => {
        const refusal = await act('suspend', { reason: 'ceased', until });
        expect(refusal.code).to.equal('VALIDATION_FAILED');
        expect(refusal.errors?.[0]).to.include({ pointer: '#/until', code });
      });

    it('does not suspend twice to the same day', async () => {
      await done('suspend', { reason: 'ceased', until: '2999-01-01' });
      expect((await act('suspend', { reason: 'ceased', until: '2999-01-01' })).code).to.equal('ALREADY_SUSPENDED');
      await done('suspend', { reason: 'ceased', until: '2999-01-02' });
    });

    it('does not reinstate what is not suspended', async () => {
      expect((await act('reinstate')).code).to.equal('NOT_SUSPENDED');
    });

    it('does not replace twice', async () => {
      await done('replace', newCredential('FEHD-GRL', 1));
      expect((await act('replace', newCredential('FEHD-GRL', 2))).code).to.equal('ALREADY_SUPERSEDED');
    });

    it('does nothing with what failed', async () => {
      await service.db
        .updateTable('credentials')
        .set({ state: 'failed', failure: 'test' })
        .where('issuer_id', '=', service.fehd.issuer.id)
        .execute();
      expect((await act('revoke')).code).to.equal('CREDENTIAL_FAILED');
    });

    it('does not move an end to where it is', async () => {
      const body = { pendingRenewal: true };
      await done('extend', body);
      expect((await act('extend', body)).code).to.equal('VALIDITY_UNCHANGED');
      for (const both of [{}, { ...body, validUntil: '2999-01-01' }])
        expect((await act('extend', both)).errors?.[0]).to.include({ pointer: '#/validUntil' });
    });

    it('decides nothing twice, nothing that is not there, and nothing alone where two have to', async () => {
      await service.db
        .insertInto('issuing_rules')
        .values({
          issuer_id: service.fehd.issuer.id,
          code: 'FEHD-GRL',
          approvals: 0,
          status_approvals: 1,
          changed_by: 'test',
        })
        .execute();
      const key = service.fehd.apiKey;
      const asked = (await call(service, `/v1/credentials/${id}/revoke`, { key, body: { reason: 'ceased' } })).json;
      await service.db.deleteFrom('issuing_rules').execute();
      const decide = (one: string, verb: string) => refuse(`/v1/status-changes/${one}/${verb}`, { body: {} });
      expect((await decide(asked.id, 'confirm')).code).to.equal('SAME_PERSON');
      await call(service, `/v1/status-changes/${asked.id}/cancel`, { key, body: {} });
      expect((await decide(asked.id, 'cancel')).code).to.equal('OPERATION_CLOSED');
      for (const one of ['sop_999999', 'x', '__proto__'])
        expect((await decide(one, 'cancel')).code).to.equal('OPERATION_NOT_FOUND');
    });

    it('names a reason that there is not', async () => {
      const refusal = await act('revoke', { reason: 'because' });
      expect(refusal.errors?.[0]).to.include({ pointer: '#/reason', code: 'FIELD_INVALID' });
    });

    it('does not find what is not there', async () => {
      for (const path of ['crd_000000000000', 'x', '%00', '__proto__', 'crd_../../..'])
        expect((await refuse(`/v1/credentials/${encodeURIComponent(path)}`)).code).to.equal('CREDENTIAL_NOT_FOUND');
    });
  });

  describe('of a repeated key', () => {
    it('answers the same request the same, byte for byte', async () => {
      const exchange = { key: service.fehd.apiKey, body: newCredential(), headers: { 'idempotency-key': 'same' } };
      const first = await call(service, '/v1/credentials', exchange);
      const second = await call(service, '/v1/credentials', exchange);
      expect(second).to.deep.include({ status: first.status, text: first.text });
      expect([first, second].map(({ headers }) => headers.get('idempotency-replayed'))).to.deep.equal([null, 'true']);
      expect(second.headers.get('location')).to.equal(first.headers.get('location'));
    });

    it('refuses another body under it', async () => {
      const exchange = { headers: { 'idempotency-key': 'other-body' } };
      await call(service, '/v1/credentials', { key: service.fehd.apiKey, body: newCredential(), ...exchange });
      expect((await issue({ body: newCredential('FEHD-GRL', 1), ...exchange })).code).to.equal(
        'IDEMPOTENCY_KEY_REUSED',
      );
    });

    it('does one of many at the same time, and tells the others to come back', async () => {
      const exchange = { key: service.fehd.apiKey, body: newCredential(), headers: { 'idempotency-key': 'race' } };
      const answers = await Promise.all(Array.from({ length: 8 }, () => call(service, '/v1/credentials', exchange)));
      const made = answers.filter(({ status, headers }) => status === 202 && !headers.has('idempotency-replayed'));
      const conflicts = answers.filter(({ status }) => status === 409);
      expect(made).to.have.length(1);
      expect(new Set(answers.filter(({ status }) => status === 202).map(({ json }) => json.id)).size).to.equal(1);
      for (const { json, headers } of conflicts) {
        met.add(json.code);
        expect(json.code).to.equal('IDEMPOTENCY_CONFLICT');
        expect(headers.get('retry-after')).to.equal('1');
      }
      expect(conflicts).to.not.be.empty;
    });

    it('lets two departments use the same one', async () => {
      const headers = { 'idempotency-key': 'both' };
      const bodies = [newCredential(), newCredential('TD-DL')];
      const keys = [service.fehd.apiKey, service.td.apiKey];
      const answers = await Promise.all(
        keys.map((key, i) => call(service, '/v1/credentials', { key, headers, body: bodies[i] })),
      );
      expect(answers.map(({ status }) => status)).to.deep.equal([202, 202]);
    });
  });

  describe('of a file of many', () => {
    const upload = (query: string, body: string, headers: Record<string, string> = {}) =>
      refuse(`/v1/imports?type=FEHD-GRL${query}`, {
        body,
        headers: { 'content-type': 'text/csv', ...headers },
      });

    it('names the columns that its first line must have', async () => {
      const refusal = await upload('', 'a,b\n1,2\n');
      expect(refusal.code).to.equal('IMPORT_HEADER_INVALID');
      expect(refusal.errors?.map(({ pointer }) => pointer)).to.include.members([
        '#/columns/0',
        '#/columns/1',
        '#/columns',
      ]);
    });

    it('refuses headers that say no part of a file', async () => {
      for (const headers of [{ 'upload-offset': 'x' }, { 'upload-complete': 'yes' }])
        expect((await upload('', '', headers as Record<string, string>)).code).to.equal('UPLOAD_HEADER_INVALID');
    });

    it('refuses what is neither NDJSON nor CSV in UTF-8', async () => {
      for (const type of ['application/json', 'text/csv; charset=big5', 'application/zip'])
        expect((await upload('', '', { 'content-type': type })).code).to.equal('CONTENT_TYPE_UNSUPPORTED');
    });

    it('refuses a beginning that nobody sent', async () => {
      expect((await upload('', '', { 'upload-offset': '10' })).code).to.equal('IMPORT_OFFSET_WRONG');
    });

    it('refuses a query of another shape', async () => {
      for (const query of ['&mode=some', '&dryRun=1', '&other=1'])
        expect((await upload(query, '')).code).to.equal('QUERY_INVALID');
    });

    it('refuses more rows than a file may have', async () => {
      const key = { 'content-type': 'application/x-ndjson', 'idempotency-key': 'too-many' };
      const body = '\n'.repeat(5_000);
      await call(service, '/v1/imports?type=FEHD-GRL', {
        key: service.fehd.apiKey,
        body,
        headers: { ...key, 'upload-complete': '?0' },
      });
      await service.db
        .updateTable('imports')
        .set({ lines: 999_999 })
        .where('idempotency_key', '=', 'too-many')
        .execute();
      const refusal = await upload('', '\n\n', { ...key, 'upload-offset': String(body.length) });
      expect(refusal.code).to.equal('IMPORT_TOO_LARGE');
    });

    it('does not find an import that is not there', async () => {
      for (const path of ['imp_999999', 'x', 'imp_0/errors', 'imp_7e1/errors.csv'])
        expect((await refuse(`/v1/imports/${path}`)).code).to.equal('IMPORT_NOT_FOUND');
    });
  });

  describe('of what nobody foresaw', () => {
    it('says nothing of it to the caller, and all to one line of the log', async () => {
      service.logged.length = 0;
      const refusal = await refuse('/trust.json');
      expect(refusal).to.include({ code: 'INTERNAL_ERROR', status: 500 });
      expect(JSON.stringify(refusal)).to.not.include('secret-of-the-house');
      const lines = service.logged.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error');
      expect(lines).to.have.length(1);
      expect(lines[0]).to.deep.include({ requestId: refusal.requestId, msg: 'request failed' });
      expect(lines[0].err.message).to.equal('secret-of-the-house');
    });

    it('notes that a body was cut off, and takes it for no failure of its own', async () => {
      service.logged.length = 0;
      await sendRaw(service, ['Content-Length: 100', 'Content-Type: application/json'], '{', true);
      const line = await logLine(service, (entry) => entry.route === '/v1/credentials' && entry.aborted === true);
      expect(line.status).to.equal(null);
      expect(service.logged.filter((entry) => entry.includes('"level":"error"'))).to.be.empty;
      // nobody is left to read the answer
      met.add('BODY_INCOMPLETE');
    });
  });

  describe('altogether', () => {
    it('have every code that a caller can meet', () => {
      for (const [file, codes] of Object.entries(MET_ELSEWHERE)) {
        const text = readFileSync(new URL(file, import.meta.url), 'utf8');
        for (const code of codes) {
          expect(text, file).to.include(`'${code}'`);
          met.add(code);
        }
      }
      expect([...met].sort()).to.deep.equal([...PUBLIC_CODES].sort());
    });
  });
});

/** What comes back on a connection of its own, on which the client may break every rule. */
function sendRaw({ url, fehd }: TestService, headers: string[], body: string, hangUp = false): Promise<string> {
  const { hostname, port } = new URL(url);
  const lines = [
    'POST /v1/credentials HTTP/1.1',
    `Host: ${hostname}`,
    `Authorization: Bearer ${fehd.apiKey}`,
    'Idempotency-Key: raw',
    ...headers,
  ];
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
      if (hangUp) setTimeout(() => socket.destroy(), 100);
    });
    socket.on('data', (bytes) => {
      answer += bytes.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

// biome-ignore lint/suspicious/noExplicitAny: lines of a log have any shape
async function logLine({ logged }: TestService, isIt: (entry: any) => boolean): Promise<any> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const found = logged.map((line) => JSON.parse(line)).find(isIt);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('there is no such line in the log');
}
