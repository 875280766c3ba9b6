import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { readRecords } from '../../catalogue/csv-records.ts';
import { BOM } from '../../server/csv.ts';
import { eventually, useRunning } from '../end-to-end/running.ts';
import { launchChromium } from '../verifier-web/chromium.ts';
import { capture, signIn, visitPlace, walk } from './desk.ts';

const TYPE = 'FEHD-GRL';

/** As a spreadsheet program saves them: some quote every cell. */
const toText = (records: readonly (readonly string[])[]) =>
  BOM + records.map((cells) => `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\r\n`).join('');

const readTable = async (path: string) => readRecords((await readFile(path, 'utf8')).replace(BOM, ''));

describe('a CSV in the console', () => {
  const running = useRunning();
  let browser: Browser;
  let service: string;
  let page: Page;
  let complaints: string[];
  /** The first line of the template, in Traditional Chinese. */
  let header: string[];

  before(async () => {
    ({ service } = running().demo);
    browser = await launchChromium();
    ({ page, complaints } = await signIn(browser, service, 'fehd-preparer'));
  });

  after(() => browser?.close());

  const speak = async (language: string) => {
    await page.locator(`[data-language="${language}"]`).click();
    await page.locator(`html[lang="${language}"]`).waitFor();
  };

  const rowOf = (number: number, changes: Record<string, string> = {}): string[] => {
    const cells: Record<string, string> = {
      牌照編號: String(2_962_800_000 + number),
      牌照類別: '正式牌照',
      '持牌人姓名／名稱.en': 'Sheet Test Limited',
      '持牌人姓名／名稱.zh-Hant': '試算表有限公司',
      '處所地址.en': '4 Test Street, Kowloon',
      有效期開始日期: '2026-01-01',
      有效期屆滿日期: '2026-12-31',
      ...changes,
    };
    return header.map((name) => cells[name] ?? '');
  };

  const choose = async (name: string, text: string, on = page) => {
    await visitPlace(on, service, `imports/new?type=${TYPE}`);
    await on.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
    await on.locator('#field-mode').selectOption('good');
  };

  const save = async (selector: string) => {
    const download = page.waitForEvent('download');
    await page.locator(selector).click();
    return download;
  };

  it('begins with the template, whose columns have the labels of the reader’s language', async () => {
    await visitPlace(page, service, `imports/new?type=${TYPE}`);
    await speak('zh-Hant');
    const [first] = await readTable(await (await save('a[download$=".csv"]')).path());
    header = first ?? [];
    expect((await save('a[download$=".xlsx"]')).suggestedFilename()).to.equal(`${TYPE}.xlsx`);
    expect(header).to.include.members(['牌照編號', '牌照類別', '持牌人姓名／名稱.zh-Hant', '有效期屆滿日期']);
  });

  it('says how to save a spreadsheet that is chosen by mistake', async () => {
    await choose('licences.xlsx', 'PK');
    await page.locator('[data-action=do]').click();
    expect(await page.locator('.faults').textContent())
      .to.contain('CSV UTF-8（逗號分隔）')
      .and.contain('LibreOffice');
    await walk(page);
    await speak('zh-Hant');
  });

  it('shows the bad row by its line, its column and what to do, in the reader’s language', async () => {
    const bad = rowOf(2, { 牌照類別: '臨時', '處所地址.en': '' });
    await choose('licences.csv', toText([header, rowOf(1), bad, rowOf(3)]));
    await page.locator('[data-action=try]').click();
    await page.locator('[data-tried="1"]').waitFor();
    const rows = await page.locator('.records tbody tr').allTextContents();
    const kind = rows.find((text) => text.includes('牌照類別')) ?? '';
    expect(kind).to.match(/^3/).and.contain('格式不正確').and.contain('正式牌照').and.contain('暫准牌照');
    expect(rows.find((text) => text.includes('處所地址.en')))
      .to.contain('必填')
      .and.contain('請填寫此項');
    await walk(page);
    await speak('zh-Hant');
  });

  it('goes on with its good rows, and gives the bad ones to be mended and sent again', async () => {
    await page.locator('[data-action=do]').click();
    await page.locator('[data-state=submitted]').waitFor();
    await speak('en');
    expect(await page.locator('main').textContent())
      .to.match(/Good rows2/)
      .and.match(/Missing or wrong1/);
    await page.locator('[data-action=mend]').click();
    await page.locator('[data-action=save-mend]').waitFor();
    await walk(page);
    await capture(page, 'rows-to-mend');
    const saved = await save('[data-action=save-mend]');
    expect(saved.suggestedFilename()).to.equal('licences-to-mend.csv');
    const [columns = [], row = [], ...more] = await readTable(await saved.path());
    expect(more).to.deep.equal([]);
    expect(columns).to.deep.equal([...header, 'What is wrong (not imported)', 'What to do (not imported)']);
    expect(row.slice(0, header.length)).to.deep.equal(rowOf(2, { 牌照類別: '臨時', '處所地址.en': '' }));
    expect(row.at(-2)).to.contain('Line 3').and.contain('牌照類別');
    expect(row.at(-1)).to.contain('Write one of: ').and.contain('Please fill this in');

    const mended = row.map((cell, i) => {
      if (columns[i] === '牌照類別') return '正式牌照';
      return columns[i] === '處所地址.en' ? '4 Test Street, Kowloon' : cell;
    });
    await choose('licences-to-mend.csv', toText([columns, mended]));
    await page.locator('[data-action=do]').click();
    await page.locator('[data-state=submitted]').waitFor();
    expect(await page.locator('main').textContent()).to.match(/Good rows1/);
    expect(await page.locator('[data-action=mend]').count(), 'nothing to mend').to.equal(0);
  });

  it('gives them after a trial, too, and of a file that another page sent the list of what is wrong', async () => {
    await choose('formula.csv', toText([header, rowOf(10, { '持牌人姓名／名稱.en': '=1+1', 牌照類別: 'none' })]));
    await page.locator('[data-action=try]').click();
    await page.locator('[data-tried="1"]').waitFor();
    await page.locator('[data-action=mend]').click();
    const [, row = []] = await readTable(await (await save('[data-action=save-mend]')).path());
    expect(row).to.include("'=1+1");
    await page.locator('[data-action=do]').click();
    await page.locator('[data-state=completed], [data-state=refused], [data-state=submitted]').first().waitFor();
    await page.locator('[data-action=mend]').waitFor();
    await page.reload();
    await page.locator('a[href$="errors.csv"]').waitFor();
    expect(await page.locator('[data-action=mend]').count()).to.equal(0);
  });

  it('that is cut off and whose page is closed goes on in another one, and no row comes twice', async () => {
    // three parts of two megabytes each
    const count = 15_000;
    const condition = 'Nothing is cooked after midnight. '.repeat(7).trim();
    const conditions = JSON.stringify([{ en: condition, 'zh-Hant': '午夜後不得烹煮。' }]);
    const rows = Array.from({ length: count }, (_, i) => rowOf(1_000 + i, { 條件: conditions }));
    const text = toText([header, ...rows]);
    expect(Buffer.byteLength(text)).to.be.above(5 * 1024 * 1024);
    const context = page.context();
    const cut = await context.newPage();
    let uploads = 0;
    await cut.route('**/v1/imports?*', async (route) => {
      if (route.request().method() === 'POST' && ++uploads > 1) await route.abort('connectionreset');
      else await route.continue();
    });
    await choose('many.csv', text, cut);
    await cut.locator('[data-action=do]').click();
    await eventually('the second part was cut off', async () => uploads > 1);
    await cut.close();

    const other = await context.newPage();
    await visitPlace(other, service, 'imports?state=receiving');
    await other.locator('.records tbody a').first().click();
    await other.locator('[data-state=receiving]').waitFor();
    const place = other.url();
    await walk(other);
    await capture(other, 'continue-file');
    expect(await other.locator('[data-part=continue]').textContent()).to.contain('choose the same file again');
    await other.locator('[data-part=continue] a').click();
    await other.locator('input[type=file]').waitFor();
    expect(await other.locator('#field-mode').inputValue(), 'as it was begun').to.equal('good');
    const offsets: number[] = [];
    other.on('request', (request) => {
      if (request.method() === 'POST' && request.url().includes('/v1/imports?'))
        offsets.push(Number(request.headers()['upload-offset']));
    });
    const file = { name: 'many.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
    await other.locator('input[type=file]').setInputFiles(file);
    await other.locator('[data-action=do]').click();
    await other.locator('[data-state=submitted]').waitFor({ timeout: 120_000 });
    expect(other.url().split('?')[0], 'the same one').to.equal(place);
    expect(offsets[0], 'from where it stopped').to.be.above(1024 * 1024);
    expect(await other.locator('main').textContent())
      .to.match(/Good rows15,000/)
      .and.match(/Rows15,000/)
      .and.not.match(/Twice in the file|Issued before|Missing or wrong/);
    const { items } = await other.evaluate(
      async (path) => (await fetch(path)).json() as Promise<{ items: { counts: object }[] }>,
      `/v1/imports?limit=1`,
    );
    expect(items[0]?.counts).to.deep.include({
      rows: count,
      ready: count,
      malformed: 0,
      duplicates: 0,
      alreadyIssued: 0,
    });
    await other.close();
  }).timeout(180_000);

  it('runs nothing that the rules of the page refuse', () => {
    expect(complaints.filter((line) => !/status of 4\d\d/.test(line))).to.deep.equal([]);
  });
});
