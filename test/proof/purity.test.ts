import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type BuildResult, build } from 'esbuild';
import { createWorld } from '../../scripts/vectors/world.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILES = readdirSync(new URL('../../proof/', import.meta.url)).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.d.ts'),
);

/** Every file of the room in one bundle, for an engine that has nothing but ECMAScript. */
async function bundle(
  contents: string,
  format: 'esm' | 'iife' = 'esm',
): Promise<BuildResult<{ write: false; metafile: true }>> {
  return build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format,
    ...(format === 'iife' ? { globalName: 'proof' } : {}),
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2024',
    logLevel: 'silent',
  });
}

describe('the proof room', () => {
  it('imports itself and noble, and nothing else', async () => {
    const { metafile } = await bundle(
      FILES.map((name) => `export * as ${name.replace(/\W/g, '_')} from './proof/${name}';`).join('\n'),
    );
    const inputs = Object.keys(metafile.inputs).filter((name) => name !== '<stdin>');
    expect(inputs.filter((name) => !/^(proof|node_modules\/@noble\/(curves|hashes))\//.test(name))).to.deep.equal([]);
    expect(inputs.filter((name) => name.startsWith('proof/'))).to.have.length(FILES.length);
    expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).to.deep.equal([]);
  });

  it('finds its verdict in an engine that has nothing but ECMAScript and UTF-8', async () => {
    const { outputFiles } = await bundle(`export * from './proof/verification.ts';`, 'iife');
    const context = createContext({ TextEncoder, TextDecoder, Uint8Array });
    runInContext(`${outputFiles[0]!.text};globalThis.proof = proof;`, context);
    const { verifyProof } = (context as { proof: typeof import('../../proof/verification.ts') }).proof;
    const world = createWorld({ batches: 0 });
    const verdict = await verifyProof(world.proofs.standings[0]!, world);
    expect(verdict.checks.filter(({ outcome }) => outcome !== 'pass')).to.deep.equal([]);
    expect(verdict.genuine).to.equal('genuine');
  });

  it('asks no clock and draws no chance', () => {
    for (const name of FILES) {
      const text = readFileSync(new URL(`../../proof/${name}`, import.meta.url), 'utf8');
      expect(text, name).not.to.match(/Date\.now|new Date\(\)|Math\.random|performance\.|getRandomValues|randomBytes/);
    }
  });

  it('fits into a page: at most 40 kB after gzip', async () => {
    const { outputFiles } = await bundle(`export * from './proof/verification.ts';`);
    expect(gzipSync(outputFiles[0]!.contents, { level: 9 }).length).to.be.below(40_000);
  });
});
