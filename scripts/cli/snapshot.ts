import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Post, readRegistry } from '../../proof/nodes.ts';
import { BATCHES_PER_PAGE } from '../../proof/reading.ts';
import { encodeSnapshot, type SnapshotPage, toSnapshotPage } from '../../proof/snapshot.ts';
import type { TrustedRegistry } from '../../proof/trust.ts';
import { writeWhole } from '../write-whole.ts';
import { checkNodes, openTrust } from './trust-source.ts';

export const USAGE = `usage: eproof snapshot --out FILE [--rpc URL]... [--trust FILE_OR_URL]

  --out FILE     where to write what the register says now of every batch, for eproof verify --snapshot
  --rpc URL, --trust WHERE  as for eproof verify

exit codes: 0 written, 3 the register could not be read (nothing is written), 64 wrong usage or no such folder
`;

const EXIT = { written: 0, couldNotBeRead: 3, usage: 64 } as const;

export async function snapshotCommand(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if ('problem' in options) return refuse(`${options.problem}\n\n${USAGE}`);
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const unwritable = await findFault(options.out);
  if (unwritable !== null) return refuse(`"--out" must be a file that can be written: ${unwritable}\n`);
  const sources = await openTrust(options);
  if ('problem' in sources) return refuse(`${sources.problem}\n`);
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

// Before a register is read that may take minutes.
async function findFault(file: string): Promise<string | null> {
  try {
    await access(path.dirname(file), constants.W_OK);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

interface Options {
  out: string;
  rpc: string[];
  trust: string | undefined;
  help: boolean;
}

function readOptions(argv: readonly string[]): Options | { problem: string } {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        out: { type: 'string' },
        rpc: { type: 'string', multiple: true, default: [] },
        trust: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (!values.help && !values.out) return { problem: '"--out" must name the file to write' };
    return { out: values.out ?? '', rpc: checkNodes(values.rpc), trust: values.trust, help: values.help };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

function refuse(message: string): number {
  process.stderr.write(`eproof: ${message}`);
  return EXIT.usage;
}
