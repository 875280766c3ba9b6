import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import type { NewStatusOperation, StatusOperation, StatusOperationFilter } from '../../client/api.ts';
import type { Client } from '../../client/client.ts';
import { EXIT, printJson, readSeconds, withApi } from './api-access.ts';
import { askYes } from './ask-yes.ts';
import { UsageError } from './command.ts';
import { describeDecision, describePreview } from './operation-text.ts';

export const MANY_USAGE = `  --ids FILE     many: their ids, one on a line (- for standard input)
  --type CODE, --status S, --valid-until-from DAY, --valid-until-to DAY
                 many: all that are so; as little as one of these is enough
  --dry-run      say how many it would be, and which not; change nothing
  --yes          do not ask; needed where there is no terminal to ask at`;

export const MANY_OPTIONS = {
  ids: { type: 'string' },
  type: { type: 'string' },
  status: { type: 'string' },
  'valid-until-from': { type: 'string' },
  'valid-until-to': { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  wait: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

interface ManyValues {
  ids?: string | undefined;
  type?: string | undefined;
  status?: string | undefined;
  'valid-until-from'?: string | undefined;
  'valid-until-to'?: string | undefined;
  'dry-run': boolean;
  yes: boolean;
  wait?: string | undefined;
  json: boolean;
}

type What = Omit<NewStatusOperation, 'ids' | 'filter'>;

/** Whether one credential is meant; several ids, a list or a filter are many. @throws UsageError */
export function isOne(ids: readonly string[], values: ManyValues): boolean {
  const isSearched = values.ids !== undefined || Object.keys(filterOf(values)).length > 0;
  if (ids.length === 0 && !isSearched) throw new UsageError('expected an id, "--ids" or a filter');
  if (ids.length === 1 && !isSearched) {
    if (values['dry-run'] || values.yes) throw new UsageError('"--dry-run" and "--yes" are for many');
    return true;
  }
  return false;
}

/** Shows what would be changed, asks, and changes it. @throws UsageError */
export async function changeMany(what: What, ids: readonly string[], values: ManyValues): Promise<number> {
  const { 'dry-run': isDry, yes: isSure, json } = values;
  const waitSeconds = readSeconds('--wait', values.wait);
  const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true && values.ids !== '-';
  if (!isDry && !isSure && !canAsk)
    throw new UsageError('there is nobody to ask: look with "--dry-run", and change with "--yes"');
  const body: NewStatusOperation = { ...what, ...(await findWhich(ids, values)) };
  return withApi(json, async (client) => {
    const preview = await client.call('previewStatusChange', { body });
    process.stderr.write(describePreview(preview));
    const isWanted = !isDry && preview.counts.ready > 0 && (isSure || (await askYes(`${what.act} them?`, process)));
    const decided = await decide(client, preview, isWanted);
    const done = await awaitProgress(client, decided, waitSeconds);
    if (json) printJson(done);
    else process.stdout.write(describeDecision(done));
    if (isDry) return EXIT.done;
    return isWanted ? exitCodeOf(done, waitSeconds) : EXIT.refused;
  });
}

/** What waits for a second person is left to wait. */
function decide(client: Client, { id, secondPerson }: StatusOperation, isWanted: boolean): Promise<StatusOperation> {
  if (!isWanted) return client.call('cancelStatusChange', { id });
  return secondPerson ? client.call('getStatusChange', { id }) : client.call('confirmStatusChange', { id });
}

async function findWhich(
  ids: readonly string[],
  values: ManyValues,
): Promise<Pick<NewStatusOperation, 'ids' | 'filter'>> {
  const filter = filterOf(values);
  const ways = [ids.length > 0, values.ids !== undefined, Object.keys(filter).length > 0];
  if (ways.filter(Boolean).length > 1) throw new UsageError('ids, "--ids" and a filter exclude each other');
  if (ways[2]) return { filter };
  return { ids: values.ids === undefined ? ids : await readIds(values.ids) };
}

async function readIds(file: string): Promise<string[]> {
  const content = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch((error: Error) => {
    throw new UsageError(`cannot read ${file}: ${error.message}`);
  });
  const ids = content.split(/\s+/).filter((id) => id !== '');
  if (ids.length === 0) throw new UsageError(`there is no id in ${file}`);
  return [...new Set(ids)];
}

function filterOf(values: ManyValues): StatusOperationFilter {
  const { type, status, 'valid-until-from': validUntilFrom, 'valid-until-to': validUntilTo } = values;
  const given = Object.entries({ type, status, validUntilFrom, validUntilTo }).filter(
    ([, value]) => value !== undefined,
  );
  // the service says which there are
  return Object.fromEntries(given) as StatusOperationFilter;
}

const LOOK_EVERY_MS = 500;

async function awaitProgress(client: Client, known: StatusOperation, waitSeconds: number): Promise<StatusOperation> {
  const giveUpAt = Date.now() + waitSeconds * 1_000;
  let operation = known;
  while (operation.state === 'confirmed' && isUnderWay(operation) && Date.now() < giveUpAt) {
    await setTimeout(LOOK_EVERY_MS);
    operation = await client.call('getStatusChange', { id: known.id });
  }
  return operation;
}

function isUnderWay({ progress: { recorded, sent, anchored } }: StatusOperation): boolean {
  return recorded + sent + anchored > 0;
}

function exitCodeOf(operation: StatusOperation, waitSeconds: number): number {
  if (waitSeconds > 0 && isUnderWay(operation)) return EXIT.notYet;
  return operation.counts.refused > 0 || operation.progress.failed > 0 ? EXIT.partly : EXIT.done;
}
