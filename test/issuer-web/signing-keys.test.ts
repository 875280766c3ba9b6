import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { decodeHex, toHex } from '../../proof/bytes.ts';
import { batchId } from '../../proof/signature.ts';
import { openKeys } from '../../scripts/local/keys.ts';
import { encodeAnchor } from '../../server/chain/registry.ts';
import { createRpc, type Rpc } from '../../server/chain/rpc.ts';
import { createPrivateKey, createSigningKey, type SigningKey } from '../../server/keys/signing-key.ts';
import { eventually, useRunning } from '../end-to-end/running.ts';
import { launchChromium } from '../verifier-web/chromium.ts';
import { capture, signIn, visitPlace, walk } from './desk.ts';
import { addWallet, type TestWallet } from './wallet.ts';

/** The service looks once a minute. */
const LOOKS_MS = 180_000;
const OTHER_ACCOUNT = `0x${'12'.repeat(20)}`;

describe('signing keys on the console', () => {
  const running = useRunning();
  const added = createSigningKey(createPrivateKey());
  const retired = createSigningKey(createPrivateKey());
  let browser: Browser;
  let service: string;
  let page: Page;
  let complaints: string[];
  let rpc: Rpc;
  let admin: SigningKey;
  let wallet: TestWallet;
  const byHand: { id: string; transaction: string; block: number; anchoredAt: number }[] = [];

  before(async () => {
    const { demo, run } = running();
    service = demo.service;
    rpc = createRpc([demo.rpc]);
    admin = (await (await openKeys(run.dataFolder)).findKey('FEHD-admin')) as SigningKey;
    browser = await launchChromium();
    ({ page, complaints } = await signIn(browser, service, 'fehd-admin'));
    wallet = await addWallet(page, rpc, admin);
  });

  after(() => browser?.close());

  const type = (name: string, text: string) => page.locator(`[name="/${name}"]`).fill(text);
  const press = (name: string) => page.locator(`[data-action=${name}]`).click();
  const textOf = async (selector: string) => (await page.locator(selector).textContent()) ?? '';

  it('are listed with their state in words, and who administers them', async () => {
    await visitPlace(page, service, 'signing-keys');
    await walk(page);
    await capture(page, 'signing-keys');
    expect(await page.locator('.records tbody tr').count()).to.be.at.least(2);
    expect(await textOf('.records tbody'))
      .to.contain('Issues documents')
      .and.contain('Valid')
      .and.contain('Signs with it now');
    expect(await textOf('[data-part=registry]')).to.contain(admin.address);
  });

  it('are added by the admin’s own wallet, and by no other', async () => {
    await press('add');
    await page.locator('[data-action=do]').click();
    await page.locator('#field-address[aria-invalid]').waitFor();
    await walk(page);
    await type('address', added.address);
    await page.locator('[name="/purpose"]').selectOption('anchor');
    await page.locator('[data-action=do]').click();
    await page.locator('[data-part=sending]').waitFor();
    await walk(page);
    expect(await textOf('[data-copy=command]')).to.contain(`eproof signing-key add ${added.address} --purpose anchor`);
    const own = { ...wallet };
    for (const [change, fault] of [
      [{ chainId: 1 }, 'other-chain'],
      [{ account: OTHER_ACCOUNT }, 'other-account'],
    ] as const) {
      Object.assign(wallet, change);
      await press('send');
      await page.locator(`[data-fault=${fault}]`).waitFor();
      Object.assign(wallet, own);
    }
    await press('send');
    await page.locator('[data-part=done]').waitFor();
    expect(await textOf('[data-part=done]')).to.match(/block \d+/);
    await press('to-key');
    await page.locator('[data-state=active]').waitFor();
    expect(await textOf('main')).to.contain('Does not have it');
    await walk(page);
  });

  it('are retired by the admin’s own wallet, and the registry shows their end', async () => {
    await visitPlace(page, service, 'signing-keys/add');
    await type('address', retired.address);
    await page.locator('[name="/purpose"]').selectOption('anchor');
    await page.locator('[data-action=do]').click();
    await press('send');
    await page.locator('[data-part=done]').waitFor();
    await press('to-key');
    await page.locator('[data-state=active]').waitFor();
    expect(await textOf('[data-state=active]')).to.contain('Without an end');
    await press('end');
    await page.locator('[data-action=do]').click();
    await page.locator('[data-part=effects]').waitFor();
    await walk(page);
    expect(await textOf('[data-copy=command]')).to.contain(`eproof signing-key end ${retired.address}`);
    await press('send');
    await page.locator('[data-part=done]').waitFor();
    await walk(page);
    expect(await textOf('[data-part=done]')).to.match(/block \d+/);
    await press('to-key');
    // the end comes with the second after its block, which the registry sees in the next one
    await page.locator('[data-state]').waitFor();
    await wallet.send({ to: admin.address, data: '0x' });
    await eventually('it has ended', async () => {
      await page.reload();
      await page.locator('[data-state]').waitFor();
      return (await page.locator('[data-state=ended]').count()) === 1;
    });
    expect(await textOf('[data-state=ended]')).not.to.contain('Without an end');
    expect(await page.locator('[data-action=end]').count(), 'twice').to.equal(0);
    const seen = await page.evaluate(
      async (address) =>
        (await (await fetch(`/v1/signing-keys/${address}`)).json()) as {
          items: { state: string; validUntil: string | null }[];
        },
      retired.address,
    );
    expect(seen.items[0]?.state).to.equal('ended');
    expect(Date.parse(seen.items[0]?.validUntil ?? '')).to.be.at.most(Date.now() + 60_000);
    await visitPlace(page, service, 'signing-keys');
    const row = page.locator('.records tbody tr', { has: page.locator(`a[href$="${retired.address}"]`) });
    expect(await row.textContent()).to.contain('Ended');
  });

  it('show what a report does before it is made, batch by batch, and it is made', async () => {
    const before = await anchorByHand(1);
    const after = await anchorByHand(2);
    expect(after).to.be.greaterThan(before);
    await visitPlace(page, service, `signing-keys/${added.address}`);
    await press('report');
    await page.locator('[name="/since"]').waitFor();
    await page.locator('[data-action=do]').click();
    await page.locator('#field-since[aria-invalid]').waitFor();
    await type('since', inHongKong(after));
    await page.locator('[data-action=do]').click();
    await page.locator('[data-part=effects]').waitFor();
    await walk(page);
    await capture(page, 'signing-key-report');
    expect(await textOf('[data-count=failing]')).to.equal('Documents: 2, in batches: 1');
    expect(await textOf('[data-part=effects]'))
      .to.contain('Stay genuine: not touched by it')
      .and.contain('Documents: 1, in batches: 1');
    expect(await textOf('[data-part=effects]')).to.contain('not of this service');
    expect(await page.locator('[data-part=failing] tbody tr').count()).to.equal(1);
    await press('send');
    await page.locator('[data-part=done]').waitFor();
    await press('to-key');
    await page.locator('[data-state=compromised]').waitFor();
    await capture(page, 'signing-key-compromised');
    expect(await textOf('[data-state=compromised]')).to.contain('Reported compromised');
    expect(await page.locator('[data-action=end]').count()).to.equal(0);
  });

  it('warn on the first page of a batch that nobody here knows, until the key is reported for it too', async function () {
    this.timeout(LOOKS_MS);
    const alert = page.locator('[data-alert=unknown]');
    await eventually('the alert comes without a restart', async () => {
      await visitPlace(page, service, '');
      await page.locator('.queue').first().waitFor();
      // the later of the two is not believed any more
      return (await alert.locator('h2', { hasText: /: 1$/ }).count()) === 1;
    });
    await walk(page);
    await capture(page, 'unknown-batch');
    const text = (await alert.textContent()) ?? '';
    expect(text).to.contain('Batches that this service did not issue: 1').and.contain('restored from a backup');
    for (const fact of [byHand[0]?.id, byHand[0]?.transaction, byHand[0]?.block, added.address])
      expect(text).to.contain(String(fact));
    expect(text).not.to.contain(byHand[1]?.id);
    expect(await page.locator('[role=alert]').count()).to.equal(1);
    const { page: preparer } = await signIn(browser, service, 'fehd-preparer');
    await preparer.locator('[data-alert=unknown]').waitFor();
    expect(await preparer.locator('[data-alert=unknown] a').count(), 'it may not read keys').to.equal(0);
    await preparer.context().close();

    const { page: auditor } = await signIn(browser, service, 'fehd-auditor');
    await auditor.locator('[data-alert=unknown] a').click();
    await auditor.locator('[data-state=compromised]').waitFor();
    await auditor.context().close();

    await alert.locator(`[data-key="${added.address}"]`).click();
    await page.locator('[name="/since"]').waitFor();
    await type('since', inHongKong(byHand[0]?.anchoredAt as number));
    await press('do');
    await page.locator('[data-part=effects]').waitFor();
    expect(await textOf('[data-part=effects]')).to.contain('not of this service');
    await press('send');
    await page.locator('[data-part=done]').waitFor();
    await eventually('the alert is gone', async () => {
      await visitPlace(page, service, '');
      await page.locator('.queue').first().waitFor();
      return (await page.locator('[role=alert]').count()) === 0;
    });
  });

  it('say loudly that issuing would stop, and send nothing by themselves', async () => {
    await visitPlace(page, service, 'signing-keys');
    await page.locator('.records tbody tr', { hasText: 'Issues documents' }).first().locator('a').click();
    await press('report');
    await type('since', '2020-01-01T00:00:00');
    await page.locator('[data-action=do]').click();
    await page.locator('[data-stops=true]').waitFor();
    await capture(page, 'signing-key-stops');
    expect(await textOf('[data-stops=true]')).to.contain('would stop issuing');
    expect(Number(/\d+/.exec(await textOf('[data-count=failing]')))).to.be.greaterThan(0);
    await press('change');
    await page.locator('[name="/since"]').waitFor();
    expect(await page.locator('[name="/since"]').inputValue()).to.match(/^2020-01-01T00:00/);
    await type('since', '2099-01-01T00:00:00');
    await page.locator('[data-action=do]').click();
    await page.locator('#field-since[aria-invalid]').waitFor();
    expect(await textOf('.faults')).to.contain('Take a time that has come');
    await page.goBack();
    await press('end');
    await page.locator('[data-action=do]').click();
    await page.locator('[data-part=effects]').waitFor();
    expect(await textOf('[data-part=effects]')).to.contain('stays genuine');
  });

  it('are read by auditors and closed to whoever only prepares', async () => {
    const { page: auditor } = await signIn(browser, service, 'fehd-auditor');
    await visitPlace(auditor, service, `signing-keys/${added.address}`);
    expect(await auditor.locator('[data-action=report]').count()).to.equal(0);
    await auditor.context().close();
    const { page: preparer } = await signIn(browser, service, 'fehd-preparer');
    await visitPlace(preparer, service, 'signing-keys');
    expect(await preparer.locator('.failure').getAttribute('data-code')).to.equal('FORBIDDEN');
    await preparer.context().close();
  });

  it('run nothing that the rules of the page refuse', () => {
    expect(complaints.filter((line) => !/status of 4\d\d/.test(line))).to.deep.equal([]);
  });

  const issuerNumber = () =>
    page.evaluate(async () => ((await (await fetch('/v1/me')).json()) as { issuer: number }).issuer);

  /** A batch that the service knows nothing of, as somebody with the key would anchor it; at which second. */
  async function anchorByHand(size: number): Promise<number> {
    const { registry: address } = running().demo;
    const registry = { chainId: wallet.chainId, address };
    const sha256 = loadCatalogue().types.find(({ code }) => code === 'FEHD-GRL')?.sha256 ?? '';
    const issuer = await issuerNumber();
    const batch = { issuer, definition: decodeHex(sha256), root: new Uint8Array(32).fill(size), size };
    const id = batchId(registry, batch);
    const hash = await wallet.send({ to: address, data: encodeAnchor([{ ...batch, signature: added.sign(id) }]) });
    const receipt = await rpc.call<{ blockNumber: string }>('eth_getTransactionReceipt', [hash]);
    const { timestamp } = await rpc.call<{ timestamp: string }>('eth_getBlockByNumber', [receipt.blockNumber, false]);
    const anchoredAt = Number(timestamp);
    byHand.push({ id: `0x${toHex(id)}`, transaction: hash, block: Number(receipt.blockNumber), anchoredAt });
    return anchoredAt;
  }
});

/** As the field takes it. */
function inHongKong(seconds: number): string {
  return new Date((seconds + 8 * 3_600) * 1000).toISOString().slice(0, 19);
}
