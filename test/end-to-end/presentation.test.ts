import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { toBase64Url } from '../../proof/bytes.ts';
import { discloseClaims } from '../../proof/disclosure.ts';
import { compressHolderKey, normalizeHolderSignature } from '../../proof/holder-key.ts';
import { encodePresentation, type Presentation, presentationMessage } from '../../proof/presentation.ts';
import { encodeProof, type Proof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { decodeShownValue, toVerifiablePresentation } from '../../proof/verifiable-credential.ts';
import { launchChromium, openPage, waitForVerdict } from '../verifier-web/chromium.ts';
import { eproof } from './command-line.ts';
import { departmentSystem, sampleRequest } from './department-system.ts';
import { useRunning } from './running.ts';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const { types } = loadCatalogue();
const type = types.find(({ code }) => code === 'FEHD-GRL')!;

/** A key as a holder's device keeps it: nobody can read it out. */
async function createHolder() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(P256, false, ['sign', 'verify']);
  const holderKey = compressHolderKey(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)));
  return {
    holderKey,
    async present(proof: Proof, audience: string, change: Partial<Presentation> = {}): Promise<Presentation> {
      const issuedAt = Math.floor(Date.now() / 1000);
      const nonce = crypto.getRandomValues(new Uint8Array(16));
      const facts = { proof, holderKey, audience, nonce, issuedAt, expiresAt: issuedAt + 300, ...change };
      const message = Uint8Array.from(presentationMessage(facts));
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, message);
      return { ...facts, signature: normalizeHolderSignature(new Uint8Array(signature)) };
    },
  };
}

describe('a licence that is bound to its holder’s key', function () {
  this.timeout(60_000);
  const running = useRunning();
  let holder: Awaited<ReturnType<typeof createHolder>>;
  let full: Proof;
  let verifier: string;
  let folder: string;
  let browser: Browser;

  before(async () => {
    browser = await launchChromium();
    folder = await mkdtemp(join(tmpdir(), 'eproof-presentation-'));
    holder = await createHolder();
    const fehd = departmentSystem(running().demo, 'FEHD');
    const request = { ...sampleRequest('FEHD-GRL', 4_713), holderKey: toBase64Url(holder.holderKey) };
    const { id, links } = await fehd.untilFinal((await fehd.issue(request)).id);
    expect((await fehd.view(id)) as unknown).to.include({ bound: true });
    full = decodeShownValue(JSON.parse((await fehd.fetch(links.proof)).toString()).proof.proofValue).proof;
    verifier = running().demo.verifier;
  });
  after(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  const ask = async (...args: string[]) => {
    const { code, stdout } = await eproof(running().run.dataFolder, 'verify', ...args, '--json');
    return { code, said: JSON.parse(stdout) };
  };
  const holderCode = (said: { checks: { name: string; code: string }[] }) =>
    said.checks.find(({ name }) => name === 'holderBinding')?.code;
  const chosen = () => discloseClaims(full, type.definition, ['licenceNumber', 'licenceType', 'shopSign']);

  it('is presented with the claims that its holder chose, and no others, to the page', async () => {
    const presentation = await holder.present(chosen(), verifier);
    const { page } = await openPage(browser);
    await page.goto(toQrText(verifier, encodePresentation(presentation)));
    expect((await waitForVerdict(page)).genuine).to.equal('genuine');
    const answers = await page.locator('[data-answer]').evaluateAll((all) => all.map(({ dataset }) => dataset.value));
    expect(answers).to.deep.equal(['yes', 'yes', 'yes', 'yes']);
    const { claims } = sampleRequest('FEHD-GRL', 4_713) as { claims: Record<string, { en?: string }> };
    const shown = (await page.locator('.document').textContent()) ?? '';
    expect(shown).to.contain(claims.shopSign?.en);
    expect(shown).not.to.contain(claims.licenseeName?.en);
    await page.context().close();
  });

  it('is presented as a file to a bank that asked for it, and to nobody else', async () => {
    const nonce = Uint8Array.from({ length: 16 }, (_, i) => i);
    const presentation = await holder.present(chosen(), 'Bank of Examples', { nonce });
    const source = { type: type.definition, definition: Buffer.from(type.sha256, 'hex'), registry: await registryOf() };
    const file = join(folder, 'presentation.json');
    await writeFile(file, JSON.stringify(toVerifiablePresentation(presentation, source)));
    const asked = ['--audience', 'Bank of Examples', '--nonce', Buffer.from(nonce).toString('hex')];
    const shown = await ask(file, ...asked);
    expect([shown.code, shown.said.genuine, shown.said.bearer]).to.deep.equal([0, 'genuine', 'checked']);
    expect(Object.keys(shown.said.credential.claims)).to.have.members(['licenceNumber', 'licenceType', 'shopSign']);
    expect(holderCode((await ask(file)).said)).to.equal('PRESENTED_TO_OTHERS');
    const later = await ask(file, '--audience', 'Bank of Examples', '--nonce', 'ff'.repeat(16));
    expect([later.code, holderCode(later.said)]).to.deep.equal([2, 'NONCE_DIFFERENT']);
  });

  async function registryOf() {
    const trust = await (await fetch(new URL('trust.json', verifier))).json();
    return trust.registries[0] as { chainId: number; address: string };
  }

  it('could not be checked from an old picture of its code, and not by another’s key', async () => {
    const old = await holder.present(chosen(), verifier, { issuedAt: 1_700_000_000, expiresAt: 1_700_000_300 });
    const over = await ask(toQrText(verifier, encodePresentation(old)));
    expect([over.code, holderCode(over.said)]).to.deep.equal([3, 'PRESENTATION_OVER']);
    const thief = await createHolder();
    const stolen = await thief.present(chosen(), verifier).catch((error: { code?: string }) => error.code);
    expect(stolen).to.equal('FIELD_INVALID');
    const { signature } = await holder.present(full, verifier);
    const patched = { ...(await holder.present(chosen(), verifier)), signature };
    const forged = await ask(toQrText(verifier, encodePresentation(patched)));
    expect([forged.code, holderCode(forged.said)]).to.deep.equal([2, 'HOLDER_SIGNATURE_INVALID']);
  });

  it('is genuine on paper, where nobody says who holds it', async () => {
    const { code, said } = await ask(toQrText(verifier, encodeProof(full)));
    expect([code, said.genuine, said.bearer]).to.deep.equal([0, 'genuine', 'not-checked']);
  });
});
