import { expect } from 'chai';
import { createApiKey } from '../../../server/auth/api-key.ts';
import { call, createRoleKey, startService, type TestService } from './service.ts';

describe('the people of a department', () => {
  let service: TestService;
  let key: string;

  before(async () => {
    service = await startService();
    const { issuer } = service.fehd;
    key = await createApiKey(service.db, { issuer, name: 'reader', isTest: true, scopes: ['credentials.read'] });
    const add = (issuer_id: number, name: string) =>
      service.db
        .insertInto('officers')
        .values({
          ...{ issuer_id, provider: 'https://login.example', subject: name, name, roles: ['preparer'] },
          ...{ created_by: 'service:test', changed_by: null, changed_at: null },
        })
        .execute();
    for (const name of ['Officer One', 'Officer Two']) await add(issuer.id, name);
    await add(service.td.issuer.id, 'A Stranger');
  });
  after(() => service.stop());

  const ask = (query = '') => call(service, `/v1/people${query}`, { key });

  it('are named by what stands beside their acts, without where they sign in, and no other department’s', async () => {
    const { status, json } = await ask();
    expect(status).to.equal(200);
    const names = json.items.map(({ name }: { name: string }) => name);
    expect(names).to.include.members(['reader', 'Officer One', 'Officer Two']).and.not.include('A Stranger');
    for (const item of json.items) {
      expect(item).to.have.all.keys('id', 'name');
      expect(item.id).to.match(/^(key|officer):\d+$/);
    }
  });

  it('come a page at a time, each once', async () => {
    const all = (await ask()).json.items;
    const met = [];
    for (let next: string | null = ''; next !== null; ) {
      const { json } = await ask(`?limit=2${next === '' ? '' : `&starting_after=${encodeURIComponent(next)}`}`);
      met.push(...json.items);
      next = json.next;
    }
    expect(met).to.deep.equal(all);
    expect((await ask('?starting_after=officer:x')).json.code).to.equal('CURSOR_INVALID');
  });

  it('are told to roles that read, and to no inspector', async () => {
    const inspector = await createRoleKey(service.db, service.fehd.issuer, 'inspector');
    expect((await call(service, '/v1/people', { key: inspector })).json.code).to.equal('FORBIDDEN');
  });
});
