import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { toDate, toHongKongDay } from '../../proof/day.ts';
import { KEEPS_PICTURES } from '../extent.ts';
import { readQr } from '../server/render/barcode.ts';
import { toZip } from '../verifier-web/archive.ts';
import { launchChromium, openPage, type Visit, waitForVerdict } from '../verifier-web/chromium.ts';
import { eproof } from './command-line.ts';
import {
  type DepartmentSystem,
  departmentSystem,
  type NewCredential,
  sampleRequest,
  type View,
} from './department-system.ts';
import { filmOf, photographPage, pixelsOfPage } from './paper.ts';
import { chainProcessesOf, eventually, useRunning } from './running.ts';

const EVIDENCE = resolve('test-results/end-to-end');
const LANGUAGES = ['en', 'zh-Hant', 'zh-Hans'];
const DPI = 200;
const FILES = ['licence.pdf', 'page.png', 'qr.png', 'licence.json'] as const;

describe('a licence, from the department to the person who checks it', function () {
  this.timeout(60_000);
  const running = useRunning();
  let fehd: DepartmentSystem;
  let request: NewCredential;
  let licence: View;
  let pdf: Buffer;
  let text: string;
  let json: string;
  let folder: string;
  let browser: Browser;

  before(async () => {
    fehd = departmentSystem(running().demo, 'FEHD');
    request = sampleRequest('FEHD-GRL', 4_711);
    await mkdir(EVIDENCE, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'eproof-story-'));
    browser = await launchChromium();
  });

  after(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  const fileOf = (name: string) => join(folder, name);
  const licenceNumber = () => request.claims.licenceNumber as string;

  /** What a person does on the page with what is in their hands. Each ends at a verdict. */
  const routes: Record<string, () => Promise<Visit>> = {
    'by its link': () => follow(text),
    'by what is pasted': () => paste(text),
    'by a film of the printed page': () => scan('page.y4m'),
    ...Object.fromEntries(FILES.map((name) => [`by the file ${name}`, () => choose(name)])),
  };

  async function follow(link: string): Promise<Visit> {
    const visit = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await visit.page.goto(link);
    await waitForVerdict(visit.page);
    return visit;
  }

  async function home(with_: Browser, permissions: string[] = []): Promise<Visit> {
    const visit = await openPage(with_, { viewport: { width: 390, height: 844 }, permissions });
    await visit.page.goto(running().demo.verifier);
    await visit.page.locator('[data-way=scan]').waitFor();
    return visit;
  }

  async function paste(pasted: string): Promise<Visit> {
    const visit = await home(browser);
    await visit.page.evaluate((data) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', data);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }, pasted);
    await waitForVerdict(visit.page);
    return visit;
  }

  async function choose(name: string): Promise<Visit> {
    const visit = await home(browser);
    const { page } = visit;
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-way=file]').click()]);
    await chooser.setFiles(fileOf(name));
    await waitForVerdict(page);
    return visit;
  }

  async function scan(film: string): Promise<Visit> {
    const withCamera = await launchChromium(fileOf(film));
    const visit = await home(withCamera, ['camera']);
    await visit.page.locator('[data-way=scan]').click();
    const isPlaying = visit.page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.3);
    await Promise.race([isPlaying, waitForVerdict(visit.page)]);
    await keepPicture(visit, 'camera');
    await waitForVerdict(visit.page);
    return visit;
  }

  /** Ends a visit to the page that asked nobody but its own origin and the chain's nodes, and complained of nothing. */
  async function leave({ page, requests, complaints }: Visit): Promise<void> {
    const allowed = [running().demo.service, ...(await running().run.chainNodes())];
    const foreign = requests.filter((url) => !allowed.includes(new URL(url).origin));
    const itsBrowser = page.context().browser();
    await page.context().close();
    if (itsBrowser !== browser) await itsBrowser?.close();
    expect(foreign).to.deep.equal([]);
    expect(complaints).to.deep.equal([]);
  }

  async function keepPicture({ page }: Visit, name: string): Promise<void> {
    if (!KEEPS_PICTURES) return;
    await page.screenshot({ path: join(EVIDENCE, `${name}.png`), fullPage: true });
  }

  async function keepPictures(visit: Visit, name: string): Promise<void> {
    for (const language of LANGUAGES) {
      await visit.page.locator(`[data-language="${language}"]`).click();
      await visit.page.locator(`html[lang="${language}"]`).waitFor();
      await keepPicture(visit, `${name}-${language}`);
    }
  }

  /** The command's exit code for the file or text, and what it says for machines. */
  async function ask(
    presented: string,
    ...options: string[]
  ): Promise<{ code: number; said: ReturnType<typeof JSON.parse> }> {
    const { code, stdout, stderr } = await eproof(running().run.dataFolder, 'verify', presented, '--json', ...options);
    expect(stderr).to.equal('');
    return { code, said: JSON.parse(stdout) };
  }

  describe('when it is issued', () => {
    it('is accepted once, however often it is sent, and becomes final', async () => {
      const [first, second] = [await fehd.issue(request, 'story-1'), await fehd.issue(request, 'story-1')];
      expect(second.id).to.equal(first.id);
      licence = await fehd.untilFinal(first.id);
      expect(licence).to.include({ type: 'FEHD-GRL', status: 'in-force' });
    });

    it('comes as a PDF from whose pixels the QR code is read', async () => {
      pdf = await fehd.fetch(licence.links.pdf);
      const page = await photographPage(pdf, DPI);
      const code = await readQr(page);
      text = code.text;
      expect(text).to.match(/^http:\/\/127\.0\.0\.1:\d+\/#[1-9]\d+$/);
      expect(text).to.equal((await fehd.fetch(licence.links.qrText)).toString());
      json = (await fehd.fetch(licence.links.proof)).toString();
      await Promise.all([
        writeFile(fileOf('licence.pdf'), pdf),
        writeFile(fileOf('page.png'), page),
        writeFile(fileOf('qr.png'), await fehd.fetch(licence.links.qrPng)),
        writeFile(fileOf('licence.json'), json),
        writeFile(fileOf('page.y4m'), filmOf(await pixelsOfPage(pdf, DPI), code.position)),
        writeFile(join(EVIDENCE, 'page.png'), page),
      ]);
    });

    for (const [way, present] of Object.entries(routes))
      it(`is genuine and in force ${way}, and the page names the department`, async () => {
        const visit = await present();
        const { heading, genuine, standing } = await waitForVerdict(visit.page);
        expect([genuine, standing]).to.deep.equal(['genuine', 'in-force']);
        expect(heading).to.match(/^Genuine — in force until \d+ \w+ 20\d\d$/);
        expect(await visit.page.locator('.document').textContent())
          .to.contain(licenceNumber())
          .and.to.contain('Food and Environmental Hygiene Department');
        if (way === 'by its link') await keepPictures(visit, 'in-force');
        await leave(visit);
      });

    it('is genuine among many: in a ZIP of its files, and in a list of references that the service is asked about', async () => {
      const files = await Promise.all(FILES.map(async (name) => ({ name, content: await readFile(fileOf(name)) })));
      await writeFile(fileOf('many.zip'), toZip(files));
      await writeFile(fileOf('list.csv'), `Reference\n${licence.reference}\n`);
      const visit = await home(browser);
      const { page } = visit;
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-way=file]').click()]);
      await chooser.setFiles([fileOf('many.zip'), fileOf('list.csv')]);
      await page.locator('[data-action=look-up]').click();
      await page.locator('.many-said', { hasText: 'All 5 are checked.' }).waitFor();
      const groups = await page
        .locator('.many-table tbody tr')
        .evaluateAll((all) => all.map(({ dataset }) => dataset.group));
      expect(groups).to.deep.equal(['good', 'good', 'good', 'good', 'good']);
      expect(await page.locator('.many-table').textContent()).to.contain(licenceNumber());
      await keepPictures(visit, 'many');
      await leave(visit);
    });

    it('is genuine to the command line too, which exits with 0', async () => {
      for (const presented of [...FILES.map(fileOf), text]) {
        const { code, said } = await ask(presented);
        expect(code, presented).to.equal(0);
        expect([said.genuine, said.standing.code], presented).to.deep.equal(['genuine', 'in-force']);
        expect(said.issuer.code).to.equal('FEHD');
        expect(said.credential.claims.licenceNumber).to.equal(licenceNumber());
      }
    });
  });

  describe('when it is forged', () => {
    const flipped = () => flipDigit(text, Math.floor(text.length / 2));
    const forged = () => json.replaceAll(licenceNumber(), flipDigit(licenceNumber(), licenceNumber().length - 1));

    for (const [way, present] of [
      ['a link with one other digit', () => follow(flipped())],
      ['a pasted text with one other digit', () => paste(flipped())],
      ['a JSON file with one other claim', () => choose('forged.json')],
    ] as const)
      it(`is not genuine by ${way}, and nothing that it says is repeated`, async () => {
        await writeFile(fileOf('forged.json'), forged());
        expect(forged()).not.to.equal(json);
        const visit = await present();
        expect(await waitForVerdict(visit.page)).to.include({ genuine: 'not-genuine', standing: null });
        expect(await visit.page.locator('.document').count()).to.equal(0);
        if (way.includes('link')) await keepPictures(visit, 'not-genuine');
        await leave(visit);
      });

    it('is not genuine to the command line either, which exits with 2', async () => {
      for (const presented of [flipped(), fileOf('forged.json')]) {
        const { code, said } = await ask(presented);
        expect([code, said.genuine]).to.deep.equal([2, 'not-genuine']);
      }
    });

    it('is genuine with no other digit anywhere', async function () {
      this.timeout(120_000);
      const start = text.indexOf('#') + 1;
      const step = Math.floor((text.length - start) / 12);
      for (let place = start; place < text.length; place += step) {
        const { code } = await eproof(running().run.dataFolder, 'verify', flipDigit(text, place));
        expect(code, `digit ${place - start}`).to.be.oneOf([2, 3]);
      }
    });
  });

  describe('when it is revoked', () => {
    before(async () => {
      await fehd.revoke(licence.id, 'conditions-breached');
      expect((await fehd.untilFinal(licence.id)).status).to.equal('revoked');
    });

    for (const [way, present] of Object.entries(routes))
      it(`is withdrawn ${way}`, async () => {
        const visit = await present();
        const { heading, genuine, standing } = await waitForVerdict(visit.page);
        expect([genuine, standing]).to.deep.equal(['genuine', 'revoked']);
        expect(heading).to.match(/^Withdrawn on \d+ \w+ 20\d\d: conditions were breached$/);
        if (way === 'by its link') await keepPictures(visit, 'revoked');
        await leave(visit);
      });

    it('is revoked to the command line too, which exits with 1', async () => {
      for (const presented of [...FILES.map(fileOf), text]) {
        const { code, said } = await ask(presented);
        expect([code, said.genuine, said.standing.code], presented).to.deep.equal([1, 'genuine', 'revoked']);
      }
    });
  });

  describe('when the chain does not answer', () => {
    let frozen: number[] = [];

    beforeEach(() => {
      frozen = chainProcessesOf(running().run);
      expect(frozen).to.have.length(2);
      for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    });

    afterEach(thaw);

    function thaw(): void {
      for (const pid of frozen.splice(0)) process.kill(pid, 'SIGCONT');
    }

    it('could not be checked, what is known without the chain is shown, and it is checked again when the chain is back', async () => {
      const visit = await follow(text);
      const { page } = visit;
      const verdict = await waitForVerdict(page);
      expect(verdict).to.deep.include({ genuine: 'could-not-be-checked', standing: null });
      expect(await page.locator('.document').textContent()).to.contain(licenceNumber());
      const answers = await page.locator('[data-answer]').evaluateAll((all) => all.map(({ dataset }) => dataset.value));
      expect(answers).to.deep.equal(['yes', 'unknown', 'unknown']);
      await keepPictures(visit, 'could-not-be-checked');
      thaw();
      await page.locator('[data-action=retry]').click();
      await page.locator('.verdict[data-standing=revoked]').waitFor();
      await page.context().close();
    });

    it('could not be checked by the command line, which exits with 3', async () => {
      const { code, said } = await ask(fileOf('licence.pdf'));
      expect([code, said.genuine, said.standing]).to.deep.equal([3, 'could-not-be-checked', null]);
      const outcomes = Object.fromEntries(
        said.checks.map(({ name, outcome }: { name: string; outcome: string }) => [name, outcome]),
      );
      expect(outcomes).to.include({ format: 'pass', commitments: 'pass', inclusion: 'pass', registry: 'unknown' });
    });

    it('is genuine by what was kept of the register before, as of then', async () => {
      thaw();
      const kept = fileOf('snapshot.json');
      const { dataFolder } = running().run;
      const written = await eproof(dataFolder, 'snapshot', '--out', kept);
      expect(written.code).to.equal(0);
      expect(written.stdout).to.match(/^\d+ pages of batches kept in \S+snapshot\.json\n$/);
      for (const pid of chainProcessesOf(running().run)) {
        process.kill(pid, 'SIGSTOP');
        frozen.push(pid);
      }
      const { code, said } = await ask(fileOf('licence.pdf'), '--snapshot', kept);
      expect([code, said.genuine, said.standing.code]).to.deep.equal([1, 'genuine', 'revoked']);
      expect(said.checked).to.include({ isSnapshot: true });
      const told = await eproof(dataFolder, 'verify', fileOf('licence.pdf'), '--snapshot', kept);
      const asOf = new Date(said.checked.block.time * 1000).toISOString();
      expect(told.stdout.split('\n')[1]).to.match(new RegExp(`^as of ${asOf}, from the snapshot`));
      const unwritten = await eproof(dataFolder, 'snapshot', '--out', fileOf('none.json'));
      expect(unwritten.code).to.equal(3);
      expect(unwritten.stderr).to.contain('NODES_UNREACHABLE');
      expect(existsSync(fileOf('none.json'))).to.equal(false);
    });

    it('is accepted all the same, and is final when the chain is back', async () => {
      const accepted = await fehd.issue(sampleRequest('FEHD-GRL', 4_712));
      expect(accepted.state).to.equal('issued');
      const ready = async () => (await fetch(`${running().demo.service}/readyz`)).status;
      expect(await ready()).to.equal(503);
      thaw();
      expect((await fehd.untilFinal(accepted.id)).status).to.equal('in-force');
      await eventually('the service is ready again', async () => (await ready()) === 200);
    });
  });

  describe('on the command line', () => {
    it('asks the nodes that are named instead of those that it trusts', async () => {
      const { dataFolder } = running().run;
      const { code } = await eproof(dataFolder, 'verify', text, '--rpc', running().demo.rpc);
      expect(code).to.equal(1);
      const nobody = await eproof(dataFolder, 'verify', text, '--rpc', 'http://127.0.0.1:1');
      expect(nobody.code).to.equal(3);
    });

    it('says how it stood on a day in the past', async () => {
      const [today, yesterday] = [0, 1].map((days) => toDate(toHongKongDay(Date.now() / 1000) - days)) as [
        string,
        string,
      ];
      const { code, said } = await ask(text, '--at', today);
      expect([code, said.past.day, said.past.standing.code]).to.deep.equal([1, today, 'revoked']);
      expect((await ask(text, '--at', yesterday)).said.past.standing.code).to.be.oneOf([
        'in-force',
        'not-yet-in-force',
      ]);
      const { stdout } = await eproof(running().run.dataFolder, 'verify', text, '--at', yesterday);
      expect(stdout.split('\n')[1]).to.match(new RegExp(`^on ${yesterday}: (in force until|not yet in force)`));
    });

    it('exits with 64 where it is used wrongly, and says how to use it', async () => {
      for (const args of [
        [],
        ['verify'],
        ['verify', 'a', 'b'],
        ['verify', 'a', '--odd'],
        ['verify', 'a', '--rpc', 'x'],
        ['verify', 'a', '--at', 'tomorrow'],
        ['verify', 'a', '--at', '9999-01-01'],
        ['verify', 'a', '--nonce', '12'],
        ['snapshot'],
        ['snapshot', '--out', fileOf('none.json'), '--rpc', 'x'],
        ['test'],
      ]) {
        const { code, stdout, stderr } = await eproof(running().run.dataFolder, ...args);
        const said = `eproof ${args.join(' ')}`;
        expect(code, said).to.equal(64);
        const usage =
          args[0] === 'verify' || args[0] === 'snapshot' ? `usage: eproof ${args[0]} ` : 'eproof COMMAND --help';
        expect([stdout, stderr.includes(usage)], said).to.deep.equal(['', true]);
      }
    });

    it('refuses at once to keep what it cannot write, and leaves nothing half written', async () => {
      const { dataFolder } = running().run;
      const refused = await eproof(dataFolder, 'snapshot', '--out', fileOf('none/snapshot.json'));
      expect(refused.code).to.equal(64);
      expect(refused.stderr).to.match(/"--out" must be a file that can be written: .*none/);
      // where the file should be there is a folder: found out only when all is read
      const failed = await eproof(dataFolder, 'snapshot', '--out', folder);
      expect(failed.code).to.equal(70);
      expect(existsSync(`${folder}.new`)).to.equal(false);
    });

    it('tells a person the verdict first', async () => {
      const { stdout } = await eproof(running().run.dataFolder, 'verify', fileOf('licence.pdf'));
      expect(stdout.split('\n')[0]).to.match(/^GENUINE — revoked since 20\d\d-\d\d-\d\dT/);
      expect(stdout).to.contain(licenceNumber());
    });
  });
});

/** The text with one other digit at the place. */
function flipDigit(text: string, place: number): string {
  const other = (Number(text[place]) % 9) + 1;
  return `${text.slice(0, place)}${other}${text.slice(place + 1)}`;
}
