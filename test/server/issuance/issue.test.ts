import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { JsonObject } from '../../../proof/json.ts';
import type { AppError } from '../../../server/app-error.ts';
import { readiness } from '../../../server/issuance/department.ts';
import { withIdempotency } from '../../../server/issuance/idempotency.ts';
import { issueCredential, issueCredentials } from '../../../server/issuance/issue.ts';
import { getCredential, listCredentials } from '../../../server/issuance/query.ts';
import type { KeptAnswer, NewCredential } from '../../../server/issuance/use-cases.ts';
import { actorOf, createWorld, sampleRequest, type World } from '../harness.ts';

describe('issuing', () => {
  let world: World;

  before(async () => {
    world = await createWorld();
  });

  after(() => world.close());

  const issueAs = (request: NewCredential) =>
    world.db
      .transaction()
      .execute((tx) => issueCredential(tx, world.deps, { actor: actorOf(world.issuers.FEHD), request }));

  async function problemsOf(request: NewCredential): Promise<string[]> {
    const error = (await issueAs(request).catch((thrown: unknown) => thrown)) as AppError;
    return [error.code, ...error.problems.map(({ pointer, code }) => `${pointer} ${code}`)];
  }

  function withClaims(change: JsonObject): NewCredential {
    const request = sampleRequest('FEHD-GRL');
    return { ...request, claims: { ...request.claims, ...change } };
  }

  it('accepts a sample and shows it with its claims', async () => {
    const request = { ...sampleRequest('FEHD-GRL'), holder: { email: 'chan@example.hk' } };
    const { id, reference } = await issueAs(request);
    expect(id).to.match(/^crd_[0-9a-z]{12}$/);
    expect(reference.replaceAll('-', '').toLowerCase()).to.equal(id.slice(4));
    const detail = await getCredential(world.db, world.deps, { actor: actorOf(world.issuers.FEHD), id });
    expect(detail?.claims).to.deep.equal(request.claims);
    expect(detail?.holder).to.deep.equal({ email: 'chan@example.hk' });
    expect(detail).to.include({ state: 'issued', status: 'in-force', batch: null, finalAt: null });
  });

  it('shows nothing of it to another department', async () => {
    const { id, reference } = await issueAs(sampleRequest('FEHD-GRL'));
    expect(await getCredential(world.db, world.deps, { actor: actorOf(world.issuers.TD), id })).to.equal(null);
    const request = { actor: actorOf(world.issuers.TD), filters: { reference }, limit: 5 };
    expect((await listCredentials(world.db, world.deps, request)).items).to.deep.equal([]);
  });

  it('keeps no claim in clear', async () => {
    const { id } = await issueAs(withClaims({ licenceNumber: 'CANARY-4711' }));
    const rows = await world.db.selectFrom('credentials').selectAll().execute();
    expect(id).to.be.a('string');
    const isFound = rows.some((row) =>
      Object.values(row).some((value) =>
        (Buffer.isBuffer(value) ? value : Buffer.from(String(value))).includes('CANARY'),
      ),
    );
    expect(isFound).to.equal(false);
  });

  it('finds by type, state, status and reference', async () => {
    const { id, reference } = await issueAs(sampleRequest('FEHD-FF'));
    const list = async (filters: object) => {
      const page = await listCredentials(world.db, world.deps, {
        actor: actorOf(world.issuers.FEHD),
        filters,
        limit: 100,
      });
      return page.items.map((item) => item.id);
    };
    expect(await list({ type: 'FEHD-FF' })).to.deep.equal([id]);
    expect(await list({ reference: reference.toLowerCase() })).to.deep.equal([id]);
    expect(await list({ status: 'revoked' })).to.deep.equal([]);
    expect(await list({ state: 'issued', status: 'in-force' })).to.include(id);
    expect(await list({ reference: 'AAAA' })).to.deep.equal([]);
  });

  it('rejects a character that no font of the document has, wherever it stands', async () => {
    const conditions = [{ en: 'None', 'zh-Hant': '無' }, { 'zh-Hant': '𠮷野家' }];
    expect(await problemsOf(withClaims({ shopSign: { en: 'Happy 😀' }, conditions }))).to.deep.equal([
      'VALIDATION_FAILED',
      '/claims/shopSign/en CHARACTER_NOT_AVAILABLE',
      '/claims/conditions/1/zh-Hant CHARACTER_NOT_AVAILABLE',
    ]);
  });

  it('rejects types that are unknown, another department’s or not opened', async () => {
    const request = sampleRequest('FEHD-GRL');
    expect(await problemsOf({ ...request, type: 'NO-SUCH' })).to.deep.equal(['TYPE_UNKNOWN', '/type TYPE_UNKNOWN']);
    expect(await problemsOf({ ...request, type: 'TD-DL' })).to.deep.equal(['TYPE_NOT_YOURS', '/type TYPE_NOT_YOURS']);
    expect(await problemsOf({ ...request, type: 'FEHD-LRR' })).to.deep.equal(['TYPE_NOT_OPEN', '/type TYPE_NOT_OPEN']);
  });

  it('names every claim and date that is wrong, at once', async () => {
    const request = withClaims({ licenceNumber: 7, surprise: 'x', ['__proto__']: null });
    const problems = await problemsOf({ ...request, validity: { validFrom: '2026-02-30' } });
    expect(problems).to.include.members([
      'VALIDATION_FAILED',
      '/claims/licenceNumber CLAIM_INVALID',
      '/claims/surprise CLAIM_UNKNOWN',
      '/validity/validFrom DATE_INVALID',
    ]);
  });

  it('rejects text that is not NFC and a validity that is too long', async () => {
    const decomposed = withClaims({ licenceNumber: 'e\u0301' });
    expect(await problemsOf(decomposed)).to.include('/claims/licenceNumber CLAIM_INVALID');
    const endless = { ...sampleRequest('FEHD-GRL'), validity: { validFrom: '2026-01-01', validUntil: '2099-12-31' } };
    expect(await problemsOf(endless)).to.include('/validity/validUntil PERIOD_TOO_LONG');
  });

  it('rejects what no QR code could hold, and names the largest claims', async () => {
    const long = { en: 'A'.repeat(160), 'zh-Hant': '牌'.repeat(160) };
    const [code, ...largest] = await problemsOf(withClaims({ licenseeName: long, shopSign: long }));
    expect(code).to.equal('QR_TOO_LARGE');
    expect(largest[0]).to.match(/^\/claims\/(licenseeName|shopSign) QR_TOO_LARGE$/);
  });

  it('rejects images that are not what they say', async () => {
    const { claims, validity } = sampleRequest('HKPF-SPP');
    const [name, image] = Object.entries(claims).find(
      ([, value]) => (value as JsonObject)?.mediaType !== undefined,
    ) as [string, JsonObject];
    const as = (change: JsonObject) =>
      world.db.transaction().execute((tx) =>
        issueCredential(tx, world.deps, {
          actor: actorOf(world.issuers.HKPF),
          request: { type: 'HKPF-SPP', validity, claims: { ...claims, [name]: { ...image, ...change } } },
        }),
      );
    for (const change of [{ mediaType: 'image/svg+xml' }, { data: 'PHN2Zz4=' }, { data: 'no base64' }, { more: 1 }]) {
      const error = (await as(change).catch((thrown: unknown) => thrown)) as AppError;
      expect(error.problems).to.have.length(1);
      expect(error.problems[0]).to.include({ pointer: `/claims/${name}`, code: 'CLAIM_INVALID' });
    }
  });

  it('takes the last end of its items for the end, and the first for where it is partly over', async () => {
    const { claims } = sampleRequest('TD-DL');
    const classes = [
      { class: '1', validFrom: '2026-01-01', validUntil: '2030-01-31' },
      { class: '2', validFrom: '2026-01-01', validUntil: '2028-05-01' },
    ];
    const request = { type: 'TD-DL', claims: { ...claims, classes }, validity: { validFrom: '2026-01-01' } };
    const view = await world.db
      .transaction()
      .execute((tx) => issueCredential(tx, world.deps, { actor: actorOf(world.issuers.TD), request }));
    expect(view).to.include({ validUntil: '2030-01-31', partlyUntil: '2028-05-01' });
  });

  it('counts what is on its way', async () => {
    expect((await readiness(world.db)).credentials).to.be.greaterThan(0);
  });

  it('draws another id where two of one transaction draw the same, and loses neither', async () => {
    const [same, real] = [Buffer.from('a1a2a3a4a5a6', 'hex'), world.deps.randomBytes];
    let drawn = 0;
    const randomBytes = (size: number) => (size === same.length && drawn++ < 3 ? same : real(size));
    const all = [40, 41, 42].map((seed) => ({
      actor: actorOf(world.issuers.FEHD),
      request: sampleRequest('FEHD-GRL', seed),
    }));
    const views = await world.db
      .transaction()
      .execute((tx) => issueCredentials(tx, { ...world.deps, randomBytes }, all));
    const ids = views.map((view) => (view as { id: string }).id);
    expect(new Set(ids)).to.have.property('size', 3);
    for (const [i, id] of ids.entries()) {
      const found = await getCredential(world.db, world.deps, { actor: actorOf(world.issuers.FEHD), id });
      expect(found?.claims).to.deep.equal(all[i]?.request.claims);
    }
  });

  describe('with an idempotency key', () => {
    const requestOf = (key: string, body: string) => ({
      issuer: world.issuers.FEHD,
      actor: 'key:1',
      key,
      method: 'POST',
      path: '/v1/credentials',
      bodySha256: createHash('sha256').update(body).digest(),
    });
    const answer: KeptAnswer = { status: 202, body: '{"id":1}' };

    it('does the work once and gives the same answer again', async () => {
      let runs = 0;
      const run = async () => {
        runs++;
        return answer;
      };
      const first = await withIdempotency(world.db, requestOf('a', 'x'), run);
      const second = await withIdempotency(world.db, requestOf('a', 'x'), run);
      expect([first, second]).to.deep.equal([
        { ...answer, replayed: false },
        { ...answer, replayed: true },
      ]);
      expect(runs).to.equal(1);
    });

    it('rejects the same key for another body', async () => {
      await withIdempotency(world.db, requestOf('b', 'x'), async () => answer);
      const refused = await withIdempotency(world.db, requestOf('b', 'y'), async () => answer).catch(
        (e: AppError) => e.code,
      );
      expect(refused).to.equal('IDEMPOTENCY_KEY_REUSED');
    });

    it('keeps nothing of work that failed', async () => {
      const failing = withIdempotency(world.db, requestOf('c', 'x'), async (tx) => {
        await tx
          .insertInto('issuers')
          .values({ code: 'X', profile: 'f'.repeat(64) })
          .execute();
        throw new Error('no');
      });
      expect(await failing.catch((error: Error) => error.message)).to.equal('no');
      expect(await world.db.selectFrom('issuers').select('id').where('code', '=', 'X').execute()).to.deep.equal([]);
      expect(await withIdempotency(world.db, requestOf('c', 'x'), async () => answer)).to.include({ replayed: false });
    });

    it('tells a second request that the first is in flight', async () => {
      const gate = Promise.withResolvers<KeptAnswer>();
      const started = Promise.withResolvers<void>();
      const first = withIdempotency(world.db, requestOf('d', 'x'), () => {
        started.resolve();
        return gate.promise;
      });
      await started.promise;
      const second = await withIdempotency(world.db, requestOf('d', 'x'), async () => answer).catch(
        (e: AppError) => e.code,
      );
      gate.resolve(answer);
      await first;
      expect(second).to.equal('IDEMPOTENCY_CONFLICT');
    });
  });
});
