import { expect } from 'chai';
import { createDraw } from '../../scripts/vectors/draw.ts';
import { describeForgery, isUnchanged, judgeForgery } from '../../scripts/vectors/judging.ts';
import {
  bitFlips,
  createOriginals,
  documentChanges,
  drawForgery,
  type Forgery,
  itemChanges,
  lengthChanges,
  moves,
  type Original,
  withProofValue,
} from '../../scripts/vectors/mutations.ts';
import { createWorld } from '../../scripts/vectors/world.ts';
import { IS_WHOLE } from '../extent.ts';

const world = createWorld({ batches: 0 });
const originals = createOriginals(world);
const [presented, selected] = originals.filter(({ presentation }) => presentation) as [Original, Original];
const SLOW_MS = 50;
const DRAWS = IS_WHOLE ? 20_000 : 3_000;

function* documents(original: Original, changes: Iterable<Uint8Array>): Generator<Forgery> {
  for (const bytes of changes) yield { kind: 'json', text: withProofValue(original, bytes) };
}

function* proofs(changes: Iterable<Uint8Array>): Generator<Forgery> {
  for (const bytes of changes) yield { kind: 'proof', bytes };
}

/** How many were judged and how many only refused; fails on the first that is taken, crashes or is slow. */
function judgeAll(forgeries: Iterable<Forgery>): { judged: number; refused: number } {
  const counts = { judged: 0, refused: 0 };
  for (const forgery of forgeries) {
    const start = process.cpuUsage();
    const judgement = judgeForgery(world, forgery);
    const isSlow = usedMs(start) > SLOW_MS;
    if (judgement === 'refused') counts.refused++;
    else counts.judged++;
    if (judgement === 'genuine') expect(isUnchanged(forgery, originals), describeForgery(forgery)).to.equal(true);
    // once more, because a collection of garbage is not the input's fault
    if (isSlow) expect(fastest(forgery), describeForgery(forgery)).to.be.below(SLOW_MS);
  }
  return counts;
}

function usedMs(since: NodeJS.CpuUsage): number {
  return process.cpuUsage(since).user / 1_000;
}

function fastest(forgery: Forgery): number {
  const times = Array.from({ length: 3 }, () => {
    const start = process.cpuUsage();
    judgeForgery(world, forgery);
    return usedMs(start);
  });
  return Math.min(...times);
}

describe('a forged proof', () => {
  it('starts from originals that are genuine', () => {
    for (const { bytes, document } of originals) {
      expect(judgeForgery(world, { kind: 'proof', bytes })).to.equal('genuine');
      expect(judgeForgery(world, { kind: 'json', text: JSON.stringify(document) })).to.equal('genuine');
    }
  });

  it('is never genuine with any one bit flipped, in a QR and in a selection', () => {
    for (const flips of [bitFlips(originals[0]!, IS_WHOLE ? 1 : 3), bitFlips(originals[2]!, 5)]) {
      const { judged, refused } = judgeAll(proofs(flips));
      expect(judged).to.be.above(IS_WHOLE ? 100 : 50);
      expect(refused).to.be.above(IS_WHOLE ? 100 : 50);
    }
  });

  it('is never taken for what its holder showed with any one bit of a presentation flipped, nor in its document', () => {
    for (const flips of [bitFlips(presented, IS_WHOLE ? 1 : 6), bitFlips(selected, 7)]) {
      const { judged, refused } = judgeAll(proofs(flips));
      expect(judged).to.be.above(100);
      expect(refused).to.be.above(100);
    }
    expect(judgeAll(documents(presented, bitFlips(presented, 11))).judged).to.be.above(50);
  });

  it('is refused cut anywhere and with any byte more', () => {
    for (const original of originals)
      expect(judgeAll(proofs(lengthChanges(original)))).to.deep.equal({
        judged: 0,
        refused: original.bytes.length + 258,
      });
  });

  it('is never genuine with any item dropped, doubled, moved, emptied or of another kind', () => {
    for (const original of [originals[0]!, originals[1]!, originals[2]!, originals[5]!, presented, selected])
      judgeAll(proofs(itemChanges(original)));
  });

  it('is never genuine with any word of its document dropped, doubled, emptied or of another kind', () => {
    for (const original of [originals[0]!, originals[2]!, presented, selected]) {
      const texts = [...documentChanges(original)];
      expect(texts.length).to.be.above(200);
      for (const text of texts) expect(judgeForgery(world, { kind: 'json', text }), text).not.to.equal('genuine');
    }
  });

  it('is never genuine with an item of another credential, batch, type, issuer or registry', () => {
    const { judged } = judgeAll(proofs(moves(originals)));
    expect(judged).to.be.above(300);
  });

  it(`is never genuine, never crashes and is never slow in ${DRAWS} other ways`, function () {
    this.timeout(120_000);
    const draws = function* (): Generator<Forgery> {
      for (let seed = 0; seed < DRAWS; seed++) yield drawForgery(createDraw(seed), originals);
    };
    const { judged, refused } = judgeAll(draws());
    expect(judged).to.be.above(DRAWS / 10);
    expect(refused).to.be.above(DRAWS / 10);
  });
});
