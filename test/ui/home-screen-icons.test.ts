import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import express from 'express';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { buildPlaces } from '../../scripts/build-places.ts';
import { buildVerifier } from '../../scripts/build-verifier.ts';
import { drawIcon } from '../../scripts/draw-icon.ts';
import { servePlacePage } from '../../server/publication/place-page.ts';
import { serveVerifierPage } from '../../server/publication/verifier-page.ts';

const SVG = await readFile(path.resolve('ui/icon.svg'), 'utf8');

interface Manifest {
  name: string;
  short_name: string;
  start_url: string;
  scope: string;
  display: string;
  icons: { src: string; sizes: string; type: string; purpose: string }[];
}

describe('the icons of home screens', () => {
  let server: Server;
  let origin: string;
  let profile: string;
  let context: BrowserContext;
  let page: Page;

  before(async () => {
    const [holder, verifier] = [path.resolve('.build/test/holder-icons'), path.resolve('.build/test/verifier-icons')];
    await Promise.all([buildPlaces('holder', holder), buildVerifier({ outputFolder: verifier })]);
    const app = express().use(servePlacePage('holder', holder));
    app.use(serveVerifierPage({ folder: verifier, nodes: [], embedders: [] }));
    server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    profile = await mkdtemp(path.join(tmpdir(), 'eproof-profile-'));
    // windows that forget everything, as tests have them, are never offered to install a page
    context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    page = await context.newPage();
  });

  after(async () => {
    await context?.close();
    server?.close();
    if (profile) await rm(profile, { recursive: true, force: true });
  });

  for (const [name, place] of [
    ['the holder’s page', '/my/'],
    ['the verifier’s', '/'],
  ] as const)
    describe(`of ${name}`, () => {
      let manifest: Manifest;

      before(async () => {
        await page.goto(origin + place);
        const response = await fetch(`${origin}${place}manifest.webmanifest`);
        expect(response.headers.get('content-type')).to.contain('application/manifest+json');
        manifest = (await response.json()) as Manifest;
      });

      it('are in its manifest: as lines, as pixels, and for systems that cut a form of their own', () => {
        expect(manifest.icons.map(({ sizes, type, purpose }) => [sizes, type, purpose])).to.deep.equal([
          ['any', 'image/svg+xml', 'any'],
          ['192x192', 'image/png', 'any'],
          ['512x512', 'image/png', 'any'],
          ['192x192', 'image/png', 'maskable'],
          ['512x512', 'image/png', 'maskable'],
        ]);
        expect(manifest.display).to.equal('standalone');
        for (const text of [manifest.name, manifest.short_name]) expect(text).not.to.equal('');
        const from = new URL('manifest.webmanifest', origin + place);
        for (const address of [manifest.start_url, manifest.scope])
          expect(new URL(address, from).pathname).to.equal(place);
      });

      it('load as what they say they are, and are kept for ever under their names', async () => {
        const touch = (await page.locator('link[rel=apple-touch-icon]').getAttribute('href')) ?? '';
        const pictures = [...manifest.icons.slice(1), { src: touch, sizes: '180x180', type: 'image/png' }];
        for (const { src, sizes, type } of pictures) {
          const response = await fetch(new URL(src, origin + place));
          expect(response.headers.get('content-type')).to.equal(type);
          expect(response.headers.get('cache-control')).to.contain('immutable');
          expect(await sizeOf(page, src), src).to.equal(sizes);
        }
      });

      it('let Chromium put it on the home screen', async () => {
        const session = await context.newCDPSession(page);
        const { errors, data } = await session.send('Page.getAppManifest');
        expect(data).to.contain('icon-maskable-512');
        expect(errors).to.deep.equal([]);
        const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
        expect(installabilityErrors).to.deep.equal([]);
      });
    });

  it('are the drawing itself', async () => {
    for (const sizePx of [192, 512]) {
      const ours = drawIcon(SVG, { sizePx, shape: 'cut', scale: 1 });
      expect(await difference(page, { png: ours, sizePx }), `${sizePx} pixels`).to.be.below(0.5);
    }
    const another = drawIcon(SVG, { sizePx: 192, shape: 'cut', scale: 0.9 });
    expect(await difference(page, { png: another, sizePx: 192 }), 'of another drawing').to.be.above(2);
  });

  it('have no transparent corner where a system cuts its own, and nothing that it may cut', async () => {
    const png = drawIcon(SVG, { sizePx: 192, shape: 'whole', scale: 0.85 });
    const rgba = await pixelsOf(page, toAddress(png), 192);
    const [ground, size] = [rgba.slice(0, 4), 192];
    expect(ground[3]).to.equal(255);
    for (let at = 0; at < rgba.length; at += 4) {
      const [x, y] = [(at / 4) % size, Math.floor(at / 4 / size)];
      const isOutside = Math.hypot(x + 0.5 - size / 2, y + 0.5 - size / 2) > 0.4 * size + 1;
      if (isOutside && rgba.slice(at, at + 4).join() !== ground.join()) expect.fail(`something is at ${x}, ${y}`);
    }
  });

  it('are not made of a drawing with a form that is not known', () => {
    const picture = { sizePx: 16, shape: 'cut', scale: 1 } as const;
    for (const [form, broken] of [
      ['a circle', SVG.replace('</g>', '<circle r="3"/></g>')],
      ['a curve', SVG.replace('l3.7 3.6', 'c1 1 2 2 3 3')],
      ['a turned path', SVG.replace('translate(0 -1.2)', 'rotate(4)')],
      ['square ends', SVG.replace('stroke-linecap="round"', 'stroke-linecap="butt"')],
    ] as const) {
      expect(broken, form).not.to.equal(SVG);
      expect(() => drawIcon(broken, picture), form).to.throw('not known here');
    }
  });
});

function sizeOf(page: Page, src: string): Promise<string> {
  return page.evaluate(async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    return `${image.naturalWidth}x${image.naturalHeight}`;
  }, src);
}

const toAddress = (png: Buffer): string => `data:image/png;base64,${png.toString('base64')}`;

/** What Chromium makes of a picture: as base64, because a browser hands over a long list slowly. Red, green, blue, alpha of each pixel. */
async function pixelsOf(page: Page, src: string, sizePx: number): Promise<Uint8Array> {
  const blank = await page.context().newPage();
  const url = await blank.evaluate(
    async ({ src, sizePx }) => {
      const image = new Image();
      image.src = src;
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: sizePx, height: sizePx });
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      context.drawImage(image, 0, 0, sizePx, sizePx);
      const reader = new FileReader();
      reader.readAsDataURL(new Blob([context.getImageData(0, 0, sizePx, sizePx).data]));
      await new Promise((resolve) => reader.addEventListener('load', resolve));
      return reader.result as string;
    },
    { src, sizePx },
  );
  await blank.close();
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
}

/** Of a picture from what Chromium makes of the drawing: the mean over all values, of 255. */
async function difference(page: Page, { png, sizePx }: { png: Buffer; sizePx: number }): Promise<number> {
  const theirs = await pixelsOf(page, `data:image/svg+xml,${encodeURIComponent(SVG)}`, sizePx);
  const ours = await pixelsOf(page, toAddress(png), sizePx);
  expect(ours).to.have.lengthOf(theirs.length);
  return theirs.reduce((sum, value, i) => sum + Math.abs(value - (ours[i] as number)), 0) / theirs.length;
}
