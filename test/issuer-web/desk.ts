import path from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { KEEPS_PICTURES } from '../extent.ts';
import {
  EVIDENCE_FOLDER,
  findBarriers,
  isLookedAt,
  LANGUAGES,
  openPage,
  type Visit,
} from '../verifier-web/chromium.ts';

/** A browser of somebody of the demonstration, signed in at a page through the development provider: the console, or "my". */
export async function signIn(browser: Browser, service: string, account: string, place = 'console'): Promise<Visit> {
  const visit = await openPage(browser, { viewport: { width: 1280, height: 900 } });
  const { page } = visit;
  await page.goto(`${service}/${place}/`);
  await page.locator('[data-action=sign-in]').click();
  await page.locator('input[name=account]').fill(account);
  await page.keyboard.press('Enter');
  await page.locator('.account').waitFor();
  // asking who is signed in is answered with 401 before somebody is, which a browser calls an error
  visit.complaints.length = 0;
  return visit;
}

/** Answers each question of the page with yes, also whether it may be left; one that Chromium has taken back meanwhile needs no answer. */
export function sayYes(page: Page): void {
  page.on('dialog', (dialog) => {
    void dialog.accept().catch((error: Error) => {
      if (!error.message.includes('No dialog is showing')) throw error;
    });
  });
}

const VISITS = 4;

/** A place of the console, when it is there. */
export async function visitPlace(page: Page, service: string, path: string): Promise<void> {
  // Chromium sometimes calls a visit off whose page before asked whether it may be left: whoever sits there goes once more
  for (let visit = 1; ; visit++) {
    const failed = await page.goto(`${service}/console/${path}`).then(
      () => undefined,
      (error: Error) => error,
    );
    if (!failed) break;
    if (visit === VISITS || !failed.message.includes('ERR_ABORTED')) throw failed;
  }
  await page.locator('main h1').waitFor();
}

export async function issue(
  { service, apiKey }: { service: string; apiKey: string },
  content: object,
): Promise<{ id: string; reference: string }> {
  const response = await fetch(`${service}/v1/credentials`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': crypto.randomUUID(),
    },
    body: JSON.stringify(content),
  });
  const answer = (await response.json()) as { id: string; reference: string };
  if (response.status !== 202) throw new Error(JSON.stringify(answer));
  return answer;
}

/** Looks once more at what was typed into the form on the page, and hands it in. */
export async function handIn(page: Page): Promise<void> {
  await page.locator('[data-action=check]').click();
  await page.locator('[data-action=submit]').click();
  await page.locator('[data-state=submitted]').waitFor();
}

/** What is on the page, in three languages, on 320 pixels and in the dark: no barrier, and nothing that runs out of the page. */
export async function walk(page: Page): Promise<void> {
  const choose = async (language: string) => {
    await page.locator(`[data-language="${language}"]`).click();
    await page.locator(`html[lang="${language}"]`).waitFor();
  };
  for (const language of LANGUAGES) {
    await choose(language);
    if (isLookedAt(language)) expect(await findBarriers(page), `${page.url()} in ${language}`).to.deep.equal([]);
  }
  await choose('en');
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), page.url()).to.be.at.most(320);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'dark' });
  if (isLookedAt('dark')) expect(await findBarriers(page), `${page.url()} in the dark`).to.deep.equal([]);
  await page.emulateMedia({ colorScheme: 'light' });
  const [, room, ...place] = new URL(page.url()).pathname.split('/');
  if (room === 'console') await capture(page, placeName(place));
}

/** What a place's picture is called, by the parts of its address; whichever thing it is about, it is about "one". */
export function placeName(parts: readonly string[]): string {
  return parts.map((part) => (/^[a-z-]*$/.test(part) ? part : 'one')).join('-') || 'home';
}

/** A picture of the page, to look at. */
export async function capture(page: Page, name: string): Promise<void> {
  if (!KEEPS_PICTURES) return;
  const file = path.join(EVIDENCE_FOLDER, 'console', `${name}.jpg`);
  await page.screenshot({ path: file, type: 'jpeg', quality: 60, fullPage: true });
}
