import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { DENSE_TYPES, DISTORTIONS, photograph, toPaper } from '../../bench/photograph.ts';
import { loadCatalogue } from '../../catalogue/catalogue.ts';
import { sampleClaims } from '../../catalogue/samples.ts';
import { toDate } from '../../proof/day.ts';
import { hashHolderKey } from '../../proof/holder-key.ts';
import { encodePresentation } from '../../proof/presentation.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { toStoredClaims } from '../../scripts/sample-proof.ts';
import { present } from '../../scripts/vectors/presenting.ts';
import { HOLDER } from '../../scripts/vectors/world.ts';
import { IS_WHOLE } from '../extent.ts';
import { holdBeforeCamera } from './before-camera.ts';
import { EVIDENCE_FOLDER, launchChromium, openPage } from './chromium.ts';
import { createDepartment, TODAY, toTrust } from './department.ts';
import { createWorld, type World } from './world.ts';

const FILMED_TYPE = 'LD-EA';
/** One of three types, and a few before the camera, where not the whole set is asked for: each takes its seconds. */
const TYPES = IS_WHOLE ? DENSE_TYPES : DENSE_TYPES.filter((code) => code === FILMED_TYPE);
const FILMED = IS_WHOLE ? Object.keys(DISTORTIONS).length : 3;
/** Of the whole set 30 of 33 by file and 9 of 11 by camera. */
const MOST_UNREAD = IS_WHOLE ? 3 : 1;
const MOST_UNSEEN = IS_WHOLE ? 2 : 1;
const FOLDER = path.join(EVIDENCE_FOLDER, 'photographs');

interface Photograph {
  name: string;
  file: string;
  jpeg: Buffer;
}

describe('photographs of dense codes', function () {
  this.timeout(600_000);
  let world: World;
  let browser: Browser;
  let photographs: Photograph[];

  before(async () => {
    world = await createWorld('.build/test/verifier-photographs');
    browser = await launchChromium();
    photographs = await takePhotographs();
  });

  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  /** Eleven of each presentation, from full batches, of what a holder shows this very page. */
  async function takePhotographs(): Promise<Photograph[]> {
    await mkdir(FOLDER, { recursive: true });
    const { page } = await openPage(browser);
    const taken: Photograph[] = [];
    for (const { code, paper } of createPapers())
      for (const [distortion, how] of Object.entries(DISTORTIONS)) {
        const name = `${code} ${distortion}`;
        const file = path.join(FOLDER, `${name.replaceAll(' ', '-')}.jpg`);
        const jpeg = await photograph(page, paper, how);
        await writeFile(file, jpeg);
        taken.push({ name, file, jpeg });
      }
    await page.context().close();
    return taken;
  }

  function createPapers() {
    const departments = TYPES.map((code, i) => createDepartment(world.chain, 3 + i, code, 256));
    const nodes = world.nodes.map(({ url }) => url);
    const verifiers = [world.site.address];
    world.site.files.set(
      'trust.json',
      JSON.stringify(toTrust(world.chain, departments, { nodes, agree: 2, verifiers })),
    );
    for (const { files } of departments) for (const [name, bytes] of files) world.site.files.set(name, bytes);
    return TYPES.map((code, i) => {
      const type = loadCatalogue().types.find((candidate) => candidate.code === code);
      if (!type) throw new Error(`the catalogue has no ${code}`);
      const sample = sampleClaims(code, toDate(TODAY), 1);
      const { proof } = departments[i]!.issue(toStoredClaims(sample.claims), { holderKey: hashHolderKey(HOLDER.key) });
      const now = Math.floor(Date.now() / 1000);
      const times = { issuedAt: now - 60, expiresAt: now + 3_600 };
      const presentation = present(proof, { audience: world.site.address, ...times });
      return { code, paper: toPaper(type, sample, toQrText(world.site.address, encodePresentation(presentation))) };
    });
  }

  function expectRead(all: readonly Photograph[], unread: readonly string[], mostUnread: number): void {
    console.log(`      read ${all.length - unread.length} of ${all.length}, not: ${unread.join(', ')}`);
    expect(unread.length, unread.join(', ')).to.be.at.most(mostUnread);
  }

  async function isGenuine(page: Page): Promise<boolean> {
    await page.locator('.verdict, [data-refusal]').first().waitFor({ timeout: 60_000 });
    return (await page.locator('.verdict[data-genuine=genuine]').count()) === 1;
  }

  it('are read from a chosen file, all but one in eleven, and judged genuine', async () => {
    const { page, complaints } = await openPage(browser, { viewport: { width: 390, height: 844 } });
    const unread: string[] = [];
    for (const { name, file } of photographs) {
      await page.goto(world.site.address);
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-way=file]').click()]);
      await chooser.setFiles(file);
      if (!(await isGenuine(page))) unread.push(name);
    }
    expect(complaints).to.deep.equal([]);
    expect(photographs).to.have.length(TYPES.length * Object.keys(DISTORTIONS).length);
    expectRead(photographs, unread, MOST_UNREAD);
    await page.context().close();
  });

  it('are read from the picture of the camera, nearly all', async () => {
    const { page } = await openPage(browser, { viewport: { width: 390, height: 844 } });
    const filmed = photographs.filter(({ name }) => name.startsWith(FILMED_TYPE)).slice(0, FILMED);
    const unread: string[] = [];
    for (const { name, jpeg } of filmed) {
      await page.goto(world.site.address);
      await holdBeforeCamera(page, jpeg);
      await page.locator('[data-way=scan]').click();
      const seen = page.locator('.verdict[data-genuine=genuine]').waitFor({ timeout: 30_000 });
      await seen.catch(() => unread.push(name));
    }
    expectRead(filmed, unread, MOST_UNSEEN);
    await page.context().close();
  });
});
