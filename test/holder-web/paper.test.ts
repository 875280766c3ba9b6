import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { sampleClaims } from '../../catalogue/samples.ts';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { pixelsOfPage } from '../end-to-end/paper.ts';
import { eventually, useRunning } from '../end-to-end/running.ts';
import { issue, signIn } from '../issuer-web/desk.ts';
import { launchChromium } from '../verifier-web/chromium.ts';

const run = promisify(execFile);
const TODAY = toHongKongDay(Date.now() / 1000);

/** What is on a screen and not on paper. */
const NOT_ON_PAPER = [
  '.places',
  '.whose',
  '.account',
  '.top .choice',
  '.bottom',
  '.button',
  'main form',
  'main fieldset',
  'main select',
];

describe('the holder’s page on paper', () => {
  const running = useRunning();
  let browser: Browser;
  let service: string;
  let apiKey: string;
  let page: Page;
  let id: string;
  let folder: string;

  before(async () => {
    const { demo } = running();
    service = demo.service;
    apiKey = demo.departments.find((one) => one.id === 'TD')?.apiKey ?? '';
    folder = await mkdtemp(path.join(tmpdir(), 'eproof-paper-'));
    browser = await launchChromium();
    ({ page } = await signIn(browser, service, 'holder-2', 'my'));
    const { claims, validity } = sampleClaims('TD-DL', toDate(TODAY), 61);
    ({ id } = await issue({ service, apiKey }, { type: 'TD-DL', claims, validity, holder: { subject: 'holder-2' } }));
    await eventually('it is final', async () => (await get(`/v1/credentials/${id}`)).state === 'final');
  });

  after(async () => {
    await browser?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const headers = () => ({ authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' });
  const get = async (at: string) => (await fetch(service + at, { headers: headers() })).json();

  async function visit(place: string, part: string): Promise<void> {
    await page.goto(`${service}/my/${place}`);
    await page.locator(part).first().waitFor();
  }

  /** As it is printed from a screen in the dark, with its grounds: what is visible, its text, and how many pages it takes. */
  async function print(name: string): Promise<{ text: string; pages: number; darkness: number }> {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const selector of NOT_ON_PAPER)
      for (const one of await page.locator(selector).all())
        expect(await one.isVisible(), `${selector} of ${name}`).to.equal(false);
    const colours = await page.evaluate(() => {
      const of = (selector: string) => getComputedStyle(document.querySelector(selector) as Element);
      return { ground: of('html').backgroundColor, sheet: of('.sheet').backgroundColor, ink: of('h1').color };
    });
    expect(colours, name).to.deep.equal({
      ground: 'rgb(255, 255, 255)',
      sheet: 'rgb(255, 255, 255)',
      ink: 'rgb(0, 0, 0)',
    });
    const pdf = await page.pdf({ format: 'A4', printBackground: true });
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
    const file = path.join(folder, `${name}.pdf`);
    await writeFile(file, pdf);
    const [{ stdout: text }, { stdout: facts }] = await Promise.all([
      run('pdftotext', ['-layout', file, '-']),
      run('pdfinfo', [file]),
    ]);
    const { luma } = await pixelsOfPage(pdf, 50);
    const dark = luma.reduce((count, value) => count + (value < 128 ? 1 : 0), 0);
    return { text, pages: Number(/^Pages:\s+(\d+)/m.exec(facts)?.[1]), darkness: dark / luma.length };
  }

  it('has a document: how it stands and what it says, and not what can be done with it', async () => {
    await visit(id, '[data-part=claims]');
    const { reference } = await get(`/v1/credentials/${id}`);
    const { text, pages, darkness } = await print('document');
    expect(text).to.contain('In force').and.contain('What it says').and.contain(reference);
    expect(text).not.to.match(/Sign out|Show the code|Keep on this device|Something is wrong|Page version/);
    expect(pages).to.equal(1);
    expect(darkness, 'of ink').to.be.below(0.08);
  });

  it('keeps what was told the department, without the form', async () => {
    await visit(id, '[data-part=reports]');
    await page.locator('#report-message').fill('The picture is of somebody else.');
    await page.locator('[data-action=report]').click();
    await page.locator('[data-report]').waitFor();
    const { text } = await print('document-with-report');
    expect(text).to.contain('The picture is of somebody else.').and.not.contain('What the department should know');
  });

  it('has the code, as large as a reader needs it', async () => {
    await visit(`${id}/show`, '.show-code img');
    await eventually('it is drawn', () =>
      page.locator('.show-code img').evaluate((one: HTMLImageElement) => one.naturalWidth > 0),
    );
    const { text, pages } = await print('code');
    expect(pages).to.equal(1);
    expect(text).not.to.match(/Fill the screen|Use on this device/);
  });

  it('has the receipt of a consent: to whom, for what, of which facts, when, and how often it was read', async () => {
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    const asking = running().demo.departments.find((one) => one.id === 'FEHD')?.apiKey ?? '';
    const body = {
      ...{ holder: { subject: 'holder-2' }, type: 'TD-DL', claims: ['holderName', 'classes'], caseNumber: 'FT-79' },
      ...{ purpose: 'To check who drives the food truck.', answerBy: inDays(7), readUntil: inDays(30) },
    };
    const response = await fetch(`${service}/v1/requests`, {
      method: 'POST',
      headers: { ...headers(), authorization: `Bearer ${asking}`, 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify(body),
    });
    const request = ((await response.json()) as { id: string }).id;
    await visit(`requests/${request}`, '[data-action=consent]');
    await page.locator('[data-action=consent]').click();
    await page.locator('[data-part=receipt]').waitFor();
    const { text, pages, darkness } = await print('receipt');
    expect(text)
      .to.contain('You consented')
      .and.contain('Food and Environmental Hygiene Department')
      .and.contain('To check who drives the food truck.')
      .and.contain('Name of holder')
      .and.contain('Receipt')
      .and.contain('Answered')
      .and.contain('Not read yet');
    expect(text).not.to.match(/Take the consent back|All requests/);
    expect(pages).to.equal(1);
    expect(darkness, 'of ink').to.be.below(0.08);
  });

  it('has a link with what it shows and hides, and until when', async () => {
    await visit(`${id}/disclose`, '[data-part=preview]');
    await page.locator('[data-action=share]').click();
    await page.locator('[data-link]').waitFor();
    const address = (await page.locator('[data-link]').getAttribute('data-link')) ?? '';
    const { text, pages, darkness } = await print('link');
    // a line of paper is shorter than a link
    expect(text.replaceAll(/\s/g, '')).to.contain(address);
    expect(text).to.contain('This is what they see').and.contain('Hidden from them').and.contain('Open until');
    expect(text).not.to.match(/Make the link|End it now|Copy the link|It ends after/);
    expect(pages).to.equal(1);
    expect(darkness, 'of ink').to.be.below(0.08);
  });
});
