import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { useRunning } from '../end-to-end/running.ts';
import { LANGUAGES, launchChromium } from '../verifier-web/chromium.ts';
import { capture, sayYes, signIn, visitPlace, walk } from './desk.ts';

describe('views that officers keep', () => {
  const running = useRunning();
  let browser: Browser;
  let service: string;
  let preparer: Page;
  let admin: Page;
  const complaints: string[][] = [];

  before(async () => {
    service = running().demo.service;
    browser = await launchChromium();
    preparer = await come('fehd-preparer');
    admin = await come('fehd-admin');
  });

  after(() => browser?.close());

  async function come(account: string): Promise<Page> {
    const visit = await signIn(browser, service, account);
    sayYes(visit.page);
    complaints.push(visit.complaints);
    return visit.page;
  }

  const viewNamed = (page: Page, name: string) => page.locator('[data-view]', { hasText: name });
  const isCurrent = (page: Page, name: string) =>
    page.locator('[data-view][aria-current=page]', { hasText: name }).waitFor();
  const press = (page: Page, action: string) => page.locator(`[data-action=${action}]`).click();
  const name = (page: Page, text: string) => page.locator('[name="/name"]').fill(text);
  const addressOf = (page: Page) => new URL(page.url()).search;

  async function save(page: Page, text: string, isShared = false): Promise<void> {
    await press(page, 'new-view');
    await name(page, text);
    if (isShared) await page.locator('[name="/shared"]').check();
    await press(page, 'save-view');
    await viewNamed(page, text).waitFor();
  }

  async function remove(page: Page): Promise<void> {
    await press(page, 'change-view');
    await press(page, 'delete-view');
    await page.locator('[data-action=delete-view]').waitFor({ state: 'detached' });
  }

  it('are saved from a list that is filtered, with what is wrong beside the field', async () => {
    await visitPlace(preparer, service, 'credentials');
    expect(await preparer.locator('[data-action=new-view]').count(), 'of all documents').to.equal(0);
    await preparer.locator('#status').selectOption('suspended');
    await preparer.locator('#expiring_to').fill('2030-12-31');
    await preparer.keyboard.press('Enter');
    await preparer.waitForURL(/status=suspended&expiring_to=2030-12-31/);
    // the address comes first, and then the list that it names
    await preparer.locator('[data-action=new-view]').waitFor();
    await preparer.locator('#type').selectOption('FEHD-GRL');
    await press(preparer, 'new-view');
    expect(await preparer.evaluate(() => document.activeElement?.id)).to.equal('field-name');
    expect(await preparer.locator('#type').inputValue(), 'what was chosen meanwhile').to.equal('FEHD-GRL');
    expect(await preparer.locator('[data-part=views] .facts').textContent())
      .to.contain('Suspended')
      .and.match(/31\sDecember\s2030/);
    expect(await preparer.locator('[name="/shared"]').count(), 'not theirs to share').to.equal(0);
    await preparer.keyboard.press('Enter');
    await preparer.locator('#field-name[aria-invalid]').waitFor();
    await walk(preparer);
    await name(preparer, '  Suspended until 2030 ');
    await capture(preparer, 'view-form');
    await preparer.keyboard.press('Enter');
    await isCurrent(preparer, 'Suspended until 2030');
    expect(await preparer.evaluate(() => document.activeElement?.textContent)).to.equal('Suspended until 2030');
    await walk(preparer);
    await capture(preparer, 'views');
  });

  it('are found again after signing out, and opened, left and opened beside as links are', async () => {
    await press(preparer, 'sign-out');
    await preparer.waitForURL((url) => !url.pathname.startsWith('/console'));
    await preparer.context().close();
    preparer = await come('fehd-preparer');
    await visitPlace(preparer, service, 'credentials');
    const link = viewNamed(preparer, 'Suspended until 2030');
    expect(await link.getAttribute('aria-current')).to.equal(null);
    const [tab] = await Promise.all([
      preparer.context().waitForEvent('page'),
      link.click({ modifiers: ['ControlOrMeta'] }),
    ]);
    await isCurrent(tab, 'Suspended until 2030');
    await tab.close();
    await link.focus();
    await preparer.keyboard.press('Enter');
    await isCurrent(preparer, 'Suspended until 2030');
    expect(addressOf(preparer)).to.equal('?status=suspended&expiring_to=2030-12-31');
    expect(await preparer.locator('#status').inputValue()).to.equal('suspended');
    await preparer.goBack();
    await preparer.locator('[data-view]:not([aria-current])').waitFor();
    expect(addressOf(preparer)).to.equal('');
  });

  it('leave out what points at a person or a document, and say so before they are saved', async () => {
    await visitPlace(preparer, service, 'credentials?reference=0123&type=FEHD-GRL');
    await press(preparer, 'new-view');
    expect(await preparer.locator('[data-part=not-kept]').textContent()).to.contain('Reference');
    expect(await preparer.locator('[data-part=views] .facts').textContent()).not.to.contain('0123');
    await walk(preparer);
    await name(preparer, 'Restaurants');
    await press(preparer, 'save-view');
    expect(await viewNamed(preparer, 'Restaurants').getAttribute('href')).to.equal(
      '/console/credentials?type=FEHD-GRL',
    );
    await viewNamed(preparer, 'Restaurants').click();
    await isCurrent(preparer, 'Restaurants');
    await remove(preparer);
    await visitPlace(preparer, service, 'credentials?reference=0123');
    expect(await preparer.locator('[data-part=views]').textContent()).to.contain('are not kept as one');
    expect(await preparer.locator('[data-action=new-view]').count()).to.equal(0);
  });

  it('are renamed, given other filters, and deleted', async () => {
    await visitPlace(preparer, service, 'drafts?state=submitted');
    await save(preparer, 'Mine');
    await press(preparer, 'change-view');
    await press(preparer, 'close-view');
    expect(await preparer.evaluate(() => document.activeElement?.getAttribute('data-action'))).to.equal('change-view');
    await press(preparer, 'change-view');
    await name(preparer, 'Waiting');
    await preparer.keyboard.press('Enter');
    await isCurrent(preparer, 'Waiting');
    await visitPlace(preparer, service, 'drafts?state=issued');
    await press(preparer, 'new-view');
    await name(preparer, 'Waiting');
    await press(preparer, 'save-view');
    await preparer.locator('#field-name[aria-invalid]').waitFor();
    expect(await preparer.locator('.faults').textContent()).to.contain('Choose another name');
    await walk(preparer);
    await press(preparer, 'replace-view');
    await isCurrent(preparer, 'Waiting');
    await preparer.reload();
    await isCurrent(preparer, 'Waiting');
    await remove(preparer);
    expect(await preparer.evaluate(() => document.activeElement?.getAttribute('data-action'))).to.equal('new-view');
    await preparer.reload();
    await preparer.locator('[data-action=new-view]').waitFor();
    expect(await preparer.locator('[data-view]').count()).to.equal(0);
  });

  it('are shared with colleagues, who open them and change nothing of them', async () => {
    await visitPlace(admin, service, 'credentials?state=failed');
    await save(admin, 'To look into', true);
    await isCurrent(admin, 'To look into');
    await visitPlace(preparer, service, 'credentials');
    expect(await preparer.locator('[data-part=views] nav').textContent()).to.contain('Your department’s:To look into');
    await viewNamed(preparer, 'To look into').click();
    await isCurrent(preparer, 'To look into');
    expect(addressOf(preparer)).to.equal('?state=failed');
    expect(await preparer.locator('[data-action=change-view]').count()).to.equal(0);
    await walk(preparer);

    const again = await come('fehd-admin');
    await visitPlace(again, service, 'credentials?state=failed');
    await press(again, 'change-view');
    await press(admin, 'change-view');
    await name(admin, 'Failed');
    await press(admin, 'save-view');
    await isCurrent(admin, 'Failed');
    await name(again, 'Failures');
    await press(again, 'save-view');
    await again.locator('.failure[data-code=VIEW_CHANGED]').waitFor();
    expect(await again.locator('.failure').textContent()).to.contain('A colleague has changed the view');
    await again.context().close();

    await remove(admin);
    await preparer.reload();
    await preparer.locator('[data-action=new-view]').waitFor();
    expect(await viewNamed(preparer, 'Failed').count()).to.equal(0);
    await preparer.locator('[data-view]').waitFor();
  });

  for (const [account, path, query] of [
    ['fehd-preparer', 'imports', '?state=refused'],
    ['fehd-preparer', 'reports', '?state=answered'],
    ['fehd-registrar', 'companies', '?state=proposed'],
    ['fehd-auditor', 'audit', '?act=credential.revoke&allowed=false&from=2026-01-01&to=2026-01-31'],
  ] as const)
    it(`stand above the list of ${path}`, async () => {
      const page = await come(account);
      await visitPlace(page, service, path + query);
      await save(page, 'Of this list');
      await isCurrent(page, 'Of this list');
      await visitPlace(page, service, path);
      await viewNamed(page, 'Of this list').click();
      await isCurrent(page, 'Of this list');
      expect(addressOf(page)).to.equal(query);
      await walk(page);
      await remove(page);
      await page.context().close();
    });

  it('say of filters that no list knows that they are left out, and show the rest', async () => {
    const texts = async (path: string) => {
      await visitPlace(admin, service, path);
      return (await admin.locator('[data-part=unknown-filters]').allTextContents()).join();
    };
    expect(await texts('credentials?state=nowhere&status=revoked&colour=red&created_from=2026-02-30')).to.contain(
      'state=nowhere, colour=red, created_from=2026-02-30',
    );
    expect(await admin.locator('#status').inputValue()).to.equal('revoked');
    await walk(admin);
    for (const path of ['drafts?state=nowhere', 'imports?state=nowhere', 'reports?state=nowhere'])
      expect(await texts(path), path).to.contain('Not known here, and left out: state=nowhere');
    expect(await texts('imports?state=refused')).to.equal('');
  });

  it('say of a filter that is not set that any will do', async () => {
    const auditor = await come('fehd-auditor');
    await visitPlace(auditor, service, 'audit');
    const any: Record<string, string> = { en: 'Any', 'zh-Hant': '不限', 'zh-Hans': '不限' };
    for (const language of LANGUAGES) {
      await auditor.locator(`[data-language="${language}"]`).click();
      await auditor.locator(`html[lang="${language}"]`).waitFor();
      expect(await auditor.locator('[name="/allowed"] option').first().textContent()).to.equal(any[language]);
      expect(await auditor.locator('.filters').textContent()).not.to.match(/optional|可不填/);
    }
    await auditor.context().close();
  });

  it('run nothing that the rules of the page refuse', () => {
    expect(complaints.flat().filter((line) => !/status of 4\d\d/.test(line))).to.deep.equal([]);
  });
});
