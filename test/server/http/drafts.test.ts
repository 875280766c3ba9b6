import { expect } from 'chai';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { type Act, actsOf } from '../../../server/auth/policy.ts';
import { call, newCredential, startService, type TestService } from './service.ts';

describe('issuing rules', () => {
  let service: TestService;
  let admin: string;

  before(async () => {
    service = await startService();
    admin = await keyFor(service, [...actsOf(['admin'])]);
  });
  after(() => service.stop());

  it('need nobody where the department made none', async () => {
    const { json } = await call(service, '/v1/types/FEHD-LRR/rules', { key: admin });
    expect(json).to.include({ type: 'FEHD-LRR', approvals: 0, statusApprovals: 0 });
  });

  it('are made by an administrator alone', async () => {
    const body = { approvals: 1, statusApprovals: 1 };
    const others = await keyFor(service, [...actsOf(['preparer', 'approver', 'key-holder', 'auditor'])]);
    const refused = await call(service, '/v1/types/FEHD-GRL/rules', { key: others, body });
    expect(refused.json.code).to.equal('FORBIDDEN');
    const { status, headers } = await call(service, '/v1/types/FEHD-GRL/rules', { key: admin, body });
    expect(status).to.equal(200);
    const { json } = await call(service, headers.get('location') as string, { key: admin });
    expect(json).to.include(body);
  });

  it('stop a credential of the type, and a replacement, from being issued by one call', async () => {
    const { apiKey: key } = service.fehd;
    const rule = (approvals: number) =>
      call(service, '/v1/types/FEHD-GRL/rules', { key: admin, body: { approvals, statusApprovals: 0 } });
    await rule(0);
    const { json } = await call(service, '/v1/credentials', { key, body: newCredential() });
    await rule(1);
    for (const path of ['/v1/credentials', `/v1/credentials/${json.id}/replace`]) {
      const refused = await call(service, path, { key, body: newCredential() });
      expect(refused.status, path).to.equal(409);
      expect(refused.json.code, path).to.equal('APPROVAL_REQUIRED');
      expect(refused.json.detail, path).to.contain('/v1/drafts');
    }
    const other = await call(service, '/v1/credentials', { key, body: newCredential('FEHD-LRR') });
    expect(other.status).to.equal(202);
  });

  it('are of the department: another one has no such type', async () => {
    for (const exchange of [{}, { body: { approvals: 1, statusApprovals: 0 } }]) {
      const key = exchange.body ? await keyFor(service, ['rules.manage'], 'td') : service.td.apiKey;
      const { json } = await call(service, '/v1/types/FEHD-GRL/rules', { key, ...exchange });
      expect(json.code).to.equal('TYPE_NOT_FOUND');
    }
  });

  it('take no more than two approvals', async () => {
    const body = { approvals: 3, statusApprovals: 2 };
    const { json } = await call(service, '/v1/types/FEHD-GRL/rules', { key: admin, body });
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).to.have.members([
      '#/approvals',
      '#/statusApprovals',
    ]);
  });
});

function keyFor(service: TestService, scopes: readonly Act[], department: 'fehd' | 'td' = 'fehd'): Promise<string> {
  return createApiKey(service.db, { issuer: service[department].issuer, name: 'test', isTest: true, scopes });
}
