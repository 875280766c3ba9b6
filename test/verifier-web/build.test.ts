import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { buildVerifier, findBundleFaults, type VerifierBuild } from '../../scripts/build-verifier.ts';

describe('the built page', () => {
  const folder = path.resolve('.build/test/verifier-build');
  let build: VerifierBuild;

  before(async () => {
    build = await buildVerifier({ outputFolder: folder });
  });

  it('keeps the bundle rule: no Node, no ethers, no zod, no markup from text, no other origin, 60 kB', async () => {
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
    expect(await findBundleFaults({ ...build, firstScriptBytes: 62_000 })).to.have.length(1);
  });

  it('loads the QR reader and its wasm from its own origin, apart from the script that judges', () => {
    const names = build.files.map(({ name }) => name);
    expect(names.filter((name) => /^assets\/zxing_reader-[0-9a-f]{8}\.wasm$/.test(name))).to.have.length(1);
    expect(names.filter((name) => name.startsWith('assets/decoder-worker-'))).to.have.length(1);
  });

  it('names script and style with their hashes', async () => {
    const page = await readFile(path.join(folder, 'index.html'), 'utf8');
    expect(page.match(/integrity="sha384-[A-Za-z0-9+/=]{64}"/g)).to.have.length(2);
  });

  it('is the same when it is built again', async () => {
    const again = await buildVerifier({ outputFolder: `${folder}-again` });
    expect(again.files).to.deep.equal(build.files);
    const read = (from: string) => readFile(path.join(from, 'index.html'), 'utf8');
    expect(await read(`${folder}-again`)).to.equal(await read(folder));
  });
});
