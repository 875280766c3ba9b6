import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { MOST_FILE_BYTES } from '../../verifier-web/limits.ts';
import { findBarriers, isLookedAt, keepPicture, launchChromium, openPage, waitForVerdict } from './chromium.ts';
import type { Issued } from './department.ts';
import { toPdf } from './pdf.ts';
import { toFilm, toPng } from './picture.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

const LANGUAGES = ['en', 'zh-Hant', 'zh-Hans'];
const FOLDER = path.resolve('.build/test/verifier-ways-files');
const STRANGER = 'https://xn--e-prof-3ya.example/check?id=1#12345';

describe('the ways into the page', () => {
  let world: World;
  let browser: Browser;
  let issued: Issued;

  before(async () => {
    world = await createWorld('.build/test/verifier-ways');
    issued = world.food.issue(RESTAURANT, {});
    await mkdir(FOLDER, { recursive: true });
    const png = await toPng(issued.qrText(world.site.address));
    await Promise.all([
      writeFile(path.join(FOLDER, 'licence.json'), issued.json),
      writeFile(path.join(FOLDER, 'licence.pdf'), await toPdf(issued.json)),
      writeFile(path.join(FOLDER, 'qr.png'), png),
      writeFile(path.join(FOLDER, 'no-code.png'), Buffer.from(NO_CODE, 'base64')),
      writeFile(path.join(FOLDER, 'stranger.png'), await toPng(STRANGER)),
      writeFile(path.join(FOLDER, 'letter.docx'), Buffer.from('504b0304140006000800000021', 'hex')),
      writeFile(path.join(FOLDER, 'licence.y4m'), toFilm(issued.qrText(world.site.address))),
      writeFile(path.join(FOLDER, 'stranger.y4m'), toFilm(STRANGER)),
    ]);
    browser = await launchChromium();
  });

  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  async function home(): Promise<{ page: Page; requests: string[]; complaints: string[] }> {
    const visit = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await visit.page.goto(world.site.address);
    await visit.page.locator('h1').waitFor();
    return visit;
  }

  async function choose(page: Page, ...names: string[]): Promise<void> {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-way=file]').click()]);
    await chooser.setFiles(names.map((name) => path.join(FOLDER, name)));
  }

  async function expectGenuine(page: Page): Promise<void> {
    expect((await waitForVerdict(page)).standing).to.equal('in-force');
    expect(await page.locator('.document').textContent()).to.contain('2932801234');
  }

  async function expectRefusal(page: Page, code: string): Promise<void> {
    await page.locator(`[data-refusal=${code}]`).waitFor();
    expect(await page.locator('.verdict').count()).to.equal(0);
    expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('H1');
  }

  it('greets in three languages without barriers', async () => {
    const { page } = await home();
    for (const language of LANGUAGES) {
      await page.locator(`[data-language="${language}"]`).click();
      await page.locator(`html[lang="${language}"]`).waitFor();
      if (isLookedAt(language)) expect(await findBarriers(page), language).to.deep.equal([]);
      await keepPicture(page, `home-${language}`);
    }
    await page.setViewportSize({ width: 320, height: 568 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(320);
    await keepPicture(page, 'home-320');
    await page.setViewportSize({ width: 1280, height: 900 });
    await keepPicture(page, 'home-desk');
    await page.emulateMedia({ colorScheme: 'dark' });
    if (isLookedAt('dark')) expect(await findBarriers(page), 'dark').to.deep.equal([]);
    await keepPicture(page, 'home-dark');
    await page.context().close();
  });

  for (const [language, preferred] of [
    ['zh-Hant', 'zh-HK'],
    ['zh-Hans', 'zh-CN'],
    ['en', 'fr-FR'],
  ] as const)
    it(`speaks ${language} to a browser that prefers ${preferred}`, async () => {
      const { page } = await openPage(browser, { locale: preferred });
      await page.goto(world.site.address);
      await page.locator(`html[lang=${language}] h1`).waitFor();
      await page.context().close();
    });

  it('judges a link again when it is reloaded, and another one when the address changes', async () => {
    const other = world.food.issue({ ...RESTAURANT, licenceNumber: '7777777777' }, {});
    const { page } = await openPage(browser);
    await page.goto(issued.qrText(world.site.address));
    await expectGenuine(page);
    await page.reload();
    await expectGenuine(page);
    await page.goto(other.qrText(world.site.address));
    await page.getByText('7777777777').waitFor();
    expect(await page.locator('.verdict').count()).to.equal(1);
    await page.context().close();
  });

  it('clears the address bar of a proof that is no longer on the page', async () => {
    const { page } = await openPage(browser);
    await page.goto(issued.qrText(world.site.address));
    await waitForVerdict(page);
    await page.locator('[data-action=another]').click();
    await page.locator('[data-way=scan]').waitFor();
    expect(page.url()).to.equal(world.site.address);
    await page.context().close();
  });

  for (const name of ['licence.json', 'licence.pdf', 'qr.png'])
    it(`judges ${name} when it is chosen`, async () => {
      const { page, complaints } = await home();
      await choose(page, name);
      await expectGenuine(page);
      expect(complaints).to.deep.equal([]);
      await page.context().close();
    });

  it('shows every claim of a file that discloses them', async () => {
    const { page } = await home();
    await choose(page, 'licence.pdf');
    await waitForVerdict(page);
    expect(await page.locator('.document').textContent())
      .to.contain('No live poultry')
      .and.to.contain('不得存放活家禽');
    await page.context().close();
  });

  it('judges a file that is dropped anywhere', async () => {
    const { page } = await home();
    await page.evaluate((json) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([json], 'x.bin'));
      document.body.dispatchEvent(
        new DragEvent('dragover', { dataTransfer: transfer, bubbles: true, cancelable: true }),
      );
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, issued.json);
    await expectGenuine(page);
    await page.context().close();
  });

  it('judges what is opened from a folder with the installed page, and says what has gone from there meanwhile', async () => {
    const { page, complaints } = await openPage(browser);
    await page.addInitScript(() => {
      const launchQueue = { setConsumer: (take: unknown) => Object.assign(window, { take }) };
      Object.defineProperty(window, 'launchQueue', { value: launchQueue });
    });
    await page.goto(world.site.address);
    await page.waitForFunction(() => 'take' in window);
    const open = (texts: (string | null)[]) =>
      page.evaluate((all) => {
        const files = all.map((text) => ({
          getFile: () =>
            text === null ? Promise.reject(new DOMException('', 'NotFoundError')) : new File([text], 'licence.json'),
        }));
        (window as unknown as { take(launch: unknown): void }).take({ files });
      }, texts);
    await open([]);
    await page.locator('[data-way=scan]').waitFor();
    await open([issued.json]);
    await expectGenuine(page);
    await open([null]);
    await page.locator('[data-refusal=FILE_UNREADABLE]').waitFor();
    await open([issued.json, issued.json]);
    await page.locator('.many-list').waitFor();
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it('judges what is pasted anywhere: the link, its digits alone, the JSON', async () => {
    const text = issued.qrText(world.site.address);
    for (const pasted of [text, text.slice(text.indexOf('#') + 1), ` ${issued.json}\n`]) {
      const { page } = await home();
      await page.evaluate((data) => {
        const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', data);
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
      }, pasted);
      await expectGenuine(page);
      await page.context().close();
    }
  });

  it('judges what is typed into the field, with the keyboard alone', async () => {
    const { page } = await home();
    await page.locator('#text').focus();
    await page.keyboard.insertText(issued.qrText(world.site.address));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expectGenuine(page);
    await page.context().close();
  });

  it('judges a changed file not genuine', async () => {
    const { page } = await home();
    await writeFile(path.join(FOLDER, 'forged.json'), issued.json.replace('2932801234', '2932801235'));
    await choose(page, 'forged.json');
    expect((await waitForVerdict(page)).genuine).to.equal('not-genuine');
    expect(await page.locator('[data-code=DOCUMENT_CHANGED]').count()).to.equal(1);
    await page.context().close();
  });

  for (const [name, code] of [
    ['no-code.png', 'IMAGE_WITHOUT_CODE'],
    ['letter.docx', 'FILE_KIND'],
    ['stranger.png', 'QR_OTHER_HOST'],
  ] as const)
    it(`refuses ${name} with its reason, and offers the ways in again`, async () => {
      const { page } = await home();
      await choose(page, name);
      await expectRefusal(page, code);
      for (const language of LANGUAGES) {
        await page.locator(`[data-language="${language}"]`).click();
        await page.locator(`html[lang="${language}"]`).waitFor();
        if (isLookedAt(language)) expect(await findBarriers(page), language).to.deep.equal([]);
        await keepPicture(page, `refused-${code}-${language}`);
      }
      await page.locator('[data-language=en]').click();
      await choose(page, 'licence.json');
      await expectGenuine(page);
      await page.context().close();
    });

  it('names the host of a stranger as the network knows it, and opens nothing', async () => {
    const { page, requests } = await home();
    await page.locator('#text').fill('https://eproof.gov.hk@xn--e-prof-3ya.example/#123');
    await page.locator('[data-way=text]').click();
    await expectRefusal(page, 'QR_OTHER_HOST');
    expect(await page.locator('.notice').textContent()).to.contain('leads to xn--e-prof-3ya.example.');
    expect(requests.filter((url) => url.includes('example'))).to.deep.equal([]);
    await page.context().close();
  });

  it('refuses other text and other JSON', async () => {
    const { page } = await home();
    for (const [text, code] of [
      ['hello', 'QR_NOT_EPROOF'],
      ['{"a":1}', 'JSON_NOT_EPROOF'],
    ] as const) {
      await page.locator('#text').fill(text);
      await page.locator('[data-way=text]').click();
      await expectRefusal(page, code);
    }
    await page.context().close();
  });

  it('refuses a file of more than 32 MB before it is read, and says so', async () => {
    const { page } = await home();
    await page.evaluate((sizeBytes) => {
      const file = new File([new Uint8Array(sizeBytes)], 'licence.pdf');
      file.arrayBuffer = () => Promise.reject(new Error('was read'));
      const transfer = new DataTransfer();
      transfer.items.add(file);
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, MOST_FILE_BYTES + 1);
    await expectRefusal(page, 'FILE_TOO_LARGE');
    expect(await page.locator('.notice').textContent()).to.contain('up to 32 MB');
    await page.context().close();
  });

  it('says that the page has failed where its browser does something that nobody foresaw, and decides nothing', async () => {
    const { page, complaints } = await home();
    await page.evaluate(() => {
      window.createImageBitmap = () => Promise.resolve(null as unknown as ImageBitmap);
    });
    await choose(page, 'qr.png');
    await expectRefusal(page, 'PAGE_FAILED');
    expect(complaints.join()).to.contain('TypeError');
    await choose(page, 'licence.json');
    await expectGenuine(page);
    await page.context().close();
  });

  it('shows names with markup as text', async () => {
    const signs = { en: '<img src=x onerror=alert(1)>' };
    const odd = world.food.issue({ ...RESTAURANT, shopSign: signs }, {});
    const { page, complaints } = await openPage(browser);
    await page.goto(odd.qrText(world.site.address));
    await waitForVerdict(page);
    expect(await page.locator('.document').textContent()).to.contain(signs.en);
    expect(await page.locator('main img').count()).to.equal(0);
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  describe('the camera', () => {
    async function scan(
      film: string,
      before?: { init(given: boolean): void; given: boolean },
    ): Promise<{ page: Page; complaints: string[]; end(): Promise<void> }> {
      const withCamera = await launchChromium(path.join(FOLDER, film));
      const visit = await openPage(withCamera, { viewport: { width: 390, height: 844 }, permissions: ['camera'] });
      if (before) await visit.page.addInitScript(before.init, before.given);
      await visit.page.goto(world.site.address);
      await visit.page.locator('[data-way=scan]').click();
      return { ...visit, end: () => withCamera.close() };
    }

    it('reads a tilted, noisy code, stops and shows the verdict', async () => {
      const { page, complaints, end } = await scan('licence.y4m');
      await page.locator('video').waitFor();
      await expectGenuine(page);
      expect(await page.locator('video').count()).to.equal(0);
      expect(complaints).to.deep.equal([]);
      await end();
    });

    for (const [what, hasSecond] of [
      ['by a second reader', true],
      ['by the first, where a second cannot be had', false],
    ] as const)
      it(`reads what cannot be read as it is: ${what}`, async () => {
        const { page, end } = await scan('licence.y4m', { init: seeNothingAsItIs, given: hasSecond });
        await expectGenuine(page);
        expect(await page.evaluate(() => (window as unknown as { readers: number }).readers)).to.equal(2);
        await end();
      });

    it('refuses a code of another host that stays in view', async () => {
      const { page, end } = await scan('stranger.y4m');
      await page.getByText('Looking for a code').waitFor();
      await page.waitForTimeout(300);
      await keepPicture(page, 'camera');
      expect(await findBarriers(page)).to.deep.equal([]);
      await expectRefusal(page, 'QR_OTHER_HOST');
      await end();
    });

    it('is left with Escape', async () => {
      const { page, end } = await scan('stranger.y4m');
      await page.locator('video').waitFor();
      await page.keyboard.press('Escape');
      await page.locator('[data-way=scan]').waitFor();
      await end();
    });

    for (const [what, name, code] of [
      ['is denied', 'NotAllowedError', 'CAMERA_DENIED'],
      ['is absent', 'NotFoundError', 'CAMERA_ABSENT'],
      ['is busy', 'NotReadableError', 'CAMERA_BUSY'],
    ] as const)
      it(`that ${what} is told apart`, async () => {
        const { page } = await home();
        await page.evaluate((failure) => {
          navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', failure));
        }, name);
        await page.locator('[data-way=scan]').click();
        await expectRefusal(page, code);
        await page.context().close();
      });

    it('that the browser keeps from pages is told apart', async () => {
      const { page } = await openPage(browser);
      await page.addInitScript(() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }));
      await page.goto(world.site.address);
      await page.locator('[data-way=scan]').click();
      await expectRefusal(page, 'CAMERA_UNSUPPORTED');
      await page.context().close();
    });

    it('runs no QR reader whose wasm is not the one that was built', async () => {
      const { page } = await home();
      const wasm = world.build.files.find(({ name }) => name.includes('zxing_reader'))?.name ?? '';
      const built = await readFile(path.join(world.build.outputFolder, wasm));
      // an empty custom section: to a browser a module as good as the built one
      const changed = Buffer.concat([built, Buffer.from([0, 2, 1, 0x78])]);
      expect(WebAssembly.validate(changed)).to.equal(true);
      world.site.files.set(wasm, changed);
      await choose(page, 'qr.png');
      await expectRefusal(page, 'DECODER_UNAVAILABLE');
      world.site.files.delete(wasm);
      await choose(page, 'qr.png');
      await expectGenuine(page);
      await page.context().close();
    });

    it('says that the QR reader could not be loaded, and reads when it can', async () => {
      const { page } = await home();
      for (const { name } of world.build.files) if (/decoder|wasm/.test(name)) world.site.missing.add(name);
      await choose(page, 'qr.png');
      await expectRefusal(page, 'DECODER_UNAVAILABLE');
      world.site.missing.clear();
      await choose(page, 'qr.png');
      await expectGenuine(page);
      await page.context().close();
    });
  });
});

/** A white pixel. */
const NO_CODE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==';

/** In the page, on a device of two processors: its first reader of codes finds none in a picture that nothing was done to; the second is there or not. */
function seeNothingAsItIs(hasSecond: boolean): void {
  const counted = Object.assign(window, { readers: 0 });
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 });
  window.Worker = class extends Worker {
    readonly place = ++counted.readers;

    override postMessage(
      message: { id: number; only?: number },
      how?: StructuredSerializeOptions | Transferable[],
    ): void {
      const answer = (event: Event) => setTimeout(() => this.dispatchEvent(event), 50);
      if (this.place === 2 && !hasSecond) answer(new Event('error'));
      else if (this.place === 1 && message.only === 0)
        answer(new MessageEvent('message', { data: { id: message.id, texts: [] } }));
      else super.postMessage(message, how as Transferable[]);
    }
  } as typeof Worker;
}
