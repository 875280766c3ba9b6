// What the builds of all pages have in common: one way to bundle, to name, to measure, and one rule about what a page may carry.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { type BuildOptions, build, type OutputFile, type Plugin } from 'esbuild';
import { drawIcon, type IconPicture } from './draw-icon.ts';

export const ROOT = fileURLToPath(new URL('../', import.meta.url));

export interface PageBuild {
  outputFolder: string;
  files: BuiltFile[];
  /** Gzipped: what runs before anything is painted, the entry and the largest dictionary, which is all the script that runs before the page can be used. */
  firstScriptBytes: number;
}

export interface BuiltFile {
  /** Relative to the output folder, with "/". */
  name: string;
  sizeBytes: number;
  gzipBytes: number;
}

/** By their names relative to the output folder. */
export type Outputs = Map<string, Uint8Array>;

export interface Bundle {
  /** The room that the entry is in. */
  source: string;
  entry: string;
  minify: boolean;
  define: Record<string, unknown>;
  plugins?: Plugin[];
  /** For a script that runs in somebody else's page: it leaves no names there. */
  isForeign?: boolean;
}

export async function bundle({
  source,
  entry,
  minify,
  define,
  plugins = [],
  isForeign = false,
}: Bundle): Promise<OutputFile[]> {
  const options: BuildOptions = {
    absWorkingDir: source,
    entryPoints: [entry],
    outdir: path.join(source, 'assets'),
    bundle: true,
    // where an entry imports its dictionaries when it needs one, they are scripts of their own
    splitting: entry === 'main.ts',
    format: isForeign ? 'iife' : 'esm',
    target: ['es2022', 'safari16.4', 'chrome109', 'firefox115'],
    minify,
    logLevel: 'silent',
    legalComments: 'none',
    charset: 'utf8',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    // The QR reader asks whether it runs in Node; the page must not even carry the question.
    define: {
      'globalThis.process': 'undefined',
      ...Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
    },
    plugins,
  };
  return (await build({ ...options, write: false })).outputFiles;
}

/** With their names in the page's folder. */
export function toOutputs(files: readonly OutputFile[]): Outputs {
  return new Map(files.map((file) => [`assets/${path.basename(file.path)}`, file.contents] as const));
}

export interface Assembly {
  outputFolder: string;
  source: string;
  /** Where the page is below its origin: what its files are named with. Relative names where it is left out. */
  base?: string;
  /** The page, where it is not the room's index.html as it is. */
  page?: string;
}

/**
 * Puts script, style and icon into the room's index.html with their hashes, and writes everything to a folder of its own, which it empties
 * first.
 */
export async function assemble(
  outputs: Outputs,
  { outputFolder, source, base = '', page: given }: Assembly,
): Promise<PageBuild> {
  const iconName = await addIcon(outputs);
  const page = given ?? (await readFile(path.join(source, 'index.html'), 'utf8'));
  const touchIcon = [...outputs.keys()].find((name) => name.startsWith(TOUCH_ICON));
  const names = { entry: 'main', sheet: 'page', icon: iconName, touchIcon };
  outputs.set('index.html', addTags(page, { outputs, ...names, base }));
  await write(outputFolder, outputs);
  const files = measure(outputs);
  return { outputFolder, files, firstScriptBytes: firstScript(files) };
}

/** A page with its icon, style and script, if it has one, which it names with their hashes. Entry and sheet are names without theirs. */
export function addTags(
  page: string,
  {
    outputs,
    entry,
    sheet,
    icon,
    touchIcon,
    base,
  }: {
    outputs: Outputs;
    entry: string | null;
    sheet: string;
    icon: string;
    /** Of a page that is put on home screens. */
    touchIcon?: string | undefined;
    base: string;
  },
): Uint8Array {
  const find = (begin: string, end: string) =>
    [...outputs.keys()].find((name) => name.startsWith(`assets/${begin}-`) && name.endsWith(end)) as string;
  const style = find(sheet, '.css');
  const script = entry && find(entry, '.js');
  const tags = [
    `<link rel="icon" href="${base}${icon}" type="image/svg+xml" />`,
    ...(touchIcon ? [`<link rel="apple-touch-icon" href="${base}${touchIcon}" />`] : []),
    `<link rel="stylesheet" href="${base}${style}" integrity="${integrity(outputs.get(style))}" />`,
    ...(script
      ? [`<script type="module" src="${base}${script}" integrity="${integrity(outputs.get(script))}"></script>`]
      : []),
  ];
  return Buffer.from(page.replace('<!-- assets -->', tags.join('\n    ')));
}

/** The one icon of all pages; its name. */
export async function addIcon(outputs: Outputs): Promise<string> {
  const icon = await readFile(path.join(ROOT, 'ui', 'icon.svg'));
  const name = `assets/icon-${shortHash(icon)}.svg`;
  outputs.set(name, icon);
  return name;
}

/** The name that an iPhone's icon begins with. */
const TOUCH_ICON = 'assets/touch-icon-';

/** Of systems that take no drawing of lines; whoever cuts a form of their own leaves the middle four fifths, where the seal is at this scale. */
const PICTURES: readonly (IconPicture & { purpose: 'any' | 'maskable' })[] = [
  { sizePx: 192, shape: 'cut', scale: 1, purpose: 'any' },
  { sizePx: 512, shape: 'cut', scale: 1, purpose: 'any' },
  { sizePx: 192, shape: 'whole', scale: 0.85, purpose: 'maskable' },
  { sizePx: 512, shape: 'whole', scale: 0.85, purpose: 'maskable' },
];

/** As a manifest names them. */
interface ManifestIcon {
  src: string;
  sizes: string;
  type: string;
  purpose: 'any' | 'maskable';
}

/** The icon in every form that a home screen asks for. */
async function addHomeScreenIcons(outputs: Outputs, base: string): Promise<ManifestIcon[]> {
  const drawing = await addIcon(outputs);
  const svg = await readFile(path.join(ROOT, 'ui', 'icon.svg'), 'utf8');
  function add(begin: string, picture: IconPicture): string {
    const png = drawIcon(svg, picture);
    const name = `${begin}${shortHash(png)}.png`;
    outputs.set(name, png);
    return base + name;
  }
  add(TOUCH_ICON, { sizePx: 180, shape: 'whole', scale: 1 });
  return [
    { src: base + drawing, sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    ...PICTURES.map(({ purpose, ...picture }): ManifestIcon => {
      const { sizePx } = picture;
      const src = add(`assets/icon-${purpose}-${sizePx}-`, picture);
      return { src, sizes: `${sizePx}x${sizePx}`, type: 'image/png', purpose };
    }),
  ];
}

/** What lets a page open without a network: the worker that keeps its files, and the manifest that puts it on a home screen. */
export async function addOffline(
  outputs: Outputs,
  { source, base, version }: { source: string; base: string; version: string },
): Promise<void> {
  await addIcon(outputs);
  const manifest = JSON.parse(await readFile(path.join(source, 'manifest.webmanifest'), 'utf8')) as object;
  const files = JSON.stringify([...outputs.keys()].map((file) => base + file));
  const define = { __VERSION__: version, __FILES__: files };
  const [worker] = await bundle({ source, entry: 'worker.ts', minify: true, define });
  outputs.set('worker.js', worker?.contents as Uint8Array);
  // systems keep these themselves: the worker does not
  const icons = await addHomeScreenIcons(outputs, base);
  outputs.set('manifest.webmanifest', Buffer.from(JSON.stringify({ ...manifest, icons })));
}

/** Of the sources in these folders. */
export async function versionOf(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const names = (await readdir(path.join(ROOT, folder))).filter((name) => /\.(ts|css|html)$/.test(name)).sort();
    for (const name of names) hash.update(await readFile(path.join(ROOT, folder, name)));
  }
  const { version: number } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  return `${number}+${hash.digest('hex').slice(0, 12)}`;
}

export function shortHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 8);
}

export function integrity(bytes: Uint8Array | undefined): string {
  if (!bytes) throw new Error('an entry was not built');
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
}

async function write(folder: string, outputs: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, 'assets'), { recursive: true });
  const files = [...outputs].flatMap(([name, bytes]) => [[name, bytes] as const, ...compressed(name, bytes)]);
  await Promise.all(files.map(([name, bytes]) => writeFile(path.join(folder, name), bytes)));
}

/** A tenth larger than the best that brotli can, in a thirtieth of the time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
/** What fits into one packet as it is does not come sooner. */
const WORTH_COMPRESSING_BYTES = 1_000;

/** Beside a file, as it goes over the wire: browsers take brotli over https alone. */
function compressed(name: string, bytes: Uint8Array): (readonly [string, Uint8Array])[] {
  if (bytes.length < WORTH_COMPRESSING_BYTES || name.endsWith('.png')) return [];
  return [
    [`${name}.br`, brotliCompressSync(bytes, BROTLI)],
    [`${name}.gz`, gzipSync(bytes, { level: 9 })],
  ];
}

function measure(outputs: ReadonlyMap<string, Uint8Array>): BuiltFile[] {
  return [...outputs]
    .map(([name, bytes]) => ({ name, sizeBytes: bytes.length, gzipBytes: gzipSync(bytes, { level: 9 }).length }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function firstScript(files: readonly BuiltFile[]): number {
  const sizes = (begin: RegExp) => files.filter(({ name }) => begin.test(name)).map(({ gzipBytes }) => gzipBytes);
  const atOnce = sizes(/\/(start|main|chunk)-.*\.js$/).reduce((sum, size) => sum + size, 0);
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

/** Files of others, as they are: they ask whether they run in Node, and name forms of other makers. What they can reach is the policy's business. */
const FOREIGN = /^assets\/pdfjs-/;

/** How the built page breaks the bundle rule; empty where it keeps it. */
export async function findFaults(
  { outputFolder, files, firstScriptBytes }: PageBuild,
  mostScriptBytes: number,
): Promise<string[]> {
  const faults: string[] = [];
  for (const { name } of files.filter((file) => /\.(js|css|html)$/.test(file.name))) {
    const text = await readFile(path.join(outputFolder, name), 'utf8');
    for (const [pattern, what] of FORBIDDEN) {
      if (FOREIGN.test(name) && !what.endsWith('from text')) continue;
      const match = pattern.exec(text);
      if (match)
        faults.push(`${name} carries ${what}: …${text.slice(Math.max(0, match.index - 30), match.index + 40)}…`);
    }
    if (name.endsWith('.html') && /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/.test(text))
      faults.push(`${name} has inline script or style`);
  }
  if (firstScriptBytes > mostScriptBytes)
    faults.push(`${firstScriptBytes} bytes of gzipped script at first, at most ${mostScriptBytes} are allowed`);
  return faults;
}

/** Says how large each file is. */
export function printSizes({ files, firstScriptBytes }: PageBuild): void {
  for (const { name, sizeBytes, gzipBytes } of files)
    console.log(`${name.padEnd(44)} ${String(sizeBytes).padStart(8)} bytes ${String(gzipBytes).padStart(8)} gzip`);
  console.log(`script at first: ${firstScriptBytes} bytes gzip`);
}
