import { expect } from 'chai';
import { id } from 'ethers';
import {
  type Amendment,
  anchorFive,
  inSeconds,
  keyFault,
  networkHelpers,
  signAmendment,
  signBatch,
  toBatch,
  toBatchId,
  toHighS,
} from './registry.ts';

async function anchorSuccessors() {
  const world = await anchorFive();
  const next = toBatch(world, { root: id('next'), size: 256 });
  const abroad = toBatch(world, { issuer: 2, root: id('abroad'), size: 1 });
  await world.registry.anchor([await signBatch(world, next), await signBatch(world, abroad, world.otherKey)]);
  return { ...world, nextId: toBatchId(world.domain, next), abroadId: toBatchId(world.domain, abroad) };
}

describe('EProofRegistry: amendments', () => {
  let world: Awaited<ReturnType<typeof anchorSuccessors>>;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(anchorSuccessors);
  });

  const toAmendment = (differences: Partial<Amendment> = {}): Amendment => ({
    batch: world.fiveId,
    leaf: 4,
    successorBatch: world.nextId,
    successorLeaf: 255,
    ...differences,
  });
  const amendedOf = async (batch: string): Promise<bigint> => (await world.registry.read(batch)).batches[0].amended;
  const readAll = async (): Promise<unknown[]> =>
    (await world.registry.readAmendments(world.fiveId)).map((amendment: { toArray(): unknown[] }) =>
      amendment.toArray(),
    );

  describe('amend', () => {
    it('names the successor of a credential and sets its bit', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.statusKey).amend(toAmendment()))
        .to.emit(world.registry, 'CredentialAmended')
        .withArgs(1, 0, world.fiveId, 4, world.nextId, 255, world.statusKey, time);
      expect(await amendedOf(world.fiveId)).to.equal(0b10000n);
      expect(await amendedOf(world.nextId)).to.equal(0n);
      expect(await readAll()).to.deep.equal([[world.fiveId, 4n, world.nextId, 255n]]);
    });

    it('says nothing when the same successor is named again', async () => {
      await world.as(world.statusKey).amend(toAmendment());
      await expect(world.as(world.anchorKey).amend(toAmendment())).to.not.emit(world.registry, 'CredentialAmended');
    });

    it('replaces a successor by another batch, leaf or issuer', async () => {
      await world.as(world.statusKey).amend(toAmendment());
      for (const changed of [
        { successorLeaf: 0 },
        { successorBatch: world.fiveId, successorLeaf: 0 },
        { successorBatch: world.abroadId, successorLeaf: 0 },
      ]) {
        await expect(world.as(world.statusKey).amend(toAmendment(changed))).to.emit(
          world.registry,
          'CredentialAmended',
        );
        const { successorBatch, successorLeaf } = toAmendment(changed);
        expect(await readAll()).to.deep.equal([[world.fiveId, 4n, successorBatch, BigInt(successorLeaf)]]);
      }
      expect(await amendedOf(world.fiveId)).to.equal(0b10000n);
    });

    it('rejects an account that is not a key of the issuer, the successor issuer too', async () => {
      for (const account of [world.otherKey, world.admin, world.governance, world.stranger]) {
        await expect(world.as(account).amend(toAmendment({ successorBatch: world.abroadId, successorLeaf: 0 })))
          .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
          .withArgs(1, account, keyFault.unknown);
      }
    });

    it('rejects an ended key', async () => {
      await world.as(world.admin).endKey(1, world.statusKey);
      await expect(world.as(world.statusKey).amend(toAmendment()))
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(1, world.statusKey, keyFault.ended);
    });

    it('rejects a batch or a successor that is not anchored', async () => {
      for (const changed of [{ batch: id('nothing') }, { successorBatch: id('nothing') }]) {
        await expect(world.as(world.statusKey).amend(toAmendment(changed)))
          .to.be.revertedWithCustomError(world.registry, 'BatchUnknown')
          .withArgs(id('nothing'));
      }
    });

    it('rejects a leaf that the batch does not have', async () => {
      await expect(world.as(world.statusKey).amend(toAmendment({ leaf: 5 })))
        .to.be.revertedWithCustomError(world.registry, 'AmendmentLeafInvalid')
        .withArgs(world.fiveId, 5, 5);
      await expect(world.as(world.statusKey).amend(toAmendment({ successorBatch: world.abroadId, successorLeaf: 1 })))
        .to.be.revertedWithCustomError(world.registry, 'AmendmentLeafInvalid')
        .withArgs(world.abroadId, 1, 1);
    });

    it('rejects a credential as its own successor', async () => {
      await expect(world.as(world.statusKey).amend(toAmendment({ successorBatch: world.fiveId, successorLeaf: 4 })))
        .to.be.revertedWithCustomError(world.registry, 'AmendmentOfItself')
        .withArgs(world.fiveId, 4);
    });
  });

  describe('readAmendments', () => {
    it('answers with one successor for each bit, by ascending leaf', async () => {
      for (const leaf of [3, 0]) await world.as(world.statusKey).amend(toAmendment({ leaf, successorLeaf: leaf }));
      expect(await amendedOf(world.fiveId)).to.equal(0b1001n);
      expect(await readAll()).to.deep.equal([
        [world.fiveId, 0n, world.nextId, 0n],
        [world.fiveId, 3n, world.nextId, 3n],
      ]);
    });

    it('answers for the last leaf of a full batch', async () => {
      await world
        .as(world.statusKey)
        .amend(toAmendment({ batch: world.nextId, leaf: 255, successorBatch: world.fiveId, successorLeaf: 0 }));
      expect(await amendedOf(world.nextId)).to.equal(1n << 255n);
      const [amendment] = await world.registry.readAmendments(world.nextId);
      expect(amendment.toArray()).to.deep.equal([world.nextId, 255n, world.fiveId, 0n]);
    });

    it('is empty for a batch without amendments or an unknown one', async () => {
      expect(await world.registry.readAmendments(world.fiveId)).to.be.empty;
      expect(await world.registry.readAmendments(id('nothing'))).to.be.empty;
    });
  });

  describe('relayAmendment', () => {
    it('does what the key signed, whoever carries it, and uses up the nonce', async () => {
      const time = await inSeconds(60);
      await expect(
        world
          .as(world.stranger)
          .relayAmendment(toAmendment(), 0, await signAmendment(world, { ...toAmendment(), nonce: 0 })),
      )
        .to.emit(world.registry, 'CredentialAmended')
        .withArgs(1, 0, world.fiveId, 4, world.nextId, 255, world.statusKey, time);
      expect(await world.registry.nonces(world.statusKey)).to.equal(1n);
    });

    it('rejects the same message a second time', async () => {
      const signature = await signAmendment(world, { ...toAmendment(), nonce: 0 });
      await world.registry.relayAmendment(toAmendment(), 0, signature);
      await expect(world.registry.relayAmendment(toAmendment(), 0, signature))
        .to.be.revertedWithCustomError(world.registry, 'InvalidAccountNonce')
        .withArgs(world.statusKey, 1);
    });

    it('rejects an amendment that differs from what was signed, in any field', async () => {
      const signature = await signAmendment(world, { ...toAmendment(), nonce: 0 });
      const nextOfNext = { batch: world.nextId };
      for (const changed of [
        nextOfNext,
        { leaf: 3 },
        { successorBatch: world.fiveId, successorLeaf: 0 },
        { successorLeaf: 254 },
      ]) {
        await expect(world.registry.relayAmendment(toAmendment(changed), 0, signature)).to.be.revertedWithCustomError(
          world.registry,
          'KeyRefused',
        );
      }
    });

    it('rejects a signature with s in the upper half', async () => {
      const signature = toHighS(await signAmendment(world, { ...toAmendment(), nonce: 0 }));
      await expect(world.registry.relayAmendment(toAmendment(), 0, signature)).to.be.revertedWithCustomError(
        world.registry,
        'SignatureInvalid',
      );
    });
  });
});
