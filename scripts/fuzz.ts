// Forges proofs, presentations and documents, and lets nodes lie, until one passes: npm run fuzz -- --help
import { parseArgs } from 'node:util';
import type { Post } from '../proof/nodes.ts';
import type { Proof } from '../proof/proof.ts';
import type { Verdict } from '../proof/verdict.ts';
import { verifyProof } from '../proof/verification.ts';
import { createDraw } from './vectors/draw.ts';
import { toQrProof } from './vectors/issuing.ts';
import { describeForgery, isUnchanged, judgeForgery } from './vectors/judging.ts';
import { LIES, type Numbered, remember, tellTruth } from './vectors/lies.ts';
import { createOriginals, drawForgery } from './vectors/mutations.ts';
import { createNode, type NodeModel } from './vectors/node.ts';
import { createWorld } from './vectors/world.ts';

const HELP = `npm run fuzz -- [options]

Forges proofs, presentations and the documents around them (in bytes, in the digits of a QR, in JSON), and lets one of three nodes lie.
Ends with 1 where a forgery is taken for genuine, a lie changes a verdict, or an input crashes the verifier or keeps it busy for more
than 50 ms; each of these is printed with the seed that brings it back.

  --count N      how many inputs (1000000)
  --seconds N    stop after so long, whatever the count (no end)
  --seed N       the seed of the first input; the next has the next (1)
  --forgeries    only forgeries
  --lies         only lies
                 without either, every 50th input is a lie: one takes as long as some twenty forgeries
  --help
`;
const SLOW_MS = 50;
const LIE_EVERY = 50;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
    forgeries: { type: 'boolean', default: false },
    lies: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit();
}
const [count, seconds, firstSeed] = [values.count, values.seconds, values.seed].map(toNumber) as [
  number,
  number,
  number,
];
const world = createWorld({ batches: 0 });
const originals = createOriginals(world);
const tally: Record<string, number> = {};
const found: string[] = [];

// A count that is no number would let the run find nothing and call that well.
function toNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= 1) return number;
  throw new TypeError(`expected a number above 0, got ${text}`);
}

function isLie(seed: number): boolean {
  if (values.lies === values.forgeries) return seed % LIE_EVERY === 0;
  return values.lies;
}

function forge(seed: number): string {
  const forgery = drawForgery(createDraw(seed), originals);
  const start = process.cpuUsage();
  const judgement = judgeForgery(world, forgery);
  const isSlow = () => usedMs(start) > SLOW_MS && fastestOf(() => judgeForgery(world, forgery)) > SLOW_MS;
  if (judgement === 'genuine' && !isUnchanged(forgery, originals))
    found.push(`seed ${seed} is taken: ${describeForgery(forgery)}`);
  if (isSlow()) found.push(`seed ${seed} is slow: ${describeForgery(forgery)}`);
  return judgement === 'genuine' ? 'unchanged' : judgement;
}

// Neither other programs' turns nor a collection of garbage are the input's fault.
function usedMs(since: NodeJS.CpuUsage): number {
  return process.cpuUsage(since).user / 1_000;
}

function fastestOf(run: () => void): number {
  return Math.min(
    ...Array.from({ length: 3 }, () => {
      const start = process.cpuUsage();
      run();
      return usedMs(start);
    }),
  );
}

// honest nodes are asked the same again and again
const [honest, lagging] = [0, 1].map((behind) => remember(createNode(world.registry, behind))) as [
  NodeModel,
  NodeModel,
];
const { standings, acts, noticed } = world.proofs;
const judged = [...standings.slice(0, 4), ...acts, ...noticed].map(toQrProof);
const truths = new Map<Proof, string>();
const told = new Map<string, number>();

async function truthOf(proof: Proof): Promise<string> {
  if (!truths.has(proof)) truths.set(proof, brief(await verifyProof(proof, world)));
  return truths.get(proof) as string;
}

function brief({ genuine, standing }: Verdict): string {
  const until = standing && 'until' in standing ? ` until ${standing.until}` : '';
  return `${genuine} ${standing?.code}${until}`;
}

function outcomeOf({ genuine, standing }: Verdict): string {
  return standing ? `${genuine}, ${standing.code}` : genuine;
}

async function lie(seed: number): Promise<string> {
  const draw = createDraw(seed);
  const names = Object.keys(LIES);
  // each as often as every other
  const name = names[Math.floor(seed / (values.lies ? 1 : LIE_EVERY)) % names.length] as string;
  told.set(name, (told.get(name) ?? 0) + 1);
  const proof = draw.pick(judged);
  const nodes = [LIES[name]!(honest, draw), tellTruth(honest), tellTruth(draw.pick([honest, lagging]))];
  const turn = draw.number(3);
  const urls = world.trust.registries[0]!.nodes;
  const post: Post = async (url, body) => nodes[(urls.indexOf(url) + turn) % 3]!(JSON.parse(body) as Numbered[]);
  const [given, truth] = await Promise.all([verifyProof(proof, { ...world, post }), truthOf(proof)]);
  if (brief(given) !== truth) found.push(`seed ${seed}: ${name} gives ${brief(given)}, not ${truth}`);
  return outcomeOf(given);
}

const start = performance.now();
let done = 0;
for (; done < count && (performance.now() - start) / 1000 < seconds && found.length < 10; done++) {
  const seed = firstSeed + done;
  try {
    const outcome = isLie(seed) ? `lie, ${await lie(seed)}` : `forgery, ${forge(seed)}`;
    tally[outcome] = (tally[outcome] ?? 0) + 1;
  } catch (error) {
    found.push(`seed ${seed} crashes: ${(error as Error).stack}`);
  }
  if (done % 50_000 === 49_999) process.stderr.write(`${done + 1} …\n`);
}
const tookSeconds = (performance.now() - start) / 1000;
process.stdout.write(`${done} inputs from seed ${firstSeed} in ${tookSeconds.toFixed(0)} s\n`);
for (const [outcome, times] of Object.entries(tally).sort()) process.stdout.write(`  ${outcome}: ${times}\n`);
if (told.size > 0)
  process.stdout.write(`  lies: ${told.size} kinds, each told ${Math.min(...told.values())} times or more\n`);
for (const line of found) process.stdout.write(`${line}\n`);
process.stdout.write(
  found.length === 0 ? 'none taken, none believed, none crashed, none slow\n' : `${found.length} found\n`,
);
process.exitCode = found.length === 0 ? 0 : 1;
