import { parseArgs } from 'node:util';
import type { ConsentRequest, NewConsentRequest } from '../../client/api.ts';
import { ACCESS_USAGE, EXIT, withApi } from './api-access.ts';
import { type Command, UsageError } from './command.ts';
import { toPrintable, toPrintableJson } from './printable.ts';

const USAGE = `usage: eproof request ask (--subject ACCOUNT | --company NUMBER) --type CODE --claim NAME... --purpose TEXT --case TEXT --answer-by TIME --read-until TIME [--json]
       eproof request (show | read | end) ID [--json]
       eproof request list [--json]

  Asks a holder for claims of a document that another department issued, and reads them with the holder's consent.

  ask            asks; nothing says whether there is such a holder, or such a document
  show, list     how it stands; newest first
  read           what the holder consented to, verified now, as JSON; the holder sees when it was read
  end            it is needed no longer: what could be read is gone

  --subject, --company   whom: an account at the sign-in service, or a company by its number
  --claim NAME           what; repeat it
  --purpose TEXT         what for, as the holder reads it
  --case TEXT            your own number, which the holder does not see
  --answer-by, --read-until   UTC, such as 2026-12-31T16:00:00Z
  --json                 print the request for machines; of a list, one on each line

${ACCESS_USAGE}
exit codes: 0 done (read: genuine and in force), 1 refused, or nothing to read, or what was read is not genuine or not in force, 3 the service could not be
reached, or what was read could not be checked, 64 wrong usage
`;

const OPTIONS = {
  subject: { type: 'string' },
  company: { type: 'string' },
  type: { type: 'string' },
  claim: { type: 'string', multiple: true, default: [] as string[] },
  purpose: { type: 'string' },
  case: { type: 'string' },
  'answer-by': { type: 'string' },
  'read-until': { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parse>['values'];

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parse(argv);
  const [verb = '', ...ids] = positionals;
  const takesId = ['show', 'read', 'end'].includes(verb);
  if (!takesId && verb !== 'ask' && verb !== 'list') throw new UsageError('expected one of ask, list, show, read, end');
  if (ids.length !== (takesId ? 1 : 0)) throw new UsageError(`"${verb}" takes ${takesId ? 'one id' : 'no id'}`);
  const given = Object.entries(values).find(
    ([, value]) => typeof value === 'string' || (Array.isArray(value) && value[0]),
  );
  if (verb !== 'ask' && given) throw new UsageError(`"--${given[0]}" is not for "${verb}"`);
  if (verb === 'ask') return ask(values);
  if (verb === 'list') return list(values);
  return one(verb as 'show' | 'read' | 'end', ids[0] as string, values);
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
}

function ask(values: Values): Promise<number> {
  const body = readRequest(values);
  return withApi(values.json, async (client) => tell(await client.call('createRequest', { body }), values.json));
}

/** @throws UsageError */
function readRequest(values: Values): NewConsentRequest {
  const { subject, company, type, claim: claims, purpose, 'answer-by': answerBy, 'read-until': readUntil } = values;
  if ((subject === undefined) === (company === undefined))
    throw new UsageError('one of "--subject" and "--company" must be given');
  const needed = { type, purpose, case: values.case, 'answer-by': answerBy, 'read-until': readUntil };
  const missing = Object.entries(needed).flatMap(([name, value]) => (value === undefined ? [`"--${name}"`] : []));
  if (claims.length === 0) missing.push('"--claim"');
  if (missing.length > 0) throw new UsageError(`${missing.join(', ')} must be given`);
  const holder = subject === undefined ? { company } : { subject };
  // what they may be, the service says
  return { holder, type, claims, purpose, caseNumber: values.case, answerBy, readUntil } as NewConsentRequest;
}

function list({ json }: Values): Promise<number> {
  return withApi(json, async (client) => {
    for await (const request of client.list('listRequests', { query: { limit: 50 } })) tell(request, json, 'in a list');
    return EXIT.done;
  });
}

function one(verb: 'show' | 'read' | 'end', id: string, { json }: Values): Promise<number> {
  return withApi(json, async (client) => {
    if (verb === 'show') return tell(await client.call('getRequest', { id }), json);
    if (verb === 'end') return tell(await client.call('endRequest', { id, body: {} }), json);
    const { verdict, link } = await client.call('readRequest', { id, body: {} });
    process.stdout.write(`${toPrintableJson({ id, verdict, link }, 2)}\n`);
    return exitCodeOf(verdict as { genuine?: string; standing?: { code: string } | null });
  });
}

function exitCodeOf({ genuine, standing }: { genuine?: string; standing?: { code: string } | null }): number {
  if (genuine === 'could-not-be-checked' || standing?.code === 'not-known') return EXIT.unreachable;
  const isInForce = ['in-force', 'in-force-past-date', 'partly-expired'].includes(standing?.code ?? '');
  return genuine === 'genuine' && isInForce ? EXIT.done : EXIT.refused;
}

function tell(request: ConsentRequest, json: boolean, place: 'alone' | 'in a list' = 'alone'): number {
  const { id, state, type, claims, purpose, caseNumber, answerBy, readUntil } = request;
  if (json) {
    process.stdout.write(`${toPrintableJson(request, place === 'alone' ? 2 : undefined)}\n`);
    return EXIT.done;
  }
  const lines = [
    `${id}  ${state}  ${type}  ${caseNumber}`,
    ...(place === 'alone'
      ? [
          `  asked for  ${claims.join(', ')}`,
          `  purpose    ${purpose}`,
          `  answer by  ${answerBy}`,
          `  read until ${readUntil}`,
        ]
      : []),
  ];
  process.stdout.write(`${lines.map(toPrintable).join('\n')}\n`);
  return EXIT.done;
}
