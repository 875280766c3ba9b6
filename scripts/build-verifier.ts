// Builds the verifier's page. `node scripts/build-verifier.ts [folder]`; with --check it also holds the result against the bundle rule,
// with --served <address> against what a verifier serves.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type OutputFile, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SOURCE = path.join(ROOT, 'verifier-web');
export const VERIFIER_FOLDER = path.join(ROOT, '.build', 'verifier');

/** Gzipped bytes of script that a page may load before the first scan. */
const MOST_SCRIPT_BYTES = 60 * 1024;

export interface VerifierBuild {
  outputFolder: string;
  files: BuiltFile[];
  /** Gzipped: the entry and the largest dictionary, which is all the script that runs before a scan. */
  firstScriptBytes: number;
}

export interface BuiltFile {
  /** Relative to the output folder, with "/". */
  name: string;
  sizeBytes: number;
  gzipBytes: number;
}

/**
 * Writes the page to a folder of its own, which it empties first: index.html and assets/ whose names carry their hashes. The same sources give
 * the same bytes. trust.json, types/ and issuers/ are put beside them by whoever serves the page.
 */
export async function buildVerifier({
  outputFolder = VERIFIER_FOLDER,
  minify = true,
}: {
  outputFolder?: string;
  minify?: boolean;
} = {}): Promise<VerifierBuild> {
  const wasm = await readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  const wasmName = `zxing_reader-${shortHash(wasm)}.wasm`;
  const decoder = await bundle({
    minify,
    entry: 'decoder-worker.ts',
    define: { __WASM__: wasmName, __WASM_INTEGRITY__: integrity(wasm) },
  });
  // in a bundle of its own: what it would share with the page is a request more before the page can be used
  const drawing = await bundle({ minify, entry: 'qr-drawing.ts', define: {} });
  const manyStyle = await bundle({ minify, entry: 'many/many.css', define: {} });
  const many = await bundle({
    minify,
    entry: 'many/many.ts',
    define: { __MANY_STYLE__: addressOf(manyStyle), __VERSION__: await version() },
  });
  const [script, style] = await Promise.all([
    bundle({
      minify,
      entry: 'main.ts',
      define: {
        __DECODER__: addressOf(decoder),
        __DRAWING__: addressOf(drawing),
        __MANY__: addressOf(many),
        __VERSION__: await version(),
      },
    }),
    bundle({ minify, entry: 'page.css', define: {} }),
  ]);
  const icon = await readFile(path.join(SOURCE, 'icon.svg'));
  const iconName = `icon-${shortHash(icon)}.svg`;
  const outputs = new Map<string, Uint8Array>([
    [`assets/${wasmName}`, wasm],
    [`assets/${iconName}`, icon],
    ...[...decoder, ...drawing, ...manyStyle, ...many, ...script, ...style].map(
      (file) => [`assets/${path.basename(file.path)}`, file.contents] as const,
    ),
  ]);
  const names = [...outputs.keys()];
  const entry = names.find((name) => /\/main-/.test(name)) as string;
  const sheet = names.find((name) => /\/page-.*\.css$/.test(name)) as string;
  const page = await readFile(path.join(SOURCE, 'index.html'), 'utf8');
  const tags = [
    `<link rel="icon" href="assets/${iconName}" type="image/svg+xml" />`,
    `<link rel="stylesheet" href="${sheet}" integrity="${integrity(outputs.get(sheet))}" />`,
    `<script type="module" src="${entry}" integrity="${integrity(outputs.get(entry))}"></script>`,
  ];
  outputs.set('index.html', Buffer.from(page.replace('<!-- assets -->', tags.join('\n    '))));
  await write(outputFolder, outputs);
  const files = measure(outputs);
  return { outputFolder, files, firstScriptBytes: firstScript(files) };
}

interface Bundle {
  entry: string;
  minify: boolean;
  define: Record<string, string>;
}

async function bundle({ entry, minify, define }: Bundle): Promise<OutputFile[]> {
  const options: BuildOptions = {
    absWorkingDir: SOURCE,
    entryPoints: [entry],
    outdir: path.join(SOURCE, 'assets'),
    bundle: true,
    splitting: entry === 'main.ts',
    format: 'esm',
    target: ['es2022', 'safari16.4', 'chrome109', 'firefox115'],
    minify,
    write: false,
    logLevel: 'silent',
    legalComments: 'none',
    charset: 'utf8',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.svg': 'file' },
    // The QR reader asks whether it runs in Node; the page must not even carry the question.
    define: {
      'globalThis.process': 'undefined',
      ...Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
    },
    plugins: [withoutCdn],
  };
  return (await build({ ...options, write: false })).outputFiles;
}

// The QR reader's default is to load its wasm from a CDN. Ours is always told where it lies; without the address no mistake can reach out.
const withoutCdn: Plugin = {
  name: 'without-cdn',
  setup({ onLoad }) {
    onLoad({ filter: /zxing-wasm\/dist\/es\/share\.js$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const contents = source.replaceAll(/https:\/\/fastly\.jsdelivr\.net\/npm\//g, 'about:blank#');
      if (contents === source) throw new Error('zxing-wasm no longer names its CDN here; look where it does');
      return { contents, loader: 'js' };
    });
  },
};

function addressOf(files: OutputFile[]): string {
  const [file, another] = files;
  if (!file || another) throw new Error('expected a bundle of one script');
  return `assets/${path.basename(file.path)}`;
}

async function version(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of ['verifier-web', 'verifier-web/many', 'verifier-web/words', 'ui', 'proof']) {
    const names = (await readdir(path.join(ROOT, folder))).filter((name) => /\.(ts|css|html)$/.test(name)).sort();
    for (const name of names) hash.update(await readFile(path.join(ROOT, folder, name)));
  }
  const { version: number } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  return `${number}+${hash.digest('hex').slice(0, 12)}`;
}

function shortHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 8);
}

function integrity(bytes: Uint8Array | undefined): string {
  if (!bytes) throw new Error('an entry was not built');
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
}

async function write(folder: string, outputs: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, 'assets'), { recursive: true });
  await Promise.all([...outputs].map(([name, bytes]) => writeFile(path.join(folder, name), bytes)));
}

function measure(outputs: ReadonlyMap<string, Uint8Array>): BuiltFile[] {
  return [...outputs]
    .map(([name, bytes]) => ({ name, sizeBytes: bytes.length, gzipBytes: gzipSync(bytes, { level: 9 }).length }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function firstScript(files: readonly BuiltFile[]): number {
  const sizes = (begin: RegExp) => files.filter(({ name }) => begin.test(name)).map(({ gzipBytes }) => gzipBytes);
  const atOnce = sizes(/\/(main|chunk)-.*\.js$/).reduce((sum, size) => sum + size, 0);
  return atOnce + Math.max(0, ...sizes(/\/(en|zh-han[ts])-.*\.js$/));
}

/** What no file of the page may contain, and why it would be there. */
const FORBIDDEN: readonly [RegExp, string][] = [
  [/\bBuffer\b/, 'a Node global'],
  // noble's hashers have a method of this name
  [/(?<![.\w])process\??\.|typeof process\b|(?:globalThis|self|window)\??\.process\b/, 'a Node global'],
  [/["']node:/, 'a Node module'],
  [/\bethers\b|ENS_|JsonRpcProvider/, 'ethers'],
  [/\bZodError\b|ZodType/, 'zod'],
  [/\binnerHTML\b|\bouterHTML\b|insertAdjacentHTML|document\.write/, 'markup from text'],
  [/\beval\(|new Function\(/, 'code from text'],
  [/https?:\/\/(?!www\.w3\.org\/)[a-z0-9]/, 'another origin'],
];

/** How the built page breaks the bundle rule; empty where it keeps it. */
export async function findBundleFaults({ outputFolder, files, firstScriptBytes }: VerifierBuild): Promise<string[]> {
  const faults: string[] = [];
  for (const { name } of files.filter((file) => /\.(js|css|html)$/.test(file.name))) {
    const text = await readFile(path.join(outputFolder, name), 'utf8');
    for (const [pattern, what] of FORBIDDEN) {
      const match = pattern.exec(text);
      if (match)
        faults.push(`${name} carries ${what}: …${text.slice(Math.max(0, match.index - 30), match.index + 40)}…`);
    }
    if (name === 'index.html' && /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/.test(text))
      faults.push(`${name} has inline script or style`);
  }
  if (firstScriptBytes > MOST_SCRIPT_BYTES)
    faults.push(
      `${firstScriptBytes} bytes of gzipped script before the first scan, at most ${MOST_SCRIPT_BYTES} are allowed`,
    );
  return faults;
}

const SERVED_TIMEOUT_MS = 30_000;

/** The files that a verifier at this address does not serve as these sources give them; empty where it is this very page. */
export async function findServedDifferences(
  { outputFolder, files }: VerifierBuild,
  address: string,
): Promise<string[]> {
  const differences: string[] = [];
  for (const { name } of files) {
    const url = new URL(name === 'index.html' ? '.' : name, address);
    const response = await fetch(url, { signal: AbortSignal.timeout(SERVED_TIMEOUT_MS) });
    const served = Buffer.from(await response.arrayBuffer());
    if (!response.ok) differences.push(`${name} is answered with ${response.status}`);
    else if (!served.equals(await readFile(path.join(outputFolder, name)))) differences.push(`${name} has other bytes`);
  }
  return differences;
}

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { check: { type: 'boolean' }, served: { type: 'string' } },
    allowPositionals: true,
  });
  const [outputFolder = VERIFIER_FOLDER] = positionals;
  const built = await buildVerifier({ outputFolder });
  for (const { name, sizeBytes, gzipBytes } of built.files)
    console.log(`${name.padEnd(44)} ${String(sizeBytes).padStart(8)} bytes ${String(gzipBytes).padStart(8)} gzip`);
  console.log(`script before the first scan: ${built.firstScriptBytes} bytes gzip`);
  const faults = [
    ...(values.check ? await findBundleFaults(built) : []),
    ...(values.served ? await findServedDifferences(built, values.served) : []),
  ];
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await run(process.argv.slice(2));
