import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import type { Browser, Page } from 'playwright-core';
import { toReference } from '../../proof/reference.ts';
import { IS_WHOLE } from '../extent.ts';
import { toZip } from './archive.ts';
import {
  findBarriers,
  isLookedAt,
  keepPicture,
  launchChromium,
  openPage,
  type Visit,
  waitForVerdict,
  walkLanguages,
} from './chromium.ts';
import { toPdf } from './pdf.ts';
import { toPng } from './picture.ts';
import { createWorld, DRIVER_OF_ONE_CLASS, RESTAURANT, STANDINGS, type World } from './world.ts';

const FOLDER = path.resolve('.build/test/verifier-many-files');
const NO_MATCH = { status: 404, body: { type: '/problems#lookup-no-match', code: 'LOOK_UP_NO_MATCH', status: 404 } };
/** A name that a spreadsheet program takes for a formula, and one that turns the text around it. */
const FORMULA = '=HYPERLINK("https://evil.example","x").json';
const TURNED = '\u202egnp.ecnecil.json';

/** What a folder of an employer may hold. */
const MOST_FILES = IS_WHOLE ? 500 : 100;

describe('many documents at once', () => {
  let world: World;
  let browser: Browser;

  before(async () => {
    world = await createWorld('.build/test/verifier-many');
    await rm(FOLDER, { recursive: true, force: true });
    await mkdir(path.join(FOLDER, 'folder/deeper'), { recursive: true });
    await writeFolder();
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });
  afterEach(() => {
    for (const node of world.nodes) node.isMuted = false;
    world.site.missing.clear();
    world.site.service.clear();
  });

  async function writeFolder(): Promise<void> {
    const write = (name: string, content: Buffer | string) => writeFile(path.join(FOLDER, 'folder', name), content);
    for (const { standing, issue } of STANDINGS) await write(`${standing}.json`, issue(world).json);
    const issued = world.food.issue(RESTAURANT, {});
    await write('deeper/licence.pdf', await toPdf(issued.json));
    await write('deeper/code.png', await toPng(issued.qrText(world.site.address)));
    await write('deeper/forged.json', issued.json.replace('2932801234', '2932801235'));
    await write('deeper/printed-again.pdf', await toPdf());
    await write('deeper/letter.docx', Buffer.from('504b0304140006000800000021', 'hex'));
    await write('.DS_Store', 'litter');
    await write('Thumbs.db', 'litter');
  }

  async function start(): Promise<Visit> {
    const visit = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    await visit.page.goto(world.site.address);
    await visit.page.locator('[data-way=many]').click();
    await visit.page.locator('[data-action=files]').waitFor();
    return visit;
  }

  async function choose(page: Page, button: 'files' | 'folder', what: string | string[] | Chosen[]): Promise<void> {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.locator(`[data-action=${button}]`).click(),
    ]);
    await chooser.setFiles(what as string[]);
  }

  interface Chosen {
    name: string;
    mimeType: string;
    buffer: Buffer;
  }
  const file = (name: string, content: Buffer | string): Chosen => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(content),
  });

  async function speakEnglish(page: Page): Promise<void> {
    await page.locator('[data-language=en]').click();
    await page.locator('html[lang=en]').waitFor();
    await page.locator('[data-language=en]:focus').waitFor();
  }

  /** And clicks at something before anything else can happen. */
  async function drop(page: Page, json: string, names: readonly string[], thenClick?: string): Promise<void> {
    await page.evaluate(
      (dropped) => {
        const transfer = new DataTransfer();
        for (const name of dropped.names) transfer.items.add(new File([dropped.json], name));
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
        if (dropped.thenClick) document.querySelector<HTMLElement>(dropped.thenClick)?.click();
      },
      { json, names, thenClick },
    );
  }

  const finish = (page: Page) => page.locator('.many-said', { hasText: /^All \d+ are checked/ }).waitFor();

  async function rowsOf(page: Page): Promise<Record<string, string>> {
    const rows = await page
      .locator('.many-table tbody tr')
      .evaluateAll((lines) =>
        lines.map((line) => [line.querySelector('th')?.textContent ?? '', (line as HTMLElement).dataset.group ?? '']),
      );
    return Object.fromEntries(rows) as Record<string, string>;
  }

  const answerOf = async (page: Page, name: string) =>
    (await page
      .locator('tr', { has: page.locator('th', { hasText: name }) })
      .locator('.many-answer')
      .textContent()) ?? '';

  async function exportOf(page: Page): Promise<{ text: string; records: Record<string, string>[]; name: string }> {
    const downloading = page.waitForEvent('download');
    await page.locator('[data-action=export]').click();
    const download = await downloading;
    const text = await readFile(await download.path(), 'utf8');
    const records = parse(text, { columns: true, bom: true }) as Record<string, string>[];
    return { text, records, name: download.suggestedFilename() };
  }

  it('of a folder, in every standing: a row for each, and nothing for what systems put there', async () => {
    const { page, complaints } = await start();
    await choose(page, 'folder', path.join(FOLDER, 'folder'));
    await finish(page);
    expect(await rowsOf(page)).to.deep.equal({
      'folder/deeper/code.png': 'good',
      'folder/deeper/forged.json': 'bad',
      'folder/deeper/letter.docx': 'none',
      'folder/deeper/licence.pdf': 'good',
      'folder/deeper/printed-again.pdf': 'none',
      'folder/expired.json': 'over',
      'folder/in-force.json': 'good',
      'folder/in-force-past-date.json': 'good',
      'folder/not-yet-in-force.json': 'care',
      'folder/partly-expired.json': 'care',
      'folder/revoked.json': 'over',
      'folder/superseded.json': 'over',
      'folder/suspended.json': 'care',
    });
    expect(await answerOf(page, 'revoked.json')).to.match(/^Withdrawn on .*: it was obtained by false information$/);
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it('show of a forged document nothing but that it is not genuine', async () => {
    const { page } = await start();
    await choose(page, 'folder', path.join(FOLDER, 'folder'));
    await finish(page);
    const row = page.locator('tr[data-group=bad]');
    expect(await row.textContent())
      .to.contain('Not genuine')
      .and.not.match(/2932801235|Chan Tai Man|Restaurant/);
    const { records } = await exportOf(page);
    const forged = records.find((record) => record['File or reference']?.endsWith('forged.json'));
    expect(forged).to.include({ Code: 'not-genuine', Number: '', Holder: '', Reference: '' });
    await page.context().close();
  });

  it('are reached, narrowed and exported in three languages without barriers, on a phone and in the dark', async () => {
    const { page } = await start();
    await walkLanguages(page, 'many-start');
    await speakEnglish(page);
    await choose(page, 'folder', path.join(FOLDER, 'folder'));
    await finish(page);
    await walkLanguages(page, 'many');
    await page.emulateMedia({ colorScheme: 'dark' });
    if (isLookedAt('dark')) expect(await findBarriers(page), 'dark').to.deep.equal([]);
    await keepPicture(page, 'many-dark');
    await page.setViewportSize({ width: 320, height: 568 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(320);
    expect(await findBarriers(page), 'phone').to.deep.equal([]);
    await keepPicture(page, 'many-320');
    const table = page.getByRole('table');
    expect(await table.getByRole('row').count()).to.equal(14);
    expect(await table.getByRole('rowheader').count()).to.equal(13);
    await page.context().close();
  });

  it('are narrowed to one kind of answer by the keyboard, and the focus stays', async () => {
    const { page } = await start();
    await choose(page, 'folder', path.join(FOLDER, 'folder'));
    await finish(page);
    const filter = page.locator('[data-filter=over]');
    expect(await filter.textContent()).to.equal('Genuine — withdrawn, replaced or expired 3');
    await filter.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.many-table tbody tr:visible').count()).to.equal(3);
    expect(await filter.getAttribute('aria-pressed')).to.equal('true');
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.filter)).to.equal('over');
    await page.locator('[data-filter=all]').click();
    expect(await page.locator('.many-table tbody tr:visible').count()).to.equal(13);
    await page.context().close();
  });

  it('lead to the verdict of each in full, and back to its row', async () => {
    const { page } = await start();
    await choose(page, 'folder', path.join(FOLDER, 'folder'));
    await finish(page);
    const details = page.locator('tr', { hasText: 'suspended.json' }).locator('[data-action=details]');
    await details.focus();
    await page.keyboard.press('Enter');
    expect((await waitForVerdict(page)).standing).to.equal('suspended');
    expect(await page.locator('[data-action=another]').textContent()).to.equal('Back');
    await page.locator('[data-action=another]').click();
    await page.locator('.many-table').waitFor();
    expect(await page.evaluate(() => document.activeElement?.closest('tr')?.textContent)).to.contain('suspended.json');
    await page.locator('[data-action=leave]').click();
    await page.locator('[data-way=scan]').waitFor();
    await page.locator('#text').fill('hello');
    await page.locator('[data-way=text]').click();
    await page.locator('[data-refusal=QR_NOT_EPROOF]').waitFor();
    await page.context().close();
  });

  it('leave the browser in no way: nothing is asked but the page’s own files and the register', async () => {
    const { page, requests } = await start();
    const sent: string[] = [];
    page.on('request', (request) => sent.push(request.postData() ?? ''));
    await choose(page, 'folder', path.join(FOLDER, 'folder'));
    await finish(page);
    const origins = [world.site.address, ...world.nodes.map(({ url }) => url)].map((url) => new URL(url).origin);
    for (const url of requests) expect(origins).to.include(new URL(url).origin);
    expect(requests.filter((url) => url.includes('/v1/'))).to.deep.equal([]);
    for (const body of sent) expect(body).not.to.match(/2932801234|Chan|licence/);
    const methods = sent.filter((body) => body !== '').flatMap((body) => JSON.parse(body) as { method: string }[]);
    expect([...new Set(methods.map(({ method }) => method))]).to.have.members([
      'eth_chainId',
      'eth_blockNumber',
      'eth_getBlockByNumber',
      'eth_getProof',
      'eth_call',
      'eth_getLogs',
    ]);
    expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).to.equal(0);
    await page.context().close();
  });

  it('come from a ZIP, a bomb and a damaged file among them', async () => {
    const issued = world.food.issue(RESTAURANT, {});
    const json = Buffer.from(issued.json);
    const zip = toZip([
      { name: '中文/牌照.json', content: json },
      { name: '__MACOSX/._牌照.json', content: json },
      { name: 'bomb.json', content: Buffer.alloc(64 * 1024 * 1024, 0x20), claims: { sizeBytes: 1000 } },
      { name: 'large.json', content: Buffer.alloc(33 * 1024 * 1024, 0x20) },
      { name: 'damaged.json', content: json, claims: { crc: 1 } },
      { name: 'inner.zip', content: toZip([{ name: 'x.json', content: json }]) },
    ]);
    const { page } = await start();
    await choose(page, 'files', [file('all.zip', zip), file('none.zip', 'a letter')]);
    await finish(page);
    expect(await rowsOf(page)).to.deep.equal({
      'all.zip/中文/牌照.json': 'good',
      'all.zip/bomb.json': 'none',
      'all.zip/large.json': 'none',
      'all.zip/damaged.json': 'none',
      'all.zip/inner.zip': 'none',
      'none.zip': 'none',
    });
    expect(await answerOf(page, 'bomb.json')).to.equal('The file cannot be read');
    expect(await answerOf(page, 'damaged.json')).to.equal('The file cannot be read');
    expect(await answerOf(page, 'large.json')).to.equal('The file is too large');
    expect(await answerOf(page, 'none.zip')).to.equal('The file cannot be read');
    await page.context().close();
  });

  it('come by dropping several files, a ZIP or a list on the first screen', async () => {
    const issued = world.food.issue(RESTAURANT, {});
    const { page } = await openPage(browser);
    await page.goto(world.site.address);
    await page.locator('h1').waitFor();
    await drop(page, issued.json, ['a.json', 'b.json']);
    await finish(page);
    expect(await rowsOf(page)).to.deep.equal({ 'a.json': 'good', 'b.json': 'good' });
    await page.context().close();
  });

  it('join the list that is there, several or a single one', async () => {
    const issued = world.food.issue(RESTAURANT, {});
    const { page } = await start();
    await choose(page, 'files', [file('a.json', issued.json)]);
    await finish(page);
    await drop(page, issued.json, ['b.json', 'c.json']);
    await page.locator('.many-said', { hasText: 'All 3 are checked.' }).waitFor();
    await drop(page, issued.json, ['d.json']);
    await page.locator('.many-said', { hasText: 'All 4 are checked.' }).waitFor();
    expect(Object.keys(await rowsOf(page))).to.deep.equal(['a.json', 'b.json', 'c.json', 'd.json']);
    await page.context().close();
  });

  it('are not checked when the list is left before they are', async () => {
    const issued = world.food.issue(RESTAURANT, {});
    const { page, requests } = await start();
    await choose(page, 'files', [file('a.json', issued.json)]);
    await finish(page);
    const before = requests.length;
    // another page of the register, which nobody has asked for yet
    const other = world.transport.issue({ ...DRIVER_OF_ONE_CLASS }, {});
    await drop(page, other.json, ['b.json', 'c.json'], '.brand');
    await page.locator('[data-way=scan]').waitFor();
    await page.waitForTimeout(1_500);
    expect(requests.slice(before)).to.deep.equal([]);
    await page.context().close();
  });

  it('are exported with what each was checked against, and no cell of it is a formula', async () => {
    const issued = world.food.issue({ ...RESTAURANT, licenseeName: { en: '+cmd|calc', 'zh-Hant': '＝1' } }, {});
    const { page } = await start();
    await choose(page, 'files', [file(FORMULA, issued.json), file(TURNED, issued.json)]);
    await finish(page);
    const { text, records, name } = await exportOf(page);
    expect(name).to.match(/^e-proof-checks-\d{4}-\d\d-\d\d\.csv$/);
    expect(records).to.have.length(2);
    expect(records[0]).to.include({
      'File or reference': `'${FORMULA}`,
      Code: 'in-force',
      Number: '2932801234',
      Reference: toReference(issued.proof.header.id),
      Block: String(world.chain.block.number),
      Register: world.chain.address,
    });
    expect(records[0]?.['Issued by']).to.equal('Food and Environmental Hygiene Department');
    for (const value of records.flatMap((record) => Object.values(record)))
      expect(value).not.to.match(/^\s*[=+\-@＝＋]/);
    expect(text.startsWith('\ufeff')).to.equal(true);
    expect(await page.locator('bdi', { hasText: 'ecnecil' }).count()).to.equal(1);
    await page.context().close();
  });

  it('that could not be checked are never called invalid, and are checked again', async () => {
    const issued = world.food.issue(RESTAURANT, {});
    const { page } = await start();
    for (const node of world.nodes) node.isMuted = true;
    await choose(page, 'files', [file('a.json', issued.json), file('b.json', issued.json)]);
    await finish(page);
    expect(await rowsOf(page)).to.deep.equal({ 'a.json': 'open', 'b.json': 'open' });
    expect(await page.locator('main').textContent()).not.to.match(/not genuine — do|invalid/i);
    expect((await exportOf(page)).records[0]?.Code).to.equal('could-not-be-checked');
    await walkLanguages(page, 'many-open');
    await speakEnglish(page);
    for (const node of world.nodes) node.isMuted = false;
    await page.locator('[data-action=again]').click();
    await page.locator('tr[data-group=good]').nth(1).waitFor();
    expect(await rowsOf(page)).to.deep.equal({ 'a.json': 'good', 'b.json': 'good' });
    await page.context().close();
  });

  it('with pictures that the QR reader could not be loaded for are open, too', async () => {
    const { page } = await start();
    for (const { name } of world.build.files) if (/decoder|wasm/.test(name)) world.site.missing.add(name);
    await choose(page, 'files', [
      path.join(FOLDER, 'folder/deeper/code.png'),
      path.join(FOLDER, 'folder/in-force.json'),
    ]);
    await finish(page);
    expect(await rowsOf(page)).to.deep.equal({ 'code.png': 'open', 'in-force.json': 'good' });
    await page.context().close();
  });

  it(`are ${MOST_FILES} in one ZIP, and how long that takes is printed and not asserted`, async function () {
    this.timeout(180_000);
    const files: Chosen[] = [];
    for (let i = 0; i < MOST_FILES; i++) {
      const issued = world.food.issue({ ...RESTAURANT, licenceNumber: String(3_000_000_000 + i) }, {});
      if (i % 4 === 0) files.push(file(`${i}.png`, await toPng(issued.qrText(world.site.address))));
      else if (i % 4 === 1) files.push(file(`${i}.json`, issued.json));
      else files.push(file(`${i}.pdf`, await toPdf(issued.json)));
    }
    const { page, requests } = await start();
    const archive = toZip(files.map(({ name, buffer }) => ({ name, content: buffer })));
    const begun = Date.now();
    await choose(page, 'files', [file('many.zip', archive)]);
    await finish(page);
    console.log(
      `      ${MOST_FILES} files (half PDF, a quarter pictures, a quarter JSON) in a ZIP: ${(Date.now() - begun) / 1000} s`,
    );
    expect(await page.locator('tr[data-group=good]').count()).to.equal(MOST_FILES);
    const asked = requests.filter((url) => world.nodes.some((node) => url.startsWith(node.url)));
    // 512 batches are eight pages of the register, and what is asked twice within half a minute is asked once
    expect(asked.length).to.be.below(100);
    await page.context().close();
  });

  it('of an empty choice are none, and the page says so', async () => {
    const { page } = await start();
    await choose(page, 'files', [file('empty.zip', toZip([]))]);
    await page.getByText('There was nothing to check').waitFor();
    expect(await page.locator('[data-action=files]').count()).to.equal(1);
    await page.context().close();
  });

  describe('as a list of references', () => {
    it('ask nobody before the page has said who learns what, then the service, a second apart', async () => {
      const issued = [0, 1].map(() => world.food.issue(RESTAURANT, {}));
      const references = issued.map(({ proof }) => toReference(proof.header.id));
      const hidden = toReference(Uint8Array.of(1, 2, 3, 4, 5, 6));
      const asked: { reference: string; at: number }[] = [];
      world.site.service.set('v1/look-ups/reference', (body) => {
        const { reference } = body as { reference: string };
        asked.push({ reference, at: Date.now() });
        const found = issued[references.indexOf(reference)];
        return found ? { status: 200, body: { qrText: found.qrText(world.site.address) } } : NO_MATCH;
      });
      const { page } = await start();
      await choose(page, 'files', [
        file('list.csv', `Reference\n${references.join('\n')}\n${hidden}\nK7QX-0000-0000\n`),
      ]);
      const notice = page.locator('.many-ask');
      await notice.waitFor();
      expect(await notice.textContent())
        .to.contain('3 references are waiting')
        .and.to.contain('learns these references');
      await walkLanguages(page, 'many-ask');
      await speakEnglish(page);
      expect(asked).to.deep.equal([]);
      await page.locator('[data-action=look-up]').focus();
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.action)).to.equal('stop');
      await finish(page);
      expect(asked.map(({ reference }) => reference)).to.deep.equal([...references, hidden]);
      for (let i = 1; i < asked.length; i++)
        expect((asked[i]?.at ?? 0) - (asked[i - 1]?.at ?? 0)).to.be.at.least(1_000);
      expect(await rowsOf(page)).to.deep.equal({
        [references[0] as string]: 'good',
        [references[1] as string]: 'good',
        [hidden]: 'none',
        'K7QX-0000-0000': 'none',
      });
      await page.context().close();
    });

    it('go on while what could not be checked is checked again from its verdict', async () => {
      world.site.service.set('v1/look-ups/reference', () => NO_MATCH);
      const references = [1, 2, 3, 4, 5, 6].map((last) => toReference(Uint8Array.of(0, 0, 0, 2, 0, last)));
      const { page } = await start();
      await choose(page, 'files', [file('list.csv', references.join('\n'))]);
      await page.locator('[data-action=look-up]').click();
      for (const node of world.nodes) node.isMuted = true;
      await drop(page, world.food.issue(RESTAURANT, {}).json, ['a.json']);
      await page.locator('tr[data-group=open]').waitFor();
      for (const node of world.nodes) node.isMuted = false;
      await page.locator('[data-action=details]').click();
      await page.locator('[data-action=retry]').click();
      await page.locator('tr[data-group=good]').waitFor();
      expect(await page.locator('tr[data-group=waiting]').count(), 'references that wait').to.be.greaterThan(0);
      await finish(page);
      expect(Object.values(await rowsOf(page)).toSorted()).to.deep.equal(['good', ...references.map(() => 'none')]);
      await page.context().close();
    });

    it('ask no more when the list is left', async () => {
      const asked: unknown[] = [];
      world.site.service.set('v1/look-ups/reference', (body) => {
        asked.push(body);
        return NO_MATCH;
      });
      const references = [1, 2, 3, 4].map((last) => toReference(Uint8Array.of(0, 0, 0, 0, 1, last)));
      const { page } = await start();
      await choose(page, 'files', [file('list.csv', references.join('\n'))]);
      await page.locator('[data-action=look-up]').click();
      await page.locator('tr[data-group=none]').first().waitFor();
      await page.locator('.brand').click();
      await page.locator('[data-way=scan]').waitFor();
      const before = asked.length;
      await page.waitForTimeout(2_500);
      expect(asked.length).to.equal(before).and.to.be.below(4);
      await page.context().close();
    });

    it('stop when they are told to, and where the service is not there nothing is said against any', async () => {
      const asked: unknown[] = [];
      world.site.service.set('v1/look-ups/reference', (body) => {
        asked.push(body);
        return { status: 500, body: { code: 'INTERNAL_ERROR' } };
      });
      const references = [1, 2, 3].map((last) => toReference(Uint8Array.of(0, 0, 0, 0, 0, last)));
      const { page } = await start();
      await choose(page, 'files', [file('list.csv', references.join('\n'))]);
      await page.locator('[data-action=look-up]').click();
      await page.locator('tr[data-group=open]').first().waitFor();
      await page.locator('[data-action=stop]').click();
      await page.locator('[data-action=look-up]').waitFor();
      expect(asked.length).to.be.below(3);
      expect(await answerOf(page, references[0] as string)).to.equal('References cannot be looked up now');
      await page.context().close();
    });
  });
});
