import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { holdBeforeCamera } from './before-camera.ts';
import { LANGUAGES, launchChromium, openPage, type Visit, waitForVerdict } from './chromium.ts';
import type { Issued } from './department.ts';
import { toPng } from './picture.ts';
import { createWorld, RESTAURANT, STANDINGS, type World } from './world.ts';

/** One document for each tone. */
const TONES = ['good', 'care', 'over', 'bad', 'open'] as const;
type Tone = (typeof TONES)[number];

describe('whoever reads the page in another way', () => {
  let world: World;
  let browser: Browser;
  let issued: Issued;
  const ofTone = new Map<Tone, Issued>();

  before(async () => {
    world = await createWorld('.build/test/verifier-access');
    issued = world.food.issue(RESTAURANT, {});
    const of = (standing: string) => STANDINGS.find((each) => each.standing === standing)?.issue(world) as Issued;
    const voided = world.food.issue(RESTAURANT, {});
    voided.batch.judgement = 2;
    for (const [tone, one] of [
      ['good', issued],
      ['care', of('suspended')],
      ['over', of('revoked')],
      ['bad', voided],
      ['open', world.food.issue(RESTAURANT, {})],
    ] as const)
      ofTone.set(tone, one);
    browser = await launchChromium();
  });

  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  afterEach(() => setNodes(true));

  function setNodes(areThere: boolean): void {
    for (const node of world.nodes) node.isMuted = !areThere;
  }

  async function home(viewport = { width: 1280, height: 900 }): Promise<Visit> {
    const visit = await openPage(browser, { viewport, permissions: ['camera'] });
    await visit.page.goto(world.site.address);
    await visit.page.locator('[data-way=scan]:enabled').waitFor();
    return visit;
  }

  /** The verdict of a tone; of the open one the nodes are away. */
  async function open(page: Page, tone: Tone): Promise<void> {
    setNodes(tone !== 'open');
    await page.goto('about:blank');
    await page.goto(ofTone.get(tone)?.qrText(world.site.address) ?? '');
    await page.locator(`.verdict > .banner.tone-${tone}`).waitFor();
    setNodes(true);
  }

  describe('by the keyboard alone', () => {
    const FOCUSABLE = 'a[href], button:enabled, input:not([type=file]):enabled, textarea:enabled, summary';

    /** Presses the tab key until something is reached. */
    async function tabTo(page: Page, selector: string): Promise<void> {
      for (let presses = 0; presses < 40; presses++) {
        await page.keyboard.press('Tab');
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
      }
      throw new Error(`the tab key never comes to ${selector}`);
    }

    for (const [screen, tone] of [
      ['first screen', null],
      ['verdict', 'good'],
    ] as const)
      it(`comes to everything of the ${screen}, in the order in which it is read, and always sees where it is`, async () => {
        const { page } = await home();
        if (tone) await open(page, tone);
        // from the top: the focus is in the heading of a verdict
        await page.evaluate(() => {
          document.body.tabIndex = -1;
          document.body.focus();
          document.body.removeAttribute('tabindex');
        });
        const expected = await page.locator(FOCUSABLE).evaluateAll((all) =>
          all
            .filter((each) => each.checkVisibility())
            .map((each, place) => {
              each.setAttribute('data-place', String(place));
              return `${place} ${each.localName}`;
            }),
        );
        const seen: string[] = [];
        for (let presses = 0; seen.length < expected.length && presses < 2 * expected.length; presses++) {
          await page.keyboard.press('Tab');
          const { here, outline, isDate } = await page.evaluate(() => {
            const focused = document.activeElement as HTMLElement;
            const { outlineStyle, outlineWidth } = getComputedStyle(focused);
            return {
              here: `${focused.dataset.place} ${focused.localName}`,
              outline: `${outlineStyle} ${outlineWidth}`,
              isDate: focused.matches('[type=date]'),
            };
          });
          // of a date the browser marks the part that is typed now, and each part is a stop
          if (!isDate) expect(outline, here).to.equal('solid 3px');
          if (seen.at(-1) !== here) seen.push(here);
        }
        expect(seen).to.deep.equal(expected);
        expect(await page.locator('[data-place="0"]').getAttribute('class')).to.equal('skip');
        await page.context().close();
      });

    it('skips to the content, and leaves the address as it is', async () => {
      const { page } = await openPage(browser);
      await page.goto(issued.qrText(world.site.address));
      await waitForVerdict(page);
      const address = page.url();
      await page.locator('.brand').focus();
      await page.keyboard.press('Shift+Tab');
      expect(await page.locator('.skip').evaluate((link) => link.getBoundingClientRect().top)).to.be.at.least(0);
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).to.equal('main');
      expect(page.url()).to.equal(address);
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => !!document.activeElement?.closest('.verdict'))).to.equal(true);
      await page.context().close();
    });

    it('scans, unfolds an answer, and comes back', async () => {
      const { page } = await home();
      await holdBeforeCamera(page, await toPng(issued.qrText(world.site.address)));
      await tabTo(page, '[data-way=scan]');
      await page.keyboard.press('Enter');
      expect((await waitForVerdict(page)).standing).to.equal('in-force');
      expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('H1');
      await tabTo(page, '[data-answer=issued] > summary');
      await page.keyboard.press('Enter');
      await page.locator('[data-code=ANCHORED]').waitFor();
      await tabTo(page, '[data-action=another]');
      await page.keyboard.press('Enter');
      await page.locator('[data-way=scan]').waitFor();
      expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('H1');
      await page.context().close();
    });

    it('leaves the camera with its button', async () => {
      const { page } = await home();
      await holdBeforeCamera(page, await toPng('https://example.com/'));
      await tabTo(page, '[data-way=scan]');
      await page.keyboard.press('Enter');
      await page.locator('video').waitFor();
      await tabTo(page, '[data-action=stop]');
      await page.keyboard.press('Space');
      await page.locator('[data-way=scan]').waitFor();
      await page.context().close();
    });

    it('chooses a file', async () => {
      const { page } = await home();
      await tabTo(page, '[data-way=file]');
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
      await chooser.setFiles({
        name: 'licence.json',
        mimeType: 'application/json',
        buffer: Buffer.from(issued.json),
      });
      expect((await waitForVerdict(page)).standing).to.equal('in-force');
      await page.context().close();
    });
  });

  describe('in large letters', () => {
    const SPACED = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
      p { margin-bottom: 2em !important; }`;
    const LOOKS: [name: string, viewport: { width: number; height: number }, style: string][] = [
      ['at 400 % of a window of 1280 by 1024', { width: 320, height: 256 }, ''],
      ['with text of 200 %', { width: 1280, height: 1024 }, 'html { font-size: 200% !important; }'],
      ['with text of 200 % on a phone', { width: 390, height: 844 }, 'html { font-size: 200% !important; }'],
      ['with the spacing of text that WCAG names', { width: 390, height: 844 }, SPACED],
    ];

    const SCREENS: Record<string, (page: Page) => Promise<unknown>> = {
      'the first screen': (page) => page.locator('.home').waitFor(),
      'a refusal': async (page) => {
        await page.locator('#text').fill('hello');
        await page.locator('[data-way=text]').click();
        await page.locator('[data-refusal=QR_NOT_EPROOF]').waitFor();
      },
      'a mistyped reference': async (page) => {
        await page.locator('#reference').fill('K7QX');
        await page.locator('#reference').press('Enter');
        await page.locator('#reference[aria-invalid=true]').waitFor();
      },
      'the camera': async (page) => {
        await holdBeforeCamera(page, await toPng('https://example.com/'));
        await page.locator('[data-way=scan]').click();
        await page.locator('video').waitFor();
      },
      'the list': async (page) => {
        await page.locator('[data-way=many]').click();
        await page.locator('[data-action=files]').waitFor();
      },
      ...Object.fromEntries(TONES.map((tone) => [`the verdict that is ${tone}`, (page: Page) => open(page, tone)])),
    };

    for (const [screen, come] of Object.entries(SCREENS))
      it(`reads all of ${screen}`, async () => {
        const { page } = await home();
        await come(page);
        for (const [look, viewport, style] of LOOKS) {
          await page.setViewportSize(viewport);
          await page.evaluate((text) => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(text);
            document.adoptedStyleSheets = [sheet];
          }, style);
          for (const language of LANGUAGES) {
            await page.locator(`[data-language="${language}"]`).click();
            await page.locator(`html[lang="${language}"]`).waitFor();
            await page.evaluate(() => {
              for (const fold of document.querySelectorAll('details')) fold.open = true;
            });
            expect(await findLosses(page), `${look}, in ${language}`).to.deep.equal([]);
          }
        }
        await page.context().close();
      });
  });

  describe('without the page’s colours', () => {
    it('tells the verdicts apart by their shapes, and sees each shape', async () => {
      const { page } = await home();
      const shapes = new Set<string>();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ forcedColors: 'active', colorScheme });
        for (const tone of TONES) {
          await open(page, tone);
          const seen = await page.locator('.banner').evaluate(lookAtShape);
          expect(seen.border, tone).to.equal('solid');
          expect(seen.width, tone).to.be.at.least(48);
          for (const contrast of seen.contrasts) expect(contrast, `${tone} in the ${colorScheme}`).to.be.at.least(3);
          expect(seen.isDashed, tone).to.equal(tone === 'open');
          shapes.add(seen.shape);
        }
      }
      expect(shapes.size).to.equal(TONES.length);
      await page.context().close();
    });

    it('tells yes, no and open apart by the mark beside each answer', async () => {
      const { page } = await home();
      await page.emulateMedia({ forcedColors: 'active' });
      const marks = new Map<string, string>();
      for (const tone of TONES) {
        await open(page, tone);
        for (const { value, look } of await page.locator('[data-answer]').evaluateAll((folds) =>
          folds.map((fold) => {
            const mark = fold.querySelector('.mark') as HTMLElement;
            const { borderStyle, borderRadius, borderColor, backgroundColor } = getComputedStyle(mark);
            const icon = mark.querySelector('path')?.getAttribute('d');
            if (borderColor === backgroundColor) throw new Error('the mark cannot be seen');
            return { value: (fold as HTMLElement).dataset.value ?? '', look: `${borderStyle} ${borderRadius} ${icon}` };
          }),
        ))
          marks.set(value, look);
      }
      const looks = ['yes', 'no', 'unknown'].map((value) => marks.get(value));
      expect(looks).not.to.include(undefined);
      expect(new Set(looks).size).to.equal(3);
      await page.context().close();
    });

    it('sees which language is chosen, and where the focus is', async () => {
      const { page } = await home();
      await page.emulateMedia({ forcedColors: 'active' });
      const line = (chosen: boolean) =>
        page
          .locator(`.choice > [aria-pressed=${chosen}]`)
          .first()
          .evaluate((button) => getComputedStyle(button).borderBottomColor);
      expect(await line(true)).not.to.equal(await line(false));
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)).to.equal(
        'solid',
      );
      await page.context().close();
    });
  });

  it('without motion, where that is asked for', async () => {
    for (const reducedMotion of ['no-preference', 'reduce'] as const) {
      const { page } = await home();
      await page.emulateMedia({ reducedMotion });
      for (const node of world.nodes) node.isSilent = true;
      await page.locator('#text').fill(issued.qrText(world.site.address));
      await page.locator('[data-way=text]').click();
      await page.locator('.checking-mark').waitFor();
      const moving = await page.evaluate(() => document.getAnimations().length);
      for (const node of world.nodes) node.isSilent = false;
      // whichever it is: they may be asked only now
      await page.locator('.verdict[data-genuine]').waitFor();
      await page.locator('summary').first().click();
      const folding = await page.evaluate(() => document.getAnimations().length);
      if (reducedMotion === 'reduce') expect([moving, folding]).to.deep.equal([0, 0]);
      else expect(moving).to.equal(1);
      await page.context().close();
    }
  });

  describe('on any screen', () => {
    it('has a shape of its own for each tone, beside a colour of its own', async () => {
      const { page } = await home();
      const looks: Record<'shape' | 'colour', string>[] = [];
      for (const tone of TONES) {
        await open(page, tone);
        looks.push(
          await page.locator('.banner').evaluate((banner) => ({
            shape: banner.querySelector('.icon path')?.getAttribute('d') ?? '',
            colour: getComputedStyle(banner).borderInlineStartColor,
          })),
        );
      }
      expect(new Set(looks.map(({ shape }) => shape)).size).to.equal(TONES.length);
      expect(new Set(looks.map(({ colour }) => colour)).size).to.equal(TONES.length);
      await page.context().close();
    });

    it('is reminded of the address bar, with the address that has to stand there', async () => {
      const { page } = await home();
      const reminders = async () =>
        page.locator('.address-bar').evaluateAll((all) => all.map((each) => each.textContent));
      const address = new URL(world.site.address).origin;
      expect(await reminders()).to.deep.equal([address]);
      for (const tone of TONES) {
        await open(page, tone);
        expect(await reminders(), tone).to.deep.equal([address]);
        expect(await page.locator('.address-bar').isVisible()).to.equal(true);
      }
      await page.context().close();
    });

    it('has what is compared first, the kind, the number and the holder, in larger letters than the rest', async () => {
      const { page } = await home();
      await open(page, 'good');
      const facts = await page.locator('.document .facts > div').evaluateAll((rows) =>
        rows.map((row) => ({
          isLarge: row.classList.contains('fact-large'),
          text: row.textContent ?? '',
          size: Number.parseFloat(getComputedStyle(row.querySelector('dd') as Element).fontSize),
        })),
      );
      const [large, small] = [facts.filter(({ isLarge }) => isLarge), facts.filter(({ isLarge }) => !isLarge)];
      const said = large.map(({ text }) => text).join('\n');
      for (const part of ['Restaurant', RESTAURANT.licenceNumber, RESTAURANT.licenseeName.en])
        expect(said).to.contain(part);
      expect(facts.slice(0, large.length)).to.deep.equal(large);
      expect(Math.min(...large.map(({ size }) => size))).to.be.above(Math.max(...small.map(({ size }) => size)));
      await page.context().close();
    });
  });
});

/** Texts that are out of the window, or cut off by what they are in. */
function findLosses(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const losses = document.documentElement.scrollWidth > innerWidth ? ['the page scrolls sideways'] : [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { currentNode: text } = texts;
      const around = text.parentElement;
      if (!around || text.textContent?.trim() === '' || around.closest('.unseen, .skip, template, noscript')) continue;
      if (!around.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      for (const { left, right, top, bottom } of range.getClientRects()) {
        const isOut = left < -1 || right > innerWidth + 1;
        let isCut = false;
        for (let box: Element | null = around; box; box = box.parentElement) {
          if (!/hidden|clip/.test(getComputedStyle(box).overflow)) continue;
          const edge = box.getBoundingClientRect();
          isCut ||= left < edge.left - 1 || right > edge.right + 1 || top < edge.top - 1 || bottom > edge.bottom + 1;
        }
        if (isOut || isCut) losses.push(`${isOut ? 'out' : 'cut'}: ${text.textContent}`);
      }
    }
    return losses;
  });
}

/** In the page: the shape of a banner, and how each of its lines stands out from what is behind it. */
function lookAtShape(banner: Element) {
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one: string, other: string): number => {
    const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const paper = getComputedStyle(banner).backgroundColor;
  const icon = banner.querySelector('.icon') as SVGElement;
  const [outline, ...inside] = [...icon.querySelectorAll('path')].map((path) => getComputedStyle(path));
  if (!outline) throw new Error('the banner has no shape');
  const ground = outline.fill === 'none' ? paper : outline.fill;
  return {
    border: getComputedStyle(banner).borderInlineStartStyle,
    width: icon.getBoundingClientRect().width,
    shape: icon.querySelector('path')?.getAttribute('d') ?? '',
    isDashed: outline.strokeDasharray !== 'none',
    contrasts: [contrast(outline.stroke, paper), ...inside.map(({ stroke }) => contrast(stroke, ground))],
  };
}
