import { expect } from 'chai';
import { call, newCredential, startService, type TestService } from './service.ts';

interface Operation {
  operationId: string;
  security?: unknown[];
  parameters: { name: string; in: string }[];
}

describe('departments', () => {
  let service: TestService;
  let operations: { method: string; path: string; operation: Operation }[];
  let id: string;
  let reference: string;

  before(async () => {
    service = await startService();
    const { json } = await call(service, '/openapi.json');
    operations = Object.entries(json.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );
    ({ id, reference } = (
      await call(service, '/v1/credentials', { key: service.fehd.apiKey, body: newCredential() })
    ).json);
  });
  after(() => service.stop());

  const bodyFor = (name: string) =>
    name === 'renewCredential'
      ? {}
      : name === 'extendCredential'
        ? { pendingRenewal: true }
        : name === 'replaceCredential'
          ? newCredential()
          : name === 'eraseCredential'
            ? { confirm: 'erase' }
            : { reason: 'ceased' };

  it('find nothing of each other on any route, as if it were not there', async () => {
    const onOne = operations.filter(({ path }) => path.startsWith('/v1/credentials/{id}'));
    expect(onOne).to.have.length(13);
    for (const { method, path, operation } of onOne) {
      const ask = (one: string) =>
        call(service, path.replace('{id}', one), {
          key: service.td.apiKey,
          method,
          ...(method === 'POST' ? { body: bodyFor(operation.operationId) } : {}),
        });
      const [others, nobodys] = [await ask(id), await ask('crd_000000000000')];
      expect(others.status, path).to.equal(404);
      expect(others.json.code, path).to.equal('CREDENTIAL_NOT_FOUND');
      const { requestId: _, instance: __, ...told } = others.json;
      const { requestId: ___, instance: ____, ...toldOfNothing } = nobodys.json;
      expect(told, path).to.deep.equal(toldOfNothing);
    }
  });

  it('have every other route of a department in a test of their own', () => {
    const others = operations.filter(
      ({ path, operation }) => operation.security && !path.startsWith('/v1/credentials/{id}'),
    );
    expect(others.map(({ operation }) => operation.operationId)).to.have.members([
      'issueCredential',
      'listCredentials',
      'listTypes',
      'getType',
      // test/server/http/drafts.test.ts
      'getDraft',
      'listDrafts',
      'createDraft',
      'updateDraft',
      'submitDraft',
      'approveDraft',
      'returnDraft',
      'withdrawDraft',
      'discardDraft',
      'getIssuingRule',
      'setIssuingRule',
      'getDepartment',
      // test/server/imports
      'receiveImport',
      'listImports',
      'getImport',
      'listImportErrors',
      'downloadImportErrors',
      'watchImport',
      'importTemplateCsv',
      'importTemplateNdjson',
      // test/server/auth
      'getSession',
      'listOfficers',
      'getOfficer',
      'addOfficer',
      'changeRoles',
      'deactivateOfficer',
      'listApiKeys',
      'getApiKey',
      'createApiKey',
      'rotateApiKey',
      'deactivateApiKey',
      // status-operations.test.ts
      'previewStatusChange',
      'listStatusChanges',
      'getStatusChange',
      'confirmStatusChange',
      'cancelStatusChange',
      // test/server/webhooks
      'createWebhook',
      'listWebhooks',
      'getWebhook',
      'rotateWebhookSecret',
      'deactivateWebhook',
      'pingWebhook',
      'listDeliveries',
      'replayDelivery',
      // test/server/audit
      'listAudit',
      'exportAudit',
      'listHolderCredentials',
      'getHolderCredential',
      'getHolderPdf',
      'getHolderQrPng',
      'getHolderQrSvg',
      'getHolderQrTxt',
      'getHolderProof',
    ]);
  });

  it('list only what is theirs', async () => {
    for (const query of ['', `?reference=${reference}`, '?type=FEHD-GRL']) {
      expect((await call(service, `/v1/credentials${query}`, { key: service.td.apiKey })).json.items).to.deep.equal([]);
      expect((await call(service, `/v1/credentials${query}`, { key: service.fehd.apiKey })).json.items).to.have.length(
        1,
      );
    }
  });

  it('know only their own types and themselves', async () => {
    const { json } = await call(service, '/v1/types', { key: service.td.apiKey });
    expect(json.items.map(({ code }: { code: string }) => code.split('-')[0])).to.satisfy((codes: string[]) =>
      codes.every((code) => code === 'TD'),
    );
    expect((await call(service, '/v1/types/FEHD-GRL', { key: service.td.apiKey })).status).to.equal(404);
    expect((await call(service, '/v1/me', { key: service.td.apiKey })).json.department.code).to.equal('TD');
  });

  it('cannot issue what another issues', async () => {
    const answer = await call(service, '/v1/credentials', { key: service.td.apiKey, body: newCredential() });
    expect(answer.json.code).to.equal('TYPE_NOT_YOURS');
  });

  it("never get the answer that is kept under another's Idempotency-Key", async () => {
    const headers = { 'idempotency-key': 'shared' };
    await call(service, '/v1/credentials', { key: service.fehd.apiKey, headers, body: newCredential('FEHD-GRL', 1) });
    const answer = await call(service, '/v1/credentials', {
      key: service.td.apiKey,
      headers,
      body: newCredential('FEHD-GRL', 1),
    });
    expect(answer.headers.has('idempotency-replayed')).to.equal(false);
    expect(answer.json.code).to.equal('TYPE_NOT_YOURS');
  });

  it('are asked for a key on every route but the open ones', async () => {
    for (const { method, path, operation } of operations) {
      const { status } = await call(service, path.replace('{id}', id), {
        method,
        ...(method === 'POST' ? { body: {} } : {}),
      });
      expect(status, `${method} ${path}`).to.equal(operation.security ? 401 : 200);
    }
  });
});
