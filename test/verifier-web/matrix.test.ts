import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { toReference } from '../../proof/reference.ts';
import type { StandingCode } from '../../proof/standing.ts';
import type { Genuine } from '../../proof/verdict.ts';
import { LANGUAGES } from '../../ui/language.ts';
import { type Calendar, createCalendar, fill } from '../../ui/phrase.ts';
import type { Tone } from '../../verifier-web/verdict-sentence.ts';
import type { Dictionary } from '../../verifier-web/words/dictionary.ts';
import { todays } from '../extent.ts';
import { holdBeforeCamera } from './before-camera.ts';
import { launchChromium, openPage, waitForVerdict } from './chromium.ts';
import { type Issued, TODAY } from './department.ts';
import { DICTIONARIES } from './dictionaries.ts';
import { qpdf, toDocument } from './lost-attachment.ts';
import { toPng } from './picture.ts';
import { createWorld, DRIVER_OF_ONE_CLASS, RESTAURANT, STANDINGS, suspendUntil, type World } from './world.ts';

/** A document that stands in a way of its own, and the sentence that the dictionaries have for it. */
interface Stand {
  name: string;
  genuine: Genuine;
  standing: StandingCode | null;
  tone: Tone;
  issue(world: World): Issued;
  heading(words: Dictionary, calendar: Calendar, actedAt: number): string;
  /** Whether the nodes are away while it is checked. */
  isUnread?: true;
}

const END = TODAY + 165;
const SUSPENDED_UNTIL = TODAY + 30;

const HEADINGS: Record<string, { tone: Tone; heading: Stand['heading'] }> = {
  'in-force': { tone: 'good', heading: ({ standing }, { day }) => fill(standing.inForceUntil, { date: day(END) }) },
  expired: { tone: 'over', heading: ({ standing }, { day }) => fill(standing.expired, { date: day(TODAY - 1) }) },
  'not-yet-in-force': {
    tone: 'care',
    heading: ({ standing }, { day }) => fill(standing.notYet, { date: day(TODAY + 1) }),
  },
  'partly-expired': {
    tone: 'care',
    heading: ({ standing }, { day }) => fill(standing.partly, { date: day(TODAY - 10) }),
  },
  suspended: {
    tone: 'care',
    heading: ({ standing, reason }, { dayOf }, actedAt) => {
      const sentence = fill(standing.suspendedSince, { date: dayOf(actedAt) });
      return fill(standing.withReason, { sentence, reason: reason[3] });
    },
  },
  revoked: {
    tone: 'over',
    heading: ({ standing, reason }, { dayOf }, actedAt) => {
      const sentence = fill(standing.revokedOn, { date: dayOf(actedAt) });
      return fill(standing.withReason, { sentence, reason: reason[4] });
    },
  },
  superseded: { tone: 'over', heading: ({ standing }) => standing.superseded },
  'in-force-past-date': {
    tone: 'good',
    heading: ({ standing }, { day }) => fill(standing.pastDateUntil, { date: day(TODAY - 3), until: day(TODAY + 30) }),
  },
};

const STANDS: readonly Stand[] = [
  ...STANDINGS.map(({ standing, issue }): Stand => {
    const said = HEADINGS[standing];
    if (!said) throw new Error(`no heading for ${standing}`);
    return { name: standing, genuine: 'genuine', standing: standing as StandingCode, issue, ...said };
  }),
  {
    name: 'in force without an end',
    genuine: 'genuine',
    standing: 'in-force',
    tone: 'good',
    issue: ({ food }) => food.issue(RESTAURANT, { validUntil: null }),
    heading: ({ standing }) => standing.inForce,
  },
  {
    name: 'suspended until a day',
    genuine: 'genuine',
    standing: 'suspended',
    tone: 'care',
    issue: (world) => suspendUntil(world, SUSPENDED_UNTIL),
    heading: ({ standing, reason }, { day, dayOf }, actedAt) => {
      const sentence = fill(standing.suspendedUntil, { date: dayOf(actedAt), until: day(SUSPENDED_UNTIL) });
      return fill(standing.withReason, { sentence, reason: reason[3] });
    },
  },
  {
    name: 'could not be checked',
    genuine: 'could-not-be-checked',
    standing: null,
    tone: 'open',
    issue: ({ food }) => food.issue(RESTAURANT, {}),
    heading: ({ couldNot }) => couldNot.heading,
    isUnread: true,
  },
  {
    name: 'not genuine: of a batch that was declared void',
    genuine: 'not-genuine',
    standing: null,
    tone: 'bad',
    issue({ food }) {
      const issued = food.issue(RESTAURANT, {});
      issued.batch.judgement = 2;
      return issued;
    },
    heading: ({ notGenuine }) => notGenuine.heading,
  },
  {
    name: 'not genuine: never recorded',
    genuine: 'not-genuine',
    standing: null,
    tone: 'bad',
    // the last of its department, so that no other batch changes its number
    issue({ transport }) {
      const issued = transport.issue({ ...DRIVER_OF_ONE_CLASS, dlNumber: 'Z999999(9)' }, {});
      transport.onChain.batches.pop();
      return issued;
    },
    heading: ({ notGenuine }) => notGenuine.heading,
  },
];

/** What somebody has in their hands of one document. */
interface Copy {
  issued: Issued;
  link: string;
  picture: Buffer;
  document: Buffer;
}

const WAYS: Record<string, (page: Page, copy: Copy) => Promise<void>> = {
  link: async (page, { link }) => {
    // from nowhere, as the phone's own camera opens it
    await page.goto('about:blank');
    await page.goto(link);
  },
  camera: async (page, { picture }) => {
    await holdBeforeCamera(page, picture);
    await page.locator('[data-way=scan]').click();
  },
  picture: (page, { picture }) => choose(page, { name: 'qr.png', mimeType: 'image/png', buffer: picture }),
  'PDF with its attachment': (page, { document }) => choose(page, pdf(document)),
  'PDF without it': (page, { document }) => choose(page, pdf(withoutAttachment(document))),
  JSON: (page, { issued }) =>
    choose(page, { name: 'licence.json', mimeType: 'application/json', buffer: Buffer.from(issued.json) }),
  'pasted text': async (page, { link }) => {
    await page.locator('#text').fill(link);
    await page.locator('[data-way=text]').click();
  },
  'typed reference': async (page, { issued }) => {
    await page.locator('#reference').fill(toReference(issued.proof.header.id));
    await page.locator('#reference').press('Enter');
  },
};

const pdf = (buffer: Buffer): GivenFile => ({ name: 'licence.pdf', mimeType: 'application/pdf', buffer });
const withoutAttachment = (document: Buffer): Buffer => qpdf(document, ['--empty', '--pages', 'IN', '--']);

interface GivenFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

async function choose(page: Page, file: GivenFile): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-way=file]').click()]);
  await chooser.setFiles(file);
}

/** What a browser prefers, for each language of the page. */
const LOCALES = { en: 'en-GB', 'zh-Hant': 'zh-HK', 'zh-Hans': 'zh-CN' };

/**
 * Each way in for each standing, begun in one language and read in all three. A fifth of them a day: as neither the eight ways nor the standings go by
 * five, each day has every way and every standing.
 */
const PAIRS = STANDS.flatMap((stand) => Object.keys(WAYS).map((way) => ({ stand, way })));

describe('every way in, to every standing', () => {
  let world: World;
  let browser: Browser;
  let actedAt: number;
  const copies = new Map<Stand, Promise<Copy>>();
  const byReference = new Map<string, string>();

  before(async () => {
    world = await createWorld('.build/test/verifier-matrix');
    actedAt = world.chain.block.time - 86_400;
    for (const stand of STANDS) {
      const issued = stand.issue(world);
      byReference.set(toReference(issued.proof.header.id), issued.qrText(world.site.address));
      copies.set(stand, copy(issued));
    }
    world.site.service.set('v1/look-ups/reference', (body) => {
      const qrText = byReference.get((body as { reference: string }).reference);
      return qrText ? { status: 200, body: { qrText } } : { status: 404, body: { code: 'LOOK_UP_NO_MATCH' } };
    });
    await Promise.all(copies.values());
    browser = await launchChromium();
  });

  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  // all of them take longer than a block may be old
  beforeEach(() => {
    world.chain.block.time = Math.floor(Date.now() / 1000) - 5;
  });

  afterEach(() => setNodes(true));

  async function copy(issued: Issued): Promise<Copy> {
    const link = issued.qrText(world.site.address);
    const [picture, document] = await Promise.all([toPng(link), toDocument(issued, world.site.address)]);
    return { issued, link, picture, document };
  }

  function setNodes(areThere: boolean): void {
    for (const node of world.nodes) node.isMuted = !areThere;
  }

  for (const [i, { stand, way }] of todays(
    PAIRS.map((pair, i) => [i, pair] as const),
    5,
  )) {
    const begun = LANGUAGES[i % LANGUAGES.length] ?? 'en';
    it(`${way}, to what is ${stand.name}, begun in ${begun}`, async () => {
      const given = await copies.get(stand);
      if (!given) throw new Error(`there is no copy of what is ${stand.name}`);
      const viewport = { width: 390, height: 844 };
      const { page } = await openPage(browser, { viewport, locale: LOCALES[begun], permissions: ['camera'] });
      await page.goto(world.site.address);
      await page.locator(`html[lang=${begun}] [data-way=scan]:enabled`).waitFor();
      setNodes(!stand.isUnread);
      await WAYS[way]?.(page, given);
      const languages = [begun, ...LANGUAGES.filter((language) => language !== begun)];
      for (const language of languages) {
        if (language !== begun) await page.locator(`[data-language="${language}"]`).click();
        await page.locator(`html[lang=${language}]`).waitFor();
        const verdict = await waitForVerdict(page);
        const heading = stand.heading(DICTIONARIES[language], createCalendar(language), actedAt);
        expect(verdict).to.deep.equal({
          heading: heading.replaceAll('\u00a0', ' '),
          genuine: stand.genuine,
          standing: stand.standing,
        });
        expect((await page.title()).replaceAll('\u00a0', ' ')).to.contain(verdict.heading);
        expect(await page.locator(`.verdict > .banner.tone-${stand.tone}`).count()).to.equal(1);
        expect(await page.locator('.document').count()).to.equal(stand.genuine === 'not-genuine' ? 0 : 1);
      }
      await page.context().close();
    });
  }
});
