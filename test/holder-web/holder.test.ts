import { expect } from 'chai';
import type { Browser, Page, Route } from 'playwright-core';
import { sampleClaims } from '../../catalogue/samples.ts';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { eventually, useRunning } from '../end-to-end/running.ts';
import { capture, issue, signIn, walk } from '../issuer-web/desk.ts';
import { launchChromium } from '../verifier-web/chromium.ts';

const TODAY = toHongKongDay(Date.now() / 1000);

/** Of a public type, which ends soon. */
const licence = (number: number, subject: string | null, email?: string) => ({
  type: 'FEHD-GRL',
  claims: {
    licenceNumber: String(2_962_800_000 + number),
    licenceType: 'full',
    licenseeName: { en: 'Holder Test Limited', 'zh-Hant': '持有人測試有限公司' },
    premisesAddress: { en: '6 Test Street, Kowloon', 'zh-Hant': '九龍測試街6號' },
  },
  validity: { validFrom: toDate(TODAY - 300), validUntil: toDate(TODAY + 30) },
  ...(subject === null ? {} : { holder: { subject, ...(email === undefined ? {} : { email, language: 'en' }) } }),
});

describe('the holder’s page', () => {
  const running = useRunning();
  let browser: Browser;
  let service: string;
  let apiKey: string;
  let page: Page;
  let complaints: string[];

  before(async () => {
    const { demo } = running();
    service = demo.service;
    apiKey = demo.departments.find(({ id }) => id === 'FEHD')?.apiKey ?? '';
    browser = await launchChromium();
    ({ page, complaints } = await signIn(browser, service, 'holder-1', 'my'));
  });

  after(() => browser?.close());

  const visit = async (path: string) => {
    await page.goto(`${service}/my/${path}`);
    await page.locator('main h1').waitFor();
  };

  async function issued(number: number, subject: string | null = 'holder-1', email?: string): Promise<string> {
    const { id } = await issue({ service, apiKey }, licence(number, subject, email));
    const isFinal = async () => {
      const headers = { authorization: `Bearer ${apiKey}` };
      const response = await fetch(`${service}/v1/credentials/${id}`, { headers });
      return ((await response.json()) as { state: string }).state === 'final';
    };
    await eventually('it is final', isFinal);
    return id;
  }

  /** What the public verifier says at an address. */
  async function verdict(address: string): Promise<{ standing: string | null; text: string }> {
    const verifier = await (await browser.newContext()).newPage();
    await verifier.goto(address);
    await verifier.locator('.verdict').waitFor();
    const told = {
      standing: await verifier.locator('.verdict').getAttribute('data-standing'),
      text: (await verifier.locator('main').textContent()) ?? '',
    };
    await verifier.context().close();
    return told;
  }

  it('lists what departments issued to whoever is signed in, how it stands, and that it ends soon', async () => {
    const [own, another] = [await issued(1), await issued(2, 'holder-2')];
    await visit('');
    const card = page.locator(`[data-id="${own}"]`);
    await card.waitFor();
    expect(await card.textContent())
      .to.contain('General Restaurant Licence')
      .and.to.contain('Ends in 30 days');
    expect(await page.locator(`[data-id="${another}"]`).count()).to.equal(0);
    expect(await page.locator('.documents > li').count(), 'of other departments too').to.be.above(5);
    await walk(page);
    await capture(page, 'holder-documents');
  });

  it('shows one, gives its files, and shows its code as large as the screen', async () => {
    const id = await issued(3);
    await visit('');
    await page.locator(`[data-id="${id}"] a`).click();
    await page.locator('[data-part=claims]').waitFor();
    const text = await page.locator('main').textContent();
    expect(text)
      .to.contain('Holder Test Limited')
      .and.to.contain('持有人測試有限公司')
      .and.to.contain('In force until');
    await walk(page);
    await capture(page, 'holder-document');
    const download = page.waitForEvent('download');
    await page.locator('a[href$="/pdf"]').click();
    expect((await download).suggestedFilename()).to.match(/\.pdf$/);
    await page.locator('[data-act=show]').click();
    const image = page.locator('.show-code img');
    await image.waitFor();
    await eventually('it is drawn', () => image.evaluate((one: HTMLImageElement) => one.naturalWidth > 0));
    await walk(page);
    await capture(page, 'holder-code');
  });

  it('fills the screen with the code, white to the edges, until Escape is pressed', async () => {
    const id = await issued(10);
    await visit(`${id}/show`);
    await page.locator('.show-code img').waitFor();
    const full = () => page.evaluate(() => document.fullscreenElement?.className ?? null);
    await page.locator('[data-action=full]').focus();
    await page.keyboard.press('Enter');
    await eventually('it is full', async () => (await full()) === 'show-code');
    const ground = await page.locator('.show-code').evaluate((node) => getComputedStyle(node).backgroundColor);
    expect(ground).to.equal('rgb(255, 255, 255)');
    await capture(page, 'holder-code-full');
    await page.keyboard.press('Escape');
    await eventually('it is as before', async () => (await full()) === null);
    expect(await page.locator('[data-action=full]').isVisible()).to.equal(true);
  });

  it('lets its holder choose what others see, and shows exactly that', async () => {
    const id = await issued(4);
    await visit(`${id}/disclose`);
    await page.locator('[data-part=preview]').waitFor();
    const hidden = page.locator('.hidden-claims');
    const before = await hidden.textContent();
    expect(before).to.contain('Address of premises');
    await page.locator('#claim-premisesAddress').focus();
    await page.keyboard.press('Space');
    expect(await page.locator('[data-part=preview]').textContent()).to.contain('6 Test Street');
    await page.keyboard.press('Space');
    expect(await page.locator('[data-part=preview] .facts').textContent()).not.to.contain('6 Test Street');
    await walk(page);
    await page.locator('#claim-licenseeName').check();
    await page.locator('[data-action=code]').click();
    await page.locator('.show-code svg').waitFor();
    await capture(page, 'holder-disclose');
    const told = await verdict((await page.locator('[data-action=look]').getAttribute('href')) ?? '');
    expect(told.standing).to.equal('in-force');
    expect(told.text).to.contain('Holder Test Limited').and.not.to.contain('6 Test Street');
  });

  it('makes a link that ends, which a stranger opens, and tells when that was', async () => {
    const id = await issued(6);
    await visit(`${id}/disclose`);
    await page.locator('#claim-licenseeName').check();
    await page.locator('#share-visits').selectOption({ index: 1 });
    await page.locator('[data-action=share]').click();
    const address = (await page.locator('[data-link]').getAttribute('data-link')) ?? '';
    await walk(page);
    await capture(page, 'holder-share');

    const stranger = await (await browser.newContext()).newPage();
    const asked: string[] = [];
    stranger.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`));
    await stranger.goto(address);
    await stranger.locator('[data-state=ready]').waitFor();
    await walk(stranger);
    await capture(stranger, 'holder-shared');
    await stranger.locator('[data-action=open]').click();
    await stranger.locator('.verdict').waitFor();
    expect(await stranger.locator('.verdict').getAttribute('data-standing')).to.equal('in-force');
    const text = await stranger.locator('main').textContent();
    expect(text).to.contain('Holder Test Limited').and.not.to.contain('6 Test Street');
    const key = address.split('.').at(-1) ?? '';
    expect(asked.filter((line) => line.includes(key))).to.deep.equal([]);
    await stranger.goto('about:blank');
    await stranger.goto(address.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A')));
    await stranger.locator('[data-action=open]').click();
    await stranger.locator('[data-state=broken]').waitFor();
    await stranger.context().close();

    const second = await (await browser.newContext()).newPage();
    await second.goto(address);
    await second.locator('[data-action=open]').click();
    await second.locator('[data-state=over]').waitFor();
    await walk(second);
    await capture(second, 'holder-over');
    await second.goto('about:blank');
    await second.goto(address.slice(0, -1));
    await second.locator('[data-state=broken]').waitFor();
    await second.context().close();

    await visit(`${id}/disclose`);
    expect(await page.locator('[data-share]').first().textContent())
      .to.contain('Visits so far: 1.')
      .and.to.contain('Over.');
  });

  it('ends a link at its holder’s word', async () => {
    const id = await issued(7);
    await visit(`${id}/disclose`);
    await page.locator('[data-action=share]').click();
    const address = (await page.locator('[data-link]').getAttribute('data-link')) ?? '';
    const made = page.locator('[data-share]');
    const first = (await made.getAttribute('data-share')) ?? '';
    await page.route('**/shares', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    await page.locator('[data-action=share]').click();
    expect(await page.locator('#claim-licenseeName').isDisabled(), 'while the link is made').to.equal(true);
    await made.nth(1).waitFor();
    await page.unroute('**/shares');
    const second = (await page.locator('[data-link]').getAttribute('data-link')) ?? '';
    expect(second).not.to.equal(address);
    await page.locator(`[data-action=end-${first}]`).click();
    await page.locator(`[data-share="${first}"][data-over=true]`).waitFor();
    expect(await page.locator('[data-link]').getAttribute('data-link'), 'the other one stays').to.equal(second);
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(address);
    await stranger.locator('[data-action=open]').click();
    await stranger.locator('[data-state=over]').waitFor();
    await stranger.context().close();
  });

  it('tells the department that something is wrong, which answers, and shows the answer', async () => {
    const id = await issued(9);
    await visit(id);
    await page.locator('[data-action=report]').click();
    await page.locator('#report-fault').waitFor();
    await page.locator('#report-kind').selectOption({ index: 1 });
    await page.locator('#report-message').fill('The frame fell from the wall.\nThe paper is gone.');
    await page.locator('[data-action=report]').click();
    await page.locator('[data-report][data-answered=false]').waitFor();
    expect(await page.locator('#report-message').inputValue()).to.equal('');
    await walk(page);
    const report = (await page.locator('[data-report]').getAttribute('data-report')) ?? '';

    const { page: officer } = await signIn(browser, service, 'fehd-preparer');
    await officer.locator(`[data-queue=reports] a[href$="/${report}"]`).click();
    await officer.locator('[data-answered=false]').waitFor();
    expect(await officer.locator('main').textContent()).to.contain('The paper is gone.');
    await walk(officer);
    await capture(officer, 'report');
    await officer.locator('textarea').fill('Ask at the counter for another one.');
    await officer.locator('[data-action=do]').click();
    await officer.locator('[data-answered=true]').waitFor();
    await officer.goto(`${service}/console/reports?state=answered`);
    await officer.locator(`a[href$="/${report}"]`).waitFor();
    await walk(officer);
    await officer.context().close();

    await visit(id);
    expect(await page.locator('[data-report][data-answered=true]').textContent()).to.contain('Ask at the counter');
    await capture(page, 'holder-report');
  });

  it('shows the officer whether the holder is told of an answer by e-mail', async () => {
    const { page: officer } = await signIn(browser, service, 'fehd-preparer');
    const mailAfterAnswer = async (id: string) => {
      await visit(id);
      await page.locator('#report-kind').selectOption({ index: 1 });
      await page.locator('#report-message').fill('It is gone.');
      await page.locator('[data-action=report]').click();
      const report = await page.locator('[data-report][data-answered=false]').getAttribute('data-report');
      await officer.goto(`${service}/console/reports/${report}`);
      await officer.locator('textarea').fill('Ask at the counter.');
      await officer.locator('[data-action=do]').click();
      await officer.locator('[data-answered=true]').waitFor();
      return officer.locator('.facts div', { hasText: 'E-mail to the holder' });
    };
    const none = await mailAfterAnswer(await issued(91));
    expect(await none.textContent()).to.include('None: the document has no address');
    await walk(officer);
    const sent = await mailAfterAnswer(await issued(92, 'holder-1', 'licensee@example.hk'));
    await eventually('the mail server has it', async () => {
      await officer.reload();
      await officer.locator('[data-answered=true]').waitFor();
      return (await sent.textContent())?.includes('Taken by the mail server') ?? false;
    });
    await walk(officer);
    await officer.context().close();
  });

  it('says what is too much for a code or a link, and goes on when something is hidden', async () => {
    const { claims, validity } = sampleClaims('HA-MC', toDate(TODAY), 9);
    const of = running().demo.departments.find(({ id }) => id === 'HA')?.apiKey ?? '';
    const content = { type: 'HA-MC', claims: { ...claims, consultation: '診'.repeat(1_000) }, validity };
    const { id } = await issue({ service, apiKey: of }, { ...content, holder: { subject: 'holder-1' } });
    await eventually('it is final', async () => {
      const response = await fetch(`${service}/v1/credentials/${id}`, { headers: { authorization: `Bearer ${of}` } });
      return ((await response.json()) as { state: string }).state === 'final';
    });
    await visit(`${id}/disclose`);
    await page.locator('#claim-consultation').check();
    await page.locator('.too-large').waitFor();
    expect(await page.locator('[data-action=share], [data-action=code]').count()).to.equal(0);
    await page.locator('#claim-consultation').uncheck();
    await page.locator('[data-action=code]').click();
    await page.locator('.show-code svg').waitFor();
  });

  describe('of a code that only one device can show', () => {
    let phone: Page;
    let id: string;

    before(async () => {
      ({ page: phone } = await signIn(browser, service, 'holder-1', 'my'));
      await phone.setViewportSize({ width: 412, height: 915 });
      await phone.clock.install();
      id = await issued(20);
    });
    after(() => phone?.context().close());

    const live = () => phone.locator('.show-code.live svg');
    /** What somebody has who takes a picture of the screen. */
    const picture = async () => {
      await live().waitFor();
      return phone.locator('.show-code.live').screenshot();
    };

    /** What the public verifier says of a picture, so many seconds later. */
    async function checked(png: Buffer, later = 0) {
      const verifier = await (await browser.newContext()).newPage();
      if (later > 0) await verifier.clock.install({ time: Date.now() + later * 1000 });
      await verifier.goto(`${service}/`);
      const [chooser] = await Promise.all([
        verifier.waitForEvent('filechooser'),
        verifier.locator('[data-way=file]').click(),
      ]);
      await chooser.setFiles({ name: 'code.png', mimeType: 'image/png', buffer: png });
      await verifier.locator('.verdict').waitFor();
      const attribute = (name: string) => verifier.locator('.verdict').getAttribute(name);
      const told = {
        genuine: await attribute('data-genuine'),
        standing: await attribute('data-standing'),
        holder: await verifier.locator('[data-check=holderBinding]').getAttribute('data-code'),
        text: (await verifier.locator('main').textContent()) ?? '',
      };
      await capture(verifier, `holder-device-verdict-${later}`);
      await verifier.context().close();
      return told;
    }

    it('makes it with a key of its own, in the time that a copy takes to the chain', async () => {
      await phone.goto(`${service}/my/${id}/show`);
      await phone.locator('.show-code img').waitFor();
      await phone.locator('[data-action=begin]').click();
      await phone.locator('[data-device=waiting]').waitFor();
      expect(await phone.locator('.show-code img').count(), 'meanwhile the ordinary code').to.equal(1);
      await live().waitFor();
      expect(await phone.locator('.live-clock').textContent()).to.match(/\d\d:\d\d:\d\d · new code in (30|2\d) s/);
      expect(await phone.locator('[data-copy]').count()).to.equal(1);
      await walk(phone);
      await capture(phone, 'holder-device');
    });

    it('is genuine from a picture for a minute, shown by the holder, and then worth nothing', async () => {
      const png = await picture();
      const [now, late] = [await checked(png), await checked(png, 70)];
      expect([now.genuine, now.standing, now.holder], now.text).to.deep.equal(['genuine', 'in-force', 'HOLDER_SIGNED']);
      expect(now.text).to.contain('Holder Test Limited');
      expect([late.genuine, late.holder]).to.deep.equal(['could-not-be-checked', 'PRESENTATION_OVER']);
      expect(late.text).to.contain('Ask the holder to show it again');
    });

    it('keeps a key that no script can take out, and is another one each half minute', async () => {
      const made = () => phone.locator('.show-code.live').getAttribute('data-made-at');
      const before = await made();
      const isExtractable = await phone.evaluate(
        () =>
          new Promise((resolve) => {
            const opening = indexedDB.open('eproof-my-copies');
            opening.onsuccess = () => {
              const all = opening.result.transaction('copies').objectStore('copies').getAll();
              all.onsuccess = () => resolve(all.result.map((one) => one.privateKey.extractable));
            };
          }),
      );
      expect(isExtractable).to.deep.equal([false]);
      await phone.clock.fastForward(31_000);
      await eventually('there is another one', async () => (await made()) !== before);
    });

    it('is made without a network too', async () => {
      await eventually('the page is kept', () =>
        phone.evaluate(async () => (await navigator.serviceWorker.ready).active?.state === 'activated'),
      );
      await phone.context().setOffline(true);
      await phone.goto(`${service}/my/${id}/show`);
      await phone.locator('[data-offline]').waitFor();
      const png = await picture();
      await phone.context().setOffline(false);
      expect((await checked(png)).holder).to.equal('HOLDER_SIGNED');
    });

    it('shows what its holder chose, and is suspended with its document', async () => {
      await phone.goto(`${service}/my/${id}/disclose`);
      await phone.locator('[data-action=device]').click();
      await phone.locator('[data-action=usual]').waitFor();
      const png = await picture();
      const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
      const response = await fetch(`${service}/v1/credentials/${id}/suspend`, {
        ...{ method: 'POST', headers: { ...headers, 'idempotency-key': crypto.randomUUID() } },
        body: JSON.stringify({ reason: 'conditions-breached' }),
      });
      expect(response.status).to.be.below(300);
      await eventually('the change is final', async () => {
        const answer = await fetch(`${service}/v1/credentials/${id}`, { headers });
        return ((await answer.json()) as { status: string }).status === 'suspended';
      });
      expect((await checked(png)).standing).to.equal('suspended');
      await phone.goto(`${service}/my/${id}/show`);
      await phone.locator('[data-device=none] .failure').waitFor();
      expect(await phone.locator('[data-part=device]').textContent()).to.contain('it is not in force');
      expect(await live().count()).to.equal(0);
    });

    it('ends when its holder signs out, and its key is gone', async () => {
      const another = await issued(21);
      await phone.goto(`${service}/my/${another}/show`);
      await phone.locator('[data-action=begin]').click();
      const png = await picture();
      await phone.locator('[data-action=sign-out]').click();
      await phone.waitForURL((url) => url.origin !== new URL(service).origin);
      await eventually('what it showed is revoked', async () => (await checked(png)).standing === 'revoked');
      const { page: again } = await signIn(browser, service, 'holder-1', 'my');
      await again.goto(`${service}/my/${another}/show`);
      await again.locator('[data-device=none]').waitFor();
      expect(await again.locator('[data-copy]').count()).to.equal(0);
      await again.context().close();
    });
  });

  it('shows what is kept on a device where there is no network, and how old it is', async () => {
    const { page: phone } = await signIn(browser, service, 'holder-1', 'my');
    const context = phone.context();
    const id = await issued(8);
    await phone.goto(`${service}/my/${id}`);
    await phone.locator('[data-action=keep]').click();
    await phone.locator('[data-kept=true]').waitFor();
    await eventually('the page is kept', () =>
      phone.evaluate(async () => (await navigator.serviceWorker.ready).active?.state === 'activated'),
    );
    await context.setOffline(true);
    await phone.goto(`${service}/my/`);
    await phone.locator('[data-offline]').waitFor();
    expect(await phone.locator('[data-offline]').textContent()).to.contain('The service cannot be reached');
    expect(await phone.locator('.test-band').isVisible(), 'a test system says so').to.equal(true);
    await walk(phone);
    await capture(phone, 'holder-offline');
    await phone.locator(`[data-id="${id}"] a`).click();
    await phone.locator('[data-part=claims]').waitFor();
    expect(await phone.locator('main').textContent()).to.contain('Holder Test Limited');
    await phone.locator('[data-act=show]').click();
    const image = phone.locator('.show-code img');
    await eventually('it is drawn', () => image.evaluate((one: HTMLImageElement) => one.naturalWidth > 0));
    await phone.goto(`${service}/my/${id}/disclose`);
    await phone.locator('.failure').waitFor();
    expect(await phone.locator('.failure').getAttribute('data-failure')).to.equal('no-answer');
    await phone.goto(`${service}/my/${id}`);
    await phone.locator('[data-offline]').waitFor();
    await context.setOffline(false);
    await phone.locator('[data-kept=true]').waitFor();
    await phone.locator('[data-action=sign-out]').click();
    // the sign-in service asks whether to sign out there too
    await phone.waitForURL((url) => url.origin !== new URL(service).origin);
    await phone.goto(`${service}/my/`);
    await phone.locator('[data-action=sign-in]').waitFor();
    const kept = await phone.evaluate(
      () =>
        new Promise((resolve) => {
          const opening = indexedDB.open('eproof-my-documents');
          opening.onsuccess = () => {
            const count = opening.result.transaction('documents').objectStore('documents').count();
            count.onsuccess = () => resolve(count.result);
          };
        }),
    );
    expect(kept, 'after signing out').to.equal(0);
    await context.close();
  });

  describe('of a department’s request', () => {
    const ask = async (holder: object): Promise<string> => {
      const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
      const body = {
        ...{ holder, type: 'TD-DL', claims: ['holderName', 'classes'], caseNumber: 'FT-77' },
        ...{ purpose: 'To check who drives the food truck.', answerBy: inDays(7), readUntil: inDays(30) },
      };
      return (await post('/v1/requests', body)).id;
    };
    const post = async (path: string, body: object) => {
      const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
      const response = await fetch(service + path, {
        ...{ method: 'POST', headers: { ...headers, 'idempotency-key': crypto.randomUUID() } },
        body: JSON.stringify(body),
      });
      return response.json();
    };

    it('shows who asks, for what and exactly what would be seen, and lets the department read that', async () => {
      const of = running().demo.departments.find(({ id }) => id === 'TD')?.apiKey ?? '';
      const { claims, validity } = sampleClaims('TD-DL', toDate(TODAY), 31);
      const made = await issue(
        { service, apiKey: of },
        { type: 'TD-DL', claims, validity, holder: { subject: 'holder-1' } },
      );
      await eventually('it is final', async () => {
        const headers = { authorization: `Bearer ${of}` };
        return (await (await fetch(`${service}/v1/credentials/${made.id}`, { headers })).json()).state === 'final';
      });
      const { page: officer } = await signIn(browser, service, 'fehd-preparer');
      await officer.goto(`${service}/console/requests`);
      await officer.locator('[data-action=ask]').click();
      await officer.locator('[name="/type"]').selectOption('TD-DL');
      await walk(officer);
      await officer.locator('[data-action=do]').click();
      await officer.locator('[name="/claims"][value=holderName]').check();
      await officer.locator('[data-action=do]').click();
      await officer.locator('.faults').waitFor();
      await officer.locator('[name="/account"]').fill('holder-1');
      await officer.locator('[name="/claims"][value=classes]').check();
      await officer.locator('[name="/purpose"]').fill('To check who drives the food truck.');
      await officer.locator('[name="/caseNumber"]').fill('FT-78');
      await walk(officer);
      await capture(officer, 'request-new');
      await officer.locator('[data-action=do]').click();
      await officer.locator('[data-state=open]').waitFor();
      const id = new URL(officer.url()).pathname.split('/').at(-1) ?? '';
      await visit('requests');
      await walk(page);
      await capture(page, 'holder-requests');
      await page.locator(`[data-request=${id}] a`).click();
      await page.locator('[data-part=preview]').waitFor();
      expect(await page.locator('[data-part=asked]').textContent()).to.contain('To check who drives the food truck.');
      expect(await page.locator('input[name=document]').count(), 'one of the samples, and this one').to.be.above(1);
      await page.locator(`#document-${made.id}`).check();
      expect(await page.locator('.hidden-claims').last().textContent()).to.contain('Kind of licence');
      await walk(page);
      await capture(page, 'holder-request');
      await page.locator('[data-action=consent]').click();
      await page.locator('[data-part=receipt]').waitFor();

      await officer.reload();
      await officer.locator('[data-action=read]').click();
      await officer.locator('[data-genuine=genuine][data-standing=in-force]').waitFor();
      const told = await officer.locator('[data-genuine]').textContent();
      expect(told).to.contain('Name of holder').and.contain('Class(es) of vehicle').and.not.contain('Kind of licence');
      await walk(officer);
      await capture(officer, 'request');
      const link = (await officer.locator('[data-genuine] a').getAttribute('href')) ?? '';
      expect((await verdict(link)).standing).to.equal('in-force');

      await visit(`requests/${id}`);
      expect(await page.locator('[data-part=receipt]').getAttribute('data-readings')).to.equal('1');
      await walk(page);
      await capture(page, 'holder-receipt');
      await page.locator('[data-action=withdraw]').click();
      await page.locator('[data-state=withdrawn]').waitFor();
      await officer.reload();
      await officer.locator('[data-state=withdrawn]').waitFor();
      expect(await officer.locator('[data-action=read]').count()).to.equal(0);
      expect((await post(`/v1/requests/${id}/read`, {})).code).to.equal('REQUEST_NOT_READABLE');
      await officer.goto(`${service}/console/requests`);
      await officer.locator(`[data-id=${id}]`).waitFor();
      await walk(officer);
      await officer.context().close();
    });

    it('is refused by who has no such document, and says so of one that is not theirs', async () => {
      const { page: phone } = await signIn(browser, service, 'holder-2', 'my');
      const id = await ask({ subject: 'holder-2' });
      await phone.locator('a[href$="/my/requests"]').click();
      await phone.locator(`[data-request=${id}] a`).click();
      await phone.locator('[data-part=answer]').waitFor();
      expect(await phone.locator('[data-action=consent]').count()).to.equal(0);
      await phone.locator('[data-action=refuse]').click();
      await phone.locator('[data-state=refused]').waitFor();
      await phone.context().close();
      await visit(`requests/${id}`);
      expect(await page.locator('.failure').getAttribute('data-code')).to.equal('REQUEST_NOT_FOUND');
    });
  });

  describe('of a company', () => {
    let admin: Page;
    let delegate: Page;
    let company: string;

    before(async () => {
      ({ page: admin } = await signIn(browser, service, 'works-admin', 'my'));
      ({ page: delegate } = await signIn(browser, service, 'works-delegate', 'my'));
      company = (await admin.locator('[data-whose^=cmp_]').getAttribute('data-whose')) ?? '';
    });

    after(async () => {
      await admin?.context().close();
      await delegate?.context().close();
    });

    const kept = (of: Page) =>
      of.evaluate(
        () =>
          new Promise((resolve) => {
            const opening = indexedDB.open('eproof-my-documents');
            opening.onsuccess = () => {
              const keys = opening.result.transaction('documents').objectStore('documents').getAllKeys();
              keys.onsuccess = () => resolve(keys.result);
            };
          }),
      );

    it('shows its documents to who acts for it, apart from their own', async () => {
      expect(await delegate.locator('.documents > li').count(), 'their own').to.equal(0);
      await delegate.locator(`[data-whose=${company}]`).click();
      await delegate.locator('.documents > li').first().waitFor();
      expect(new URL(delegate.url()).pathname).to.equal(`/my/for/${company}/`);
      expect(await delegate.locator('main').textContent())
        .to.contain('Documents of Lion Rock Electrical Works Limited')
        .and.to.contain('Registered Electrical Contractor');
      expect(await delegate.locator('a[href$="/people"]').count(), 'for administrators alone').to.equal(0);
      await walk(delegate);
      await capture(delegate, 'company-documents');
      await delegate.locator('.documents > li a').first().click();
      await delegate.locator('[data-part=claims]').waitFor();
      const download = delegate.waitForEvent('download');
      await delegate.locator('a[download$=".pdf"]').first().click();
      expect((await download).suggestedFilename()).to.match(/\.pdf$/);
      await delegate.locator('[data-action=keep]').click();
      await delegate.locator('[data-kept=true]').waitFor();
      await delegate.locator('[data-act=disclose]').click();
      await delegate.locator('[data-action=share]').click();
      await delegate.locator('[data-link]').waitFor();
      expect(await delegate.locator('[data-action^=end-]').count()).to.equal(1);
    });

    it('lets an administrator see who did what, and end somebody at once, with what they keep', async () => {
      await admin.goto(`${service}/my/for/${company}/people`);
      await admin.locator('[data-part=acts] tbody tr').first().waitFor();
      const text = await admin.locator('main').textContent();
      expect(text).to.contain('Cheung Wai Lok').and.to.contain('Made a link').and.to.contain('Opened the document');
      expect(await admin.locator('[data-part=links] [data-share]').count()).to.equal(1);
      await admin.locator('[data-action=add]').click();
      await admin.locator('#people-account-fault').waitFor();
      expect(await admin.evaluate(() => document.activeElement?.id)).to.equal('people-account');
      await admin.locator('#people-account').fill('holder-2');
      await admin.locator('#people-name').fill('Wong Siu Ming');
      await admin.locator('[data-action=add]').click();
      await admin.locator('[data-part=delegates]', { hasText: 'Wong Siu Ming' }).waitFor();
      await walk(admin);
      await capture(admin, 'company-people');

      expect(await kept(delegate)).to.have.length(1);
      admin.once('dialog', (dialog) => void dialog.accept());
      await admin
        .locator('[data-part=delegates] tr', { hasText: 'Cheung Wai Lok' })
        .locator('[data-action^=end-]')
        .click();
      await admin.locator('[data-part=links]').waitFor({ state: 'detached' });
      await delegate.goBack();
      await delegate.locator('[data-code=DELEGATION_ENDED]').waitFor();
      expect(await delegate.locator('main').textContent()).to.contain('not any more');
      await eventually('nothing of the company is kept', async () => ((await kept(delegate)) as []).length === 0);
      await walk(delegate);
      await delegate.goto(`${service}/my/`);
      await delegate.locator('main h1').waitFor();
      expect(await delegate.locator('[data-whose]').count()).to.equal(0);
    });
  });

  it('shows nothing of another holder’s, and says what to do', async () => {
    const id = await issued(5, 'holder-2');
    for (const path of [id, `${id}/show`, `${id}/disclose`]) {
      await visit(path);
      expect(await page.locator('.failure').getAttribute('data-code'), path).to.equal('CREDENTIAL_NOT_FOUND');
    }
    await visit('no/such/place');
    expect(await page.locator('.failure').getAttribute('data-code')).to.equal('PLACE_UNKNOWN');
    await walk(page);
  });

  it('is not for officers, nor for who is not signed in', async () => {
    const { page: officer } = await signIn(browser, service, 'fehd-preparer');
    await officer.goto(`${service}/my/`);
    await officer.locator('.welcome').waitFor();
    expect(await officer.locator('.welcome').textContent()).to.contain('signed in as an officer');
    await walk(officer);
    await officer.context().close();
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(`${service}/my/anything`);
    await stranger.locator('[data-action=sign-in]').waitFor();
    await walk(stranger);
    await stranger.context().close();
  });

  it('is served under rules that let it run nothing but its own files, and its one worker', async () => {
    const answer = await fetch(`${service}/my/any/place`);
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('content-security-policy')?.split('; ')).to.have.members([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' blob:",
      "connect-src 'self'",
      'frame-src blob:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types eproof',
      "manifest-src 'self'",
      "worker-src 'self'",
    ]);
    expect(answer.headers.get('cache-control')).to.equal('no-cache');
    expect((await fetch(`${service}/my/assets/main-NOTTHERE.js`)).status).to.equal(404);
    const components = await fetch(`${service}/ui/`);
    expect(await components.text()).to.contain('/ui/assets/main-');
  });

  describe('of the band of a test system', () => {
    const TRUST = '**/trust.json';
    const band = (of: Page) => of.locator('.top .test-band');
    /** A window in which the list of trust is answered so. */
    async function openWith(answer: (route: Route) => Promise<void>, path = ''): Promise<Page> {
      const another = await (await browser.newContext()).newPage();
      await another.route(TRUST, answer);
      await another.goto(`${service}/my/${path}`);
      await another.locator('main h1').waitFor();
      return another;
    }
    /** What the service says, but of another system. */
    const asIf = (test: boolean) => async (route: Route) => {
      const said = (await (await fetch(`${service}/trust.json`)).json()) as object;
      await route.fulfill({ json: { ...said, test } });
    };
    const SHARED = `shared/#${'A'.repeat(16)}`;

    it('has it on a test system, and not elsewhere', async () => {
      await visit('');
      expect(await band(page).isVisible()).to.equal(true);
      for (const path of ['', SHARED]) {
        const real = await openWith(asIf(false), path);
        expect(await band(real).isVisible(), path).to.equal(false);
        await real.context().close();
      }
    });

    it('has it where nobody can tell', async () => {
      for (const [name, answer] of [
        ['no answer', (route: Route) => route.abort()],
        ['a problem', (route: Route) => route.fulfill({ status: 503, json: { code: 'INTERNAL', test: false } })],
        ['no word', (route: Route) => route.fulfill({ json: { format: 'eproof-trust/1' } })],
      ] as const)
        for (const path of ['', SHARED]) {
          const another = await openWith(answer, path);
          expect(await band(another).isVisible(), `${name} ${path}`).to.equal(true);
          await another.context().close();
        }
    });

    it('asks again at the next place where nobody could tell', async () => {
      const { page: phone } = await signIn(browser, service, 'holder-1', 'my');
      await phone.route(TRUST, (route) => route.abort());
      await phone.reload();
      await phone.locator('.documents > li').first().waitFor();
      expect(await band(phone).isVisible()).to.equal(true);
      await phone.unroute(TRUST);
      await phone.route(TRUST, asIf(false));
      await phone.locator('a[href$="/my/requests"]').click();
      await band(phone).waitFor({ state: 'hidden' });
      await phone.context().close();
    });
  });

  it('asks nothing of another origin, and runs nothing that its rules refuse', () => {
    expect(complaints.filter((line) => !/status of 4\d\d/.test(line))).to.deep.equal([]);
  });
});
