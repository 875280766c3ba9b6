import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { verifierPolicy } from '../../server/publication/verifier-policy.ts';
import { launchChromium, openPage } from './chromium.ts';
import { createWorld, type World } from './world.ts';

/** The smallest module there is. */
const COMPILE =
  'WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)).then(() => "compiled", () => "refused")';

/** Put beside the built files, each under the policy of its address. */
const PROBES: Record<string, string> = {
  'probe.html': '<!doctype html><html lang="en"><title>probe</title><script type="module" src="probe.js"></script>',
  'probe.js': `
    const policy = trustedTypes.createPolicy('eproof', { createScriptURL: (url) => url });
    const ask = (name) => new Promise((resolve) => {
      const worker = new Worker(policy.createScriptURL(name), { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
    });
    window.told = Promise.all([${COMPILE}, ask('assets/decoder-worker-probe.js'), ask('assets/page-worker-probe.js'), ask('assets/other-probe.js')]);`,
  ...Object.fromEntries(
    ['decoder-worker', 'page-worker', 'other'].map((name) => [
      `assets/${name}-probe.js`,
      `postMessage(await ${COMPILE})`,
    ]),
  ),
};

describe('the policy in the browser', () => {
  let world: World;
  let browser: Browser;

  before(async () => {
    world = await createWorld('.build/test/verifier-policy');
    browser = await launchChromium();
  });

  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  it('lets wasm be compiled in the two workers that have it, and neither in the page nor in another worker', async () => {
    for (const [name, text] of Object.entries(PROBES)) world.site.files.set(name, text);
    const { page } = await openPage(browser);
    await page.goto(`${world.site.address}probe.html`);
    await page.waitForFunction(() => 'told' in window);
    expect(await page.evaluate(() => (window as unknown as { told: Promise<string[]> }).told)).to.deep.equal([
      'refused',
      'compiled',
      'compiled',
      'refused',
    ]);
    await page.context().close();
  });

  it('knows the workers of the build that carry wasm by their names', () => {
    const names = world.build.files.map(({ name }) => `/${name}`);
    const isFree = (name: string) => verifierPolicy(name, { nodes: [], embedders: null }).includes('wasm-unsafe-eval');
    expect(names.filter(isFree).map((name) => name.replace(/-[^-]+\.js$/, ''))).to.deep.equal([
      '/assets/decoder-worker',
      '/assets/page-worker',
    ]);
  });
});
