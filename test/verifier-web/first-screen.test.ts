import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { findBarriers, isLookedAt, keepPicture, launchChromium, openPage, waitForVerdict } from './chromium.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

declare global {
  interface Window {
    /** How far what was painted moved, each time. */
    moves: number[];
  }
}

const HEADINGS = {
  'en-GB': ['en', 'Is this licence or certificate genuine?', 'Checking…'],
  'zh-HK': ['zh-Hant', '這份牌照或證書是真的嗎？', '正在核實……'],
  'zh-CN': ['zh-Hans', '这份牌照或证书是真的吗？', '正在核验……'],
} as const;

describe('the first screen', () => {
  let world: World;
  let browser: Browser;
  let link: string;

  before(async () => {
    world = await createWorld('.build/test/verifier-first-screen');
    link = world.food.issue(RESTAURANT, {}).qrText(world.site.address);
    browser = await launchChromium();
  });

  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  afterEach(() => {
    world.site.files.delete(nameOf('main'));
    world.site.missing.clear();
  });

  const nameOf = (entry: string): string =>
    world.build.files.find(({ name }) => name.startsWith(`assets/${entry}-`))?.name ?? '';

  /** Opens it with the page's script held back until it is let through. */
  async function openEarly(locale: string, address: string): Promise<{ page: Page; letThrough(): void }> {
    const { page } = await openPage(browser, { locale, viewport: { width: 390, height: 844 } });
    await page.addInitScript(() => {
      window.moves = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.moves.push((entry as PerformanceEntry & { value: number }).value);
      }).observe({ type: 'layout-shift', buffered: true });
    });
    let letThrough = (): void => {};
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    await page.route(`**/${nameOf('main')}`, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(address, { waitUntil: 'commit' });
    return { page, letThrough };
  }

  /** The body as it is, but for what waits for the script; the address is known there alone. */
  const drawn = (page: Page): Promise<string> =>
    page.evaluate(() => {
      const body = document.body.cloneNode(true) as HTMLElement;
      for (const other of body.querySelectorAll('noscript, template, script, .address-bar, .test-band')) other.remove();
      for (const control of body.querySelectorAll('[disabled]')) control.removeAttribute('disabled');
      return body.innerHTML.trim();
    });

  for (const [locale, [language, heading, checking]] of Object.entries(HEADINGS)) {
    it(`stands in the page in ${language} as the script draws it, to be pressed when that is there, and nothing moves`, async () => {
      const { page, letThrough } = await openEarly(locale, world.site.address);
      await page.locator('[data-way=scan]').waitFor();
      expect(await page.locator('h1').textContent()).to.equal(heading);
      expect(await page.getAttribute('html', 'lang')).to.equal(language);
      expect(await page.locator(':is(button, input, textarea):enabled').count()).to.equal(0);
      const early = await drawn(page);
      // which leaves its marks on the fields
      await keepPicture(page, `first-screen-${language}`);
      const barriers = isLookedAt(language) ? await findBarriers(page) : [];
      expect(barriers).to.deep.equal([]);
      letThrough();
      await page.locator('[data-way=scan]:enabled').waitFor();
      await page.locator('.test-band').waitFor();
      expect(await drawn(page)).to.equal(early);
      expect(await page.evaluate(() => window.moves)).to.deep.equal([]);
      await page.context().close();
    });

    it(`says in ${language} that a link is checked, and shows nothing else before the verdict`, async () => {
      const { page, letThrough } = await openEarly(locale, link);
      await page.locator('.checking').waitFor();
      expect(await page.locator('h1').textContent()).to.equal(checking);
      letThrough();
      expect((await waitForVerdict(page)).genuine).to.equal('genuine');
      expect(await page.evaluate(() => window.moves)).to.deep.equal([]);
      await page.context().close();
    });
  }

  it('says that the page is not whole where its script is another one, or the words cannot be had', async () => {
    world.site.files.set(nameOf('main'), 'document.body.remove()');
    const { page } = await openPage(browser);
    await page.goto(link);
    await page.locator('.notice').waitFor();
    expect(await page.locator('h1').textContent()).to.equal('A part of this page could not be loaded');
    world.site.files.delete(nameOf('main'));
    world.site.missing.add(nameOf('zh-hant'));
    const { page: chinese } = await openPage(browser, { locale: 'zh-HK' });
    await chinese.goto(world.site.address);
    await chinese.locator('.notice').waitFor();
    expect(await chinese.locator('h1').textContent()).to.equal('本網頁有一部分未能載入');
    await keepPicture(chinese, 'first-screen-failed');
    await page.context().close();
    await chinese.context().close();
  });

  it('keeps its language, and what was typed, where another language cannot be loaded', async () => {
    const { page } = await openPage(browser);
    await page.goto(world.site.address);
    await page.locator('#text').fill('abc');
    world.site.missing.add(nameOf('zh-hans'));
    await page.locator('[data-language=zh-Hans]').click();
    expect(await page.locator('.top [role=alert]').textContent()).to.equal('A part of this page could not be loaded');
    expect(await page.inputValue('#text')).to.equal('abc');
    world.site.missing.clear();
    await page.locator('[data-language=zh-Hans]').click();
    await page.locator('html[lang=zh-Hans]').waitFor();
    expect(await page.inputValue('#text')).to.equal('abc');
    expect(await page.locator('.top [role=alert]').count()).to.equal(0);
    await page.context().close();
  });
});
