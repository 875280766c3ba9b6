import { expect } from 'chai';
import { encodeBytes32String, id, ZeroAddress, ZeroHash } from 'ethers';
import {
  at,
  type Batch,
  deployWorld,
  ethers,
  inSeconds,
  issuerState,
  keyPurpose,
  networkHelpers,
  signBatch,
  statusAct,
  toBatch,
  toBatchId,
  today,
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

  describe('readRecords', () => {
    it('tells everything of a leaf at once, with the time since when each key is not believed', async () => {
      const [batch, next] = toBatches(2) as [Batch, Batch];
      await anchor([next, batch]);
      const [batchId, successorBatch] = [toBatchId(world.domain, batch), toBatchId(world.domain, next)];
      const until = (await today()) + 30;
      const start = await inSeconds(60);
      const change = { batch: batchId, leaves: 1n << 7n, reason: 0 };
      await world.as(world.statusKey).postStatus({ ...change, act: statusAct.suspend, until });
      await at(start + 1);
      await world.as(world.anchorKey).postStatus({ ...change, act: statusAct.reinstate, until: 0 });
      await at(start + 2);
      await world.as(world.statusKey).nameSuccessor({ batch: batchId, leaf: 7, successorBatch, successorLeaf: 255 });
      await at(start + 3);
      await world.as(world.anchorKey).extend({ batch: batchId, leaf: 7, validUntil: 21_000, reason: 0 });
      await world.as(world.admin).reportCompromise(1, world.statusKey, start + 2);
      const [anchorKey, statusKey] = [await world.anchorKey.getAddress(), await world.statusKey.getAddress()];
      expect((await world.registry.readRecords(batchId)).toArray(true)).to.deep.equal([
        [
          7n,
          successorBatch,
          255n,
          [statusKey, BigInt(start + 2), BigInt(start + 2)],
          [statusKey, BigInt(start), BigInt(start + 2)],
          BigInt(until),
          [anchorKey, BigInt(start + 1), 0n],
          21_000n,
          [anchorKey, BigInt(start + 3), 0n],
        ],
      ]);
    });

    it('is all zero where nothing of a kind was recorded', async () => {
      const [batch] = toBatches(1) as [Batch];
      await anchor([batch]);
      const batchId = toBatchId(world.domain, batch);
      await world.as(world.anchorKey).extend({ batch: batchId, leaf: 0, validUntil: 21_000, reason: 0 });
      const [record] = (await world.registry.readRecords(batchId)).toArray(true);
      const nobody = [ZeroAddress, 0n, 0n];
      expect(record.slice(0, 8)).to.deep.equal([0n, ZeroHash, 0n, nobody, nobody, 0n, nobody, 21_000n]);
    });

    it('answers for every leaf of a full batch, by ascending leaf', async () => {
      const [batch] = toBatches(1) as [Batch];
      await anchor([batch]);
      const batchId = toBatchId(world.domain, batch);
      await world
        .as(world.statusKey)
        .postStatus({ batch: batchId, act: statusAct.suspend, leaves: (1n << 256n) - 1n, until: 0, reason: 0 });
      const leaves = (await world.registry.readRecords(batchId)).map(({ leaf }: { leaf: bigint }) => Number(leaf));
      expect(leaves).to.deep.equal(Array.from({ length: 256 }, (_, leaf) => leaf));
    });

    it('is empty for a batch without records, one whose leaves were only revoked, and an unknown one', async () => {
      const [batch] = toBatches(1) as [Batch];
      await anchor([batch]);
      const batchId = toBatchId(world.domain, batch);
      await world
        .as(world.statusKey)
        .postStatus({ batch: batchId, act: statusAct.revoke, leaves: 1n, until: 0, reason: 0 });
      expect(await world.registry.readRecords(batchId)).to.be.empty;
      expect(await world.registry.readRecords(id('nothing'))).to.be.empty;
    });
  });

  describe('readNotices', () => {
    const notice = { issuer: 1, credentialType: 1, from: 1, to: 2, validUntil: 3, law: encodeBytes32String('x') };

    it('is counted in the type of a page, withdrawn notices too', async () => {
      await anchor(toBatches(1));
      await world.as(world.anchorKey).postNotice(notice);
      await world.as(world.anchorKey).postNotice(notice);
      await world.as(world.admin).withdrawNotice(1, 1, 0);
      const [type] = (await world.registry.readPage(1, 0)).types;
      expect(type.noticeCount).to.equal(2n);
      expect(await world.registry.readNotices(1, 1)).to.have.length(2);
    });

    it('says since when the key is not believed', async () => {
      const time = await inSeconds(60);
      await world.as(world.anchorKey).postNotice(notice);
      await world.as(world.admin).reportCompromise(1, world.anchorKey, time);
      const [{ posted }] = await world.registry.readNotices(1, 1);
      expect(posted.toArray()).to.deep.equal([await world.anchorKey.getAddress(), BigInt(time), BigInt(time)]);
    });

    it('is empty for a type without notices, and for an unknown type or issuer', async () => {
      for (const [issuer, type] of [
        [1, 1],
        [1, 9],
        [9, 1],
      ])
        expect(await world.registry.readNotices(issuer, type)).to.be.empty;
    });
  });

  describe('readKeys', () => {
    it('tells of each address whose key it is, in the order asked, twice where it is asked twice', async () => {
      const time = await inSeconds(60);
      await world.as(world.admin).addKey(1, world.stranger, keyPurpose.status, time + 10, time + 20);
      await world.as(world.admin).reportCompromise(1, world.stranger, 5);
      const addresses = await Promise.all(
        [world.otherKey, world.stranger, world.carrier, world.otherKey].map((signer) => signer.getAddress()),
      );
      const [other, stranger, carrier] = addresses as [string, string, string, string];
      const found = (await world.registry.readKeys(addresses)).toArray(true);
      expect(found[1]).to.deep.equal([1n, [3n, stranger, 2n, BigInt(time + 10), BigInt(time + 20), 5n]]);
      expect(found[2]).to.deep.equal([0n, [0n, carrier, 0n, 0n, 0n, 0n]]);
      expect(found[0].slice(0, 1).concat(found[0][1].slice(0, 3))).to.deep.equal([2n, 1n, other, 1n]);
      expect(found[3]).to.deep.equal(found[0]);
    });

    it('is empty where nothing is asked', async () => {
      expect(await world.registry.readKeys([])).to.be.empty;
    });
  });

  describe('the bytes of an answer', () => {
    const wordsOf = async (method: string, args: unknown[]): Promise<bigint[]> => {
      const data = world.registry.interface.encodeFunctionData(method, args);
      const answer = await world.carrier.call({ to: await world.registry.getAddress(), data });
      return (answer.slice(2).match(/.{64}/g) ?? []).map((word) => BigInt(`0x${word}`));
    };
    const big = async (signer: { getAddress(): Promise<string> }) => BigInt(await signer.getAddress());

    // a reader that knows no ABI counts words: what stands where is a promise of its own
    it('have 4 words a type, 6 a key, 11 a batch, 17 a leaf, 8 a notice and 7 a key that was asked for', async () => {
      const [batch] = toBatches(1) as [Batch];
      await anchor([{ ...batch, size: 200 }]);
      const batchId = toBatchId(world.domain, { ...batch, size: 200 });
      const until = (await today()) + 30;
      await world
        .as(world.statusKey)
        .postStatus({ batch: batchId, act: statusAct.revoke, leaves: 1n, until: 0, reason: 0 });
      await world
        .as(world.statusKey)
        .postStatus({ batch: batchId, act: statusAct.suspend, leaves: 2n, until, reason: 0 });
      const suspendedAt = BigInt(await networkHelpers.time.latest());
      await world.as(world.admin).endorseBatch(1, batchId);
      await world.as(world.anchorKey).postNotice({
        issuer: 1,
        credentialType: 1,
        from: 5,
        to: 6,
        validUntil: 7,
        law: encodeBytes32String('law'),
      });
      const [anchorKey, statusKey] = [await big(world.anchorKey), await big(world.statusKey)];
      const reading = await world.registry.readPage(1, 0);
      const [{ validFrom }] = reading.getValue('keys');
      const [{ anchoredAt }] = reading.batches;

      const page = await wordsOf('readPage', [1, 0]);
      expect(page[0]).to.equal(0x20n);
      expect(page.slice(10, 13)).to.deep.equal([0x180n, 0x180n + 5n * 32n, 0x180n + 12n * 32n]);
      expect(page.slice(13)).to.deep.equal([
        ...[1n, 1n, BigInt(world.definition), 1n, 1n],
        ...[1n, 1n, anchorKey, 1n, validFrom, 0n, 0n],
        ...[1n, BigInt(batchId), 0n, 1n, 200n, 1n, anchoredAt, 1n, 0n, 1n, 2n, 2n],
      ]);
      expect(await wordsOf('readRecords', [batchId])).to.deep.equal([
        ...[0x20n, 1n],
        ...[1n, 0n, 0n, 0n, 0n, 0n, statusKey, suspendedAt, 0n, BigInt(until), 0n, 0n, 0n, 0n, 0n, 0n, 0n],
      ]);
      const [posted] = await world.registry.readNotices(1, 1);
      expect(await wordsOf('readNotices', [1, 1])).to.deep.equal([
        ...[0x20n, 1n],
        ...[5n, 6n, 7n, BigInt(encodeBytes32String('law')), anchorKey, posted.posted.time, 0n, 0n],
      ]);
      expect(await wordsOf('readKeys', [[await world.anchorKey.getAddress()]])).to.deep.equal([
        ...[0x20n, 1n],
        ...[1n, 1n, anchorKey, 1n, validFrom, 0n, 0n],
      ]);
    });
  });
});
