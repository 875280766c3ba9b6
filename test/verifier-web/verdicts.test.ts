import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { hashHolderKey } from '../../proof/holder-key.ts';
import { encodePresentation, type Presentation } from '../../proof/presentation.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { present } from '../../scripts/vectors/presenting.ts';
import { HOLDER } from '../../scripts/vectors/world.ts';
import type { Language } from '../../ui/language.ts';
import { createCalendar, fill } from '../../ui/phrase.ts';
import {
  findBarriers,
  isLookedAt,
  keepPicture,
  LANGUAGES,
  launchChromium,
  openPage,
  waitForVerdict,
  walkLanguages,
} from './chromium.ts';
import { type Issued, TODAY } from './department.ts';
import { DICTIONARIES } from './dictionaries.ts';
import { createWorld, RESTAURANT, STANDINGS, suspendUntil, type World } from './world.ts';

describe('verdicts in the page', () => {
  let world: World;
  let browser: Browser;
  const issued = new Map<string, Issued>();

  before(async () => {
    world = await createWorld('.build/test/verifier-verdicts');
    for (const { standing, issue } of STANDINGS) issued.set(standing, issue(world));
    browser = await launchChromium();
  });

  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  const linkOf = (standing: string) => issued.get(standing)?.qrText(world.site.address) ?? '';

  for (const { standing, heading } of STANDINGS) {
    it(`shows what is ${standing} in words, with a focused heading, in three languages without barriers`, async () => {
      const { page, complaints } = await openPage(browser, { viewport: { width: 390, height: 844 } });
      await page.goto(linkOf(standing));
      const verdict = await waitForVerdict(page);
      expect(verdict.genuine).to.equal('genuine');
      expect(verdict.standing).to.equal(standing);
      expect(verdict.heading).to.match(heading);
      expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('H1');
      expect(await page.locator('[role=status] h1').count()).to.equal(1);
      expect(await page.locator('.test-band').isVisible()).to.equal(true);
      await walkLanguages(page, standing);
      expect(complaints).to.deep.equal([]);
      await page.context().close();
    });
  }

  const [NOW, MINUTE] = [Math.floor(Date.now() / 1000), 60];
  const showings: [name: string, Partial<Presentation>, genuine: string, answer: string, heading: RegExp][] = [
    ['by its holder, to this page, now', {}, 'genuine', 'yes', /^Genuine — in force until/],
    [
      'as a picture of an old code',
      { issuedAt: NOW - 10 * MINUTE, expiresAt: NOW - 5 * MINUTE },
      'could-not-be-checked',
      'unknown',
      /^Could not be checked$/,
    ],
    ['to somebody else', { audience: 'https://other.example/' }, 'not-genuine', 'no', /^Not genuine — do not accept$/],
  ];
  for (const [name, facts, genuine, answer, heading] of showings)
    it(`says of a presentation ${name} whether its holder showed it`, async () => {
      const { proof } = world.food.issue(RESTAURANT, { holderKey: hashHolderKey(HOLDER.key) });
      const times = { issuedAt: NOW - MINUTE, expiresAt: NOW + 60 * MINUTE };
      const presentation = present(proof, { audience: world.site.address, ...times, ...facts });
      const { page, complaints } = await openPage(browser, { viewport: { width: 390, height: 844 } });
      await page.goto(toQrText(world.site.address, encodePresentation(presentation)));
      const verdict = await waitForVerdict(page);
      expect(verdict.genuine).to.equal(genuine);
      expect(verdict.heading).to.match(heading);
      const values = await page
        .locator('[data-answer]')
        .evaluateAll((folds) => folds.map((fold) => fold.dataset.value));
      expect(values[3]).to.equal(answer);
      expect(await page.getByText('not the person who shows it').count()).to.equal(0);
      if (answer === 'unknown') expect(await page.getByText('Ask the holder to show it again').count()).to.equal(1);
      await walkLanguages(page, `presented-${answer}`);
      expect(complaints).to.deep.equal([]);
      await page.context().close();
    });

  it('says that the bearer was not checked where a proof was shown without its holder', async () => {
    const { page } = await openPage(browser);
    await page.goto(linkOf('in-force'));
    await waitForVerdict(page);
    expect(await page.getByText('not the person who shows it').count()).to.equal(1);
    expect(await page.locator('[data-answer]').count()).to.equal(3);
    await page.context().close();
  });

  it('tells of a recovered department, and takes a void batch for what it is', async () => {
    const flagged = world.food.issue(RESTAURANT, {});
    flagged.batch.flagged = true;
    const voided = world.food.issue(RESTAURANT, {});
    voided.batch.judgement = 2;
    const { page } = await openPage(browser);
    await page.goto(flagged.qrText(world.site.address));
    expect((await waitForVerdict(page)).genuine).to.equal('genuine');
    expect(await page.getByText('within 90 days after the key was replaced').count()).to.equal(1);
    await page.goto('about:blank');
    await page.goto(voided.qrText(world.site.address));
    expect((await waitForVerdict(page)).genuine).to.equal('not-genuine');
    expect(await page.locator('[role=status]').textContent()).to.contain('declared the whole batch void');
    await page.context().close();
  });

  it('answers three questions that unfold to every check with its code', async () => {
    const { page } = await openPage(browser);
    await page.goto(linkOf('in-force'));
    await waitForVerdict(page);
    const values = await page.locator('[data-answer]').evaluateAll((folds) => folds.map((fold) => fold.dataset.value));
    expect(values).to.deep.equal(['yes', 'yes', 'yes']);
    await page.locator('[data-answer=issued] summary').click();
    expect(await page.locator('[data-code=KEY_VALID_WHEN_ANCHORED]').isVisible()).to.equal(true);
    expect(await page.locator('[data-check]').count()).to.equal(11);
    await page.context().close();
  });

  it('shows what is to be compared, in both languages of the paper, marked as such', async () => {
    const { page } = await openPage(browser);
    await page.goto(linkOf('in-force'));
    await waitForVerdict(page);
    const sheet = page.locator('.document');
    expect(await sheet.locator('[lang=en]', { hasText: 'Chan Tai Man Catering Limited' }).count()).to.equal(1);
    expect(await sheet.locator('[lang=zh-Hant]', { hasText: '陳大文飲食有限公司' }).count()).to.equal(1);
    expect(await sheet.textContent())
      .to.contain('2932801234')
      .and.to.contain('Food and Environmental Hygiene Department');
    await page.context().close();
  });

  it('says until when what is suspended for a time is, and why', async () => {
    const until = TODAY + 30;
    const { page } = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await page.goto(suspendUntil(world, until).qrText(world.site.address));
    const { standing, heading } = await waitForVerdict(page);
    expect(standing).to.equal('suspended');
    const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
    expect(heading)
      .to.match(/^Suspended from \d+ \w+ 20\d\d to /)
      .and.to.contain(` to ${format.format(until * 86_400_000)}: conditions were breached`);
    await walkLanguages(page, 'suspended-until');
    await page.context().close();
  });

  it('says of what was replaced since when, and what to ask for instead', async () => {
    const { page } = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await page.goto(linkOf('superseded'));
    await waitForVerdict(page);
    for (const language of LANGUAGES as Language[]) {
      await page.locator(`[data-language="${language}"]`).click();
      await page.locator(`html[lang="${language}"]`).waitFor();
      const { meaning, supersededOn } = DICTIONARIES[language];
      const date = createCalendar(language).dayOf(world.chain.block.time - 3600);
      expect((await page.locator('.banner').textContent())?.replaceAll('\u00a0', ' '))
        .to.contain(meaning.superseded)
        .and.to.contain(fill(supersededOn, { date }).replaceAll('\u00a0', ' '));
    }
    await page.context().close();
  });

  it('keeps dates as Hong Kong has them for a reader elsewhere', async () => {
    const { page } = await openPage(browser, { timezoneId: 'America/Los_Angeles' });
    await page.goto(linkOf('in-force'));
    const until = issued.get('in-force')?.proof.header.validUntil ?? 0;
    const expected = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(
      until * 86_400_000,
    );
    expect((await waitForVerdict(page)).heading).to.equal(`Genuine — in force until ${expected}`);
    await page.context().close();
  });

  it('says since when and why only as far as the nodes tell', async () => {
    const [first, second] = world.nodes;
    for (const node of [first, second]) node.lie = (method, result) => (method === 'eth_getLogs' ? null : result);
    const { page } = await openPage(browser);
    await page.goto(linkOf('revoked'));
    const verdict = await waitForVerdict(page);
    for (const node of [first, second]) node.lie = null;
    expect(verdict.standing).to.equal('revoked');
    expect(verdict.heading).to.equal('Withdrawn');
    await page.context().close();
  });

  it('fits a screen of 320 pixels and one of 400 % zoom without sideways scrolling', async () => {
    const { page } = await openPage(browser, { viewport: { width: 320, height: 568 } });
    for (const standing of ['in-force', 'partly-expired', 'revoked']) {
      await page.goto('about:blank');
      await page.goto(linkOf(standing));
      await waitForVerdict(page);
      for (const language of LANGUAGES) {
        await page.locator(`[data-language="${language}"]`).click();
        await page.locator(`html[lang="${language}"]`).waitFor();
        for (const summary of await page.locator('summary').all()) await summary.click();
        expect(await page.evaluate(() => document.documentElement.scrollWidth), standing).to.be.at.most(320);
        await keepPicture(page, `320-${standing}-${language}`);
      }
    }
    await page.context().close();
  });

  it('has targets of at least 44 pixels', async () => {
    const { page } = await openPage(browser, { viewport: { width: 320, height: 568 } });
    for (const address of [world.site.address, linkOf('in-force')]) {
      await page.goto('about:blank');
      await page.goto(address);
      // what is shown while it is checked is gone when it is measured
      await page.locator('.home, .verdict').waitFor();
      const small = await page.locator('button:visible, summary:visible, a:visible:not(.skip)').evaluateAll((targets) =>
        targets
          .map((target) => ({ text: target.textContent, box: target.getBoundingClientRect() }))
          .filter(({ box }) => Math.round(box.height) < 44 || Math.round(box.width) < 44)
          .map(({ text, box }) => `${text} ${box.width}x${box.height}`),
      );
      expect(small).to.deep.equal([]);
    }
    await page.context().close();
  });

  it('looks right in the dark, on a desk and on paper', async () => {
    const { page } = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    for (const standing of ['in-force', 'revoked']) {
      await page.goto('about:blank');
      await page.goto(linkOf(standing));
      await waitForVerdict(page);
      await keepPicture(page, `desk-${standing}`);
      await page.emulateMedia({ colorScheme: 'dark' });
      if (isLookedAt('dark')) expect(await findBarriers(page), 'dark').to.deep.equal([]);
      await keepPicture(page, `dark-${standing}`);
      await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' });
      await keepPicture(page, `forced-${standing}`);
      await page.emulateMedia({ colorScheme: 'light', forcedColors: 'none', media: 'print' });
      await page.pdf({ path: `test-results/verifier-web/receipt-${standing}.pdf`, format: 'A4' });
      await page.emulateMedia({ media: 'screen' });
    }
    await page.context().close();
  });

  it('unfolds every check for the receipt on paper and folds it again', async () => {
    const { page } = await openPage(browser);
    await page.goto(linkOf('in-force'));
    await waitForVerdict(page);
    const open = () => page.locator('details[open]').count();
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await open()).to.equal(await page.locator('details').count());
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await open()).to.equal(0);
    await page.context().close();
  });

  it('asks nobody but its own origin and the nodes of its trust list, and sends the proof to none of them', async () => {
    const { page, requests } = await openPage(browser);
    const before = world.nodes.map(({ asked: bodies }) => bodies.length);
    const askedSince = () => world.nodes.flatMap(({ asked: bodies }, i) => bodies.slice(before[i])).join('\n');
    await page.goto(linkOf('in-force'));
    await waitForVerdict(page);
    const allowed = [world.site.address, ...world.nodes.map(({ url }) => url)];
    expect(requests.filter((url) => !allowed.some((origin) => url.startsWith(origin)))).to.deep.equal([]);
    const [, digits = ''] = linkOf('in-force').split('#');
    expect(requests.filter((url) => url.startsWith(world.site.address) && new URL(url).search !== '')).to.deep.equal(
      [],
    );
    const asked = askedSince();
    expect(asked).not.to.contain(digits.slice(0, 40));
    expect(asked).not.to.contain(issued.get('in-force')?.batch.id.slice(2));
    await page.goto('about:blank');
    await page.goto(linkOf('suspended'));
    await waitForVerdict(page);
    const ids = [...new Set([...issued.values()].map(({ batch }) => batch.id.slice(2)))];
    expect(
      ids.filter((id) => askedSince().includes(id)),
      'its neighbours as well',
    ).to.have.length.above(1);
    expect(askedSince()).to.contain(issued.get('suspended')?.batch.id.slice(2));
    await page.context().close();
  });

  /** What the page can be used without, and who asks for it. */
  const BESIDE: Record<string, RegExp> = {
    'the list of trust, for the band of a test system; a document waits for it, which has to be there first':
      /^trust\.json$/,
    'the icon of the tab, by the browser itself': /^(assets\/icon-\w+\.svg|favicon\.ico)$/,
    'what it would be called on a home screen, by the browser itself': /^manifest\.webmanifest$/,
  };
  const isBeside = (name: string): boolean => Object.values(BESIDE).some((pattern) => pattern.test(name));

  it('needs five requests, all of them to its own origin, before it can be used; what judges comes with the first press of anything', async () => {
    const { asked } = world.site;
    asked.length = 0;
    const before = world.nodes.map((node) => node.asked.length);
    const { page, requests } = await openPage(browser);
    await page.goto(world.site.address);
    await page.locator('[data-way=scan]:enabled').waitFor();
    await page.waitForLoadState('networkidle');
    const first = asked.filter((name) => !isBeside(name)).map((name) => name.replace(/-\w+(\.\w+)$/, '$1'));
    expect(first.sort(), asked.join('\n')).to.deep.equal([
      ...['assets/en.js', 'assets/main.js', 'assets/page.css', 'assets/start.js'],
      'index.html',
    ]);
    expect(asked.filter((name) => name === 'trust.json')).to.have.length(1);
    expect(requests.filter((url) => !url.startsWith(world.site.address))).to.deep.equal([]);
    expect(world.nodes.map((node) => node.asked.length)).to.deep.equal(before);
    const judgement = page.waitForRequest(/assets\/judgement-/);
    await page.keyboard.press('Tab');
    await judgement;
    await page.context().close();
  });

  it('can be used without what it asks for beside those five', async () => {
    const names = ['trust.json', ...world.build.files.map(({ name }) => name).filter(isBeside)];
    expect(names).to.have.length(3);
    for (const name of names) world.site.missing.add(name);
    const { page } = await openPage(browser);
    await page.goto(world.site.address);
    await page.locator('[data-way=scan]:enabled').waitFor();
    await page.locator('#text').fill('hello');
    world.site.missing.clear();
    await page.locator('[data-way=text]').click();
    await page.locator('[data-refusal=QR_NOT_EPROOF]').waitFor();
    await page.context().close();
  });

  it('stores the language and nothing else', async () => {
    const { page } = await openPage(browser);
    await page.goto(linkOf('in-force'));
    await waitForVerdict(page);
    await page.locator('[data-language=zh-Hans]').click();
    await page.locator('html[lang=zh-Hans]').waitFor();
    expect(await page.evaluate(() => ({ ...localStorage }))).to.deep.equal({ 'eproof.language': 'zh-Hans' });
    expect(await page.context().cookies()).to.deep.equal([]);
    await page.reload();
    await page.locator('html[lang=zh-Hans]').waitFor();
    await page.context().close();
  });
});
