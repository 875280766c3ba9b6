import { expect } from 'chai';
import { toHex } from '../../proof/bytes.ts';
import type { Json } from '../../proof/json.ts';
import {
  type Post,
  type Question,
  type ReadingFailure,
  type RegistryReading,
  readRegistry,
} from '../../proof/nodes.ts';
import { createNode, createPost, type NodeModel } from '../../scripts/vectors/node.ts';
import { createWorld } from '../../scripts/vectors/world.ts';

const world = createWorld({ batches: 0 });
const { registry, proofs, idOf } = world;
const trusted = world.trust.registries[0]!;
const [A, B, C] = trusted.nodes as [string, string, string];
const revoked = proofs.standings[1]!;
const question: Question = { registry: trusted, issuer: 1, batch: idOf(revoked), locator: revoked.locator };
const newest = registry.blocks.at(-1)!;
const truth = createNode(registry);
const behind = (blocks: number) => createNode(registry, blocks);
const answering =
  (change: (method: string, truth: Json) => Json): NodeModel =>
  (request) =>
    change(request.method, truth(request));
const ask = (nodes: Record<string, NodeModel>, change: Partial<Question> = {}) =>
  readRegistry({ ...question, ...change }, createPost(nodes));

function asReading(answer: RegistryReading | ReadingFailure): RegistryReading {
  if ('failure' in answer) throw new Error(`${answer.failure}: ${answer.detail}`);
  return answer;
}
async function failureOf(answer: Promise<RegistryReading | ReadingFailure>): Promise<ReadingFailure> {
  const given = await answer;
  if ('failure' in given) return given;
  throw new Error('the nodes agreed');
}

describe('reading the registry', () => {
  it('gives what all nodes say of the newest block', async () => {
    const reading = asReading(await ask({ [A]: truth, [B]: truth, [C]: truth }));
    expect(reading).to.deep.include({
      agreed: 3,
      block: { number: newest.number, hash: newest.hash, time: newest.time },
    });
    expect(reading.page).to.deep.equal(registry.readPage(newest, 1, 0));
    expect(reading.events?.map(({ act }) => act)).to.include.members(['revoke', 'suspend', 'succeed']);
  });

  it('asks for a page where it knows the place, so that no node learns which batch it is about', async () => {
    const bodies: string[] = [];
    const post: Post = (url, body) => {
      bodies.push(body);
      return createPost({ [A]: truth, [B]: truth, [C]: truth })(url, body);
    };
    const inForce = { ...question, batch: idOf(proofs.beforeCompromise), locator: proofs.beforeCompromise.locator };
    asReading(await readRegistry(inForce, post));
    expect(bodies.join()).not.to.contain(toHex(inForce.batch));
    asReading(await readRegistry({ ...inForce, locator: null }, post));
    expect(bodies.join()).to.contain(toHex(inForce.batch));
  });

  it('asks the same of every batch of eight, so that no node learns of which one a status is looked up', async () => {
    const bodiesOf = async (batch: Uint8Array, locator: number | null) => {
      const bodies: string[] = [];
      const post: Post = (url, body) => {
        bodies.push(body);
        return createPost({ [A]: truth, [B]: truth, [C]: truth })(url, body);
      };
      asReading(await readRegistry({ ...question, batch, locator }, post));
      return bodies.join();
    };
    const { batches } = registry.readPage(newest, 1, 0);
    const amended = batches.filter((batch) => batch.amended !== 0n);
    const asked = await Promise.all(amended.map(({ id, number }) => bodiesOf(id, number)));
    const groupOf = (number: number) => Math.floor(number / 8);
    const namedIn = (bodies: string) =>
      batches.filter(({ id }) => bodies.includes(toHex(id))).map(({ number }) => number);
    for (const [i, bodies] of asked.entries()) {
      const group = batches.filter(({ number }) => groupOf(number) === groupOf(amended[i]?.number as number));
      expect(group).to.have.length.above(1);
      expect(namedIn(bodies)).to.deep.equal(group.map(({ number }) => number));
    }
    expect(namedIn(await bodiesOf(amended[0]?.id as Uint8Array, null))).to.deep.equal([amended[0]?.number]);
  });

  it('reads one batch by its id where it does not know the place', async () => {
    const reading = asReading(await ask({ [A]: truth, [B]: truth }, { locator: null }));
    expect(reading.page.batches).to.have.length(1);
    const nothing = asReading(await ask({ [A]: truth, [B]: truth }, { locator: null, batch: new Uint8Array(32) }));
    expect(nothing.page.batches).to.deep.equal([]);
  });

  it('reads an empty page beyond the last', async () => {
    const reading = asReading(await ask({ [A]: truth, [B]: truth }, { locator: 6_400 }));
    expect(reading.page.batches).to.deep.equal([]);
  });

  it('reads the records of a batch that has some', async () => {
    const reading = asReading(await ask({ [A]: truth, [B]: truth, [C]: truth }));
    expect(reading.records).to.deep.equal(registry.readRecords(newest, question.batch as Uint8Array));
    expect(reading.records.map(({ leaf }) => leaf)).to.deep.equal([2, 3, 8, 10, 11, 12]);
  });

  it('reads the notices of a type that has some', async () => {
    const [moved] = proofs.noticed;
    const noticed = { batch: idOf(moved!, world.kinds.plain), locator: moved!.locator };
    const reading = asReading(await ask({ [A]: truth, [B]: truth, [C]: truth }, noticed));
    expect(reading.notices).to.deep.equal(registry.readNotices(newest, 1, 3));
    expect(reading.notices.map(({ law }) => law)).to.deep.equal([
      'L.N. 95 of 2022',
      'withdrawn',
      'stolen',
      '第一號',
      null,
    ]);
  });

  it('asks about the keys behind the events only where the history is asked for', async () => {
    const acts = { batch: idOf(proofs.acts[0]!), locator: proofs.acts[0]!.locator };
    expect(asReading(await ask({ [A]: truth, [B]: truth }, acts)).eventKeys).to.equal(null);
    const { eventKeys } = asReading(await ask({ [A]: truth, [B]: truth }, { ...acts, history: true }));
    expect(eventKeys?.map(({ address }) => address)).to.deep.equal([
      world.keys.anchor.address,
      world.keys.compromised.address,
    ]);
    expect(eventKeys?.[1]?.invalidFrom).to.be.above(0);
  });

  it('reads the records and notices of every batch of a page where it is asked about none', async () => {
    const whole = asReading(await ask({ [A]: truth, [B]: truth }, { batch: null }));
    const amended = registry.readPage(newest, 1, 0).batches.filter((batch) => batch.amended !== 0n);
    expect(Object.keys(whole.answers.records)).to.have.members(amended.map(({ id }) => toHex(id)));
    expect(Object.keys(whole.answers.notices)).to.deep.equal(['3']);
    expect(whole.events).to.deep.equal([]);
  });

  it('reads below the newest block for those who wait', async () => {
    const reading = asReading(await ask({ [A]: truth, [B]: truth }, { depth: 5 }));
    expect(reading.block.number).to.equal(newest.number - 5);
    expect(asReading(await ask({ [A]: truth, [B]: truth }, { depth: newest.number })).block.number).to.equal(0);
  });

  it('takes the newest block that enough nodes have', async () => {
    const two = asReading(await ask({ [A]: truth, [B]: behind(1), [C]: behind(4) }));
    expect(two).to.deep.include({ agreed: 2 });
    expect(two.block.number).to.equal(newest.number - 1);
    const all = asReading(
      await ask({ [A]: truth, [B]: behind(1), [C]: behind(4) }, { registry: { ...trusted, agree: 3 } }),
    );
    expect(all.block.number).to.equal(newest.number - 4);
  });

  it('is not kept from reading by a node that claims blocks which do not exist', async () => {
    const liar = answering((method, result) =>
      method === 'eth_blockNumber' ? '0xffffffff' : method === 'eth_chainId' ? result : null,
    );
    const reading = asReading(await ask({ [A]: liar, [B]: truth, [C]: behind(1) }));
    expect(reading.block.number).to.equal(newest.number - 1);
  });

  it('is not kept from reading by a node that says something else of the newest block', async () => {
    const liar = answering((method, result) =>
      method === 'eth_getBlockByNumber' ? { ...(result as object), hash: `0x${'0'.repeat(64)}` } : result,
    );
    const reading = asReading(await ask({ [A]: liar, [B]: truth, [C]: behind(1) }));
    expect(reading).to.deep.include({ agreed: 2 });
  });

  it('does without nodes that do not answer, as long as there are enough', async () => {
    expect(asReading(await ask({ [A]: truth, [C]: truth })).agreed).to.equal(2);
    expect(await failureOf(ask({ [A]: truth }))).to.deep.equal({
      failure: 'NODES_UNREACHABLE',
      detail: `${B}: no connection; ${C}: no connection`,
    });
  });

  it('counts a node that is listed twice once', async () => {
    const twice = { ...trusted, nodes: [A, A], agree: 2 };
    expect(await failureOf(ask({ [A]: truth }, { registry: twice }))).to.deep.equal({
      failure: 'NODES_UNREACHABLE',
      detail: 'there are too few nodes to ask',
    });
  });

  it('has no answer where two answers have enough nodes behind them', async () => {
    const four = { ...trusted, nodes: [A, B, C, 'https://e.example/'], agree: 2 };
    const liar = answering((method, result) =>
      method === 'eth_getBlockByNumber' ? { ...(result as object), hash: `0x${'0'.repeat(64)}` } : result,
    );
    for (const nodes of [
      { [A]: truth, [B]: truth, [C]: liar, 'https://e.example/': liar },
      { [A]: liar, [B]: truth, [C]: liar, 'https://e.example/': truth },
    ])
      expect((await failureOf(ask(nodes, { registry: four }))).failure).to.equal('NODES_DISAGREE');
  });

  it('says the gravest of several failures, and what each node did', async () => {
    const otherChain = answering((method, result) => (method === 'eth_chainId' ? '0x1' : result));
    const otherCode = answering((method, result) => (method === 'eth_getProof' ? { codeHash: '0x00' } : result));
    expect(await failureOf(ask({ [A]: otherChain }))).to.deep.equal({
      failure: 'NODE_WRONG_CHAIN',
      detail: `${A}: is a node of another chain; ${B}: no connection; ${C}: no connection`,
    });
    expect((await failureOf(ask({ [A]: otherCode, [B]: otherCode, [C]: truth }))).failure).to.equal(
      'NODE_WRONG_REGISTRY',
    );
  });

  it('takes capitals for the same answer', async () => {
    const loud = answering((method, result) =>
      method === 'eth_call' && typeof result === 'string' ? `0x${result.slice(2).toUpperCase()}` : result,
    );
    expect(asReading(await ask({ [A]: loud, [B]: truth })).agreed).to.equal(2);
  });

  it('reads a page whose events are more than a document may have characters', async () => {
    const talkative = answering((method, result) =>
      method === 'eth_getLogs' ? Array.from({ length: 40 }, () => result as Json[]).flat() : result,
    );
    const reading = asReading(await ask({ [A]: talkative, [B]: talkative }));
    expect(reading.events).to.have.length(40 * registry.logs(newest, []).length);
  });

  it('does without events that the nodes do not give or agree on', async () => {
    const silent = answering((method, result) => (method === 'eth_getLogs' ? null : result));
    const inventive = answering((method, result) => (method === 'eth_getLogs' ? [] : result));
    for (const nodes of [
      { [A]: silent, [B]: silent },
      { [A]: truth, [B]: inventive },
      { [A]: truth, [B]: silent },
    ]) {
      const reading = asReading(await ask(nodes));
      expect(reading).to.deep.include({ agreed: 2, events: null });
    }
    expect(asReading(await ask({ [A]: truth, [B]: silent, [C]: truth })).events).not.to.equal(null);
  });

  it('does not take a mistake in the program for a silent node', async () => {
    const broken = { ...question, batch: null };
    let error: unknown;
    await readRegistry({ ...broken, locator: null }, createPost({ [A]: truth, [B]: truth })).catch(
      (reason: unknown) => {
        error = reason;
      },
    );
    expect(error).to.be.instanceOf(TypeError);
  });
});
