import { expect } from 'chai';
import { id } from 'ethers';
import {
  anchorFive,
  inSeconds,
  keyFault,
  networkHelpers,
  type Succession,
  signBatch,
  signMessage,
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

describe('EProofRegistry: successions', () => {
  let world: Awaited<ReturnType<typeof anchorSuccessors>>;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(anchorSuccessors);
  });

  const toSuccession = (differences: Partial<Succession> = {}): Succession => ({
    batch: world.fiveId,
    leaf: 4,
    successorBatch: world.nextId,
    successorLeaf: 255,
    ...differences,
  });
  const amendedOf = async (batch: string): Promise<bigint> => (await world.registry.read(batch)).batches[0].amended;
  const readAll = async (): Promise<unknown[]> =>
    (await world.registry.readRecords(world.fiveId)).map(
      ({ leaf, successorBatch, successorLeaf }: Record<string, unknown>) => [leaf, successorBatch, successorLeaf],
    );

  describe('nameSuccessor', () => {
    it('names the successor of a credential and sets its bit', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.statusKey).nameSuccessor(toSuccession()))
        .to.emit(world.registry, 'SuccessorNamed')
        .withArgs(1, 0, world.fiveId, 4, world.nextId, 255, world.statusKey, time);
      expect(await amendedOf(world.fiveId)).to.equal(0b10000n);
      expect(await amendedOf(world.nextId)).to.equal(0n);
      expect(await readAll()).to.deep.equal([[4n, world.nextId, 255n]]);
    });

    it('says nothing when the same successor is named again', async () => {
      await world.as(world.statusKey).nameSuccessor(toSuccession());
      await expect(world.as(world.anchorKey).nameSuccessor(toSuccession())).to.not.emit(
        world.registry,
        'SuccessorNamed',
      );
    });

    it('replaces a successor by another batch, leaf or issuer', async () => {
      await world.as(world.statusKey).nameSuccessor(toSuccession());
      for (const changed of [
        { successorLeaf: 0 },
        { successorBatch: world.fiveId, successorLeaf: 0 },
        { successorBatch: world.abroadId, successorLeaf: 0 },
      ]) {
        await expect(world.as(world.anchorKey).nameSuccessor(toSuccession(changed))).to.emit(
          world.registry,
          'SuccessorNamed',
        );
        const { successorBatch, successorLeaf } = toSuccession(changed);
        expect(await readAll()).to.deep.equal([[4n, successorBatch, BigInt(successorLeaf)]]);
      }
      expect(await amendedOf(world.fiveId)).to.equal(0b10000n);
    });

    it('rejects a status key that would replace a successor, its own naming too', async () => {
      await world.as(world.statusKey).nameSuccessor(toSuccession());
      await world.as(world.anchorKey).nameSuccessor(toSuccession({ leaf: 3 }));
      for (const leaf of [3, 4]) {
        await expect(world.as(world.statusKey).nameSuccessor(toSuccession({ leaf, successorLeaf: 0 })))
          .to.be.revertedWithCustomError(world.registry, 'SuccessionNamed')
          .withArgs(world.fiveId, leaf);
      }
      await expect(world.as(world.statusKey).nameSuccessor(toSuccession({ leaf: 3 }))).to.not.emit(
        world.registry,
        'SuccessorNamed',
      );
    });

    it('records which key named it, and when', async () => {
      const time = await inSeconds(60);
      await world.as(world.statusKey).nameSuccessor(toSuccession());
      const [{ succession }] = await world.registry.readRecords(world.fiveId);
      expect(succession.toArray()).to.deep.equal([await world.statusKey.getAddress(), BigInt(time), 0n]);
    });

    it('takes any naming in the place of one by a key that was reported since before', async () => {
      const time = await inSeconds(60);
      await world.as(world.anchorKey).nameSuccessor(toSuccession());
      await world.as(world.admin).reportCompromise(1, world.anchorKey, time);
      for (const changed of [{}, { successorLeaf: 0 }]) {
        const snapshot = await networkHelpers.takeSnapshot();
        await expect(world.as(world.statusKey).nameSuccessor(toSuccession(changed))).to.emit(
          world.registry,
          'SuccessorNamed',
        );
        const [{ succession }] = await world.registry.readRecords(world.fiveId);
        expect(succession.key).to.equal(await world.statusKey.getAddress());
        await snapshot.restore();
      }
    });

    it('takes no other naming in the place of one from before its key was reported', async () => {
      const time = await inSeconds(60);
      await world.as(world.anchorKey).nameSuccessor(toSuccession());
      await networkHelpers.time.setNextBlockTimestamp(time + 1);
      await world.as(world.admin).reportCompromise(1, world.anchorKey, time + 1);
      await expect(world.as(world.statusKey).nameSuccessor(toSuccession({ successorLeaf: 0 })))
        .to.be.revertedWithCustomError(world.registry, 'SuccessionNamed')
        .withArgs(world.fiveId, 4);
    });

    it('works in every state of the issuer', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await world.as(world.statusKey).nameSuccessor(toSuccession());
      await world.as(world.governance).endIssuer(1, 0);
      await expect(world.as(world.statusKey).nameSuccessor(toSuccession({ leaf: 3 }))).to.emit(
        world.registry,
        'SuccessorNamed',
      );
    });

    it('rejects an account that is not a key of the issuer, the successor issuer too', async () => {
      for (const account of [world.otherKey, world.admin, world.governance, world.stranger]) {
        await expect(
          world.as(account).nameSuccessor(toSuccession({ successorBatch: world.abroadId, successorLeaf: 0 })),
        )
          .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
          .withArgs(1, account, keyFault.unknown);
      }
    });

    it('rejects an ended key', async () => {
      await world.as(world.admin).endKey(1, world.statusKey, 0);
      await expect(world.as(world.statusKey).nameSuccessor(toSuccession()))
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(1, world.statusKey, keyFault.ended);
    });

    it('rejects a batch or a successor that is not anchored', async () => {
      for (const changed of [{ batch: id('nothing') }, { successorBatch: id('nothing') }]) {
        await expect(world.as(world.statusKey).nameSuccessor(toSuccession(changed)))
          .to.be.revertedWithCustomError(world.registry, 'BatchUnknown')
          .withArgs(id('nothing'));
      }
    });

    it('rejects a leaf that the batch does not have', async () => {
      await expect(world.as(world.statusKey).nameSuccessor(toSuccession({ leaf: 5 })))
        .to.be.revertedWithCustomError(world.registry, 'AmendmentLeafInvalid')
        .withArgs(world.fiveId, 5, 5);
      await expect(
        world.as(world.statusKey).nameSuccessor(toSuccession({ successorBatch: world.abroadId, successorLeaf: 1 })),
      )
        .to.be.revertedWithCustomError(world.registry, 'AmendmentLeafInvalid')
        .withArgs(world.abroadId, 1, 1);
    });

    it('rejects a credential as its own successor', async () => {
      await expect(
        world.as(world.statusKey).nameSuccessor(toSuccession({ successorBatch: world.fiveId, successorLeaf: 4 })),
      )
        .to.be.revertedWithCustomError(world.registry, 'SuccessionOfItself')
        .withArgs(world.fiveId, 4);
    });
  });

  describe('relaySuccession', () => {
    it('does what the key signed, whoever carries it, and uses up the nonce', async () => {
      const time = await inSeconds(60);
      await expect(
        world
          .as(world.stranger)
          .relaySuccession(
            toSuccession(),
            0,
            await signMessage(world, 'Succession', { ...toSuccession(), nonce: 0 }, world.statusKey),
          ),
      )
        .to.emit(world.registry, 'SuccessorNamed')
        .withArgs(1, 0, world.fiveId, 4, world.nextId, 255, world.statusKey, time);
      expect(await world.registry.nonces(world.statusKey)).to.equal(1n);
    });

    it('rejects the same message a second time', async () => {
      const signature = await signMessage(world, 'Succession', { ...toSuccession(), nonce: 0 }, world.statusKey);
      await world.registry.relaySuccession(toSuccession(), 0, signature);
      await expect(world.registry.relaySuccession(toSuccession(), 0, signature))
        .to.be.revertedWithCustomError(world.registry, 'KeyInvalidNonce')
        .withArgs(world.statusKey, 0, 1);
    });

    it('rejects an amendment that differs from what was signed, in any field', async () => {
      const signature = await signMessage(world, 'Succession', { ...toSuccession(), nonce: 0 }, world.statusKey);
      const nextOfNext = { batch: world.nextId };
      for (const changed of [
        nextOfNext,
        { leaf: 3 },
        { successorBatch: world.fiveId, successorLeaf: 0 },
        { successorLeaf: 254 },
      ]) {
        await expect(world.registry.relaySuccession(toSuccession(changed), 0, signature)).to.be.revertedWithCustomError(
          world.registry,
          'KeyRefused',
        );
      }
    });

    it('rejects a signature with s in the upper half', async () => {
      const signature = toHighS(
        await signMessage(world, 'Succession', { ...toSuccession(), nonce: 0 }, world.statusKey),
      );
      await expect(world.registry.relaySuccession(toSuccession(), 0, signature)).to.be.revertedWithCustomError(
        world.registry,
        'SignatureInvalid',
      );
    });
  });
});
