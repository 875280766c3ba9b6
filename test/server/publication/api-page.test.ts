import { expect } from 'chai';
import { launchChromium, openPage } from '../../verifier-web/chromium.ts';
import { startService, type TestService } from '../http/service.ts';

const OPERATION = '[id="operations-Who_is_calling-getDepartment"]';

describe('the page of the API', () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(() => service.stop());

  it('shows every operation and tries one with a key, from its own origin alone', async () => {
    const browser = await launchChromium();
    try {
      const { page, requests, complaints } = await openPage(browser);
      await page.goto(`${service.url}/api`);
      await page.locator(OPERATION).waitFor();
      await page.locator('button.authorize').first().click();
      await page.locator('.auth-container input').first().fill(service.fehd.apiKey);
      await page.locator('.auth-btn-wrapper button.authorize').first().click();
      await page.locator('.btn-done').first().click();
      await page.locator(`${OPERATION} .opblock-summary-control`).click();
      await page.locator(`${OPERATION} button.execute`).click();
      const answer = page.locator(`${OPERATION} .live-responses-table`);
      await answer.getByText('"FEHD"').first().waitFor();
      if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
      const elsewhere = requests.filter((url) => !url.startsWith(service.url) && !url.startsWith('data:'));
      expect(elsewhere).to.deep.equal([]);
      expect(complaints).to.deep.equal([]);
    } finally {
      await browser.close();
    }
  });
});
