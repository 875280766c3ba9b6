import { expect } from 'chai';
import type { Post } from '../../proof/nodes.ts';
import type { Proof } from '../../proof/proof.ts';
import type { Verdict } from '../../proof/verdict.ts';
import { verifyProof } from '../../proof/verification.ts';
import { createDraw } from '../../scripts/vectors/draw.ts';
import { toQrProof } from '../../scripts/vectors/issuing.ts';
import { FAILURES, LIES, type Lie, type Numbered, remember, tellTruth } from '../../scripts/vectors/lies.ts';
import { createNode } from '../../scripts/vectors/node.ts';
import { createWorld } from '../../scripts/vectors/world.ts';
import { IS_WHOLE } from '../extent.ts';

const RUNS = IS_WHOLE ? 3 : 1;
const world = createWorld({ batches: 0 });
const [inForce, revoked, , superseded] = world.proofs.standings as [Proof, Proof, Proof, Proof];
const forged = {
  ...toQrProof(inForce),
  shown: { kind: 'full', seed: new Uint8Array(16), values: ['x', ['Y', null]] },
} as Proof;
const PRESENTED: Record<string, Proof> = {
  'in force': toQrProof(inForce),
  revoked: toQrProof(revoked),
  superseded: toQrProof(superseded),
  'suspended until today': toQrProof(world.proofs.acts[1]!),
  'lifted by a stolen key': toQrProof(world.proofs.acts[3]!),
  extended: toQrProof(world.proofs.acts[6]!),
  'moved by a notice': toQrProof(world.proofs.noticed[0]!),
  'anchored by a compromised key': world.proofs.afterCompromise,
  forged,
};
const URLS = world.trust.registries[0]!.nodes;

/** The nodes answer as they are told to; each remembers nothing. */
function postOf(answers: readonly ((requests: readonly Numbered[]) => string)[]): Post {
  return async (url, body) => answers[URLS.indexOf(url)]!(JSON.parse(body) as Numbered[]);
}

const honest = remember(createNode(world.registry));
const lagging = remember(createNode(world.registry, 1));

const judge = (proof: Proof, post: Post) => verifyProof(proof, { ...world, post });
const brief = ({ genuine, standing }: Verdict) => {
  const successor = standing?.code === 'superseded' ? ` by leaf ${standing.successor?.leaf}` : '';
  return `${genuine}, ${standing?.code}${successor}`;
};

describe('nodes that lie', () => {
  const truths = new Map<string, string>();
  before(async () => {
    for (const [name, proof] of Object.entries(PRESENTED))
      truths.set(name, brief(await judge(proof, postOf([honest, honest, honest].map(tellTruth)))));
    expect([...truths.values()]).to.deep.equal([
      'genuine, in-force',
      'genuine, revoked',
      'genuine, superseded by leaf 1',
      'genuine, suspended',
      'genuine, suspended',
      'genuine, in-force-past-date',
      'genuine, in-force-past-date',
      'not-genuine, undefined',
      'not-genuine, undefined',
    ]);
  });

  it('lie in more than thirty ways', () => {
    expect(Object.keys(LIES)).to.have.length.above(60);
  });

  for (const [name, lie] of Object.entries(LIES))
    it(`change nothing as one of three: ${name}`, async () => {
      await everyRun(name, async (seed, proof, truth) => {
        const nodes = shuffled(seed, [
          lie(honest, createDraw(seed)),
          tellTruth(honest),
          tellTruth(seed % 2 ? lagging : honest),
        ]);
        expect(brief(await judge(proof, postOf(nodes)))).to.equal(truth);
      });
    });

  for (const [name, lie] of Object.entries(LIES))
    it(`never bring about a false verdict as two of three that do not say the same: ${name}`, async () => {
      await everyRun(name, async (seed, proof, truth) => {
        const other = createDraw(seed + 1_000_003).pick(Object.values(LIES));
        const nodes = shuffled(seed, [
          lie(honest, createDraw(seed)),
          other(honest, createDraw(seed + 7)),
          tellTruth(honest),
        ]);
        const verdict = await judge(proof, postOf(withoutCollusion(nodes)));
        expect(['could-not-be-checked, undefined', truth]).to.include(brief(verdict));
      });
    });

  for (const [name, lie] of Object.entries(FAILURES))
    it(`end in "could not be checked" where all fail alike: ${name}`, async () => {
      for (const [kind, proof] of Object.entries(PRESENTED))
        for (let seed = 0; seed < 3; seed++) {
          const nodes = URLS.map(() => lie(honest, createDraw(seed)));
          const verdict = await judge(proof, postOf(nodes));
          expect(verdict.genuine, kind).to.equal(
            verdict.checks.some(({ code }) => code === 'SIGNATURE_INVALID') ? 'not-genuine' : 'could-not-be-checked',
          );
          const { code } = verdict.checks.find((check) => check.name === 'registry')!;
          expect(code, kind).to.match(/^NODE/);
        }
    });

  async function everyRun(name: string, run: (seed: number, proof: Proof, truth: string) => Promise<void>) {
    for (const [kind, proof] of Object.entries(PRESENTED))
      for (let i = 0; i < RUNS; i++) {
        const seed = i * 7_919 + name.length * 104_729;
        try {
          await run(seed, proof, truths.get(kind)!);
        } catch (error) {
          throw new Error(`${kind}, seed ${seed}: ${(error as Error).message}`, { cause: error });
        }
      }
  }
});

/** Two liars that happen to say the same are a majority: the second is silenced then. */
function withoutCollusion(nodes: readonly ReturnType<Lie>[]): ReturnType<Lie>[] {
  return nodes.map((node, i) => (requests) => {
    const answer = node(requests);
    const earlier = nodes.slice(0, i).some((other) => said(other, requests) === answer);
    if (earlier && answer !== tellTruth(honest)(requests)) throw new Error('silenced');
    return answer;
  });
}

function said(node: ReturnType<Lie>, requests: readonly Numbered[]): string | null {
  try {
    return node(requests);
  } catch {
    return null;
  }
}

function shuffled<T>(seed: number, items: readonly T[]): T[] {
  const draw = createDraw(seed + 5);
  const rest = [...items];
  return items.map(() => rest.splice(draw.number(rest.length), 1)[0] as T);
}
