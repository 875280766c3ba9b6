import { expect } from 'chai';
import { sql } from 'kysely';
import { createDenialLog, type Denial } from '../../../server/audit/denials.ts';
import { linkRecords } from '../../../server/audit/link.ts';
import { recordAudit } from '../../../server/audit/record.ts';
import { createServiceActor } from '../../../server/auth/policy.ts';
import { call, newCredential, startService, type TestService } from '../http/service.ts';

describe('the audit log', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  const read = async (department: 'fehd' | 'td', query = '') => {
    await linkRecords(service.db);
    return (await call(service, `/v1/audit${query}`, { key: service[department].apiKey })).json.items;
  };
  const refused = (promise: Promise<unknown>) =>
    promise.then(
      () => 'nothing',
      (error: Error) => error.message,
    );

  it('tells who did what to what, from where, before and after, and repeats no claim', async () => {
    const request = { key: service.fehd.apiKey, headers: { 'idempotency-key': 'audit-1', 'x-request-id': 'req-1' } };
    const { json } = await call(service, '/v1/credentials', { ...request, body: newCredential() });
    await call(service, `/v1/credentials/${json.id}/suspend`, { key: request.key, body: { reason: 'ceased' } });
    const [suspended, issued] = await read('fehd', `?object=${json.id}`);
    expect(issued).to.deep.include({ act: 'credential.issue', allowed: true, requestId: 'req-1', object: json.id });
    expect(issued.actor).to.match(/^key:\d+$/);
    expect(issued.address).to.match(/127\.0\.0\.1$/);
    expect(issued.after).to.deep.equal({ replaces: null, state: 'issued', type: 'FEHD-GRL' });
    expect(suspended.before).to.include({ suspended: false });
    expect(suspended.after).to.include({ suspended: true, reason: 'ceased' });
    expect(JSON.stringify([issued, suspended])).to.not.contain(newCredential().claims.licenceNumber);
  });

  it('says nothing of a change that was rolled back', async () => {
    const before = (await read('fehd')).length;
    const actor = createServiceActor(service.fehd.issuer, 'test');
    const end = service.db.transaction().execute(async (tx) => {
      await recordAudit(tx, actor, { act: 'credential.issue' });
      throw new Error('rolled back');
    });
    expect(await refused(end)).to.equal('rolled back');
    expect(await read('fehd')).to.have.length(before);
  });

  it('is told who was refused what, and keeps ids of credentials alone', async () => {
    const { json } = await call(service, '/v1/credentials', {
      key: service.fehd.apiKey,
      body: newCredential('FEHD-GRL', 7),
    });
    await call(service, `/v1/credentials/${json.id}`, { key: service.td.apiKey });
    await call(service, '/v1/credentials/A123456(7)', { key: service.td.apiKey, body: {}, method: 'GET' }).catch(
      () => {},
    );
    const refusals = await read('td', '?allowed=false');
    expect(refusals.at(-1)).to.include({ act: 'request.getCredential', code: 'CREDENTIAL_NOT_FOUND', object: json.id });
    expect(JSON.stringify(refusals)).to.not.contain('A123456');
    expect((await read('fehd', '?allowed=false')).length, 'the other department learns nothing').to.equal(0);
  });

  it('writes repeated refusals as one count, however many there are', async () => {
    let now = 0;
    const denials = createDenialLog(service.db, { now: () => now, onFault: () => {} });
    const denial = (address: string): Denial => ({
      actor: null,
      operation: 'flood',
      object: null,
      code: 'API_KEY_INVALID',
      origin: { requestId: 'r', address },
    });
    for (let i = 0; i < 300; i++) await denials.record(denial('10.0.0.1'));
    for (let i = 0; i < 300; i++) await denials.record(denial(`10.0.1.${i}`));
    now = 60_000;
    await denials.flush();
    const { rows } = await sql<{ n: number; repeated: number | null }>`
      select count(*)::int as n, sum((after->>'repeated')::int)::int as repeated from audit_records
      where act in ('request.flood', 'request.many')`.execute(service.db);
    expect(rows[0]?.n).to.be.below(210);
    expect((rows[0]?.n ?? 0) + (rows[0]?.repeated ?? 0)).to.be.at.least(600);
  });

  it('cannot be changed, shortened or emptied, not even by who can write to its table', async () => {
    await read('fehd');
    for (const statement of [
      `update audit_records set actor = 'key:999' where position = 1`,
      'update audit_records set position = position + 1',
      `update audit_records set position = null, hash = null where position = 1`,
      'delete from audit_records',
      'truncate audit_records',
    ])
      expect(await refused(sql.raw(statement).execute(service.db)), statement).to.contain('append-only');
  });

  it('is not changed while it is linked', async () => {
    await recordAudit(service.db, createServiceActor(service.td.issuer, 'test'), { act: 'test.one' });
    const forged = `update audit_records set position = 99, hash = sha256('x'), actor = 'nobody' where position is null`;
    expect(await refused(sql.raw(forged).execute(service.db))).to.contain('append-only');
  });

  it('gives each department a chain of its own without gaps, whatever is written at the same time', async () => {
    const write = (i: number) =>
      recordAudit(service.db, createServiceActor(i % 2 ? service.td.issuer : service.fehd.issuer, 'race'), {
        act: 'test.race',
      });
    await Promise.all(
      [...Array(60).keys()].map(write).concat([...Array(4)].map(async () => void (await linkRecords(service.db)))),
    );
    await linkRecords(service.db);
    for (const department of ['fehd', 'td'] as const) {
      const positions = (await read(department, '?limit=500')).map(({ position }: { position: number }) => position);
      expect(positions).to.deep.equal([...positions.keys()].map((i) => positions.length - i));
    }
  });

  it('needs the right "audit.read"', async () => {
    await sql`update api_keys set scopes = '{credentials.read}' where issuer_id = ${service.td.issuer.id}`.execute(
      service.db,
    );
    for (const path of ['/v1/audit', '/v1/audit/export.jsonl'])
      expect((await call(service, path, { key: service.td.apiKey })).json.code, path).to.equal('FORBIDDEN');
  });

  it('pages by the position', async () => {
    const first = (await call(service, '/v1/audit?limit=2', { key: service.fehd.apiKey })).json;
    const second = (await call(service, `/v1/audit?limit=2&starting_after=${first.next}`, { key: service.fehd.apiKey }))
      .json;
    expect(second.items[0].position).to.equal(first.items[1].position - 1);
    expect((await call(service, '/v1/audit?starting_after=x', { key: service.fehd.apiKey })).json.code).to.equal(
      'CURSOR_INVALID',
    );
  });
});
