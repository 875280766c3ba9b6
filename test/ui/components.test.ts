import { readdir, readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect } from 'chai';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { buildPlaces } from '../../scripts/build-places.ts';
import { servePlacePage } from '../../server/publication/place-page.ts';
import { ICON_NAMES } from '../../ui/icon.ts';
import { loadDictionary } from '../../ui/page/dictionaries.ts';
import { FAILURE_KINDS } from '../../ui/signed-in/failure.ts';
import { LOOKS } from '../../ui/signed-in/standing.ts';
import { capture, walk } from '../issuer-web/desk.ts';
import { launchChromium, openPage } from '../verifier-web/chromium.ts';
import { itSpeaksThreeLanguages } from './languages.ts';

const UI = path.resolve('ui');
const OWN = path.join(UI, 'page');

/** The stylesheets that pages share. */
async function sharedSheets(): Promise<string[]> {
  const names = await readdir(UI, { recursive: true });
  return names.map((name) => path.join(UI, name)).filter((file) => file.endsWith('.css') && !file.startsWith(OWN));
}

/** `name: value` of custom properties, the first of each name. */
function declared(css: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of css.matchAll(/(--[\w-]+):\s*([^;]+);/g))
    if (!found.has(name)) found.set(name, value);
  return found;
}

describe('the words of the page of tokens and components', () => itSpeaksThreeLanguages(loadDictionary));

describe('the page of tokens and components', () => {
  let browser: Browser;
  let server: Server;
  let address: string;
  let page: Page;
  let complaints: string[];

  before(async () => {
    const folder = path.resolve('.build/test/components-page');
    await buildPlaces('components', folder);
    const app = express().use(servePlacePage('components', folder));
    app.get('/trust.json', (_request, response) => void response.json({ test: false }));
    server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ui/`;
    browser = await launchChromium();
    ({ page, complaints } = await openPage(browser, { viewport: { width: 1280, height: 900 } }));
    await page.goto(address);
    await page.locator('main h1').waitFor();
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  const all = (selector: string, attribute: string) =>
    page.locator(selector).evaluateAll((nodes, name) => nodes.map((node) => node.getAttribute(name)), attribute);

  it('shows every token that a shared stylesheet declares, once, and no other', async () => {
    const css = await Promise.all((await sharedSheets()).map((file) => readFile(file, 'utf8')));
    const names = new Set(css.flatMap((text) => [...declared(text).keys()]));
    expect(names).to.include.all.keys('--paper', '--tone-wash', '--space-7', '--lift');
    expect(await all('[data-token]', 'data-token')).to.have.members([...names]);
  });

  it('has every shared stylesheet', async () => {
    const own = await readFile(path.join(OWN, 'page.css'), 'utf8');
    for (const file of await sharedSheets()) expect(own).to.contain(`@import "../${path.relative(UI, file)}";`);
  });

  it('shows each colour as it is in the light and in the dark, with both values', async () => {
    const [light = '', dark = ''] = (await readFile(path.join(UI, 'tokens.css'), 'utf8')).split('@media');
    const darkOnes = declared(dark);
    const colours = [...declared(light)].filter(([, value]) => value.startsWith('#'));
    expect(colours).to.have.length.above(25);
    for (const [name, value] of colours) {
      const item = page.locator(`[data-token="${name}"]`);
      const inDark = darkOnes.get(name) ?? '';
      expect(await item.textContent())
        .to.contain(value)
        .and.contain(inDark);
      const painted = await item
        .locator('.swatch > span')
        .evaluateAll((nodes) => nodes.map((node) => getComputedStyle(node).backgroundColor));
      expect(painted, name).to.deep.equal([value, inDark].map(toRgb));
    }
  });

  it('shows every standing with its words and its shape, every failure and every drawing', async () => {
    expect(await all('.records [data-id]', 'data-id')).to.have.members(Object.keys(LOOKS));
    for (const [name, { tone, icon }] of Object.entries(LOOKS)) {
      const row = page.locator(`.records [data-id=${name}]`);
      expect(await row.getAttribute('class')).to.equal(`tone-${tone}`);
      expect(await row.locator(`.icon-${icon}`).count(), name).to.equal(1);
      expect((await row.locator('.standing').textContent())?.trim()).not.to.equal('');
    }
    expect(await all('[data-failure]', 'data-failure')).to.have.members([...FAILURE_KINDS]);
    expect(await page.locator('#icons li').count()).to.equal(ICON_NAMES.length);
    expect(await all('[data-tone]', 'data-tone')).to.have.members(['good', 'care', 'over', 'bad', 'open']);
  });

  it('shows buttons, fields, facts and the band as pages have them', async () => {
    expect(await page.locator('#buttons .button:disabled').count()).to.equal(2);
    await page.locator('#buttons .button-large').click();
    await page.locator('[data-part=announced]', { hasText: 'nothing happens' }).waitFor({ state: 'attached' });
    await page.locator('.faults a').click();
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('field-email');
    expect(await page.locator('#facts dd').first().textContent()).to.contain('Example Restaurant Limited');
    expect(await page.locator('#band .test-band').isVisible()).to.equal(true);
  });

  it('says at its head whether it is of a test system, also where nobody can tell', async () => {
    expect(await page.locator('.top .test-band').isVisible()).to.equal(false);
    const { page: another } = await openPage(browser);
    await another.route('**/trust.json', (route) => route.fulfill({ status: 503, json: { code: 'INTERNAL' } }));
    await another.goto(address);
    await another.locator('main h1').waitFor();
    expect(await another.locator('.top .test-band').isVisible()).to.equal(true);
    await another.context().close();
  });

  it('is without a barrier in three languages, on 320 pixels and in the dark', async () => {
    await walk(page);
    await capture(page, 'components');
    await page.emulateMedia({ colorScheme: 'dark' });
    await capture(page, 'components-dark');
    await page.emulateMedia({ colorScheme: 'light' });
  });

  it('is served under the rules of the other pages, and breaks none', async () => {
    const policy = (await fetch(address)).headers.get('content-security-policy');
    expect(policy).to.contain("style-src 'self';").and.contain("script-src 'self';").and.not.contain('unsafe');
    expect(complaints).to.deep.equal([]);
  });
});

function toRgb(hex: string): string {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return `rgb(${r}, ${g}, ${b})`;
}
