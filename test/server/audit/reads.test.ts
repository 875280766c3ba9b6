import { expect } from 'chai';
import { sql } from 'kysely';
import { toDate, toHongKongDay } from '../../../proof/day.ts';
import { createRoutes } from '../../../server/app.ts';
import { linkRecords } from '../../../server/audit/link.ts';
import { createReadLog, recordReads } from '../../../server/audit/reads.ts';
import { call, createRoleKey, type Exchange, newCredential, startService, type TestService } from '../http/service.ts';

const HOUR_MS = 3_600_000;

describe('who reads personal data', () => {
  let service: TestService;
  let auditor: string;
  let id: string;
  let now: number;

  before(async () => {
    service = await startService();
    service.deps.now = () => now;
    now = Date.parse('2026-05-04T10:15:00+08:00');
    auditor = await createRoleKey(service.db, service.fehd.issuer, 'auditor');
    id = (await ask('/v1/credentials', { body: newCredential() })).json.id;
  });
  after(() => service.stop());

  const ask = (path: string, exchange: Exchange = {}) => call(service, path, { key: service.fehd.apiKey, ...exchange });
  /** As the jobs do, once the hour is over. */
  const settle = async () => {
    await service.reads.flush();
    while (await recordReads(service.db, now)) {}
    while (await linkRecords(service.db)) {}
  };
  const logOf = async (filter: string) => (await ask(`/v1/audit?${filter}`, { key: auditor })).json.items;

  it('stands in the audit log when the hour is over: who, what and how often, and nothing of what it said', async () => {
    for (let i = 0; i < 3; i++) await ask(`/v1/credentials/${id}`);
    await ask(`/v1/credentials/${id}/history`);
    await ask('/v1/credentials?limit=5');
    expect((await ask(`/v1/credentials/${id}/pdf`)).json.code, 'what is refused was not read').to.equal('NOT_FINAL');
    await settle();
    expect(await logOf(`object=${id}&act=credential.read`), 'the hour is not over').to.deep.equal([]);
    now += HOUR_MS;
    await settle();
    const records = await logOf(`object=${id}&act=credential.read`);
    const facts = records.map(({ actor, allowed, after }: Record<string, unknown>) => ({ actor, allowed, after }));
    const hour = '2026-05-04T02:00:00Z';
    expect(facts).to.have.deep.members([
      { actor: 'key:1', allowed: true, after: { what: 'claims', reads: 3, hour } },
      { actor: 'key:1', allowed: true, after: { what: 'history', reads: 1, hour } },
    ]);
    const [list] = await logOf('act=credential.list');
    expect(list).to.deep.include({ object: null, after: { what: 'list', reads: 1, hour } });
    expect(await service.db.selectFrom('read_counts').selectAll().execute()).to.deep.equal([]);
  });

  it('is counted of every route that shows it', () => {
    const parts = {
      deps: service.deps,
      signIn: null,
      webhooks: {},
      isTest: true,
      catalogue: { types: [], departments: [] },
    };
    const routes = createRoutes(parts as unknown as Parameters<typeof createRoutes>[0]);
    const silent = routes.flatMap(({ kind, path, reads }) => (kind === 'read' && !reads ? [path] : []));
    const personal = /^\/v1\/(credentials|drafts|reports|imports\/:id\/(rows|preview))/;
    // what is typed is the caller's own, and lists of drafts say types and states alone
    expect(silent.filter((path) => personal.test(path))).to.have.members(['/v1/credentials/preview', '/v1/drafts']);
  });

  it('is added up by all instances, and lost neither by a stop nor by a database that is away for a while', async () => {
    const faults: unknown[] = [];
    const other = createReadLog(service.db, {
      now: () => now,
      onFault: (fault) => faults.push(fault),
      flushMs: 60_000,
    });
    const read = { actor: { id: 'officer:5', issuer: service.fehd.issuer }, object: id };
    other.record({ ...read, act: 'credential.read', what: 'proof' });
    service.reads.record({ ...read, act: 'credential.read', what: 'proof' });
    await service.reads.flush();
    await sql`alter table read_counts rename to read_counts_away`.execute(service.db);
    expect(
      await other.flush().then(
        () => 'written',
        () => 'away',
      ),
    ).to.equal('away');
    await sql`alter table read_counts_away rename to read_counts`.execute(service.db);
    other.record({ ...read, act: 'credential.read', what: 'proof' });
    await other.close();
    now += 2 * HOUR_MS;
    await settle();
    const [record] = await logOf('actor=officer:5');
    expect(record.after).to.include({ what: 'proof', reads: 3 });
  });

  describe('irregularly', () => {
    const report = async (query = '') => {
      const answer = await ask(`/v1/audit/irregular-access${query}`, { key: auditor });
      expect(answer.status, answer.text).to.equal(200);
      return answer.json;
    };
    const reads = async (actor: string, objects: readonly string[]) => {
      for (const object of objects)
        service.reads.record({
          ...{ actor: { id: actor, issuer: service.fehd.issuer }, object },
          ...{ act: 'credential.read', what: 'claims' },
        });
      now += 2 * HOUR_MS;
      await settle();
    };
    const many = (count: number) => Array.from({ length: count }, (_, i) => `crd_${String(i).padStart(12, '0')}`);
    const DAY_MS = 24 * HOUR_MS;

    before(() => service.db.deleteFrom('read_days').execute());

    it('is told of who opened far more than usual, and of an officer who had nothing else to do with it', async () => {
      for (let day = 0; day < 3; day++) {
        await reads('key:7', many(12));
        await reads('officer:8', many(19));
        now += DAY_MS;
      }
      expect((await report()).items, 'a usual day').to.deep.equal([]);
      const day = toDate(toHongKongDay(now / 1000));
      const own = [...many(60)];
      for (const object of own.slice(0, 10))
        await service.db
          .insertInto('audit_records')
          .values({
            issuer_id: service.fehd.issuer.id,
            actor: 'officer:8',
            act: 'credential.mail',
            object,
            allowed: true,
            before: null,
            after: null,
          })
          .execute();
      await reads('key:7', many(61));
      await reads('key:9', many(49));
      await reads('officer:8', many(60));
      await reads('officer:10', many(20));
      const { items } = await report();
      expect(items).to.deep.equal([
        { actor: 'key:7', day, opened: 61, usual: 12, outsideWork: 61, why: ['more-than-usual'] },
        { actor: 'officer:10', day, opened: 20, usual: null, outsideWork: 20, why: ['outside-work'] },
      ]);
    });

    it('is asked for by days and a page at a time, by auditors of the department alone', async () => {
      await service.db
        .insertInto('read_days')
        .values({
          issuer_id: service.td.issuer.id,
          actor: 'key:2',
          day: toHongKongDay(now / 1000),
          opened: 99,
          outside_work: 0,
        })
        .execute();
      const first = await report('?limit=1');
      const second = await report(`?limit=1&starting_after=${first.next}`);
      expect([first.items[0].actor, second.items[0].actor, second.next]).to.deep.equal(['key:7', 'officer:10', null]);
      const { day } = first.items[0];
      const before = toDate(toHongKongDay(now / 1000) - 2);
      expect((await report(`?from=${day}&to=${day}`)).items).to.have.length(2);
      expect((await report(`?to=${before}`)).items).to.deep.equal([]);
      expect((await ask('/v1/audit/irregular-access?starting_after=x', { key: auditor })).json.code).to.equal(
        'CURSOR_INVALID',
      );
      const preparer = await createRoleKey(service.db, service.fehd.issuer, 'preparer');
      expect((await ask('/v1/audit/irregular-access', { key: preparer })).json.code).to.equal('FORBIDDEN');
    });
  });
});
