import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import AxeSource from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Frame, type Page } from 'playwright-core';
import { KEEPS_PICTURES, todays } from '../extent.ts';

export const EVIDENCE_FOLDER = path.resolve('test-results/verifier-web');

/** The real browser of the machine, without its own calls home, so that every request that a test sees is the page's. */
export function launchChromium(film?: string): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-default-apps',
      '--no-first-run',
      ...(film
        ? [
            '--use-fake-device-for-media-stream',
            '--use-fake-ui-for-media-stream',
            `--use-file-for-fake-video-capture=${film}`,
          ]
        : []),
    ],
  });
}

export interface Visit {
  page: Page;
  /** Every address that the page asked for. */
  requests: string[];
  /** What the browser complained about: script errors, violations of the security policy. */
  complaints: string[];
}

export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/London', ...options });
  const page = await context.newPage();
  const visit: Visit = { page, requests: [], complaints: [] };
  page.on('request', (request) => visit.requests.push(request.url()));
  page.on('pageerror', (error) => visit.complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') visit.complaints.push(message.text());
  });
  return visit;
}

export async function waitForVerdict(
  page: Page,
): Promise<{ heading: string; genuine: string | null; standing: string | null }> {
  const verdict = page.locator('.verdict');
  await verdict.waitFor();
  return {
    heading: ((await page.locator('h1').textContent()) ?? '').replaceAll('\u00a0', ' '),
    genuine: await verdict.getAttribute('data-genuine'),
    standing: await verdict.getAttribute('data-standing'),
  };
}

export async function keepPicture(page: Page, name: string): Promise<void> {
  if (!KEEPS_PICTURES) return;
  await mkdir(EVIDENCE_FOLDER, { recursive: true });
  await page.screenshot({ path: path.join(EVIDENCE_FOLDER, `${name}.png`), fullPage: true });
}

/** What axe finds wrong, one line each; empty where it finds nothing. */
export async function findBarriers(page: Page | Frame): Promise<string[]> {
  // Run through the debugger: the page's policy rightly bars scripts that are put into it.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(`(() => { ${AxeSource.source} })()`);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof AxeSource };
    const { violations } = await axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`);
  });
}

export const LANGUAGES = ['en', 'zh-Hant', 'zh-Hans'];

const LOOKS = [...LANGUAGES, 'dark'];

/** A look for barriers takes a second: a run of every test looks at each page in one language or in the dark, another one every day. */
export function isLookedAt(look: string): boolean {
  return todays(LOOKS, LOOKS.length).includes(look);
}

/** Looks at the page in every language, with what is folded up and unfolded: fails on what axe finds, and keeps a picture of each. */
export async function walkLanguages(page: Page, name: string): Promise<void> {
  for (const language of LANGUAGES) {
    await page.locator(`[data-language="${language}"]`).click();
    await page.locator(`html[lang="${language}"]`).waitFor();
    const barriers = isLookedAt(language) ? await findBarriersUnfolded(page) : [];
    if (barriers.length > 0) throw new Error(`${name} in ${language}: ${barriers.join('; ')}`);
    await keepPicture(page, `${name}-${language}`);
  }
}

/** The page as it is, and as it is when everything that is folded up is unfolded, which it is not afterwards. */
export async function findBarriersUnfolded(page: Page | Frame): Promise<string[]> {
  const folded = await findBarriers(page);
  const unfolded = await setFolds(page, true);
  const barriers = unfolded > 0 ? await findBarriers(page) : [];
  await setFolds(page, false);
  return [...folded, ...barriers.map((barrier) => `unfolded: ${barrier}`)];
}

/** Unfolds what is folded up, or folds up what this unfolded; how many there were. */
function setFolds(page: Page | Frame, isOpen: boolean): Promise<number> {
  return page.evaluate((open) => {
    const folds = document.querySelectorAll<HTMLDetailsElement>(
      open ? 'details:not([open])' : 'details[data-unfolded]',
    );
    for (const fold of folds) {
      fold.open = open;
      fold.toggleAttribute('data-unfolded', open);
    }
    return folds.length;
  }, isOpen);
}
