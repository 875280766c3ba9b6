import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { hashHolderKey } from '../../proof/holder-key.ts';
import { encodePresentation } from '../../proof/presentation.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { present } from '../../scripts/vectors/presenting.ts';
import { HOLDER } from '../../scripts/vectors/world.ts';
import {
  findBarriers,
  isLookedAt,
  keepPicture,
  LANGUAGES,
  launchChromium,
  openPage,
  waitForVerdict,
} from './chromium.ts';
import { type Issued, TODAY } from './department.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const dayText = (day: number): string => DAY.format(day * 86_400_000);

describe('what each check compared', () => {
  let world: World;
  let browser: Browser;
  let issued: Issued;

  before(async () => {
    world = await createWorld('.build/test/verifier-compared');
    issued = world.food.issue(RESTAURANT, {});
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  async function open(link: string, width = 390): Promise<Page> {
    const { page } = await openPage(browser, { viewport: { width, height: 844 } });
    await page.goto(link);
    await waitForVerdict(page);
    for (const summary of await page.locator('.answers summary').all()) await summary.click();
    return page;
  }

  const link = (one: Issued) => one.qrText(world.site.address);

  /** What stands beside one name, with the spaces of a keyboard. */
  async function beside(page: Page, check: string, name: string): Promise<string> {
    const value = page.locator(`[data-check=${check}] [data-compared=${name}] dd`);
    return ((await value.textContent()) ?? '').replaceAll('\u00a0', ' ');
  }

  it('stands under it when it is unfolded: dates, keys, block, nodes, hashes', async () => {
    const page = await open(link(issued));
    const { validUntil } = issued.proof.header;
    const definition = `0x${world.food.trust.type.definition}`;
    const expected: [check: string, name: string, value: string][] = [
      ['validity', 'today', dayText(TODAY)],
      ['validity', 'validUntil', dayText(validUntil ?? 0)],
      ['signature', 'signer', world.food.key],
      ['signature', 'expectedSigners', world.food.key],
      ['key', 'key', world.food.key],
      ['registry', 'block', String(world.chain.block.number)],
      ['registry', 'agreed', '2'],
      ['registry', 'needed', '2'],
      ['registry', 'registry', world.chain.address],
      ['anchor', 'batch', issued.batch.id],
      ['anchor', 'recordedBatch', issued.batch.id],
      ['credentialType', 'definition', definition],
      ['credentialType', 'recordedDefinition', definition],
      ['issuer', 'recordedProfile', `0x${world.food.trust.issuer.profile}`],
      ['inclusion', 'place', '2'],
      ['status', 'revoked', 'No'],
    ];
    for (const [check, name, value] of expected)
      expect(await beside(page, check, name), `${check} ${name}`).to.equal(value);
    expect(await page.locator('[data-check=registry] [data-compared=agreed] dd').isVisible()).to.equal(true);
    for (const check of await page.locator('[data-check]').all())
      expect(await check.locator('dl.compared').count(), (await check.getAttribute('data-check')) ?? '').to.equal(1);
    await page.context().close();
  });

  it('is named in three languages, without barriers, and wraps on 320 pixels', async () => {
    const page = await open(link(issued), 320);
    for (const language of LANGUAGES) {
      await page.locator(`[data-language="${language}"]`).click();
      await page.locator(`html[lang="${language}"]`).waitFor();
      for (const summary of await page.locator('.answers summary').all()) await summary.click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), language).to.be.at.most(320);
      const cut = await page
        .locator('.compared :is(dt, dd)')
        .evaluateAll((cells) =>
          cells.filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.textContent),
        );
      expect(cut, language).to.deep.equal([]);
      if (isLookedAt(language)) expect(await findBarriers(page), language).to.deep.equal([]);
      await keepPicture(page, `compared-${language}`);
    }
    await page.context().close();
  });

  it('shows what differs where something does, and nothing that a forged paper says of itself', async () => {
    const unknown = world.food.issue(RESTAURANT, {});
    unknown.batch.id = `0x${'ab'.repeat(32)}`;
    const page = await open(link(unknown));
    expect((await waitForVerdict(page)).genuine).to.equal('not-genuine');
    expect(await page.locator('[data-check=anchor] [data-compared=recordedBatch]').count()).to.equal(0);
    expect(await beside(page, 'anchor', 'batch')).to.match(/^0x[0-9a-f]{64}$/);
    for (const check of ['validity', 'commitments'])
      expect(await page.locator(`[data-check=${check}] dl`).count(), check).to.equal(0);
    await page.context().close();
  });

  it('tells for whom a presentation was meant, as text', async () => {
    const { proof } = world.food.issue(RESTAURANT, { holderKey: hashHolderKey(HOLDER.key) });
    const now = Math.floor(Date.now() / 1000);
    const audience = '<img src=x onerror=alert(1)>';
    const shown = present(proof, { audience, issuedAt: now - 60, expiresAt: now + 600 });
    const page = await open(toQrText(world.site.address, encodePresentation(shown)));
    expect(await beside(page, 'holderBinding', 'audience')).to.equal(audience);
    expect(await page.locator('main img').count()).to.equal(0);
    await page.context().close();
  });

  it('is kept with the receipt, as JSON and on paper', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'eproof-compared-'));
    const page = await open(link(issued), 1280);
    const downloading = page.waitForEvent('download');
    await page.locator('[data-action=save]').click();
    const file = path.join(folder, 'receipt.json');
    await (await downloading).saveAs(file);
    const { verdict } = JSON.parse(await readFile(file, 'utf8')) as {
      verdict: { checks: { name: string; compared?: Record<string, unknown> }[] };
    };
    const of = (name: string) => verdict.checks.find((check) => check.name === name)?.compared;
    expect(of('anchor')).to.deep.include({ batch: issued.batch.id, recordedBatch: issued.batch.id });
    expect(of('registry')).to.deep.include({ agreed: 2, block: world.chain.block.number });
    expect(of('validity')).to.deep.include({ today: new Date(TODAY * 86_400_000).toISOString().slice(0, 10) });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const paper = path.join(folder, 'receipt.pdf');
    await page.pdf({ path: paper, format: 'A4' });
    const { stdout } = await promisify(execFile)('pdftotext', ['-layout', paper, '-']);
    // a hash goes over several lines
    const text = stdout.replaceAll(/\s/g, '');
    expect(text).to.contain('Keyoftherecord');
    expect(text).to.contain(world.food.key.slice(0, 12));
    await page.context().close();
    await rm(folder, { recursive: true, force: true });
  });
});
