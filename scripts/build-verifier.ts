// Builds the verifier's page. `node scripts/build-verifier.ts [folder]`; with --check it also holds the result against the bundle rule,
// with --served <address> against what a verifier serves.
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { OutputFile, Plugin } from 'esbuild';
import {
  addIcon,
  addOffline,
  addTags,
  assemble,
  bundle,
  findFaults,
  integrity,
  type Outputs,
  type PageBuild,
  printSizes,
  ROOT,
  shortHash,
  toOutputs,
  versionOf,
} from './build-page.ts';
import { drawFirstScreens } from './first-screens.ts';

const SOURCE = path.join(ROOT, 'verifier-web');
export const VERIFIER_FOLDER = path.join(ROOT, '.build', 'verifier');

/** Gzipped bytes of script before the page can be used; and of what reads, judges and shows, which comes after. */
const MOST_SCRIPT_BYTES = 45 * 1024;
const MOST_JUDGEMENT_BYTES = 50 * 1024;

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
} = {}): Promise<PageBuild> {
  const wasm = await readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  const wasmName = `zxing_reader-${shortHash(wasm)}.wasm`;
  const version = await versionOf([
    'verifier-web',
    'verifier-web/decoding',
    'verifier-web/embed',
    'verifier-web/facts',
    'verifier-web/help',
    'verifier-web/many',
    'verifier-web/offline',
    'verifier-web/pdf',
    'verifier-web/words',
    'ui',
    'ui/words',
    'proof',
  ]);
  const part: Part = (entry, define = {}, isForeign = false) =>
    bundle({ source: SOURCE, entry, minify, define, plugins: [withoutCdn], isForeign });
  const words = {
    en: await part('words/en.ts'),
    'zh-Hant': await part('words/zh-hant.ts'),
    'zh-Hans': await part('words/zh-hans.ts'),
  };
  const decoder = await part('decoding/decoder-worker.ts', {
    __WASM__: wasmName,
    __WASM_INTEGRITY__: integrity(wasm),
  });
  // each in a bundle of its own: what it would share with the page is a request more before the page can be used, and has no hash
  const drawing = await part('../ui/qr-drawing.ts');
  const dictionaries = Object.fromEntries(
    Object.entries(words).map(([language, files]) => [language, addressOf(files)]),
  );
  const manyStyle = await part('many/many.css');
  const many = await part('many/many.ts', { __MANY_STYLE__: addressOf(manyStyle), __VERSION__: version });
  const facts = await part('facts/facts-view.ts');
  const pdf = await readPdfjs();
  const pdfWorker = await part('pdf/page-worker.ts', pdf.define);
  const pdfPages = await part('pdf/pages.ts', { __PDF_WORKER__: addressOf(pdfWorker) });
  const judgement = await part('judgement.ts', { __VERSION__: version });
  const keepingStyle = await part('offline/keeping.css');
  const keeping = await part('offline/keeping.ts', { __KEEPING_STYLE__: addressOf(keepingStyle) });
  const [script, style] = await Promise.all([
    part('main.ts', {
      __DECODER__: addressOf(decoder),
      __DICTIONARIES__: dictionaries,
      __JUDGEMENT__: addressOf(judgement),
      __PDF__: addressOf(pdfPages),
      __DRAWING__: addressOf(drawing),
      __MANY__: addressOf(many),
      __FACTS__: addressOf(facts),
      __KEEPING__: addressOf(keeping),
      __VERSION__: version,
    }),
    part('page.css'),
  ]);
  const parts = [
    ...Object.values(words),
    decoder,
    pdfWorker,
    pdfPages,
    judgement,
    drawing,
    manyStyle,
    many,
    facts,
    keepingStyle,
    keeping,
    script,
    style,
  ];
  const outputs = toOutputs(parts.flat());
  outputs.set(`assets/${wasmName}`, wasm);
  for (const [name, bytes] of pdf.files) outputs.set(`assets/${name}`, bytes);
  await addHelp(outputs, part);
  await addOffline(outputs, { source: SOURCE, base: '', version });
  await addEmbed(outputs, {
    part,
    define: { __DECODER__: addressOf(decoder), __DICTIONARIES__: dictionaries, __PDF__: addressOf(pdfPages) },
  });
  const start = await part('start.ts', { __DICTIONARIES__: dictionaries, __JUDGEMENT__: addressOf(judgement) }, true);
  for (const [name, bytes] of toOutputs(start)) outputs.set(name, bytes);
  const [screens] = await part('first-screens.ts', { __VERSION__: version }, true);
  const page = fillPage(await readFile(path.join(SOURCE, 'index.html'), 'utf8'), {
    start: addressOf(start),
    screens: drawFirstScreens(screens?.text ?? ''),
  });
  return assemble(outputs, { outputFolder, source: SOURCE, page });
}

/** With the script that runs before anything is painted, and the screens that are painted then. */
function fillPage(page: string, { start, screens }: { start: LaterFile; screens: string }): string {
  return page
    .replace('<!-- start -->', `<script src="${start.name}" integrity="${start.integrity}"></script>`)
    .replace('<!-- first screens -->', () => screens);
}

/** What is read by people who were handed a document, or were issued one: a page for each language, which needs no script. */
async function addHelp(outputs: Outputs, part: Part): Promise<void> {
  const folder = path.join(SOURCE, 'help');
  const [samples, style] = await Promise.all([part('help/samples.ts'), part('help/help-page.css')]);
  for (const [name, bytes] of toOutputs([...samples, ...style])) outputs.set(name, bytes);
  const icon = await addIcon(outputs);
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.html')).sort()) {
    const page = await readFile(path.join(folder, name), 'utf8');
    const entry = page.includes('class="sheet samples"') ? 'samples' : null;
    outputs.set(name, addTags(page, { outputs, entry, sheet: 'help-page', icon, base: '' }));
  }
}

/** What other sites load: one script, which puts a frame there, and the page in that frame. The device of an inspector does not keep it. */
async function addEmbed(
  outputs: Outputs,
  { part, define }: { part: Part; define: Record<string, unknown> },
): Promise<void> {
  const [frame, style, [script]] = await Promise.all([
    part('embed/frame-page.ts', define),
    part('embed/embed-page.css'),
    part('embed/embed.ts', {}, true),
  ]);
  for (const [name, bytes] of toOutputs([...frame, ...style])) outputs.set(name, bytes);
  outputs.set('embed.js', script?.contents as Uint8Array);
  const page = await readFile(path.join(SOURCE, 'embed', 'embed.html'), 'utf8');
  const names = { entry: 'frame-page', sheet: 'embed-page', icon: await addIcon(outputs), base: '' };
  outputs.set('embed.html', addTags(page, { outputs, ...names }));
}

/**
 * Mozilla's files as they are, made for browsers of several years: what is drawn, what is read, and the decoders of pictures that it has as wasm. The
 * others that it could load (fonts, tables of characters, colour profiles, a JavaScript engine for forms) are left out, and so cannot be loaded.
 */
async function readPdfjs(): Promise<{ files: Map<string, Uint8Array>; define: Record<string, string> }> {
  const folder = path.dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  const files = new Map<string, Uint8Array>();
  async function add(file: string, name: string): Promise<string> {
    const bytes = await readFile(path.join(folder, file));
    const hashed = name.replace('HASH', shortHash(bytes));
    files.set(hashed, bytes);
    return hashed;
  }
  const wasm: Record<string, { name: string; integrity: string }> = {};
  for (const file of ['jbig2.wasm', 'openjpeg.wasm']) {
    const name = await add(`wasm/${file}`, file.replace('.', '-HASH.'));
    wasm[file] = { name, integrity: integrity(files.get(name)) };
  }
  const define = {
    __PDF_CORE__: await add('legacy/build/pdf.worker.min.mjs', 'pdfjs-core-HASH.js'),
    __PDF_DISPLAY__: await add('legacy/build/pdf.min.mjs', 'pdfjs-display-HASH.js'),
    __PDF_WASM__: JSON.stringify(wasm),
  };
  return { files, define };
}

/** One bundle of the room. */
type Part = (entry: string, define?: Record<string, unknown>, isForeign?: boolean) => Promise<OutputFile[]>;

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

/** What a script names a part with that it loads when it is needed. */
interface LaterFile {
  name: string;
  integrity: string;
}

function addressOf(files: OutputFile[]): LaterFile {
  const [file, another] = files;
  if (!file || another) throw new Error('expected a bundle of one script');
  return { name: `assets/${path.basename(file.path)}`, integrity: integrity(file.contents) };
}

/** How the built page breaks the bundle rule; empty where it keeps it. */
export async function findBundleFaults(built: PageBuild): Promise<string[]> {
  const judgement = built.files.find(({ name }) => name.startsWith('assets/judgement-'))?.gzipBytes ?? 0;
  return [
    ...(await findFaults(built, MOST_SCRIPT_BYTES)),
    ...(judgement > MOST_JUDGEMENT_BYTES
      ? [`${judgement} bytes of gzipped script to judge with, at most ${MOST_JUDGEMENT_BYTES} are allowed`]
      : []),
  ];
}

const SERVED_TIMEOUT_MS = 30_000;

/** The files that a verifier at this address does not serve as these sources give them; empty where it is this very page. */
export async function findServedDifferences({ outputFolder, files }: PageBuild, address: string): Promise<string[]> {
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
  printSizes(built);
  const faults = [
    ...(values.check ? await findBundleFaults(built) : []),
    ...(values.served ? await findServedDifferences(built, values.served) : []),
  ];
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await run(process.argv.slice(2));
