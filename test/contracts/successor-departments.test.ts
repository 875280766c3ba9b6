import { expect } from 'chai';
import { encodeBytes32String, id, type Signer } from 'ethers';
import {
  anchorFive,
  at,
  ethers,
  inSeconds,
  keyFault,
  keyPurpose,
  networkHelpers,
  signBatch,
  signStatus,
  startOf,
  statusAct,
  toBatch,
  today,
} from './registry.ts';

/** Issuer 1 has ended, and issuer 2 succeeds it. Leaf 0 is suspended, and leaf 3 has a successor, both by issuer 1's status key. */
async function endFirst() {
  const world = await anchorFive();
  const until = (await today()) + 30;
  const suspend = { batch: world.fiveId, act: statusAct.suspend, leaves: 1n, until, reason: 0 };
  await world.as(world.statusKey).postStatus(suspend);
  await world
    .as(world.statusKey)
    .nameSuccessor({ batch: world.fiveId, leaf: 3, successorBatch: world.fiveId, successorLeaf: 4 });
  await world.as(world.governance).endIssuer(1, 2);
  return { ...world, until };
}

/** Issuers 1 to 11, each ended in favour of the next; the last is active. Each but the first two has one status key. */
async function endTen() {
  const world = await anchorFive();
  const keys = (await ethers.getSigners()).slice(10, 19) as Signer[];
  for (const [index, key] of keys.entries()) {
    await world.as(world.governance).admitIssuer(world.otherAdmin, id(`profile ${index + 3}`));
    await world.as(world.otherAdmin).addKey(index + 3, key, keyPurpose.status, 0, 0);
  }
  for (let issuer = 1; issuer <= 10; issuer++) await world.as(world.governance).endIssuer(issuer, issuer + 1);
  return { ...world, keyOf: (issuer: number) => keys[issuer - 3] as Signer };
}

describe('EProofRegistry: successor departments', () => {
  let world: Awaited<ReturnType<typeof endFirst>>;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(endFirst);
  });

  const send = (key: Signer, act: number, leaves: bigint, until = 0) =>
    world.as(key).postStatus({ batch: world.fiveId, act, leaves, until, reason: 0 });
  const notOwn = async (sent: Promise<unknown>, leaf: number) =>
    expect(sent).to.be.revertedWithCustomError(world.registry, 'StatusOfAnotherKey').withArgs(world.fiveId, leaf);
  const keyRefused = async (sent: Promise<unknown>, key: Signer, fault: number) =>
    expect(sent).to.be.revertedWithCustomError(world.registry, 'KeyRefused').withArgs(1, key, fault);

  describe('may', () => {
    for (const by of ['otherKey', 'otherStatusKey'] as const) {
      it(`revoke by its ${by === 'otherKey' ? 'anchor' : 'status'} key, in the name of the batch's issuer`, async () => {
        const time = await inSeconds(60);
        await expect(send(world[by], statusAct.revoke, 0b11n))
          .to.emit(world.registry, 'StatusChanged')
          .withArgs(1, 0, world.fiveId, statusAct.revoke, 0b11n, 0, 0, world[by], time);
        expect((await world.registry.read(world.fiveId)).batches[0].revoked).to.equal(0b11n);
      });

      it(`suspend by its ${by === 'otherKey' ? 'anchor' : 'status'} key, which is recorded`, async () => {
        await send(world[by], statusAct.suspend, 0b10n, world.until);
        const [, record] = await world.registry.readRecords(world.fiveId);
        expect(record.suspension.key).to.equal(await world[by].getAddress());
      });

      it(`name a credential's successor by its ${by === 'otherKey' ? 'anchor' : 'status'} key`, async () => {
        await expect(
          world
            .as(world[by])
            .nameSuccessor({ batch: world.fiveId, leaf: 1, successorBatch: world.fiveId, successorLeaf: 2 }),
        ).to.emit(world.registry, 'SuccessorNamed');
      });
    }

    it('have its message carried', async () => {
      const change = { batch: world.fiveId, act: statusAct.revoke, leaves: 1n, until: 0, reason: 0 };
      const signature = await signStatus(world, { ...change, nonce: 0 }, world.otherStatusKey);
      await expect(world.registry.relayStatus(change, 0, signature)).to.emit(world.registry, 'StatusChanged');
    });

    it('lift and change what its own keys suspended', async () => {
      await send(world.otherStatusKey, statusAct.suspend, 0b110n, world.until);
      await expect(send(world.otherStatusKey, statusAct.reinstate, 0b010n)).to.emit(world.registry, 'StatusChanged');
      await expect(send(world.otherKey, statusAct.suspend, 0b100n, world.until - 1)).to.emit(
        world.registry,
        'StatusChanged',
      );
      await expect(send(world.otherKey, statusAct.reinstate, 0b100n)).to.emit(world.registry, 'StatusChanged');
    });

    it('suspend anew what its predecessor suspended, when that is over', async () => {
      await at(startOf(world.until + 1));
      await expect(send(world.otherStatusKey, statusAct.suspend, 1n)).to.emit(world.registry, 'StatusChanged');
    });

    it('revoke while it is suspended itself', async () => {
      await world.as(world.governance).suspendIssuer(2);
      await expect(send(world.otherKey, statusAct.revoke, 1n)).to.emit(world.registry, 'StatusChanged');
    });
  });

  describe('may not', () => {
    it('lift what its predecessor suspended, nor change its end either way', async () => {
      for (const key of [world.otherKey, world.otherStatusKey]) {
        await notOwn(send(key, statusAct.reinstate, 1n), 0);
        for (const until of [world.until - 1, world.until + 1, 0])
          await notOwn(send(key, statusAct.suspend, 1n, until), 0);
      }
    });

    it('replace a successor that its predecessor named', async () => {
      for (const key of [world.otherKey, world.otherStatusKey]) {
        await expect(
          world.as(key).nameSuccessor({ batch: world.fiveId, leaf: 3, successorBatch: world.fiveId, successorLeaf: 0 }),
        )
          .to.be.revertedWithCustomError(world.registry, 'SuccessionNamed')
          .withArgs(world.fiveId, 3);
      }
    });

    it('move a last valid day, of a credential or of a type', async () => {
      await keyRefused(
        world.as(world.otherKey).extend({ batch: world.fiveId, leaf: 1, validUntil: world.until, reason: 0 }),
        world.otherKey,
        keyFault.unknown,
      );
      const days = { from: world.until, to: world.until, validUntil: world.until };
      await keyRefused(
        world.as(world.otherKey).postNotice({ issuer: 1, credentialType: 1, ...days, law: encodeBytes32String('x') }),
        world.otherKey,
        keyFault.unknown,
      );
    });

    it('anchor in the name of its predecessor', async () => {
      await expect(
        world.registry.anchor([await signBatch(world, toBatch(world), world.otherKey)]),
      ).to.be.revertedWithCustomError(world.registry, 'BatchIssuerNotActive');
    });
  });

  describe('the issuer that has ended', () => {
    it('keeps the power over what its own keys suspended', async () => {
      await expect(send(world.anchorKey, statusAct.reinstate, 1n)).to.emit(world.registry, 'StatusChanged');
    });

    it('has none over what its successor suspended or named', async () => {
      await send(world.otherStatusKey, statusAct.suspend, 0b10n);
      await notOwn(send(world.anchorKey, statusAct.reinstate, 0b10n), 1);
      const naming = { batch: world.fiveId, leaf: 1, successorBatch: world.fiveId };
      await world.as(world.otherStatusKey).nameSuccessor({ ...naming, successorLeaf: 2 });
      await expect(world.as(world.anchorKey).nameSuccessor({ ...naming, successorLeaf: 3 }))
        .to.be.revertedWithCustomError(world.registry, 'SuccessionNamed')
        .withArgs(world.fiveId, 1);
    });
  });

  describe('are only', () => {
    it('those that the governance named when it ended the issuer', async () => {
      const { registry, as, governance, otherKey, fiveId } = await networkHelpers.loadFixture(anchorFive);
      const revoke = () =>
        as(otherKey).postStatus({ batch: fiveId, act: statusAct.revoke, leaves: 1n, until: 0, reason: 0 });
      const isRefused = async () =>
        expect(revoke()).to.be.revertedWithCustomError(registry, 'KeyRefused').withArgs(1, otherKey, keyFault.unknown);
      await isRefused();
      await as(governance).suspendIssuer(1);
      await isRefused();
      await as(governance).endIssuer(1, 0);
      await isRefused();
    });

    it('keys that are valid', async () => {
      const time = await inSeconds(60);
      await world.as(world.otherAdmin).endKey(2, world.otherKey, time + 10);
      await world.as(world.otherAdmin).reportCompromise(2, world.otherStatusKey, time);
      await at(time + 10);
      await keyRefused(send(world.otherKey, statusAct.revoke, 1n), world.otherKey, keyFault.ended);
      await keyRefused(send(world.otherStatusKey, statusAct.revoke, 1n), world.otherStatusKey, keyFault.compromised);
    });

    it('not the predecessors of an issuer', async () => {
      const batch = toBatch(world, { issuer: 2 });
      await world.registry.anchor([await signBatch(world, batch, world.otherKey)]);
      const [{ id: batchId }] = (await world.registry.readPage(2, 0)).batches;
      await expect(
        world
          .as(world.anchorKey)
          .postStatus({ batch: batchId, act: statusAct.revoke, leaves: 1n, until: 0, reason: 0 }),
      )
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(2, world.anchorKey, keyFault.unknown);
    });

    it('the first 8 of a chain', async () => {
      const chain = await networkHelpers.loadFixture(endTen);
      const revoke = (key: Signer, leaves: bigint) =>
        chain.as(key).postStatus({ batch: chain.fiveId, act: statusAct.revoke, leaves, until: 0, reason: 0 });
      for (const [leaf, issuer] of [3, 8, 9].entries())
        await expect(revoke(chain.keyOf(issuer), 1n << BigInt(leaf))).to.emit(chain.registry, 'StatusChanged');
      for (const issuer of [10, 11]) {
        await expect(revoke(chain.keyOf(issuer), 1n << 4n))
          .to.be.revertedWithCustomError(chain.registry, 'KeyRefused')
          .withArgs(1, chain.keyOf(issuer), keyFault.unknown);
      }
    });
  });
});
