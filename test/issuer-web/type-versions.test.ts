import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { openKeys } from '../../scripts/local/keys.ts';
import { createRpc } from '../../server/chain/rpc.ts';
import type { SigningKey } from '../../server/keys/signing-key.ts';
import { useRunning } from '../end-to-end/running.ts';
import { launchChromium } from '../verifier-web/chromium.ts';
import { capture, signIn, visitPlace, walk } from './desk.ts';
import { addWallet } from './wallet.ts';

describe('a new version of a kind on the console', () => {
  const running = useRunning();
  let browser: Browser;
  let service: string;
  let page: Page;
  let complaints: string[];

  before(async () => {
    const { demo, run } = running();
    service = demo.service;
    browser = await launchChromium();
    ({ page, complaints } = await signIn(browser, service, 'fehd-admin'));
    const admin = (await (await openKeys(run.dataFolder)).findKey('FEHD-admin')) as SigningKey;
    await addWallet(page, createRpc([demo.rpc]), admin);
  });

  after(() => browser?.close());

  const press = (name: string) => page.locator(`[data-action=${name}]`).first().click();
  const field = (pointer: string) => page.locator(`[name="${pointer}"]`);
  const textOf = async (selector: string) => (await page.locator(selector).textContent()) ?? '';
  const saved = () => page.locator('.draft-form [data-saved=true]').waitFor();
  const claims = () => page.locator('[data-claim]').count();

  it('is begun from the kind, and tells what is wrong beside the field, without losing it', async () => {
    await visitPlace(page, service, 'types/FEHD-FF');
    await press('begin-version');
    await page.locator('[data-state=draft]').waitFor();
    await walk(page);
    expect(await textOf('[data-part=changes]')).to.contain('Nothing is changed yet');
    await field('/title/en').fill('');
    await field('/validity/max').fill('many');
    await press('add-claim');
    const at = (await claims()) - 1;
    await field(`/claims/${at}/name`).fill('Smoke Free');
    await press('save');
    await page.locator('.faults').waitFor();
    for (const id of [
      'title-en',
      'validity-max',
      `claims-${at}-name`,
      `claims-${at}-type`,
      `claims-${at}-label-zh-Hant`,
    ])
      expect(await page.locator(`#field-${id}`).getAttribute('aria-invalid'), id).to.equal('true');
    await walk(page);
    await page.reload();
    await page.locator('.faults').waitFor();
    expect(await field('/validity/max').inputValue()).to.equal('many');
    expect(await field(`/claims/${at}/name`).inputValue()).to.equal('Smoke Free');
    // a failed request loses nothing either
    await field('/title/en').fill('Food Factory Permit');
    await page.route('**/update', (route) => route.fulfill({ status: 403, body: '{}' }), { times: 1 });
    await press('save');
    await page.locator('.failure').first().waitFor();
    expect(await field('/title/en').inputValue()).to.equal('Food Factory Permit');
  });

  it('moves, hides and removes fields, keeps what is shown first, and says what changes for whom', async () => {
    await field('/title/zh-Hant').fill('食物製造廠許可證');
    await field('/title/zh-Hans').fill('食物制造厂许可证');
    await field('/validity/max').fill('24');
    const at = (await claims()) - 1;
    await field(`/claims/${at}/name`).fill('smokeFree');
    await field(`/claims/${at}/type`).selectOption('boolean');
    for (const [language, text] of [
      ['en', 'Smoke-free'],
      ['zh-Hant', '無煙'],
      ['zh-Hans', '无烟'],
    ])
      await field(`/claims/${at}/label/${language}`).fill(text as string);
    await field(`/claims/${at}/group`).selectOption('shown');
    // it stands with what is shown now, and has the focus still
    const moved = await page.evaluate(() => (document.activeElement as HTMLSelectElement).name);
    expect(moved)
      .to.match(/^\/claims\/\d+\/group$/)
      .and.not.equal(`/claims/${at}/group`);
    const place = Number(moved.split('/')[2]);
    await page.locator(`[data-claim="${place}"] [data-action=up]`).click();
    expect(await field(`/claims/${place - 1}/name`).inputValue()).to.equal('smokeFree');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-action'))).to.equal('up');
    const announced = page.locator('[data-part=announced][role=status]', { hasText: `is number ${place} of` });
    await announced.waitFor({ state: 'attached' });
    expect(await textOf('[data-part=holder]')).to.contain('Premises');
    await press('save');
    await saved();
    const told = await textOf('[data-part=changes]');
    expect(told).to.contain('A new field').and.contain('smokeFree').and.contain('systems and files');
    expect(told).to.contain('Food Factory Permit').and.contain('At most 24 months');
    await press('preview');
    await page.locator('[data-part=officers-form]').waitFor();
    expect(await page.locator('[name="/shown/smokeFree"]').isDisabled()).to.equal(true);
    expect(await page.locator('.preview iframe').getAttribute('src')).to.match(/^blob:/);
    await walk(page);
    await capture(page, 'type-version');
  });

  it('asks whose stays where a colleague has saved it meanwhile, field by field or whole, and loses nothing', async () => {
    const { page: colleague } = await signIn(browser, service, 'fehd-admin');
    const other = (pointer: string) => colleague.locator(`[name="${pointer}"]`);
    const saveThere = async () => {
      await colleague.locator('[data-action=save]').click();
      await colleague.locator('.draft-form [data-saved=true]').waitFor();
    };
    const open = async () => {
      await colleague.goto(page.url());
      await other('/title/en').waitFor();
    };
    const label = async (of: typeof field, name: string) => {
      const at = await page
        .locator('[data-claim] input[name$="/name"]')
        .evaluateAll(
          (inputs, sought) => inputs.findIndex((input) => (input as HTMLInputElement).value === sought),
          name,
        );
      return of(`/claims/${at}/label/en`);
    };
    await open();
    await other('/title/en').fill('Food Factory Permit, theirs');
    await other('/validity/max').fill('30');
    await (await label(other, 'smokeFree')).evaluate((input) => input.closest('details')?.setAttribute('open', ''));
    await (await label(other, 'smokeFree')).fill('Without smoke');
    await saveThere();
    await field('/title/en').fill('Food Factory Permit, mine');
    await press('save');
    const conflict = page.locator('[data-failure=changed]');
    await conflict.waitFor();
    expect(await field('/title/en').inputValue()).to.equal('Food Factory Permit, mine');
    expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('H2');
    const chosen = () =>
      conflict
        .locator('tr[data-id]')
        .evaluateAll((rows) =>
          Object.fromEntries(
            rows.map((row) => [row.getAttribute('data-id'), row.querySelector('input:checked')?.getAttribute('value')]),
          ),
        );
    expect(await chosen()).to.deep.equal({
      ...{ '/title': 'mine', '/validity': 'theirs', '/claims/smokeFree/label': 'theirs' },
    });
    expect(await conflict.locator('[data-id="/title"]').textContent())
      .to.contain('changed by both')
      .and.contain('Food Factory Permit, theirs');
    await walk(page);
    await capture(page, 'type-version-conflict');
    await conflict.locator('[data-id="/validity"] input[value=theirs]').focus();
    await page.keyboard.press('ArrowLeft');
    expect(await chosen()).to.include({ '/validity': 'mine' });
    await page.locator('[data-action=merge]').click();
    await saved();
    expect(await conflict.count()).to.equal(0);
    expect(await field('/title/en').inputValue()).to.equal('Food Factory Permit, mine');
    expect(await field('/validity/max').inputValue()).to.equal('24');
    expect(await (await label(field, 'smokeFree')).inputValue()).to.equal('Without smoke');

    await open();
    await other('/title/en').fill('Food Factory Permit');
    await saveThere();
    await field('/title/en').fill('Gone');
    await press('save');
    await conflict.waitFor();
    await page.locator('[data-action=theirs]').click();
    await conflict.waitFor({ state: 'detached' });
    expect(await field('/title/en').inputValue()).to.equal('Food Factory Permit');
    await colleague.context().close();
  });

  it('goes out as a file and comes back as one', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), press('download')]);
    const file = JSON.parse(readFileSync(await download.path(), 'utf8'));
    expect(file).to.deep.include({ code: 'FEHD-FF', version: 2, validity: { kind: 'months', max: 24 } });
    const upload = (name: string, text: string) =>
      page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
    await upload('no.json', '[]');
    await page.locator('#field-file[aria-invalid]').waitFor();
    await upload('yes.json', JSON.stringify({ ...file, validity: { kind: 'months', max: 36 } }));
    await page.locator('.faults').waitFor({ state: 'detached' });
    expect(await field('/validity/max').inputValue()).to.equal('36');
  });

  it('is published by the admin’s wallet, and officers have it without anything being started anew', async () => {
    await press('publish');
    await page.locator('[data-part=sending]').waitFor();
    await walk(page);
    expect(await textOf('[data-part=sending]')).to.contain('openCredentialType');
    // whoever comes back later is shown it again
    await page.reload();
    await page.locator('[data-state=prepared]').waitFor();
    await press('prepare');
    await page.locator('[data-part=sending]').waitFor();
    // what a colleague changes meanwhile is signed by nobody any more
    const { page: colleague } = await signIn(browser, service, 'fehd-admin');
    await page.route('**/v1/type-versions/*', (route) => route.fulfill({ status: 403, body: '{}' }));
    await press('send');
    await page.locator('[data-fault=not-checked]').waitFor();
    await colleague.goto(page.url());
    await colleague.locator('[data-action=prepare]').waitFor();
    expect(await colleague.locator('[data-part=sending]').count()).to.equal(0);
    await colleague.locator('[data-action=edit]').click();
    await colleague.locator('[data-state=draft]').waitFor();
    await page.unroute('**/v1/type-versions/*');
    await press('send');
    await page.locator('[data-part=overtaken]').waitFor();
    expect(await page.locator('[data-part=sending]').count()).to.equal(0);
    await colleague.locator('[data-action=publish]').click();
    await colleague.locator('[data-part=sending]').waitFor();
    expect(await colleague.locator('[data-part=sending]').textContent())
      .to.contain('Copy the data into the admin’s own.')
      .and.not.contain('command line');
    await colleague.context().close();
    await page.reload();
    await press('prepare');
    await page.locator('[data-part=sending]').waitFor();
    await press('send');
    await page.locator('[data-state=published]').waitFor();
    await capture(page, 'type-version-published');
    await visitPlace(page, service, 'types/FEHD-FF');
    expect(await textOf('h1')).to.contain('Food Factory Permit');
    expect(await page.locator('[data-action=begin-version]').count()).to.equal(1);
    const { page: preparer } = await signIn(browser, service, 'fehd-preparer');
    await visitPlace(preparer, service, 'new?type=FEHD-FF');
    expect(await preparer.locator('[name="/claims/smokeFree"]').count()).to.equal(1);
    await visitPlace(preparer, service, 'types/FEHD-FF');
    expect(await preparer.locator('[data-action=begin-version]').count()).to.equal(0);
    await preparer.context().close();
  });

  it('runs nothing that the rules of the page refuse', () => {
    expect(complaints.filter((line) => !/status of 4\d\d/.test(line))).to.deep.equal([]);
  });
});
