import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { PageBuild } from '../../scripts/build-page.ts';
import { buildVerifier, findBundleFaults, findServedDifferences } from '../../scripts/build-verifier.ts';
import { startSite } from './site.ts';

describe('the built page', () => {
  const folder = path.resolve('.build/test/verifier-build');
  let build: PageBuild;

  before(async () => {
    build = await buildVerifier({ outputFolder: folder });
  });

  it('keeps the bundle rule: no Node, no ethers, no zod, no markup from text, no other origin, 45 kB', async () => {
    expect(await findBundleFaults(build)).to.deep.equal([]);
  });

  it('is found out when it breaks the rule', async () => {
    const { files } = build;
    const style = files.find(({ name }) => name.endsWith('.css'));
    const file = path.join(folder, style?.name ?? '');
    const before = await readFile(file);
    await writeFile(file, `${before}@import url(https://fonts.example/x.css)`);
    expect(await findBundleFaults(build)).to.have.length(1);
    await writeFile(file, before);
    expect(await findBundleFaults({ ...build, firstScriptBytes: 47_000 })).to.have.length(1);
    const heavy = files.map((one) => (/judgement/.test(one.name) ? { ...one, gzipBytes: 52_000 } : one));
    expect(await findBundleFaults({ ...build, files: heavy })).to.have.length(1);
  });

  it('loads the QR reader and its wasm from its own origin, apart from the script that judges', () => {
    const names = build.files.map(({ name }) => name);
    expect(names.filter((name) => /^assets\/zxing_reader-[0-9a-f]{8}\.wasm$/.test(name))).to.have.length(1);
    expect(names.filter((name) => name.startsWith('assets/decoder-worker-'))).to.have.length(1);
  });

  it('names scripts and style with their hashes', async () => {
    const page = await readFile(path.join(folder, 'index.html'), 'utf8');
    expect(page.match(/integrity="sha384-[A-Za-z0-9+/=]{64}"/g)).to.have.length(3);
  });

  it('has the same bytes when another process builds it, elsewhere, in another zone and language', async () => {
    const script = path.resolve('scripts/build-verifier.ts');
    const env = { ...process.env, TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8' };
    await promisify(execFile)(process.execPath, [script, `${folder}-again`], { cwd: tmpdir(), env });
    for (const { name } of build.files) {
      const [one, again] = await Promise.all(
        [folder, `${folder}-again`].map((from) => readFile(path.join(from, name))),
      );
      expect(again?.equals(one as Buffer), name).to.equal(true);
    }
  });

  it('is told from what somebody else serves, file by file', async () => {
    const site = await startSite(folder, []);
    try {
      expect(await findServedDifferences(build, site.address)).to.deep.equal([]);
      const entry = build.files.find(({ name }) => name.startsWith('assets/main-'))?.name ?? '';
      site.files.set('index.html', `${await readFile(path.join(folder, 'index.html'), 'utf8')} `);
      site.missing.add(entry);
      expect(await findServedDifferences(build, site.address)).to.have.members([
        `${entry} is answered with 503`,
        'index.html has other bytes',
      ]);
    } finally {
      await site.close();
    }
  });
});
