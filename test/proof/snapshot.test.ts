import { expect } from 'chai';
import { type Post, readRegistry } from '../../proof/nodes.ts';
import { encodeProof, type Proof } from '../../proof/proof.ts';
import { toQrText } from '../../proof/qr-text.ts';
import {
  decodeSnapshot,
  encodeSnapshot,
  type Snapshot,
  type SnapshotPage,
  toSnapshotPage,
} from '../../proof/snapshot.ts';
import { verifyQrText } from '../../proof/verification.ts';
import { toQrProof } from '../../scripts/vectors/issuing.ts';
import { createWorld, NOW, VERIFIER } from '../../scripts/vectors/world.ts';
import { expectRefusal } from './refusal.ts';

const world = createWorld();
const registry = world.trust.registries[0]!;
const silent: Post = async (url) => {
  throw new Error(`${url}: no connection`);
};

async function keepPage(issuer: number, page: number): Promise<SnapshotPage> {
  const question = { registry, issuer, batch: null, locator: page * 64 };
  const reading = await readRegistry(question, world.post);
  if ('failure' in reading) throw new Error(reading.detail);
  return toSnapshotPage(question, reading);
}

const pages = await Promise.all([keepPage(1, 0), keepPage(1, 1), keepPage(2, 0)]);
const snapshot = decodeSnapshot(encodeSnapshot({ pages }));
const { time } = pages[0]!.block;

const judge = (proof: Proof, change: { snapshot?: Snapshot | undefined; now?: number; post?: Post } = {}) => {
  const { now = NOW, post = silent } = change;
  const kept = 'snapshot' in change ? change.snapshot : snapshot;
  return verifyQrText(toQrText(VERIFIER, encodeProof(proof)), { ...world, post, snapshot: kept, now: () => now });
};
const codeOf = (verdict: Awaited<ReturnType<typeof judge>>, name: string) =>
  verdict.checks.find((check) => check.name === name)?.code;

describe('a snapshot', () => {
  const qr = world.proofs.standings.map(toQrProof);

  it('gives every standing without a network, as of its block', async () => {
    for (const proof of [...qr, ...world.proofs.acts, ...world.proofs.noticed].map(toQrProof)) {
      const [offline, online] = await Promise.all([judge(proof), judge(proof, { post: world.post })]);
      expect(offline.genuine).to.equal('genuine');
      expect(offline.standing?.code).to.equal(online.standing?.code);
      expect(codeOf(offline, 'status')).to.equal('STATUS_AS_OF');
      expect(offline.checked).to.deep.include({ isSnapshot: true, agreed: 3 });
      expect(online.checked?.isSnapshot).to.equal(false);
    }
  });

  it('says of what is older than its limit only since when nothing is known, and what is for ever', async () => {
    const late = { now: time + world.trust.maxSnapshotAgeSeconds + 1 };
    expect((await judge(qr[0]!, { now: late.now - 1 })).standing?.code).to.equal('in-force');
    expect(await judge(qr[0]!, late)).to.deep.include({
      genuine: 'genuine',
      standing: { code: 'not-known', since: time },
    });
    expect((await judge(qr[1]!, late)).standing?.code).to.equal('revoked');
    for (const proof of qr.slice(2, 10)) expect((await judge(proof, late)).standing?.code).to.equal('not-known');
  });

  it('still tells a forgery from a genuine one, however old it is', async () => {
    const forged = { ...qr[0]!, signature: world.proofs.ended.signature };
    for (const now of [NOW, NOW + 86_400 * 3_650]) {
      expect((await judge(forged, { now })).genuine).to.equal('not-genuine');
      expect((await judge(toQrProof(world.proofs.afterCompromise), { now })).genuine).to.equal('not-genuine');
    }
  });

  it('holds nothing against what it does not have: that may have been anchored later', async () => {
    for (const [proof, kept] of [
      [qr[0]!, { pages: [] }],
      [qr[0]!, { pages: pages.slice(1) }],
      [toQrProof(world.proofs.unanchored), snapshot],
      [toQrProof(world.proofs.elsewhere), snapshot],
    ] as const) {
      const verdict = await judge(proof, { snapshot: kept });
      expect(verdict.genuine).to.equal('could-not-be-checked');
      expect(codeOf(verdict, 'registry')).to.equal('NODES_UNREACHABLE');
      expect(codeOf(verdict, 'anchor')).to.equal('NOT_REACHED');
    }
  });

  it('is found without the place of the batch, too', async () => {
    expect((await judge({ ...qr[0]!, locator: null })).genuine).to.equal('genuine');
    expect((await judge({ ...toQrProof(world.proofs.second), locator: null })).genuine).to.equal('genuine');
  });

  it('gives the newest of several answers', async () => {
    const older = {
      ...pages[0]!,
      answers: { ...pages[0]!.answers, page: '0x' },
      block: { ...pages[0]!.block, number: 1 },
    };
    expect((await judge(qr[0]!, { snapshot: { pages: [older, pages[0]!] } })).genuine).to.equal('genuine');
  });

  it('is asked only where no node can be reached', async () => {
    const garbage: Post = async () => '[]';
    const verdict = await judge(qr[0]!, { post: garbage });
    expect(verdict.genuine).to.equal('could-not-be-checked');
    expect(codeOf(verdict, 'registry')).to.equal('NODE_ANSWER_INVALID');
  });

  it('with answers that are none could not be checked', async () => {
    const page = pages[0]!;
    const spoilt: SnapshotPage[] = [
      { ...page, answers: { ...page.answers, page: '0x' } },
      { ...page, answers: { ...page.answers, records: {} } },
      { ...page, block: { ...page.block, time: page.block.time + 1 } },
      { ...page, answers: { ...page.answers, page: pages[2]!.answers.page } },
    ];
    for (const kept of spoilt) {
      const verdict = await judge(qr[1]!, { snapshot: { pages: [kept] } });
      expect(verdict.genuine).to.equal('could-not-be-checked');
      expect(codeOf(verdict, 'registry')).to.equal('NODE_ANSWER_INVALID');
    }
  });

  it('shows that the clock is wrong where it comes from the future', async () => {
    const early = await judge(qr[0]!, { now: time - world.trust.maxBlockAgeSeconds - 1 });
    expect(early.genuine).to.equal('could-not-be-checked');
    expect(codeOf(early, 'registry')).to.equal('NODE_STALE');
  });

  it('is refused where it is something else', () => {
    const text = encodeSnapshot({ pages: [pages[2]!] });
    const wrong: Record<string, (file: { format: string; pages: Record<string, unknown>[] }) => unknown> = {
      'another format': (file) => Object.assign(file, { format: 'x' }),
      'no pages': (file) => Object.assign(file, { pages: 1 }),
      'a page that is none': (file) => file.pages.push(1 as never),
      'no block': (file) => delete file.pages[0]!.block,
      'a block without a hash': (file) => Object.assign(file.pages[0]!, { block: { number: 1, time: 1 } }),
      'a number below zero': (file) => Object.assign(file.pages[0]!, { issuer: -1 }),
      'an address in words': (file) => Object.assign(file.pages[0]!, { address: 'here' }),
      'no answers': (file) => delete file.pages[0]!.answers,
      'answers that are no hex': (file) =>
        Object.assign(file.pages[0]!, { answers: { page: '0xZZ', records: {}, notices: {} } }),
      'records that are no table': (file) =>
        Object.assign(file.pages[0]!, { answers: { page: '0x', records: [], notices: {} } }),
    };
    for (const change of Object.values(wrong)) {
      const file = JSON.parse(text);
      change(file);
      expectRefusal('SNAPSHOT_INVALID', () => decodeSnapshot(JSON.stringify(file)));
    }
    for (const other of ['', '[]', '{', text.replace('"pages"', '"format":1,"pages"')])
      expectRefusal('SNAPSHOT_INVALID', () => decodeSnapshot(other));
  });
});
