import { expect } from 'chai';
import { toHex } from '../../proof/bytes.ts';
import { decodePageReading, encodeReadPage } from '../../proof/reading.ts';
import { rpcOf } from '../scripts/local/chain-client.ts';
import { departmentSystem, type View } from './department-system.ts';
import type { Demo } from './running.ts';

export async function allCredentials(demo: Demo): Promise<View[]> {
  const lists = await Promise.all(demo.departments.map(({ id }) => departmentSystem(demo, id).list()));
  return lists.flat();
}

/** Every credential is final, in a leaf of its own; and the chain has just their batches, each as full as its size says. */
export async function expectAllFinalOnce(demo: Demo): Promise<void> {
  const views = await allCredentials(demo);
  expect(views.filter(({ state, pendingChange }) => state !== 'final' || pendingChange !== null)).to.deep.equal([]);
  expect(new Set(views.map(({ id }) => id)).size).to.equal(views.length);
  expect(new Set(views.map(({ batch }) => `${batch?.id} ${batch?.index}`)).size).to.equal(views.length);
  const inService = Map.groupBy(views, ({ batch }) => batch?.id);
  const onChain = await batchesOnChain(demo);
  expect(onChain.map(({ id }) => id).toSorted()).to.deep.equal([...inService.keys()].toSorted());
  for (const { id, size } of onChain) expect(inService.get(id)).to.have.length(size);
}

async function batchesOnChain(demo: Demo): Promise<{ id: string; size: number }[]> {
  const pages = await Promise.all(
    demo.departments.map(async ({ id }) => {
      const data = encodeReadPage(await departmentSystem(demo, id).issuerNumber(), 0);
      const page = decodePageReading(await rpcOf(demo.rpc)('eth_call', { to: demo.registry, data }, 'latest'));
      expect(page.batchCount, 'all on the first page').to.equal(page.batches.length);
      return page.batches;
    }),
  );
  return pages.flat().map(({ id, size }) => ({ id: `0x${toHex(id)}`, size }));
}
