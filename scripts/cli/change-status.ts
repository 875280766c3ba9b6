import { parseArgs } from 'node:util';
import type { Reason, StatusChangeOrOperation } from '../../client/api.ts';
import type { Client } from '../../client/client.ts';
import { ACCESS_USAGE, EXIT, printJson, readSeconds, withApi } from './api-access.ts';
import { changeMany, isOne, MANY_OPTIONS, MANY_USAGE } from './change-many.ts';
import { type Command, UsageError } from './command.ts';
import { describeChange } from './credential-text.ts';
import { awaitSettled } from './settled.ts';

interface Request {
  id: string;
  body: { reason: Reason; note?: string; until?: string };
}

interface Act {
  name: 'revoke' | 'suspend' | 'reinstate';
  what: string;
  send(client: Client, request: Request): Promise<StatusChangeOrOperation>;
  takesUntil?: boolean;
}

export const revoke = toCommand({
  name: 'revoke',
  what: 'revokes a credential, for ever',
  send: (client, request) => client.call('revokeCredential', request),
});

export const suspend = toCommand({
  name: 'suspend',
  what: 'suspends a credential until it is reinstated, or to the end of a day',
  send: (client, request) => client.call('suspendCredential', request),
  takesUntil: true,
});

export const reinstate = toCommand({
  name: 'reinstate',
  what: 'reinstates a suspended credential',
  send: (client, request) => client.call('reinstateCredential', request),
});

function toCommand(act: Act): Command {
  return { usage: usageOf(act), run: (argv) => change(act, argv) };
}

function usageOf({ name, what, takesUntil }: Act): string {
  const until = '\n  --until DAY    the last suspended day in Hong Kong (YYYY-MM-DD)';
  return `usage: eproof ${name} ID --reason REASON${takesUntil ? ' [--until DAY]' : ''} [--note TEXT] [--wait SECONDS] [--json]
       eproof ${name} (ID… | --ids FILE | FILTER…) --reason REASON … [--dry-run] [--yes]

  ${what}; or many, at most 10,000 at once

  --reason R     public: none-given, holder-request, ceased, conditions-breached, false-information, issued-in-error, court-order …${takesUntil ? until : ''}
  --note TEXT    kept for the department
${MANY_USAGE}
  --wait SECS    wait until the chain has it for good
  --json         print the change for machines, or the operation

${ACCESS_USAGE}
exit codes: 0 recorded (with --wait: final) or waiting for a second person, 1 refused or not confirmed, 2 some were left as they were, 3 the service could not be
reached, 4 not final in time, 64 wrong usage
`;
}

const OPTIONS = {
  ...MANY_OPTIONS,
  reason: { type: 'string' },
  note: { type: 'string' },
  until: { type: 'string' },
} as const;

async function change({ name, takesUntil, send }: Act, argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  const isSingle = isOne(positionals, values);
  const { reason, note, until } = values;
  if (reason === undefined) throw new UsageError('"--reason" is required');
  if (until !== undefined && !takesUntil) throw new UsageError('"--until" is for a suspension alone');
  // the service knows its reasons, and names them where this is none
  const body = {
    reason: reason as Reason,
    ...(note === undefined ? {} : { note }),
    ...(until === undefined ? {} : { until }),
  };
  if (!isSingle) return changeMany({ act: name, ...body }, positionals, values);
  const id = positionals[0] as string;
  const waitSeconds = readSeconds('--wait', values.wait);
  return withApi(values.json, async (client) => {
    const changed = await send(client, { id, body });
    const exitCode = await exitCodeOf(client, changed, waitSeconds);
    if (values.json) printJson(changed);
    else process.stdout.write(describeChange(changed));
    return exitCode;
  });
}

async function exitCodeOf(client: Client, changed: StatusChangeOrOperation, waitSeconds: number): Promise<number> {
  if (waitSeconds === 0 || !('credential' in changed)) return EXIT.done;
  const found = await client.call('getCredential', { id: changed.credential });
  return (await awaitSettled(client, found, waitSeconds)).exitCode;
}
