import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { toDate } from '../../proof/day.ts';
import { keepPicture, launchChromium, openPage, waitForVerdict, walkLanguages } from './chromium.ts';
import { type Issued, TODAY } from './department.ts';
import { createWorld, RESTAURANT, STANDINGS, type World } from './world.ts';

describe('a day in the past', () => {
  let world: World;
  let browser: Browser;

  before(async () => {
    world = await createWorld('.build/test/verifier-past');
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  const issue = (standing: string): Issued => {
    const found = STANDINGS.find((each) => each.standing === standing);
    if (!found) throw new Error(`no ${standing}`);
    return found.issue(world);
  };

  async function open(issued: Issued): Promise<Page> {
    const { page } = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await page.goto(issued.qrText(world.site.address));
    await waitForVerdict(page);
    return page;
  }

  async function ask(page: Page, day: number): Promise<{ past: string; text: string }> {
    await page.locator('#past-day').fill(toDate(day));
    await page.locator('#past-day').press('Enter');
    const answer = page.locator('.past-answer');
    await answer.and(page.locator(':focus')).waitFor();
    return { past: (await answer.getAttribute('data-past')) ?? '', text: (await answer.textContent()) ?? '' };
  }

  it('is answered under the verdict on today, and takes the focus, in three languages without barriers', async () => {
    const page = await open(issue('suspended'));
    const before = await ask(page, TODAY - 30);
    expect(before.past).to.equal('in-force');
    expect(before.text)
      .to.contain('It was in force.')
      .and.to.match(/On \d+\s\w+\s20\d\d/);
    expect((await waitForVerdict(page)).standing).to.equal('suspended');
    expect(await page.locator('#past-day').inputValue()).to.equal(toDate(TODAY - 30));
    await walkLanguages(page, 'past');
    await page.context().close();
  });

  const days: [name: string, standing: string, day: number, past: string, text: RegExp][] = [
    ['before its first day', 'in-force', TODAY - 201, 'not-yet-in-force', /not in force yet: it begins on/],
    ['on its last day, of what has expired', 'expired', TODAY - 1, 'in-force', /was in force\./],
    ['after its last day', 'expired', TODAY, 'expired', /it expired on/],
    ['before it was withdrawn', 'revoked', TODAY - 10, 'in-force', /was in force\./],
    ['after it was withdrawn', 'revoked', TODAY, 'revoked', /had been withdrawn, on/],
    ['after one of its classes ended', 'partly-expired', TODAY - 1, 'partly-expired', /in force in part/],
    [
      'after its printed day, which a notice moved',
      'in-force-past-date',
      TODAY - 1,
      'in-force-past-date',
      /past the date/,
    ],
    ['in a suspension', 'suspended', TODAY, 'suspended', /was suspended, since/],
  ];
  for (const [name, standing, day, past, text] of days)
    it(`${name}, is ${past}`, async () => {
      const page = await open(issue(standing));
      // a visitor may type a day that the calendar of the browser does not offer
      await page.locator('#past-day').evaluate((input) => input.removeAttribute('min'));
      const answer = await ask(page, day);
      expect(answer.past).to.equal(past);
      expect(answer.text).to.match(text);
      await page.context().close();
    });

  it('cannot be one that is still to come', async () => {
    const page = await open(world.food.issue(RESTAURANT, {}));
    expect(await page.locator('#past-day').getAttribute('max')).to.equal(toDate(TODAY));
    await page.locator('#past-day').fill(toDate(TODAY + 1));
    await page.locator('[data-action=past]').click();
    expect(await page.locator('.past-answer').count()).to.equal(0);
    expect(await page.locator('#past-day').evaluate((input: HTMLInputElement) => input.validity.valid)).to.equal(false);
    await page.context().close();
  });

  it('stays open where the nodes do not tell the history, and the verdict on today stands', async () => {
    const page = await open(issue('suspended'));
    for (const node of world.nodes) node.lie = (method, result) => (method === 'eth_getLogs' ? null : result);
    const answer = await ask(page, TODAY - 30);
    for (const node of world.nodes) node.lie = null;
    expect(answer.past).to.equal('unknown');
    expect(answer.text).to.contain('could not be answered');
    expect((await waitForVerdict(page)).standing).to.equal('suspended');
    await page.context().close();
  });

  it('is not asked about what is not genuine', async () => {
    const issued = world.food.issue(RESTAURANT, {});
    issued.batch.judgement = 2;
    const page = await open(issued);
    expect(await page.locator('.past').count()).to.equal(0);
    await page.context().close();
  });

  it('is on the receipt on paper, without the form, and only where it was asked', async () => {
    const page = await open(issue('in-force'));
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.past').isVisible()).to.equal(false);
    await page.emulateMedia({ media: 'screen' });
    await ask(page, TODAY - 5);
    await keepPicture(page, 'past-answered');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.past-answer').isVisible()).to.equal(true);
    expect(await page.locator('.past form').isVisible()).to.equal(false);
    await page.context().close();
  });
});
