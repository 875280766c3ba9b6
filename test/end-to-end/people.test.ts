import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import type { Browser, Page } from 'playwright-core';
import { sampleClaims } from '../../catalogue/samples.ts';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { openKeys } from '../../scripts/local/keys.ts';
import { createRpc } from '../../server/chain/rpc.ts';
import type { SigningKey } from '../../server/keys/signing-key.ts';
import { createCalendar } from '../../ui/phrase.ts';
import { handIn, sayYes, signIn, visitPlace } from '../issuer-web/desk.ts';
import { addWallet } from '../issuer-web/wallet.ts';
import { readQr } from '../server/render/barcode.ts';
import { launchChromium, openPage, waitForVerdict } from '../verifier-web/chromium.ts';
import { type DepartmentSystem, departmentSystem, sampleRequest } from './department-system.ts';
import { filmOf, photographPage, pixelsOfPage } from './paper.ts';
import { eventually, useRunning } from './running.ts';

const TODAY = toHongKongDay(Date.now() / 1000);
const CERTIFICATES = 1_000;
const BAD_ROWS = 20;
const DPI = 200;

/** From the first form to the last verdict, each in the hands of who does it: every step finds what the one before has left. */
describe('a year of the people who issue, hold and check', function () {
  this.timeout(120_000);
  const running = useRunning();
  let service: string;
  let browser: Browser;
  let folder: string;
  let fehd: DepartmentSystem;
  let hkeaa: DepartmentSystem;
  let preparer: Page;
  let approver: Page;
  /** Of the restaurant: the first licence, and the one that stands in its place in the end. */
  let licence: string;
  /** Of which that licence was made, and the file of the certificates. */
  let draft: string;
  let imported: string;
  let certificates: { id: string; batch: { id: string } | null }[];

  before(async () => {
    const { demo } = running();
    service = demo.service;
    [fehd, hkeaa] = [departmentSystem(demo, 'FEHD'), departmentSystem(demo, 'HKEAA')];
    folder = await mkdtemp(join(tmpdir(), 'eproof-people-'));
    browser = await launchChromium();
    [preparer, approver] = [await come('fehd-preparer'), await come('fehd-approver')];
  });

  after(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  async function come(account: string, place = 'console'): Promise<Page> {
    const { page } = await signIn(browser, service, account, place);
    sayYes(page);
    return page;
  }

  const rpc = () => createRpc([running().demo.rpc]);
  const press = (page: Page, action: string) => page.locator(`[data-action="${action}"]`).click();
  const type = (page: Page, pointer: string, text: string) => page.locator(`[name="${pointer}"]`).fill(text);
  const reaches = (page: Page, state: string) => page.locator(`[data-state=${state}]`).waitFor();
  const nameOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const becomes = (id: string, status: string) =>
    eventually(`${id} is ${status}`, async () => (await fehd.untilFinal(id)).status === status);

  const addressOf = async (department: DepartmentSystem, id: string) =>
    (await department.fetch((await department.view(id)).links.qrText)).toString();

  const verdictOf = async (department: DepartmentSystem, id: string) => verdictAt(await addressOf(department, id));

  /** What the public verifier says at the address of a code. */
  async function verdictAt(address: string) {
    const { page } = await openPage(browser);
    await page.goto(address);
    const told = await waitForVerdict(page);
    await page.context().close();
    return told;
  }

  /** Hands in what is on the preparer's form; a colleague finds it among the work and approves it. Which document it became. */
  async function submitAndApprove(): Promise<string> {
    await handIn(preparer);
    const draft = nameOf(preparer);
    await visitPlace(approver, service, '');
    await approver.locator(`[data-queue=toApprove] a[href$="/${draft}"]`).click();
    await press(approver, 'approve');
    await reaches(approver, 'issued');
    const address = (await approver.locator('[data-state=issued] a.button').getAttribute('href')) ?? '';
    return (await fehd.untilFinal(address.split('/').at(-1) ?? '')).id;
  }

  const begin = async (act: string, id: string) => {
    await visitPlace(preparer, service, `credentials/${id}`);
    await preparer.locator(`[data-act=${act}]`).click();
    await preparer.locator('[data-action=do], .draft-form').first().waitFor();
  };

  it('begins with a restaurant licence, which the approver returns with a reason, and approves when it is right', async () => {
    await visitPlace(preparer, service, 'new?type=FEHD-LRR');
    await type(preparer, '/claims/licenceNumber', '2972800001');
    await preparer.locator('[name="/claims/licenceType"]').selectOption('full');
    await type(preparer, '/claims/licenseeName/en', 'Noonday Congee House');
    await type(preparer, '/claims/licenseeName/zh-Hant', '正午粥店');
    await type(preparer, '/claims/premisesAddress/en', '7 Test Street, Kowloon');
    await type(preparer, '/validity/validFrom', toDate(TODAY - 320));
    await type(preparer, '/validity/validUntil', toDate(TODAY + 40));
    await type(preparer, '/holder/subject', 'holder-1');
    await handIn(preparer);
    draft = nameOf(preparer);
    await visitPlace(approver, service, `drafts/${draft}`);
    await approver.locator('#field-note').fill('The shop is at number 9');
    await press(approver, 'do');
    await reaches(approver, 'draft');
    await visitPlace(preparer, service, `drafts/${draft}`);
    expect(await preparer.locator('.standing-banner').textContent()).to.contain('The shop is at number 9');
    await type(preparer, '/claims/premisesAddress/en', '9 Test Street, Kowloon');
    licence = await submitAndApprove();
  });

  it('has a passer-by scan the printed licence', async () => {
    const { links } = await fehd.view(licence);
    const pdf = await fehd.fetch(links.pdf);
    const film = join(folder, 'licence.y4m');
    const { position } = await readQr(await photographPage(pdf, DPI));
    await writeFile(film, filmOf(await pixelsOfPage(pdf, DPI), position));
    const withCamera = await launchChromium(film);
    try {
      const { page } = await openPage(withCamera, { permissions: ['camera'] });
      await page.goto(running().demo.verifier);
      await page.locator('[data-way=scan]').click();
      expect((await waitForVerdict(page)).standing).to.equal('in-force');
      expect(await page.locator('main').textContent()).to.contain('Noonday Congee House');
    } finally {
      await withCamera.close();
    }
  });

  it(`has ${CERTIFICATES.toLocaleString('en')} exam certificates in one file, of which ${BAD_ROWS} rows are bad, and a colleague approves the others`, async () => {
    const [sender, colleague] = [await come('hkeaa-preparer'), await come('hkeaa-approver')];
    const rows = Array.from({ length: CERTIFICATES }, (_, i) => {
      const { claims, validity } = sampleClaims('HKEAA-DSE', toDate(TODAY), 10_000 + i);
      // every fiftieth row, and never the first, which is the holder's of later
      const isBad = i % (CERTIFICATES / BAD_ROWS) === 1;
      return {
        claims: isBad ? { ...claims, examYear: 'last year' } : claims,
        validity,
        ...(i === 0 ? { holder: { subject: 'holder-2' } } : {}),
      };
    });
    const buffer = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await visitPlace(sender, service, 'imports/new?type=HKEAA-DSE');
    await sender.locator('input[type=file]').setInputFiles({ name: 'dse.ndjson', mimeType: 'text/plain', buffer });
    await sender.locator('[name="/mode"]').selectOption('good');
    await press(sender, 'do');
    await reaches(sender, 'submitted');
    expect(await sender.locator('main').textContent()).to.contain('Year');
    const file = nameOf(sender);
    await visitPlace(colleague, service, '');
    await colleague.locator(`[data-queue=files] a[href$="/${file}"]`).click();
    await colleague.locator('[data-part=sample]').waitFor();
    await press(colleague, 'approve');
    await reaches(colleague, 'completed');
    await eventually('the good rows are issued', async () =>
      new RegExp(`Issued${CERTIFICATES - BAD_ROWS}\\D`).test((await colleague.locator('main').textContent()) ?? ''),
    );
    const downloading = colleague.waitForEvent('download');
    await colleague.locator('a[href$="errors.csv"]').click();
    const download = await downloading;
    expect(download.suggestedFilename()).to.equal(`${file}-errors.csv`);
    const errors = parse(await readFile(await download.path(), 'utf8'), { columns: true, bom: true }) as {
      row: string;
    }[];
    const bad = Array.from({ length: BAD_ROWS }, (_, i) => String((i * CERTIFICATES) / BAD_ROWS + 2));
    expect(errors.map(({ row }) => row)).to.deep.equal(bad);
    const all = () => hkeaa.list('&type=HKEAA-DSE&status=in-force');
    await eventually('all are final', async () => (await all()).length >= CERTIFICATES - BAD_ROWS);
    certificates = await all();
    imported = file;
  });

  it('suspends the licence for seven days, and reinstates it', async () => {
    await begin('suspend', licence);
    await preparer.locator('#field-reason').selectOption('conditions-breached');
    await preparer.locator('#field-until').fill(toDate(TODAY + 7));
    await press(preparer, 'do');
    await preparer.locator('.standing-banner[data-standing]').waitFor();
    await becomes(licence, 'suspended');
    expect((await verdictOf(fehd, licence)).standing).to.equal('suspended');
    await begin('reinstate', licence);
    await preparer.locator('#field-reason').selectOption('none-given');
    await press(preparer, 'do');
    await becomes(licence, 'in-force');
    expect((await verdictOf(fehd, licence)).standing).to.equal('in-force');
  });

  it('replaces it when the shop has a new name, and renews what stands in its place', async () => {
    await begin('replace', licence);
    await type(preparer, '/claims/licenseeName/en', 'Evening Congee House');
    await type(preparer, '/note', 'Registered on 3 March under its new name');
    const old = licence;
    licence = await submitAndApprove();
    await eventually('the old one is replaced', async () => (await verdictOf(fehd, old)).standing !== 'in-force');
    await visitPlace(preparer, service, `credentials/${old}`);
    expect(await preparer.locator('.records', { hasText: 'Replacement' }).textContent()).to.contain(
      'For the department: Registered on 3 March under its new name',
    );
    await begin('renew', licence);
    const renewal = await submitAndApprove();
    expect(await verdictOf(fehd, licence)).to.include({ genuine: 'genuine', standing: 'in-force' });
    expect(await verdictOf(fehd, renewal)).to.include({ genuine: 'genuine', standing: 'not-yet-in-force' });
  });

  it('shows none of this to an officer of another department', async () => {
    const stranger = await come('td-preparer');
    await visitPlace(stranger, service, 'credentials?type=FEHD-LRR');
    expect(await stranger.locator('.records tbody tr').count()).to.equal(0);
    await visitPlace(stranger, service, `credentials/${licence}`);
    expect(await stranger.locator('.failure').getAttribute('data-code')).to.equal('CREDENTIAL_NOT_FOUND');
    expect(await stranger.locator('body').textContent()).not.to.contain('Congee');
    for (const [place, code] of [
      [`drafts/${draft}`, 'DRAFT_NOT_FOUND'],
      [`imports/${imported}`, 'IMPORT_NOT_FOUND'],
      [`imports/${imported}/rows`, 'IMPORT_NOT_FOUND'],
      [`credentials/${certificates[0]?.id}`, 'CREDENTIAL_NOT_FOUND'],
    ]) {
      await visitPlace(stranger, service, place as string);
      expect(await stranger.locator('.failure').getAttribute('data-code'), place).to.equal(code);
    }
    for (const list of ['drafts', 'drafts?state=issued', 'imports', 'credentials?type=HKEAA-DSE']) {
      await visitPlace(stranger, service, list);
      const text = await stranger.locator('main').textContent();
      for (const own of [draft, imported, certificates[0]?.id])
        expect(text, list).not.to.match(new RegExp(`${own}\\b`));
    }
  });

  it('lets a candidate show two claims of the certificate to an employer for a day', async () => {
    const candidate = await come('holder-2', 'my');
    await candidate.locator('.documents > li', { hasText: 'HKDSE Certificate' }).first().locator('a').click();
    await candidate.locator('[data-act=disclose]').click();
    for (const claim of ['holderName', 'subjects']) await candidate.locator(`#claim-${claim}`).check();
    const span = candidate.locator('#share-span');
    expect(await span.locator('option:checked').textContent(), 'what stands there already').to.equal('a day');
    // another one first, so that the day is what was chosen
    await span.selectOption({ label: 'a week' });
    expect(await span.locator('option:checked').textContent()).to.equal('a week');
    await span.selectOption({ label: 'a day' });
    const chosenAt = Date.now();
    await press(candidate, 'share');
    const address = (await candidate.locator('[data-link]').getAttribute('data-link')) ?? '';
    const told = await candidate.locator('[data-share] p').first().textContent();
    const calendar = createCalendar('en');
    const ends = Array.from({ length: 60 }, (_, second) => Math.floor(chosenAt / 1000) + 86_400 + second);
    expect(ends.map((end) => `Open until ${calendar.time(end)}.`)).to.include(told);
    const { page: employer } = await openPage(browser);
    await employer.goto(address);
    await press(employer, 'open');
    expect((await waitForVerdict(employer)).genuine).to.equal('genuine');
    const { claims } = sampleClaims('HKEAA-DSE', toDate(TODAY), 10_000);
    const shown = (await employer.locator('main').textContent()) ?? '';
    expect(shown)
      .to.contain((claims.holderName as { en: string }).en)
      .and.not.to.contain(claims.hkid as string);
    const subjects = claims.subjects as { subject: { en: string }; grade: string }[];
    const rows = await employer
      .locator('main table tbody tr')
      .evaluateAll((all) =>
        all.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent ?? '')),
      );
    for (const { subject, grade } of subjects)
      expect(
        rows.some(([name = '', level = '']) => name.includes(subject.en) && level === grade),
        subject.en,
      ).to.equal(true);
    await employer.context().close();
  });

  it('lets a company’s delegate present its registration as a contractor', async () => {
    const delegate = await come('works-delegate', 'my');
    await delegate.locator('[data-whose^=cmp_]').click();
    await delegate
      .locator('.documents > li', { hasText: 'Registered Electrical Contractor' })
      .first()
      .locator('a')
      .click();
    await delegate.locator('[data-act=disclose]').click();
    await press(delegate, 'code');
    await delegate.locator('.show-code svg').waitFor();
    const { page: client } = await openPage(browser);
    await client.goto((await delegate.locator('[data-action=look]').getAttribute('href')) ?? '');
    expect(await waitForVerdict(client)).to.include({ genuine: 'genuine', standing: 'in-force' });
    await client.context().close();
  });

  it('reports a key as compromised, and what it signed from then on is no longer genuine, and nothing else', async () => {
    const { run } = running();
    const early = certificates[0]?.id ?? '';
    const late = (await hkeaa.untilFinal((await hkeaa.issue(sampleRequest('HKEAA-DSE', 20_000))).id)).id;
    // the service hands out no code of what is disbelieved: this one is on paper by then
    const printed = await addressOf(hkeaa, late);
    expect((await verdictAt(printed)).genuine).to.equal('genuine');
    const admin = await come('hkeaa-admin');
    const key = (await (await openKeys(run.dataFolder)).findKey('HKEAA-admin')) as SigningKey;
    await addWallet(admin, rpc(), key);
    await visitPlace(admin, service, 'signing-keys');
    await admin.locator('.records tbody tr', { hasText: 'Issues documents' }).first().locator('a').click();
    await press(admin, 'report');
    await type(admin, '/since', await anchoredAt(late));
    await press(admin, 'do');
    await admin.locator('[data-part=effects]').waitFor();
    expect(await admin.locator('[data-count=failing]').textContent()).to.equal('Documents: 1, in batches: 1');
    await press(admin, 'send');
    await admin.locator('[data-part=done]').waitFor();
    expect((await verdictAt(printed)).genuine).to.equal('not-genuine');
    expect((await verdictOf(hkeaa, early)).genuine).to.equal('genuine');
    expect((await verdictOf(fehd, licence)).genuine).to.equal('genuine');
  });

  /** When the block was made that has the document's batch, as the form takes it. */
  async function anchoredAt(id: string): Promise<string> {
    const { batch } = await hkeaa.view(id);
    const block = `0x${(batch?.block ?? 0).toString(16)}`;
    const { timestamp } = await rpc().call<{ timestamp: string }>('eth_getBlockByNumber', [block, false]);
    return new Date((Number(timestamp) + 8 * 3_600) * 1000).toISOString().slice(0, 19);
  }
});
