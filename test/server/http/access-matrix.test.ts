import { expect } from 'chai';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { ACTS, type Act, MAY, ROLES } from '../../../server/auth/policy.ts';
import { finalise } from '../finalise.ts';
import { call, newCredential, startService, type TestService } from './service.ts';

type Kind =
  | 'credential'
  | 'draft'
  | 'type'
  | 'officer'
  | 'operation'
  | 'notice'
  | 'webhook'
  | 'delivery'
  | 'key'
  | 'import';

interface Entry {
  /** What it takes; null where every caller may. */
  act: Act | null;
  /** Another that will do. */
  or?: Act;
  /** Others that it takes instead, where the rule of a type or what is found says so. */
  sometimes?: readonly Act[];
  /** What "{id}" names. */
  of?: Kind;
  body?: () => object | string;
  query?: string;
  headers?: Record<string, string>;
}

const reading = (of: Kind): Entry => ({ act: 'credentials.read', of });
const changing: Entry = { act: 'status.change', of: 'credential', body: () => ({ reason: 'ceased' }) };
const preparing: Entry = { act: 'credentials.prepare', of: 'draft', body: () => ({}) };
const managing = (of: 'webhook' | 'delivery'): Entry => ({ act: 'webhooks.manage', of });
const webhook = { url: 'https://example.com/hook', events: ['credential.final'] };
const newKey = { name: 'key', scopes: ['keys.manage'] };
const newNotice = { type: 'FEHD-GRL', from: '2026-01-01', to: '2026-01-31', validUntil: '2026-03-31', law: 'L.N. 1' };
const roles = () => ({ roles: ['auditor'] });

/** Printed on a credential that only officers may read. */
let restricted: string;

/** Who may what, for every route of a department. A new route fails here until it is told. */
const MATRIX: Record<string, Entry> = {
  getDepartment: { act: null },
  issueCredential: { act: 'credentials.issue', body: () => newCredential() },
  listCredentials: { act: 'credentials.read' },
  getCredential: reading('credential'),
  getPdf: reading('credential'),
  getQrPng: reading('credential'),
  getQrSvg: reading('credential'),
  getQrTxt: reading('credential'),
  getProof: reading('credential'),
  revokeCredential: changing,
  suspendCredential: changing,
  reinstateCredential: changing,
  extendCredential: { act: 'validity.change', of: 'credential', body: () => ({ pendingRenewal: true }) },
  previewStatusChange: {
    act: 'status.change',
    body: () => ({ act: 'revoke', reason: 'ceased', filter: { type: 'FEHD-GRL' } }),
  },
  listStatusChanges: { act: 'credentials.read' },
  getStatusChange: reading('operation'),
  confirmStatusChange: {
    act: 'status.change',
    sometimes: ['status.approve', 'credentials.issue'],
    of: 'operation',
    body: () => ({}),
  },
  cancelStatusChange: {
    act: 'status.change',
    or: 'status.approve',
    sometimes: ['credentials.issue'],
    of: 'operation',
    body: () => ({}),
  },
  previewNotice: { act: 'validity.change', body: () => newNotice },
  listNotices: { act: 'credentials.read' },
  getNotice: reading('notice'),
  confirmNotice: { act: 'validity.change', sometimes: ['status.approve'], of: 'notice', body: () => ({}) },
  cancelNotice: { act: 'validity.change', or: 'status.approve', of: 'notice', body: () => ({}) },
  listDrafts: { act: 'credentials.read' },
  getDraft: reading('draft'),
  createDraft: { act: 'credentials.prepare', body: () => newCredential() },
  previewDraft: reading('draft'),
  previewCredential: { act: 'credentials.prepare', or: 'credentials.issue', body: () => newCredential() },
  updateDraft: { act: 'credentials.prepare', of: 'draft', body: () => newCredential() },
  submitDraft: preparing,
  withdrawDraft: preparing,
  discardDraft: preparing,
  submitDrafts: { act: 'credentials.prepare', body: () => ({ drafts: [{ id: 'drf_999999' }] }) },
  approveDrafts: {
    act: 'credentials.approve',
    body: () => ({ drafts: [{ id: 'drf_999999', contentHash: '0'.repeat(64) }] }),
  },
  approveDraft: { act: 'credentials.approve', of: 'draft', body: () => ({ contentHash: '0'.repeat(64) }) },
  returnDraft: { act: 'credentials.approve', of: 'draft', body: () => ({ note: 'why' }) },
  renewCredential: { act: 'credentials.issue', of: 'credential', body: () => ({}) },
  replaceCredential: { act: 'credentials.issue', of: 'credential', body: () => newCredential() },
  mailCredential: { act: 'credentials.mail', of: 'credential', body: () => ({}) },
  eraseCredential: { act: 'credentials.erase', of: 'credential', body: () => ({ confirm: 'erase' }) },
  getIssuingRule: { act: 'department.read', of: 'type' },
  setIssuingRule: {
    act: 'rules.manage',
    of: 'type',
    body: () => ({ approvals: 0, statusApprovals: 0, retentionMonths: null }),
  },
  listTypes: { act: 'department.read' },
  getType: { act: 'department.read', of: 'type' },
  importTemplateCsv: { act: 'department.read', of: 'type' },
  importTemplateNdjson: { act: 'department.read', of: 'type' },
  receiveImport: {
    act: 'credentials.issue',
    query: '?type=FEHD-GRL',
    headers: { 'content-type': 'application/x-ndjson' },
    body: () => '\n',
  },
  listImports: { act: 'credentials.read' },
  getImport: reading('import'),
  listImportErrors: reading('import'),
  downloadImportErrors: reading('import'),
  watchImport: reading('import'),
  listOfficers: { act: 'officers.manage' },
  getOfficer: { act: 'officers.manage', of: 'officer' },
  addOfficer: { act: 'officers.manage', body: () => ({ subject: 'new', name: 'New', ...roles() }) },
  changeRoles: { act: 'officers.manage', of: 'officer', body: roles },
  deactivateOfficer: { act: 'officers.manage', of: 'officer', body: () => ({}) },
  listApiKeys: { act: 'keys.manage' },
  getApiKey: { act: 'keys.manage', of: 'key' },
  createApiKey: { act: 'keys.manage', body: () => newKey },
  rotateApiKey: { act: 'keys.manage', of: 'key', body: () => ({}) },
  deactivateApiKey: { act: 'keys.manage', of: 'key', body: () => ({}) },
  createWebhook: { act: 'webhooks.manage', body: () => webhook },
  listWebhooks: { act: 'webhooks.manage' },
  getWebhook: managing('webhook'),
  rotateWebhookSecret: { ...managing('webhook'), body: () => ({}) },
  deactivateWebhook: { ...managing('webhook'), body: () => ({}) },
  pingWebhook: { ...managing('webhook'), body: () => ({}) },
  listDeliveries: managing('webhook'),
  replayDelivery: { ...managing('delivery'), body: () => ({}) },
  lookUpRestricted: {
    act: 'restricted.look-up',
    body: () => ({ reference: restricted, purpose: 'inspection', caseNumber: '1' }),
  },
  listAudit: { act: 'audit.read' },
  exportAudit: { act: 'audit.read' },
};

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
  const own: Record<Kind, string> = {
    credential: '',
    draft: '',
    type: 'FEHD-GRL',
    officer: '',
    operation: '',
    notice: '',
    webhook: '',
    delivery: '',
    key: '',
    import: '',
  };
  const nothing: Record<Kind, string> = {
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
  };
  /** Of the kinds that come to an end, one that has. */
  const ended: Record<Kind, string> = { ...nothing };
  const keys = new Map<string, string>();

  before(async () => {
    service = await startService();
    operations = await readOperations();
    const { fehd, td, db } = service;
    const asked = { key: td.apiKey, body: newCredential('TD-DL') };
    restricted = (await call(service, '/v1/credentials', asked)).json.reference;
    await finalise(service);
    own.draft = (await call(service, '/v1/drafts', { key: fehd.apiKey, body: newCredential() })).json.id;
    own.credential = (await call(service, '/v1/credentials', { key: fehd.apiKey, body: newCredential() })).json.id;
    const key = fehd.apiKey;
    own.key = (await call(service, '/v1/api-keys', { key, body: newKey })).json.id;
    own.webhook = (await call(service, '/v1/webhooks', { key, body: webhook })).json.id;
    await call(service, `/v1/webhooks/${own.webhook}/ping`, { key, body: {} });
    own.delivery = (await call(service, `/v1/webhooks/${own.webhook}/deliveries`, { key })).json.items[0].id;
    const file = { key: fehd.apiKey, body: '\n', headers: { 'content-type': 'application/x-ndjson' } };
    own.import = (await call(service, '/v1/imports?type=FEHD-GRL', file)).json.id;
    const officer = {
      issuer_id: fehd.issuer.id,
      provider: 'p',
      subject: 's',
      name: 'n',
      roles: ['auditor'],
      created_by: 't',
    };
    const { id } = await db.insertInto('officers').values(officer).returning('id').executeTakeFirstOrThrow();
    own.officer = `off_${id}`;
  });
  after(() => service.stop());

  async function make(path: string, body: object): Promise<string> {
    return (await call(service, path, { key: service.fehd.apiKey, body })).json.id;
  }

  async function end(): Promise<void> {
    ended.operation = await preview();
    ended.notice = await previewNotice();
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

  /** Open until it is decided, so that each question has one of its own. */
  async function preview(): Promise<string> {
    const body = { act: 'revoke', reason: 'ceased', filter: { type: 'FEHD-GRL' } };
    return (await call(service, '/v1/status-changes', { key: service.fehd.apiKey, body })).json.id;
  }

  async function previewNotice(): Promise<string> {
    return (await call(service, '/v1/notices', { key: service.fehd.apiKey, body: newNotice })).json.id;
  }

  async function ask(operation: Operation, { key, ids }: { key: string | null; ids: Record<Kind, string> }) {
    const { of = 'credential', body, query = '', headers = {} } = entryOf(operation);
    if (of === 'operation') own.operation = await preview();
    if (of === 'notice') own.notice = await previewNotice();
    const path = operation.path.replace('{id}', ids[of]) + query;
    return call(service, path, { key, headers, method: operation.method, ...(body ? { body: body() } : {}) });
  }

  it('has every route of a department, and no other', () => {
    expect(ofDepartments().map(({ name }) => name)).to.have.members(Object.keys(MATRIX));
    const ofSessions = operations.filter((one) => one.security.length > 0 && !ofDepartments().includes(one));
    expect(ofSessions.map(({ name }) => name)).to.have.members(OF_SESSIONS);
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
