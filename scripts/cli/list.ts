import { once } from 'node:events';
import { parseArgs } from 'node:util';
import type { Operations } from '../../client/api.ts';
import { ACCESS_USAGE, EXIT, withApi } from './api-access.ts';
import { type Command, UsageError } from './command.ts';
import { describeInList } from './credential-text.ts';
import { toPrintableJson } from './printable.ts';

const USAGE = `usage: eproof list [--type CODE] [--state STATE] [--status STATUS] [--reference TEXT] [--from WHEN] [--to WHEN] [--most N] [--json]

  --type CODE    of one credential type
  --state S      issued, sealed, anchored, final or failed
  --status S     in-force, suspended, revoked or superseded
  --reference R  as it is printed on the document
  --from, --to   issued from and up to this day in Hong Kong, or this instant
  --most N       no more than this many, newest first
  --json         a credential on each line, for machines

${ACCESS_USAGE}
exit codes: 0 listed, 1 refused, 3 the service could not be reached, 64 wrong usage
`;

const OPTIONS = {
  type: { type: 'string' },
  state: { type: 'string' },
  status: { type: 'string' },
  reference: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  most: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Query = NonNullable<Operations['listCredentials']['call']['query']>;

const PAGE_ITEMS = 200;

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const { json, most = 'all', from, to, ...filters } = values;
  if (most !== 'all' && !/^[1-9]\d{0,8}$/.test(most))
    throw new UsageError(`"--most" must be a whole number from 1, got ${most}`);
  let left = most === 'all' ? Number.POSITIVE_INFINITY : Number(most);
  // the service says which states there are
  const query = { ...filters, created_from: from, created_to: to, limit: Math.min(left, PAGE_ITEMS) } as Query;
  return withApi(json, async (client) => {
    for await (const credential of client.list('listCredentials', { query })) {
      const line = json ? `${toPrintableJson(credential)}\n` : describeInList(credential);
      if (!process.stdout.write(line)) await once(process.stdout, 'drain');
      if (--left === 0) break;
    }
    return EXIT.done;
  });
}
