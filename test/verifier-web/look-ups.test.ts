import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { toReference } from '../../proof/reference.ts';
import { keepPicture, launchChromium, openPage, waitForVerdict, walkLanguages } from './chromium.ts';
import type { Issued } from './department.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

const NO_MATCH = { status: 404, body: { type: '/problems#lookup-no-match', code: 'LOOK_UP_NO_MATCH', status: 404 } };
const TYPES = {
  items: [
    {
      type: 'HA-MC',
      title: { en: 'Medical Certificate', 'zh-Hant': '醫生證明書', 'zh-Hans': '医生证明书' },
      department: { code: 'HA', name: { en: 'Hospital Authority', 'zh-Hant': '醫院管理局', 'zh-Hans': '医院管理局' } },
      facts: [
        {
          name: 'patientName',
          label: { en: 'Name of patient', 'zh-Hant': '病人姓名', 'zh-Hans': '病人姓名' },
          kind: 'text',
          last: null,
        },
        {
          name: 'leaveFrom',
          label: { en: 'Leave from', 'zh-Hant': '病假開始日期', 'zh-Hans': '病假开始日期' },
          kind: 'date',
          last: null,
        },
      ],
    },
  ],
};

describe('a typed reference', () => {
  let world: World;
  let browser: Browser;
  let issued: Issued;
  let reference: string;
  const asked: unknown[] = [];

  before(async () => {
    world = await createWorld('.build/test/verifier-look-ups');
    issued = world.food.issue(RESTAURANT, {});
    reference = toReference(issued.proof.header.id);
    const { service } = world.site;
    const found = { status: 200, body: { qrText: issued.qrText(world.site.address) } };
    service.set('v1/look-ups/reference', (body) => {
      asked.push(body);
      return (body as { reference: string }).reference === reference ? found : NO_MATCH;
    });
    service.set('v1/look-ups/facts', (body) => {
      if (body === null) return { status: 200, body: TYPES };
      asked.push(body);
      const { facts } = body as { facts: Record<string, string> };
      return facts.patientName === 'Chan Tai Man' && facts.leaveFrom === '2026-03-01' ? found : NO_MATCH;
    });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });
  beforeEach(() => asked.splice(0));

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
    const other = toReference(Uint8Array.of(1, 2, 3, 4, 5, 6));
    await type(page, other);
    await page.locator('.facts-screen h1').waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('H1');
    expect(await page.locator('.facts-screen').textContent())
      .to.contain(other)
      .and.to.contain('Medical Certificate');
    await walkLanguages(page, 'facts');
    await page.locator('[data-language=en]').click();
    await page.getByLabel('Name of patient').fill('Chan Siu Man');
    await page.getByLabel('Leave from').fill('2026-03-01');
    await page.getByLabel('Leave from').press('Enter');
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
    expect(await page.getByLabel('Name of patient').inputValue()).to.equal('Chan Siu Man');
    await keepPicture(page, 'facts-no-match');
    await page.getByLabel('Name of patient').fill('Chan Tai Man');
    await page.locator('[data-type=HA-MC] button').click();
    expect((await waitForVerdict(page)).genuine).to.equal('genuine');
    expect(asked.at(-1)).to.deep.equal({
      type: 'HA-MC',
      reference: other,
      facts: { patientName: 'Chan Tai Man', leaveFrom: '2026-03-01' },
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
    await page.getByLabel('病假開始日期').fill('2026-03-01');
    await page.locator('[data-language=en]').click();
    await page.locator('html[lang=en]').waitFor();
    expect(await page.getByLabel('Name of patient').inputValue()).to.equal('陳大文');
    expect(await page.getByLabel('Leave from').inputValue()).to.equal('2026-03-01');
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
});
