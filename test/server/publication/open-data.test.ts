import { expect } from 'chai';
import { sql } from 'kysely';
import { call, newCredential, startService, type TestService } from '../http/service.ts';

describe('open data', () => {
  let service: TestService;

  before(async () => {
    service = await startService();
    const issue = (code: string, seed: number) =>
      call(service, '/v1/credentials', {
        key: code.startsWith('TD') ? service.td.apiKey : service.fehd.apiKey,
        body: newCredential(code, seed),
      });
    for (let seed = 0; seed < 5; seed++) await issue('FEHD-GRL', seed);
    for (let seed = 0; seed < 4; seed++) await issue('TD-DL', seed);
    // the last moment of October in UTC is November in Hong Kong
    await sql`update credentials set state = 'final', final_at = '2025-10-31T20:00:00Z'`.execute(service.db);
  });
  after(() => service.stop());

  it('counts by month in Hong Kong and type, and does not tell few', async () => {
    const { json, headers } = await call(service, '/open-data/counts.json');
    expect(json.items).to.deep.equal([
      { month: '2025-11', type: 'FEHD-GRL', issued: 5, revoked: 0 },
      { month: '2025-11', type: 'TD-DL', issued: '<5', revoked: 0 },
    ]);
    expect(headers.get('access-control-allow-origin')).to.equal('*');
  });

  it('is there as CSV with the same rows', async () => {
    const { text, headers } = await call(service, '/open-data/counts.csv');
    expect(headers.get('content-type')).to.equal('text/csv; charset=utf-8');
    expect(text).to.equal('month,type,issued,revoked\r\n2025-11,FEHD-GRL,5,0\r\n2025-11,TD-DL,<5,0\r\n');
  });

  it('lists types and departments in three languages', async () => {
    const types = (await call(service, '/open-data/types.json')).json.items;
    const grl = types.find(({ code }: { code: string }) => code === 'FEHD-GRL');
    expect(grl).to.include({ department: 'FEHD', version: 1 });
    for (const language of ['title_en', 'title_zh_hant', 'title_zh_hans']) expect(grl[language]).to.be.a('string');
    const issuers = (await call(service, '/open-data/issuers.json')).json.items;
    expect(issuers.map(({ code }: { code: string }) => code)).to.deep.equal(['FEHD', 'TD']);
  });

  it('is not sent again to who has it', async () => {
    for (const path of ['/open-data/types.csv', '/open-data/counts.json']) {
      const etag = (await call(service, path)).headers.get('etag') as string;
      const again = await call(service, path, { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } });
      expect([again.status, again.text], path).to.deep.equal([304, '']);
      expect((await call(service, path, { headers: { 'if-none-match': '"x"' } })).status).to.equal(200);
    }
  });

  it('never says anything of a holder', async () => {
    const { claims } = newCredential('FEHD-GRL', 0);
    for (const name of ['types', 'issuers', 'counts'])
      for (const form of ['json', 'csv'])
        expect((await call(service, `/open-data/${name}.${form}`)).text).to.not.contain(String(claims.licenceNumber));
  });
});
