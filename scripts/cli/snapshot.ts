import { parseArgs } from 'node:util';
import { type Post, readRegistry } from '../../proof/nodes.ts';
import { BATCHES_PER_PAGE } from '../../proof/reading.ts';
import { encodeSnapshot, type SnapshotPage, toSnapshotPage } from '../../proof/snapshot.ts';
import type { TrustedRegistry } from '../../proof/trust.ts';
import { writeWhole } from '../write-whole.ts';
import { type Command, UsageError } from './command.ts';
import { checkNodes, openTrust, TRUST_OPTIONS } from './trust-source.ts';
import { requireWritable } from './writable.ts';

const USAGE = `usage: eproof snapshot --out FILE [--rpc URL]... [--trust FILE_OR_URL]

  --out FILE     where to write what the register says now of every batch, for eproof verify --snapshot
  --rpc URL, --trust WHERE  as for eproof verify

exit codes: 0 written, 3 the register could not be read (nothing is written), 64 wrong usage or no such folder
`;

const EXIT = { written: 0, couldNotBeRead: 3 } as const;

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  await requireWritable(options.out);
  const sources = await openTrust(options);
  const pages: SnapshotPage[] = [];
  for (const registry of sources.trust.registries) {
    const problem = await keepRegistry(registry, sources.post, pages);
    if (problem !== null) {
      process.stderr.write(`eproof: the register could not be read: ${problem}\n`);
      return EXIT.couldNotBeRead;
    }
  }
  // what a snapshot holds is public
  await writeWhole(options.out, encodeSnapshot({ pages }), 0o644);
  const batches = pages.length === 1 ? '1 page' : `${pages.length} pages`;
  process.stdout.write(`${batches} of batches kept in ${options.out}\n`);
  return EXIT.written;
}

/** Adds every page of every issuer; what went wrong, or null. */
async function keepRegistry(registry: TrustedRegistry, post: Post, pages: SnapshotPage[]): Promise<string | null> {
  for (const { issuer } of registry.issuers)
    for (let page = 0, count = 1; page * BATCHES_PER_PAGE < count; page++) {
      const question = { registry, issuer, batch: null, locator: page * BATCHES_PER_PAGE };
      const reading = await readRegistry(question, post);
      if ('failure' in reading) return `${reading.failure} (${reading.detail})`;
      count = reading.page.batchCount;
      if (reading.page.batches.length > 0) pages.push(toSnapshotPage(question, reading));
    }
  return null;
}

interface Options {
  out: string;
  rpc: string[];
  trust: string | undefined;
}

const OPTIONS = {
  out: { type: 'string' },
  ...TRUST_OPTIONS,
} as const;

function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  if (!values.out) throw new UsageError('"--out" must name the file to write');
  return { out: values.out, rpc: checkNodes(values.rpc), trust: values.trust };
}
