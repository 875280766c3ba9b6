import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { useRunning } from '../end-to-end/running.ts';
import { capture, signIn, walk } from '../issuer-web/desk.ts';
import { launchChromium } from '../verifier-web/chromium.ts';

describe('the hint how the holder’s page comes onto the home screen', () => {
  const running = useRunning();
  let browser: Browser;
  let service: string;
  let page: Page;

  before(async () => {
    ({ service } = running().demo);
    browser = await launchChromium();
  });
  after(() => browser?.close());
  beforeEach(async () => {
    ({ page } = await signIn(browser, service, 'holder-1', 'my'));
    await page.locator('.documents > li').first().waitFor();
  });
  afterEach(() => page?.context().close());

  const hint = () => page.locator('[data-part=home-screen]');

  /** As Chromium makes it where a page can be installed; notes whether it was taken up. */
  const offer = () =>
    page.evaluate(() => {
      const event = new Event('beforeinstallprompt', { cancelable: true });
      Object.assign(event, {
        prompt: async () => {
          document.documentElement.dataset.asked = String(Number(document.documentElement.dataset.asked ?? 0) + 1);
          return { outcome: 'accepted' };
        },
      });
      dispatchEvent(event);
      return event.defaultPrevented;
    });
  const asked = () => page.evaluate(() => document.documentElement.dataset.asked);

  /** As Safari of an iPhone says whether the page was opened from the home screen. */
  async function asIphone(isOpenedThere: boolean): Promise<void> {
    await page.addInitScript((standalone) => {
      Object.defineProperties(navigator, { standalone: { value: standalone }, maxTouchPoints: { value: 5 } });
    }, isOpenedThere);
    await page.reload();
    await page.locator('.documents > li').first().waitFor();
  }

  it('is not there where the browser makes no offer', async () => {
    expect(await hint().count()).to.equal(0);
  });

  it('lets the browser ask where it makes one, once', async () => {
    expect(await offer(), 'no bar of the browser’s own').to.equal(true);
    await hint().waitFor();
    expect(await hint().getAttribute('data-way')).to.equal('ask');
    await walk(page);
    await capture(page, 'holder-home-screen');
    await page.locator('[data-action=add-to-home-screen]').click();
    await hint().waitFor({ state: 'detached' });
    expect(await asked()).to.equal('1');
    expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('H1');
  });

  it('tells the steps on an iPhone, which has no offer', async () => {
    await asIphone(false);
    expect(await hint().getAttribute('data-way')).to.equal('words');
    expect(await hint().locator('li').count()).to.equal(3);
    expect(await hint().textContent()).to.contain('Add to Home Screen');
    expect(await page.locator('[data-action=add-to-home-screen]').count()).to.equal(0);
    await walk(page);
    await capture(page, 'holder-home-screen-words');
  });

  it('is not there where the page was opened from the home screen', async () => {
    await asIphone(true);
    expect(await hint().count()).to.equal(0);
  });

  it('goes when the page was installed by the browser’s own menu', async () => {
    await offer();
    await hint().waitFor();
    await page.evaluate(() => dispatchEvent(new Event('appinstalled')));
    await hint().waitFor({ state: 'detached' });
  });

  it('stays away when it was put away, also at the next visit', async () => {
    await asIphone(false);
    await page.locator('[data-action=put-away]').focus();
    await page.keyboard.press('Enter');
    await hint().waitFor({ state: 'detached' });
    await page.reload();
    await page.locator('.documents > li').first().waitFor();
    expect(await hint().count()).to.equal(0);
    await offer();
    expect(await hint().count()).to.equal(0);
  });
});
