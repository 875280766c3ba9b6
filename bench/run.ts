// npm run bench: every measurement beside its peer or its limit, in one run. --json for machines; --rows N for issuing and steps; names choose some (sealing, verifying, gas, core, import, issuing, http, steps, pages, scanning, qr).
import { parseArgs } from 'node:util';
import { installPeers } from './peers/install.ts';
import { formatTable, type Table } from './table.ts';

interface Size {
  /** How many credentials; each measurement has a number of its own where it is left out. */
  rows?: number;
}

const MEASUREMENTS: Record<string, (size: Size) => Promise<Table[]>> = {
  sealing: async () => [await (await import('./sealing.ts')).measureSealing()],
  verifying: async () => [await (await import('./verifying.ts')).measureVerifying()],
  gas: async () => [await (await import('./gas.ts')).measureGas()],
  core: async () => [await (await import('./core-size.ts')).measureCoreSize()],
  import: async () => [await (await import('./import.ts')).measureImport()],
  issuing: async (size) => [await (await import('./issuing.ts')).measureIssuing(size)],
  http: async () => (await import('./http.ts')).measureHttp(),
  steps: async (size) => [await (await import('./issuing.ts')).measureSteps(size)],
  pages: async () => [await (await import('./pages.ts')).measurePages()],
  scanning: async () => [await (await import('./scanning.ts')).measureScanning()],
  qr: async () => [await (await import('./qr-size.ts')).measureQrSizes()],
};

const USAGE = `usage: npm run bench -- [--json] [--rows N] [${Object.keys(MEASUREMENTS).join('] [')}]\n`;

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rows: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const unknown = positionals.find((name) => !(name in MEASUREMENTS));
  if (values.help || unknown !== undefined) {
    process.stdout.write(unknown === undefined ? USAGE : `"${unknown}" is not a measurement\n${USAGE}`);
    process.exitCode = unknown === undefined ? 0 : 64;
    return;
  }
  const size = values.rows === undefined ? {} : { rows: toCount(values.rows) };
  installPeers();
  const tables: Table[] = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(MEASUREMENTS)) {
    for (const table of await (MEASUREMENTS[name] as (size: Size) => Promise<Table[]>)(size)) {
      tables.push(table);
      if (!values.json) process.stdout.write(formatTable(table));
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ node: process.version, tables }, null, 2)}\n`);
}

function toCount(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text) || Number(text) > 1_000_000) throw new Error('"--rows" must be from 1 to 1,000,000');
  return Number(text);
}

await run();
