import { parseArgs } from 'node:util';
import { AppError } from '../../server/app-error.ts';
import { type MigrationState, openStore, readMigrations } from '../../server/store/store.ts';
import { type Command, UsageError } from './command.ts';
import { openDatabase } from './database-source.ts';

const USAGE = `usage: eproof migrate status [--json]
       eproof migrate up

  status         say which changes of the tables the database has, and which a start of this release would make; changes nothing
  up             make them now, as a start would: once, also where instances start at the same moment
  --json         print the outcome for machines

The database is the one of DATABASE_URL, or the one in EPROOF_DATA_DIR (.eproof).

exit codes: 0 the database is as this release knows it, 1 changes are missing, 2 a newer release has changed it, 64 wrong usage,
70 anything else
`;

const EXIT = { asKnown: 0, missing: 1, newer: 2 } as const;

export const command: Command = { usage: USAGE, run };

async function run(argv: readonly string[]): Promise<number> {
  const options = { json: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options });
  const [verb, ...more] = positionals;
  if (!['status', 'up'].includes(verb ?? '') || more.length > 0) throw new UsageError('expected "status" or "up"');
  const database = await openDatabase({ alone: false });
  try {
    if (verb === 'up') await migrate(database.url);
    const state = await readMigrations(database.url);
    process.stdout.write(values.json ? `${JSON.stringify(state, null, 2)}\n` : describe(state));
    if (state.unknown.length > 0) return EXIT.newer;
    return state.missing.length > 0 ? EXIT.missing : EXIT.asKnown;
  } finally {
    await database.close();
  }
}

/** What a newer release has changed is told by the state that is read afterwards. */
async function migrate(url: string): Promise<void> {
  try {
    await (await openStore(url, { maxConnections: 1 })).close();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'STORE_NEWER') throw error;
  }
}

function describe({ applied, missing, unknown }: MigrationState): string {
  const lines = [
    ...applied.map((name) => `applied  ${name}`),
    ...missing.map((name) => `missing  ${name}`),
    ...unknown.map((name) => `newer    ${name}: start the release that has it, or restore a backup made before it`),
  ];
  return `${lines.join('\n')}\n`;
}
