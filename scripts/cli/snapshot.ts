import { parseArgs } from 'node:util';
import { encodeSnapshot, type SnapshotPage } from '../../proof/snapshot.ts';
import { readWholeRegister } from '../../proof/whole-register.ts';
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
    const read = await readWholeRegister(registry, sources.post);
    if ('failure' in read) {
      process.stderr.write(`eproof: the register could not be read: ${read.failure} (${read.detail})\n`);
      return EXIT.couldNotBeRead;
    }
    pages.push(...read);
  }
  // what a snapshot holds is public
  await writeWhole(options.out, encodeSnapshot({ pages }), 0o644);
  const batches = pages.length === 1 ? '1 page' : `${pages.length} pages`;
  process.stdout.write(`${batches} of batches kept in ${options.out}\n`);
  return EXIT.written;
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
