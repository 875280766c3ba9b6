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
import { AUDIT_DEFINITION } from '../../server/audit/definition.ts';
import { type Command, UsageError } from './command.ts';
import { checkNodes, openTrust, TRUST_OPTIONS } from './trust-source.ts';

const USAGE = `usage: eproof audit verify LOG.jsonl [--rpc URL]... [--trust FILE_OR_URL] [--offline] [--json]

  LOG.jsonl      what GET /v1/audit/export.jsonl gave
  --rpc URL      ask this chain node instead of those that the trust file names; repeat it: all of them must agree
  --trust WHERE  the verifier's trust.json, as a file or an address
  --offline      check the links alone, and no head against the chain: whoever has the whole log could have written another
  --json         print the outcome for machines

exit codes: 0 whole and as anchored (with --offline: whole), 1 something is wrong, 3 the chain could not be asked, 64 wrong usage
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

async function run(argv: readonly string[]): Promise<number> {
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
    throw new UsageError('expected "verify" and one file');
  return { ...values, file, rpc: checkNodes(values.rpc), trust: values.trust };
}

function isReadable(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

type Comparison = { problems: string[] } | { failure: string };

async function compareWithChain(log: CheckedLog, sources: Sources): Promise<Comparison> {
  const { trust, post } = sources;
  const registry = trust.registries.find(
    ({ chainId, address }) =>
      chainId === log.registry.chainId && address.toLowerCase() === log.registry.address.toLowerCase(),
  );
  if (!registry) return { problems: ['line 1: the log names a registry that the trust file does not have'] };
  if (log.number === null || !(await isNumberOf(log, registry, sources)))
    return { problems: [`line 1: "number" is not the number of ${log.issuer} in the registry`] };
  const anchored: AnchoredHead[] = [];
  for (let page = 0, count = 1; page * BATCHES_PER_PAGE < count; page++) {
    const question = { registry, issuer: log.number, batch: null, locator: page * BATCHES_PER_PAGE };
    const reading = await readRegistry(question, post);
    if ('failure' in reading) return { failure: `${reading.failure}: ${reading.detail}` };
    count = reading.page.batchCount;
    const type = reading.page.types.find(({ definition }) => toHex(definition) === AUDIT_DEFINITION);
    for (const { id, credentialType, judgement } of reading.page.batches)
      if (type && credentialType === type.number) anchored.push({ id, isVoid: judgement === 'void' });
  }
  return { problems: compareHeads(log, anchored) };
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
