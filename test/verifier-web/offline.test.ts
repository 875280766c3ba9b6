import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { toReference } from '../../proof/reference.ts';
import { eventually } from '../end-to-end/running.ts';
import { launchChromium, openPage, type Visit, waitForVerdict, walkLanguages } from './chromium.ts';
import { type Issued, TODAY } from './department.ts';
import { toFilm, toPng } from './picture.ts';
import { createWorld, DRIVER_OF_ONE_CLASS, RESTAURANT, type World } from './world.ts';

const FOLDER = path.resolve('.build/test/verifier-offline-files');
const HOUR_MS = 3_600_000;

describe('the page where there is no network', () => {
  let world: World;
  let browser: Browser;
  let issued: Issued;
  let visit: Visit;
  let page: Page;

  before(async () => {
    world = await createWorld('.build/test/verifier-offline');
    issued = world.food.issue(RESTAURANT, {});
    await mkdir(FOLDER, { recursive: true });
    await writeFile(path.join(FOLDER, 'qr.png'), await toPng(issued.qrText(world.site.address)));
    await writeFile(path.join(FOLDER, 'licence.y4m'), toFilm(issued.qrText(world.site.address)));
    browser = await launchChromium(path.join(FOLDER, 'licence.y4m'));
    visit = await openPage(browser, { viewport: { width: 390, height: 844 }, permissions: ['camera'] });
    page = visit.page;
    await home();
  });

  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  async function home(): Promise<void> {
    await page.goto('about:blank');
    await page.goto(world.site.address);
    await page.locator('h1').waitFor();
  }

  /** Into a lift shaft, and out of it: neither the page's server nor a node answers. */
  async function setNetwork(isThere: boolean): Promise<void> {
    world.site.isMuted = !isThere;
    for (const node of world.nodes) node.isMuted = !isThere;
    await page.context().setOffline(!isThere);
  }

  /** Pasted onto whatever screen is there. */
  async function check(one: Issued): Promise<Awaited<ReturnType<typeof waitForVerdict>>> {
    await page.evaluate((text) => {
      document.querySelector('.verdict')?.remove();
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    }, one.qrText(world.site.address));
    return waitForVerdict(page);
  }

  const kept = (state: string) => page.locator(`.kept[data-kept=${state}]`);

  async function refresh(): Promise<void> {
    await page.locator('.kept [data-action=refresh]:not([aria-disabled])').click();
    await page.locator('.kept [data-action=refresh]:not([aria-disabled])').waitFor();
  }

  const setClock = (aheadMs: number) => page.clock.setFixedTime(Date.now() + aheadMs);

  it('keeps nothing until the reader says so, and then says what it keeps and how old that is', async () => {
    await check(issued);
    expect(await page.locator('.kept').count()).to.equal(0);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).to.equal(0);
    expect(await page.evaluate(async () => [...(await caches.keys()), ...(await indexedDB.databases())])).to.be.empty;
    await home();
    await page.locator('[data-action=keep]').focus();
    await page.keyboard.press('Enter');
    await page.locator('.kept[data-kept=fresh][data-page=kept]').waitFor();
    expect(await page.evaluate(() => document.activeElement?.className)).to.contain('kept');
    expect(await page.locator('.kept').textContent())
      .to.contain('block 4,711'.replace(',', ''))
      .and.to.match(/as of \d+.\w+.20\d\d.* \(HKT\)/);
    expect(await page.locator('[data-action=keep]').count()).to.equal(0);
  });

  it('opens without server, nodes and network, and reads what is pasted, chosen and scanned', async () => {
    await setNetwork(false);
    await home();
    const verdict = await check(issued);
    expect(verdict).to.deep.include({ genuine: 'genuine', standing: 'in-force' });
    expect(verdict.heading).to.match(/^Genuine — in force until .*, as of \d+ \w+ 20\d\d.* \(HKT\)$/);
    const told = await page.locator('.verdict').textContent();
    expect(told)
      .to.contain('There is no network')
      .and.to.contain('at block 4711')
      .and.not.to.contain('in force today.');
    expect(await page.locator('[data-answer=inForce] summary').textContent()).to.contain('Yes, as of');
    expect(await kept('fresh').count(), 'its age is on every screen').to.equal(1);
    await walkLanguages(page, 'offline-as-of');
    await page.locator('[data-language=en]').click();

    await home();
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-way=file]').click()]);
    await chooser.setFiles(path.join(FOLDER, 'qr.png'));
    expect((await waitForVerdict(page)).heading).to.contain(', as of');
    await home();
    await page.locator('[data-way=scan]').click();
    expect((await waitForVerdict(page)).heading).to.contain(', as of');
    await home();
    await page.locator('[data-way=many]').click();
    await page.locator('.many').waitFor();
    await page.goto(`${world.site.address}accept-en.html`);
    await page.getByRole('heading', { name: 'How to accept an e-Proof' }).waitFor();
    await page.goto('about:blank');
    await page.goto(issued.qrText(world.site.address));
    expect((await waitForVerdict(page)).genuine).to.equal('genuine');
    await setNetwork(true);
  });

  it('judges kinds and departments that this device never met', async () => {
    const licence = world.transport.issue(DRIVER_OF_ONE_CLASS, { validUntil: TODAY + 9 });
    await refresh();
    await setNetwork(false);
    await home();
    expect((await check(licence)).standing).to.equal('in-force');
    expect(await page.locator('.document').textContent()).to.contain('Transport Department');
    await setNetwork(true);
  });

  it('tells without a network whose documents it can check, and of which kinds, in three languages', async () => {
    await setNetwork(false);
    await home();
    const known = page.locator('.known');
    expect(await known.locator('li').count(), 'not before somebody looks').to.equal(0);
    await page.locator('[data-action=known]').focus();
    await page.keyboard.press('Enter');
    await known.getByText('Food and Environmental Hygiene Department').waitFor();
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.action)).to.equal('known');
    const listed = () => known.locator('> ul > li').evaluateAll((items) => items.map((item) => item.textContent));
    const { definition: restaurant } = world.food;
    const { definition: licence } = world.transport;
    expect(await listed()).to.deep.equal([
      `Food and Environmental Hygiene Department${restaurant.title.en}`,
      `Transport Department${licence.title.en}`,
    ]);
    await walkLanguages(page, 'offline-known');
    expect((await listed()).join())
      .to.contain(restaurant.title['zh-Hans'])
      .and.to.contain('运输署');
    await page.locator('[data-language=zh-Hant]').click();
    await known.getByText(licence.title['zh-Hant']).waitFor();
    await page.locator('[data-language=en]').click();
    await page.setViewportSize({ width: 320, height: 568 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(320);
    await page.setViewportSize({ width: 390, height: 844 });
    await setNetwork(true);
  });

  it('names no department whose file is gone, or is not the one that the list of trust names', async () => {
    const path = `issuers/${world.transport.trust.issuer.profile}.json`;
    const put = (text: string) =>
      page.evaluate(
        async ([name = '', body = '']) => {
          for (const key of await caches.keys()) await (await caches.open(key)).put(name, new Response(body));
        },
        [new URL(path, world.site.address).href, text],
      );
    const names = async () => {
      await home();
      await page.locator('[data-action=known]').click();
      await page.locator('.known li').first().waitFor();
      return page.locator('.known strong').allTextContents();
    };
    const own = Buffer.from(world.transport.files.get(path) ?? []).toString('utf8');
    await put(own.replace('Transport Department', 'Department of Transport'));
    expect(await names()).to.deep.equal(['Food and Environmental Hygiene Department']);
    await put(own);
    expect(await names()).to.deep.equal(['Food and Environmental Hygiene Department', 'Transport Department']);
  });

  it('keeps pages of the register and nothing of a document that was checked', async () => {
    const stored = await page.evaluate(async () => {
      const found: string[] = [];
      for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) found.push(url);
      const opening = indexedDB.open('eproof-register');
      const database: IDBDatabase = await new Promise((resolve) => {
        opening.onsuccess = () => resolve(opening.result);
      });
      const all = database.transaction('register').objectStore('register').getAll();
      await new Promise((resolve) => {
        all.onsuccess = resolve;
      });
      database.close();
      return { files: found, register: JSON.stringify(all.result), databases: await indexedDB.databases() };
    });
    const text = JSON.stringify(stored);
    const [, digits = ''] = issued.qrText(world.site.address).split('#');
    for (const trace of ['2932801234', 'Chan Tai Man', toReference(issued.proof.header.id), digits.slice(0, 30)])
      expect(text.includes(trace), trace).to.equal(false);
    expect(stored.databases).to.have.length(1);
    const own =
      /\/(assets\/[^/]+|(accept|holders)-[a-zA-Z-]+\.html|types\/[0-9a-f]{64}\.json|issuers\/[0-9a-f]{64}\.json|trust\.json|)$/;
    expect(stored.files.filter((url) => !url.startsWith(world.site.address) || !own.test(url))).to.deep.equal([]);
    expect(stored.files.filter((url) => /\/(types|issuers)\//.test(url))).to.have.length(4);
    expect(stored.files.some((url) => url.endsWith('.wasm'))).to.equal(true);
    expect(stored.files.some((url) => url.includes('pdfjs-core'))).to.equal(true);
    // of its neighbours as much as of itself
    for (const { id } of world.food.onChain.batches) expect(stored.register).to.contain(id.slice(2));
  });

  it('is told of a revocation once it is online, and from the next refresh on also offline', async () => {
    const revoked = world.food.issue(RESTAURANT, {});
    await refresh();
    revoked.batch.revoked |= revoked.bit;
    world.chain.block.number++;
    await setNetwork(false);
    expect((await check(revoked)).heading, 'as it was then').to.match(/^Genuine — in force until .*, as of/);
    await setNetwork(true);
    expect((await check(revoked)).heading).to.equal('Withdrawn');
    await refresh();
    await setNetwork(false);
    expect((await check(revoked)).heading).to.match(/^Withdrawn, as of/);
    await setNetwork(true);
  });

  it('keeps what it has where the nodes are silent, differ, or tell of an older state, and says so', async () => {
    const text = await kept('fresh').textContent();
    const failing = async (code: string, words: string) => {
      await refresh();
      await page.locator(`.kept[data-failure=${code}]`).waitFor();
      expect(await page.locator('.kept').textContent())
        .to.contain(words)
        .and.to.contain('What was here stays');
    };
    for (const node of world.nodes) node.isMuted = true;
    await failing('NODES_UNREACHABLE', 'too few of the register’s computers');
    await walkLanguages(page, 'kept-failed');
    await page.locator('[data-language=en]').click();
    for (const node of world.nodes) node.isMuted = false;
    world.nodes[1].lie = (method, result) => (method === 'eth_call' ? '0x12' : result);
    await failing('NODE_ANSWER_INVALID', 'no answer that can be used');
    world.nodes[1].lie = null;
    const { block } = world.chain;
    world.chain.block = { number: block.number - 9, time: block.time - 900 };
    await failing('OLDER', 'an older state');
    world.chain.block = block;
    // the first page says how many there are
    const { batches } = world.food.onChain;
    const [first] = batches;
    const own = batches.length;
    for (let number = own; number < 64_001; number++)
      batches.push({
        ...(first as (typeof batches)[number]),
        id: `0x${number.toString(16).padStart(64, '0')}`,
        number,
      });
    const before = world.nodes[0].asked.length;
    await failing('TOO_LARGE', 'too large for a device');
    expect(world.nodes[0].asked.length - before, 'not all of it was read').to.be.below(20);
    batches.length = own;
    expect(text).to.contain(`block ${block.number}`);
    await refresh();
    expect(await page.locator('.kept').getAttribute('data-failure')).to.equal(null);
  });

  it('never calls anything in force from what is too old', async () => {
    await setNetwork(false);
    await setClock(25 * HOUR_MS);
    await home();
    const verdict = await check(issued);
    expect(verdict).to.deep.include({ genuine: 'genuine', standing: 'not-known' });
    expect(verdict.heading).to.match(/^Genuine — but whether it is still in force is not known since /);
    expect(await page.locator('.verdict').textContent()).not.to.match(/in force until|in force today\./);
    expect(await kept('old').textContent())
      .to.contain('too old')
      .and.to.contain('yesterday');
    await refresh();
    await page.locator('.kept[data-kept=old][data-page=kept][data-failure=NODES_UNREACHABLE]').waitFor();
    await walkLanguages(page, 'offline-old');
    await page.locator('[data-language=en]').click();
    await setNetwork(true);
  });

  it('renews by itself what is old, and what is of the future, as soon as there is a network', async () => {
    world.chain.block = { number: world.chain.block.number + 5, time: Math.floor(Date.now() / 1000) + 25 * 3600 };
    await home();
    await kept('fresh').waitFor();
    expect(await page.locator('.kept').textContent()).to.contain(`block ${world.chain.block.number}`);
    world.chain.block = { number: world.chain.block.number + 1, time: Math.floor(Date.now() / 1000) };
    await setClock(0);
    await home();
    await page.locator('.kept', { hasText: `block ${world.chain.block.number}` }).waitFor();
  });

  it('takes a new build over, and opens that one without a network', async () => {
    const folder = world.build.outputFolder;
    const { files } = world.site;
    const html = await readFile(path.join(folder, 'index.html'), 'utf8');
    const worker = await readFile(path.join(folder, 'worker.js'), 'utf8');
    files.set('index.html', html.replace('<body>', '<body data-build="next">'));
    files.set('worker.js', worker.replace(/verifier \d[^"`]*/, 'verifier next'));
    await home();
    await eventually('the new one is kept', () =>
      page.evaluate(async () => (await caches.keys()).includes('verifier next')),
    );
    await eventually('it works', () =>
      page.evaluate(async () => {
        const found = await navigator.serviceWorker.getRegistration();
        return !found?.installing && !found?.waiting && found?.active?.state === 'activated';
      }),
    );
    await setNetwork(false);
    await home();
    expect(await page.locator('body').getAttribute('data-build')).to.equal('next');
    expect((await check(issued)).genuine).to.equal('genuine');
    await setNetwork(true);
  });

  it('says that nothing could be checked where nothing of the register is there', async () => {
    await page.evaluate(
      () =>
        new Promise((resolve, reject) => {
          const opening = indexedDB.open('eproof-register');
          opening.onsuccess = () => {
            const clearing = opening.result.transaction('register', 'readwrite').objectStore('register').clear();
            clearing.onsuccess = resolve;
            clearing.onerror = reject;
          };
        }),
    );
    await setNetwork(false);
    await home();
    expect((await check(issued)).genuine).to.equal('could-not-be-checked');
    expect(await kept('none').textContent()).to.contain('no document can be checked');
    await walkLanguages(page, 'offline-none');
    await page.locator('[data-language=en]').click();
    await setNetwork(true);
  });

  it('removes all of it when the reader says so', async () => {
    await home();
    await page.locator('.kept [data-action=remove]:not([aria-disabled])').click();
    await page.locator('[data-action=keep]').waitFor();
    expect(await page.locator('.kept').count()).to.equal(0);
    await eventually('nothing is left', () =>
      page.evaluate(async () => {
        const [names, registrations] = [await caches.keys(), await navigator.serviceWorker.getRegistrations()];
        return names.length + registrations.length === 0;
      }),
    );
    await home();
    expect(await page.locator('.kept').count()).to.equal(0);
  });

  it('is kept by whoever installs it, which a browser offers', async () => {
    const devtools = await page.context().newCDPSession(page);
    const { errors, data = '' } = await devtools.send('Page.getAppManifest');
    expect(errors).to.deep.equal([]);
    expect(JSON.parse(data)).to.deep.include({ start_url: './', scope: './', display: 'standalone' });
    const [{ accept }] = JSON.parse(data).file_handlers;
    expect(Object.keys(accept)).to.include.members(['application/pdf', 'image/png', 'application/zip']);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).to.deep.equal([]);
    await page.evaluate(() => dispatchEvent(new Event('appinstalled')));
    await page.locator('.kept[data-kept=fresh][data-page=kept]').waitFor();
  });

  it('asks nobody but its own origin and the nodes, for whole pages, and runs nothing that its rules refuse', () => {
    const allowed = [world.site.address, ...world.nodes.map(({ url }) => url), 'about:blank'];
    expect(visit.requests.filter((url) => !allowed.some((origin) => url.startsWith(origin)))).to.deep.equal([]);
    const asked = world.nodes.flatMap(({ asked: bodies }) => bodies).join('\n');
    expect(asked).not.to.contain(issued.batch.id.slice(2));
    const lost = /net::ERR|status of 503|Failed to load resource|An unknown error occurred when fetching the script/;
    expect(visit.complaints.filter((line) => !lost.test(line))).to.deep.equal([]);
  });
});
