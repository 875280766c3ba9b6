import { parseArgs } from 'node:util';
import { z } from 'zod';
import { addOfficer, type OfficerView } from '../../server/auth/officers.ts';
import { ROLES } from '../../server/auth/policy.ts';
import { providerAddress } from '../../server/config.ts';
import { newOfficer } from '../../server/http/officers.ts';
import { type Command, UsageError } from './command.ts';
import { actForDepartment } from './department-hand.ts';

const USAGE = `usage: eproof officer add --department CODE --issuer URL --subject SUBJECT --name NAME --roles ROLE[,ROLE]... [--json]

  --issuer       the address of the OpenID provider at which the person signs in, as OIDC_ISSUER has it
  --subject      the provider's name for the person ("sub")
  --roles        ${ROLES.join(', ')}

Makes a department's first administrator, who adds everybody else at POST /v1/officers; or another one, when no administrator is left. The
department's audit log says that it was done by "service:operator". The database is the one of DATABASE_URL, or the one in EPROOF_DATA_DIR.

exit codes: 0 done, 1 refused, 64 wrong usage, 70 anything else
`;

const EXIT = { done: 0, refused: 1 } as const;
const OPTIONS = {
  department: { type: 'string' },
  issuer: { type: 'string' },
  subject: { type: 'string' },
  name: { type: 'string' },
  roles: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

const officer = z.object({ ...newOfficer.shape, department: z.string().min(1), issuer: providerAddress() });

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  if (positionals.length !== 1 || positionals[0] !== 'add') throw new UsageError('expected "officer add"');
  const parsed = officer.safeParse({ ...values, roles: values.roles?.split(',').map((role) => role.trim()) });
  if (!parsed.success) throw new UsageError(parsed.error.issues.map(toLine).join('\n'));
  const { department, issuer, ...person } = parsed.data;
  const added = await actForDepartment(department, (tx, actor) =>
    addOfficer(tx, { actor, provider: () => issuer, officer: person }),
  );
  if ('refusal' in added) return refuse(added.refusal);
  return tell(values.json ? `${JSON.stringify(added, null, 2)}\n` : describe(added, department));
}

function describe({ id, roles }: OfficerView, department: string): string {
  return `${id} is ${roles.join(' and ')} of ${department}, and signs in at /auth/login?department=${department}\n`;
}

function toLine({ path, code, message }: z.core.$ZodIssue): string {
  const rule =
    code === 'invalid_type' ? 'is required' : code === 'invalid_value' ? `must be of ${ROLES.join(', ')}` : message;
  return `"--${String(path[0])}" ${rule}`;
}

function tell(text: string): number {
  process.stdout.write(text);
  return EXIT.done;
}

function refuse(message: string): number {
  process.stderr.write(`eproof: ${message}\n`);
  return EXIT.refused;
}
