import { expect } from 'chai';
import { id } from 'ethers';
import {
  anchorFive,
  type Extension,
  inSeconds,
  issuerState,
  keyFault,
  LAST_DAY,
  networkHelpers,
  signMessage,
} from './registry.ts';

describe('EProofRegistry: extensions', () => {
  let world: Awaited<ReturnType<typeof anchorFive>>;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(anchorFive);
  });

  const toExtension = (differences: Partial<Extension> = {}): Extension => ({
    batch: world.fiveId,
    leaf: 4,
    validUntil: 21_000,
    reason: 0,
    ...differences,
  });
  const readAll = async (): Promise<unknown[]> =>
    (await world.registry.readRecords(world.fiveId)).map(
      ({ leaf, validUntil, extension }: { leaf: bigint; validUntil: bigint; extension: { key: string } }) => [
        Number(leaf),
        Number(validUntil),
        extension.key,
      ],
    );

  describe('extend', () => {
    it('moves the last valid day of a credential, and records who did and when', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.anchorKey).extend(toExtension({ reason: 7 })))
        .to.emit(world.registry, 'ValidityExtended')
        .withArgs(1, 0, world.fiveId, 4, 21_000, 7, world.anchorKey, time);
      expect((await world.registry.read(world.fiveId)).batches[0].amended).to.equal(0b10000n);
      const [{ leaf, validUntil, extension }] = await world.registry.readRecords(world.fiveId);
      expect([leaf, validUntil]).to.deep.equal([4n, 21_000n]);
      expect(extension.toArray()).to.deep.equal([await world.anchorKey.getAddress(), BigInt(time), 0n]);
    });

    it('says nothing where the day stays the same, whatever the reason', async () => {
      await world.as(world.anchorKey).extend(toExtension());
      await expect(world.as(world.anchorKey).extend(toExtension({ reason: 7 }))).to.not.emit(
        world.registry,
        'ValidityExtended',
      );
    });

    it('lets the last one count, earlier or later', async () => {
      const key = await world.anchorKey.getAddress();
      for (const validUntil of [21_000, 20_999, 21_001]) {
        await world.as(world.anchorKey).extend(toExtension({ validUntil }));
        expect(await readAll()).to.deep.equal([[4, validUntil, key]]);
      }
    });

    it('is said again by another key where the first was reported since before', async () => {
      await world.as(world.admin).addKey(1, world.stranger, 1, 0, 0);
      const time = await inSeconds(60);
      await world.as(world.anchorKey).extend(toExtension());
      await world.as(world.admin).reportCompromise(1, world.anchorKey, time);
      await expect(world.as(world.stranger).extend(toExtension())).to.emit(world.registry, 'ValidityExtended');
      expect(await readAll()).to.deep.equal([[4, 21_000, await world.stranger.getAddress()]]);
    });

    it('takes every day from 1 to 2932896', async () => {
      for (const validUntil of [1, LAST_DAY]) {
        await expect(world.as(world.anchorKey).extend(toExtension({ validUntil }))).to.emit(
          world.registry,
          'ValidityExtended',
        );
      }
    });

    it('rejects every other day', async () => {
      for (const validUntil of [0, LAST_DAY + 1, 0xff_ffff]) {
        await expect(world.as(world.anchorKey).extend(toExtension({ validUntil })))
          .to.be.revertedWithCustomError(world.registry, 'ExtensionDayInvalid')
          .withArgs(world.fiveId, 4, validUntil);
      }
    });

    it('rejects a status key', async () => {
      await expect(world.as(world.statusKey).extend(toExtension()))
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(1, world.statusKey, keyFault.purpose);
    });

    it('rejects whoever is not a key of the issuer, the admin and the governance too', async () => {
      for (const account of [world.otherKey, world.admin, world.governance, world.stranger]) {
        await expect(world.as(account).extend(toExtension()))
          .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
          .withArgs(1, account, keyFault.unknown);
      }
    });

    it('rejects a key that has ended or was reported', async () => {
      await world.as(world.admin).endKey(1, world.anchorKey, 0);
      await expect(world.as(world.anchorKey).extend(toExtension()))
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(1, world.anchorKey, keyFault.ended);
      await world.as(world.admin).reportCompromise(1, world.anchorKey, 1);
      await expect(world.as(world.anchorKey).extend(toExtension()))
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(1, world.anchorKey, keyFault.compromised);
    });

    it('rejects an issuer that is not active', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await expect(world.as(world.anchorKey).extend(toExtension()))
        .to.be.revertedWithCustomError(world.registry, 'IssuerNotActive')
        .withArgs(1, issuerState.suspended);
      await world.as(world.governance).endIssuer(1, 2);
      await expect(world.as(world.anchorKey).extend(toExtension()))
        .to.be.revertedWithCustomError(world.registry, 'IssuerNotActive')
        .withArgs(1, issuerState.ended);
    });

    it('rejects a batch that is not anchored', async () => {
      await expect(world.as(world.anchorKey).extend(toExtension({ batch: id('nothing') })))
        .to.be.revertedWithCustomError(world.registry, 'BatchUnknown')
        .withArgs(id('nothing'));
    });

    it('rejects a leaf that the batch does not have', async () => {
      await expect(world.as(world.anchorKey).extend(toExtension({ leaf: 5 })))
        .to.be.revertedWithCustomError(world.registry, 'AmendmentLeafInvalid')
        .withArgs(world.fiveId, 5, 5);
    });
  });

  describe('relayExtension', () => {
    it('does what the key signed, whoever carries it, and uses up the nonce', async () => {
      const signature = await signMessage(world, 'Extension', { ...toExtension(), nonce: 0 }, world.anchorKey);
      const time = await inSeconds(60);
      await expect(world.as(world.stranger).relayExtension(toExtension(), 0, signature))
        .to.emit(world.registry, 'ValidityExtended')
        .withArgs(1, 0, world.fiveId, 4, 21_000, 0, world.anchorKey, time);
      expect(await world.registry.nonces(world.anchorKey)).to.equal(1n);
    });

    it('rejects a status key, whose nonce stays', async () => {
      const signature = await signMessage(world, 'Extension', { ...toExtension(), nonce: 0 }, world.statusKey);
      await expect(world.registry.relayExtension(toExtension(), 0, signature))
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(1, world.statusKey, keyFault.purpose);
      expect(await world.registry.nonces(world.statusKey)).to.equal(0n);
    });
  });
});
