import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { eventually, useRunning } from '../end-to-end/running.ts';
import { launchChromium } from '../verifier-web/chromium.ts';
import { capture, signIn, visitPlace, walk } from './desk.ts';

const row = (number: number, name: object = { en: 'Files Test Limited' }) => ({
  claims: {
    licenceNumber: String(2_952_800_000 + number),
    licenceType: 'full',
    licenseeName: name,
    premisesAddress: { en: '4 Test Street, Kowloon' },
  },
  validity: { validFrom: '2026-01-01', validUntil: '2026-12-31' },
});

const toLines = (rows: readonly object[]) => rows.map((one) => `${JSON.stringify(one)}\n`).join('');

describe('files of many documents in the console', () => {
  const running = useRunning();
  let browser: Browser;
  let service: string;
  let apiKey: string;
  let page: Page;
  let complaints: string[];

  before(async () => {
    const { demo } = running();
    service = demo.service;
    apiKey = demo.departments.find(({ id }) => id === 'FEHD')?.apiKey ?? '';
    browser = await launchChromium();
    ({ page, complaints } = await signIn(browser, service, 'fehd-preparer'));
  });

  after(() => browser?.close());

  /** A part of a file, from `offset` on. */
  async function send(key: string, text: string, { offset = 0, isLast = true } = {}): Promise<string> {
    const response = await fetch(`${service}/v1/imports?type=FEHD-GRL&mode=good`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/x-ndjson',
        'idempotency-key': key,
        'upload-offset': String(offset),
        'upload-complete': isLast ? '?1' : '?0',
      },
      body: text,
    });
    const answer = (await response.json()) as { id: string };
    expect(response.status, JSON.stringify(answer)).to.equal(202);
    return answer.id;
  }

  it('are followed while they are on their way, without a click', async () => {
    const key = crypto.randomUUID();
    const first = toLines([row(1), row(2)]);
    const id = await send(key, first, { isLast: false });
    await visitPlace(page, service, `imports/${id}`);
    await page.locator('[data-state=receiving]').waitFor();
    await send(key, toLines([row(3), row(4)]), { offset: Buffer.byteLength(first) });
    await page.locator('[data-state=completed]').waitFor();
    await eventually('all are counted', async () => /Issued4/.test((await page.locator('main').textContent()) ?? ''));
  });

  it('name each bad row with its field and what to do, and give them as a file', async () => {
    const id = await send(crypto.randomUUID(), toLines([row(5), row(6, { fr: 'Limitée' }), row(5), { claims: {} }]));
    await visitPlace(page, service, 'imports');
    await walk(page);
    await page.locator(`a[href$="/${id}"]`).click();
    await page.locator('[data-state=completed]').waitFor();
    const bad = page.locator('.records tbody tr');
    const rows = await bad.locator('th').allTextContents();
    expect(new Set(rows)).to.deep.equal(new Set(['2', '3', '4']));
    expect(await bad.filter({ hasText: 'Twice in the file' }).textContent()).to.contain('Keep one of the rows');
    await walk(page);
    await capture(page, 'import');
    await page.locator('[data-language="zh-Hant"]').click();
    await page.locator('html[lang="zh-Hant"]').waitFor();
    expect(await bad.filter({ hasText: '檔案中較前的一行是同一份文件' }).textContent()).to.contain('只保留其中一行');
    await page.locator('[data-language="en"]').click();
    await page.locator('html[lang="en"]').waitFor();
    const download = page.waitForEvent('download');
    await page.locator('a[href$="errors.csv"]').click();
    expect((await download).suggestedFilename()).to.equal(`${id}-errors.csv`);
  });

  it('show the bad rows of one kind alone, by an address that can be kept', async () => {
    const id = await send(crypto.randomUUID(), toLines([row(20), row(20), { claims: {} }, row(20)]));
    await visitPlace(page, service, `imports/${id}`);
    await page.locator('[data-kind=duplicate]').click();
    await page.locator('[data-kind=duplicate][aria-current=page]').waitFor();
    const rows = page.locator('.records tbody th');
    expect(await rows.allTextContents()).to.deep.equal(['2', '4']);
    await walk(page);
    await page.reload();
    await page.locator('[data-kind=duplicate][aria-current=page]').waitFor();
    expect(await rows.allTextContents(), 'kept').to.deep.equal(['2', '4']);
    await visitPlace(page, service, `imports/${id}?kind=none-such`);
    await page.locator('[data-part=unknown-filters]').waitFor();
    expect(new Set(await rows.allTextContents())).to.deep.equal(new Set(['2', '3', '4']));
  });

  describe('that an officer sends', () => {
    let approver: Page;

    before(async () => {
      ({ page: approver } = await signIn(browser, service, 'fehd-approver'));
    });
    after(() => approver.context().close());

    const choose = async (name: string, rows: readonly object[]) => {
      await visitPlace(page, service, 'imports/new?type=FEHD-GRL');
      const buffer = Buffer.from(toLines(rows));
      await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer });
    };
    const handIn = async () => {
      await page.locator('[data-action=do]').click();
      await page.locator('[data-state=submitted]').waitFor();
      return new URL(page.url()).pathname.split('/').at(-1) ?? '';
    };

    it('are tried first, and nothing is handed in by that', async () => {
      await visitPlace(page, service, 'imports');
      await page.locator('a[href$="imports/new"]').click();
      await page.locator('[data-type="FEHD-GRL"]').click();
      await page.locator('input[type=file]').waitFor();
      expect(await page.locator('a[download$=".csv"]').getAttribute('href')).to.contain('template.csv?labels=en');
      await page.locator('[data-action=do]').click();
      await page.locator('.faults').waitFor();
      expect(await page.locator('.faults').textContent()).to.contain('Choose a file first');
      await walk(page);
      await choose('rows.xlsx', [row(200)]);
      await page.locator('[data-action=try]').click();
      expect(await page.locator('.faults').textContent()).to.contain('must end with .csv or .ndjson');
      await choose('rows.ndjson', [row(200), { claims: {} }]);
      await page.locator('[data-action=try]').click();
      await page.locator('[data-tried]').waitFor();
      expect(await page.locator('[data-tried] .standing').textContent()).to.equal('Good rows: 1. Bad rows: 1.');
      expect(await page.locator('.records tbody tr').first().textContent()).to.contain('Missing or wrong');
      await walk(page);
      await capture(page, 'send-file');
    });

    it('wait for a colleague, who sees rows that nobody chose and one document, and approves all', async () => {
      await choose(
        'rows.ndjson',
        Array.from({ length: 30 }, (_, i) => row(300 + i)),
      );
      await page.locator('nav.places a').first().click();
      await page.locator('[data-queue=files]').waitFor();
      await page.goBack();
      expect(await page.locator('.draft-form').textContent(), 'kept').to.contain('Chosen: rows.ndjson');
      const id = await handIn();
      expect(await page.locator('[data-action=approve]').count(), 'by a preparer').to.equal(0);
      const handedIn = page.locator('[data-result=handed-in]');
      expect(await page.evaluate(() => document.activeElement?.textContent)).to.equal('Handed in for approval');
      expect(await handedIn.textContent())
        .to.contain(id)
        .and.contain('Documents in the file: 30.')
        .and.contain('Approvals needed: 1.');
      await walk(page);

      await visitPlace(approver, service, '');
      await approver.locator(`[data-queue=files] a[href$="/${id}"]`).click();
      await approver.locator('[data-part=sample]').waitFor();
      expect(await approver.locator('[data-part=sample] tbody tr').count()).to.equal(20);
      await capture(approver, 'approve-file');
      await approver.locator('[data-action^=preview-]').first().click();
      await approver.locator('.preview iframe').waitFor();
      await approver.locator('a[href$="/rows"]').click();
      await approver.locator('h1', { hasText: 'Rows' }).waitFor();
      expect(await approver.locator('.records tbody tr').count()).to.equal(30);
      await walk(approver);
      await approver.goBack();
      await approver.locator('[data-part=sample]').waitFor();
      await walk(approver);
      await approver.locator('[data-action=approve]').click();
      await approver.locator('[data-state=completed]').waitFor();
      expect(await approver.locator('.standing-banner').textContent()).to.contain('Approved by you');
      expect(await approver.locator('main').textContent()).to.match(/Issued30/);
      expect(await approver.locator('[data-result=approved]').textContent())
        .to.contain(id)
        .and.contain('Documents in the file: 30.')
        .and.contain('Sealed with others within');
      await walk(approver);
    });

    it('come back with a reason, are taken back, and can be sent again as they were', async () => {
      await choose('returned.ndjson', [row(400)]);
      const id = await handIn();
      await visitPlace(approver, service, `imports/${id}`);
      await approver.locator('textarea').fill('The premises have closed.');
      await approver.locator('[data-action=do]').click();
      await approver.locator('[data-state=returned]').waitFor();
      await visitPlace(page, service, `imports/${id}`);
      expect(await page.locator('.standing-banner').textContent()).to.contain('The premises have closed.');
      await choose('returned.ndjson', [row(400)]);
      const again = await handIn();
      expect(again).not.to.equal(id);
      await choose('returned.ndjson', [row(400)]);
      expect(await handIn(), 'what waits already').to.equal(again);
      await page.locator('[data-action=withdraw]').click();
      await page.locator('[data-state=withdrawn]').waitFor();
    });
  });

  it('are seen by no other department', async () => {
    const id = await send(crypto.randomUUID(), toLines([row(7)]));
    const { page: other } = await signIn(browser, service, 'td-preparer');
    await visitPlace(other, service, `imports/${id}`);
    expect(await other.locator('.failure').getAttribute('data-code')).to.equal('IMPORT_NOT_FOUND');
    await other.context().close();
  });

  it('leave the console as one: all documents that match, and not the page alone', async () => {
    await send(
      crypto.randomUUID(),
      toLines(Array.from({ length: 30 }, (_, i) => row(100 + i, { en: '=HYPERLINK("//evil.example")' }))),
    );
    await visitPlace(page, service, 'credentials?type=FEHD-GRL');
    await page.locator('[data-action=export]').click();
    const download = page.waitForEvent('download');
    await page.locator('[data-action=save-export]').click();
    const text = await readFile(await (await download).path(), 'utf8');
    const lines = text.trim().split('\r\n');
    expect(lines[0]).to.contain('Reference').and.contain('Last valid day');
    expect(lines.length).to.be.above(31);
    expect(new Set(lines).size, 'each once').to.equal(lines.length);
  });

  it('say that a file has the first 100,000 of them, where more match', async function () {
    this.timeout(180_000);
    await visitPlace(page, service, 'credentials?type=FEHD-GRL');
    const hint = page.locator('[data-part=export] .hint').first();
    expect(await hint.textContent()).to.equal('A file has at most 100,000 documents.');
    const all = { count: 100_000 };
    const AT_ONCE = 25_000;
    const sample = await fetch(`${service}/v1/credentials?limit=1`, { headers: { authorization: `Bearer ${apiKey}` } });
    const [first] = ((await sample.json()) as { items: Record<string, object>[] }).items;
    // a hundred thousand of them: without what an export does not look at
    const { links: _, batch: __, definition: ___, ...rest } = first ?? {};
    const item = { ...rest, typeTitle: { en: 'Licence', 'zh-Hant': '牌照', 'zh-Hans': '牌照' } };
    await page.route(/\/v1\/credentials\?.*limit=200/, async (route) => {
      const from = Number(new URL(route.request().url()).searchParams.get('starting_after') ?? 0);
      const length = Math.min(AT_ONCE, all.count - from);
      const next = from + length < all.count ? String(from + length) : null;
      const many = Array.from({ length }, (_, i) => ({ ...item, id: `crd_${from + i}` }));
      await route.fulfill({ json: { items: many, has_more: next !== null, next } });
    });
    const linesOf = async () => {
      const download = page.waitForEvent('download');
      await page.locator('[data-action=save-export]').click();
      return (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n');
    };
    await page.locator('[data-action=export]').click();
    await page.locator('[data-action=save-export]').waitFor({ timeout: 60_000 });
    const told = page.locator('[data-exported]');
    expect(await told.textContent(), 'all are in it').to.equal('100,000 documents so far');
    expect(await linesOf()).to.have.length(100_001);
    all.count++;
    await page.locator('[data-action=export]').click();
    await eventually('it is told', async () => ((await told.textContent()) ?? '').includes('More match'));
    expect(await linesOf()).to.have.length(100_001);
    await walk(page);
    await page.unroute(/\/v1\/credentials\?.*limit=200/);
  });

  it('run nothing that the rules of the page refuse', () => {
    expect(complaints.filter((line) => !/status of 4\d\d/.test(line))).to.deep.equal([]);
  });
});
