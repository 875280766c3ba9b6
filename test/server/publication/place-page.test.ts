import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import express from 'express';
import { servePlacePage } from '../../../server/publication/place-page.ts';

describe('a page behind a sign-in', () => {
  it('is served at each of its addresses, also from a hidden folder such as that of npm start', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'eproof-place-page-'));
    const folder = join(parent, '.hidden', 'console');
    await mkdir(join(folder, 'assets'), { recursive: true });
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>console</title>');
    const server = express().use(servePlacePage('console', folder)).listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      for (const path of ['', 'new?type=FEHD-GRL', 'credentials/any']) {
        const response = await fetch(`http://127.0.0.1:${port}/console/${path}`);
        expect(response.status, path).to.equal(200);
        expect(await response.text()).to.contain('<title>console</title>');
      }
    } finally {
      server.close();
      await rm(parent, { recursive: true });
    }
  });
});
