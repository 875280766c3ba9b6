// Forges proofs and documents without end, or lets nodes lie, until one passes: node scripts/fuzz.ts [--count N] [--seconds N] [--seed N] [--lies]
import { parseArgs } from 'node:util';
import type { Post } from '../proof/nodes.ts';
import { verifyProof } from '../proof/verification.ts';
import { createDraw } from './vectors/draw.ts';
import { toQrProof } from './vectors/issuing.ts';
import { describeForgery, isUnchanged, judgeForgery } from './vectors/judging.ts';
import { LIES, type Numbered, tellTruth } from './vectors/lies.ts';
import { createOriginals, drawForgery } from './vectors/mutations.ts';
import { createNode } from './vectors/node.ts';
import { createWorld } from './vectors/world.ts';

const SLOW_MS = 50;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: '1' },
    lies: { type: 'boolean', default: false },
  },
});
const [count, seconds, firstSeed] = [values.count, values.seconds, values.seed].map(Number) as [number, number, number];
const world = createWorld({ batches: 0 });
const originals = createOriginals(world);
const tally: Record<string, number> = {};
const found: string[] = [];

function forge(seed: number): string {
  const forgery = drawForgery(createDraw(seed), originals);
  const start = process.cpuUsage();
  const judgement = judgeForgery(world, forgery);
  const isSlow = () => usedMs(start) > SLOW_MS && fastestOf(() => judgeForgery(world, forgery)) > SLOW_MS;
  if (judgement === 'genuine' && !isUnchanged(forgery, originals))
    found.push(`seed ${seed} is taken: ${describeForgery(forgery)}`);
  if (isSlow()) found.push(`seed ${seed} is slow: ${describeForgery(forgery)}`);
  return judgement;
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

const honest = createNode(world.registry);
const standings = world.proofs.standings.slice(0, 4).map(toQrProof);

async function lie(seed: number): Promise<string> {
  const draw = createDraw(seed);
  const [name, told] = draw.pick(Object.entries(LIES));
  const proof = draw.pick(standings);
  const nodes = [told(honest, draw), tellTruth(honest), tellTruth(createNode(world.registry, draw.number(2)))];
  const turn = draw.number(3);
  const urls = world.trust.registries[0]!.nodes;
  const post: Post = async (url, body) => nodes[(urls.indexOf(url) + turn) % 3]!(JSON.parse(body) as Numbered[]);
  const [given, truth] = await Promise.all([verifyProof(proof, { ...world, post }), verifyProof(proof, world)]);
  const brief = (verdict: typeof given) => `${verdict.genuine} ${verdict.standing?.code}`;
  if (brief(given) !== brief(truth)) found.push(`seed ${seed}: ${name} gives ${brief(given)}, not ${brief(truth)}`);
  return brief(given);
}

const start = performance.now();
let done = 0;
for (; done < count && (performance.now() - start) / 1000 < seconds && found.length < 10; done++) {
  const seed = firstSeed + done;
  try {
    const outcome = values.lies ? await lie(seed) : forge(seed);
    tally[outcome] = (tally[outcome] ?? 0) + 1;
  } catch (error) {
    found.push(`seed ${seed} crashes: ${(error as Error).stack}`);
  }
  if (done % 50_000 === 49_999) process.stderr.write(`${done + 1} …\n`);
}
const tookSeconds = (performance.now() - start) / 1000;
process.stdout.write(`${done} inputs from seed ${firstSeed} in ${tookSeconds.toFixed(0)} s\n`);
for (const [outcome, times] of Object.entries(tally)) process.stdout.write(`  ${outcome}: ${times}\n`);
for (const line of found) process.stdout.write(`${line}\n`);
process.stdout.write(found.length === 0 ? 'none taken, none crashed, none slow\n' : `${found.length} found\n`);
process.exitCode = found.length === 0 ? 0 : 1;
