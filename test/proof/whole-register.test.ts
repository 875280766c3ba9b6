import { expect } from 'chai';
import type { Post } from '../../proof/nodes.ts';
import { readWholeRegister } from '../../proof/whole-register.ts';
import { createDepartment, toTrust } from '../verifier-web/department.ts';
import { createFakeChain, type FakeNode, startNode } from '../verifier-web/fake-chain.ts';
import { RESTAURANT } from '../verifier-web/world.ts';

const post: Post = async (url, body) => (await fetch(url, { method: 'POST', body })).text();

describe('the whole register', () => {
  const chain = createFakeChain();
  const food = createDepartment(chain, 7, 'FEHD-GRL');
  const departments = [food, createDepartment(chain, 3, 'TD-DL')];
  let nodes: FakeNode[];

  before(async () => {
    nodes = [await startNode(chain), await startNode(chain)];
    const { batch } = food.issue(RESTAURANT, {});
    for (let number = 1; number < 130; number++)
      food.onChain.batches.push({ ...batch, id: `0x${String(number).padStart(64, '0')}`, number });
  });

  after(() => Promise.all(nodes.map((node) => node.close())));

  const registry = () => {
    const urls = nodes.map(({ url }) => url);
    const [only] = toTrust(chain, departments, { nodes: urls, agree: 2, verifiers: [] }).registries;
    return only!;
  };

  it('is every page of every issuer that has issued, each told with how many its issuer has', async () => {
    const told: [number, number, number][] = [];
    const pages = await readWholeRegister(registry(), post, ({ issuer, page }, count) =>
      told.push([issuer, page, count]),
    );
    if ('failure' in pages) throw new Error(pages.failure);
    expect(pages.map(({ issuer, page, agreed }) => [issuer, page, agreed])).to.deep.equal([
      [7, 0, 2],
      [7, 1, 2],
      [7, 2, 2],
    ]);
    expect(told).to.deep.equal([
      [7, 0, 3],
      [7, 1, 3],
      [7, 2, 3],
    ]);
  });

  it('is none where one page of it could not be read', async () => {
    const [, second] = nodes;
    let calls = 0;
    second!.lie = (method, result) => (method === 'eth_call' && ++calls > 3 ? '0x12' : result);
    const read = await readWholeRegister(registry(), post);
    second!.lie = null;
    expect(read).to.deep.include({ failure: 'NODE_ANSWER_INVALID' });
  });

  it('is not read on when whoever is told wants no more', async () => {
    const enough = new Error('enough');
    let count = 0;
    const reading = readWholeRegister(registry(), post, () => {
      if (++count === 2) throw enough;
    });
    expect(await reading.catch((error: unknown) => error)).to.equal(enough);
    expect(count).to.equal(2);
  });
});
