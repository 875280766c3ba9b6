import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { hashHolderKey } from '../../proof/holder-key.ts';
import { encodePresentation } from '../../proof/presentation.ts';
import { decodeProof } from '../../proof/proof.ts';
import { decodeQrText, toQrText } from '../../proof/qr-text.ts';
import { decodeReceipt } from '../../proof/receipt.ts';
import { present } from '../../scripts/vectors/presenting.ts';
import { HOLDER } from '../../scripts/vectors/world.ts';
import { readQr } from '../server/render/barcode.ts';
import { keepPicture, launchChromium, openPage, waitForVerdict, walkLanguages } from './chromium.ts';
import type { Issued } from './department.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

const EPROOF = fileURLToPath(new URL('../../scripts/eproof.ts', import.meta.url));

describe('the receipt', () => {
  let world: World;
  let browser: Browser;
  let folder: string;

  before(async () => {
    world = await createWorld('.build/test/verifier-receipt');
    browser = await launchChromium();
    folder = await mkdtemp(path.join(tmpdir(), 'eproof-receipt-'));
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(link: string): Promise<Page> {
    const { page } = await openPage(browser, { viewport: { width: 1280, height: 900 } });
    await page.goto(link);
    await waitForVerdict(page);
    return page;
  }

  async function save(page: Page): Promise<{ file: string; text: string }> {
    const downloading = page.waitForEvent('download');
    await page.locator('[data-action=save]').click();
    const download = await downloading;
    const file = path.join(folder, download.suggestedFilename());
    await download.saveAs(file);
    return { file, text: await readFile(file, 'utf8') };
  }

  async function give(page: Page, file: string): Promise<void> {
    await page.goto('about:blank');
    await page.goto(world.site.address);
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-way=file]').click()]);
    await chooser.setFiles(file);
    await waitForVerdict(page);
  }

  const revoke = (issued: Issued) => {
    issued.batch.revoked |= issued.bit;
  };

  it('is saved as JSON and checked again by the page, which says whether the answer is the same', async () => {
    const issued = world.food.issue(RESTAURANT, {});
    const page = await open(issued.qrText(world.site.address));
    const { file, text } = await save(page);
    expect(path.basename(file)).to.match(/^e-proof-receipt-[0-9A-Z-]{14}\.json$/);
    expect(decodeReceipt(text)).to.deep.include({ genuine: 'genuine', standing: 'in-force' });
    await give(page, file);
    await page.locator('.receipt summary').click();
    expect(await page.locator('.receipt').textContent()).to.contain('the answer was the same');
    revoke(issued);
    await give(page, file);
    expect((await waitForVerdict(page)).standing).to.equal('revoked');
    await page.locator('.receipt summary').click();
    expect(await page.locator('.receipt').textContent()).to.contain('the answer was another one');
    await walkLanguages(page, 'receipt-other');
    await page.context().close();
  });

  it('says on paper, in a PDF and as JSON what was decided, of what, when, where and against which block', async () => {
    const issued = world.food.issue(RESTAURANT, {});
    revoke(issued);
    const page = await open(issued.qrText(world.site.address));
    const { heading } = await waitForVerdict(page);
    const shown = await page.locator('.receipt').evaluate((fold: HTMLDetailsElement): Record<string, string> => {
      fold.open = true;
      return Object.fromEntries(
        [...fold.querySelectorAll('.facts > div')].map((row) =>
          [...row.children].map((cell) => cell.textContent ?? ''),
        ),
      );
    });
    const checks = await page
      .locator('[data-check]')
      .evaluateAll((items) => items.map((item) => ({ name: item.dataset.check, code: item.dataset.code })));
    const json = JSON.parse((await save(page)).text);
    expect(json.verifier).to.deep.equal({ address: world.site.address, version: shown['Page version'] });
    expect(json.verdict).to.deep.include({ genuine: 'genuine' });
    expect(json.verdict.standing).to.deep.include({ code: 'revoked' });
    expect(json.verdict.checks.map(({ name, code }: { name: string; code: string }) => ({ name, code })))
      .to.have.deep.members(checks)
      .and.to.have.length(11);
    const { block, registry, chainId } = json.verdict.checked;
    expect(String(block.number)).to.equal(shown['Register read at block']).and.to.equal('4711');
    expect(block.hash)
      .to.equal(shown['Hash of the block'])
      .and.to.match(/^0x[0-9a-f]{64}$/);
    expect(registry).to.equal(shown['Address of the register']).and.to.equal(world.chain.address);
    expect(String(chainId)).to.equal(shown.Chain);
    expect(Math.abs(Date.parse(json.checkedAt) - Date.now())).to.be.below(60_000);

    // what no line of paper breaks, and no font draws in another way
    const bare = (text: string) => text.replaceAll(/\s/g, '');
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    const onPaper = bare(await page.locator('body').innerText());
    await page.pdf({ path: path.join(folder, 'receipt.pdf'), format: 'A4' });
    const { stdout } = await promisify(execFile)('pdftotext', ['-raw', path.join(folder, 'receipt.pdf'), '-']);
    for (const [where, text] of [
      ['on paper', onPaper],
      ['in the PDF', bare(stdout)],
    ] as const)
      for (const part of [heading, ...Object.values(shown), ...checks.map(({ code }) => code ?? '')])
        expect(text, where).to.contain(bare(part));
    await page.context().close();
  });

  it('has a code that checks again, and that shows nothing which the paper does not', async () => {
    const link = world.food.issue(RESTAURANT, {}).qrText(world.site.address);
    const page = await open(link);
    await page.locator('.receipt summary').click();
    const code = page.locator('.receipt-code svg');
    await code.waitFor();
    const { text: again } = await readQr(await code.screenshot({ scale: 'device' }));
    expect(again).to.equal(link);
    await keepPicture(page, 'receipt-code');
    const closed = world.food.issue(RESTAURANT, {}, { shown: false });
    await page.goto('about:blank');
    await page.goto(closed.qrText(world.site.address));
    await page.locator('.receipt summary').click();
    await code.waitFor();
    const { text } = await readQr(await code.screenshot());
    const proof = decodeProof(decodeQrText(text, [world.site.address]));
    expect([proof.shown.kind, proof.rest.kind]).to.deep.equal(['hidden', 'hidden']);
    await page.context().close();
  });

  it('of what a holder presented keeps the proof, which can be checked when the showing is over', async () => {
    const { proof } = world.food.issue(RESTAURANT, { holderKey: hashHolderKey(HOLDER.key) });
    const now = Math.floor(Date.now() / 1000);
    const times = { issuedAt: now - 60, expiresAt: now + 60 };
    const shown = present(proof, { audience: world.site.address, ...times });
    const page = await open(toQrText(world.site.address, encodePresentation(shown)));
    const kept = decodeReceipt((await save(page)).text)?.presented;
    expect(decodeProof(decodeQrText(kept?.text ?? '', [world.site.address]))).to.deep.equal(proof);
    await page.context().close();
  });

  it('is checked again by eproof verify, which says whether it holds', async () => {
    const issued = world.food.issue(RESTAURANT, {});
    const page = await open(issued.qrText(world.site.address));
    const { file } = await save(page);
    await page.context().close();
    const run = (...options: string[]) =>
      promisify(execFile)(process.execPath, [
        EPROOF,
        'verify',
        file,
        '--trust',
        `${world.site.address}trust.json`,
        ...options,
      ])
        .then(({ stdout }) => ({ code: 0, stdout }))
        .catch(({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }));
    const same = await run();
    expect(same.code).to.equal(0);
    expect(same.stdout).to.match(/^the receipt of \d{4}-\S+Z said: GENUINE, in-force; it still holds\nGENUINE/);
    revoke(issued);
    const other = await run('--json');
    expect(other.code).to.equal(1);
    expect(JSON.parse(other.stdout).receipt).to.deep.include({ standing: 'in-force', holds: false });
    for (const node of world.nodes) node.isMuted = true;
    const unknown = await run();
    for (const node of world.nodes) node.isMuted = false;
    expect(unknown.code).to.equal(3);
    expect(unknown.stdout).to.contain('whether it still holds could not be checked');
  });
});
