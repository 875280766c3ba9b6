import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, openPage, type Visit, waitForVerdict, walkLanguages } from './chromium.ts';
import type { Issued } from './department.ts';
import { createWorld, RESTAURANT, type World } from './world.ts';

// A page ends with the words "revoked", "suspended" and "amended" of its last batch: one bit of a neighbour's leaf makes two different answers.
function flipRevoked(page: unknown): string {
  const text = page as string;
  return `${text.slice(0, -129)}1${text.slice(-128)}`;
}

describe('what is not genuine, and what could not be checked', () => {
  let world: World;
  let browser: Browser;
  let issued: Issued;

  before(async () => {
    world = await createWorld('.build/test/verifier-loss');
    issued = world.food.issue(RESTAURANT, {});
    browser = await launchChromium();
  });

  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  afterEach(() => {
    world.site.missing.clear();
    for (const node of world.nodes) {
      node.lie = null;
      node.isMuted = false;
      node.isSilent = false;
    }
  });

  const codesOf = (page: Page) =>
    page.locator('[data-code]').evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset.code));

  const answersOf = (page: Page) =>
    page.locator('[data-answer]').evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset.value));

  async function visit(text: string): Promise<Visit> {
    const visited = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await visited.page.goto(text);
    return visited;
  }

  it('calls a code with one flipped digit not genuine and shows nothing of what it says', async () => {
    const text = issued.qrText(world.site.address);
    const at = text.indexOf('#') + 420;
    const { page } = await visit(text.slice(0, at) + ((Number(text[at]) + 1) % 10) + text.slice(at + 1));
    const verdict = await waitForVerdict(page);
    expect(verdict.genuine).to.equal('not-genuine');
    expect(verdict.heading).to.equal('Not genuine — do not accept');
    const shown = await page.locator('main').textContent();
    expect(shown).not.to.match(/Chan Tai Man|陳大文|2932801234|Hygiene Department/);
    await walkLanguages(page, 'not-genuine');
    await page.context().close();
  });

  it('calls a change that still decodes not genuine, and neither unchanged nor really issued', async () => {
    const other = world.food.issue({ ...RESTAURANT, licenceNumber: '9999999999' }, {});
    const batches = world.food.onChain.batches;
    batches.splice(batches.indexOf(other.batch), 1);
    const { page } = await visit(other.qrText(world.site.address));
    expect((await waitForVerdict(page)).genuine).to.equal('not-genuine');
    expect(await codesOf(page)).to.include('NOT_ANCHORED');
    expect(await answersOf(page)).to.deep.equal(['no', 'no', 'not-asked']);
    expect(await page.locator('main').textContent()).not.to.contain('9999999999');
    await page.context().close();
  });

  it('calls a damaged link not genuine and says that the code is damaged', async () => {
    const { page } = await visit(`${issued.qrText(world.site.address)}x`);
    expect((await waitForVerdict(page)).genuine).to.equal('not-genuine');
    expect(await page.locator('.banner li').textContent()).to.contain('characters that are not digits');
    await page.context().close();
  });

  it('calls a key that was stolen before the record not genuine', async () => {
    const [key] = world.food.onChain.keys;
    if (key) key.invalidFrom = 2;
    const { page } = await visit(issued.qrText(world.site.address));
    const verdict = await waitForVerdict(page);
    if (key) key.invalidFrom = 0;
    expect(verdict.genuine).to.equal('not-genuine');
    expect(await codesOf(page)).to.include('KEY_COMPROMISED');
    await page.context().close();
  });

  it('says that it could not check when the nodes are silent, shows what was checked, and checks again on request', async () => {
    for (const node of world.nodes) node.isMuted = true;
    const { page } = await visit(issued.qrText(world.site.address));
    const verdict = await waitForVerdict(page);
    expect(verdict.genuine).to.equal('could-not-be-checked');
    expect(verdict.heading).to.equal('Could not be checked');
    expect(await codesOf(page))
      .to.include('NODES_UNREACHABLE')
      .and.to.include('SIGNED_BY_KNOWN_KEY');
    expect(await answersOf(page)).to.deep.equal(['yes', 'unknown', 'unknown']);
    expect(await page.locator('.document h2').textContent()).to.contain('not confirmed');
    await walkLanguages(page, 'could-not-be-checked');
    await page.locator('[data-language=en]').click();
    for (const node of world.nodes) node.isMuted = false;
    await page.locator('[data-action=retry]').click();
    await page.locator('[data-genuine=genuine]').waitFor();
    expect(await page.locator('.verdict').count()).to.equal(1);
    await page.context().close();
  });

  for (const [who, silent] of [
    ['one node', 1],
    ['every node', 2],
  ] as const)
    it(`says within six seconds that it could not check, where ${who} takes the question and never answers`, async () => {
      const { page } = await visit(world.site.address);
      await page.locator('[data-way=scan]:enabled').waitFor();
      for (const node of world.nodes.slice(0, silent)) node.isSilent = true;
      await page.locator('#text').fill(issued.qrText(world.site.address));
      await page.locator('[data-way=text]').click();
      await page.locator('.checking').waitFor();
      // a promise to the reader ("a few seconds at most"), and no measurement: 4 seconds a question, and room for a busy machine
      await page.locator('[data-genuine=could-not-be-checked]').waitFor({ timeout: 6_000 });
      expect(await codesOf(page)).to.include('NODES_UNREACHABLE');
      expect(await page.locator('.document h2').textContent()).to.contain('not confirmed');
      for (const node of world.nodes) node.isSilent = false;
      await page.locator('[data-action=retry]').click();
      await page.locator('[data-genuine=genuine]').waitFor();
      await page.context().close();
    });

  it('runs no script that is not the one that was built: it says that it could not check, and checks when asked again', async () => {
    const judgement = world.build.files.find(({ name }) => name.startsWith('assets/judgement-'))?.name ?? '';
    const built = await readFile(path.join(world.build.outputFolder, judgement));
    world.site.files.set(judgement, Buffer.concat([built, Buffer.from('\n')]));
    const { page, complaints } = await visit(issued.qrText(world.site.address));
    await page.locator('[data-refusal=SCRIPT_UNAVAILABLE]').waitFor();
    expect(complaints.join()).to.contain('integrity');
    expect(await page.locator('.verdict').count()).to.equal(0);
    await walkLanguages(page, 'script-unavailable');
    await page.locator('[data-language=en]').click();
    world.site.files.delete(judgement);
    world.site.missing.add(judgement);
    await page.locator('[data-action=retry]').click();
    await page.locator('[data-refusal=SCRIPT_UNAVAILABLE]').waitFor();
    world.site.missing.clear();
    await page.locator('[data-action=retry]').click();
    expect((await waitForVerdict(page)).genuine).to.equal('genuine');
    await page.context().close();
  });

  const losses: [string, string, (world: World) => void][] = [
    ['two nodes disagree', 'NODES_DISAGREE', (w) => lie(w, 'eth_call', flipRevoked)],
    ['a node is of another chain', 'NODE_WRONG_CHAIN', (w) => lie(w, 'eth_chainId', () => '0x1')],
    ['a node answers nonsense', 'NODE_ANSWER_INVALID', (w) => lie(w, 'eth_call', () => '0x1234')],
    [
      'a node has another contract',
      'NODE_WRONG_REGISTRY',
      (w) => lie(w, 'eth_getProof', () => ({ codeHash: `0x${'11'.repeat(32)}` })),
    ],
  ];

  function lie({ nodes }: World, method: string, change: (result: unknown) => unknown): void {
    nodes[1].lie = (asked, result) => (asked === method ? change(result) : result);
  }

  for (const [what, code, spoil] of losses)
    it(`says that it could not check when ${what}`, async () => {
      spoil(world);
      const { page } = await visit(issued.qrText(world.site.address));
      expect((await waitForVerdict(page)).genuine).to.equal('could-not-be-checked');
      expect(await codesOf(page)).to.include(code);
      await page.context().close();
    });

  it('says that it could not check when the newest block is too old', async () => {
    world.chain.block.time -= 950;
    const { page } = await visit(issued.qrText(world.site.address));
    const verdict = await waitForVerdict(page);
    world.chain.block.time += 950;
    expect(verdict.genuine).to.equal('could-not-be-checked');
    expect(await codesOf(page)).to.include('NODE_STALE');
    await page.context().close();
  });

  for (const [what, name, code] of [
    ['the list of trust', 'trust.json', 'REGISTRY_UNKNOWN'],
    ['the kind of document', 'types/', 'TYPE_UNKNOWN'],
    ['the department', 'issuers/', 'ISSUER_UNKNOWN'],
  ] as const)
    it(`says that it could not check when ${what} cannot be loaded`, async () => {
      for (const file of world.site.files.keys()) if (file.startsWith(name)) world.site.missing.add(file);
      const { page } = await visit(issued.qrText(world.site.address));
      expect((await waitForVerdict(page)).genuine).to.equal('could-not-be-checked');
      expect(await codesOf(page)).to.include(code);
      world.site.missing.clear();
      await page.locator('[data-action=retry]').click();
      await page.locator('[data-genuine=genuine]').waitFor();
      await page.context().close();
    });

  it('says that it could not check when the device goes offline, and judges when it is back', async () => {
    const { page } = await visit(world.site.address);
    const judgement = page.waitForResponse(/assets\/judgement-/);
    await page.locator('#text').click();
    await judgement;
    await page.context().setOffline(true);
    await page.locator('#text').fill(issued.qrText(world.site.address));
    await page.locator('[data-way=text]').click();
    expect((await waitForVerdict(page)).genuine).to.equal('could-not-be-checked');
    await page.context().setOffline(false);
    await page.locator('[data-action=retry]').click();
    await page.locator('[data-genuine=genuine]').waitFor();
    await page.context().close();
  });

  it('says the same when the device is offline before anything was touched, and judges when it is back', async () => {
    const { page } = await visit(world.site.address);
    await page.waitForLoadState('networkidle');
    await page.context().setOffline(true);
    await page.locator('#text').fill(issued.qrText(world.site.address));
    await page.locator('[data-way=text]').click();
    await page.locator('[data-refusal=SCRIPT_UNAVAILABLE]').waitFor();
    await page.context().setOffline(false);
    await page.locator('[data-action=retry]').click();
    await page.locator('[data-genuine=genuine]').waitFor();
    await page.context().close();
  });

  it('takes no band of a test system for production', async () => {
    const file = world.site.files.get('trust.json') as string;
    world.site.files.set('trust.json', JSON.stringify({ ...JSON.parse(file), test: false }));
    const { page } = await visit(issued.qrText(world.site.address));
    await waitForVerdict(page);
    expect(await page.locator('.test-band').isVisible()).to.equal(false);
    world.site.files.set('trust.json', file);
    await page.context().close();
  });
});
