import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { NewNotice, Notice } from '../../client/api.ts';
import type { Client } from '../../client/client.ts';
import { decodeWithdrawal } from '../../server/chain/registry.ts';
import { openAdminKey, readAdminHand, requireConfirmable, sendAsAdmin, tellingRefusals } from './admin-transaction.ts';
import { ACCESS_USAGE, EXIT, printJson, readSeconds, withApi } from './api-access.ts';
import { askYes } from './ask-yes.ts';
import { type Command, UsageError } from './command.ts';
import { describeNotice, describeNoticeInList, describeNoticePreview } from './notice-text.ts';
import { toPrintable, toPrintableJson } from './printable.ts';

const USAGE = `usage: eproof notice add --type CODE --from DAY --to DAY --valid-until DAY --law TEXT [--dry-run] [--yes] [--wait SECONDS] [--json]
       eproof notice (confirm | cancel | show) ID [--wait SECONDS] [--json]
       eproof notice withdraw ID [SIGNING] [--wait SECONDS] [--json]
       eproof notice list [--type CODE] [--json]

  A legal notice moves the last valid day of everything of one type that would end from one day to another.

  add            shows how many credentials it is about, asks, and moves them; what needs a second person waits for confirm
  confirm        by the second person
  cancel         moves nothing of what was asked for
  show, list     how far it is; newest first
  withdraw       of what the chain has already: everything ends again when it would have ended, and verifiers see until when it did not

  --from, --to   days in Hong Kong (YYYY-MM-DD), both included
  --valid-until  the last valid day instead, which is later
  --law TEXT     the law that says so, at most 32 bytes: verifiers show it
  SIGNING        --admin-key FILE --password-file FILE --rpc URL: the keystore file of the department's admin, which signs here and sends
                 it to that node. Without them, what the admin has to sign is printed, and nothing is sent.
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
  'admin-key': { type: 'string' },
  'password-file': { type: 'string' },
  rpc: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parse>['values'];
type Verb = 'add' | 'list' | 'confirm' | 'cancel' | 'show' | 'withdraw';

/** What each takes beside an id. */
const TAKES: Record<Verb, readonly (keyof typeof OPTIONS)[]> = {
  add: ['type', 'from', 'to', 'valid-until', 'law', 'dry-run', 'yes', 'wait', 'json'],
  list: ['type', 'json'],
  confirm: ['wait', 'json'],
  cancel: ['json'],
  show: ['wait', 'json'],
  withdraw: ['admin-key', 'password-file', 'rpc', 'yes', 'wait', 'json'],
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
  if (verb === 'withdraw') return withdraw(ids[0] as string, values);
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

function one(verb: 'confirm' | 'cancel' | 'show', id: string, { wait, json }: Values): Promise<number> {
  const waitSeconds = readSeconds('--wait', wait);
  return withApi(json, async (client) => {
    if (verb === 'cancel') return tell(await client.call('cancelNotice', { id }), json, EXIT.done);
    if (verb === 'confirm') return settle(client, await client.call('confirmNotice', { id }), { waitSeconds, json });
    return settle(client, await client.call('getNotice', { id }), { waitSeconds, json });
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
  /** Whether what was asked for still has to come; else, whether it is under way. */
  isLeft?: (notice: Notice) => boolean;
}

async function settle(client: Client, known: Notice, { waitSeconds, json, isLeft = isUnderWay }: Settling) {
  const giveUpAt = Date.now() + waitSeconds * 1_000;
  let notice = known;
  while (isLeft(notice) && Date.now() < giveUpAt) {
    await setTimeout(LOOK_EVERY_MS);
    notice = await client.call('getNotice', { id: known.id });
  }
  return tell(notice, json, waitSeconds > 0 && isLeft(notice) ? EXIT.notYet : EXIT.done);
}

function isUnderWay({ state }: Notice): boolean {
  return UNDER_WAY.includes(state);
}

function tell(notice: Notice, json: boolean, exitCode: number): number {
  if (json) printJson(notice);
  else process.stdout.write(describeNotice(notice));
  return exitCode;
}

function withdraw(id: string, values: Values): Promise<number> {
  const { json, yes: isSure } = values;
  const hand = readAdminHand(values);
  const waitSeconds = readSeconds('--wait', values.wait);
  requireConfirmable(hand, { isSure, look: 'show' });
  return withApi(json, async (client) => {
    const notice = await client.call('getNotice', { id });
    const { state, withdrawal } = notice;
    if (withdrawal.length === 0) {
      process.stderr.write(`eproof: ${toPrintable(id)} is ${state}: there is nothing on the chain to withdraw\n`);
      return EXIT.refused;
    }
    if (!hand) return tellWithdrawal(notice, json);
    await requireWithdrawal(client, notice);
    process.stderr.write(describeNotice(notice));
    if (!isSure && !(await askYes('withdraw it?', process))) return EXIT.refused;
    return tellingRefusals(async () => {
      const key = await openAdminKey(hand);
      for (const call of withdrawal) await sendAsAdmin(key, call, hand.rpcUrl);
      const isLeft = (now: Notice) => now.state !== 'withdrawn';
      return settle(client, await client.call('getNotice', { id }), { waitSeconds, json, isLeft });
    });
  });
}

/** Signed is what was asked for here, and not whatever the service answers. */
async function requireWithdrawal(client: Client, { posts, withdrawal }: Notice): Promise<void> {
  const { issuer } = await client.call('getDepartment');
  const isMeant = ({ data }: Notice['withdrawal'][number]) => {
    const meant = decodeWithdrawal(data);
    return meant !== null && meant.issuer === issuer && posts.some(({ index }) => index === meant.index);
  };
  if (!withdrawal.every(isMeant))
    throw new Error('the service has prepared another call than was asked for: nothing is signed');
}

function tellWithdrawal({ withdrawal }: Notice, json: boolean): number {
  if (json) printJson(withdrawal);
  else
    for (const { chainId, to, data } of withdrawal)
      process.stdout.write(`${toPrintable(`chain ${chainId}  to ${to}  data ${data}`)}\n`);
  return EXIT.done;
}
