import { expect } from 'chai';
import { id } from 'ethers';
import {
  type Batch,
  deployWorld,
  ethers,
  issuerState,
  keyPurpose,
  networkHelpers,
  signBatch,
  statusAct,
  toBatch,
  toBatchId,
  typeState,
  type World,
} from './registry.ts';

describe('EProofRegistry: reading', () => {
  let world: World;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(deployWorld);
  });

  const toBatches = (count: number, from = 0): Batch[] =>
    Array.from({ length: count }, (_, index) => toBatch(world, { root: id(`root ${from + index}`) }));
  const anchor = async (batches: Batch[]) =>
    world.registry.anchor(await Promise.all(batches.map((batch) => signBatch(world, batch))));

  describe('readPage', () => {
    it('names the chain and the block that it was read from', async () => {
      const latest = await ethers.provider.getBlock('latest');
      const reading = await world.registry.readPage(1, 0, { blockTag: latest!.number });
      expect(reading.chainId).to.equal(world.domain.chainId);
      expect(reading.blockNumber).to.equal(BigInt(latest!.number));
      expect(reading.blockTime).to.equal(BigInt(latest!.timestamp));
      expect(reading.parentHash).to.equal(latest!.parentHash);
    });

    it('names the issuer', async () => {
      const reading = await world.registry.readPage(2, 0);
      expect(reading.issuer).to.equal(2n);
      expect(reading.issuerState).to.equal(BigInt(issuerState.active));
      expect(reading.successor).to.equal(0n);
      expect(reading.profile).to.equal(id('profile 2'));
      expect(reading.batchCount).to.equal(0n);
    });

    it('puts batch n into page n / 64 at place n % 64', async () => {
      const batches = toBatches(130);
      await anchor(batches.slice(0, 65));
      await anchor(batches.slice(65));
      const ids = batches.map((batch) => toBatchId(world.domain, batch));
      for (const [page, expected] of [
        [0, ids.slice(0, 64)],
        [1, ids.slice(64, 128)],
        [2, ids.slice(128)],
      ] as const) {
        const reading = await world.registry.readPage(1, page);
        expect(reading.batches.map((batch: { id: string }) => batch.id)).to.deep.equal(expected);
        expect(reading.batches[0].number).to.equal(BigInt(page * 64));
        expect(reading.batchCount).to.equal(130n);
      }
      const events = await world.registry.queryFilter(world.registry.filters.BatchAnchored!(1, 2));
      expect(events).to.have.length(2);
    });

    it('answers a page beyond the last, the very last page number too, without batches', async () => {
      await anchor(toBatches(1));
      for (const page of [1, 0xffff_ffff]) {
        const reading = await world.registry.readPage(1, page);
        expect(reading.batches).to.be.empty;
        expect(reading.batchCount).to.equal(1n);
      }
    });

    it('answers for an unknown issuer with the state none', async () => {
      const reading = await world.registry.readPage(99, 0);
      expect(reading.issuer).to.equal(99n);
      expect(reading.issuerState).to.equal(BigInt(issuerState.none));
      expect(reading.batches).to.be.empty;
      expect(reading.types).to.be.empty;
      expect(reading.getValue('keys')).to.be.empty;
    });

    it('gives each type and key once, in the order of first use', async () => {
      await world.as(world.admin).addKey(1, world.stranger, keyPurpose.anchor, 0, 0);
      const [first, second, third] = toBatches(3) as [Batch, Batch, Batch];
      second.credentialType = world.secondDefinition;
      await world.registry.anchor([
        await signBatch(world, second, world.stranger),
        await signBatch(world, first),
        await signBatch(world, third),
      ]);
      await world.as(world.admin).closeCredentialType(1, 2);
      const reading = await world.registry.readPage(1, 0);
      expect(reading.types.map((type: { toArray(): unknown[] }) => type.toArray())).to.deep.equal([
        [2n, world.secondDefinition, BigInt(typeState.closed), 0n],
        [1n, world.definition, BigInt(typeState.open), 0n],
      ]);
      const keys = reading.getValue('keys').map(({ number, key }: { number: bigint; key: string }) => [number, key]);
      expect(keys).to.deep.equal([
        [3n, await world.stranger.getAddress()],
        [1n, await world.anchorKey.getAddress()],
      ]);
      expect(
        reading.batches.map(({ credentialType, key }: { credentialType: bigint; key: bigint }) => [
          credentialType,
          key,
        ]),
      ).to.deep.equal([
        [2n, 3n],
        [1n, 1n],
        [1n, 1n],
      ]);
    });
  });

  describe('read', () => {
    it('gives one batch with everything that became of it', async () => {
      const [batch, next] = toBatches(2) as [Batch, Batch];
      batch.size = 5;
      await anchor([next, batch]);
      const anchoredAt = (await ethers.provider.getBlock('latest'))!.timestamp;
      const batchId = toBatchId(world.domain, batch);
      await world
        .as(world.statusKey)
        .postStatus({ batch: batchId, act: statusAct.revoke, leaves: 0b1n, until: 0, reason: 1 });
      await world
        .as(world.statusKey)
        .postStatus({ batch: batchId, act: statusAct.suspend, leaves: 0b10n, until: 0, reason: 1 });
      await world
        .as(world.statusKey)
        .nameSuccessor({ batch: batchId, leaf: 2, successorBatch: toBatchId(world.domain, next), successorLeaf: 0 });
      const reading = await world.registry.read(batchId);
      expect(reading.issuer).to.equal(1n);
      expect(reading.batchCount).to.equal(2n);
      expect(reading.batches.toArray(true)).to.deep.equal([
        [batchId, 1n, 1n, 5n, 1n, BigInt(anchoredAt), 0n, false, 0b1n, 0b10n, 0b110n],
      ]);
    });

    it('gives the same as the page does', async () => {
      const batches = toBatches(66);
      await anchor(batches);
      const page = await world.registry.readPage(1, 1);
      const one = await world.registry.read(toBatchId(world.domain, batches[65]!));
      expect(one.batches[0].toArray()).to.deep.equal(page.batches[1].toArray());
      expect(one.types.toArray(true)).to.deep.equal(page.types.toArray(true));
      expect(one.getValue('keys').toArray(true)).to.deep.equal(page.getValue('keys').toArray(true));
    });

    it('answers for an unknown batch with no issuer and no batches', async () => {
      const reading = await world.registry.read(id('nothing'));
      expect(reading.issuer).to.equal(0n);
      expect(reading.issuerState).to.equal(BigInt(issuerState.none));
      expect(reading.batches).to.be.empty;
      expect(reading.chainId).to.equal(world.domain.chainId);
    });
  });
});
