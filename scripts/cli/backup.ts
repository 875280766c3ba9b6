import { parseArgs } from 'node:util';
import { AppError } from '../../server/app-error.ts';
import { type BackupSummary, backUp, checkBackup, restore } from '../../server/store/backup.ts';
import { type Command, UsageError } from './command.ts';
import { openDatabase, putBack, setAside } from './database-source.ts';
import { requireWritable } from './writable.ts';

const USAGE = `usage: eproof backup --out FILE [--verify]
       eproof restore FILE [--replace | --verify]

  --out FILE     where to write everything that the database holds at this moment; the service may go on running
  --verify       read the file to its end and compare hash and counts; with restore, change nothing
  --replace      put the backup in the place of the database, which stays on its server under another name

The database is the one of DATABASE_URL, or the one in EPROOF_DATA_DIR (.eproof). restore wants an empty database, or --replace, and no
service that runs on it. Keys, manifests and erasures are not in a backup: they stay in the data folder, which has to be there.

exit codes: 0 done, 1 the file is no whole backup, 64 wrong usage, 70 anything else; whatever failed has changed nothing
`;

const EXIT = { done: 0, unusable: 1 } as const;

const VERIFY = { type: 'boolean', default: false } as const;
const BACKUP_OPTIONS = { out: { type: 'string' }, verify: VERIFY } as const;
const RESTORE_OPTIONS = { replace: { type: 'boolean', default: false }, verify: VERIFY } as const;

export const backup: Command = { usage: USAGE, run: keep };
export const restoring: Command = { usage: USAGE, run: bringBack };

async function keep(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: BACKUP_OPTIONS });
  const { out } = values;
  if (!out || positionals.length > 0) throw new UsageError('"--out" must name the file to write');
  await requireWritable(out);
  const database = await openDatabase({ alone: false });
  try {
    const summary = await backUp(database.url, out, new Date());
    if (values.verify) await checkBackup(out);
    return tell(`${describe(summary)} kept in ${out}${values.verify ? ', which was read again' : ''}\n`);
  } finally {
    await database.close();
  }
}

async function bringBack(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: RESTORE_OPTIONS });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0 || (values.replace && values.verify))
    throw new UsageError('expected one file, and "--replace" or "--verify" but not both');
  try {
    const checked = await checkBackup(file);
    if (values.verify) return tell(`${describe(checked)}: whole\n`);
    return await restoreChecked(file, values.replace);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'BACKUP_UNUSABLE') throw error;
    process.stderr.write(`eproof: ${error.message}\n`);
    return EXIT.unusable;
  }
}

async function restoreChecked(file: string, isReplacing: boolean): Promise<number> {
  const database = await openDatabase({ alone: true });
  try {
    const kept = isReplacing ? await setAside(database.url, new Date()) : null;
    const summary = await restore(database.url, file).catch(async (error: unknown) => {
      if (kept !== null) await putBack(database.url, kept);
      throw error;
    });
    if (kept !== null) tell(`the database there was is now "${kept}"\n`);
    return tell(
      `${describe(summary)} restored. The next start erases again what was erased since, and reads back from the manifests\nwhat the chain has beyond this backup. A department of which a manifest is missing issues nothing until it is there.\n`,
    );
  } finally {
    await database.close();
  }
}

function describe({ takenAt, rows }: BackupSummary): string {
  const all = Object.values(rows).reduce((sum, count) => sum + count, 0);
  return `${rows.credentials ?? 0} credentials (${all} rows), as of ${takenAt},`;
}

function tell(text: string): number {
  process.stdout.write(text);
  return EXIT.done;
}
