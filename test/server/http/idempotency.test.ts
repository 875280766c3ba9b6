import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { sql } from 'kysely';
import { call, newCredential, startService, type TestService } from './service.ts';
import { readWritingRoutes, type WritingRoute } from './writing-routes.ts';

/** What an earlier request was answered, as far as anybody can tell. */
const KEPT = '{"id":"kept_1","links":{"self":"/v1/kept/kept_1"}}';

describe('an Idempotency-Key, on every route that changes something', function () {
  this.timeout(120_000);
  let service: TestService;
  let routes: WritingRoute[];
  let count = 0;
  const newKey = () => `once-${++count}`;

  before(async () => {
    service = await startService();
    routes = (await readWritingRoutes(service, { types: 'FEHD-GRL' })).filter(({ changes }) => changes);
  });
  after(() => service.stop());

  const send = (route: WritingRoute, key: string, body: object | string = route.body) =>
    call(service, route.path, { key: service.fehd.apiKey, body, headers: { 'idempotency-key': key } });
  /** As if the route had done what it does, so many hours ago. */
  async function keep(
    route: WritingRoute,
    key: string,
    { hours = 0, actor }: { hours?: number; actor: string | null },
  ) {
    await service.db
      .insertInto('idempotency_keys')
      .values({
        issuer_id: service.fehd.issuer.id,
        key,
        actor,
        method: 'POST',
        path: route.path,
        body_sha256: createHash('sha256').update(JSON.stringify(route.body)).digest(),
        status: 202,
        body: KEPT,
        created_at: sql<Date>`now() - make_interval(secs => ${hours * 3_600})`,
      })
      .execute();
  }

  it('is known of all of them, and they are many', () => {
    expect(routes.length).to.be.greaterThan(25);
  });

  it('is required', async () => {
    for (const route of routes)
      expect((await send(route, '')).json.code, route.name).to.equal('IDEMPOTENCY_KEY_MISSING');
  });

  it('brings the answer of before, byte for byte, and does nothing again', async () => {
    for (const route of routes) {
      const key = newKey();
      await keep(route, key, { hours: 23.9, actor: null });
      const { status, text, headers } = await send(route, key);
      expect([status, text, headers.get('idempotency-replayed')], route.name).to.deep.equal([202, KEPT, 'true']);
    }
  });

  it('is refused for another body, another address, and somebody else', async () => {
    for (const [i, route] of routes.entries()) {
      const key = newKey();
      await keep(route, key, { actor: null });
      const other = await send(route, key, ` ${JSON.stringify(route.body)}`);
      expect([other.status, other.json.code], route.name).to.deep.equal([422, 'IDEMPOTENCY_KEY_REUSED']);
      const elsewhere = routes[(i + 1) % routes.length] as WritingRoute;
      expect((await send(elsewhere, key)).json.code, route.name).to.equal('IDEMPOTENCY_KEY_REUSED');
      const theirs = newKey();
      await keep(route, theirs, { actor: 'officer:somebody-else' });
      expect((await send(route, theirs)).json.code, route.name).to.equal('IDEMPOTENCY_KEY_REUSED');
    }
  });

  it('is told to wait while the same request is worked on', async () => {
    for (const route of routes) {
      const key = newKey();
      await service.db.transaction().execute(async (tx) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${`${service.fehd.issuer.id}:${key}`}, 0))`.execute(tx);
        const { status, json, headers } = await send(route, key);
        expect([status, json.code, headers.get('retry-after')], route.name).to.deep.equal([
          409,
          'IDEMPOTENCY_CONFLICT',
          '1',
        ]);
      });
    }
  });

  it('is forgotten after 24 hours', async () => {
    for (const route of routes) {
      const key = newKey();
      await keep(route, key, { hours: 24.1, actor: null });
      const { text, headers } = await send(route, key);
      expect(headers.has('idempotency-replayed'), route.name).to.equal(false);
      expect(text, route.name).to.not.equal(KEPT);
    }
  });

  it('is not kept by what was refused', async () => {
    for (const route of routes) {
      const key = newKey();
      expect((await send(route, key, { nonsense: 1 })).json.code, route.name).to.equal('VALIDATION_FAILED');
      await keep(route, key, { actor: null });
      expect((await send(route, key)).text, route.name).to.equal(KEPT);
    }
  });

  it('of another department is another key', async () => {
    for (const route of routes) {
      const key = newKey();
      await keep(route, key, { actor: null });
      const { text } = await call(service, route.path, {
        key: service.td.apiKey,
        body: route.body,
        headers: { 'idempotency-key': key },
      });
      expect(text, route.name).to.not.equal(KEPT);
    }
  });

  it('of two requests at the same time does the work once', async () => {
    const key = newKey();
    const ask = () =>
      call(service, '/v1/credentials', {
        key: service.fehd.apiKey,
        body: newCredential('FEHD-GRL', 77),
        headers: { 'idempotency-key': key },
      });
    const answers = await Promise.all(Array.from({ length: 8 }, ask));
    const done = answers.filter(({ status }) => status === 202);
    expect(done).to.not.be.empty;
    expect(new Set(done.map(({ text }) => text)).size).to.equal(1);
    for (const { status, json } of answers) if (status !== 202) expect(json.code).to.equal('IDEMPOTENCY_CONFLICT');
    const rows = await service.db.selectFrom('idempotency_keys').select('key').where('key', '=', key).execute();
    expect(rows).to.have.length(1);
  });
});

describe('an Idempotency-Key of a file', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  const rowOf = (seed: number) => {
    const { type: _, ...row } = newCredential('FEHD-GRL', seed);
    return `${JSON.stringify(row)}\n`;
  };
  const send = (body: string, query = '', apiKey = service.fehd.apiKey) =>
    call(service, `/v1/imports?type=FEHD-GRL&mode=good${query}`, {
      key: apiKey,
      body,
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': 'file-1' },
    });

  it('is refused for another file and another wish, and answers the same for the same, for good', async () => {
    const first = await send(rowOf(1));
    expect(first.json).to.deep.include({ state: 'completed' });
    await service.db
      .updateTable('imports')
      .set({ created_at: new Date(0), finished_at: new Date(0) })
      .execute();
    const again = await send(rowOf(1));
    expect([again.json.id, again.headers.get('idempotency-replayed')]).to.deep.equal([first.json.id, 'true']);
    for (const [body, query] of [
      [rowOf(2), ''],
      [rowOf(1) + rowOf(2), ''],
      ['', ''],
      [rowOf(1), '&dryRun=true'],
    ] as const) {
      const { status, json } = await send(body, query);
      expect([status, json.code], `${body.length} ${query}`).to.deep.equal([422, 'IDEMPOTENCY_KEY_REUSED']);
    }
  });
});
