// npm run bench: every measurement beside its peer or its limit, in one run. --json for machines; names choose some (sealing, verifying, gas, core, import, issuing, qr).
import { parseArgs } from 'node:util';
import { installPeers } from './peers/install.ts';
import { formatTable, type Table } from './table.ts';

const MEASUREMENTS: Record<string, () => Promise<Table[]>> = {
  sealing: async () => [await (await import('./sealing.ts')).measureSealing()],
  verifying: async () => [await (await import('./verifying.ts')).measureVerifying()],
  gas: async () => [await (await import('./gas.ts')).measureGas()],
  core: async () => [await (await import('./core-size.ts')).measureCoreSize()],
  import: async () => [await (await import('./import.ts')).measureImport()],
  issuing: async () => (await import('./issuing.ts')).measureIssuing(),
  qr: async () => [await (await import('./qr-size.ts')).measureQrSizes()],
};

const USAGE = `usage: npm run bench -- [--json] [${Object.keys(MEASUREMENTS).join('] [')}]\n`;

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  const unknown = positionals.find((name) => !(name in MEASUREMENTS));
  if (values.help || unknown !== undefined) {
    process.stdout.write(unknown === undefined ? USAGE : `"${unknown}" is not a measurement\n${USAGE}`);
    process.exitCode = unknown === undefined ? 0 : 64;
    return;
  }
  installPeers();
  const tables: Table[] = [];
  for (const name of positionals.length > 0 ? positionals : Object.keys(MEASUREMENTS)) {
    for (const table of await (MEASUREMENTS[name] as () => Promise<Table[]>)()) {
      tables.push(table);
      if (!values.json) process.stdout.write(formatTable(table));
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ node: process.version, tables }, null, 2)}\n`);
}

await run();
