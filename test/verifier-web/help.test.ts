import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { LANGUAGES, type Language } from '../../ui/language.ts';
import { itSpeaksThreeLanguages } from '../ui/languages.ts';
import {
  findBarriers,
  isLookedAt,
  keepPicture,
  launchChromium,
  openPage,
  type Visit,
  waitForVerdict,
} from './chromium.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

const PAGES = ['accept', 'holders'];

/** Every text of a page by its place in it. */
async function textsOf(name: string, language: Language): Promise<Record<string, string>> {
  const file = new URL(`../../verifier-web/help/${name}-${language}.html`, import.meta.url);
  const html = await readFile(file, 'utf8');
  const main = html.slice(html.indexOf('<main'), html.indexOf('</main>'));
  const texts = [...main.matchAll(/<(\/?\w+)[^>]*>([^<]*[^<\s][^<]*)/g)].map(([, tag, text = '']) => [
    tag,
    text.trim(),
  ]);
  return Object.fromEntries(texts.map(([tag, text], i) => [`${i} ${tag}`, text as string]));
}

for (const name of PAGES)
  describe(`the words of the page "${name}"`, () => itSpeaksThreeLanguages((language) => textsOf(name, language)));

describe('the pages that explain', () => {
  let world: World;
  let browser: Browser;
  let visit: Visit;
  let page: Page;

  before(async () => {
    world = await createWorld('.build/test/verifier-help');
    browser = await launchChromium();
    visit = await openPage(browser, { viewport: { width: 390, height: 844 } });
    page = visit.page;
  });

  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  it('are reached from every screen, in its language, and lead to each other and back', async () => {
    await page.goto(world.site.address);
    await page.locator('[data-language=zh-Hant]').click();
    await page.locator('.bottom a', { hasText: '如何接受' }).click();
    await page.locator('html[lang=zh-Hant] h1', { hasText: '如何接受 e-Proof 文件' }).waitFor();
    await page.locator('.choice a[lang=zh-Hans]').click();
    await page.locator('html[lang=zh-Hans] h1').waitFor();
    await page.locator('.help .button:not(.button-main)').click();
    await page.locator('html[lang=zh-Hans] h1', { hasText: '您的 e-Proof' }).waitFor();
    await page.locator('.button-main').click();
    await page.locator('.home h1').waitFor();
  });

  for (const name of PAGES)
    it(`"${name}" has no barriers, fits a small screen, and a sheet of paper`, async () => {
      for (const language of LANGUAGES) {
        await page.goto(`${world.site.address}${name}-${language}.html`);
        await page.locator('h1').waitFor();
        expect(isLookedAt(language) ? await findBarriers(page) : [], language).to.deep.equal([]);
        await keepPicture(page, `help-${name}-${language}`);
        await page.setViewportSize({ width: 320, height: 568 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth), language).to.be.at.most(320);
        await page.setViewportSize({ width: 390, height: 844 });
      }
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.actions').isVisible()).to.equal(false);
      expect(await page.locator('main h2').first().isVisible()).to.equal(true);
      await keepPicture(page, `help-${name}-print`);
      await page.emulateMedia({ media: 'screen' });
    });

  it('show the sample documents of a test system, each of which leads to its verdict', async () => {
    const issued = world.food.issue(RESTAURANT, {});
    const title = { en: 'General Restaurant Licence', 'zh-Hant': '普通食肆牌照', 'zh-Hans': '普通食肆牌照' };
    const sample = { title, standing: 'in-force', pdf: '1-in-force.pdf', text: issued.qrText(world.site.address) };
    world.site.files.set('samples/list.json', JSON.stringify({ items: [sample] }));
    await page.goto(`${world.site.address}accept-en.html`);
    const item = page.locator('.samples [data-standing=in-force]');
    await item.waitFor();
    expect(await item.textContent()).to.contain('General Restaurant Licence');
    expect(await item.locator('a[download]').getAttribute('href')).to.equal('samples/1-in-force.pdf');
    expect(isLookedAt('en') ? await findBarriers(page) : []).to.deep.equal([]);
    await keepPicture(page, 'help-samples');
    await item.locator('a:not([download])').click();
    expect((await waitForVerdict(page)).standing).to.equal('in-force');
  });

  it('show none elsewhere, and do not ask for any', async () => {
    const trust = world.site.files.get('trust.json') as string;
    world.site.files.set('trust.json', JSON.stringify({ ...JSON.parse(trust), test: false }));
    visit.requests.length = 0;
    await page.goto(`${world.site.address}accept-en.html`);
    await page.waitForLoadState('networkidle');
    expect(await page.locator('.samples').isVisible()).to.equal(false);
    expect(visit.requests.filter((url) => url.includes('samples/'))).to.deep.equal([]);
    world.site.files.set('trust.json', trust);
  });

  it('ask nobody but their own origin, and run nothing that its rules refuse', () => {
    const nodes = world.nodes.map(({ url }) => url);
    const allowed = [world.site.address, ...nodes, 'about:blank'];
    expect(visit.requests.filter((url) => !allowed.some((from) => url.startsWith(from)))).to.deep.equal([]);
    expect(visit.complaints.filter((line) => !/status of 503/.test(line))).to.deep.equal([]);
  });
});
