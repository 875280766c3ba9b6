import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { eventually, useRunning } from '../end-to-end/running.ts';
import { launchChromium, openPage } from '../verifier-web/chromium.ts';
import { DRIVER_OF_ONE_CLASS } from '../verifier-web/world.ts';
import { capture, issue, sayYes, signIn, visitPlace, walk } from './desk.ts';

describe('the office of a department', () => {
  const running = useRunning();
  let browser: Browser;
  let service: string;
  let admin: Page;
  let complaints: string[];

  before(async () => {
    service = running().demo.service;
    browser = await launchChromium();
    ({ page: admin, complaints } = await signIn(browser, service, 'fehd-admin'));
    sayYes(admin);
  });

  after(() => browser?.close());

  const type = (name: string, text: string) => admin.locator(`[name="/${name}"]`).fill(text);
  const tick = (name: string, value: string) => admin.locator(`[name="/${name}"][value="${value}"]`).check();
  const go = () => admin.locator('[data-action=do]').click();

  it('shows what each kind says, for how long, and how many people it demands', async () => {
    await visitPlace(admin, service, 'types');
    await walk(admin);
    await admin.locator('[data-id=FEHD-GRL] a').click();
    await admin.locator('[data-id=licenceNumber]').waitFor();
    expect(await admin.locator('main').textContent())
      .to.contain('At most 12 months')
      .and.match(/[0-9a-f]{64}/);
    const download = admin.waitForEvent('download');
    await admin.locator('a[href$="template.csv"]').click();
    expect((await download).suggestedFilename()).to.equal('FEHD-GRL.csv');
    await type('approvals', '5');
    await go();
    await admin.locator('#field-approvals[aria-invalid]').waitFor();
    await walk(admin);
    await capture(admin, 'type');
    await type('approvals', '0');
    await type('retentionMonths', '120');
    const kept = admin.waitForResponse(
      (response) => response.url().endsWith('/v1/types/FEHD-GRL/rules') && response.ok(),
    );
    await go();
    await kept;
    await admin.reload();
    await admin.locator('#field-retentionMonths').waitFor();
    expect(await admin.locator('#field-retentionMonths').inputValue()).to.equal('120');
    await type('retentionMonths', '');
    await go();
    await eventually('nothing is erased by itself', async () => {
      const answer = await admin.evaluate(
        async () => (await (await fetch('/v1/types/FEHD-GRL/rules')).json()) as { retentionMonths: number | null },
      );
      return answer.retentionMonths === null;
    });
  });

  it('adds an officer, changes what the officer may do, and ends it', async () => {
    await visitPlace(admin, service, 'team');
    await walk(admin);
    await go();
    await admin.locator('.faults').waitFor();
    await type('name', 'Office Test');
    await type('subject', 'office-test');
    await tick('roles', 'preparer');
    await capture(admin, 'team');
    await go();
    await admin.locator('[data-active=true]').waitFor();
    await walk(admin);
    const path = new URL(admin.url()).pathname;
    await tick('roles', 'auditor');
    await go();
    await admin.locator('[data-active=true]').waitFor();
    await visitPlace(admin, service, 'team');
    expect(await admin.locator('.records tr', { hasText: 'Office Test' }).textContent()).to.contain(
      'Auditor, Preparer',
    );
    await admin.goto(service + path);
    await admin.locator('[data-action=deactivate]').click();
    await admin.locator('[data-active=false]').waitFor();
  });

  it('writes over nothing that a colleague has changed meanwhile, and says what to do', async () => {
    const { page: colleague } = await signIn(browser, service, 'fehd-admin');
    const refused = (code: string) => admin.locator(`.failure[data-code=${code}]`);
    const both = async (path: string, ready: string) => {
      for (const page of [admin, colleague]) {
        await visitPlace(page, service, path);
        await page.locator(ready).waitFor();
      }
    };
    const goOf = (page: Page) => page.locator('[data-action=do]').click();

    await both('types/FEHD-GRL', '#field-retentionMonths');
    await colleague.locator('#field-retentionMonths').fill('60');
    await goOf(colleague);
    await eventually('it is saved', async () => {
      const rule = await colleague.evaluate(
        async () => (await (await fetch('/v1/types/FEHD-GRL/rules')).json()) as { retentionMonths: number | null },
      );
      return rule.retentionMonths === 60;
    });
    await type('retentionMonths', '12');
    await go();
    await refused('RULES_CHANGED').waitFor();
    expect(await refused('RULES_CHANGED').textContent()).to.contain('Load the page again');
    expect(await admin.locator('#field-retentionMonths').inputValue(), 'what was typed stays').to.equal('12');
    await walk(admin);
    await admin.reload();
    await admin.locator('#field-retentionMonths').waitFor();
    expect(await admin.locator('#field-retentionMonths').inputValue(), 'theirs').to.equal('60');
    await type('retentionMonths', '');
    await go();
    await eventually('nothing is erased by itself', async () => {
      const rule = await admin.evaluate(
        async () => (await (await fetch('/v1/types/FEHD-GRL/rules')).json()) as { retentionMonths: number | null },
      );
      return rule.retentionMonths === null;
    });

    await visitPlace(admin, service, 'team');
    await type('name', 'Changed Twice');
    await type('subject', 'changed-twice');
    await tick('roles', 'preparer');
    await go();
    await admin.locator('[data-active=true]').waitFor();
    const officer = new URL(admin.url()).pathname.replace('/console/', '');
    await both(officer, '[data-active=true]');
    await colleague.locator('[name="/roles"][value=auditor]').check();
    await goOf(colleague);
    await eventually('the colleague is done', async () => {
      const { roles } = await colleague.evaluate(
        async (id) => (await (await fetch(`/v1/officers/${id}`)).json()) as { roles: string[] },
        officer.split('/').at(-1),
      );
      return roles.includes('auditor');
    });
    await tick('roles', 'inspector');
    await go();
    await refused('OFFICER_CHANGED').waitFor();
    await admin.reload();
    await admin.locator('[data-active=true]').waitFor();
    const ticked = await admin
      .locator('[name="/roles"]:checked')
      .evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value));
    expect(ticked).to.have.members(['preparer', 'auditor']);
    await admin.locator('[data-action=deactivate]').click();
    await admin.locator('[data-active=false]').waitFor();

    await visitPlace(admin, service, 'webhooks');
    await type('url', 'https://changed-twice.invalid/hook');
    await tick('events', 'credential.final');
    await go();
    await admin.locator('[data-part=secret] a').click();
    await admin.locator('[data-state=active]').waitFor();
    await both(new URL(admin.url()).pathname.replace('/console/', ''), '[data-state=active]');
    await colleague.locator('[name="/events"][value="import.finished"]').check();
    await goOf(colleague);
    await colleague.locator('.facts', { hasText: 'A file is finished' }).waitFor();
    // what is looked at meanwhile is not what stands in the form
    await admin.locator('[data-action=pause]').click();
    await admin.locator('[data-state=paused]').waitFor();
    await tick('events', 'credential.failed');
    await go();
    await refused('WEBHOOK_CHANGED').waitFor();
    expect(await refused('WEBHOOK_CHANGED').textContent()).to.contain('Load the page again');
    await admin.locator('[data-action=end]').click();
    await admin.locator('[data-state=ended]').waitFor();
    await colleague.context().close();
  });

  it('keeps an administrator from the own roles', async () => {
    const own = await admin.evaluate(async () => {
      const session = (await (await fetch('/v1/session')).json()) as { officer: { id: string } };
      return session.officer.id.replace('officer:', 'off_');
    });
    await visitPlace(admin, service, `team/${encodeURIComponent(own)}`);
    await tick('roles', 'approver');
    await go();
    await admin.locator('.failure[data-code=OWN_ROLES]').waitFor();
    expect(await admin.locator('.failure').textContent()).to.contain('another administrator');
  });

  it('makes a key for a system, whose secret is shown once and works until the key is ended', async () => {
    await visitPlace(admin, service, 'api-keys');
    await walk(admin);
    await type('name', 'Office test system');
    await tick('scopes', 'credentials.read');
    await go();
    const secret = ((await admin.locator('[data-part=secret] .code').textContent()) ?? '').trim();
    await walk(admin);
    const ask = async () =>
      (await fetch(`${service}/v1/credentials?limit=1`, { headers: { authorization: `Bearer ${secret}` } })).status;
    expect(await ask()).to.equal(200);
    await admin.reload();
    await admin.locator('.records').waitFor();
    expect(await admin.locator('main').textContent()).not.to.contain(secret);
    await admin.locator('.records a', { hasText: 'Office test system' }).click();
    await admin.locator('[data-action=rotate]').click();
    await admin.locator('[data-part=secret] .code').waitFor();
    await capture(admin, 'api-key');
    await admin.locator('[data-action=deactivate]').click();
    await admin.locator('[data-state=deactivated]').waitFor();
    expect(await ask()).to.equal(401);
  });

  it('has a system told of events: which, with a secret that is shown once, how it went, and again', async () => {
    await visitPlace(admin, service, 'webhooks');
    await walk(admin);
    await type('url', 'https://127.0.0.1/hook');
    await tick('events', 'credential.final');
    await go();
    await admin.locator('#field-url[aria-invalid]').waitFor();
    expect(await admin.locator('.faults').textContent()).to.contain('public address');
    await type('url', 'https://receiver.invalid/hook');
    await go();
    const secretOf = async () => (await admin.locator('[data-part=secret] .code').textContent()) ?? '';
    const secret = await secretOf();
    expect(secret).to.match(/^whs_/);
    await admin.locator('[data-part=secret] a').click();
    await admin.locator('[data-state=active]').waitFor();
    expect(await admin.locator('main').textContent()).not.to.contain(secret);
    const rows = () => admin.locator('.records tbody tr').count();
    await admin.locator('[data-action=ping]').click();
    await admin.locator('.records tbody tr').waitFor();
    const answer = await eventually('it was tried', async () => {
      await admin.locator('[data-action=look]').click();
      await admin.locator('.records tbody tr').waitFor();
      return /receiver\.invalid|ENOTFOUND|resolve|EAI_AGAIN|name/i.exec(
        (await admin.locator('.records').textContent()) ?? '',
      );
    });
    expect(answer[0]).to.not.equal('');
    await admin.locator('[data-action^=replay-]').click();
    await eventually('there are two', async () => (await rows()) === 2);
    await walk(admin);
    await admin.locator('[data-action=rotate]').click();
    await admin.locator('[data-part=secret] .code').waitFor();
    expect(await secretOf())
      .to.match(/^whs_/)
      .and.not.equal(secret);
    await capture(admin, 'webhook');
    await admin.locator('[data-action=end]').click();
    await admin.locator('[data-state=ended]').waitFor();
    for (const gone of ['ping', 'pause'])
      expect(await admin.locator(`[data-action=${gone}]`).count(), gone).to.equal(0);
  });

  it('pauses what a system is told, says how much waits, sends a trial all the same, and goes on', async () => {
    await visitPlace(admin, service, 'webhooks');
    await type('url', 'https://paused.invalid/hook');
    await tick('events', 'credential.final');
    await go();
    await admin.locator('[data-part=secret] a').click();
    const pause = admin.locator('[data-action=pause]');
    expect(await pause.textContent()).to.equal('Pause');
    await admin.locator('[data-state=active]').waitFor();
    await pause.focus();
    await admin.keyboard.press('Enter');
    await admin.locator('[data-state=paused]').waitFor();
    const facts = () => admin.locator('[data-state]').textContent();
    expect(await facts())
      .to.contain('Paused since')
      .and.contain('Nothing is sent until it is resumed.');
    await eventually('the focus is where it was', () =>
      pause.evaluate((button) => button === document.activeElement && button.textContent === 'Resume'),
    );
    await admin.locator('[data-action=ping]').click();
    await eventually('the trial was made', async () => {
      await admin.locator('[data-action=look]').click();
      await admin.locator('.records tbody tr').waitFor();
      return /ENOTFOUND|EAI_AGAIN/.test((await admin.locator('.records').textContent()) ?? '');
    });
    expect(await facts()).to.match(/Waiting to be sent\s*1/);
    await admin.locator('[data-action^=replay-]').click();
    await eventually('two wait', async () => /Waiting to be sent\s*2/.test((await facts()) ?? ''));
    await walk(admin);
    await capture(admin, 'webhook-paused');
    const path = new URL(admin.url()).pathname;
    await visitPlace(admin, service, 'webhooks');
    expect(await admin.locator('.records tr', { hasText: 'paused.invalid' }).textContent()).to.contain('Paused');
    await visitPlace(admin, service, path.replace('/console/', ''));
    await pause.click();
    await admin.locator('[data-state=active]').waitFor();
    expect(await facts()).not.to.contain('Paused since');
    await admin.locator('[name="/events"][value="credential.final"]').uncheck();
    await go();
    await admin.locator('.faults').waitFor();
    await tick('events', 'import.finished');
    await go();
    await eventually('it is told something else', async () => /A file is finished/.test((await facts()) ?? ''));
    expect(await facts()).not.to.contain('A document can be fetched');
    await admin.locator('[data-action=end]').click();
    await admin.locator('[data-state=ended]').waitFor();
  });

  it('lets an auditor find who did what, what was refused, and take all of it along', async () => {
    const { page: auditor } = await signIn(browser, service, 'fehd-auditor');
    await visitPlace(auditor, service, 'audit');
    const irregular = auditor.locator('[data-part=irregular]');
    expect(await irregular.textContent(), 'as the service says').to.contain('Nothing stands out.');
    const item = { actor: 'officer:1', day: '2026-05-08', opened: 61, usual: null, outsideWork: 60 };
    const items = [{ ...item, why: ['more-than-usual', 'outside-work'] }];
    const json = { items, has_more: false, next: null };
    await auditor.route(/irregular-access/, (route) => route.fulfill({ json }));
    await auditor.reload();
    await irregular.locator('tbody tr').waitFor();
    expect(await irregular.textContent())
      .to.contain('over five times the usual')
      .and.contain('Not known yet');
    await walk(auditor);
    await capture(auditor, 'audit');
    expect(await irregular.locator('tbody a').getAttribute('href')).to.match(/act=credential.read&actor=officer%3A1/);
    await auditor.locator('[name="/act"]').fill('officer.add');
    await auditor.locator('[data-action=do]').click();
    await auditor.waitForURL(/act=officer/);
    await eventually('the filter holds', async () => {
      const acts = await auditor.locator('.records tbody tr td:nth-child(4)').allTextContents();
      return acts.length > 0 && acts.every((act) => act === 'officer.add');
    });
    const download = auditor.waitForEvent('download');
    await auditor.locator('a[href$="export.jsonl"]').click();
    expect((await download).suggestedFilename()).to.equal('audit.jsonl');
    await auditor.context().close();
  });

  it('shows its numbers as bars, and the same in tables', async () => {
    await visitPlace(admin, service, 'statistics');
    await walk(admin);
    await capture(admin, 'statistics');
    const [first = ''] = await admin.locator('.bars strong').allTextContents();
    expect(Number(first.replaceAll(',', ''))).to.be.above(0);
    expect(await admin.locator('.records tbody tr').count()).to.be.above(0);
    const parts = await admin.locator('main section.part').evaluateAll((sections) =>
      sections.map((section) => {
        const number = (text: string | null | undefined) => Number((text ?? '').replaceAll(',', ''));
        const bars = [...section.querySelectorAll('.bars > div')].map((bar) => ({
          name: bar.querySelector('span')?.textContent ?? '',
          value: number(bar.querySelector('strong')?.textContent),
          length: Number(bar.querySelector('rect')?.getAttribute('width')),
        }));
        const rows = [...section.querySelectorAll('tbody tr')].map((row) => {
          const cells = [...row.querySelectorAll('th, td')].map(({ textContent }) => textContent ?? '');
          return { cells: cells.slice(0, -1), value: number(cells.at(-1)) };
        });
        return { heading: section.querySelector('h2')?.textContent ?? '', bars, rows };
      }),
    );
    expect(parts).to.have.length(3);
    for (const { heading, bars, rows } of parts) {
      expect(rows.length, heading).to.be.above(0);
      const most = Math.max(...bars.map(({ value }) => value));
      for (const { name, value, length } of bars) {
        const own = rows.filter(({ cells }) => cells.includes(name) || cells.join(' ') === name);
        expect(value, `${heading}: ${name}`).to.equal(own.reduce((sum, row) => sum + row.value, 0));
        expect(length, `how long the bar of ${name} is`).to.be.closeTo(Math.max(0.5, (100 * value) / most), 0.01);
      }
      const sum = (all: readonly { value: number }[]) => all.reduce((total, { value }) => total + value, 0);
      expect(sum(bars), heading).to.equal(sum(rows));
    }
    await admin.locator('a[href$="months=3"]').click();
    await admin.locator('a[href$="months=3"][aria-current=page]').waitFor();
  });

  it('shows an officer of another department what only officers may read, from the verifier’s link on', async () => {
    const apiKey = running().demo.departments.find(({ id }) => id === 'TD')?.apiKey ?? '';
    const validity = { validFrom: '2026-01-01', validUntil: '2030-02-28' };
    const content = { type: 'TD-DL', claims: DRIVER_OF_ONE_CLASS, validity };
    const { id, reference } = await issue({ service, apiKey }, content);
    const headers = { authorization: `Bearer ${apiKey}` };
    const ask = async <T>(path: string) => (await (await fetch(`${service}/v1/${path}`, { headers })).json()) as T;
    await eventually('it is final', async () => (await ask<{ state: string }>(`credentials/${id}`)).state === 'final');
    const { page, complaints } = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    await page.goto(service);
    await page.locator('#reference').fill(reference);
    await page.keyboard.press('Enter');
    await page.locator('.verdict').waitFor();
    expect(await page.locator('main').textContent()).not.to.contain('WONG, Siu Ming');
    const [desk] = await Promise.all([page.waitForEvent('popup'), page.locator('a[href^="console/"]').click()]);
    // a verifier on another origin leads where its list of trust says
    await page.route('**/trust.json', async (route) => {
      const trust = (await (await route.fetch()).json()) as object;
      await route.fulfill({ json: { ...trust, console: 'https://desk.example/console/' } });
    });
    await page.goto(service);
    await page.locator('#reference').fill(reference);
    await page.keyboard.press('Enter');
    await page.locator('.verdict').waitFor();
    expect(await page.locator('.document a[target=_blank]').getAttribute('href')).to.equal(
      `https://desk.example/console/look-up#${reference}`,
    );
    const addresses: string[] = [];
    desk.on('request', (request) => addresses.push(request.url()));
    await desk.locator('[data-action=sign-in]').click();
    await desk.locator('input[name=account]').fill('fehd-inspector');
    await desk.keyboard.press('Enter');
    await desk.locator('#field-reference').waitFor();
    expect(await desk.locator('#field-reference').inputValue()).to.equal(reference);
    expect(desk.url() + addresses.join(' ')).not.to.contain(reference);
    expect(await desk.evaluate(() => sessionStorage.length)).to.equal(0);

    await desk.locator('[data-action=do]').click();
    await desk.locator('#field-purpose[aria-invalid]').waitFor();
    await walk(desk);
    await desk.locator('[name="/purpose"]').selectOption('enforcement');
    await desk.locator('[name="/caseNumber"]').fill('陳大文');
    await desk.locator('[data-action=do]').click();
    await desk.locator('#field-caseNumber[aria-invalid]').waitFor();
    expect(await desk.locator('main').textContent()).not.to.contain('WONG, Siu Ming');
    await desk.locator('[name="/caseNumber"]').fill('RN 12345/26');
    await desk.context().clearCookies();
    await desk.locator('[data-action=do]').click();
    await desk.locator('[data-failure=signed-out]').waitFor();
    expect(await desk.locator('#field-reference').inputValue(), 'what was typed stays').to.equal(reference);

    const { page: again } = await signIn(browser, service, 'fehd-inspector');
    await again.goto(`${service}/console/look-up#${reference}`);
    await again.locator('[name="/purpose"]').selectOption('enforcement');
    await again.locator('[name="/caseNumber"]').fill('RN 12345/26');
    await again.locator('[data-action=do]').click();
    const answer = again.locator('[data-genuine=genuine]');
    await answer.waitFor();
    expect(await answer.getAttribute('data-standing')).to.equal('in-force');
    expect(await answer.textContent())
      .to.contain('WONG, Siu Ming')
      .and.contain('Z123456(7)');
    await walk(again);
    await capture(again, 'look-up');
    const { items } = await ask<{ items: { after: object; actor: string }[] }>(
      `audit?act=credential.look-up&object=${id}`,
    );
    expect(items).to.have.length(1);
    expect(items[0]?.after).to.deep.equal({ by: 'FEHD', purpose: 'enforcement', caseNumber: 'RN 12345/26' });

    await again.locator('[name="/reference"]').fill(`${reference.slice(0, -1)}${reference.endsWith('0') ? '1' : '0'}`);
    await again.locator('[data-action=do]').click();
    await again.locator('#field-reference[aria-invalid]').waitFor();
    expect(await again.locator('[data-genuine]').count(), 'of the one before').to.equal(0);
    expect(complaints).to.deep.equal([]);
    await Promise.all([page.context().close(), again.context().close()]);
  });

  it('lets two registrars say who is the first to act for a company, and take it back', async () => {
    const [{ page: first, complaints: faults }, { page: second }] = [
      await signIn(browser, service, 'fehd-registrar'),
      await signIn(browser, service, 'fehd-registrar-2'),
    ];
    const write = (page: Page, name: string, text: string) => page.locator(`[name="/${name}"]`).fill(text);
    const state = (page: Page, name: string) => page.locator(`[data-state=${name}]`).waitFor();
    expect(await first.locator('.places a').allTextContents(), 'no place that refuses them').to.deep.equal([
      'Work',
      'Companies',
    ]);
    expect(await first.locator('[data-queue=nominations] .hint').last().textContent()).to.contain('No administrator');
    await visitPlace(first, service, 'companies');
    await first.locator('[data-action=name]').click();
    await first.locator('[name="/administrator/account"]').waitFor();
    await write(first, 'number', 'no number');
    await first.keyboard.press('Enter');
    await first.locator('[name="/administrator/account"][aria-invalid]').waitFor();
    await write(first, 'name', 'Tai Mo Shan Tea Limited');
    await write(first, 'administrator/account', 'holder-2');
    await write(first, 'administrator/name', 'Wong Siu Ming');
    await first.keyboard.press('Enter');
    await first.locator('[name="/number"][aria-invalid]').waitFor();
    expect(await first.locator('.faults').textContent()).to.contain('3 to 30 digits');
    await walk(first);
    expect(await first.locator('[name="/administrator/name"]').inputValue()).to.equal('Wong Siu Ming');
    await write(first, 'number', ' c-74000077 ');
    await capture(first, 'company-naming');
    await first.keyboard.press('Enter');
    await state(first, 'proposed');
    expect(await first.locator('[data-action=admit]').count(), 'of one’s own word').to.equal(0);
    await walk(first);
    const address = first.url();

    await second.reload();
    await second.locator('[data-queue=nominations] tbody a').click();
    await state(second, 'proposed');
    expect(second.url()).to.equal(address);
    await second.locator('[data-action=do]').click();
    await second.locator('#field-note[aria-invalid]').waitFor();
    await walk(second);
    await capture(second, 'company');
    await write(second, 'account', 'holder-1');
    await second.keyboard.press('Enter');
    await second.locator('#field-account[aria-invalid]').waitFor();
    expect(await second.locator('.faults').first().textContent()).to.contain(
      'not the account that your colleague named',
    );
    await write(second, 'account', 'holder-2');
    await second.keyboard.press('Enter');
    await state(second, 'admitted');
    const { page: holder } = await signIn(browser, service, 'holder-2', 'my');
    await second.reload();
    await state(second, 'taken');
    expect(await second.locator('.facts').textContent())
      .to.contain('Registrar, FEHD')
      .and.contain('Administrators: 1. Delegates: 0.');
    await second.emulateMedia({ media: 'print' });
    expect(await second.locator('nav.places').isVisible(), 'on paper').to.equal(false);
    await second.emulateMedia({ media: 'screen' });

    await visitPlace(first, service, 'companies');
    await write(first, 'number', 'C-74000077');
    await first.locator('[name="/state"]').selectOption('taken');
    await first.keyboard.press('Enter');
    await first.waitForURL(/number=C-74000077&state=taken/);
    await eventually('one is found', async () => (await first.locator('.records tbody tr').count()) === 1);
    await walk(first);
    await capture(first, 'companies');
    await visitPlace(first, service, 'companies?number=C-74000078');
    await first.locator('.empty').waitFor();
    await first.goto(address);
    await state(first, 'taken');
    await write(first, 'note', 'Left the company.');
    await second.locator('[name="/note"]').fill('The same, at the same moment.');
    await first.locator('[data-action=do]').click();
    await state(first, 'withdrawn');
    expect(await first.locator('.facts .written').textContent()).to.equal('Left the company.');
    expect(await first.locator('[data-action=do]').count()).to.equal(0);

    await first.goto(`${service}/console/companies/new?number=C-74000077&name=Tea`);
    await write(first, 'administrator/account', 'holder-1');
    await write(first, 'administrator/name', 'Chan Tai Man');
    await first.locator('[data-action=do]').click();
    await state(first, 'proposed');
    expect(await first.locator('.records tbody tr').count(), 'the one before').to.equal(1);
    await second.goto(first.url());
    await state(second, 'proposed');
    await write(second, 'note', 'The papers are of another company.');
    await first.locator('[name="/note"]').fill('A slip.');
    await first.locator('[data-action=do]').click();
    await state(first, 'withdrawn');
    await second.locator('[data-action=do]').click();
    await second.locator('.failure[data-code=NOMINATION_STATE]').waitFor();
    expect(await second.locator('[name="/note"]').inputValue(), 'what was typed stays').to.contain('another company');
    expect(faults.filter((line) => !/status of 4\d\d/.test(line))).to.deep.equal([]);
    await Promise.all([first, second, holder].map((page) => page.context().close()));
  });

  it('is closed to whoever only prepares', async () => {
    const { page } = await signIn(browser, service, 'fehd-preparer');
    expect(await page.locator('.places a').allTextContents()).to.deep.equal([
      'Work',
      'New document',
      'Documents',
      'Drafts',
      'Files',
      'Holders’ reports',
      'Requests',
      'Kinds',
      'Statistics',
    ]);
    for (const path of ['team', 'api-keys', 'webhooks', 'audit', 'look-up', 'companies']) {
      await visitPlace(page, service, path);
      expect(await page.locator('.failure').getAttribute('data-code'), path).to.equal('FORBIDDEN');
    }
    await page.context().close();
  });

  it('runs nothing that the rules of the page refuse', () => {
    expect(complaints.filter((line) => !/status of 4\d\d/.test(line))).to.deep.equal([]);
  });
});
