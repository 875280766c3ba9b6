import { type Act, createServiceActor } from '../../../server/auth/policy.ts';
import { checkFilters } from '../../../server/http/view-filters.ts';
import { createReport } from '../../../server/reports/reports.ts';
import { createView } from '../../../server/views/views.ts';
import { finalise } from '../finalise.ts';
import { call, newCredential, type TestService } from './service.ts';

export type Kind =
  | 'credential'
  | 'draft'
  | 'type'
  | 'officer'
  | 'operation'
  | 'notice'
  | 'webhook'
  | 'delivery'
  | 'key'
  | 'import'
  | 'report'
  | 'nomination'
  | 'signing-key'
  | 'type-version'
  | 'request'
  | 'view';

export interface Entry {
  /** What it takes; null where every caller may. */
  act: Act | null;
  /** Another that will do. */
  or?: Act;
  /** Others that it takes instead, where the rule of a type or what is found says so. */
  sometimes?: readonly Act[];
  /** What "{id}" names. */
  of?: Kind;
  body?: (things: Things) => object | string;
  query?: string;
  headers?: Record<string, string>;
}

const reading = (of: Kind): Entry => ({ act: 'credentials.read', of });
const changing: Entry = { act: 'status.change', of: 'credential', body: () => ({ reason: 'ceased' }) };
const preparing: Entry = { act: 'credentials.prepare', of: 'draft', body: () => ({}) };
const managing = (of: 'webhook' | 'delivery'): Entry => ({ act: 'webhooks.manage', of });
export const webhook = { url: 'https://example.com/hook', events: ['credential.final'] };
export const newKey = { name: 'key', scopes: ['keys.manage'] };
const newNotice = { type: 'FEHD-GRL', from: '2026-01-01', to: '2026-01-31', validUntil: '2026-03-31', law: 'L.N. 1' };
const newRequest = () => ({
  ...{ holder: { subject: 'asked' }, type: 'TD-DL', claims: ['holderName'], purpose: 'p', caseNumber: '1' },
  answerBy: new Date(Date.now() + 86_400_000).toISOString(),
  readUntil: new Date(Date.now() + 172_800_000).toISOString(),
});
const newNomination = { number: '74000009', name: 'N', administrator: { account: 'n', name: 'N' } };
const roles = () => ({ roles: ['auditor'] });

/** One thing of each kind, by what "{id}" names it with. */
export type Ids = Record<Kind, string>;

/** What a department has, and the reference of a credential that only officers may read. */
export interface Things {
  ids: Ids;
  restricted: string;
}

/** Who may what, for every route of a department. A new route fails here until it is told. */
export const MATRIX: Record<string, Entry> = {
  getDepartment: { act: null },
  issueCredential: { act: 'credentials.issue', body: () => newCredential() },
  listCredentials: { act: 'credentials.read' },
  listPeople: { act: 'credentials.read', or: 'companies.admit' },
  getStatistics: { act: 'credentials.read' },
  getCredential: reading('credential'),
  getHistory: reading('credential'),
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
    sometimes: ['status.approve', 'credentials.issue', 'credentials.prepare', 'validity.change'],
    of: 'operation',
    body: () => ({}),
  },
  cancelStatusChange: {
    act: 'status.change',
    or: 'status.approve',
    sometimes: ['credentials.issue', 'credentials.prepare', 'validity.change'],
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
  listTypeVersions: { act: 'department.read' },
  createTypeVersion: { act: 'types.publish', body: () => ({ type: 'FEHD-FF' }) },
  getTypeVersion: { act: 'department.read', of: 'type-version' },
  previewTypeVersion: { act: 'department.read', of: 'type-version' },
  updateTypeVersion: { act: 'types.publish', of: 'type-version', body: () => ({ definition: {} }) },
  prepareTypeVersion: {
    act: 'types.publish',
    of: 'type-version',
    body: () => ({ changedAt: '2026-01-01T00:00:00.000Z' }),
  },
  discardTypeVersion: { act: 'types.publish', of: 'type-version', body: () => ({}) },
  importTemplateCsv: { act: 'department.read', of: 'type' },
  importTemplateNdjson: { act: 'department.read', of: 'type' },
  importTemplateXlsx: { act: 'department.read', of: 'type' },
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
  listImportRows: reading('import'),
  previewImportRow: { ...reading('import'), query: '?row=1' },
  approveImport: { act: 'credentials.approve', of: 'import', body: () => ({ contentHash: '0'.repeat(64) }) },
  returnImport: { act: 'credentials.approve', of: 'import', body: () => ({ note: 'why' }) },
  withdrawImport: { act: 'credentials.prepare', of: 'import', body: () => ({}) },
  listReports: { act: 'credentials.read' },
  getReport: reading('report'),
  answerReport: { act: 'credentials.prepare', of: 'report', body: () => ({ answer: 'mended' }) },
  nameCompanyAdministrator: { act: 'companies.admit', body: () => newNomination },
  listCompanyAdministrators: { act: 'companies.admit' },
  getCompanyAdministrator: { act: 'companies.admit', of: 'nomination' },
  admitCompanyAdministrator: { act: 'companies.admit', of: 'nomination', body: () => ({ account: 'n' }) },
  refuseCompanyAdministrator: { act: 'companies.admit', of: 'nomination', body: () => ({ note: 'why' }) },
  withdrawCompanyAdministrator: { act: 'companies.admit', of: 'nomination', body: () => ({}) },
  createRequest: { act: 'holders.ask', body: () => newRequest() },
  listRequests: { act: 'holders.ask' },
  getRequest: { act: 'holders.ask', of: 'request' },
  readRequest: { act: 'holders.ask', of: 'request', body: () => ({}) },
  endRequest: { act: 'holders.ask', of: 'request', body: () => ({}) },
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
  listSigningKeys: { act: 'signing-keys.read' },
  getSigningKey: { act: 'signing-keys.read', of: 'signing-key' },
  previewSigningKeyEffects: { act: 'signing-keys.read', of: 'signing-key' },
  prepareSigningKeyTransaction: {
    act: 'signing-keys.prepare',
    body: () => ({ act: 'add', address: `0x${'d1'.repeat(20)}`, purpose: 'anchor' }),
  },
  createWebhook: { act: 'webhooks.manage', body: () => webhook },
  listWebhooks: { act: 'webhooks.manage' },
  getWebhook: managing('webhook'),
  rotateWebhookSecret: { ...managing('webhook'), body: () => ({}) },
  changeWebhookEvents: { ...managing('webhook'), body: () => ({ events: webhook.events }) },
  pauseWebhook: { ...managing('webhook'), body: () => ({}) },
  resumeWebhook: { ...managing('webhook'), body: () => ({}) },
  deactivateWebhook: { ...managing('webhook'), body: () => ({}) },
  pingWebhook: { ...managing('webhook'), body: () => ({}) },
  listDeliveries: managing('webhook'),
  replayDelivery: { ...managing('delivery'), body: () => ({}) },
  lookUpRestricted: {
    act: 'restricted.look-up',
    body: ({ restricted }) => ({ reference: restricted, purpose: 'inspection', caseNumber: '1' }),
  },
  listAudit: { act: 'audit.read' },
  listIrregularAccess: { act: 'audit.read' },
  exportAudit: { act: 'audit.read' },
};

/** What only officers open who are signed in, and no key: the acts are those of the list of credentials, and for what is shared of the department's rules. */
export const OF_OFFICERS: Record<string, Entry> = {
  listViews: { act: 'credentials.read', query: '?place=credentials' },
  createView: {
    act: 'credentials.read',
    body: () => ({ place: 'credentials', name: 'Final', filters: { state: 'final' } }),
  },
  updateView: {
    act: 'rules.manage',
    of: 'view',
    body: () => ({ name: 'Other', changedAt: '2026-01-01T00:00:00.000Z' }),
  },
  deleteView: { act: 'rules.manage', of: 'view', body: () => ({}) },
};

/** Makes one thing of each kind, of FEHD; the restricted credential is of TD. */
export async function makeThings(service: TestService): Promise<Things> {
  const { fehd, td, db } = service;
  const key = fehd.apiKey;
  const make = async (path: string, body: object | string, headers = {}) =>
    (await call(service, path, { key, body, headers })).json.id as string;
  const asked = { key: td.apiKey, body: newCredential('TD-DL') };
  const restricted = (await call(service, '/v1/credentials', asked)).json.reference;
  await finalise(service);
  const draft = await make('/v1/drafts', newCredential());
  const credential = await make('/v1/credentials', newCredential());
  const hook = await make('/v1/webhooks', webhook);
  await call(service, `/v1/webhooks/${hook}/ping`, { key, body: {} });
  const officer = {
    issuer_id: fehd.issuer.id,
    provider: 'p',
    subject: 's',
    name: 'n',
    roles: ['auditor'],
    created_by: 't',
  };
  const { id } = await db.insertInto('officers').values(officer).returning('id').executeTakeFirstOrThrow();
  const ids = {
    credential,
    draft,
    type: 'FEHD-GRL',
    officer: `off_${id}`,
    operation: await preview(service),
    notice: await previewNotice(service),
    webhook: hook,
    delivery: (await call(service, `/v1/webhooks/${hook}/deliveries`, { key })).json.items[0].id,
    key: await make('/v1/api-keys', newKey),
    import: await make('/v1/imports?type=FEHD-GRL', '\n', { 'content-type': 'application/x-ndjson' }),
    report: await report(service),
    request: await make('/v1/requests', newRequest()),
    nomination: await make('/v1/company-administrators', { ...newNomination, number: '74000008' }),
    'signing-key': fehd.issuer.anchor_key as string,
    view: await shareView(service),
    'type-version': await make('/v1/type-versions', { type: 'FEHD-GRL' }),
  };
  return { ids, restricted };
}

/** One that the department shares: as an officer would, whom no key can be. */
async function shareView({ db, deps, fehd }: TestService): Promise<string> {
  const actor = { ...createServiceActor(fehd.issuer, 'test'), id: 'officer:1' };
  const view = { place: 'credentials', name: 'Shared', filters: { state: 'final' }, shared: true } as const;
  const own = { now: deps.now, checkFilters };
  return (await db.transaction().execute((tx) => createView(tx, own, { actor, view }))).id;
}

/** Of a holder, that nobody has answered. */
async function report({ db, deps, fehd, url }: TestService): Promise<string> {
  const body = { ...newCredential('FEHD-GRL', 77), holder: { subject: 'reporter' } };
  const { json } = await call({ url }, '/v1/credentials', { key: fehd.apiKey, body });
  const holder = { kind: 'holder' as const, subjectHmac: deps.hashHolderSubject('reporter') };
  const told = { holder, idempotencyKey: 'a report', credential: json.id, kind: 'wrong' as const, message: 'no' };
  return (await createReport(db, deps, told)).id;
}

/** A change of many that nobody has confirmed. */
export async function preview(service: TestService): Promise<string> {
  const body = { act: 'revoke', reason: 'ceased', filter: { type: 'FEHD-GRL' } };
  return (await call(service, '/v1/status-changes', { key: service.fehd.apiKey, body })).json.id;
}

export async function previewNotice(service: TestService): Promise<string> {
  return (await call(service, '/v1/notices', { key: service.fehd.apiKey, body: newNotice })).json.id;
}
