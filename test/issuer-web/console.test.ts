import { expect } from 'chai';
import pg from 'pg';
import type { Browser } from 'playwright-core';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { rememberedPort } from '../../scripts/local/ports.ts';
import { openCluster } from '../../scripts/local/postgres-cluster.ts';
import { toCredentialId } from '../../server/issuance/credential-id.ts';
import { eventually, type Run, useRunning } from '../end-to-end/running.ts';
import { launchChromium } from '../verifier-web/chromium.ts';
import { issue, signIn, visitPlace, walk } from './desk.ts';

const LICENCE = {
  type: 'FEHD-GRL',
  claims: {
    licenceNumber: '2932809001',
    licenceType: 'full',
    licenseeName: { en: 'Console Test Limited', 'zh-Hant': '工作台測試有限公司' },
    premisesAddress: { en: '1 Test Street, Kowloon', 'zh-Hant': '九龍測試街1號' },
  },
  validity: { validFrom: '2026-01-01', validUntil: '2026-12-31' },
};

const CREDENTIALS = /\/v1\/credentials/;

describe('the console', () => {
  const running = useRunning();
  let browser: Browser;
  let service: string;
  let licence: { id: string; reference: string };

  before(async () => {
    const { demo } = running();
    service = demo.service;
    const apiKey = demo.departments.find(({ id }) => id === 'FEHD')?.apiKey ?? '';
    browser = await launchChromium();
    for (let i = 0; i < 21; i++) licence = await issue({ service, apiKey }, { ...LICENCE, claims: numbered(i) });
    await eventually('the last licence is final', async () => {
      const headers = { authorization: `Bearer ${apiKey}` };
      const response = await fetch(`${service}/v1/credentials/${licence.id}`, { headers });
      return ((await response.json()) as { state: string }).state === 'final';
    });
  });

  after(() => browser?.close());

  const numbered = (i: number) => ({ ...LICENCE.claims, licenceNumber: String(2_932_809_000 + i) });

  it('shows who is signed in, for which department and as what, and signs out', async () => {
    const { page, complaints } = await signIn(browser, service, 'fehd-preparer');
    expect(await page.locator('[data-department]').getAttribute('data-department')).to.equal('FEHD');
    expect(await page.locator('.account').textContent()).to.contain('Roles: Preparer');
    expect(await page.locator('.test-band').isVisible()).to.equal(true);
    expect(complaints).to.deep.equal([]);
    await page.locator('[data-action=sign-out]').click();
    await page.waitForURL((url) => !url.pathname.startsWith('/console'));
    await visitPlace(page, service, 'credentials');
    expect(await page.locator('[data-action=sign-in]').count()).to.equal(1);
    await page.context().close();
  });

  it('comes back from the sign-in to the place that was asked for', async () => {
    const { page } = await signIn(browser, service, 'fehd-approver');
    await page.context().clearCookies();
    await visitPlace(page, service, 'credentials?status=suspended');
    await page.locator('[data-action=sign-in]').click();
    await page.locator('input[name=account]').fill('fehd-approver');
    await page.keyboard.press('Enter');
    await page.locator('.records').waitFor();
    expect(new URL(page.url()).search).to.equal('?status=suspended');
    await page.context().close();
  });

  it('has no barriers, in three languages, on 320 pixels and in the dark', async () => {
    const { page, complaints } = await signIn(browser, service, 'fehd-preparer');
    for (const path of ['', 'credentials', `credentials/${licence.id}`, 'drafts?state=discarded', 'nowhere']) {
      await visitPlace(page, service, path);
      await walk(page);
    }
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it('shows in each queue what waits there, and leads to it', async () => {
    const { demo, run } = running();
    const apiKey = demo.departments.find(({ id }) => id === 'FEHD')?.apiKey ?? '';
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    const today = toHongKongDay(Date.now() / 1000);
    const ask = async (path: string, body?: object) => {
      const request = body && { method: 'POST', body: JSON.stringify(body) };
      const key = { 'idempotency-key': crypto.randomUUID() };
      const response = await fetch(`${service}/v1/${path}`, { headers: { ...headers, ...key }, ...request });
      expect(response.ok, path).to.equal(true);
      return (await response.json()) as { id: string; state: string; contentHash: string };
    };
    const becomes = (id: string, state: string) =>
      eventually(`${id} is ${state}`, async () => (await ask(`credentials/${id}`)).state === state);

    const validity = { validFrom: toDate(today - 300), validUntil: toDate(today + 40) };
    const expiring = await issue({ service, apiKey }, { ...LICENCE, claims: numbered(500), validity });
    await becomes(expiring.id, 'final');
    const draft = await ask('drafts', { ...LICENCE, claims: numbered(501) });
    // whatever made it "issued", nobody has approved it: then it is not sealed
    const forced = await ask(`drafts/${(await ask('drafts', { ...LICENCE, claims: numbered(502) })).id}/submit`, {});
    const failed = await issuedByNobody(run, forced.contentHash);
    await becomes(failed, 'failed');

    const { page } = await signIn(browser, service, 'fehd-preparer');
    await visitPlace(page, service, '');
    const rowOf = (queue: string, id: string) => page.locator(`[data-queue=${queue}] tbody tr[data-id="${id}"]`);
    for (const [queue, id, text] of [
      ['expiring', expiring.id, expiring.reference],
      ['drafts', draft.id, 'In preparation'],
      ['failed', failed, 'Failed'],
    ] as const) {
      await rowOf(queue, id).waitFor();
      expect(await rowOf(queue, id).textContent(), queue).to.contain(text);
      expect(await page.locator(`[data-queue=${queue}] h2 .hint`).textContent(), queue).not.to.equal('0');
    }
    await walk(page);
    for (const [queue, id] of [
      ['expiring', expiring.id],
      ['failed', failed],
    ] as const) {
      await page.locator(`[data-queue=${queue}] > p a`).click();
      await page.locator(`.records tbody tr[data-id="${id}"]`).waitFor();
      await page.goBack();
      await rowOf(queue, id).waitFor();
    }
    await rowOf('drafts', draft.id).locator('a').click();
    await page.locator('.draft-form').waitFor();
    for (const { id } of [draft, forced]) await ask(`drafts/${id}/discard`, {});
    await page.context().close();
  });

  it('keeps search and filters in the address, and pages by it', async () => {
    const { page } = await signIn(browser, service, 'fehd-preparer');
    await visitPlace(page, service, 'credentials');
    expect(await page.locator('.records tbody tr').count()).to.equal(20);
    const ids = () =>
      page.locator('.records tbody tr').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id')));
    const first = await ids();
    await page.locator('a[rel=next]').click();
    await page.waitForURL(/starting_after=/);
    await page.locator(`[data-id="${first[0]}"]`).waitFor({ state: 'detached' });
    await page.locator('.records').waitFor();
    for (const id of await ids()) expect(first).not.to.include(id);
    await page.goBack();
    await page.locator(`[data-id="${first[0]}"]`).waitFor();

    await page.locator('#reference').fill(licence.reference.toLowerCase());
    await page.keyboard.press('Enter');
    await page.waitForURL(/reference=/);
    await eventually('one row', async () => (await page.locator('.records tbody tr').count()) === 1);
    await page.reload();
    await page.locator('.records').waitFor();
    expect(await ids()).to.deep.equal([licence.id]);
    expect(await page.locator('#reference').inputValue()).to.equal(licence.reference.toLowerCase());

    await visitPlace(page, service, 'credentials?reference=nonsense');
    expect(await page.locator('.empty').count()).to.equal(1);
    await page.locator('.empty a').click();
    await page.locator('.records').waitFor();
    expect(new URL(page.url()).search).to.equal('');
    await page.context().close();
  });

  it('finds documents by a whole name or number, however it is written', async () => {
    const { page, complaints } = await signIn(browser, service, 'fehd-preparer');
    await visitPlace(page, service, 'credentials');
    const find = async (text: string) => {
      await page.locator('#text').fill(text);
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => url.searchParams.get('text') === text);
    };
    const count = (rows: number) =>
      eventually(`${rows} rows`, async () => (await page.locator('.records tbody tr').count()) === rows);
    expect(await page.locator('#text-hint').textContent()).to.contain('whole name or number');
    await find('2932 809 020');
    await count(1);
    expect(await page.locator('.records tbody tr').getAttribute('data-id')).to.equal(licence.id);
    await page.reload();
    await page.locator('.records').waitFor();
    expect(await page.locator('#text').inputValue()).to.equal('2932 809 020');
    await find('limited CONSOLE test');
    await count(20);
    await find('工作台 測試有限公司');
    await count(20);
    await find('Console Test');
    await page.locator('.empty').waitFor();
    expect(await page.locator('.empty').textContent()).to.contain('whole');
    await walk(page);
    // what points at somebody is not kept
    expect(await page.locator('[data-action=new-view]').count()).to.equal(0);
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it('shows of one document what it says, how it stands, where the chain has it, and gives its files', async () => {
    const { page } = await signIn(browser, service, 'fehd-approver');
    await visitPlace(page, service, `credentials/${licence.id}`);
    const text = (await page.locator('main').textContent()) ?? '';
    expect(text).to.contain('Console Test Limited').and.contain('工作台測試有限公司');
    expect(text)
      .to.match(/Transaction0x[0-9a-f]{64}/)
      .and.match(/Batch0x[0-9a-f]{64}/)
      .and.match(/Block\d+/);
    const root = await page.evaluate(async (id) => {
      const { batch } = (await (await fetch(`/v1/credentials/${id}`)).json()) as { batch: { root: string } };
      return batch.root;
    }, licence.id);
    expect(root).to.match(/^0x[0-9a-f]{64}$/);
    expect(text).to.contain(`Merkle root of the batch${root}`);
    expect(await page.locator('.standing-banner').getAttribute('data-standing')).to.equal('inForceUntil');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator(`a[href$="${licence.id}/pdf"]`).click(),
    ]);
    expect(download.suggestedFilename()).to.equal(`${licence.reference}.pdf`);
    const [verifier] = await Promise.all([
      page.waitForEvent('popup'),
      page.locator('.standing-banner a[target=_blank]').click(),
    ]);
    await verifier.locator('.verdict[data-standing=in-force]').waitFor();
    await page.context().close();
  });

  it('shows nothing of it to another department, and says what to do', async () => {
    const { page } = await signIn(browser, service, 'td-preparer');
    await visitPlace(page, service, `credentials/${licence.id}`);
    expect(await page.locator('.failure').getAttribute('data-code')).to.equal('CREDENTIAL_NOT_FOUND');
    expect(await page.locator('main').textContent()).not.to.contain('Console Test Limited');
    for (const query of [`reference=${licence.reference}`, 'text=Console Test Limited']) {
      await visitPlace(page, service, `credentials?${query}`);
      expect(await page.locator('.records').count(), query).to.equal(0);
    }
    await page.context().close();
  });

  it('tells an inspector that there are no lists, and a holder that it is not for holders', async () => {
    const inspector = await signIn(browser, service, 'fehd-inspector');
    await inspector.page.locator('h1').waitFor();
    expect(await inspector.page.locator('.queue').count()).to.equal(0);
    await visitPlace(inspector.page, service, 'credentials');
    expect(await inspector.page.locator('.failure').getAttribute('data-code')).to.equal('FORBIDDEN');
    await inspector.page.context().clearCookies();
    await inspector.page.goto(`${service}/auth/login?as=holder&return=/console/`);
    await inspector.page.locator('input[name=account]').fill('holder-1');
    await inspector.page.keyboard.press('Enter');
    await inspector.page.locator('.welcome h1').waitFor();
    expect(await inspector.page.locator('.welcome a').count()).to.equal(0);
    await inspector.page.context().close();
  });

  it('can be worked with the keyboard alone', async () => {
    const { page } = await signIn(browser, service, 'fehd-preparer');
    await visitPlace(page, service, 'credentials');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).to.equal('skip');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).to.equal('main');
    const link = page.locator('.records a').first();
    await link.focus();
    await page.keyboard.press('Enter');
    await page.locator('.standing-banner').waitFor();
    expect(await page.evaluate(() => document.activeElement?.tagName)).to.equal('H1');
    await page.context().close();
  });

  it('warns where the chain has something in the department’s name that the service does not know', async () => {
    const { page } = await signIn(browser, service, 'fehd-preparer');
    await page.route(/\/v1\/me$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...((await response.json()) as object), state: 'held' } });
    });
    await visitPlace(page, service, '');
    await walk(page);
    expect(await page.locator('[role=alert]').getAttribute('data-alert')).to.equal('held');
    await page.unroute(/\/v1\/me$/);
    await visitPlace(page, service, '');
    await page.locator('.queue').first().waitFor();
    expect(await page.locator('[role=alert]').count()).to.equal(0);
    await page.context().close();
  });

  it('says that the service cannot be reached, and goes on when it can', async () => {
    const { page } = await signIn(browser, service, 'fehd-preparer');
    await visitPlace(page, service, '');
    await page.route(CREDENTIALS, (route) => route.abort());
    await page.locator('a[href="/console/credentials"]').click();
    await page.locator('.failure[data-failure=no-answer]').waitFor();
    await page.unroute(CREDENTIALS);
    await page.locator('.failure button').click();
    await page.locator('.records').waitFor();
    await page.context().close();
  });

  it('is served under rules that let it run nothing but its own files', async () => {
    const page = await fetch(`${service}/console/credentials/any`);
    expect(page.status).to.equal(200);
    expect(page.headers.get('content-security-policy'))
      .to.contain("script-src 'self';")
      .and.contain("trusted-types 'none'");
    expect(page.headers.get('cache-control')).to.equal('no-cache');
    expect((await fetch(`${service}/console/assets/main-NOTTHERE.js`)).status).to.equal(404);
    const bare = await fetch(`${service}/console`, { redirect: 'manual' });
    expect(bare.headers.get('location')).to.equal('/console/');
    expect((await fetch(`${service}/console/`, { method: 'POST' })).status).to.equal(404);
  });
});

/** Past the service, in its own database: what is handed in is called issued. Its id. */
async function issuedByNobody({ dataFolder }: Run, contentHash: string): Promise<string> {
  const { password } = await openCluster(dataFolder, () => {});
  const connectionString = `postgres://eproof:${password}@127.0.0.1:${rememberedPort(dataFolder, 'postgres')}/eproof`;
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query(
      "update credentials set state = 'issued', approved_by = 'officer:0', approved_at = now() where content_hash = $1 returning id",
      [Buffer.from(contentHash, 'hex')],
    );
    return toCredentialId(rows[0].id);
  } finally {
    await client.end();
  }
}
