import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { runVectors, type VectorFile } from './run-vectors.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = path.join(ROOT, 'test/vectors');

function readVectors(): Record<string, VectorFile> {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json') && name !== 'example.json');
  return Object.fromEntries(
    names.map((name) => [
      name.replace('.json', ''),
      JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')) as VectorFile,
    ]),
  );
}

describe('the vectors', () => {
  const files = readVectors();

  it('are half of them invalid in all, and some in every area', () => {
    const all = Object.values(files);
    const [valid, invalid] = (['valid', 'invalid'] as const).map((kind) => all.flatMap((file) => file[kind]).length);
    expect(invalid).to.be.at.least(valid!);
    for (const [name, file] of Object.entries(files)) expect(file.invalid, name).to.have.length.above(4);
  });

  for (const [name, file] of Object.entries(files))
    it(`hold in Node: ${name}`, async () => {
      const { count, failures } = await runVectors({ [name]: file });
      expect(failures).to.deep.equal([]);
      expect(count).to.equal(file.valid.length + file.invalid.length);
    });

  it('fail where one of them says something else', async () => {
    for (const [name, file] of Object.entries(files)) {
      const swapped = { ...file, valid: file.invalid.slice(0, 3), invalid: file.valid.slice(0, 3) };
      const { failures } = await runVectors({ [name]: swapped });
      if (name === 'verdicts') expect(failures).to.deep.equal([]);
      else expect(failures, name).to.have.length.above(0);
    }
    const [first] = files.verdicts!.valid;
    const other = { ...first, expect: { ...first.expect, genuine: 'not-genuine' } };
    expect(
      (await runVectors({ verdicts: { ...files.verdicts!, valid: [other], invalid: [] } })).failures,
    ).to.have.length(1);
  });

  it('give every code of a check at least once', async () => {
    const { CHECK_CODES } = await import('../../proof/verdict.ts');
    const vectors = [...files.verdicts!.valid, ...files.verdicts!.invalid];
    const given = new Set(vectors.flatMap((vector) => Object.values(vector.expect.checks)));
    expect(Object.keys(CHECK_CODES).filter((code) => !given.has(code))).to.deep.equal([]);
  });

  it('hold in Chromium', async () => {
    const bundle = await build({
      stdin: {
        contents: `export { runVectors } from './test/proof/run-vectors.ts';`,
        resolveDir: ROOT,
        loader: 'ts',
      },
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'vectors',
      platform: 'browser',
      target: 'es2024',
    });
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: bundle.outputFiles[0]!.text });
      const result = await page.evaluate((given) => {
        const { vectors } = globalThis as unknown as { vectors: { runVectors: typeof runVectors } };
        return vectors.runVectors(given);
      }, files);
      expect(result.failures).to.deep.equal([]);
      expect(result.count).to.equal(
        Object.values(files).flatMap(({ valid, invalid }) => [...valid, ...invalid]).length,
      );
    } finally {
      await browser.close();
    }
  });

  it('hold in a verifier that was written from FORMAT.md alone, in Python', function () {
    this.timeout(120_000);
    const run = spawnSync('python3', ['-B', path.join(FOLDER, 'verify.py')], { encoding: 'utf8' });
    if (run.error) throw new Error('python3 is missing: the independent verifier test/vectors/verify.py needs it');
    expect(`${run.stdout}${run.stderr}`).to.match(/^\d+ vectors hold\n$/);
    expect(run.status).to.equal(0);
  });

  it('are what the code gives today', function () {
    this.timeout(60_000);
    const run = spawnSync(process.execPath, ['scripts/make-vectors.ts', '--check'], { cwd: ROOT, encoding: 'utf8' });
    expect(`${run.stdout}${run.stderr}`).to.equal('');
    expect(run.status).to.equal(0);
  });
});
