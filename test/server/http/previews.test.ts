import { expect } from 'chai';
import { createApiKey } from '../../../server/auth/api-key.ts';
import type { Act } from '../../../server/auth/policy.ts';
import { finalise } from '../finalise.ts';
import { readQr } from '../render/barcode.ts';
import { createPdfFile, type PdfFile, toImageData } from '../render/pdf-file.ts';
import { conditions } from '../render/sample.ts';
import { call, newCredential, startService, type TestService } from './service.ts';

const WORDS = ['DRAFT, NOT VALID', '草擬本，無效', '草拟本，无效'];
/** Three pages: conditions that do not fit on the first. */
const LONG = { ...newCredential(), claims: { ...newCredential().claims, conditions: conditions(14) } };

describe('previews', () => {
  let service: TestService;
  const files: PdfFile[] = [];

  before(async () => {
    service = await startService();
  });
  after(async () => {
    for (const file of files) file.remove();
    await service.stop();
  });

  const say = (path: string, body?: object, key = service.fehd.apiKey) =>
    call(service, `/v1${path}`, { key, ...(body ? { body } : {}) });
  const keyWith = (scopes: Act[]) =>
    createApiKey(service.db, { issuer: service.fehd.issuer, name: 'scoped', isTest: true, scopes });

  async function open(answer: ReturnType<typeof call>): Promise<PdfFile> {
    const { status, headers, bytes, text } = await answer;
    expect(status, text).to.equal(200);
    expect(headers.get('content-type')).to.equal('application/pdf');
    const file = createPdfFile(bytes);
    files.push(file);
    return file;
  }

  const pagesOf = (file: PdfFile) => Number(/Pages:\s+(\d+)/.exec(file.info())?.[1]);

  async function expectDraft(file: PdfFile): Promise<void> {
    const pages = pagesOf(file);
    for (let page = 1; page <= pages; page++)
      for (const words of WORDS) expect(file.text(page), `page ${page}`).to.include(words);
    const found = await readQr(toImageData(file.grey(1, 200))).then(() => 'a code', String);
    expect(found).to.equal('Error: expected one QR code, found 0');
    expect(file.objects()).to.not.include('/EmbeddedFile').and.to.not.include('/AFRelationship');
    expect(file.check()).to.include('No syntax or stream encoding errors found');
    expect(file.objects()).to.include('<pdfaid:conformance>B</pdfaid:conformance>');
  }

  it('show a draft that is not submitted, and keep its pages as the document has them', async () => {
    const { json } = await say('/drafts', LONG);
    const file = await open(say(`/drafts/${json.id}/preview.pdf`));
    await expectDraft(file);
    expect(file.text()).to.include(newCredential().claims.licenceNumber).and.to.include('1 of');
    const issued = (await say('/credentials', LONG)).json;
    await finalise(service);
    const final = await open(say(`/credentials/${issued.id}/pdf`));
    expect([pagesOf(file), pagesOf(final)]).to.deep.equal([3, 3]);
    expect(file.text()).to.not.include(issued.reference);
  });

  it('show a submitted draft out of what will be signed, and not its reference', async () => {
    const { json } = await say('/drafts', newCredential());
    await say(`/drafts/${json.id}/submit`, {});
    const file = await open(say(`/drafts/${json.id}/preview.pdf`));
    await expectDraft(file);
    expect(file.text()).to.include(newCredential().claims.licenceNumber);
    expect(file.text()).to.not.match(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/);
  });

  it('have Simplified Chinese beside the English where that is asked for, and no other language', async () => {
    const lang = (name: string) => say(`/credentials/preview?lang=${name}`, newCredential());
    const file = await open(lang('zh-Hans'));
    await expectDraft(file);
    expect(file.text()).to.include('食物环境卫生署').and.to.not.include('食物環境衞生署');
    expect((await lang('zh-Hant')).status).to.equal(200);
    expect((await lang('fr')).json).to.deep.include({ code: 'QUERY_INVALID' });
    const issued = (await say('/credentials', newCredential())).json;
    await finalise(service);
    const pdf = async (query: string) => open(say(`/credentials/${issued.id}/pdf${query}`));
    expect((await pdf('?lang=zh-Hans')).text()).to.include('食物环境卫生署');
    expect((await pdf('')).text())
      .to.include('食物環境衞生署')
      .and.to.not.include('食物环境卫生署');
  });

  it('have the claims in the order that the department prints, and after them the others', async () => {
    const { apiKey } = await service.admit('HA', 4);
    const body = newCredential('HA-MC');
    const consultation = 'Seen at the clinic.';
    const file = await open(say('/credentials/preview', { ...body, claims: { ...body.claims, consultation } }, apiKey));
    const text = file.rawText();
    const places = ['Name of patient', consultation, 'Sick leave from', 'Sick leave to', 'Doctor'].map((part) =>
      text.indexOf(part),
    );
    expect(places)
      .to.deep.equal([...places].sort((a, b) => a - b))
      .and.not.include(-1);
  });

  it('show pictures, of what is asked for and of what is submitted', async () => {
    const { apiKey } = await service.admit('HKPF', 3);
    const body = newCredential('HKPF-SPP');
    const asked = await open(say('/credentials/preview', body, apiKey));
    const { json } = await say('/drafts', body, apiKey);
    await say(`/drafts/${json.id}/submit`, {}, apiKey);
    const submitted = await open(say(`/drafts/${json.id}/preview.pdf`, undefined, apiKey));
    for (const file of [asked, submitted]) {
      expect(file.objects()).to.match(/\/Subtype \/Image/);
      await expectDraft(file);
    }
  });

  it('of what is not stored keep nothing, and want no Idempotency-Key', async () => {
    const counts = async () => {
      const tables = ['credentials', 'drafts', 'images', 'idempotency_keys'] as const;
      return Promise.all(
        tables.map((table) =>
          service.db
            .selectFrom(table)
            .select(({ fn }) => fn.countAll<string>().as('n'))
            .executeTakeFirstOrThrow(),
        ),
      );
    };
    const before = await counts();
    const { apiKey: key } = service.fehd;
    await open(
      call(service, '/v1/credentials/preview', { key, body: newCredential(), headers: { 'idempotency-key': '' } }),
    );
    expect(await counts()).to.deep.equal(before);
  });

  it('say what is wrong with what is not right yet', async () => {
    const wrong = { ...newCredential(), claims: { ...newCredential().claims, licenceNumber: '' } };
    const draft = (await say('/drafts', wrong)).json;
    for (const { status, json } of [
      await say(`/drafts/${draft.id}/preview.pdf`),
      await say('/credentials/preview', wrong),
    ]) {
      expect([status, json.code]).to.deep.equal([422, 'VALIDATION_FAILED']);
      expect(json.errors[0].pointer).to.equal('#/claims/licenceNumber');
    }
  });

  it('are of what is a draft still', async () => {
    const { json } = await say('/drafts', newCredential());
    await say(`/drafts/${json.id}/discard`, {});
    expect((await say(`/drafts/${json.id}/preview.pdf`)).json.code).to.equal('DRAFT_STATE');
    expect((await say('/drafts/drf_999999/preview.pdf')).json.code).to.equal('DRAFT_NOT_FOUND');
  });

  it('are for those who read drafts, prepare or issue', async () => {
    const { json } = await say('/drafts', newCredential());
    const auditor = await keyWith(['audit.read']);
    expect((await say(`/drafts/${json.id}/preview.pdf`, undefined, auditor)).json.code).to.equal('FORBIDDEN');
    expect(
      (await say('/credentials/preview', newCredential(), await keyWith(['credentials.read']))).json.code,
    ).to.equal('FORBIDDEN');
    for (const act of ['credentials.prepare', 'credentials.issue'] as const)
      expect((await say('/credentials/preview', newCredential(), await keyWith([act]))).status, act).to.equal(200);
  });
});
