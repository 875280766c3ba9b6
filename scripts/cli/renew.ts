import { parseArgs } from 'node:util';
import type { RenewalRequest } from '../../client/api.ts';
import { ACCESS_USAGE, printJson, readSeconds, withApi } from './api-access.ts';
import { changeMany, isOne, MANY_OPTIONS, MANY_USAGE } from './change-many.ts';
import { type Command, UsageError } from './command.ts';
import { describeCredential } from './credential-text.ts';
import { awaitSettled } from './settled.ts';

const USAGE = `usage: eproof renew ID [--applied-on DAY] [--valid-until DAY] [--wait SECONDS] [--json]
       eproof renew (ID… | --ids FILE | FILTER…) [--applied-on DAY] [--dry-run] [--yes] [--wait SECONDS] [--json]

  issues the next term of a credential, or of at most 1,000: it begins on the day after the old one's last;
  many of a type that is issued by two people or more are handed in as drafts, which others approve

  --applied-on D the day on which it was applied for (today)
  --valid-until D  the last day of the new one, where the rule of the type leaves a choice
${MANY_USAGE}
  --wait SECS    wait until it is final
  --json         print the new credential for machines, or the operation

${ACCESS_USAGE}
exit codes: 0 issued (with --wait: final) or waiting for a second person, 1 refused or not confirmed, 2 some could not be renewed, 3 the service could not be
reached, 4 not final in time, 64 wrong usage
`;

const OPTIONS = { ...MANY_OPTIONS, 'applied-on': { type: 'string' }, 'valid-until': { type: 'string' } } as const;

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  const { 'applied-on': appliedOn, 'valid-until': validUntil } = values;
  const applied = appliedOn === undefined ? {} : { appliedOn };
  if (isOne(positionals, values)) return renewOne(positionals[0] as string, { ...applied, validUntil }, values);
  if (validUntil !== undefined) throw new UsageError('"--valid-until" is for one credential');
  return changeMany({ act: 'renew', ...applied }, positionals, values);
}

function renewOne(
  id: string,
  body: RenewalRequest,
  { wait, json }: { wait?: string | undefined; json: boolean },
): Promise<number> {
  const waitSeconds = readSeconds('--wait', wait);
  return withApi(json, async (client) => {
    const renewed = await client.call('renewCredential', { id, body });
    const { credential, exitCode } = await awaitSettled(client, renewed, waitSeconds);
    if (json) printJson(credential);
    else process.stdout.write(describeCredential(credential));
    return exitCode;
  });
}
