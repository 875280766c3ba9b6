import { expect } from 'chai';
import type { Browser, Locator, Page } from 'playwright-core';
import { eventually, useRunning } from '../end-to-end/running.ts';
import { launchChromium } from '../verifier-web/chromium.ts';
import { capture, handIn, sayYes, signIn, visitPlace, walk } from './desk.ts';

const NAME = 'Draft Test Limited';

describe('drafts in the console', () => {
  const running = useRunning();
  let browser: Browser;
  let service: string;
  let preparer: Page;
  let approver: Page;
  let complaints: string[];

  before(async () => {
    service = running().demo.service;
    browser = await launchChromium();
    ({ page: preparer, complaints } = await signIn(browser, service, 'fehd-preparer'));
    ({ page: approver } = await signIn(browser, service, 'fehd-approver'));
    for (const page of [preparer, approver]) sayYes(page);
  });

  after(() => browser?.close());

  const type = (page: Page, pointer: string, text: string) => page.locator(`[name="${pointer}"]`).fill(text);
  const act = (page: Page, name: string) => page.locator(`[data-action="${name}"]`).click();
  const rowsOf = (part: Locator) =>
    part.locator('tbody tr').evaluateAll((all) => all.map((row) => row.getAttribute('data-id')));
  const idOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1) as string;

  async function fillIn(page: Page, number: string): Promise<void> {
    await visitPlace(page, service, 'new?type=FEHD-GRL');
    await type(page, '/claims/licenceNumber', number);
    await page.locator('[name="/claims/licenceType"]').selectOption('full');
    await type(page, '/claims/licenseeName/en', NAME);
    await type(page, '/claims/licenseeName/zh-Hant', '草稿測試有限公司');
    await type(page, '/claims/premisesAddress/en', '2 Test Street, Kowloon');
    await type(page, '/validity/validFrom', '2026-01-01');
  }

  async function submit(number: string): Promise<string> {
    await fillIn(preparer, number);
    await handIn(preparer);
    return idOf(preparer);
  }

  /** What the page says first of what was just done, and what has the focus. */
  async function resultOf(page: Page, name: string) {
    const result = page.locator(`[data-result="${name}"]`);
    await result.waitFor();
    const heading = await page.evaluate(() => {
      const { tagName: tag, textContent: text } = document.activeElement ?? {};
      return { tag, text };
    });
    return { heading, text: await result.textContent() };
  }

  async function see(page: Page, id: string, state: string): Promise<void> {
    await visitPlace(page, service, `drafts/${id}`);
    await page.locator(`[data-state=${state}]`).waitFor();
  }

  it('begin with the choice of a kind, and their form has the fields of that kind', async () => {
    await visitPlace(preparer, service, '');
    await preparer.locator('.places a[href$="/new"]').click();
    await preparer.locator('[data-type=FEHD-GRL]').waitFor();
    await capture(preparer, 'new');
    await walk(preparer);
    await preparer.locator('[data-type=FEHD-GRL]').click();
    await preparer.locator('.draft-form').waitFor();
    await type(preparer, '/validity/validFrom', '2026-03-01');
    const end = preparer.locator('[name="/validity/validUntil"]');
    expect(await end.inputValue(), 'as the rule proposes').to.equal('2027-02-28');
    await end.fill('2026-12-31');
    await type(preparer, '/validity/validFrom', '2026-04-01');
    expect(await end.inputValue(), 'as it was typed').to.equal('2026-12-31');
    await walk(preparer);
    expect(await end.inputValue(), 'drawn again').to.equal('2026-12-31');
  });

  it('keep what was typed when the language changes, another place is visited and the service is away', async () => {
    await fillIn(preparer, '2932800001');
    await preparer.locator('[data-language=zh-Hant]').click();
    await preparer.locator('html[lang=zh-Hant]').waitFor();
    const number = preparer.locator('[name="/claims/licenceNumber"]');
    expect(await number.inputValue()).to.equal('2932800001');
    await preparer.locator('[data-language=en]').click();
    await preparer.locator('html[lang=en]').waitFor();
    await preparer.locator('.places a[href$="/credentials"]').click();
    await preparer.locator('.records, .empty').first().waitFor();
    await preparer.goBack();
    await number.waitFor();
    expect(await number.inputValue()).to.equal('2932800001');
    await preparer.route(/\/v1\/drafts$/, (route) => route.abort());
    await act(preparer, 'save');
    await preparer.locator('.failure[data-failure=no-answer]').waitFor();
    expect(await number.inputValue()).to.equal('2932800001');
    await preparer.unroute(/\/v1\/drafts$/);
    await act(preparer, 'save');
    await preparer.waitForURL(/\/drafts\/drf_/);
    await preparer.reload();
    expect(await number.inputValue()).to.equal('2932800001');
    const company = preparer.locator('[name="/holder/company"]');
    await type(preparer, '/holder/subject', 'somebody');
    await company.fill('74000001');
    await act(preparer, 'save');
    await preparer.locator('#field-holder-company[aria-invalid]').waitFor();
    await type(preparer, '/holder/subject', '');
    await act(preparer, 'save');
    await preparer.getByText(/^Saved /).waitFor();
    await preparer.reload();
    await number.waitFor();
    expect(await company.inputValue(), 'of the company that holds it').to.equal('74000001');
    await act(preparer, 'discard');
    await preparer.locator('[data-state=discarded]').waitFor();
  });

  it('have what is typed while they are being saved, and the focus where it was', async () => {
    await fillIn(preparer, '2932800020');
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await preparer.route(/\/v1\/drafts$/, async (route) => {
      await held;
      await route.continue();
    });
    await act(preparer, 'save');
    await preparer.locator('.draft-form[aria-busy=true]').waitFor();
    await type(preparer, '/claims/licenceNumber', '2932800021');
    release();
    await preparer.waitForURL(/\/drafts\/drf_/);
    await preparer.getByText('Not saved yet').waitFor();
    await preparer.unroute(/\/v1\/drafts$/);
    await act(preparer, 'save');
    await preparer.getByText(/^Saved /).waitFor();
    const focused = await preparer.evaluate(() => document.activeElement?.getAttribute('data-action'));
    expect(focused).to.equal('save');
    await preparer.reload();
    expect(await preparer.locator('[name="/claims/licenceNumber"]').inputValue()).to.equal('2932800021');
    await act(preparer, 'discard');
    await preparer.locator('[data-state=discarded]').waitFor();
  });

  it('name what is missing beside its field and in a summary that leads there', async () => {
    await visitPlace(preparer, service, 'new?type=FEHD-LRR');
    await type(preparer, '/claims/licenseeName/en', ' ');
    await act(preparer, 'check');
    await preparer.locator('.faults').waitFor();
    expect(await preparer.evaluate(() => document.activeElement?.closest('.faults') !== null)).to.equal(true);
    await walk(preparer);
    await capture(preparer, 'faults');
    const first = preparer.locator('.faults a').first();
    await first.focus();
    await preparer.keyboard.press('Enter');
    const focused = await preparer.evaluate(() => ({
      name: document.activeElement?.getAttribute('name'),
      isInvalid: document.activeElement?.getAttribute('aria-invalid'),
      told: document.getElementById(document.activeElement?.getAttribute('aria-describedby')?.split(' ').at(-1) ?? '')
        ?.textContent,
    }));
    expect(focused).to.deep.equal({ name: '/claims/licenceNumber', isInvalid: 'true', told: 'Please fill this in.' });
    await act(preparer, 'discard');
    await preparer.locator('[data-state=discarded]').waitFor();
  });

  it('are looked at once more before they are handed in, with a way back to each field', async () => {
    await fillIn(preparer, '2932800030');
    await type(preparer, '/claims/licenseeName/zh-Hant', '');
    await type(preparer, '/holder/email', 'shop@example.hk');
    await act(preparer, 'check');
    const step = preparer.locator('[data-check=shown]');
    await step.waitFor();
    const focused = () =>
      preparer.evaluate(() => {
        const { tagName: tag, id } = document.activeElement ?? {};
        return { tag, id };
      });
    expect(await focused()).to.deep.equal({ tag: 'H1', id: '' });
    expect(await preparer.locator('main').textContent())
      .to.contain(NAME)
      .and.contain('2 Test Street, Kowloon')
      .and.contain('1 January 2026'.replaceAll(' ', '\u00a0'))
      .and.contain('The day on which it is handed in')
      .and.contain('shop@example.hk');
    await walk(preparer);
    await capture(preparer, 'check');
    const fields = await preparer
      .locator('[data-change]')
      .evaluateAll((links) => links.map((link) => link.getAttribute('data-change')));
    await preparer.locator('[data-change="/claims/licenceNumber"]').focus();
    await preparer.keyboard.press('Enter');
    const number = preparer.locator('[name="/claims/licenceNumber"]');
    await number.waitFor();
    expect(await focused()).to.deep.equal({ tag: 'INPUT', id: 'field-claims-licenceNumber' });
    expect(await number.inputValue(), 'nothing is lost').to.equal('2932800030');
    expect(await preparer.locator('[name="/holder/email"]').inputValue()).to.equal('shop@example.hk');
    for (const pointer of fields)
      expect(await preparer.locator(`#field${pointer?.replaceAll('/', '-')}`).count(), pointer ?? '').to.equal(1);
    await number.fill('2932800031');
    await preparer.keyboard.press('Enter');
    await step.waitFor();
    expect(await step.textContent()).to.contain('2932800031');
    await preparer.reload();
    await step.waitFor();
    await preparer.goBack();
    await number.waitFor();
    expect(await number.inputValue()).to.equal('2932800031');
    await preparer.goForward();
    await step.waitFor();

    const { page: colleague } = await signIn(browser, service, 'fehd-preparer');
    await see(colleague, idOf(preparer), 'draft');
    await type(colleague, '/claims/licenceNumber', '2932800032');
    await act(colleague, 'save');
    await colleague.getByText(/^Saved /).waitFor();
    await colleague.context().close();
    await act(preparer, 'submit');
    await preparer.locator('[data-failure=changed]').waitFor();
    await walk(preparer);
    await act(preparer, 'theirs');
    await eventually('theirs is what would be handed in', async () =>
      ((await step.textContent()) ?? '').includes('2932800032'),
    );
    await act(preparer, 'submit');
    await preparer.locator('[data-state=submitted]').waitFor();
    await act(preparer, 'discard');
    await preparer.locator('[data-state=discarded]').waitFor();
  });

  it('are seen as the very PDF before they are handed in', async () => {
    await fillIn(preparer, '2932800002');
    const answer = preparer.waitForResponse(/\/v1\/credentials\/preview/);
    await act(preparer, 'preview');
    expect((await answer).headers()['content-type']).to.contain('application/pdf');
    await preparer.locator('.preview iframe').waitFor();
    const size = await preparer
      .evaluate(async () => {
        const frame = document.querySelector<HTMLIFrameElement>('.preview iframe');
        return (await (await fetch(frame?.src ?? '')).blob()).size;
      })
      .catch(() => 'refused');
    expect(size, 'the page may show it, and not ask for it').to.equal('refused');
    await capture(preparer, 'preview');
  });

  it('are approved by a colleague who sees what will be sealed, and become a document', async () => {
    const id = await submit('2932800003');
    const result = await resultOf(preparer, 'handed-in');
    expect(result.heading, 'the heading has the focus').to.deep.equal({ tag: 'H1', text: 'Handed in for approval' });
    expect(result.text).to.contain(id).and.contain('Approvals needed: 1.').and.contain('work queue');
    await walk(preparer);
    await capture(preparer, 'submitted');
    expect(await preparer.locator('[data-action=approve]').count(), 'whoever prepared it').to.equal(0);
    await visitPlace(approver, service, '');
    await approver.locator(`[data-queue=toApprove] a[href$="/${id}"]`).click();
    await approver.locator('[data-part=content]').waitFor();
    const sealed = (await approver.locator('[data-part=content]').textContent()) ?? '';
    expect(await approver.locator('.standing-banner').textContent()).to.contain('Preparer, FEHD');
    expect(sealed)
      .to.contain(NAME)
      .and.contain('2932800003')
      .and.match(/[0-9a-f]{64}/);
    await walk(approver);
    await capture(approver, 'approve');
    await act(approver, 'approve');
    await approver.locator('[data-state=issued]').waitFor();
    const approved = await resultOf(approver, 'approved');
    expect(approved.heading).to.deep.equal({ tag: 'H1', text: 'Approved and issued' });
    expect(approved.text)
      .to.match(/Sealed with others within \d+ s/)
      .and.contain('nothing is e-mailed');
    await walk(approver);
    await capture(approver, 'approved');
    const reference = await approver.locator('[data-result] a.code').textContent();
    await see(preparer, id, 'issued');
    expect(await preparer.locator('.standing-banner').textContent(), 'to its preparer too').to.contain(reference);
    await approver.locator('[data-result] a.code').click();
    await approver.locator('.standing-banner[data-standing]').waitFor();
    expect(await approver.locator('h1').textContent()).to.contain(reference);
    expect(await approver.locator('main').textContent()).to.contain(NAME);
  });

  it('go back to their preparer with a reason, and come again', async () => {
    const id = await submit('2932800004');
    await see(approver, id, 'submitted');
    await act(approver, 'do');
    await approver.locator('.faults').waitFor();
    expect(await approver.locator('#field-note').getAttribute('aria-invalid'), 'a reason is needed').to.equal('true');
    await approver.locator('#field-note').fill('The number belongs to another shop');
    await act(approver, 'do');
    await approver.locator('[data-state=draft]').waitFor();
    await see(preparer, id, 'draft');
    expect(await preparer.locator('.standing-banner').textContent()).to.contain('The number belongs to another shop');
    await type(preparer, '/claims/licenceNumber', '2932800005');
    await type(preparer, '/holder/email', 'shop@example.hk');
    await handIn(preparer);
    await see(approver, id, 'submitted');
    const changes = approver.locator('[data-part=changes]');
    expect(await changes.textContent()).to.contain('The number belongs to another shop');
    expect(await rowsOf(changes)).to.deep.equal(['licenceNumber', 'email']);
    expect(await changes.locator('[data-id=licenceNumber]').textContent()).to.match(/2932800004.*2932800005/);
    await capture(approver, 'changes');
    await walk(approver);
    await visitPlace(approver, service, `approve?draft=${id}`);
    expect(await rowsOf(approver.locator(`section[data-id=${id}] [data-part=changes]`))).to.have.length(2);
    await walk(approver);
    await act(preparer, 'withdraw');
    await preparer.locator('.draft-form').waitFor();
    expect(await preparer.locator('[name="/claims/licenceNumber"]').inputValue()).to.equal('2932800005');
    await act(preparer, 'discard');
    await preparer.locator('[data-state=discarded]').waitFor();
  });

  it('are approved together, and one that was changed meanwhile stays', async () => {
    const ids = [await submit('2932800006')];
    await fillIn(preparer, '2932800007');
    await type(preparer, '/holder/email', 'shop@example.hk');
    await handIn(preparer);
    ids.push(idOf(preparer), await submit('2932800008'));
    await visitPlace(approver, service, 'drafts?state=submitted');
    for (const id of ids) await approver.locator(`.chosen input[value="${id}"]`).check();
    await act(approver, 'review');
    await eventually('all three', async () => (await approver.locator('section[data-id]').count()) === 3);
    await act(preparer, 'withdraw');
    await preparer.locator('.draft-form').waitFor();
    await capture(approver, 'approve-many');
    await act(approver, 'approve-all');
    await approver.locator('[data-done]').waitFor();
    expect(await approver.locator('[data-done]').getAttribute('data-done')).to.equal('2');
    expect(await approver.locator('[data-outcome=DRAFT_STATE]').count()).to.equal(1);
    const { heading, text } = await resultOf(approver, 'approved');
    expect(heading).to.deep.equal({ tag: 'H1', text: '2 of 3 approved' });
    expect(text).to.contain('Sealed with others').and.contain('What was refused');
    const mails = await approver.locator('[data-outcome=approved] .hint').allTextContents();
    expect(mails.sort()).to.deep.equal([
      'No e-mail address of its holder was given: nothing is e-mailed.',
      'When it is final, it is e-mailed to its holder.',
    ]);
    expect(await approver.locator('[data-outcome=approved] a.code').count(), 'with its reference').to.equal(2);
    await walk(approver);
  });

  it('are not written over: who saves after a colleague is asked which of the two stays', async () => {
    await fillIn(preparer, '2932800009');
    await act(preparer, 'save');
    await preparer.waitForURL(/\/drafts\/drf_/);
    const id = idOf(preparer);
    const { page: colleague } = await signIn(browser, service, 'fehd-preparer');
    await see(colleague, id, 'draft');
    await type(colleague, '/claims/licenceNumber', '2932800010');
    await act(colleague, 'save');
    await colleague.getByText(/^Saved /).waitFor();
    await type(preparer, '/claims/licenceNumber', '2932800011');
    await act(preparer, 'save');
    await preparer.locator('[data-failure=changed]').waitFor();
    await capture(preparer, 'changed');
    expect(await preparer.locator('[name="/claims/licenceNumber"]').inputValue()).to.equal('2932800011');
    await act(preparer, 'mine');
    await preparer.getByText(/^Saved /).waitFor();
    await colleague.reload();
    expect(await colleague.locator('[name="/claims/licenceNumber"]').inputValue()).to.equal('2932800011');
    await type(colleague, '/claims/licenceNumber', '2932800013');
    await act(colleague, 'save');
    await colleague.getByText(/^Saved /).waitFor();
    await act(preparer, 'check');
    await preparer.locator('[data-failure=changed]').waitFor();
    await see(colleague, id, 'draft');
    await act(preparer, 'theirs');
    await eventually(
      'theirs stands in the field',
      async () => (await preparer.locator('[name="/claims/licenceNumber"]').inputValue()) === '2932800013',
    );
    await colleague.context().close();
  });

  it('that replace a document begin with what it says, and show what they change', async () => {
    await visitPlace(preparer, service, 'credentials?status=in-force&type=FEHD-GRL');
    const old = (await preparer.locator('.records tbody tr').first().getAttribute('data-id')) as string;
    await visitPlace(preparer, service, `new?type=FEHD-GRL&replaces=${old}`);
    await preparer.locator('.draft-form').waitFor();
    expect(await preparer.locator('[name="/claims/licenceNumber"]').inputValue()).not.to.equal('');
    await type(preparer, '/claims/licenseeName/en', 'Renamed Limited');
    await type(preparer, '/appliedOn', '2999-01-01');
    await act(preparer, 'check');
    await preparer.locator('#field-appliedOn[aria-invalid]').waitFor();
    expect(await preparer.locator('.faults').textContent()).to.contain('This day has not come yet');
    await capture(preparer, 'renewal-in-fact');
    await walk(preparer);
    await type(preparer, '/appliedOn', '');
    await type(preparer, '/note', 'The shop has a new name, file 17');
    await act(preparer, 'check');
    expect(await preparer.locator('[data-check=note]').textContent()).to.contain('file 17');
    await act(preparer, 'submit');
    await preparer.locator('[data-state=submitted]').waitFor();
    await see(approver, idOf(preparer), 'submitted');
    expect(await approver.locator('[data-part=content]').textContent(), 'to whoever approves').to.contain('file 17');
    expect(await rowsOf(preparer.locator('[data-part=differences]'))).to.deep.equal(['licenseeName']);
    await capture(preparer, 'differences');
    await walk(preparer);
    await act(preparer, 'discard');
    await preparer.locator('[data-state=discarded]').waitFor();
  });

  it('name by its reference what they belong to, and say beside the field where there is no such document', async () => {
    const { page } = await signIn(browser, service, 'tia-preparer');
    await visitPlace(page, service, 'new?type=TIA-BP');
    for (const wrong of ['0000-0000-0000', 'nonsense']) {
      await type(page, '/parent', wrong);
      await act(page, 'save');
      await page.locator('#field-parent[aria-invalid]').waitFor();
      expect(await page.evaluate(() => document.activeElement?.closest('.faults') !== null), wrong).to.equal(true);
      expect(await page.locator('.faults').textContent()).to.contain(
        'No document of your department has this reference',
      );
    }
    expect(new URL(page.url()).pathname, 'nothing was saved').to.equal('/console/new');
    await page.context().close();
  });

  it('are another department’s to nobody', async () => {
    const id = await submit('2932800012');
    const { page } = await signIn(browser, service, 'td-preparer');
    await visitPlace(page, service, `drafts/${id}`);
    expect(await page.locator('.failure').getAttribute('data-code')).to.equal('DRAFT_NOT_FOUND');
    await visitPlace(page, service, 'new?type=FEHD-GRL');
    expect(await page.locator('.failure').getAttribute('data-code')).to.equal('TYPE_NOT_FOUND');
    await page.context().close();
  });

  it('ask nothing of another origin, and run nothing that their rules refuse', () => {
    const expected =
      /status of (4\d\d)|ERR_FAILED|Refused to connect|violates the following Content Security Policy directive: "connect-src/;
    expect(complaints.filter((line) => !expected.test(line))).to.deep.equal([]);
  });
});
