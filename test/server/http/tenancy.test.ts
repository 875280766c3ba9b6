import { expect } from 'chai';
import { call, newCredential, startService, type TestService } from './service.ts';

// That no route finds another department's things is in access-matrix.test.ts; here is what a list or a key of an answer could give away.
describe('departments', () => {
  let service: TestService;
  let reference: string;

  before(async () => {
    service = await startService();
    const issued = await call(service, '/v1/credentials', { key: service.fehd.apiKey, body: newCredential() });
    reference = issued.json.reference;
  });
  after(() => service.stop());

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

  it('read each its own, also when many are asked for at the same moment', async () => {
    const { fehd, td } = service;
    const issue = async (seed: number): Promise<string> =>
      (await call(service, '/v1/credentials', { key: fehd.apiKey, body: newCredential('FEHD-GRL', seed) })).json.id;
    const ids = [await issue(2), await issue(3), 'crd_000000000000'];
    const asked = Array.from({ length: 60 }, (_, i) => ({
      id: ids[i % 3] as string,
      key: i % 2 === 0 ? fehd.apiKey : td.apiKey,
    }));
    const answers = await Promise.all(asked.map(({ id, key }) => call(service, `/v1/credentials/${id}`, { key })));
    const seen = answers.map(({ json }) => json.id ?? json.code);
    const own = ({ id, key }: (typeof asked)[number]) => key === fehd.apiKey && id !== ids[2];
    expect(seen).to.deep.equal(asked.map((one) => (own(one) ? one.id : 'CREDENTIAL_NOT_FOUND')));
  });
});
