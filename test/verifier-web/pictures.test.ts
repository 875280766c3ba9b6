import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { portrait } from '../../catalogue/picture.ts';
import { renderPdf } from '../../server/render/pdf.ts';
import { documentContent, row } from '../server/render/sample.ts';
import { launchChromium, openPage, waitForVerdict, walkLanguages } from './chromium.ts';
import type { Department } from './department.ts';
import { createWorld, type World } from './world.ts';

const FOLDER = path.resolve('.build/test/verifier-pictures-files');
type MediaType = 'image/png' | 'image/jpeg';

describe('the picture of a holder', () => {
  let world: World;
  let browser: Browser;
  /** Red, and one of somebody else. */
  let photograph: Buffer;
  let stranger: Buffer;

  before(async () => {
    world = await createWorld('.build/test/verifier-pictures', { types: ['HKPF-SPP'] });
    await mkdir(FOLDER, { recursive: true });
    browser = await launchChromium();
    [photograph, stranger] = await Promise.all([toJpeg('#c00'), toJpeg('#00c')]);
  });
  after(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  /** As a camera gives it: a browser writes the JPEG. */
  async function toJpeg(colour: string): Promise<Buffer> {
    const { page } = await openPage(browser);
    const url = await page.evaluate((fill) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: 60, height: 80 });
      const pen = canvas.getContext('2d');
      Object.assign(pen ?? {}, { fillStyle: fill });
      pen?.fillRect(0, 0, 60, 80);
      return canvas.toDataURL('image/jpeg');
    }, colour);
    await page.context().close();
    return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
  }

  /** A permit with `issued` as its photograph, and a PDF of it with `drawn`. */
  async function write(name: string, mediaType: MediaType, { issued, drawn }: { issued: Buffer; drawn: Buffer }) {
    const permit = (world.others[0] as Department).issue(
      {
        permitNumber: 'SPP-000123',
        holderName: { en: 'WONG, Siu Ming', 'zh-Hant': '黃小明' },
        categories: ['A'],
        hkid: 'A123456(3)',
        photo: { mediaType, sha256: createHash('sha256').update(issued).digest('hex') },
      },
      {},
    );
    const rows = [row('photo', { kind: 'image', mediaType, bytes: drawn })];
    await writeFile(path.join(FOLDER, `${name}.pdf`), await renderPdf(documentContent({ json: permit.json, rows })));
    await writeFile(path.join(FOLDER, `${name}.json`), permit.json);
  }

  async function open(name: string): Promise<{ page: Page; complaints: string[] }> {
    const visit = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await visit.page.goto(world.site.address);
    const [chooser] = await Promise.all([
      visit.page.waitForEvent('filechooser'),
      visit.page.locator('[data-way=file]').click(),
    ]);
    await chooser.setFiles(path.join(FOLDER, name));
    expect((await waitForVerdict(visit.page)).genuine).to.equal('genuine');
    return visit;
  }

  it('is shown from the PDF where it is the one that was signed, in every language', async () => {
    await write('own', 'image/jpeg', { issued: photograph, drawn: photograph });
    const { page, complaints } = await open('own.pdf');
    const picture = page.getByRole('img', { name: 'Photograph' });
    await picture.waitFor();
    expect(await page.locator('.document').textContent()).to.contain('its fingerprint is the one that was signed');
    const seen = () =>
      page.locator('canvas.picture').evaluate((canvas: HTMLCanvasElement) => {
        const [red = 0, green = 0, blue = 0] = canvas.getContext('2d')?.getImageData(30, 40, 1, 1).data ?? [];
        return { width: canvas.width, height: canvas.height, isRed: red > 150 && green < 60 && blue < 60 };
      });
    await page.waitForFunction(() => document.querySelector<HTMLCanvasElement>('canvas.picture')?.width === 60);
    expect(await seen()).to.deep.equal({ width: 60, height: 80, isRed: true });
    await walkLanguages(page, 'picture');
    await page.waitForFunction(() => document.querySelector<HTMLCanvasElement>('canvas.picture')?.width === 60);
    expect((await seen()).isRed).to.equal(true);
    expect(complaints).to.deep.equal([]);
    await page.context().close();
  });

  it('of somebody else, put into the PDF of a genuine document, is not shown', async () => {
    await write('other', 'image/jpeg', { issued: photograph, drawn: stranger });
    const { page } = await open('other.pdf');
    expect(await page.locator('canvas').count()).to.equal(0);
    expect(await page.locator('.document').textContent()).to.contain('cannot show it');
    await page.context().close();
  });

  it('that the PDF has in another coding, or that is not there, is not shown, and the page says so', async () => {
    const drawn = Buffer.from(portrait(5).data, 'base64');
    await write('recoded', 'image/png', { issued: drawn, drawn });
    for (const name of ['recoded.pdf', 'own.json']) {
      const { page } = await open(name);
      expect(await page.locator('canvas').count(), name).to.equal(0);
      expect(await page.locator('.document').textContent(), name).to.contain('Compare with the picture in the PDF');
      await page.context().close();
    }
  });
});
