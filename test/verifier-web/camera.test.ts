import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { launchChromium, openPage, waitForVerdict, walkLanguages } from './chromium.ts';
import { toFilm } from './picture.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

const FOLDER = path.resolve('.build/test/verifier-camera-files');

/** What a camera says it can, and whether it does it. */
interface Abilities {
  torch?: boolean;
  zoom?: { min: number; max: number; step: number };
  isBroken?: boolean;
}

describe('what a camera can', () => {
  let world: World;

  before(async () => {
    world = await createWorld('.build/test/verifier-camera');
    await mkdir(FOLDER, { recursive: true });
    await writeFile(path.join(FOLDER, 'nothing.y4m'), toEmptyFilm());
    await writeFile(
      path.join(FOLDER, 'licence.y4m'),
      toFilm(world.food.issue(RESTAURANT, {}).qrText(world.site.address)),
    );
  });
  after(() => world?.[Symbol.asyncDispose]());

  async function scan(
    abilities: Abilities,
    { film = 'nothing.y4m', isPhone = true } = {},
  ): Promise<{ page: Page; end(): Promise<void> }> {
    const browser = await launchChromium(path.join(FOLDER, film));
    const { page } = await openPage(browser, {
      viewport: { width: 390, height: 844 },
      permissions: ['camera'],
      hasTouch: isPhone,
      isMobile: isPhone,
    });
    await page.addInitScript(pretend, abilities);
    await page.goto(world.site.address);
    await page.locator('[data-way=scan]').click();
    return { page, end: () => browser.close() };
  }

  const looking = (page: Page) => page.getByText('Looking for a code').waitFor();
  const asked = (page: Page) => page.evaluate(() => (window as unknown as Seen).asked);
  const areEnded = (page: Page) =>
    page.evaluate(() => {
      const { tracks } = window as unknown as Seen;
      return tracks.length > 0 && tracks.every(({ readyState }) => readyState === 'ended');
    });

  it('is not offered where it cannot: neither light nor zoom', async () => {
    const { page, end } = await scan({});
    await looking(page);
    expect(await page.locator('[data-control=light], #zoom').count()).to.equal(0);
    await end();
  });

  it('turns the light on and off, and says which', async () => {
    const { page, end } = await scan({ torch: true });
    await looking(page);
    const light = page.locator('[data-control=light]');
    await light.focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-control=light][aria-pressed=true]', { hasText: 'Turn the light off' }).waitFor();
    expect(await asked(page)).to.deep.equal([{ advanced: [{ torch: true }] }]);
    // another language is another drawing of the same light
    await page.locator('[data-language=zh-Hant]').click();
    await page.locator('[data-control=light][aria-pressed=true]', { hasText: '關閉照明' }).waitFor();
    await light.click();
    await page.locator('[data-control=light][aria-pressed=false]', { hasText: '開啟照明' }).waitFor();
    expect(await asked(page)).to.deep.equal([{ advanced: [{ torch: true }] }, { advanced: [{ torch: false }] }]);
    await end();
  });

  it('zooms by the keyboard within what it can, in three languages without barriers', async () => {
    const { page, end } = await scan({ zoom: { min: 1, max: 4, step: 0.5 } });
    await looking(page);
    const range = page.getByRole('slider', { name: 'Zoom' });
    expect(
      await range.evaluate(({ min, max, step, value }: HTMLInputElement) => ({ min, max, step, value })),
    ).to.deep.equal({ min: '1', max: '4', step: '0.5', value: '1' });
    await range.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => (window as unknown as Seen).zoom === 2);
    expect((await asked(page)).at(-1)).to.deep.equal({ advanced: [{ zoom: 2 }] });
    await page.keyboard.press('End');
    await page.waitForFunction(() => (window as unknown as Seen).zoom === 4);
    await walkLanguages(page, 'camera-zoom');
    for (const [language, name] of [
      ['zh-Hant', '放大畫面'],
      ['zh-Hans', '放大画面'],
    ] as const) {
      await page.locator(`[data-language=${language}]`).click();
      expect(await page.getByRole('slider', { name }).inputValue(), language).to.equal('4');
    }
    await page.setViewportSize({ width: 320, height: 568 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(320);
    expect((await page.locator('#zoom').boundingBox())?.height).to.be.at.least(44);
    await end();
  });

  it('keeps its light while it zooms, and its zoom while the light goes out', async () => {
    const { page, end } = await scan({ torch: true, zoom: { min: 1, max: 8, step: 0 } });
    await looking(page);
    await page.locator('[data-control=light]').click();
    await page.locator('[data-control=light][aria-pressed=true]').waitFor();
    await page.locator('#zoom').focus();
    await page.keyboard.press('End');
    await page.waitForFunction(() => (window as unknown as Seen).zoom === 8);
    await page.locator('[data-control=light]').click();
    await page.locator('[data-control=light][aria-pressed=false]').waitFor();
    expect((await asked(page)).slice(-2)).to.deep.equal([
      { advanced: [{ torch: true }, { zoom: 8 }] },
      { advanced: [{ torch: false }, { zoom: 8 }] },
    ]);
    await end();
  });

  it('is no longer offered what it then refuses', async () => {
    const { page, end } = await scan({ torch: true, zoom: { min: 1, max: 8, step: 1 }, isBroken: true });
    await looking(page);
    await page.locator('[data-control=light]').click();
    await page.locator('[data-control=light]').waitFor({ state: 'detached' });
    await page.locator('#zoom').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('#zoom').waitFor({ state: 'detached' });
    expect(await page.locator('video').count()).to.equal(1);
    await end();
  });

  it('is asked for zoom on a phone only: elsewhere the browser would ask whether the page may move it', async () => {
    for (const isPhone of [true, false]) {
      const { page, end } = await scan({}, { isPhone });
      await looking(page);
      const wanted = await page.evaluate(() => (window as unknown as Seen).wanted);
      expect(wanted.map(({ video }) => 'zoom' in video)).to.deep.equal([isPhone]);
      await end();
    }
  });

  it('is let go when a code was read', async () => {
    const { page, end } = await scan({ torch: true }, { film: 'licence.y4m' });
    expect((await waitForVerdict(page)).genuine).to.equal('genuine');
    expect(await areEnded(page)).to.equal(true);
    await end();
  });

  const exits: [how: string, leave: (page: Page) => Promise<void>][] = [
    ['its button', (page) => page.locator('[data-action=stop]').click()],
    ['Escape', (page) => page.keyboard.press('Escape')],
    [
      'something that is pasted',
      (page) =>
        page.evaluate(() => {
          const clipboardData = new DataTransfer();
          clipboardData.setData('text/plain', 'no code');
          document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
        }),
    ],
  ];
  for (const [how, leave] of exits)
    it(`is let go when it is left by ${how}`, async () => {
      const { page, end } = await scan({ torch: true });
      await looking(page);
      expect(await areEnded(page)).to.equal(false);
      await leave(page);
      await page.locator('[data-way=scan]').waitFor();
      expect(await areEnded(page)).to.equal(true);
      await end();
    });

  it('is let go when it is left before it has opened', async () => {
    const { page, end } = await scan({});
    await page.keyboard.press('Escape');
    await page.locator('[data-way=scan]').waitFor();
    await page.waitForFunction(() =>
      (window as unknown as Seen).tracks.every(({ readyState }) => readyState === 'ended'),
    );
    await end();
  });
});

/** In the page: what was asked of the camera, and what came of it. */
interface Seen {
  wanted: { video: object }[];
  asked: MediaTrackConstraints[];
  tracks: MediaStreamTrack[];
  zoom: number;
}

/** In the page: a camera that can what it is said to, in front of the film. */
function pretend({ isBroken, ...can }: Abilities): void {
  const seen = Object.assign(window as unknown as Seen, {
    wanted: [],
    asked: [],
    tracks: [],
    zoom: can.zoom?.min ?? 0,
  });
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async (wanted) => {
    seen.wanted.push(wanted as { video: object });
    const stream = await open(wanted);
    seen.tracks.push(...stream.getTracks());
    return stream;
  };
  const camera = MediaStreamTrack.prototype;
  camera.getCapabilities = () => can as MediaTrackCapabilities;
  camera.getSettings = () => ({ zoom: seen.zoom });
  camera.applyConstraints = async (wanted = {}) => {
    if (isBroken) throw new DOMException('', 'OverconstrainedError');
    seen.asked.push(wanted);
    for (const { zoom } of (wanted.advanced ?? []) as { zoom?: unknown }[])
      if (typeof zoom === 'number') seen.zoom = zoom;
  };
}

/** Grey, for as long as it runs. */
function toEmptyFilm(): Buffer {
  const [width, height] = [640, 480];
  const frame = Buffer.concat([Buffer.from('FRAME\n'), Buffer.alloc(width * height * 1.5, 128)]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), frame, frame, frame]);
}
