import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { sampleClaims } from '../../catalogue/samples.ts';
import { toDate } from '../../proof/day.ts';
import { toReference } from '../../proof/reference.ts';
import { toStoredClaims } from '../../scripts/sample-proof.ts';
import type { Language } from '../../ui/language.ts';
import { FACTS_WORDS } from '../../verifier-web/facts/words.ts';
import { MOST_FILE_BYTES } from '../../verifier-web/limits.ts';
import { type PageRefusalCode, REFUSAL_CODES } from '../../verifier-web/refusal.ts';
import { todays } from '../extent.ts';
import { holdBeforeCamera } from './before-camera.ts';
import { findBarriersUnfolded, keepPicture, LANGUAGES, launchChromium, openPage } from './chromium.ts';
import { createDepartment, type Issued, TODAY, toTrust } from './department.ts';
import { DICTIONARIES } from './dictionaries.ts';
import { FACT_TYPES } from './fact-types.ts';
import { toPng } from './picture.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

/** Each language, and the dark. */
const LOOKS = [...(LANGUAGES as Language[]), 'dark'] as const;

/** What a browser prefers, for each of them. */
const LOCALES = { en: 'en-GB', 'zh-Hant': 'zh-HK', 'zh-Hans': 'zh-CN' } as const;

/** Kinds of documents that do not show their entries to everybody, one for each reason. */
const RESTRICTED = ['TD-DL', 'IMMD-BC', 'HA-MC'] as const;

const UNKNOWN_REFERENCE = toReference(Uint8Array.of(1, 2, 3, 4, 5, 6));

interface State {
  /** From the first screen on. */
  come(page: Page): Promise<unknown>;
  /** There when the state is. */
  selector: string;
  heading?(language: Language): string;
}

describe('no state of the page has barriers', () => {
  let world: World;
  let browser: Browser;
  let issued: Issued;
  const restricted = new Map<string, Issued>();

  before(async () => {
    world = await createWorld('.build/test/verifier-states');
    issued = world.food.issue(RESTAURANT, {});
    issueRestricted();
    world.site.service.set('v1/look-ups/facts', (body) =>
      body === null ? { status: 200, body: FACT_TYPES } : NO_MATCH,
    );
    browser = await launchChromium();
  });

  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  beforeEach(() => answerReference(NO_MATCH));

  afterEach(() => {
    world.site.missing.clear();
    for (const node of world.nodes) node.isMuted = false;
  });

  const NO_MATCH = { status: 404, body: { code: 'LOOK_UP_NO_MATCH' } };

  function answerReference(answer: { status: number; body: object }): void {
    world.site.service.set('v1/look-ups/reference', () => answer);
  }

  /** Each by a department of its own. */
  function issueRestricted(): void {
    const departments = RESTRICTED.map((code, i) => createDepartment(world.chain, 3 + i, code));
    const nodes = world.nodes.map(({ url }) => url);
    const all = [world.food, world.transport, ...departments];
    const trust = toTrust(world.chain, all, { nodes, agree: 2, verifiers: [world.site.address] });
    world.site.files.set('trust.json', JSON.stringify(trust));
    for (const [i, code] of RESTRICTED.entries()) {
      const department = departments[i];
      if (!department) throw new Error(`no department issues ${code}`);
      for (const [name, bytes] of department.files) world.site.files.set(name, bytes);
      const { claims } = sampleClaims(code, toDate(TODAY), 1);
      restricted.set(code, department.issue(toStoredClaims(claims), {}, { shown: false }));
    }
  }

  async function paste(page: Page, text: string): Promise<void> {
    await page.locator('#text').fill(text);
    await page.locator('[data-way=text]').click();
  }

  async function type(page: Page, reference: string): Promise<void> {
    await page.locator('#reference').fill(reference);
    await page.locator('#reference').press('Enter');
  }

  async function choose(page: Page, buffer: Buffer): Promise<void> {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-way=file]').click()]);
    await chooser.setFiles({ name: 'given', mimeType: 'application/octet-stream', buffer });
  }

  /** Of a size, and perhaps one that cannot be read, dropped onto the page. */
  const drop = (page: Page, sizeBytes: number, isReadable = true) =>
    page.evaluate(
      ([size, readable]) => {
        const file = new File([new Uint8Array(size)], 'licence.pdf');
        const transfer = new DataTransfer();
        transfer.items.add(file);
        const event = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
        if (!readable) File.prototype.arrayBuffer = () => Promise.reject(new DOMException('', 'NotReadableError'));
        document.body.dispatchEvent(event);
      },
      [sizeBytes, isReadable] as const,
    );

  const scanWithout = (failure: string) => async (page: Page) => {
    await page.evaluate((name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', name));
    }, failure);
    await page.locator('[data-way=scan]').click();
  };

  const withoutFiles = (pattern: RegExp, then: () => Promise<void>): Promise<void> => {
    for (const { name } of world.build.files) if (pattern.test(name)) world.site.missing.add(name);
    return then();
  };

  const REFUSALS: Record<PageRefusalCode, State['come']> = {
    QR_OTHER_HOST: (page) => paste(page, 'https://other.example/#123'),
    QR_NOT_EPROOF: (page) => paste(page, 'hello'),
    JSON_NOT_EPROOF: (page) => paste(page, '{"a":1}'),
    FILE_KIND: (page) => choose(page, Buffer.from('504b0304140006000800000021', 'hex')),
    FILE_TOO_LARGE: (page) => drop(page, MOST_FILE_BYTES + 1),
    FILE_UNREADABLE: (page) => drop(page, 10, false),
    IMAGE_WITHOUT_CODE: (page) => choose(page, Buffer.from(NO_CODE, 'base64')),
    CAMERA_DENIED: scanWithout('NotAllowedError'),
    CAMERA_ABSENT: scanWithout('NotFoundError'),
    CAMERA_BUSY: scanWithout('NotReadableError'),
    CAMERA_UNSUPPORTED: async (page) => {
      await page.evaluate(() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }));
      await page.locator('[data-way=scan]').click();
    },
    DECODER_UNAVAILABLE: (page) =>
      withoutFiles(/decoder|wasm/, async () => choose(page, await toPng(issued.qrText(world.site.address)))),
    SCRIPT_UNAVAILABLE: (page) => withoutFiles(/judgement/, () => paste(page, issued.qrText(world.site.address))),
    LOOK_UP_UNAVAILABLE: async (page) => {
      world.site.missing.add('v1/look-ups/reference');
      await type(page, UNKNOWN_REFERENCE);
    },
    LOOK_UP_LIMITED: async (page) => {
      answerReference({ status: 429, body: { code: 'RATE_LIMITED' } });
      await type(page, UNKNOWN_REFERENCE);
    },
    PAGE_FAILED: async (page) => {
      await page.evaluate(() => {
        window.createImageBitmap = () => Promise.resolve(null as unknown as ImageBitmap);
      });
      await choose(page, Buffer.from(NO_CODE, 'base64'));
    },
  };

  const STATES: Record<string, State> = {
    ...Object.fromEntries(
      REFUSAL_CODES.map((code): [string, State] => [
        `the refusal ${code}`,
        {
          come: REFUSALS[code],
          selector: `[data-refusal=${code}]`,
          heading: (language) => DICTIONARIES[language].refusal[code].heading,
        },
      ]),
    ),
    'the first screen': {
      come: async () => {},
      selector: '[data-way=scan]',
      heading: (language) => DICTIONARIES[language].home.heading,
    },
    'a mistyped reference': { come: (page) => type(page, 'K7QX'), selector: '#reference[aria-invalid=true]' },
    'while it is checked': {
      async come(page) {
        await page.evaluate(() => {
          AbortSignal.timeout = () => new AbortController().signal;
        });
        await page.route(`${world.nodes[0].url}**`, () => {});
        await paste(page, issued.qrText(world.site.address));
      },
      selector: '.checking',
      heading: (language) => DICTIONARIES[language].checking.heading,
    },
    'the camera': {
      async come(page) {
        await holdBeforeCamera(page, Buffer.from(NO_CODE, 'base64'));
        await page.locator('[data-way=scan]').click();
      },
      selector: 'video',
      heading: (language) => DICTIONARIES[language].camera.heading,
    },
    'a reference that shows nothing alone': {
      come: (page) => type(page, UNKNOWN_REFERENCE),
      selector: '.facts-screen',
      heading: (language) => FACTS_WORDS[language].nothingAlone,
    },
    'facts that match nothing': {
      async come(page) {
        await type(page, UNKNOWN_REFERENCE);
        await page.locator('.facts-screen input').first().fill('Chan Siu Man');
        await page.locator('.facts-screen input[type=date]').fill('2026-03-01');
        await page.locator('.facts-screen [data-type] button').click();
        await page.locator('.checking').waitFor({ state: 'hidden' });
      },
      selector: '.facts-screen',
      heading: (language) => FACTS_WORDS[language].noMatch,
    },
    'the list of many': { come: (page) => page.locator('[data-way=many]').click(), selector: '.many-start' },
    ...Object.fromEntries(
      RESTRICTED.map((code): [string, State] => [
        `the verdict on a ${code}, which shows no entries`,
        {
          come: (page) => paste(page, restricted.get(code)?.qrText(world.site.address) ?? ''),
          selector: '.verdict[data-genuine=genuine]',
        },
      ]),
    ),
    'the verdict where nothing could be asked': {
      async come(page) {
        for (const node of world.nodes) node.isMuted = true;
        await paste(page, issued.qrText(world.site.address));
      },
      selector: '[data-genuine=could-not-be-checked]',
      heading: (language) => DICTIONARIES[language].couldNot.heading,
    },
  };

  // a seventh of them a day, so that each is looked at once a week
  const pairs = Object.entries(STATES).flatMap(([name, state]) => LOOKS.map((look) => ({ name, state, look })));
  for (const { name, state, look } of todays(pairs, 7))
    it(`${name}, ${look}`, async () => {
      const { come, selector, heading } = state;
      const language = look === 'dark' ? 'en' : look;
      const { page } = await openPage(browser, {
        viewport: { width: 390, height: 844 },
        locale: LOCALES[language],
        colorScheme: look === 'dark' ? 'dark' : 'light',
        permissions: ['camera'],
      });
      await page.goto(world.site.address);
      await page.locator(`html[lang="${language}"] [data-way=scan]:enabled`).waitFor();
      await come(page);
      await page.locator(selector).waitFor();
      if (heading) expect(await page.locator('h1').textContent()).to.equal(heading(language));
      expect(await findBarriersUnfolded(page)).to.deep.equal([]);
      await keepPicture(page, `state-${name.replaceAll(/\W+/g, '-')}-${look}`);
      await page.context().close();
    });
});

/** A white pixel. */
const NO_CODE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==';
