import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { Browser, Frame, Page } from 'playwright-core';
import { todays } from '../extent.ts';
import { findBarriersUnfolded, isLookedAt, keepPicture, launchChromium, openPage, type Visit } from './chromium.ts';
import type { Issued } from './department.ts';
import { close, listen } from './fake-chain.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

interface Told {
  name: string;
  detail: Record<string, unknown>;
}

/** Somebody else's site, of another origin, under rules as strict as ours. */
interface OtherSite {
  origin: string;
  /** By path. */
  files: Map<string, string>;
  close(): Promise<void>;
}

async function startOtherSite(verifier: string): Promise<OtherSite> {
  const files = new Map<string, string>();
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${verifier}`,
    `frame-src ${verifier}`,
    "connect-src 'self'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  const server = createServer((request, response) => {
    const body = files.get(request.url ?? '/');
    response.setHeader('content-security-policy', policy);
    response.setHeader('content-type', request.url?.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8');
    response.statusCode = body === undefined ? 404 : 200;
    response.end(body ?? '');
  });
  await listen(server);
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    files,
    close: () => close(server),
  };
}

describe('the verifier in other sites', () => {
  let world: World;
  let browser: Browser;
  let other: OtherSite;
  let issued: Issued;
  let visit: Visit;
  let page: Page;

  before(async () => {
    world = await createWorld('.build/test/verifier-embed');
    issued = world.food.issue(RESTAURANT, {});
    other = await startOtherSite(new URL(world.site.address).origin);
    other.files.set(
      '/listen.js',
      `window.told = [];
      for (const name of ['eproof-verdict', 'eproof-refusal'])
        addEventListener(name, ({ detail }) => told.push({ name, detail }));`,
    );
    other.files.set('/licence.json', issued.json);
    browser = await launchChromium();
    visit = await openPage(browser, { viewport: { width: 900, height: 900 } });
    page = visit.page;
  });

  after(async () => {
    await browser?.close();
    await other?.close();
    await world?.[Symbol.asyncDispose]();
  });

  /** The other site with one element in it, and the frame that comes of it. */
  async function open(element: string, language = 'en'): Promise<Frame> {
    other.files.set(
      '/',
      `<!doctype html><html lang="${language}"><title>A shop</title><script src="/listen.js"></script>
      <script async src="${world.site.address}embed.js"></script><h1>A shop</h1>${element}`,
    );
    await page.goto(`${other.origin}/`);
    await page.locator('eproof-verifier iframe').waitFor();
    const frame = page.frames().find((each) => each.url().startsWith(world.site.address));
    if (!frame) throw new Error('there is no frame');
    await frame.locator('.embed-inside p').waitFor();
    return frame;
  }

  const told = () => page.evaluate(() => (window as unknown as { told: Told[] }).told);
  const asked = () => world.nodes.reduce((sum, node) => sum + node.asked.length, 0);

  it('checks what the site names, says where it is shown, and tells the site the verdict and nothing of the document', async () => {
    const frame = await open('<eproof-verifier src="/licence.json" auto-verify></eproof-verifier>');
    await frame.locator('[data-genuine=genuine]').waitFor();
    expect(await frame.locator('.banner h2').textContent()).to.match(/^Genuine — in force until/);
    expect(await frame.locator('.embed-inside').textContent())
      .to.contain(`inside ${other.origin}`)
      .and.to.contain(new URL(world.site.address).host);
    const [event, ...more] = await told();
    expect(more).to.deep.equal([]);
    expect(event?.name).to.equal('eproof-verdict');
    expect(event?.detail).to.have.all.keys('genuine', 'standing', 'checkedAt', 'block', 'isGiven');
    expect(event?.detail).to.deep.include({ genuine: 'genuine', standing: 'in-force', isGiven: true });
    expect(await frame.locator('.embed').textContent()).to.contain('Test system');
    expect(isLookedAt('en') ? await findBarriersUnfolded(frame) : []).to.deep.equal([]);
    await keepPicture(page, 'embed-en');
  });

  it('leads to the verifier itself with what it checked, in a page of its own', async () => {
    const [frame] = page.frames().filter((each) => each.url().startsWith(world.site.address));
    const opening = page.context().waitForEvent('page');
    await frame?.locator('[data-action=open]').click();
    const opened = await opening;
    await opened.locator('[data-standing=in-force]').waitFor();
    expect(new URL(opened.url()).origin).to.equal(new URL(world.site.address).origin);
    expect(await opened.evaluate(() => window.opener)).to.equal(null);
    await opened.close();
  });

  it('waits for the reader where the site does not say at once, and asks nobody before', async () => {
    const before = asked();
    const frame = await open(
      `<eproof-verifier proof="${issued.qrText(world.site.address)}"></eproof-verifier>`,
      'zh-HK',
    );
    await frame.locator('[data-action=check]').waitFor();
    expect(await frame.locator('html').getAttribute('lang')).to.equal('zh-Hant');
    expect(asked()).to.equal(before);
    expect(isLookedAt('zh-Hant') ? await findBarriersUnfolded(frame) : []).to.deep.equal([]);
    await keepPicture(page, 'embed-offered-zh-Hant');
    await frame.locator('[data-action=check]').click();
    await frame.locator('[data-genuine=genuine]').waitFor();
    expect(await frame.locator('main').textContent()).to.contain('陳大文飲食有限公司');
  });

  it('speaks and looks as the site asks, also when it asks for something else, and keeps the verdict meanwhile', async () => {
    const script = `<script type="application/json">${issued.json}</script>`;
    const frame = await open(`<eproof-verifier theme="dark" locale="zh-Hans" auto-verify>${script}</eproof-verifier>`);
    await frame.locator('[data-genuine=genuine]').waitFor();
    const colour = () => frame.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    expect(await frame.locator('html').getAttribute('lang')).to.equal('zh-Hans');
    const dark = await colour();
    expect(isLookedAt('zh-Hans') ? await findBarriersUnfolded(frame) : []).to.deep.equal([]);
    await keepPicture(page, 'embed-dark-zh-Hans');
    await page.evaluate(() => {
      const element = document.querySelector('eproof-verifier');
      element?.setAttribute('theme', 'light');
      element?.setAttribute('locale', 'en');
    });
    await frame.locator('html[lang=en] [data-genuine=genuine]').waitFor();
    expect(await colour()).not.to.equal(dark);
    expect(await told()).to.have.length(1);
  });

  it('grows with what it says, so that nothing of it is hidden', async () => {
    const [frame] = page.frames().filter((each) => each.url().startsWith(world.site.address));
    const sizes = async () => [
      await frame?.evaluate(() => document.documentElement.scrollHeight),
      await page.locator('eproof-verifier iframe').evaluate((one) => one.getBoundingClientRect().height),
    ];
    const [before = 0] = await sizes();
    for (const fold of (await frame?.locator('.answers summary').all()) ?? []) await fold.click();
    await page.waitForTimeout(300);
    const [needed = 0, given = 0] = await sizes();
    expect(needed).to.be.above(before);
    expect(given).to.be.at.least(needed);
  });

  it('tells a withdrawn and a forged document apart, and a document that the site cannot get', async () => {
    const revoked = world.food.issue(RESTAURANT, {});
    revoked.batch.revoked |= revoked.bit;
    let frame = await open(
      `<eproof-verifier auto-verify proof="${revoked.qrText(world.site.address)}"></eproof-verifier>`,
    );
    await frame.locator('[data-standing=revoked]').waitFor();
    expect((await told())[0]?.detail).to.deep.include({ genuine: 'genuine', standing: 'revoked' });
    other.files.set('/forged.json', issued.json.replace('Golden Harbour', 'Silver Harbour'));
    frame = await open('<eproof-verifier auto-verify src="/forged.json"></eproof-verifier>');
    await frame.locator('[data-genuine=not-genuine]').waitFor();
    expect(await frame.locator('main').textContent()).not.to.contain('Silver Harbour');
    expect((await told())[0]?.detail).to.deep.include({ genuine: 'not-genuine', standing: null });
    frame = await open('<eproof-verifier auto-verify src="/no-such-file"></eproof-verifier>');
    await frame.locator('[data-refusal=FILE_UNREADABLE]').waitFor();
    expect(await told()).to.deep.equal([{ name: 'eproof-refusal', detail: { code: 'FILE_UNREADABLE' } }]);
    await page.evaluate(() => document.querySelector('eproof-verifier')?.setAttribute('proof', 'https://a.example/#1'));
    await page.evaluate(() => (document.querySelector('eproof-verifier') as unknown as { verify(): void }).verify());
    await frame.locator('[data-refusal=QR_OTHER_HOST]').waitFor();
  });

  it('has no barriers in any state, in any language', async () => {
    const voided = world.food.issue(RESTAURANT, {});
    voided.batch.judgement = 2;
    const given = (one: Issued) => `proof="${one.qrText(world.site.address)}"`;
    const states: [name: string, attributes: string, selector: string][] = [
      ['the ways in', '', '[data-way=file]'],
      ['what waits for the reader', given(issued), '[data-action=check]'],
      ['a genuine document', `${given(issued)} auto-verify`, '[data-genuine=genuine]'],
      ['one that is not', `${given(voided)} auto-verify`, '[data-genuine=not-genuine]'],
      ['somebody else’s code', 'proof="https://other.example/#1" auto-verify', '[data-refusal=QR_OTHER_HOST]'],
      ['a document that the site cannot get', 'src="/no-such-file" auto-verify', '[data-refusal=FILE_UNREADABLE]'],
    ];
    const looks = states.flatMap((state) =>
      ['en', 'zh-Hant', 'zh-Hans'].flatMap((locale) => ['light', 'dark'].map((theme) => ({ state, locale, theme }))),
    );
    // 36, of which a seventh is another state, language and look each
    for (const { state, locale, theme } of todays(looks, 7)) {
      const [name, attributes, selector] = state;
      const frame = await open(`<eproof-verifier ${attributes} locale="${locale}" theme="${theme}"></eproof-verifier>`);
      await frame.locator(`html[lang=${locale}] ${selector}`).waitFor();
      expect(await findBarriersUnfolded(frame), `${name}, ${locale}, ${theme}`).to.deep.equal([]);
    }
  });

  it('takes a document of the reader’s own, of which the site learns the verdict alone', async () => {
    const frame = await open('<eproof-verifier></eproof-verifier>');
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), frame.locator('[data-way=file]').click()]);
    await chooser.setFiles({ name: 'mine.json', mimeType: 'application/json', buffer: Buffer.from(issued.json) });
    await frame.locator('[data-genuine=genuine]').waitFor();
    const text = JSON.stringify(await told());
    expect(text).to.contain('"isGiven":false');
    expect(text).not.to.match(/Chan Tai Man|2932801234/);
  });

  it('hears the site that it is in, once, and nobody else', async () => {
    const frame = await open('<eproof-verifier></eproof-verifier>');
    const answers = await page.evaluate(async (proof) => {
      const inside = document.querySelector('eproof-verifier')?.shadowRoot?.querySelector('iframe')?.contentWindow;
      const { port1, port2 } = new MessageChannel();
      let heard = 0;
      port1.onmessage = () => heard++;
      inside?.postMessage('eproof-connect', '*', [port2]);
      port1.postMessage({ kind: 'check', text: proof, isAtOnce: true });
      await new Promise((resolve) => setTimeout(resolve, 800));
      return heard;
    }, issued.qrText(world.site.address));
    expect(answers).to.equal(0);
    expect(await frame.locator('.verdict').count()).to.equal(0);
  });

  it('says, opened by itself, that it is the wrong page, and the verifier is in no frame', async () => {
    await page.goto(`${world.site.address}embed.html`);
    await page.getByText('made for other sites').waitFor();
    expect(await page.locator('[data-way]').count()).to.equal(0);
    const before = visit.complaints.length;
    other.files.set('/', `<!doctype html><title>A trap</title><iframe src="${world.site.address}"></iframe>`);
    await page.goto(`${other.origin}/`);
    await page.locator('iframe').waitFor();
    await page.waitForTimeout(500);
    expect(visit.complaints.slice(before).join('\n')).to.contain('frame-ancestors');
    visit.complaints.length = before;
  });

  it('asks nobody but its own origin and the nodes, and stores nothing', async () => {
    const allowed = [world.site.address, other.origin, ...world.nodes.map(({ url }) => url), 'about:blank'];
    expect(visit.requests.filter((url) => !allowed.some((from) => url.startsWith(from)))).to.deep.equal([]);
    expect(visit.complaints.filter((line) => !/status of 404/.test(line))).to.deep.equal([]);
    expect((await page.context().storageState()).origins).to.deep.equal([]);
  });
});
