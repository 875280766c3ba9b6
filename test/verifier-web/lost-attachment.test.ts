import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { todays } from '../extent.ts';
import {
  findBarriers,
  keepPicture,
  launchChromium,
  openPage,
  type Visit,
  waitForVerdict,
  walkLanguages,
} from './chromium.ts';
import type { Issued } from './department.ts';
import { printAgain, qpdf, scanPage, toDocument, toLetters, toScan, unite } from './lost-attachment.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

/** What is loaded for a PDF without its attachment, and for nothing else. */
const READER = /assets\/(pages|page-worker|pdfjs-core|pdfjs-display|jbig2|openjpeg)-/;

describe('a PDF that lost its attachment', () => {
  let world: World;
  let browser: Browser;
  let visit: Visit;
  let documents: Buffer[];

  before(async () => {
    world = await createWorld('.build/test/verifier-lost');
    browser = await launchChromium();
    const issued: Issued[] = ['2932801234', '7777777777'].map((licenceNumber) =>
      world.food.issue({ ...RESTAURANT, licenceNumber }, {}),
    );
    documents = await Promise.all(issued.map((one) => toDocument(one, world.site.address)));
    visit = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await home();
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });
  afterEach(() => world.site.missing.clear());

  const document = (number = 0): Buffer => documents[number] as Buffer;

  async function home(): Promise<void> {
    await visit.page.goto(world.site.address);
    await visit.page.locator('[data-way=file]').waitFor();
    visit.requests.length = 0;
  }

  async function choose(...files: Buffer[]): Promise<void> {
    const { page } = visit;
    await home();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-way=file]').click()]);
    await chooser.setFiles(files.map((buffer, i) => ({ name: `${i + 1}.pdf`, mimeType: 'application/pdf', buffer })));
  }

  const expectLicence = async (number: string): Promise<void> => {
    expect((await waitForVerdict(visit.page)).standing).to.equal('in-force');
    expect(await visit.page.locator('.document').textContent()).to.contain(number);
  };

  async function expectRefusal(code: string, heading: RegExp): Promise<void> {
    await visit.page.locator(`[data-refusal=${code}]`).waitFor({ timeout: 40_000 });
    expect(await visit.page.locator('h1').textContent()).to.match(heading);
    expect(await visit.page.locator('.verdict').count()).to.equal(0);
    await walkLanguages(visit.page, `refused-${code}`);
    await visit.page.locator('[data-language=en]').click();
  }

  async function rows(): Promise<(string | undefined)[][]> {
    await visit.page.locator('.many-said', { hasText: /^All \d+ are checked/ }).waitFor({ timeout: 40_000 });
    return visit.page
      .locator('.many-table tbody tr')
      .evaluateAll((lines) =>
        lines.map((line) => [
          line.querySelector('th')?.textContent ?? '',
          (line as HTMLElement).dataset.group,
          /\d{10}/.exec(line.textContent)?.[0] ?? '',
        ]),
      );
  }

  it('is not what one that has it is taken for: its attachment is judged, and nothing is loaded for pages', async () => {
    await choose(document());
    await expectLicence('2932801234');
    expect(visit.requests.filter((url) => READER.test(url))).to.deep.equal([]);
  });

  for (const [way, make] of [
    ['printed by a browser', () => printAgain(browser, document())],
    ['scanned in grey at 150 dots per inch, a little turned', () => toScan([scanPage(document(), 150)], 1.5)],
    ['scanned in black and white', () => toScan([scanPage(document(), 200, 'png')], -1)],
    ['put together from its pages alone', async () => qpdf(document(), ['--empty', '--pages', 'IN', '--'])],
    ['turned on its side', async () => qpdf(await toScan([scanPage(document(), 100)]), ['--rotate=+90', 'IN'])],
  ] as const)
    it(`is read from its page: ${way}`, async () => {
      await choose(await make());
      await expectLicence('2932801234');
      expect(visit.requests.filter((url) => READER.test(url))).to.have.length.above(3);
    });

  it('asks nobody but the page’s own origin for what reads it, and breaks no rule of the page', () => {
    const others = visit.requests.filter((url) => !url.startsWith(world.site.address));
    expect(others.filter((url) => !world.nodes.some((node) => url.startsWith(node.url)))).to.deep.equal([]);
    expect(visit.complaints).to.deep.equal([]);
  });

  it('has it all the same where it is locked against changes only', async () => {
    await choose(qpdf(document(), ['--encrypt', '', 'owner', '256', '--', 'IN']));
    await expectLicence('2932801234');
    expect(await visit.page.locator('.document').textContent()).to.contain('No live poultry');
  });

  it('is a list where several codes are on its pages, and a code on two pages is one row', async () => {
    const [first, second] = documents.map((pdf) => scanPage(pdf, 150)) as [Buffer, Buffer];
    await choose(await toScan([first, second, first]));
    expect(await rows()).to.deep.equal([
      ['1.pdf, page 1', 'good', '2932801234'],
      ['1.pdf, page 2', 'good', '7777777777'],
    ]);
    if (todays(['barriers'], 2).length > 0) expect(await findBarriers(visit.page)).to.deep.equal([]);
    await keepPicture(visit.page, 'lost-several');
    await visit.page.locator('[data-action=details]').nth(1).click();
    await expectLicence('7777777777');
  });

  it('is a list where several attachments are in it', async () => {
    await choose(unite(document(0), document(1)));
    expect(await rows()).to.deep.equal([
      ['1.pdf', 'good', '2932801234'],
      ['1.pdf', 'good', '7777777777'],
    ]);
  });

  it('has its place among many, between the others', async () => {
    const [first, second] = documents.map((pdf) => scanPage(pdf, 150)) as [Buffer, Buffer];
    await choose(document(1), await toScan([first, second]), await toLetters(1), document(0));
    expect(await rows()).to.deep.equal([
      ['1.pdf', 'good', '7777777777'],
      ['2.pdf, page 1', 'good', '2932801234'],
      ['2.pdf, page 2', 'good', '7777777777'],
      ['3.pdf', 'none', ''],
      ['4.pdf', 'good', '2932801234'],
    ]);
  });

  it('is looked at up to its twentieth page, and the rest is named', async () => {
    const scan = await toScan([scanPage(document(), 100)]);
    await choose(await toLetters(22));
    await expectRefusal('PDF_PAGES_LEFT', /^Pages 21 to 22 were not looked at$/);
    await choose(unite(scan, await toLetters(21)));
    expect(await rows()).to.deep.equal([
      ['1.pdf, page 1', 'good', '2932801234'],
      ['1.pdf', 'open', ''],
    ]);
    expect(await visit.page.locator('tr[data-group=open]').textContent()).to.contain(
      'Pages 21 to 22 were not looked at',
    );
    expect(await visit.page.locator('[data-action=again]').isVisible()).to.equal(false);
  });

  it('is refused with its reason: nothing on its pages, a password, damage', async () => {
    await choose(await toLetters(2));
    await expectRefusal('PDF_WITHOUT_PROOF', /^No e-Proof was found in this PDF$/);
    await choose(qpdf(document(), ['--encrypt', 'secret', 'owner', '256', '--', 'IN']));
    await expectRefusal('PDF_ENCRYPTED', /^This PDF is locked with a password$/);
    await choose((await toLetters(2)).subarray(0, 900));
    await expectRefusal('PDF_BROKEN', /^This PDF is damaged$/);
  });

  it('that keeps its reader busy is given up, with the page where it was, and can be left meanwhile', async () => {
    const { page } = visit;
    await page.addInitScript(() => {
      // thirty seconds pass in one
      const now = performance.now.bind(performance);
      performance.now = () => now() * 30;
      const later = setTimeout;
      window.setTimeout = ((work: () => void, ms: number) => later(work, ms / 30)) as typeof setTimeout;
    });
    await choose(await toLetters(20));
    await expectRefusal('PDF_SLOW', /^Not every page was looked at$/);
    expect(await page.locator('.notice').textContent()).to.match(/at page \d+ of the PDF, and had found no e-Proof/);
    await page.context().close();
    visit = await openPage(browser, { viewport: { width: 390, height: 844 } });
  });

  it('says that the reader could not be loaded, and is read when it can', async () => {
    const scan = await toScan([scanPage(document(), 100)]);
    for (const [part, code] of [
      [/pages-/, 'SCRIPT_UNAVAILABLE'],
      [/pdfjs-core/, 'DECODER_UNAVAILABLE'],
    ] as const) {
      for (const { name } of world.build.files) if (part.test(name)) world.site.missing.add(name);
      await choose(scan);
      await visit.page.locator(`[data-refusal=${code}]`).waitFor();
      world.site.missing.clear();
    }
    await choose(scan);
    await expectLicence('2932801234');
  });
});
