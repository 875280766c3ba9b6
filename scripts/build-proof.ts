// Builds the package @eproof/proof. `node scripts/build-proof.ts [folder]` writes it, ready for `npm pack`.
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { PROJECT_FOLDER } from './run-step.ts';

const SOURCE = path.join(PROJECT_FOLDER, 'proof');
const TSC = path.join(PROJECT_FOLDER, 'node_modules', 'typescript', 'bin', 'tsc');
export const PROOF_PACKAGE_FOLDER = path.join(PROJECT_FOLDER, '.build', 'proof-package');

/** What the room imports: the very versions that its tests run with. */
const DEPENDENCIES = ['@noble/curves', '@noble/hashes'];

interface RootPackage {
  version: string;
  license: string;
  dependencies: Record<string, string>;
}

/** Writes the package to a folder of its own, which it empties first. The same sources give the same bytes. */
export async function buildProof(outputFolder = PROOF_PACKAGE_FOLDER): Promise<void> {
  await rm(outputFolder, { recursive: true, force: true });
  await mkdir(outputFolder, { recursive: true });
  await compile(path.join(outputFolder, 'dist'));
  await pointDeclarations(path.join(outputFolder, 'dist'));
  await writeFile(path.join(outputFolder, 'package.json'), `${JSON.stringify(await manifest(), null, 2)}\n`);
  await cp(path.join(SOURCE, 'PACKAGE.md'), path.join(outputFolder, 'README.md'));
  for (const name of ['FORMAT.md', 'SECURITY.md']) await cp(path.join(SOURCE, name), path.join(outputFolder, name));
}

// es2022, not the room's es2024: nothing newer than what every supported Node and browser parses
async function compile(outputFolder: string): Promise<void> {
  const flags = {
    project: SOURCE,
    composite: 'false',
    incremental: 'false',
    emitDeclarationOnly: 'false',
    tsBuildInfoFile: 'null',
    declaration: 'true',
    rewriteRelativeImportExtensions: 'true',
    target: 'es2022',
    rootDir: SOURCE,
    outDir: outputFolder,
  };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  await promisify(execFile)(process.execPath, [TSC, ...args]);
}

// The compiler rewrites the imports of scripts alone; declarations that name .ts files mean nothing where there are none.
async function pointDeclarations(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.d.ts'))) {
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll(/(["']\.\/[\w-]+)\.ts(["'])/g, '$1.js$2'));
  }
}

async function manifest(): Promise<object> {
  const root = JSON.parse(await readFile(path.join(PROJECT_FOLDER, 'package.json'), 'utf8')) as RootPackage;
  return {
    name: '@eproof/proof',
    version: root.version,
    description: 'Verifies an e-Proof: evidence goes in, a verdict comes out. No network, clock or chance of its own.',
    license: root.license,
    type: 'module',
    sideEffects: false,
    engines: { node: '>=20.19' },
    exports: {
      '.': { types: './dist/public.d.ts', default: './dist/public.js' },
      './package.json': './package.json',
    },
    files: ['dist', 'FORMAT.md', 'SECURITY.md'],
    dependencies: Object.fromEntries(DEPENDENCIES.map((name) => [name, exactVersion(root, name)])),
  };
}

function exactVersion({ dependencies }: RootPackage, name: string): string {
  const version = dependencies[name];
  if (!version || !/^\d+\.\d+\.\d+$/.test(version))
    throw new Error(`"${name}" must have an exact version in package.json`);
  return version;
}

if (import.meta.main) {
  const folder = process.argv[2] ?? PROOF_PACKAGE_FOLDER;
  await buildProof(folder);
  console.log(`built ${folder}; \`npm pack ${folder}\` makes the tarball`);
}
