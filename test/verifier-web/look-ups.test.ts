import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { publicPart } from '../../proof/disclosure.ts';
import { encodeProof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { toReference } from '../../proof/reference.ts';
import { listFactTypes } from '../../server/look-ups/facts.ts';
import { keepPicture, launchChromium, openPage, waitForVerdict, walkLanguages } from './chromium.ts';
import type { Department, Issued } from './department.ts';
import { createWorld, EXAM_RESULT, RESTAURANT, SICK_LEAVE, type World } from './world.ts';

const NO_MATCH = { status: 404, body: { type: '/problems#lookup-no-match', code: 'LOOK_UP_NO_MATCH', status: 404 } };
const PATIENT = { patientName: 'CHAN, Tai Man', leaveFrom: '2026-03-01' };

describe('what is looked up', () => {
  let world: World;
  let browser: Browser;
  let issued: Issued;
  let reference: string;
  /** Of a type that is shown for facts. */
  let leave: Issued;
  let leaveReference: string;
  const asked: unknown[] = [];

  before(async () => {
    world = await createWorld('.build/test/verifier-look-ups', { types: ['HA-MC', 'CSB-CRE'] });
    issued = world.food.issue(RESTAURANT, {});
    reference = toReference(issued.proof.header.id);
    leave = other(0).issue(SICK_LEAVE, { validUntil: null });
    leaveReference = toReference(leave.proof.header.id);
    const { service } = world.site;
    const found = { status: 200, body: { qrText: issued.qrText(world.site.address) } };
    const foundLeave = { status: 200, body: { qrText: leave.qrText(world.site.address) } };
    const types = { status: 200, body: { items: listFactTypes(loadCatalogue()) } };
    service.set('v1/look-ups/reference', (body) => {
      asked.push(body);
      return (body as { reference: string }).reference === reference ? found : NO_MATCH;
    });
    service.set('v1/look-ups/facts', (body) => {
      if (body === null) return types;
      asked.push(body);
      const { facts, ...question } = body as { facts: Record<string, string>; reference: string };
      const isKnown = facts.patientName === PATIENT.patientName && facts.leaveFrom === PATIENT.leaveFrom;
      return isKnown && question.reference === leaveReference ? foundLeave : NO_MATCH;
    });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });
  beforeEach(() => asked.splice(0));

  const other = (place: number): Department => world.others[place] as Department;

  /** What the QR code on the paper of such a type holds: no claim. */
  const codeOf = (one: Issued, { definition }: Department): string =>
    toQrText(world.site.address, encodeProof(publicPart(one.proof, definition)));

  async function home(): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
    const visit = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await visit.page.goto(world.site.address);
    await visit.page.locator('h1').waitFor();
    return visit;
  }

  async function type(page: Page, text: string): Promise<void> {
    await page.locator('#reference').fill(text);
    await page.locator('#reference').press('Enter');
  }

  it('leads by the keyboard to the verdict that its code has, and the page says first who is asked', async () => {
    const { page, complaints } = await home();
    const hint = await page.locator('#reference-hint').textContent();
    expect(hint).to.contain('asks the departments’ service');
    expect(await page.locator('#reference').getAttribute('aria-describedby')).to.contain('reference-hint');
    await type(page, ` ${reference.toLowerCase().replaceAll('-', ' ')} `);
    expect(await waitForVerdict(page)).to.deep.include({ genuine: 'genuine', standing: 'in-force' });
    expect(asked).to.have.length(1);
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it('with a wrong character asks nobody, and says so beside the field', async () => {
    const { page } = await home();
    const wrong = `${reference.slice(0, -1)}${reference.endsWith('0') ? '1' : '0'}`;
    for (const text of [wrong, '', 'K7QX', reference.replace('-', '_')]) {
      await type(page, text);
      expect(await page.locator('#reference-fault').textContent(), text).to.contain('A character is wrong');
      expect(await page.locator('#reference').getAttribute('aria-invalid')).to.equal('true');
      expect(await page.evaluate(() => document.activeElement?.id)).to.equal('reference');
    }
    expect(asked).to.deep.equal([]);
    await walkLanguages(page, 'reference-wrong');
    await page.context().close();
  });

  it('that shows nothing alone asks for facts of the paper, keeps what was typed, and leads to the verdict', async () => {
    const { page } = await home();
    await type(page, leaveReference);
    await page.locator('.facts-screen h1').waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('H1');
    expect(await page.locator('.facts-screen').textContent())
      .to.contain(leaveReference)
      .and.to.contain('Medical (Sick Leave) Certificate');
    await walkLanguages(page, 'facts');
    await page.locator('[data-language=en]').click();
    await page.getByLabel('Name of patient').fill('CHAN, Siu Man');
    await page.getByLabel('Sick leave from').fill('2026-03-01');
    await page.getByLabel('Sick leave from').press('Enter');
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    expect(await page.getByLabel('Name of patient').inputValue()).to.equal('CHAN, Siu Man');
    await keepPicture(page, 'facts-no-match');
    await page.getByLabel('Name of patient').fill('CHAN, Tai Man');
    await page.locator('[data-type=HA-MC] button').click();
    expect((await waitForVerdict(page)).genuine).to.equal('genuine');
    expect(await page.locator('.document').textContent()).to.contain('CHAN, Tai Man');
    expect(asked.at(-1)).to.deep.equal({
      type: 'HA-MC',
      reference: leaveReference,
      facts: PATIENT,
    });
    await page.context().close();
  });

  it('and all that is typed stays when another language is chosen', async () => {
    const { page } = await home();
    await page.locator('#text').fill('half of a code');
    await page.locator('#reference').fill('K7QX-3M');
    await page.locator('[data-language=zh-Hant]').click();
    await page.locator('html[lang=zh-Hant]').waitFor();
    expect(await page.locator('#text').inputValue()).to.equal('half of a code');
    expect(await page.locator('#reference').inputValue()).to.equal('K7QX-3M');
    await type(page, toReference(Uint8Array.of(1, 2, 3, 4, 5, 6)));
    await page.getByLabel('病人姓名').fill('陳大文');
    await page.getByLabel('病假由').fill('2026-03-01');
    await page.locator('[data-language=en]').click();
    await page.locator('html[lang=en]').waitFor();
    expect(await page.getByLabel('Name of patient').inputValue()).to.equal('陳大文');
    expect(await page.getByLabel('Sick leave from').inputValue()).to.equal('2026-03-01');
    await page.context().close();
  });

  it('leaves nothing in addresses, and nothing that the page stores', async () => {
    const { page, requests } = await home();
    await type(page, reference);
    await waitForVerdict(page);
    expect(requests.filter((url) => url.includes(reference.slice(0, 4)))).to.deep.equal([]);
    expect(page.url()).to.equal(world.site.address);
    expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).to.equal(0);
    await page.context().close();
  });

  const losses: [name: string, answer: { status: number; body: object } | null, code: string][] = [
    ['is not there', null, 'LOOK_UP_UNAVAILABLE'],
    ['answers something else', { status: 200, body: { hello: 'world' } }, 'LOOK_UP_UNAVAILABLE'],
    ['has failed', { status: 500, body: { code: 'INTERNAL_ERROR' } }, 'LOOK_UP_UNAVAILABLE'],
    ['has been asked too often', { status: 429, body: { code: 'RATE_LIMITED' } }, 'LOOK_UP_LIMITED'],
  ];
  for (const [name, answer, code] of losses)
    it(`says nothing against the paper where the service ${name}`, async () => {
      const { page } = await home();
      const { service, missing } = world.site;
      const path = 'v1/look-ups/reference';
      const whole = service.get(path);
      if (answer) service.set(path, () => answer);
      else missing.add(path);
      await type(page, reference);
      await page.locator(`[data-refusal=${code}]`).waitFor();
      if (whole) service.set(path, whole);
      missing.delete(path);
      expect(await page.locator('#reference').count()).to.equal(1);
      await walkLanguages(page, `refusal-${code}`);
      await page.context().close();
    });

  it('whose answer is a forged proof is judged like any other', async () => {
    const { page } = await home();
    const forged = issued
      .qrText(world.site.address)
      .replace(/\d(?=\d{3}$)/, (digit) => String((Number(digit) + 1) % 10));
    const path = 'v1/look-ups/reference';
    const whole = world.site.service.get(path);
    world.site.service.set(path, () => ({ status: 200, body: { qrText: forged } }));
    await type(page, reference);
    expect((await waitForVerdict(page)).genuine).to.equal('not-genuine');
    if (whole) world.site.service.set(path, whole);
    await page.context().close();
  });

  it('that is answered with another document, however genuine, is not answered', async () => {
    const { page } = await home();
    const path = 'v1/look-ups/reference';
    const whole = world.site.service.get(path);
    const stranger = world.food.issue(RESTAURANT, {}).qrText(world.site.address);
    world.site.service.set(path, () => ({ status: 200, body: { qrText: stranger } }));
    await type(page, reference);
    await page.locator('[data-refusal=LOOK_UP_UNAVAILABLE]').waitFor();
    if (whole) world.site.service.set(path, whole);
    await page.context().close();
  });

  describe('from a code that tells no claims', () => {
    async function scanned(): Promise<{ page: Page; complaints: string[] }> {
      const visit = await openPage(browser, { viewport: { width: 390, height: 844 } });
      await visit.page.goto(codeOf(leave, other(0)));
      await waitForVerdict(visit.page);
      return visit;
    }

    async function ask(page: Page): Promise<void> {
      await page.locator('[data-action=facts]').click();
      await page.locator('.facts-screen h1').waitFor();
    }

    async function send(page: Page, facts: typeof PATIENT): Promise<void> {
      await page.getByLabel('Name of patient').fill(facts.patientName);
      await page.getByLabel('Sick leave from').fill(facts.leaveFrom);
      await page.getByLabel('Sick leave from').press('Enter');
    }

    it('leads by the keyboard to the facts of its kind, and with the right ones to its claims', async () => {
      const { page, complaints } = await scanned();
      expect(await page.locator('.document').textContent()).not.to.contain('CHAN, Tai Man');
      expect(asked, 'nobody is asked before the reader wants it').to.deep.equal([]);
      await walkLanguages(page, 'facts-offered');
      await page.locator('[data-language=en]').click();
      const button = page.locator('[data-action=facts]');
      const hint = await button.getAttribute('aria-describedby');
      expect(await page.locator(`#${hint}`).textContent()).to.contain('asks the departments’ service');
      await button.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Type what the paper says' }).waitFor();
      expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('H1');
      const kinds = page.locator('.facts-screen [data-type]');
      expect(await kinds.evaluateAll((forms: HTMLElement[]) => forms.map(({ dataset }) => dataset.type))).to.deep.equal(
        ['HA-MC'],
      );
      expect(await page.locator('.facts-screen').textContent()).to.contain(leaveReference);
      await walkLanguages(page, 'facts-of-a-code');
      await page.locator('[data-language=en]').click();
      await send(page, PATIENT);
      await page.locator('.document', { hasText: 'CHAN, Tai Man' }).waitFor();
      const verdict = await waitForVerdict(page);
      expect(verdict.genuine).to.equal('genuine');
      expect(verdict.heading).to.match(/^Genuine — a record as of \d+ \w+ 20\d\d$/);
      expect(await page.locator('.document').textContent())
        .to.contain('Dr LEE, Ka Yan')
        .and.to.contain(leaveReference);
      expect(await page.locator('[data-action=facts]').count(), 'there is nothing more to ask').to.equal(0);
      expect(asked).to.deep.equal([{ type: 'HA-MC', reference: leaveReference, facts: PATIENT }]);
      expect(complaints).to.deep.equal([]);
      await page.context().close();
    });

    it('says of a wrong fact that nothing matches, keeps what was typed, and leads back to the verdict', async () => {
      const { page } = await scanned();
      await ask(page);
      await send(page, { ...PATIENT, leaveFrom: '2026-03-02' });
      await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
      expect(await page.getByLabel('Name of patient').inputValue()).to.equal(PATIENT.patientName);
      await walkLanguages(page, 'facts-of-a-code-no-match');
      await page.locator('[data-language=en]').click();
      await page.locator('.facts-screen [data-action=back]').click();
      expect(await waitForVerdict(page)).to.deep.include({ genuine: 'genuine', standing: 'in-force' });
      expect(await page.locator('.document').textContent()).not.to.contain('CHAN, Tai Man');
      await ask(page);
      await page.locator('.facts-screen [data-action=back]').click();
      await page.locator('[data-action=facts]').waitFor();
      await page.context().close();
    });

    it('is not lost where the service cannot be asked, nor is what was typed', async () => {
      const { page } = await scanned();
      world.site.missing.add('v1/look-ups/facts');
      await page.locator('[data-action=facts]').click();
      await page.locator('[data-refusal=LOOK_UP_UNAVAILABLE]').waitFor();
      await page.locator('.refusal [data-action=back]').click();
      expect((await waitForVerdict(page)).genuine).to.equal('genuine');
      world.site.missing.delete('v1/look-ups/facts');
      await ask(page);
      world.site.missing.add('v1/look-ups/facts');
      await send(page, PATIENT);
      await page.locator('[data-refusal=LOOK_UP_UNAVAILABLE]').waitFor();
      world.site.missing.delete('v1/look-ups/facts');
      await page.locator('.refusal [data-action=back]').click();
      await page.getByRole('heading', { name: 'Type what the paper says' }).waitFor();
      expect(await page.getByLabel('Name of patient').inputValue()).to.equal(PATIENT.patientName);
      await page.getByLabel('Sick leave from').press('Enter');
      await page.locator('.document', { hasText: 'CHAN, Tai Man' }).waitFor();
      await page.context().close();
    });

    it('in a list leads to its facts and its claims, and the list stays', async () => {
      const { page } = await home();
      const files = [codeOf(leave, other(0)), issued.qrText(world.site.address)].map((text, i) => ({
        name: `code-${i}.txt`,
        mimeType: 'text/plain',
        buffer: Buffer.from(text),
      }));
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-way=file]').click()]);
      await chooser.setFiles(files);
      await page.locator('tr', { hasText: 'code-0.txt' }).locator('[data-action=details]').click();
      await ask(page);
      await send(page, { ...PATIENT, leaveFrom: '2026-03-02' });
      await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
      await send(page, PATIENT);
      await page.locator('.document', { hasText: 'CHAN, Tai Man' }).waitFor();
      await page.locator('[data-action=another]').click();
      await page.locator('tr', { hasText: 'code-1.txt' }).waitFor();
      expect(await page.locator('tr', { hasText: 'code-0.txt' }).count()).to.equal(1);
      await page.context().close();
    });

    it('says how it stands and what its header says, and no more', async () => {
      const exam = other(1).issue(EXAM_RESULT, { validUntil: null });
      const codes: [code: string, heading: RegExp, kind: string, note: string][] = [
        [
          codeOf(leave, other(0)),
          /^Genuine — a record as of \d+ \w+ 20\d\d$/,
          'Medical (Sick Leave) Certificate',
          'only to people who know facts',
        ],
        [
          codeOf(exam, other(1)),
          /^Genuine — in force, with no end date$/,
          'Common Recruitment Examination',
          'only with the holder’s consent',
        ],
      ];
      for (const [code, heading, kind, note] of codes) {
        const { page } = await openPage(browser);
        await page.goto(code);
        const verdict = await waitForVerdict(page);
        expect(verdict).to.deep.include({ genuine: 'genuine', standing: 'in-force' });
        expect(verdict.heading).to.match(heading);
        const names = await page.locator('.document dt').allTextContents();
        expect(names).to.deep.equal(['Kind of document', 'Issued by', 'Date of issue', 'Reference']);
        expect(await page.locator('.document').textContent())
          .to.contain(kind)
          .and.to.contain(note);
        await page.context().close();
      }
    });

    it('is said to be withdrawn like any other', async () => {
      for (const place of [0, 1]) {
        const claims = place === 0 ? SICK_LEAVE : EXAM_RESULT;
        const withdrawn = other(place).issue(claims, { validUntil: null });
        withdrawn.batch.revoked |= withdrawn.bit;
        const { page } = await openPage(browser);
        await page.goto(codeOf(withdrawn, other(place)));
        expect(await waitForVerdict(page)).to.deep.include({ genuine: 'genuine', standing: 'revoked' });
        await page.context().close();
      }
    });
  });
});
