import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../../proof/bytes.ts';
import { readRegistry } from '../../proof/nodes.ts';
import { BATCHES_PER_PAGE } from '../../proof/reading.ts';
import type { TrustedRegistry } from '../../proof/trust.ts';
import type { Sources } from '../../proof/verification.ts';
import { type AnchoredHead, type CheckedLog, checkLog, compareHeads } from '../../server/audit/check-log.ts';
import { definitionOf } from '../../server/audit/definition.ts';
import { exportPlatformAudit } from '../../server/audit/query.ts';
import { PLATFORM } from '../../server/audit/record.ts';
import { openStore } from '../../server/store/store.ts';
import { writeWhole } from '../write-whole.ts';
import { type Command, UsageError } from './command.ts';
import { openDatabase } from './database-source.ts';
import { checkNodes, openTrust, TRUST_OPTIONS } from './trust-source.ts';
import { requireWritable } from './writable.ts';

const USAGE = `usage: eproof audit verify LOG.jsonl [--rpc URL]... [--trust FILE_OR_URL] [--offline] [--json]
       eproof audit export --platform --out FILE [--trust FILE_OR_URL]

  LOG.jsonl      what GET /v1/audit/export.jsonl gave, or "audit export --platform"
  --rpc URL      ask this chain node instead of those that the trust file names; repeat it: all of them must agree
  --trust WHERE  the verifier's trust.json, as a file or an address
  --offline      check the links alone, and no head against the chain: whoever has the whole log could have written another
  --json         print the outcome for machines
  --platform     the platform's own log: who was not recognised, which no department can be told of; out of the database of DATABASE_URL, or
                 the one in EPROOF_DATA_DIR
  --out FILE     where to write it

exit codes: 0 whole and as anchored (with --offline: whole), 1 something is wrong, 3 the chain could not be asked, 64 wrong usage,
70 anything else
`;

const EXIT = { good: 0, wrong: 1, unknown: 3 } as const;

interface Options {
  file: string;
  rpc: string[];
  trust: string | undefined;
  offline: boolean;
  json: boolean;
}

export const command: Command = { usage: USAGE, run };

function run(argv: readonly string[]): Promise<number> {
  return argv[0] === 'export' ? exportPlatform(argv.slice(1)) : verify(argv);
}

async function verify(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (!(await isReadable(options.file))) throw new UsageError(`cannot read ${options.file}`);
  const log = await checkLog(createInterface({ input: createReadStream(options.file), crlfDelay: 0 }));
  if (log.problem || options.offline) return tell(options, { log, chain: null });
  const sources = await openTrust(options);
  return tell(options, { log, chain: await compareWithChain(log, sources) });
}

const OPTIONS = {
  ...TRUST_OPTIONS,
  offline: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

function readOptions(argv: readonly string[]): Options {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  const [verb, file, ...more] = positionals;
  if (verb !== 'verify' || file === undefined || more.length > 0)
    throw new UsageError('expected "verify" and one file, or "export"');
  return { ...values, file, rpc: checkNodes(values.rpc), trust: values.trust };
}

function isReadable(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

const EXPORT_OPTIONS = {
  platform: { type: 'boolean', default: false },
  out: { type: 'string' },
  trust: TRUST_OPTIONS.trust,
} as const;

async function exportPlatform(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: EXPORT_OPTIONS });
  const { platform, out, trust: where } = values;
  if (!platform || !out || positionals.length > 0) throw new UsageError('expected "export --platform --out FILE"');
  await requireWritable(out);
  const { trust } = await openTrust({ rpc: [], trust: where });
  // that of this release, as everywhere in the service (registryIndex)
  const { chainId, address } = trust.registries[0] as TrustedRegistry;
  const database = await openDatabase({ alone: false });
  try {
    const store = await openStore(database.url, { maxConnections: 1 });
    await writeWhole(out, exportPlatformAudit(store.db, { chainId, address })).finally(store.close);
  } finally {
    await database.close();
  }
  process.stdout.write(`${out} has the platform's log; "eproof audit verify" proves it\n`);
  return EXIT.good;
}

type Comparison = { problems: string[] } | { failure: string };

async function compareWithChain(log: CheckedLog, sources: Sources): Promise<Comparison> {
  const { trust, post } = sources;
  const registry = trust.registries.find(
    ({ chainId, address }) =>
      chainId === log.registry.chainId && address.toLowerCase() === log.registry.address.toLowerCase(),
  );
  if (!registry) return { problems: ['line 1: the log names a registry that the trust file does not have'] };
  // whichever department carries the platform's heads, all of them are asked: so none can be kept back by naming another
  const isPlatform = log.issuer === PLATFORM;
  if (!isPlatform && (log.number === null || !(await isNumberOf(log, registry, sources))))
    return { problems: [`line 1: "number" is not the number of ${log.issuer} in the registry`] };
  const issuers = isPlatform ? registry.issuers.map(({ issuer }) => issuer) : [log.number as number];
  const anchored: AnchoredHead[] = [];
  for (const issuer of issuers) {
    const heads = await readHeads({ registry, issuer, definition: definitionOf(log.issuer) }, post);
    if ('failure' in heads) return heads;
    anchored.push(...heads.anchored);
  }
  return { problems: compareHeads(log, anchored) };
}

interface HeadsOf {
  registry: TrustedRegistry;
  issuer: number;
  definition: string;
}

/** Every head of this type that the chain has of a department. */
async function readHeads(
  { registry, issuer, definition: wanted }: HeadsOf,
  post: Sources['post'],
): Promise<{ anchored: AnchoredHead[] } | { failure: string }> {
  const anchored: AnchoredHead[] = [];
  for (let page = 0, count = 1; page * BATCHES_PER_PAGE < count; page++) {
    const question = { registry, issuer, batch: null, locator: page * BATCHES_PER_PAGE };
    const reading = await readRegistry(question, post);
    if ('failure' in reading) return { failure: `${reading.failure}: ${reading.detail}` };
    const { batchCount, types, batches } = reading.page;
    const type = types.find(({ definition }) => toHex(definition) === wanted);
    // a page names the types of its own batches alone: what an early one lacks, a later one may have
    count = batchCount;
    for (const { id, credentialType, judgement } of batches)
      if (type && credentialType === type.number) anchored.push({ id, isVoid: judgement === 'void' });
  }
  return { anchored };
}

/** A log could name another department's number, which has no heads that it would have to show. */
async function isNumberOf(
  { issuer, number }: CheckedLog,
  registry: TrustedRegistry,
  { loadFile }: Sources,
): Promise<boolean> {
  const known = registry.issuers.find((one) => one.issuer === number);
  if (!known) return false;
  const bytes = await loadFile(`issuers/${known.profile}.json`);
  if (toHex(sha256(bytes)) !== known.profile) return false;
  return (JSON.parse(new TextDecoder().decode(bytes)) as { code: string }).code === issuer;
}

function tell({ json }: Options, { log, chain }: { log: CheckedLog; chain: Comparison | null }): number {
  const problems = [
    ...(log.problem ? [`line ${log.problem.line}: ${log.problem.message} (${log.problem.code})`] : []),
    ...(chain && 'problems' in chain ? chain.problems : []),
  ];
  const failure = chain && 'failure' in chain ? chain.failure : null;
  const isWhole = problems.length === 0;
  const isAnchored = chain === null || failure !== null ? null : isWhole;
  if (json) {
    const { issuer, number, records, heads, problem } = log;
    const outcome = { issuer, number, records, heads, isWhole, isAnchored, problem, problems, failure };
    process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
  } else process.stdout.write(describe(log, { problems, failure, isOffline: chain === null }));
  if (!isWhole) return EXIT.wrong;
  return failure === null ? EXIT.good : EXIT.unknown;
}

function describe(
  { issuer, records, heads }: CheckedLog,
  { problems, failure, isOffline }: { problems: string[]; failure: string | null; isOffline: boolean },
): string {
  if (problems.length > 0) return `NOT THE LOG THAT WAS WRITTEN\n${problems.join('\n')}\n`;
  const whole = `${records} records of ${issuer}, ${heads.length} daily heads`;
  if (failure !== null) return `WHOLE, AND NOT COMPARED WITH THE CHAIN\n${whole}\n${failure}\n`;
  const last = heads.at(-1);
  const upTo = last
    ? `records up to position ${last.position} (${last.day}) are as anchored`
    : 'nothing is anchored yet';
  return isOffline ? `WHOLE (the chain was not asked)\n${whole}\n` : `WHOLE AND AS ANCHORED\n${whole}; ${upTo}\n`;
}
