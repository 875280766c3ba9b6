import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import express from 'express';
import { serveSamples } from '../../../server/publication/samples.ts';

describe('samples for everybody', () => {
  it('are there from when they are written on, and nothing beside them is', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'eproof-samples-'));
    await writeFile(join(parent, 'demo.json'), 'keys');
    const server = express()
      .use(serveSamples(join(parent, 'demo')))
      .listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => server.once('listening', resolve));
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/samples`;
      expect((await fetch(`${address}/list.json`)).status).to.equal(404);
      await mkdir(join(parent, 'demo'));
      await writeFile(join(parent, 'demo', 'list.json'), '{"items":[]}');
      expect(await (await fetch(`${address}/list.json`)).json()).to.deep.equal({ items: [] });
      for (const path of ['/../demo.json', '/..%2fdemo.json', '/%2e%2e/demo.json', '/', ''])
        expect((await fetch(address + path)).status, path).to.be.within(400, 404);
      expect((await fetch(`${address}/list.json`, { method: 'DELETE' })).status).to.equal(404);
    } finally {
      server.close();
      await rm(parent, { recursive: true });
    }
  });
});
