import { expect } from 'chai';
import type { JsonObject } from '../../../proof/json.ts';
import { decodeTrust } from '../../../proof/trust.ts';
import { verifyQrText } from '../../../proof/verification.ts';
import { postWithFetch } from '../../../server/chain/rpc.ts';
import { type Service, startService } from '../../../server/main.ts';
import { eventually, send } from '../harness.ts';
import { type RealService, startRealService, untilFinal } from '../http/real-service.ts';
import { call, type Exchange, newCredential } from '../http/service.ts';
import { keyOf } from '../instance.ts';

/** Accounts of the world: FEHD's admin. */
const ADMIN = 2;
const PATH = '/v1/type-versions';
const GRADE = {
  ...{ name: 'hygieneGrade', type: 'enum', group: 'shown', sensitive: false, required: true },
  label: { en: 'Hygiene grade', 'zh-Hant': '衞生等級', 'zh-Hans': '卫生等级' },
  options: [{ code: 'a', label: { en: 'A', 'zh-Hant': '甲', 'zh-Hans': '甲' } }],
};

describe('new versions of types', () => {
  let service: RealService;
  let other: Service;
  let fehd: string;
  let id: string;

  before(async () => {
    service = await startRealService({}, ['FEHD', 'TD']);
    fehd = service.apiKeys.FEHD;
    other = await startService(service.parts());
  });
  after(async () => {
    await other?.close();
    await service?.close();
  });

  const ask = (path: string, exchange: Exchange = {}) => call(service.current, path, { key: fehd, ...exchange });
  const update = (definition: object, more = {}) => ask(`${PATH}/${id}/update`, { body: { definition, ...more } });
  const definitionOf = async () =>
    (await ask(`${PATH}/${id}`)).json.definition as JsonObject & { claims: JsonObject[] };
  const draftOf = (code: string, seed: number) => ask('/v1/drafts', { body: newCredential(code, seed) });

  it('begin with what is in force, once at a time, and are published only when something is another', async () => {
    const begun = await ask(PATH, { body: { type: 'FEHD-GRL' } });
    expect(begun.status).to.equal(201);
    id = begun.json.id;
    expect(begun.json).to.deep.include({ state: 'draft', version: 2, faults: [], changes: [], sha256: null });
    expect(begun.json.definition).to.deep.include({ code: 'FEHD-GRL', version: 2, department: 'FEHD' });
    expect((await ask(PATH, { body: { type: 'FEHD-GRL' } })).json.code).to.equal('TYPE_VERSION_OPEN');
    expect((await ask(PATH, { body: { type: 'TD-DL' } })).json.code).to.equal('TYPE_UNKNOWN');
    const stranger = { key: service.apiKeys.TD };
    for (const path of ['', '/preview.pdf'])
      expect((await ask(`${PATH}/${id}${path}`, stranger)).json.code).to.equal('TYPE_VERSION_NOT_FOUND');
    expect((await ask(PATH, stranger)).json.items).to.deep.equal([]);
    const { changedAt } = begun.json;
    const { json } = await ask(`${PATH}/${id}/prepare`, { body: { changedAt } });
    expect([json.code, json.errors[0].code]).to.deep.equal(['VALIDATION_FAILED', 'NOTHING_CHANGED']);
  });

  it('are kept as they are typed, with every fault beside its field', async () => {
    const typed = await definitionOf();
    const [number, kind, ...others] = typed.claims as [JsonObject, JsonObject];
    const { json } = await update({
      ...typed,
      title: { en: '', 'zh-Hant': '普通食肆牌照', 'zh-Hans': ' 普通' },
      validity: { kind: 'months', max: 'twelve' },
      claims: [
        { ...number, role: '', name: 'id' },
        { ...kind, options: [...(kind.options as []), { code: 'full', label: {} }] },
        ...others,
        { ...GRADE, name: 'shopSign', group: 'rest', always: true, maxLength: 9_000 },
        GRADE,
      ],
    });
    const last = typed.claims.length;
    expect(
      json.faults.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`),
    ).to.have.members([
      '/title/en FIELD_MISSING',
      '/title/zh-Hans TEXT_UNPRINTABLE',
      '/validity/max COUNT_INVALID',
      '/claims/0/name NAME_INVALID',
      '/claims/1/options/2/code NAME_TWICE',
      ...['en', 'zh-Hant', 'zh-Hans'].map((language) => `/claims/1/options/2/label/${language} FIELD_MISSING`),
      `/claims/${last}/name NAME_TWICE`,
      `/claims/${last}/always ALWAYS_NOT_SHOWN`,
      `/claims/${last}/maxLength COUNT_INVALID`,
      `/claims/${last + 1}/group SHOWN_AFTER_REST`,
      '/claims NUMBER_MISSING',
    ]);
    expect((await definitionOf()).validity).to.deep.equal({ kind: 'months', max: 'twelve' });
    const refused = await ask(`${PATH}/${id}/prepare`, { body: { changedAt: json.changedAt } });
    expect(refused.json.errors).to.have.length(json.faults.length);
    expect((await ask(`${PATH}/${id}/preview.pdf`)).json.code).to.equal('VALIDATION_FAILED');
    const overtaken = await update(typed, { changedAt: '2026-01-01T00:00:00.000Z' });
    expect([overtaken.status, overtaken.json.code]).to.deep.equal([409, 'DRAFT_CHANGED']);
  });

  it('say what changes for whom, and show a document with invented values', async () => {
    await ask(`${PATH}/${id}/discard`, { body: {} });
    expect((await update({})).json.code).to.equal('TYPE_VERSION_STATE');
    id = (await ask(PATH, { body: { type: 'FEHD-GRL' } })).json.id;
    const typed = await definitionOf();
    const [number, kind, ...others] = typed.claims as [JsonObject, JsonObject];
    const shown = others.filter(({ group }) => group === 'shown');
    const rest = others.filter(({ group, name }) => group === 'rest' && name !== 'layoutPlanRef');
    const { json } = await update({
      ...typed,
      title: { en: 'Restaurant Licence', 'zh-Hant': '食肆牌照', 'zh-Hans': '食肆牌照' },
      validity: { kind: 'months', max: 24 },
      claims: [kind, number, ...shown, GRADE, ...rest],
    });
    expect(json.faults).to.deep.equal([]);
    const told = json.changes.map(({ what, name }: { what: string; name: string }) => `${what} ${name ?? ''}`.trim());
    expect(told).to.have.members([
      'title',
      'validity',
      'claim-removed layoutPlanRef',
      'claim-added hygieneGrade',
      'claim-moved licenceNumber',
    ]);
    expect(json.changes.find(({ what }: { what: string }) => what === 'claim-added').concerns).to.include('systems');
    expect(json.definition.drafts).to.include('claims.shopSign.label.en').and.not.include('validity');
    const pdf = await ask(`${PATH}/${id}/preview.pdf`);
    expect([pdf.status, pdf.text.slice(0, 5)]).to.deep.equal([200, '%PDF-']);
  });

  it('are in use as soon as the registry has them, on every instance, and what was before stays what it was', async () => {
    const old = (await ask('/v1/credentials', { body: newCredential('FEHD-GRL', 1) })).json.id as string;
    const draft = (await draftOf('FEHD-GRL', 2)).json;
    expect(draft.problems).to.deep.equal([]);
    const { changedAt } = (await ask(`${PATH}/${id}`)).json;
    const { json } = await ask(`${PATH}/${id}/prepare`, { body: { changedAt } });
    const { version, transaction } = json;
    expect(version.state).to.equal('prepared');
    expect(transaction.from).to.equal(keyOf(ADMIN).address);
    expect(transaction.call.arguments.definition).to.equal(`0x${version.sha256}`);
    expect((await ask('/v1/types/FEHD-GRL')).json.version).to.equal(1);
    await send(service.world, ADMIN, transaction.data);
    for (const instance of [service.current, other])
      await eventually('it is the newest version', async () => {
        const { json: type } = await call(instance, '/v1/types/FEHD-GRL', { key: fehd });
        return type.version === 2 && type.definition === version.sha256;
      });
    const file = await call(other, `/types/${version.sha256}.json`);
    expect(JSON.parse(file.text)).to.deep.equal(version.definition);
    const published = (await ask(`${PATH}/${id}`)).json;
    expect(published).to.deep.include({ state: 'published', version: 2, faults: [] });
    expect(published.changes).to.have.length(5);
    expect((await update({})).json.code).to.equal('TYPE_VERSION_STATE');
    const { items } = (await ask('/v1/audit?act=type.publish')).json;
    expect(items.map(({ object }: { object: string }) => object)).to.deep.equal([id]);
    await untilFinal(service, fehd, old);
    expect((await ask(`/v1/credentials/${old}`)).json.version).to.equal(1);
    // a draft of before is told what is missing now, and keeps what was typed
    const submitted = await ask(`/v1/drafts/${draft.id}/submit`, { body: {} });
    expect(submitted.json.errors.map(({ pointer }: { pointer: string }) => pointer)).to.have.members([
      '#/claims/hygieneGrade',
      '#/claims/layoutPlanRef',
    ]);
  });

  it('issue what every verifier believes, one by one and by file, also after a restart', async () => {
    const body = newCredential('FEHD-GRL', 3) as { claims: JsonObject };
    const { layoutPlanRef: _, ...claims } = body.claims;
    const content = { ...body, claims: { ...claims, hygieneGrade: 'a' } };
    const issued = await call(other, '/v1/credentials', { key: fehd, body: content });
    expect(issued.json.version).to.equal(2);
    await untilFinal(service, fehd, issued.json.id);
    const row = { claims: { ...content.claims, licenceNumber: 'FILE 1' }, validity: (content as JsonObject).validity };
    const sent = await call(other, '/v1/imports?type=FEHD-GRL&mode=good', {
      ...{ key: fehd, headers: { 'content-type': 'application/x-ndjson' } },
      body: `${JSON.stringify(row)}\n${JSON.stringify({ ...row, claims: body.claims })}\n`,
    });
    expect(sent.status, sent.text).to.be.below(300);
    const done = await eventually('the file is read', async () => {
      const { json } = await call(other, `/v1/imports/${sent.json.id}`, { key: fehd });
      return json.state === 'completed' && json;
    });
    expect(done.counts).to.deep.include({ issued: 1, malformed: 1 });
    await service.restart();
    const qr = (await ask(`/v1/credentials/${issued.json.id}/qr.txt`)).text;
    const verdict = await verifyQrText(qr, {
      trust: decodeTrust((await ask('/trust.json')).text),
      loadFile: async (path) => (await ask(`/${path}`)).bytes,
      post: postWithFetch,
      now: () => Date.now() / 1000,
    });
    expect([verdict.genuine, verdict.standing?.code]).to.deep.equal(['genuine', 'in-force']);
  });
});
