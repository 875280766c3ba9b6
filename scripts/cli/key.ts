import { parseArgs } from 'node:util';
import { createDepartmentKey, LONGEST_LIFE_DAYS, type WithSecret } from '../../server/auth/department-keys.ts';
import { ACTS, type Act } from '../../server/auth/policy.ts';
import { readConfig } from '../../server/config.ts';
import { type Command, UsageError } from './command.ts';
import { actForDepartment } from './department-hand.ts';

const USAGE = `usage: eproof key add --department CODE --name NAME --scopes RIGHT[,RIGHT]... [--days N] [--json]

  --name         by which people know it, such as the system that uses it
  --scopes       ${ACTS.join(', ')}
  --days         for how long it works, at most ${LONGEST_LIFE_DAYS}; 365 where it is left out

Makes a key with rights that no officer has alone, such as credentials.issue: with keys.manage beside them it makes further keys at
POST /v1/api-keys. Its secret is printed once, and kept nowhere. It begins with ep_live_ where EPROOF_MODE is "live", else with ep_test_.
The department's audit log says that it was done by "service:operator". The database is the one of DATABASE_URL, or the one in EPROOF_DATA_DIR.

exit codes: 0 done, 1 refused, 64 wrong usage, 70 anything else
`;

const EXIT = { done: 0, refused: 1 } as const;
const DAY_MS = 86_400_000;
const OPTIONS = {
  department: { type: 'string' },
  name: { type: 'string' },
  scopes: { type: 'string' },
  days: { type: 'string', default: '365' },
  json: { type: 'boolean', default: false },
} as const;

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  const { department, name, days } = values;
  const scopes = values.scopes?.split(',').map((scope) => scope.trim()) ?? [];
  const problem = problemOf({ department, name, days, scopes, verb: positionals.join(' ') });
  if (problem !== null || !department || !name) throw new UsageError(problem ?? '');
  const { isTest } = readConfig(process.env).config;
  const expiresAt = new Date(Date.now() + Number(days) * DAY_MS);
  const made = await actForDepartment(department, (tx, actor) =>
    createDepartmentKey(tx, { now: Date.now, isTest }, { actor, key: { name, scopes: scopes as Act[], expiresAt } }),
  );
  if ('refusal' in made) return refuse(made.refusal);
  return tell(values.json ? `${JSON.stringify(made, null, 2)}\n` : describe(made, department));
}

interface Asked {
  department: string | undefined;
  name: string | undefined;
  days: string;
  scopes: readonly string[];
  verb: string;
}

function problemOf({ department, name, days, scopes, verb }: Asked): string | null {
  if (verb !== 'add') return 'expected "key add"';
  if (!department) return '"--department" is required';
  if (!name || name.length > 100 || !name.isWellFormed() || /\p{Cc}/u.test(name))
    return '"--name" must be 1 to 100 characters, without control characters';
  if (scopes.length === 0 || !scopes.every((scope) => (ACTS as readonly string[]).includes(scope)))
    return `"--scopes" must be of ${ACTS.join(', ')}`;
  return /^[1-9]\d{0,3}$/.test(days) ? null : '"--days" must be a whole number from 1';
}

function describe({ id, expiresAt, secret }: WithSecret, department: string): string {
  process.stderr.write(`${id} of ${department}, until ${expiresAt}. This is told once:\n`);
  return `${secret}\n`;
}

function tell(text: string): number {
  process.stdout.write(text);
  return EXIT.done;
}

function refuse(message: string): number {
  process.stderr.write(`eproof: ${message}\n`);
  return EXIT.refused;
}
