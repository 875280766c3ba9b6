import { createHash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Import } from '../../client/api.ts';
import { importKey, isSpreadsheet, mediaTypeOf } from '../../client/chosen-file.ts';
import type { Client } from '../../client/client.ts';
import { type FileImport, importFile } from '../../client/import-file.ts';
import { writeWhole } from '../write-whole.ts';
import { ACCESS_USAGE, EXIT, printJson, readSeconds, withApi } from './api-access.ts';
import { type Command, UsageError } from './command.ts';
import { writeFailedRows } from './failed-rows.ts';
import { awaitAllFinal, type Settling } from './import-final.ts';
import { createProgress, describeImport } from './import-text.ts';
import { withInterrupt } from './interrupt.ts';
import { requireWritable } from './writable.ts';

const USAGE = `usage: eproof import FILE --type CODE [--refuse-whole|--keep-good] [--for-approval] [--dry-run] [--failed FILE] [--follow SECONDS] [--again TEXT] [--json]
       eproof import --template CODE [--labels LANGUAGE] [--out FILE]

  FILE           rows to issue, at most 1,000,000: .csv with a line of column names, or .ndjson with a JSON object on each line
  --type CODE    the credential type of all rows
  --refuse-whole one bad row refuses the file, and nothing is issued (this is what happens without either)
  --keep-good    the good rows are issued while the file is still being sent
  --for-approval hand the file in: its rows are issued when somebody else has approved it (of types that demand it this is the only way)
  --dry-run      make every check, and issue nothing
  --failed FILE  write what is wrong as CSV: row, column, pointer, kind, code (the rule) and detail (what to do about it)
  --follow SECS  wait until what was issued is final
  --again TEXT   import a file once more that was imported before; another text each time
  --json         print what became of it for machines
  --template C   write a CSV to fill in for this type; with --labels en, zh-Hant or zh-Hans its columns are named as forms name them

What breaks off goes on where it was when the same command is run again: no row is lost, and none is issued twice. The key needs the rights
credentials.read and credentials.issue, or credentials.prepare with --for-approval.

${ACCESS_USAGE}
exit codes: 0 all rows issued (with --for-approval: handed in, with --dry-run: all rows good, with --follow: final), 1 refused, and nothing is issued, 2 some rows failed and the others
were issued (with --dry-run: would be), 3 the service could not be reached (run it again: it goes on), 4 not final in time, 64 wrong usage, 130 interrupted (run it again: it goes on)
`;

const OPTIONS = {
  type: { type: 'string' },
  'refuse-whole': { type: 'boolean', default: false },
  'keep-good': { type: 'boolean', default: false },
  'for-approval': { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  failed: { type: 'string' },
  follow: { type: 'string' },
  again: { type: 'string', default: '' },
  json: { type: 'boolean', default: false },
  template: { type: 'string' },
  labels: { type: 'string' },
  out: { type: 'string' },
} as const;

export const command: Command = { usage: USAGE, run };

type Values = ReturnType<typeof readArguments>['values'];

function readArguments(argv: readonly string[]) {
  return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
}

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(argv);
  const [file, ...more] = positionals;
  if (values.template !== undefined) return writeTemplate(values.template, values, positionals);
  if (file === undefined || more.length > 0) throw new UsageError(`expected one file, got ${positionals.length}`);
  if (values.labels !== undefined || values.out !== undefined)
    throw new UsageError('"--labels" and "--out" go with "--template"');
  return sendAll(file, values);
}

async function writeTemplate(id: string, { labels, out, type }: Values, files: readonly string[]): Promise<number> {
  if (files.length > 0 || type !== undefined) throw new UsageError('"--template" goes with no file and no "--type"');
  return withApi(false, async (client) => {
    // the service says which languages there are
    const query = { labels } as { labels?: 'en' };
    const answer = await client.open('importTemplateCsv', { id, query });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (out === undefined) process.stdout.write(bytes);
    else await writeWhole(out, bytes);
    return EXIT.done;
  });
}

async function sendAll(file: string, values: Values): Promise<number> {
  const wanted = await readWanted(file, values);
  const followSeconds = readSeconds('--follow', values.follow);
  if (values.failed !== undefined) await requireWritable(values.failed, '--failed');
  return withApi(values.json, (client) =>
    withInterrupt('what was received stays; run the same command again, and it goes on', async (signal) => {
      const view = await send(client, { ...wanted, signal });
      if (values.failed !== undefined) await writeFailedRows(client, { id: view.id, file: values.failed, signal });
      const settling = followSeconds > 0 ? await awaitAllFinal(client, { view, followSeconds, signal }) : null;
      if (values.json) printJson(view);
      else process.stdout.write(describeImport(view));
      return exitCodeOf(view, settling);
    }),
  );
}

async function send(client: Client, wanted: FileImport): Promise<Import> {
  const progress = createProgress(wanted.file.size, process.stderr);
  try {
    return await importFile(client, { ...wanted, onProgress: progress.tell });
  } finally {
    progress.end();
  }
}

/** @throws UsageError */
async function readWanted(file: string, values: Values): Promise<FileImport> {
  const { type, 'keep-good': keepGood, 'refuse-whole': refuseWhole, 'dry-run': dryRun, again } = values;
  const forApproval = values['for-approval'];
  if (type === undefined) throw new UsageError('"--type" is required');
  if (keepGood && refuseWhole) throw new UsageError('"--keep-good" and "--refuse-whole" exclude each other');
  if (forApproval && values.follow !== undefined)
    throw new UsageError('"--follow" and "--for-approval" exclude each other: nothing is issued before it is approved');
  const mediaType = mediaTypeOf(file);
  if (mediaType === null) {
    const way = isSpreadsheet(file) ? '; save the spreadsheet as "CSV UTF-8" first' : '';
    throw new UsageError(`the file must be named .csv, .ndjson or .jsonl, got ${file}${way}`);
  }
  const query = {
    type,
    mode: keepGood ? 'good' : 'all',
    dryRun: dryRun ? 'true' : 'false',
    approval: forApproval ? 'true' : 'false',
  } as const;
  try {
    // a file that changes while it is sent is refused by its Blob
    const blob = await openAsBlob(file);
    const wish = [type, query.mode, query.dryRun, again, ...(forApproval ? ['for approval'] : [])];
    const idempotencyKey = await importKey(blob, wish, createHash('sha256'));
    return { file: blob, query, mediaType, idempotencyKey };
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

const NOT_REFUSED: readonly Import['state'][] = ['completed', 'submitted', 'approved'];

function exitCodeOf({ state, counts }: Import, settling: Settling | null): number {
  if (!NOT_REFUSED.includes(state)) return EXIT.refused;
  if (settling === 'not-yet') return EXIT.notYet;
  return counts.ready < counts.rows || settling === 'some-failed' ? EXIT.partly : EXIT.done;
}
