import { USAGE as AUDIT_USAGE, auditCommand } from './cli/audit.ts';
import { USAGE as BACKUP_USAGE, backupCommand, restoreCommand } from './cli/backup.ts';
import { USAGE as KEY_USAGE, keyCommand } from './cli/key.ts';
import { USAGE as OFFICER_USAGE, officerCommand } from './cli/officer.ts';
import { USAGE as SNAPSHOT_USAGE, snapshotCommand } from './cli/snapshot.ts';
import { USAGE as VERIFY_USAGE, verifyCommand } from './cli/verify.ts';

/** Exit codes of sysexits.h where they are not the verdict's own. */
const EXIT_USAGE = 64;
const EXIT_SOFTWARE = 70;

const HELP = `eproof — verify an e-Proof from the command line

${VERIFY_USAGE}
${SNAPSHOT_USAGE}
${AUDIT_USAGE}
${BACKUP_USAGE}
${OFFICER_USAGE}
${KEY_USAGE}`;

async function run(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  if (command === '--help' || command === '-h' || command === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (command === 'verify') return verifyCommand(rest);
  if (command === 'audit') return auditCommand(rest);
  if (command === 'snapshot') return snapshotCommand(rest);
  if (command === 'backup') return backupCommand(rest);
  if (command === 'restore') return restoreCommand(rest);
  if (command === 'officer') return officerCommand(rest);
  if (command === 'key') return keyCommand(rest);
  process.stderr.write(
    `eproof: ${command === undefined ? 'no command given' : `"${command}" is not a command`}\n\n${HELP}`,
  );
  return EXIT_USAGE;
}

/** What `parseArgs` refuses. */
function isUsage(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`eproof: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = isUsage(error) ? EXIT_USAGE : EXIT_SOFTWARE;
}
