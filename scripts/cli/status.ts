import { parseArgs } from 'node:util';
import { ACCESS_USAGE, printJson, readSeconds, withApi } from './api-access.ts';
import { type Command, UsageError } from './command.ts';
import { describeCredential } from './credential-text.ts';
import { awaitSettled } from './settled.ts';

const USAGE = `usage: eproof status ID [--wait SECONDS] [--json]

  ID             of a credential: crd_…
  --wait SECS    wait until it is final, and every change of its status
  --json         print it for machines, with its claims

${ACCESS_USAGE}
exit codes: 0 found (with --wait: final), 1 there is none, or it failed, 3 the service could not be reached, 4 not final in time, 64 wrong usage
`;

const OPTIONS = { wait: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  const [id = '', ...more] = positionals;
  if (id === '' || more.length > 0) throw new UsageError(`expected one id, got ${positionals.length}`);
  const waitSeconds = readSeconds('--wait', values.wait);
  return withApi(values.json, async (client) => {
    const found = await client.call('getCredential', { id });
    const { credential, exitCode } = await awaitSettled(client, found, waitSeconds);
    if (values.json) printJson(credential);
    else process.stdout.write(describeCredential(credential));
    return exitCode;
  });
}
