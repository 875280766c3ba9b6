import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { build } from 'esbuild';
import { decodeHex } from '../../proof/bytes.ts';
import * as exported from '../../proof/public.ts';
import { toQrText } from '../../proof/qr-text.ts';
import { buildProof } from '../../scripts/build-proof.ts';
import { PROJECT_FOLDER } from '../../scripts/run-step.ts';
import { createWorld, NOW, VERIFIER } from '../../scripts/vectors/world.ts';
import { close, listen } from '../verifier-web/fake-chain.ts';

const run = promisify(execFile);
const inProject = (...parts: string[]): string => path.join(PROJECT_FOLDER, ...parts);

interface Vector {
  name: string;
  presented: { text?: string; proof?: string };
  expect: { genuine: string; standing: { code: string } | null; checks: Record<string, string> };
}
interface Vectors {
  trust: { usual: { registries: { nodes: string[] }[] } };
  valid: Vector[];
  invalid: Vector[];
}
const vectors = JSON.parse(readFileSync(inProject('test/vectors/verdicts.json'), 'utf8')) as Vectors;

/** Node as this test runs it, and each other on the path that the package is for. */
const NODES = [
  process.execPath,
  ...(process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, 'node')),
];

describe('the package @eproof/proof, in a project outside of the repository', function () {
  this.timeout(180_000);
  let folder: string;
  let outside: string;
  let site: Server;
  let address: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'eproof-package-'));
    outside = path.join(folder, 'outside');
    await mkdir(outside);
    await buildProof(path.join(folder, 'package'));
    const tarballs = await Promise.all(
      [
        path.join(folder, 'package'),
        inProject('node_modules/@noble/hashes'),
        inProject('node_modules/@noble/curves'),
      ].map(pack),
    );
    await writeFile(
      path.join(outside, 'package.json'),
      JSON.stringify({ name: 'outside', private: true, type: 'module' }),
    );
    // an empty cache and no network: what the tarballs do not bring is missing
    await npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs]);
    site = createSite();
    await listen(site);
    address = `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
    await writeProgram();
    await compile('nodenext', 'nodenext');
  });
  after(async () => {
    if (site) await close(site);
    await rm(folder, { recursive: true, force: true });
  });

  async function npm(args: readonly string[], cwd = outside): Promise<string> {
    const { stdout } = await run('npm', [...args, '--cache', path.join(folder, 'cache')], { cwd });
    return stdout;
  }

  async function pack(from: string): Promise<string> {
    const packed = await npm(['pack', from, '--json', '--ignore-scripts', '--pack-destination', folder], folder);
    const [{ filename }] = Object.values(JSON.parse(packed)) as [{ filename: string }];
    return path.join(folder, filename);
  }

  /** The verifier that the vectors tell of, with its three nodes beside it. */
  function createSite(): Server {
    const world = createWorld({ batches: 0 });
    const nodeAt = (url: string): string => `${address}${new URL(url).hostname}`;
    return createServer(async (request, response) => {
      const name = (request.url ?? '').slice(1);
      let body = '';
      for await (const chunk of request) body += chunk;
      if (request.method === 'POST') return void response.end(await world.post(`https://${name}/`, body));
      if (name !== 'trust.json') return void response.end(world.files.get(name));
      const { registries } = vectors.trust.usual;
      const local = registries.map((registry) => ({ ...registry, nodes: registry.nodes.map(nodeAt) }));
      response.end(JSON.stringify({ ...vectors.trust.usual, registries: local }));
    });
  }

  /** The program that the README shows, compiled by a stranger's compiler that checks the package's declarations too. */
  async function writeProgram(): Promise<void> {
    const readme = await readFile(path.join(outside, 'node_modules/@eproof/proof/README.md'), 'utf8');
    const [, program = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
    await writeFile(path.join(outside, 'verify.ts'), program);
    // the vectors are of one noon
    await writeFile(path.join(outside, 'clock.js'), `Date.now = () => ${NOW * 1000};`);
  }

  async function compile(module: string, moduleResolution: string): Promise<void> {
    const compilerOptions = {
      target: 'es2022',
      module,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      lib: ['es2024', 'dom', 'dom.iterable'],
      typeRoots: [inProject('node_modules/@types')],
      types: ['node'],
    };
    await writeFile(path.join(outside, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['verify.ts'] }));
    await run(process.execPath, [inProject('node_modules/typescript/bin/tsc')], { cwd: outside }).catch(
      ({ stdout }) => {
        throw new Error(stdout);
      },
    );
  }

  async function verify(node: string, text: string): Promise<{ code: number; lines: string[] }> {
    const args = ['--import', './clock.js', 'verify.js', address, text];
    const { code = 0, stdout } = await run(node, args, { cwd: outside }).catch((error) => error);
    return { code, lines: stdout.trim().split('\n') };
  }

  function vector(list: 'valid' | 'invalid', wanted: string): Vector {
    const found = vectors[list].find(({ name }) => name === wanted);
    if (!found) throw new Error(`no vector "${wanted}"`);
    return found;
  }

  const textOf = ({ presented: { text, proof } }: Vector): string =>
    text ?? toQrText(VERIFIER, decodeHex(proof as string));

  it('brings scripts, declarations, the format and no source', async () => {
    const own = path.join(outside, 'node_modules/@eproof/proof');
    for (const name of ['README.md', 'FORMAT.md', 'SECURITY.md', 'dist/public.js', 'dist/public.d.ts'])
      expect(existsSync(path.join(own, name)), name).to.equal(true);
    expect(existsSync(path.join(own, 'dist/public.ts'))).to.equal(false);
    expect(await readFile(path.join(own, 'dist/public.d.ts'), 'utf8')).not.to.match(/\.ts['"]/);
    const { dependencies } = JSON.parse(await readFile(path.join(own, 'package.json'), 'utf8'));
    const { dependencies: ours } = JSON.parse(await readFile(inProject('package.json'), 'utf8'));
    expect(dependencies).to.deep.equal({
      '@noble/curves': ours['@noble/curves'],
      '@noble/hashes': ours['@noble/hashes'],
    });
  });

  it('names in its README everything that it exports, and nothing else', async () => {
    const readme = await readFile(path.join(outside, 'node_modules/@eproof/proof/README.md'), 'utf8');
    const table = readme.slice(readme.indexOf('## What is there'), readme.indexOf('There is one entry'));
    const named = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    expect([...named, 'ProofError'].sort()).to.deep.equal(Object.keys(exported).sort());
  });

  for (const [module, resolution] of [
    ['esnext', 'bundler'],
    ['nodenext', 'nodenext'],
  ] as const)
    it(`passes a strict compiler that resolves as ${resolution} and checks the declarations`, () =>
      compile(module, resolution));

  for (const node of supported(NODES)) {
    it(`verifies the vectors with the program of the README under Node ${node.version}`, async () => {
      for (const wanted of ['in force, as the text of a QR', 'revoked', 'expired']) {
        const one = vector('valid', wanted);
        const { genuine, standing } = one.expect;
        expect(await verify(node.file, textOf(one)), wanted).to.deep.equal({
          code: 0,
          lines: [`${genuine} ${standing?.code}`],
        });
      }
    });
  }

  it('tells a forgery by a check, and what is no e-Proof by a code', async () => {
    const forged = textOf(vector('valid', 'in force, as the text of a QR')).replace(/.$/, (digit) =>
      String((Number(digit) + 1) % 10),
    );
    const { code, lines } = await verify(process.execPath, forged);
    expect([code, ...lines.slice(0, 2)]).to.deep.equal([0, 'not-genuine not known', 'format fail FORMAT_INVALID']);
    expect(await verify(process.execPath, 'https://other.example/#123')).to.deep.equal({
      code: 1,
      lines: ['no e-Proof of this verifier: QR_OTHER_HOST'],
    });
  });

  it('is shaken by a bundler: who imports one function carries that function', async () => {
    const sizes = {
      nothing: await bundled(''),
      toReference: await bundled('toReference'),
      verifyQrText: await bundled('verifyQrText'),
    };
    console.log(`      bytes, minified: ${JSON.stringify(sizes)}`);
    expect(sizes.nothing).to.equal(0);
    expect(sizes.toReference).to.be.below(2_000);
    expect(sizes.verifyQrText).to.be.above(20_000);
  });

  async function bundled(name: string): Promise<number> {
    const contents = name ? `export { ${name} } from '@eproof/proof';` : `import '@eproof/proof';`;
    const { outputFiles, warnings } = await build({
      stdin: { contents, resolveDir: outside },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      logLevel: 'silent',
    });
    expect(warnings.filter(({ id }) => id !== 'ignored-bare-import')).to.deep.equal([]);
    return outputFiles[0]?.contents.length ?? 0;
  }
});

function supported(files: readonly string[]): { file: string; version: string }[] {
  const found = new Map<string, string>();
  for (const file of files.filter((candidate) => existsSync(candidate))) {
    const version = execFileSync(file, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
    if (Number(version.split('.')[0]) >= 20 && !found.has(version)) found.set(version, file);
  }
  return [...found].map(([version, file]) => ({ version, file }));
}
