import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { decodeTrust } from '../../../proof/trust.ts';
import { type RealService, startRealService } from './real-service.ts';
import { call } from './service.ts';

describe('what the verifier loads from its own origin', () => {
  let service: RealService;
  let isPrepared = false;

  before(async () => {
    service = await startRealService({ isPrepared: () => isPrepared });
  });
  after(() => service.close());

  const load = (path: string) => call(service.current, path);

  describe('/trust.json', () => {
    it('names the registry, its nodes, every department and every type', async () => {
      const { text, headers } = await load('/trust.json');
      const trust = decodeTrust(text);
      const { trusted } = service.world.settings;
      expect(headers.get('cache-control')).to.equal('no-cache');
      expect(trust).to.include({ test: true, maxBlockAgeSeconds: 100_000 });
      expect(trust.verifiers).to.deep.equal([service.current.verifier]);
      expect(trust.registries).to.have.length(1);
      expect(trust.registries[0]).to.deep.include({ ...trusted });
      expect(trust.registries[0]?.issuers.map(({ issuer }) => issuer)).to.deep.equal([1, 2, 3]);
      expect(trust.registries[0]?.types).to.have.length(5);
    });

    it('names only files that are there, byte for byte what their names say', async () => {
      const [registry] = decodeTrust((await load('/trust.json')).text).registries;
      const paths = [
        ...(registry?.types ?? []).map(({ definition }) => [`/types/${definition}.json`, definition]),
        ...(registry?.issuers ?? []).map(({ profile }) => [`/issuers/${profile}.json`, profile]),
      ];
      expect(paths).to.have.length(8);
      for (const [path, sha256] of paths as [string, string][]) {
        const { bytes, headers, status } = await load(path);
        expect(status, path).to.equal(200);
        expect(createHash('sha256').update(bytes).digest('hex')).to.equal(sha256);
        expect(headers.get('cache-control')).to.equal('public, max-age=31536000, immutable');
      }
    });

    it('has no file of another name', async () => {
      for (const path of [`/types/${'0'.repeat(64)}.json`, '/types/FEHD-GRL.json', '/issuers/..%2f..%2fpackage.json'])
        expect((await load(path)).status, path).to.equal(404);
    });
  });

  describe('the page', () => {
    it('may load its own files and ask the nodes, and nothing else', async () => {
      const { headers, text, status } = await load('/');
      expect([status, text]).to.deep.equal([200, '<!doctype html><title>verifier</title>']);
      expect(headers.get('cache-control')).to.equal('no-cache');
      const policy = headers.get('content-security-policy')?.split('; ');
      expect(policy).to.include.members([
        "default-src 'none'",
        "script-src 'self'",
        `connect-src 'self' ${new URL(service.world.settings.rpcUrl).origin}`,
        "require-trusted-types-for 'script'",
        "frame-ancestors 'none'",
      ]);
      expect(headers.get('permissions-policy')).to.include('camera=(self)');
    });

    it('keeps for ever what has its hash in its name', async () => {
      for (const path of ['/assets/main-3F2A9C1B.js', '/assets/zxing_reader-0a1b2c3d.wasm'])
        expect((await load(path)).headers.get('cache-control')).to.equal('public, max-age=31536000, immutable');
      expect((await load('/index.html')).headers.get('cache-control')).to.equal('no-cache');
    });

    it('serves nothing from beside its folder', async () => {
      for (const path of [
        '/..%2fregistry-facts.json',
        '/.hidden',
        '/assets/',
        '/%2e%2e/registry-facts.json',
        '/assets%00',
      ])
        expect((await load(path)).status, path).to.equal(404);
    });

    it('is not something to post to', async () => {
      expect((await call(service.current, '/', { method: 'POST' })).json.code).to.equal('ROUTE_UNKNOWN');
    });
  });

  describe('/readyz', () => {
    it('says 503 as long as something is prepared, and 200 from then on', async () => {
      const before = await load('/readyz');
      expect(before.status).to.equal(503);
      expect(before.json.parts.work).to.deep.equal({
        ok: false,
        preparing: true,
        credentials: 0,
        statusChanges: 0,
        heldIssuers: 0,
        keylessIssuers: 0,
      });
      isPrepared = true;
      const after = await load('/readyz');
      expect(after.status).to.equal(200);
      expect(after.json.ready).to.equal(true);
      expect(after.json.parts.database).to.deep.equal({ ok: true });
      expect(after.json.parts.chain.ok).to.equal(true);
      expect(after.json.parts.chain.block).to.be.greaterThan(0);
    });
  });

  describe('/livez', () => {
    it('answers whatever the parts do', async () => {
      service.world.chain.setDown(true);
      expect((await load('/livez')).json).to.deep.equal({ live: true });
      service.world.chain.setDown(false);
    });
  });
});
