import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { eventually, useRunning } from '../end-to-end/running.ts';
import { launchChromium, waitForVerdict } from '../verifier-web/chromium.ts';
import { capture, handIn, issue, signIn, visitPlace, walk } from './desk.ts';

const TODAY = toHongKongDay(Date.now() / 1000);

const licence = (number: number) => ({
  type: 'FEHD-LRR',
  claims: {
    licenceNumber: String(2_942_800_000 + number),
    licenceType: 'full',
    licenseeName: { en: 'Acts Test Limited', 'zh-Hant': '狀況測試有限公司' },
    premisesAddress: { en: '3 Test Street, Kowloon', 'zh-Hant': '九龍測試街3號' },
  },
  validity: { validFrom: toDate(TODAY - 320), validUntil: toDate(TODAY + 40) },
});

describe('what officers do to a document', () => {
  const running = useRunning();
  let browser: Browser;
  let service: string;
  let apiKey: string;
  let preparer: Page;
  let approver: Page;

  before(async () => {
    const { demo } = running();
    service = demo.service;
    apiKey = demo.departments.find(({ id }) => id === 'FEHD')?.apiKey ?? '';
    browser = await launchChromium();
    ({ page: preparer } = await signIn(browser, service, 'fehd-preparer'));
    ({ page: approver } = await signIn(browser, service, 'fehd-approver'));
  });

  after(() => browser?.close());

  async function issued(number: number): Promise<string> {
    const { id } = await issue({ service, apiKey }, licence(number));
    await eventually('it is final', async () => (await get(`credentials/${id}`)).state === 'final');
    return id;
  }

  async function get(path: string): Promise<Record<string, unknown>> {
    const response = await fetch(`${service}/v1/${path}`, { headers: { authorization: `Bearer ${apiKey}` } });
    return (await response.json()) as Record<string, unknown>;
  }

  const status = (id: string, expected: string) =>
    eventually(`${id} is ${expected}`, async () => {
      const { status, pending } = await get(`credentials/${id}`);
      return status === expected && pending === false;
    });
  const walked = new Set<string>();
  const begin = async (page: Page, id: string, act: string) => {
    await visitPlace(page, service, `credentials/${id}`);
    await page.locator(`[data-act=${act}]`).click();
    await page.locator('[data-action=do], .draft-form').first().waitFor();
    if (walked.has(act)) return;
    walked.add(act);
    await walk(page);
  };
  const end = (page: Page) => page.locator('[data-action=do]').click();

  /** What the public verifier says of it. */
  async function verdict(page: Page, id: string): Promise<string | null> {
    return (await verdictTold(page, id)).standing;
  }

  async function verdictTold(page: Page, id: string) {
    await visitPlace(page, service, `credentials/${id}`);
    const [verifier] = await Promise.all([
      page.waitForEvent('popup'),
      page.locator('.standing-banner a[target=_blank]').click(),
    ]);
    const told = await waitForVerdict(verifier);
    await verifier.close();
    return told;
  }

  it('suspends it for seven days with a public reason, reinstates it, and the verifier follows', async () => {
    const id = await issued(1);
    await begin(preparer, id, 'suspend');
    await end(preparer);
    await preparer.locator('.faults').waitFor();
    expect(await preparer.locator('#field-reason').getAttribute('aria-invalid'), 'a reason is needed').to.equal('true');
    await preparer.locator('#field-reason').selectOption('conditions-breached');
    await preparer.locator('#field-until').fill(toDate(TODAY - 1));
    await end(preparer);
    await preparer.locator('#field-until[aria-invalid]').waitFor();
    expect(await preparer.locator('#field-reason').inputValue(), 'what was typed stays').to.equal(
      'conditions-breached',
    );
    await preparer.locator('#field-until').fill(toDate(TODAY + 7));
    await preparer.locator('#field-note').fill('Case 17');
    await capture(preparer, 'suspend');
    await end(preparer);
    await preparer.locator('.standing-banner[data-standing]').waitFor();
    await status(id, 'suspended');
    const { standing, heading } = await verdictTold(preparer, id);
    expect(standing).to.equal('suspended');
    expect(heading, 'the public reason that was chosen').to.contain('conditions were breached');
    expect(heading).not.to.contain('Case 17');
    await visitPlace(preparer, service, `credentials/${id}`);
    expect(await preparer.locator('main').textContent())
      .to.contain('conditions were breached')
      .and.contain('Case 17');
    await capture(preparer, 'suspended');
    await begin(preparer, id, 'reinstate');
    await preparer.locator('#field-reason').selectOption('none-given');
    await end(preparer);
    await status(id, 'in-force');
    expect(await verdict(preparer, id)).to.equal('in-force');
  });

  it('revokes it with a second person where the kind demands one', async () => {
    const id = await issued(2);
    const { page: admin } = await signIn(browser, service, 'fehd-admin');
    const demand = (statusApprovals: number) =>
      admin.evaluate(async (rule) => {
        const session = (await (await fetch('/v1/session')).json()) as { csrfToken: string };
        const headers = {
          'content-type': 'application/json',
          'x-csrf-token': session.csrfToken,
          'idempotency-key': String(Math.random()).slice(2),
        };
        const body = JSON.stringify({ approvals: 0, statusApprovals: rule, retentionMonths: null });
        return (await fetch('/v1/types/FEHD-LRR/rules', { method: 'POST', headers, body })).status;
      }, statusApprovals);
    expect(await demand(1)).to.equal(200);
    try {
      await begin(preparer, id, 'revoke');
      await preparer.locator('#field-reason').selectOption('ceased');
      await end(preparer);
      await preparer.locator('[data-state=preview]').waitFor();
      expect(await preparer.locator('[data-action=confirm]').count(), 'whoever asked').to.equal(0);
      const change = new URL(preparer.url()).pathname.split('/').at(-1) as string;
      await visitPlace(approver, service, '');
      await approver.locator(`[data-queue=changes] a[href$="/${change}"]`).click();
      await approver.locator('[data-state=preview]').waitFor();
      expect(await approver.locator('main').textContent())
        .to.contain('the activity has ceased')
        .and.contain(id);
      await walk(approver);
      await capture(approver, 'change');
      await approver.locator('[data-action=confirm]').click();
      await approver.locator('[data-state=confirmed]').waitFor();
      await status(id, 'revoked');
      await approver.locator('[data-action=refresh]').click();
      await approver.locator('[data-final="1"]').waitFor();
      expect(await verdict(approver, id)).to.equal('revoked');
      await visitPlace(preparer, service, `credentials/${id}`);
      expect(await preparer.locator('[data-part=acts]').count(), 'nothing is done to what is revoked').to.equal(0);
    } finally {
      await demand(0);
      await admin.context().close();
    }
  });

  it('renews it for the term that follows, and moves its end', async () => {
    const id = await issued(3);
    await begin(preparer, id, 'renew');
    expect(await preparer.locator('[name="/validity/validFrom"]').inputValue()).to.equal(toDate(TODAY + 41));
    expect(await preparer.locator('[name="/claims/licenceNumber"]').inputValue()).to.equal('2942800003');
    await handIn(preparer);
    const draft = new URL(preparer.url()).pathname;
    await approver.goto(`${service}${draft}`);
    await approver.locator('[data-action=approve]').click();
    await approver.locator('[data-state=issued]').waitFor();
    await visitPlace(preparer, service, `credentials/${id}`);
    expect((await get(`credentials/${id}`)).status, 'until the next term begins').to.equal('in-force');
    const { page: keeper } = await signIn(browser, service, 'fehd-key-holder');
    const other = await issued(4);
    await begin(keeper, other, 'extend');
    await keeper.locator('#field-validUntil').fill(toDate(TODAY + 60));
    await keeper.locator('#field-reason').selectOption('court-order');
    await capture(keeper, 'extend');
    await end(keeper);
    await eventually('its end is moved', async () => (await get(`credentials/${other}`)).endsOn === toDate(TODAY + 60));
    await visitPlace(keeper, service, `credentials/${other}`);
    const extension = keeper.locator('.records tbody tr', { hasText: 'Extension' });
    expect(await extension.textContent(), 'the reason that was chosen').to.contain('by order of a court');
    await keeper.context().close();
  });

  it('e-mails it to its holder again', async () => {
    const email = 'again@acts-test.example.hk';
    const { id } = await issue({ service, apiKey }, { ...licence(6), holder: { email } });
    const mailed = () => readLetters(join(running().run.dataFolder, 'mail'), email);
    await eventually('it is e-mailed', async () => (await mailed()).length === 1);
    await visitPlace(preparer, service, `credentials/${id}`);
    await eventually('the page knows', async () => {
      await preparer.reload();
      await preparer.locator('[data-act=mail]').waitFor();
      return ((await preparer.locator('main').textContent()) ?? '').includes('Taken by the mail server');
    });
    await preparer.locator('[data-act=mail]').click();
    await eventually('it is e-mailed again', async () => (await mailed()).length === 2);
    expect(await preparer.locator('.failure').count()).to.equal(0);
    const { page: auditor } = await signIn(browser, service, 'fehd-auditor');
    await visitPlace(auditor, service, `credentials/${id}`);
    expect(await auditor.locator('[data-act=mail]').count(), 'by whoever only reads').to.equal(0);
    await auditor.context().close();
  });

  it('offers to each role what the role may do', async () => {
    const id = await issued(5);
    const { page: auditor } = await signIn(browser, service, 'fehd-auditor');
    await visitPlace(auditor, service, `credentials/${id}`);
    expect(await auditor.locator('[data-part=acts]').count()).to.equal(0);
    await visitPlace(auditor, service, `credentials/${id}/revoke`);
    await auditor.locator('#field-reason').selectOption('ceased');
    await end(auditor);
    await auditor.locator('.failure[data-failure=forbidden]').waitFor();
    await auditor.context().close();
    await visitPlace(approver, service, `credentials/${id}`);
    expect(await approver.locator('[data-act=revoke], [data-act=replace]').count()).to.equal(0);
  });
});

/** What the development's mail server has taken for the address. */
async function readLetters(folder: string, to: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eml'));
  const letters = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return letters.filter((letter) => letter.includes(`To: ${to}`));
}
