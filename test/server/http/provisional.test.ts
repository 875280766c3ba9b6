import { expect } from 'chai';
import { toDate, toHongKongDay } from '../../../proof/day.ts';
import { decodeTrust } from '../../../proof/trust.ts';
import { type Sources, verifyQrText } from '../../../proof/verification.ts';
import { postWithFetch } from '../../../server/chain/rpc.ts';
import { eventually } from '../harness.ts';
import { type RealService, startRealService, untilFinal } from './real-service.ts';
import { call, type Exchange, newCredential } from './service.ts';

describe('a provisional credential over HTTP', () => {
  let service: RealService;
  let sources: Sources;
  const today = toHongKongDay(Date.now() / 1000);

  before(async () => {
    service = await startRealService({}, ['EDB']);
    sources = {
      trust: decodeTrust((await call(service.current, '/trust.json')).text),
      loadFile: async (path) => (await call(service.current, `/${path}`)).bytes,
      post: postWithFetch,
      now: () => Date.now() / 1000,
    };
  });
  after(() => service.close());

  const ask = (path: string, exchange: Exchange = {}) =>
    call(service.current, path, { key: service.apiKeys.EDB, ...exchange });
  const provisional = async (seed: number) => {
    const { claims } = newCredential('EDB-SCH-PROV', seed);
    const validity = { validFrom: toDate(today - 100), validUntil: toDate(today + 200) };
    const { json } = await ask('/v1/credentials', { body: { type: 'EDB-SCH-PROV', claims, validity } });
    return untilFinal(service, service.apiKeys.EDB, json.id);
  };
  const full = (seed: number, validFrom: string) => {
    const { claims } = newCredential('EDB-SCH-REG', seed);
    return { type: 'EDB-SCH-REG', claims, validity: { validFrom } };
  };
  const standing = async ({ links }: { links: { qrText: string } }) => {
    const verdict = await verifyQrText((await ask(links.qrText)).text, sources);
    expect(verdict.genuine).to.equal('genuine');
    return verdict.standing;
  };

  it('is superseded by the full one, which is of another type, when that begins', async () => {
    const old = await provisional(1);
    const { json } = await ask(`/v1/credentials/${old.id}/replace`, { body: full(1, toDate(today)) });
    const registration = await untilFinal(service, service.apiKeys.EDB, json.id);
    expect([registration.type, registration.replaces]).to.deep.equal(['EDB-SCH-REG', old.id]);
    const named = await eventually('it names its successor', async () => {
      const view = (await ask(`/v1/credentials/${old.id}`)).json;
      return view.status === 'superseded' && view;
    });
    expect(named.supersededBy).to.equal(registration.id);
    const { batch } = registration;
    const said = await standing(old);
    expect(said).to.deep.include({ code: 'superseded', successor: { batch: batch.id, leaf: batch.index } });
    expect(await standing(registration)).to.deep.equal({ code: 'in-force', until: null });
  });

  it('stays in force until the full one begins', async () => {
    const old = await provisional(2);
    const { json } = await ask(`/v1/credentials/${old.id}/replace`, { body: full(2, toDate(today + 2)) });
    const registration = await untilFinal(service, service.apiKeys.EDB, json.id);
    expect((await ask(`/v1/credentials/${old.id}`)).json.status).to.equal('in-force');
    expect(await standing(old)).to.deep.equal({ code: 'in-force', until: today + 200 });
    expect((await standing(registration))?.code).to.equal('not-yet-in-force');
  });

  it('takes the place of no full one, neither at once nor by a draft', async () => {
    const { json } = await ask('/v1/credentials', { body: full(3, toDate(today)) });
    const back = await ask(`/v1/credentials/${json.id}/replace`, { body: newCredential('EDB-SCH-PROV', 3) });
    expect([back.status, back.json.errors]).to.deep.equal([
      422,
      [
        {
          pointer: '#/type',
          code: 'NOT_A_SUCCESSOR',
          detail: '"type" must be EDB-SCH-REG: what a credential of EDB-SCH-REG is replaced by',
        },
      ],
    ]);
    const draft = await ask('/v1/drafts', { body: { ...newCredential('EDB-SCH-PROV', 3), replaces: json.id } });
    const submitted = await ask(`/v1/drafts/${draft.json.id}/submit`, { body: {} });
    expect(submitted.json.errors[0].code, submitted.text).to.equal('NOT_A_SUCCESSOR');
  });

  it('is told by its type, with what it becomes', async () => {
    expect((await ask('/v1/types/EDB-SCH-PROV')).json.lifecycle.becomes).to.deep.equal(['EDB-SCH-REG']);
    expect((await ask('/v1/types/EDB-SCH-REG')).json.lifecycle.becomes).to.deep.equal([]);
  });
});
