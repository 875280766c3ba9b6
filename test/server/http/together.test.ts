import { expect } from 'chai';
import { sql } from 'kysely';
import { toCredentialId } from '../../../server/issuance/credential-id.ts';
import { call, keyFor, newCredential, startService, type TestService } from './service.ts';

/** Which breaks the transaction that inserts it. */
const BROKEN = 'FEHD-LRR';

describe('credentials that are issued at once', () => {
  let service: TestService;
  let count = 0;
  const issue = (body: object, key = service.fehd.apiKey, idempotencyKey = `together-${++count}`) =>
    call(service, '/v1/credentials', { key, body, headers: { 'idempotency-key': idempotencyKey } });
  const select = () => service.db.selectFrom('credentials').where('issuer_id', '=', service.fehd.issuer.id);

  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  it('are each issued or refused by what they are, whoever asks beside them', async () => {
    const [other, reader] = [
      await keyFor(service, ['credentials.issue', 'credentials.read']),
      await keyFor(service, ['credentials.read']),
    ];
    const good = Array.from({ length: 20 }, (_, i) => newCredential('FEHD-GRL', i));
    const { claims, ...empty } = newCredential();
    const [issued, foreign, [twice, again], refused] = await Promise.all([
      Promise.all(good.map((body, i) => issue(body, i % 2 === 0 ? service.fehd.apiKey : other))),
      issue(newCredential('TD-DL'), service.td.apiKey),
      Promise.all([
        issue(newCredential('FEHD-GRL', 30), other, 'same'),
        issue(newCredential('FEHD-GRL', 30), other, 'same'),
      ]),
      Promise.all([
        issue({ ...empty, claims: { ...claims, licenceNumber: 7 } }),
        issue(newCredential('TD-DL')),
        issue(newCredential(), reader),
      ]),
    ]);
    expect(new Set(issued.map(({ status }) => status))).to.deep.equal(new Set([202]));
    expect(foreign.status).to.equal(202);
    expect(refused.map(({ json }) => json.code)).to.deep.equal(['VALIDATION_FAILED', 'TYPE_NOT_YOURS', 'FORBIDDEN']);
    expect([twice, again].filter(({ status }) => status === 202)).to.not.be.empty;
    for (const { status, json } of [twice, again])
      if (status !== 202) expect(json.code).to.equal('IDEMPOTENCY_CONFLICT');
    for (const [i, { json }] of issued.entries()) {
      const { json: read } = await call(service, `/v1/credentials/${json.id}`, { key: reader });
      expect(read.claims, json.id).to.deep.equal(good[i]?.claims);
    }
    expect(await select().select('seq').execute()).to.have.length(21);
  });

  it('share transactions, and the log has who issued each', async () => {
    const bodies = Array.from({ length: 40 }, (_, i) => newCredential('FEHD-GRL', 100 + i));
    const second = await keyFor(service, ['credentials.issue']);
    const issued = await Promise.all(bodies.map((body, i) => issue(body, i % 2 === 0 ? service.fehd.apiKey : second)));
    const ids = issued.map(({ json }) => json.id as string);
    const { rows } = await sql<{ n: number }>`select count(distinct xmin::text)::int as n from credentials_and_copies
      where seq in (select seq from credentials_and_copies order by seq desc limit ${ids.length})`.execute(service.db);
    expect(rows[0]?.n).to.be.lessThan(ids.length / 2);
    const actorsOf = async (objects: readonly string[]) => {
      const rows = await service.db
        .selectFrom('audit_records as a')
        .select(['a.object', 'a.actor', 'a.request_id'])
        .where('a.object', 'in', objects)
        .where('a.act', '=', 'credential.issue')
        .execute();
      expect(new Set(rows.map((row) => row.request_id))).to.have.property('size', objects.length);
      const byObject = new Map(rows.map((row) => [row.object, row.actor]));
      return objects.map((id) => byObject.get(id));
    };
    const alone = [await issue(newCredential('FEHD-GRL', 98)), await issue(newCredential('FEHD-GRL', 99), second)];
    const [one, two] = await actorsOf(alone.map(({ json }) => json.id));
    expect(one).to.be.a('string').and.not.equal(two);
    const expected = ids.map((_, i) => (i % 2 === 0 ? one : two));
    expect(await actorsOf(ids)).to.deep.equal(expected);
    const stored = await select().select(['id', 'prepared_by', 'submitted_by', 'approved_by']).execute();
    const people = new Map(stored.map((row) => [toCredentialId(row.id), row]));
    for (const [i, id] of ids.entries())
      expect(people.get(id)).to.include({
        prepared_by: expected[i],
        submitted_by: expected[i],
        approved_by: expected[i],
      });
  });

  it('are done once for one key, whoever of the department asks at the same time', async () => {
    const second = await keyFor(service, ['credentials.issue']);
    const body = newCredential('FEHD-GRL', 60);
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) => issue(body, i % 2 === 0 ? service.fehd.apiKey : second, 'one-for-two')),
    );
    const done = answers.filter(({ status }) => status === 202);
    expect(new Set(done.map(({ json }) => json.id))).to.have.property('size', 1);
    for (const { status, json } of answers)
      if (status !== 202) expect(json.code).to.be.oneOf(['IDEMPOTENCY_CONFLICT', 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('are issued though one of them breaks the transaction, and a repetition of each brings the same answer', async () => {
    await sql`create function refuse_row() returns trigger language plpgsql as
      $$ begin raise exception 'this row cannot be stored'; end $$`.execute(service.db);
    await sql
      .raw(
        `create trigger refused before insert on credentials_and_copies for each row when (new.code = '${BROKEN}') execute function refuse_row()`,
      )
      .execute(service.db);
    const bodies = Array.from({ length: 20 }, (_, i) => newCredential(i === 7 ? BROKEN : 'FEHD-GRL', 200 + i));
    const ask = () => Promise.all(bodies.map((body, i) => issue(body, service.fehd.apiKey, `broken-${i}`)));
    const [first, second] = [await ask(), await ask()];
    for (const [i, { status, text }] of first.entries()) {
      expect(status, text).to.equal(i === 7 ? 500 : 202);
      if (i !== 7) expect(second[i]).to.deep.include({ status, text });
    }
    expect(await select().select('seq').where('code', '=', BROKEN).execute()).to.deep.equal([]);
  });
});

describe('pages of a list that are asked for at once', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
    for (let i = 0; i < 3; i++)
      await call(service, '/v1/credentials', { key: service.fehd.apiKey, body: newCredential('FEHD-GRL', i) });
    await call(service, '/v1/credentials', { key: service.td.apiKey, body: newCredential('TD-DL') });
  });
  after(() => service.stop());

  it('are each department’s own, and nobody’s who may not read them', async () => {
    const issuer = await keyFor(service, ['credentials.issue']);
    const reader = await keyFor(service, ['credentials.read']);
    const keys = [service.fehd.apiKey, service.td.apiKey, issuer, reader];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => call(service, '/v1/credentials', { key: keys[i % 4] as string })),
    );
    for (const [i, { status, json }] of answers.entries()) {
      if (i % 4 === 2) expect([status, json.code]).to.deep.equal([403, 'FORBIDDEN']);
      else
        expect(json.items.map((item: { type: string }) => item.type)).to.deep.equal(
          i % 4 === 1 ? ['TD-DL'] : Array(3).fill('FEHD-GRL'),
        );
    }
  });
});
