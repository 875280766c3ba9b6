import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { NewNotice, Notice } from '../../client/api.ts';
import type { Client } from '../../client/client.ts';
import { ACCESS_USAGE, EXIT, printJson, readSeconds, withApi } from './api-access.ts';
import { askYes } from './ask-yes.ts';
import { type Command, UsageError } from './command.ts';
import { describeNotice, describeNoticeInList, describeNoticePreview } from './notice-text.ts';
import { toPrintable, toPrintableJson } from './printable.ts';

const USAGE = `usage: eproof notice add --type CODE --from DAY --to DAY --valid-until DAY --law TEXT [--dry-run] [--yes] [--wait SECONDS] [--json]
       eproof notice (confirm | cancel | show | withdrawal) ID [--wait SECONDS] [--json]
       eproof notice list [--type CODE] [--json]

  A legal notice moves the last valid day of everything of one type that would end from one day to another.

  add            shows how many credentials it is about, asks, and moves them; what needs a second person waits for confirm
  confirm        by the second person
  cancel         moves nothing of what was asked for
  show, list     how far it is; newest first
  withdrawal     prints what the department's admin sends to the registry to withdraw it: the service does not have the admin's key

  --from, --to   days in Hong Kong (YYYY-MM-DD), both included
  --valid-until  the last valid day instead, which is later
  --law TEXT     the law that says so, at most 32 bytes: verifiers show it
  --dry-run      say how many it would be; move nothing
  --yes          do not ask; needed where there is no terminal to ask at
  --wait SECS    wait until the chain has it for good
  --json         print the notice for machines; of a list, one on each line

${ACCESS_USAGE}
exit codes: 0 done (with --wait: final) or waiting for a second person, 1 refused or not confirmed, 3 the service could not be reached, 4 not final in
time, 64 wrong usage
`;

const OPTIONS = {
  type: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  'valid-until': { type: 'string' },
  law: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  wait: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parse>['values'];
type Verb = 'add' | 'list' | 'confirm' | 'cancel' | 'show' | 'withdrawal';

/** What each takes beside an id. */
const TAKES: Record<Verb, readonly (keyof typeof OPTIONS)[]> = {
  add: ['type', 'from', 'to', 'valid-until', 'law', 'dry-run', 'yes', 'wait', 'json'],
  list: ['type', 'json'],
  confirm: ['wait', 'json'],
  cancel: ['json'],
  show: ['wait', 'json'],
  withdrawal: ['json'],
};

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parse(argv);
  const [name = '', ...ids] = positionals;
  const verb = Object.hasOwn(TAKES, name) ? (name as Verb) : null;
  if (verb === null) throw new UsageError(`expected one of ${Object.keys(TAKES).join(', ')}`);
  requireTaken(verb, values);
  const takesId = verb !== 'add' && verb !== 'list';
  if (ids.length !== (takesId ? 1 : 0)) throw new UsageError(`"${verb}" takes ${takesId ? 'one id' : 'no id'}`);
  if (verb === 'add') return add(values);
  if (verb === 'list') return list(values);
  return one(verb, ids[0] as string, values);
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
}

function requireTaken(verb: Verb, values: Values): void {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== false);
  const other = given.find(([option]) => !TAKES[verb].some((taken) => taken === option));
  if (other) throw new UsageError(`"--${other[0]}" is not for "${verb}"`);
}

async function add(values: Values): Promise<number> {
  const { 'dry-run': isDry, yes: isSure, json } = values;
  const body = readNotice(values);
  const waitSeconds = readSeconds('--wait', values.wait);
  const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true;
  if (!isDry && !isSure && !canAsk)
    throw new UsageError('there is nobody to ask: look with "--dry-run", and move with "--yes"');
  return withApi(json, async (client) => {
    const preview = await client.call('previewNotice', { body });
    process.stderr.write(describeNoticePreview(preview));
    const isWanted = !isDry && (isSure || (await askYes('move them?', process)));
    const decided = await decide(client, preview, isWanted);
    if (!isWanted) return tell(decided, json, isDry ? EXIT.done : EXIT.refused);
    return settle(client, decided, { waitSeconds, json });
  });
}

/** @throws UsageError */
function readNotice({ type, from, to, 'valid-until': validUntil, law }: Values): NewNotice {
  const given = { type, from, to, 'valid-until': validUntil, law };
  const missing = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [`"--${name}"`] : []));
  if (missing.length > 0) throw new UsageError(`${missing.join(', ')} must be given`);
  // what they may be, the service says
  return { type, from, to, validUntil, law } as NewNotice;
}

/** What waits for a second person is left to wait. */
function decide(client: Client, preview: Notice, isWanted: boolean): Promise<Notice> {
  const { id, secondPerson } = preview;
  if (!isWanted) return client.call('cancelNotice', { id });
  return secondPerson ? Promise.resolve(preview) : client.call('confirmNotice', { id });
}

function one(verb: Exclude<Verb, 'add' | 'list'>, id: string, { wait, json }: Values): Promise<number> {
  const waitSeconds = readSeconds('--wait', wait);
  return withApi(json, async (client) => {
    if (verb === 'cancel') return tell(await client.call('cancelNotice', { id }), json, EXIT.done);
    if (verb === 'confirm') return settle(client, await client.call('confirmNotice', { id }), { waitSeconds, json });
    const notice = await client.call('getNotice', { id });
    return verb === 'show' ? settle(client, notice, { waitSeconds, json }) : tellWithdrawal(notice, json);
  });
}

async function list({ type, json }: Values): Promise<number> {
  return withApi(json, async (client) => {
    for await (const notice of client.list('listNotices', { query: { limit: 50, ...(type && { type }) } }))
      process.stdout.write(json ? `${toPrintableJson(notice)}\n` : describeNoticeInList(notice));
    return EXIT.done;
  });
}

const LOOK_EVERY_MS = 500;
const UNDER_WAY: readonly Notice['state'][] = ['recorded', 'sent', 'anchored'];

interface Settling {
  waitSeconds: number;
  json: boolean;
}

async function settle(client: Client, known: Notice, { waitSeconds, json }: Settling): Promise<number> {
  const giveUpAt = Date.now() + waitSeconds * 1_000;
  let notice = known;
  while (UNDER_WAY.includes(notice.state) && Date.now() < giveUpAt) {
    await setTimeout(LOOK_EVERY_MS);
    notice = await client.call('getNotice', { id: known.id });
  }
  return tell(notice, json, waitSeconds > 0 && UNDER_WAY.includes(notice.state) ? EXIT.notYet : EXIT.done);
}

function tell(notice: Notice, json: boolean, exitCode: number): number {
  if (json) printJson(notice);
  else process.stdout.write(describeNotice(notice));
  return exitCode;
}

function tellWithdrawal({ id, state, withdrawal }: Notice, json: boolean): number {
  if (withdrawal.length === 0) {
    process.stderr.write(`eproof: ${toPrintable(id)} is ${state}: there is nothing on the chain to withdraw\n`);
    return EXIT.refused;
  }
  if (json) printJson(withdrawal);
  else for (const { to, data } of withdrawal) process.stdout.write(toPrintable(`to ${to}  data ${data}`).concat('\n'));
  return EXIT.done;
}
