import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import express from 'express';
import helmet from 'helmet';
import { serveVerifierPage } from '../../../server/publication/verifier-page.ts';
import { verifierPolicy } from '../../../server/publication/verifier-policy.ts';

describe('the verifier’s page as it is served', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'eproof-verifier-page-'));
    for (const name of ['index.html', 'embed.html', 'embed.js', 'worker.js', 'manifest.webmanifest'])
      await writeFile(join(folder, name), name);
  });

  after(() => rm(folder, { recursive: true }));

  /** What comes over the wire, before a browser opens it. */
  async function askRaw(path: string, encodings: string) {
    const page = serveVerifierPage({ folder, nodes: [], embedders: null });
    const server = express().use(page).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const sent = get({ port, host: '127.0.0.1', path, headers: { 'accept-encoding': encodings } });
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      return { headers: response.headers, status: response.statusCode, body: await buffer(response) };
    } finally {
      server.close();
    }
  }

  it('goes over the wire compressed, as the browser takes it, under the type of what it is', async () => {
    const script = Buffer.from('let answer = 42;'.repeat(100));
    const name = 'assets/main-3F2A9C1B.js';
    await mkdir(join(folder, 'assets'), { recursive: true });
    await Promise.all([
      writeFile(join(folder, name), script),
      writeFile(join(folder, `${name}.br`), brotliCompressSync(script)),
      writeFile(join(folder, `${name}.gz`), gzipSync(script)),
    ]);
    for (const [encodings, encoding, open] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip, deflate', 'gzip', gunzipSync],
      ['br;q=0, gzip', 'gzip', gunzipSync],
      ['identity', undefined, (bytes: Buffer) => bytes],
    ] as const) {
      const { headers, body } = await askRaw(`/${name}`, encodings);
      expect(headers['content-encoding'], encodings).to.equal(encoding);
      expect(headers['content-type']).to.equal('text/javascript; charset=utf-8');
      expect(headers.vary).to.include('Accept-Encoding');
      expect(headers['cache-control']).to.equal('public, max-age=31536000, immutable');
      expect(open(body)).to.deep.equal(script);
    }
    const small = await askRaw('/worker.js', 'br');
    expect([small.headers['content-encoding'], small.body.toString()]).to.deep.equal([undefined, 'worker.js']);
    expect((await askRaw('/assets/other-3F2A9C1B.js', 'br')).status).to.equal(404);
  });

  async function ask(path: string, embedders: readonly string[] | null): Promise<Headers> {
    const page = serveVerifierPage({ folder, nodes: ['https://node.example/rpc'], embedders });
    const server = express().use(helmet()).use(page).listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => server.once('listening', resolve));
      const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`);
      await response.text();
      return response.headers;
    } finally {
      server.close();
    }
  }

  const ancestors = (headers: Headers) =>
    /frame-ancestors ([^;]*)/.exec(headers.get('content-security-policy') ?? '')?.[1];

  it('is never in a frame, whoever may embed', async () => {
    for (const embedders of [null, [], ['https://www.example.hk']]) {
      const headers = await ask('', embedders);
      expect(ancestors(headers)).to.equal("'none'");
      expect(headers.get('x-frame-options')).to.equal('SAMEORIGIN');
    }
  });

  it('lets its frame be shown by every site, by none, or by those that are named', async () => {
    for (const [embedders, expected] of [
      [null, '*'],
      [[], "'none'"],
      [['https://www.example.hk', 'https://a.example'], 'https://www.example.hk https://a.example'],
    ] as const) {
      const headers = await ask('embed.html', embedders);
      expect(ancestors(headers)).to.equal(expected);
      expect(headers.get('x-frame-options')).to.equal(null);
      expect(headers.get('permissions-policy')).to.contain('camera=()');
    }
  });

  it('sends each file the policy of its path', async () => {
    const worker = 'assets/decoder-worker-3F2A9C1B.js';
    await mkdir(join(folder, 'assets'), { recursive: true });
    await writeFile(join(folder, worker), 'worker');
    for (const path of ['', 'embed.html', 'worker.js', worker])
      expect((await ask(path, [])).get('content-security-policy'), path).to.equal(
        verifierPolicy(`/${path}`, { nodes: ['https://node.example/rpc'], embedders: [] }),
      );
  });

  it('lets other sites load the script for them, and asks for it anew at every visit, as for the worker', async () => {
    const headers = await ask('embed.js', null);
    expect(headers.get('cross-origin-resource-policy')).to.equal('cross-origin');
    expect(headers.get('access-control-allow-origin')).to.equal('*');
    for (const name of ['embed.js', 'worker.js', '', 'embed.html'])
      expect((await ask(name, null)).get('cache-control'), name).to.equal('no-cache');
    expect((await ask('worker.js', null)).get('cross-origin-resource-policy')).to.equal('same-origin');
    expect((await ask('manifest.webmanifest', null)).get('content-type')).to.contain('application/manifest+json');
  });
});
