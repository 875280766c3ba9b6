import { parseArgs } from 'node:util';
import type { NewSigningKeyTransaction, SigningKeyTransaction } from '../../client/api.ts';
import type { Client } from '../../client/client.ts';
import { readConfig } from '../../server/config.ts';
import { toFollower } from '../../server/keys/department-signers.ts';
import { keyPlacesOf } from '../../server/keys/key-places.ts';
import { type KeySource, openKeySource } from '../../server/keys/key-source.ts';
import { encodeKeyCall, type KeyAct, toCall } from '../../server/signing-keys/transaction.ts';
import {
  type AdminHand,
  openAdminKey,
  readAdminHand,
  requireConfirmable,
  sendAsAdmin,
  tellingRefusals,
} from './admin-transaction.ts';
import { ACCESS_USAGE, EXIT, printJson, withApi } from './api-access.ts';
import { askYes } from './ask-yes.ts';
import { type Command, UsageError } from './command.ts';
import { describeEffects, describeKeys, describeTransaction } from './signing-key-text.ts';

const USAGE = `usage: eproof signing-key list [--json]
       eproof signing-key effects ADDRESS [--since TIME] [--json]
       eproof signing-key add ADDRESS --purpose (anchor | status) [--from TIME] [--until TIME] [SIGNING] [--json]
       eproof signing-key end ADDRESS [--at TIME] [SIGNING] [--json]
       eproof signing-key report ADDRESS --since TIME [SIGNING] [--json]
       eproof signing-key new --department CODE --purpose (anchor | status) [--json]

  The keys that sign in the department's name, in the registry on the chain. Keys by which systems call the service are "eproof key".

  list           what the registry has
  effects        what a report since a time, or without --since its end, would do to which batches; changes nothing
  add            lets the key sign in the department's name
  end            the key signs nothing more; what it anchored stays genuine
  report         the key was in wrong hands since then: what it anchored from then on is not genuine any more, for ever
  new            makes another key and prints its address, for "add": in the hardware security module where one is set up ("eproof hsm"), else in this
                 machine's keystore; the service opens it when it starts

  TIME           in UTC, such as 2027-03-01T00:00:00Z
  SIGNING        --admin-key FILE --password-file FILE --rpc URL: the keystore file of the department's admin, which signs here and sends
                 it to that node. Without them, what the admin has to sign is printed, and nothing is sent.
  --yes          do not ask; needed where there is no terminal to ask at
  --json         print for machines

${ACCESS_USAGE}
exit codes: 0 done, 1 refused or not confirmed, 3 the service or the chain could not be reached, 64 wrong usage
`;

const OPTIONS = {
  purpose: { type: 'string' },
  from: { type: 'string' },
  until: { type: 'string' },
  at: { type: 'string' },
  since: { type: 'string' },
  department: { type: 'string' },
  'admin-key': { type: 'string' },
  'password-file': { type: 'string' },
  rpc: { type: 'string' },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parse>['values'];
type Option = keyof typeof OPTIONS;
type Verb = 'list' | 'effects' | 'add' | 'end' | 'report' | 'new';

const SIGNING = ['admin-key', 'password-file', 'rpc', 'yes', 'json'] as const satisfies readonly Option[];
const TAKES: Record<Verb, readonly Option[]> = {
  list: ['json'],
  effects: ['since', 'json'],
  add: ['purpose', 'from', 'until', ...SIGNING],
  end: ['at', ...SIGNING],
  report: ['since', ...SIGNING],
  new: ['department', 'purpose', 'json'],
};

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parse(argv);
  const [name = '', ...addresses] = positionals;
  if (!Object.hasOwn(TAKES, name)) throw new UsageError(`expected one of ${Object.keys(TAKES).join(', ')}`);
  const verb = name as Verb;
  requireTaken(verb, values);
  const takesOne = verb !== 'list' && verb !== 'new';
  if (addresses.length !== (takesOne ? 1 : 0))
    throw new UsageError(`"${verb}" takes ${takesOne ? 'one address' : 'no address'}`);
  if (verb === 'new') return makeKey(values);
  if (verb === 'list') return list(values);
  const address = (addresses[0] as string).toLowerCase();
  if (!/^0x[0-9a-f]{40}$/.test(address)) throw new UsageError('the address must be 0x and 40 hexadecimal digits');
  if (verb === 'effects') return tellEffects(address, values);
  return act(readAct(verb, address, values), values);
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
}

function requireTaken(verb: Verb, values: Values): void {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== false);
  const other = given.find(([option]) => !TAKES[verb].some((taken) => taken === option));
  if (other) throw new UsageError(`"--${other[0]}" is not for "${verb}"`);
}

function readTime(values: Values, name: 'from' | 'until' | 'at' | 'since'): Date | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) || Number.isNaN(Date.parse(text)))
    throw new UsageError(`"--${name}" must be a time in UTC, such as 2027-03-01T00:00:00Z`);
  return new Date(text);
}

/** @throws UsageError */
function readAct(verb: 'add' | 'end' | 'report', address: string, values: Values): KeyAct {
  if (verb === 'end') return { act: 'end', address, at: readTime(values, 'at') };
  if (verb === 'report') {
    const since = readTime(values, 'since');
    if (!since) throw new UsageError('"--since" must be given');
    return { act: 'report', address, since };
  }
  return {
    act: 'add',
    address,
    purpose: readPurpose(values),
    from: readTime(values, 'from'),
    until: readTime(values, 'until'),
  };
}

function readPurpose({ purpose }: Values): 'anchor' | 'status' {
  if (purpose !== 'anchor' && purpose !== 'status') throw new UsageError('"--purpose" must be anchor or status');
  return purpose;
}

function list({ json }: Values): Promise<number> {
  return withApi(json, async (client) => {
    const keys = await client.call('listSigningKeys');
    if (json) printJson(keys);
    else process.stdout.write(describeKeys(keys));
    return EXIT.done;
  });
}

function tellEffects(address: string, values: Values): Promise<number> {
  const since = readTime(values, 'since')?.toISOString();
  return withApi(values.json, async (client) => {
    const effects = await client.call('previewSigningKeyEffects', { id: address, query: { since } });
    if (values.json) printJson(effects);
    else process.stdout.write(describeEffects(effects));
    return EXIT.done;
  });
}

function act(wanted: KeyAct, values: Values): Promise<number> {
  const hand = readAdminHand(values);
  requireConfirmable(hand, { isSure: values.yes, look: 'effects' });
  return withApi(values.json, async (client) => {
    const transaction = await prepare(client, wanted);
    await showEffects(client, wanted);
    if (!hand) return tellTransaction(transaction, values.json);
    process.stderr.write(describeTransaction(transaction));
    if (!values.yes && !(await askYes('sign and send it?', process))) return EXIT.refused;
    return sign(transaction, hand, values.json);
  });
}

/** Signed is what was asked for here, computed here, and not whatever the service answers. @throws AppError SIGNING_REFUSED */
async function prepare(client: Client, wanted: KeyAct): Promise<SigningKeyTransaction> {
  const { issuer } = await client.call('getDepartment');
  const transaction = await client.call('prepareSigningKeyTransaction', { body: toBody(wanted) });
  const own = encodeKeyCall(toCall(wanted, issuer ?? 0, wanted.address));
  if (transaction.data !== own)
    throw new Error('the service has prepared another call than was asked for: nothing is signed');
  return transaction;
}

function toBody(wanted: KeyAct): NewSigningKeyTransaction {
  return JSON.parse(JSON.stringify(wanted)) as NewSigningKeyTransaction;
}

async function showEffects(client: Client, wanted: KeyAct): Promise<void> {
  if (wanted.act === 'add') return;
  const query = wanted.act === 'report' ? { since: wanted.since.toISOString() } : {};
  process.stderr.write(describeEffects(await client.call('previewSigningKeyEffects', { id: wanted.address, query })));
}

function tellTransaction(transaction: SigningKeyTransaction, json: boolean): number {
  if (json) printJson(transaction);
  else process.stdout.write(describeTransaction(transaction));
  return EXIT.done;
}

function sign(transaction: SigningKeyTransaction, hand: AdminHand, json: boolean): Promise<number> {
  return tellingRefusals(async () => {
    const key = await openAdminKey(hand, transaction.from);
    const mined = await sendAsAdmin(key, transaction, hand.rpcUrl);
    if (json) printJson({ ...mined, transaction });
    else process.stdout.write(`${transaction.call.name} is in block ${mined.block}: ${mined.hash}\n`);
    return EXIT.done;
  });
}

/** Beside those that there are. */
async function makeKey(values: Values): Promise<number> {
  const purpose = readPurpose(values);
  const code = values.department;
  if (code === undefined || !/^[A-Z0-9]+$/.test(code))
    throw new UsageError('"--department" must be its code, such as FEHD');
  const source = await openKeySource(keyPlacesOf(readConfig(process.env).config));
  try {
    const name = await freeName(source, `${code}-${purpose}`);
    const { address } = await source.createKey(name);
    if (values.json) printJson({ name, address, place: source.place });
    else process.stdout.write(`${address}\n`);
    process.stderr.write(
      `eproof: "${name}" is in ${source.place}. Start the service again, and have the admin add the address.\n`,
    );
    return EXIT.done;
  } finally {
    source.close();
  }
}

async function freeName(source: KeySource, first: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = number === 1 ? first : toFollower(first, number);
    if ((await source.findKey(name)) === null) return name;
  }
}
