import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { toReference } from '../../proof/reference.ts';
import { listFactTypes } from '../../server/look-ups/facts.ts';
import { launchChromium, openPage, waitForVerdict } from './chromium.ts';
import type { Issued } from './department.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

const NO_MATCH = { status: 404, body: { type: '/problems#lookup-no-match', code: 'LOOK_UP_NO_MATCH', status: 404 } };

describe('what is pasted with the keyboard', () => {
  let world: World;
  let browser: Browser;
  let issued: Issued;
  let page: Page;
  const asked: unknown[] = [];

  before(async () => {
    world = await createWorld('.build/test/verifier-paste');
    issued = world.food.issue(RESTAURANT, {});
    world.site.service.set('v1/look-ups/reference', (body) => {
      asked.push(body);
      return NO_MATCH;
    });
    const items = listFactTypes(loadCatalogue());
    world.site.service.set('v1/look-ups/facts', () => ({ status: 200, body: { items } }));
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    asked.splice(0);
    ({ page } = await openPage(browser, { permissions: ['clipboard-read', 'clipboard-write'] }));
    await page.goto(world.site.address);
    await page.locator('h1').waitFor();
  });
  afterEach(() => page.context().close());

  async function paste(text: string): Promise<void> {
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await page.keyboard.press('Control+V');
  }

  it('into the field of a reference stays there, and is asked about when it is sent', async () => {
    const reference = toReference(issued.proof.header.id);
    await page.locator('#reference').focus();
    await paste(reference);
    expect(await page.locator('#reference').inputValue()).to.equal(reference);
    await page.keyboard.press('Enter');
    await page.locator('.facts-screen').waitFor();
    expect(asked).to.deep.equal([{ reference }]);
  });

  it('into a fact stays there, beside what was typed before', async () => {
    await page.locator('#reference').fill(toReference(issued.proof.header.id));
    await page.locator('#reference').press('Enter');
    const form = page.locator('[data-type=HA-MC]');
    await form.getByLabel('Sick leave from').fill('2026-03-01');
    await form.getByLabel('Name of patient').focus();
    await paste('CHAN, Tai Man');
    expect(await form.getByLabel('Name of patient').inputValue()).to.equal('CHAN, Tai Man');
    expect(await form.getByLabel('Sick leave from').inputValue()).to.equal('2026-03-01');
    expect(await page.locator('[data-refusal]').count()).to.equal(0);
  });

  it('into the field of a link stays there until it is sent', async () => {
    const text = issued.qrText(world.site.address);
    await page.locator('#text').focus();
    await paste(text);
    expect(await page.locator('#text').inputValue()).to.equal(text);
    await page.locator('[data-way=text]').click();
    expect((await waitForVerdict(page)).genuine).to.equal('genuine');
  });

  it('on the page itself, or on a button, is judged', async () => {
    await page.locator('h1').click();
    await paste(issued.qrText(world.site.address));
    expect((await waitForVerdict(page)).genuine).to.equal('genuine');
    await page.locator('[data-action=another]').click();
    await page.locator('[data-way=file]').focus();
    await paste('no code');
    await page.locator('[data-refusal=QR_NOT_EPROOF]').waitFor();
  });
});
