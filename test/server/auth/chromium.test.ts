import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { findBarriers, keepPicture, launchChromium, openPage } from '../../verifier-web/chromium.ts';
import { type PeopleWorld, startPeople } from './people.ts';

describe('signing in with a real browser', () => {
  let world: PeopleWorld;
  let browser: Browser;

  before(async () => {
    world = await startPeople();
    browser = await launchChromium();
  });
  after(async () => {
    await browser.close();
    await world.stop();
  });

  const open = async (query: string): Promise<{ page: Page; complaints: string[] }> => {
    const visit = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await visit.page.goto(`${world.service.url}/auth/login?${query}`);
    return visit;
  };

  it('shows a page that everybody can use, in three languages, and says what it is', async () => {
    const { page, complaints } = await open('return=/v1/session&ui_locales=zh-Hant');
    expect(await page.locator('html').getAttribute('lang'), 'the language that was asked for').to.equal('zh-Hant');
    for (const language of ['en', 'zh-Hant', 'zh-Hans']) {
      if ((await page.locator('html').getAttribute('lang')) !== language)
        await page.locator(`a[hreflang="${language}"]`).click();
      await page.locator(`html[lang="${language}"]`).waitFor();
      expect(await findBarriers(page), language).to.deep.equal([]);
      await keepPicture(page, `sign-in-${language}`);
    }
    await page.locator('a[hreflang="en"]').click();
    expect(await page.locator('.warning').innerText()).to.include('For development only');
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it('tells of an account that there is not, beside its field', async () => {
    const { page } = await open('return=/v1/session');
    await page.getByLabel('Account').fill('nobody');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').innerText()).to.include('no such account');
    expect(await findBarriers(page)).to.deep.equal([]);
    await page.context().close();
  });

  it('leads back with nothing but the keyboard, and our own page can write then', async () => {
    const { page } = await open('return=/');
    await page.getByLabel('Account').fill('fehd-admin');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${world.service.url}/`);
    const status = await page.evaluate(async () => {
      const { csrfToken } = await (await fetch('/v1/session')).json();
      const headers = { 'content-type': 'application/json', 'idempotency-key': 'page', 'x-csrf-token': csrfToken };
      const body = JSON.stringify({ subject: 'new', name: 'New', roles: ['auditor'] });
      return (await fetch('/v1/officers', { method: 'POST', headers, body })).status;
    });
    expect(status).to.equal(201);
    expect(await page.evaluate(() => document.cookie), 'no script reads the cookie').to.equal('');
    await page.context().close();
  });

  it('signs the same browser in as somebody else after a click', async () => {
    const { page } = await open('return=/v1/session&as=holder');
    await page.getByRole('button', { name: /holder-1/ }).click();
    await page.waitForURL(`${world.service.url}/v1/session`);
    expect(JSON.parse(await page.locator('body').innerText())).to.include({ kind: 'holder', name: 'Chan Tai Man' });
    await page.context().close();
  });
});
