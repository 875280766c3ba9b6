// Measures the QR of every catalogue type and writes the table into proof/FORMAT.md; --check only compares.
import { readFile, writeFile } from 'node:fs/promises';
import { loadCatalogue } from '../catalogue/catalogue.ts';
import { sampleVariants } from '../catalogue/samples.ts';
import { MOST_LEAVES } from '../proof/batch.ts';
import { qrSymbol } from '../server/render/qr.ts';
import { type SampleRequest, samplePresentationQrText, sampleQrText } from './sample-proof.ts';

const FORMAT = new URL('../proof/FORMAT.md', import.meta.url);
const VERIFIER = 'https://verify.e-proof.example/';
const TODAY = '2026-11-22';
const SAMPLES = 5;

/** What a QR carries: the document's own, or a presentation that discloses all of group shown, or only what is always shown. */
const CARRIED = {
  'document’s QR': sampleQrText,
  'presented, all shown': (request: SampleRequest) => samplePresentationQrText(request, 'shown'),
  'presented, least': (request: SampleRequest) => samplePresentationQrText(request, 'least'),
};

interface Row {
  code: string;
  disclosure: string;
  /** Alone and from a full batch, of each thing that is carried. */
  versions: number[];
}

function measure(): Row[] {
  return loadCatalogue().types.map((type) => {
    const samples = sampleVariants(type.code, TODAY, SAMPLES);
    const largest = (toText: (request: SampleRequest) => string, size: number) =>
      Math.max(...samples.map((sample) => qrSymbol(toText({ type, sample, size, verifier: VERIFIER })).version));
    const versions = Object.values(CARRIED).flatMap((toText) => [largest(toText, 1), largest(toText, MOST_LEAVES)]);
    return { code: type.code, disclosure: type.definition.disclosure, versions };
  });
}

function toMarkdown(rows: readonly Row[]): string {
  const columns = Object.keys(CARRIED).flatMap((name) => [`${name}, alone`, 'of 256']);
  const values = columns.map((_, i) => rows.map(({ versions }) => versions[i] as number).toSorted((a, b) => a - b));
  const toLine = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const lines = [
    `Largest of ${SAMPLES} samples a type, level M, verifier and audience \`${VERIFIER}\`.`,
    '',
    toLine(['type', 'disclosure', ...columns]),
    `|${'---|'.repeat(columns.length + 2)}`,
    ...rows.map(({ code, disclosure, versions }) => toLine([code, disclosure, ...versions])),
    toLine(['**median**', '', ...values.map((sorted) => `**${sorted[Math.floor(sorted.length / 2)]}**`)]),
    toLine(['**largest**', '', ...values.map((sorted) => `**${sorted.at(-1)}**`)]),
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
