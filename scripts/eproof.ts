import { type Command, UsageError } from './cli/command.ts';

/** Exit codes of sysexits.h where they are not the command's own. */
const EXIT_USAGE = 64;
const EXIT_SOFTWARE = 70;

interface Entry {
  what: string;
  /** Each command is loaded when it is called: most need neither the database's driver nor the verifier. */
  load(): Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  verify: {
    what: 'verify a document, a QR code or a proof',
    load: async () => (await import('./cli/verify.ts')).command,
  },
  snapshot: {
    what: 'keep what the registry says, for a place without a network',
    load: async () => (await import('./cli/snapshot.ts')).command,
  },
  issue: { what: 'issue a credential', load: async () => (await import('./cli/issue.ts')).command },
  import: {
    what: 'issue the rows of a file, up to a million',
    load: async () => (await import('./cli/import.ts')).command,
  },
  status: {
    what: 'say how far a credential is, and what its status is',
    load: async () => (await import('./cli/status.ts')).command,
  },
  list: { what: "list the department's credentials", load: async () => (await import('./cli/list.ts')).command },
  get: {
    what: 'fetch the PDF, the QR code or the proof of a credential',
    load: async () => (await import('./cli/get.ts')).command,
  },
  revoke: { what: 'revoke a credential, or many', load: async () => (await import('./cli/change-status.ts')).revoke },
  suspend: {
    what: 'suspend a credential, or many',
    load: async () => (await import('./cli/change-status.ts')).suspend,
  },
  reinstate: {
    what: 'reinstate what is suspended',
    load: async () => (await import('./cli/change-status.ts')).reinstate,
  },
  renew: {
    what: 'issue the next term of a credential',
    load: async () => (await import('./cli/renew.ts')).command,
  },
  notice: {
    what: 'move the last valid days of a whole type, because a law says so',
    load: async () => (await import('./cli/notice.ts')).command,
  },
  request: {
    what: 'read, with a holder’s consent, what another department issued',
    load: async () => (await import('./cli/request.ts')).command,
  },
  audit: { what: 'check an exported audit log', load: async () => (await import('./cli/audit.ts')).command },
  officer: {
    what: "make a department's first administrator",
    load: async () => (await import('./cli/officer.ts')).command,
  },
  'signing-key': {
    what: "show, add, end and report the department's keys on the chain",
    load: async () => (await import('./cli/signing-key.ts')).command,
  },
  key: { what: 'make an API key with any rights', load: async () => (await import('./cli/key.ts')).command },
  hsm: {
    what: 'list the keys in a hardware security module, and seal the password with it',
    load: async () => (await import('./cli/hsm.ts')).command,
  },
  migrate: {
    what: 'say which changes of the tables a release has, and make them',
    load: async () => (await import('./cli/migrate.ts')).command,
  },
  backup: { what: 'keep all that the database holds', load: async () => (await import('./cli/backup.ts')).backup },
  restore: { what: 'fill a database from a backup', load: async () => (await import('./cli/backup.ts')).restoring },
};

const HELP = `eproof — issue, follow and verify credentials from the command line

${Object.entries(COMMANDS)
  .map(([name, { what }]) => `  eproof ${name.padEnd(11)} ${what}`)
  .join('\n')}

eproof COMMAND --help says more.
`;

async function run(argv: readonly string[]): Promise<number> {
  const [name = '', ...rest] = argv;
  if (['--help', '-h', 'help'].includes(name)) return tell(HELP);
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!entry) return refuse(name === '' ? 'no command given' : `"${name}" is not a command`, HELP);
  const command = await entry.load();
  if (rest.includes('--help') || rest.includes('-h')) return tell(command.usage);
  try {
    return await command.run(rest);
  } catch (error) {
    if (isUsage(error)) return refuse(error.message, command.usage);
    throw error;
  }
}

/** What a command or `parseArgs` refuses. */
function isUsage(error: unknown): error is Error {
  if (error instanceof UsageError) return true;
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

function tell(text: string): number {
  process.stdout.write(text);
  return 0;
}

function refuse(message: string, usage: string): number {
  process.stderr.write(`eproof: ${message}\n\n${usage}`);
  return EXIT_USAGE;
}

// everybody on a machine sees the arguments of a process, and in these stand QR texts and notes
process.title = 'eproof';

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`eproof: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = EXIT_SOFTWARE;
}
