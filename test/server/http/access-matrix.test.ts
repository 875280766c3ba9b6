import { expect } from 'chai';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { ACTS, type Act, MAY, ROLES } from '../../../server/auth/policy.ts';
import {
  type Entry,
  type Ids,
  MATRIX,
  makeThings,
  newKey,
  OF_OFFICERS,
  preview,
  previewNotice,
  type Things,
  webhook,
} from './access.ts';
import { call, newCredential, startService, type TestService } from './service.ts';

/** For whoever is signed in, of no department's key: test/server/auth. */
const OF_SESSIONS = [
  'getSession',
  'listHolderCredentials',
  'getHolderCredential',
  'getHolderPdf',
  'getHolderQrPng',
  'getHolderQrSvg',
  'getHolderQrTxt',
  'getHolderProof',
  'createReport',
  'listOwnReports',
  'createShare',
  'listShares',
  'endShare',
  'listAllShares',
  'createCopy',
  'listCopies',
  'listAllCopies',
  'getCopyProof',
  'endCopy',
  'listOwnCompanies',
  'listDelegates',
  'addDelegate',
  'endDelegate',
  'listCompanyActs',
  'listOwnRequests',
  'getOwnRequest',
  'consentToRequest',
  'refuseRequest',
  'withdrawConsent',
];

interface Operation {
  name: string;
  method: string;
  path: string;
  security: Record<string, unknown>[];
}

describe('access matrix', () => {
  let service: TestService;
  let operations: Operation[];
  let things: Things;
  let own: Ids;
  const nothing: Ids = {
    credential: 'crd_000000000000',
    draft: 'drf_999999',
    type: 'FEHD-X',
    officer: 'off_999999',
    operation: 'sop_999999',
    notice: 'ntc_999999',
    webhook: 'whk_999999',
    delivery: 'dlv_999999',
    key: 'key_999999',
    import: 'imp_999999',
    report: 'rep_999999',
    nomination: 'nom_999999',
    'signing-key': `0x${'99'.repeat(20)}`,
    'type-version': 'tvn_999999',
    request: 'req_999999',
    view: 'viw_999999',
  };
  /** Of the kinds that come to an end, one that has. */
  const ended: Ids = { ...nothing };
  const keys = new Map<string, string>();

  before(async () => {
    service = await startService();
    operations = await readOperations();
    things = await makeThings(service);
    own = things.ids;
  });
  after(() => service.stop());

  async function make(path: string, body: object): Promise<string> {
    return (await call(service, path, { key: service.fehd.apiKey, body })).json.id;
  }

  async function end(): Promise<void> {
    ended.operation = await preview(service);
    ended.notice = await previewNotice(service);
    ended.webhook = await make('/v1/webhooks', webhook);
    ended.key = await make('/v1/api-keys', newKey);
    ended.draft = await make('/v1/drafts', newCredential());
    ended.credential = await make('/v1/credentials', newCredential());
    for (const path of [
      `/v1/status-changes/${ended.operation}/cancel`,
      `/v1/notices/${ended.notice}/cancel`,
      `/v1/webhooks/${ended.webhook}/deactivate`,
      `/v1/api-keys/${ended.key}/deactivate`,
      `/v1/drafts/${ended.draft}/discard`,
    ])
      expect((await call(service, path, { key: service.fehd.apiKey, body: {} })).status, path).to.equal(200);
    const revoked = { key: service.fehd.apiKey, body: { reason: 'ceased' } };
    expect((await call(service, `/v1/credentials/${ended.credential}/revoke`, revoked)).status).to.be.below(300);
  }

  async function readOperations(): Promise<Operation[]> {
    const { json } = await call(service, '/openapi.json');
    return Object.entries(json.paths as Record<string, Record<string, { operationId: string; security?: [] }>>).flatMap(
      ([path, methods]) =>
        Object.entries(methods).map(([method, { operationId, security = [] }]) => ({
          name: operationId,
          method: method.toUpperCase(),
          path,
          security,
        })),
    );
  }

  /** The routes that a department's key opens; the others are open to all, or for whoever is signed in. */
  const ofDepartments = () => operations.filter(({ security }) => security.some((way) => 'apiKey' in way));
  const entryOf = ({ name }: Operation): Entry => MATRIX[name] ?? expect.fail(`"${name}" is not in the matrix`);

  async function keyWith(scopes: readonly Act[]): Promise<string> {
    const text = scopes.join(' ');
    const known = keys.get(text);
    if (known) return known;
    const { issuer } = service.fehd;
    const key = await createApiKey(service.db, { issuer, name: 'scoped', isTest: true, scopes });
    keys.set(text, key);
    return key;
  }

  // what is previewed is open until it is decided: each question has one of its own
  async function ask(operation: Operation, { key, ids }: { key: string | null; ids: Ids }) {
    const { of = 'credential', body, query = '', headers = {} } = entryOf(operation);
    if (of === 'operation') own.operation = await preview(service);
    if (of === 'notice') own.notice = await previewNotice(service);
    const path = operation.path.replace('{id}', ids[of]) + query;
    return call(service, path, { key, headers, method: operation.method, ...(body ? { body: body(things) } : {}) });
  }

  it('has every route of a department, and no other', () => {
    expect(ofDepartments().map(({ name }) => name)).to.have.members(Object.keys(MATRIX));
    const ofSessions = operations.filter((one) => one.security.length > 0 && !ofDepartments().includes(one));
    expect(ofSessions.map(({ name }) => name)).to.have.members([...OF_SESSIONS, ...Object.keys(OF_OFFICERS)]);
  });

  it('asks who is calling on every route that is not open', async () => {
    for (const operation of operations.filter(({ security }) => security.length > 0)) {
      const path = operation.path.replace('{id}', own.credential);
      const { status } = await call(service, path, { method: operation.method });
      expect(status, operation.name).to.equal(401);
    }
    for (const { name, method, path } of operations.filter(({ security }) => security.length === 0)) {
      const { status } = await call(service, path, { method, ...(method === 'POST' ? { body: {} } : {}) });
      expect(status, name).to.not.be.oneOf([401, 403]);
    }
  });

  it('lets a scope do what it says, and nothing else', async () => {
    for (const operation of ofDepartments()) {
      const { act, or } = entryOf(operation);
      const others = ACTS.filter((one) => one !== act && one !== or);
      const without = await ask(operation, { key: await keyWith(others), ids: own });
      if (act === null) expect(without.status, operation.name).to.equal(200);
      else expect([without.status, without.json?.code], operation.name).to.deep.equal([403, 'FORBIDDEN']);
      if (act === null) continue;
      const only = await ask(operation, { key: await keyWith([act]), ids: own });
      expect(only.status, operation.name).not.to.be.oneOf([401, 403, 404, 422, 500]);
    }
  });

  it('asks for the right before it looks for the thing', async () => {
    for (const operation of ofDepartments().filter(({ path }) => path.includes('{id}'))) {
      const { act, or, sometimes = [] } = entryOf(operation);
      const key = await keyWith(ACTS.filter((one) => ![act, or, ...sometimes].includes(one)));
      const { status, json } = await ask(operation, { key, ids: nothing });
      expect([status, json.code], operation.name).to.deep.equal([403, 'FORBIDDEN']);
    }
  });

  it('asks for the right before it says that the thing has come to its end', async () => {
    await end();
    const isOfEnded = ({ of = 'credential' }: Entry) => ended[of] !== nothing[of];
    for (const operation of ofDepartments().filter((one) => one.path.includes('{id}') && isOfEnded(entryOf(one)))) {
      const { act, or } = entryOf(operation);
      const key = await keyWith(ACTS.filter((one) => one !== act && one !== or));
      const { status, json } = await ask(operation, { key, ids: ended });
      expect([status, json.code], operation.name).to.deep.equal([403, 'FORBIDDEN']);
    }
  });

  for (const role of ROLES)
    it(`gives the role ${role} what the policy says, on every route`, async () => {
      const key = await keyWith(MAY[role]);
      for (const operation of ofDepartments()) {
        const { act, or } = entryOf(operation);
        const { status } = await ask(operation, { key, ids: own });
        const isAllowed = act === null || MAY[role].some((one) => one === act || one === or);
        expect(status === 403, `${role} ${operation.name}: ${status}`).to.equal(!isAllowed);
      }
    });

  it("answers for another department's things as for nothing, whatever the caller may do", async () => {
    for (const operation of ofDepartments().filter(({ path }) => path.includes('{id}'))) {
      const key = service.td.apiKey;
      const [others, nobodys] = [await ask(operation, { key, ids: own }), await ask(operation, { key, ids: nothing })];
      expect(others.status, operation.name).to.equal(404);
      expect(toldBy(others.json), operation.name).to.deep.equal(toldBy(nobodys.json));
    }
  });
});

function toldBy({ requestId: _, instance: __, ...told }: Record<string, unknown>): object {
  return told;
}
