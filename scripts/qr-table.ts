// Measures the QR of every catalogue type and writes the table into proof/FORMAT.md; --check only compares.
import { readFile, writeFile } from 'node:fs/promises';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { sampleVariants } from '../catalogue/samples.ts';
import { MOST_LEAVES } from '../proof/batch.ts';
import { qrSymbol } from '../server/render/qr.ts';
import { sampleQrText } from './sample-proof.ts';

const FORMAT = new URL('../proof/FORMAT.md', import.meta.url);
const VERIFIER = 'https://verify.e-proof.example/';
const TODAY = '2026-11-22';
const SAMPLES = 5;

interface Row {
  code: string;
  disclosure: string;
  alone: number;
  full: number;
}

function measure(): Row[] {
  return loadCatalogue().types.map((type) => {
    const samples = sampleVariants(type.code, TODAY, SAMPLES);
    const largest = (size: number) =>
      Math.max(...samples.map((sample) => qrSymbol(sampleQrText({ type, sample, size, verifier: VERIFIER })).version));
    return { code: type.code, disclosure: type.definition.disclosure, alone: largest(1), full: largest(MOST_LEAVES) };
  });
}

function toMarkdown(rows: readonly Row[]): string {
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  const alone = rows.map((row) => row.alone);
  const full = rows.map((row) => row.full);
  const lines = [
    `Largest of ${SAMPLES} samples a type, level M, verifier \`${VERIFIER}\`. Median ${median(alone)} alone and ${median(full)} from a full batch; largest ${Math.max(...alone)} and ${Math.max(...full)}.`,
    '',
    '| type | disclosure | version alone | version from a batch of 256 |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row.code} | ${row.disclosure} | ${row.alone} | ${row.full} |`),
  ];
  return lines.join('\n');
}

async function run(): Promise<void> {
  const table = toMarkdown(measure());
  process.stdout.write(`${table}\n`);
  const text = await readFile(FORMAT, 'utf8');
  const pattern = /(<!-- qr-table -->\n)[\s\S]*?(\n<!-- \/qr-table -->)/;
  if (!pattern.test(text))
    throw new Error('proof/FORMAT.md has no <!-- qr-table --> … <!-- /qr-table --> for the table');
  const updated = text.replace(pattern, (_, start: string, end: string) => `${start}${table}${end}`);
  if (updated === text) return;
  if (process.argv.includes('--check')) {
    process.stderr.write('proof/FORMAT.md has an old table of QR versions; run: node scripts/qr-table.ts\n');
    process.exitCode = 1;
  } else await writeFile(FORMAT, updated);
}

await run();
