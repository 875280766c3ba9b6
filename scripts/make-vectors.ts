// Writes test/vectors/*.json and the computed places of proof/FORMAT.md; --check only compares, and fails where a file would change.
import { readFile, writeFile } from 'node:fs/promises';
import { createAbiTables } from './vectors/abi-tables.ts';
import { createExample } from './vectors/example.ts';
import { createVectors } from './vectors/vectors.ts';

const FORMAT = new URL('../proof/FORMAT.md', import.meta.url);
const VECTORS = new URL('../test/vectors/', import.meta.url);

async function read(file: URL): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** Puts each block between its two marks. */
function withBlocks(text: string, blocks: Record<string, string>): string {
  let result = text;
  for (const [name, block] of Object.entries(blocks)) {
    const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [start, end] = [result.indexOf(open), result.indexOf(close)];
    if (start < 0 || end < start) throw new Error(`proof/FORMAT.md has no place ${open} … ${close}`);
    result = `${result.slice(0, start + open.length)}\n${block}\n${result.slice(end)}`;
  }
  return result;
}

/** Characters that are not seen, or turn what follows round, stand in the files as escapes. */
function toText(vectors: unknown): string {
  const toEscape = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(vectors, null, 1).replace(/[^\n -~\p{Script=Han}]/gu, (char) => char.split('').map(toEscape).join(''))}\n`;
}

async function createFiles(): Promise<Map<URL, string>> {
  const example = createExample();
  const files = new Map<URL, string>();
  files.set(FORMAT, withBlocks(await read(FORMAT), { ...example.blocks, ...createAbiTables() }));
  for (const [name, vectors] of Object.entries({ example: example.json, ...createVectors() }))
    files.set(new URL(`${name}.json`, VECTORS), toText(vectors));
  return files;
}

const isCheck = process.argv.includes('--check');
const changed: string[] = [];
for (const [file, text] of await createFiles()) {
  if ((await read(file)) === text) continue;
  changed.push(file.pathname.split('/').slice(-3).join('/'));
  if (!isCheck) await writeFile(file, text);
}
for (const name of changed) process.stdout.write(`${name} ${isCheck ? 'differs' : 'written'}\n`);
if (isCheck && changed.length > 0) {
  process.stderr.write('the code no longer gives these files; if that is meant, run: node scripts/make-vectors.ts\n');
  process.exitCode = 1;
}
