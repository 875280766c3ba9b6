import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { toDate } from '../../proof/day.ts';
import { toReference } from '../../proof/reference.ts';
import { eventually } from '../end-to-end/running.ts';
import { launchChromium, openPage, waitForVerdict } from './chromium.ts';
import { type Issued, TODAY } from './department.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

const [EARLIER, LATER] = ['1111111111', '2222222222'];

describe('two checks at once', () => {
  let world: World;
  let browser: Browser;
  let earlier: Issued;
  let later: Issued;
  let reference: string;

  before(async () => {
    world = await createWorld('.build/test/verifier-turns');
    earlier = world.food.issue({ ...RESTAURANT, licenceNumber: EARLIER }, {});
    later = world.food.issue({ ...RESTAURANT, licenceNumber: LATER }, {});
    reference = toReference(earlier.proof.header.id);
    world.site.service.set('v1/look-ups/reference', () => ({
      status: 200,
      body: { qrText: earlier.qrText(world.site.address) },
    }));
    browser = await launchChromium();
  });

  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  async function paste(page: Page, text: string): Promise<void> {
    await page.evaluate((data) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', data);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** What the nodes are asked from now on they answer when they are let through; what comes after `answerLater`, at once. */
  function holdNodes(): { letThrough(): void; answerLater(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const setHeld = (held: Promise<void> | null) => {
      for (const node of world.nodes) node.held = held;
    };
    setHeld(promise);
    return { letThrough: resolve, answerLater: () => setHeld(null) };
  }

  const asked = (): number => world.nodes.reduce((sum, node) => sum + node.asked.length, 0);

  /** Begins the earlier one, and leaves it waiting for both nodes, which answer whatever is asked of them after that. */
  async function beginEarlier(
    begin: (page: Page) => Promise<void>,
  ): Promise<{ page: Page; letThrough(): Promise<void> }> {
    const { page } = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await page.goto(world.site.address);
    await page.locator('[data-way=scan]:enabled').waitFor();
    const { letThrough, answerLater } = holdNodes();
    const before = asked();
    await begin(page);
    await page.locator('.checking').waitFor();
    await eventually('both nodes are asked', async () => asked() === before + world.nodes.length);
    answerLater();
    let answers = 0;
    page.on('requestfinished', (request) => {
      if (world.nodes.some(({ url }) => request.url() === url)) answers++;
    });
    return {
      page,
      async letThrough() {
        const sofar = answers;
        letThrough();
        await eventually('both have answered', async () => answers >= sofar + world.nodes.length);
        // what is judged of their answers takes some tens of milliseconds
        await page.waitForTimeout(800);
      },
    };
  }

  async function expectLaterAlone(page: Page): Promise<void> {
    expect((await waitForVerdict(page)).standing).to.equal('in-force');
    expect(await page.locator('.verdict').count()).to.equal(1);
    expect(await page.locator('.document').textContent())
      .to.contain(LATER)
      .and.not.to.contain(EARLIER);
  }

  const BEGINNINGS: Record<string, (page: Page) => Promise<void>> = {
    'what was pasted': (page) => paste(page, earlier.qrText(world.site.address)),
    'a link': async (page) => void (await page.goto(earlier.qrText(world.site.address))),
    'a file': (page) =>
      page.locator('input[type=file]').setInputFiles({
        name: 'licence.json',
        mimeType: 'application/json',
        buffer: Buffer.from(earlier.json),
      }),
    'a typed reference': async (page) => {
      await page.locator('#reference').fill(reference);
      await page.locator('#reference').press('Enter');
    },
  };

  for (const [what, begin] of Object.entries(BEGINNINGS))
    it(`show the later one alone, when the answers about the earlier, ${what}, come after it`, async () => {
      const { page, letThrough } = await beginEarlier(begin);
      await paste(page, later.qrText(world.site.address));
      await expectLaterAlone(page);
      await letThrough();
      await expectLaterAlone(page);
      await page.context().close();
    });

  it('leave the first screen alone, when the reader went back to it meanwhile', async () => {
    const { page, letThrough } = await beginEarlier((one) => paste(one, earlier.qrText(world.site.address)));
    await page.locator('.brand').click();
    await page.locator('[data-way=scan]').waitFor();
    await letThrough();
    expect(await page.locator('.verdict').count()).to.equal(0);
    expect(await page.locator('[data-way=scan]').count()).to.equal(1);
    await page.context().close();
  });

  it('leave standing why the later is nothing to judge', async () => {
    const { page, letThrough } = await beginEarlier((one) => paste(one, earlier.qrText(world.site.address)));
    await paste(page, 'hello');
    await page.locator('[data-refusal=QR_NOT_EPROOF]').waitFor();
    await letThrough();
    expect(await page.locator('.verdict').count()).to.equal(0);
    expect(await page.locator('[data-refusal=QR_NOT_EPROOF]').count()).to.equal(1);
    await page.context().close();
  });

  it('end in the one verdict on what was asked about last, of a day in the past too', async () => {
    const { page } = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await page.goto(earlier.qrText(world.site.address));
    await waitForVerdict(page);
    const { letThrough, answerLater } = holdNodes();
    await page.locator('#past-day').fill(toDate(TODAY - 30));
    await page.locator('[data-action=past]').click();
    await page.locator('[data-action=past][aria-disabled]').waitFor();
    answerLater();
    await paste(page, later.qrText(world.site.address));
    await page.locator('.document', { hasText: LATER }).waitFor();
    letThrough();
    await page.waitForTimeout(800);
    await expectLaterAlone(page);
    expect(await page.locator('.past-answer').count()).to.equal(0);
    await page.context().close();
  });
});
