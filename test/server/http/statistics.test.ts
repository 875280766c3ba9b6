import { expect } from 'chai';
import { toDate, toHongKongDay } from '../../../proof/day.ts';
import { fromCredentialId } from '../../../server/issuance/credential-id.ts';
import { finalise } from '../finalise.ts';
import { call, newCredential, startService, type TestService } from './service.ts';

interface Counted {
  type: string;
  standing: string;
  count: number;
}

describe('statistics', () => {
  let service: TestService;
  const today = () => toHongKongDay(Date.now() / 1000);

  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  const ask = async (query = '', key = service.fehd.apiKey) =>
    (await call(service, `/v1/statistics${query}`, { key })).json;
  const issue = async (validity: object, key = service.fehd.apiKey) =>
    (await call(service, '/v1/credentials', { key, body: { ...newCredential(), validity } })).json.id as string;
  const term = (from: number, days: number) => ({
    validFrom: toDate(today() + from),
    validUntil: toDate(today() + from + days),
  });
  const seen = (id: string, set: { revoked?: true; suspended?: true; suspended_at?: Date }) =>
    service.db
      .updateTable('credentials')
      .set(set)
      .where('id', '=', fromCredentialId(id) as Buffer)
      .execute();
  const countOf = (standing: readonly Counted[], name: string) =>
    standing.find((one) => one.type === 'FEHD-GRL' && one.standing === name)?.count ?? 0;

  it('are empty where nothing was issued', async () => {
    expect(await ask()).to.deep.equal({ standing: [], issued: [], changes: [] });
  });

  it('count each credential once, as it stands today', async () => {
    await issue(term(-30, 300));
    await issue(term(-31, 300));
    await issue(term(-300, 200));
    await issue(term(10, 200));
    const revoked = await issue(term(-32, 300));
    const suspended = await issue(term(-33, 300));
    await finalise(service);
    const act = (id: string, verb: string) =>
      call(service, `/v1/credentials/${id}/${verb}`, { key: service.fehd.apiKey, body: { reason: 'ceased' } });
    await act(revoked, 'revoke');
    await act(suspended, 'suspend');
    // as the chain says then: no job of this service looks at one
    await seen(revoked, { revoked: true });
    await seen(suspended, { suspended: true, suspended_at: new Date() });
    await issue(term(-34, 300));
    const { standing, issued, changes } = await ask();
    const counts = ['in-force', 'expired', 'not-yet-in-force', 'revoked', 'suspended', 'coming'].map((name) =>
      countOf(standing, name),
    );
    expect(counts).to.deep.equal([2, 1, 1, 1, 1, 1]);
    expect(issued.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).to.equal(7);
    expect(changes.map(({ act }: { act: string }) => act)).to.have.members(['revoke', 'suspend']);
  });

  it('begin with the month that was asked for', async () => {
    await service.db
      .updateTable('credentials')
      .set({ created_at: new Date(Date.now() - 70 * 86_400_000) })
      .where('seq', '=', (eb) => eb.selectFrom('credentials').select((c) => c.fn.min<number>('seq').as('seq')))
      .execute();
    const monthsOf = async (query: string) =>
      new Set((await ask(query)).issued.map(({ month }: { month: string }) => month)).size;
    expect(await monthsOf('?months=1')).to.equal(1);
    expect(await monthsOf('?months=12')).to.equal(2);
    expect((await ask('?months=0')).code).to.equal('QUERY_INVALID');
  });

  it('are the department’s own', async () => {
    expect(await ask('', service.td.apiKey)).to.deep.equal({ standing: [], issued: [], changes: [] });
  });
});
