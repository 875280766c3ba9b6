import { expect } from 'chai';
import { type Signer, ZeroAddress } from 'ethers';
import {
  anchorFive,
  deployWorld,
  ethers,
  inSeconds,
  issuerState,
  keyFault,
  keyPurpose,
  networkHelpers,
  signBatch,
  signMessage,
  statusAct,
  toBatch,
  toBatchId,
  type World,
} from './registry.ts';

describe('EProofRegistry: keys', () => {
  let world: World;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(deployWorld);
  });

  const keyRefused = async (key: Signer, fault: number) => {
    const batch = toBatch(world);
    await expect(world.registry.anchor([await signBatch(world, batch, key)]))
      .to.be.revertedWithCustomError(world.registry, 'BatchKeyRefused')
      .withArgs(0, toBatchId(world.domain, batch), key, fault);
  };

  describe('addKey', () => {
    it('numbers the keys of each issuer from 1 and begins their window with the block', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.admin).addKey(1, world.stranger, keyPurpose.status, 0, time + 100))
        .to.emit(world.registry, 'KeyAdded')
        .withArgs(1, world.stranger, 3, keyPurpose.status, time, time + 100);
    });

    it('takes a window that begins in this very block', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.admin).addKey(1, world.stranger, keyPurpose.anchor, time, 0))
        .to.emit(world.registry, 'KeyAdded')
        .withArgs(1, world.stranger, 3, keyPurpose.anchor, time, 0);
    });

    it('rejects everybody but the admin of the issuer, the governance too', async () => {
      for (const account of [world.governance, world.otherAdmin, world.anchorKey]) {
        await expect(world.as(account).addKey(1, world.stranger, keyPurpose.anchor, 0, 0))
          .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
          .withArgs(1, account);
      }
    });

    it('rejects an issuer that is not active', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await expect(world.as(world.admin).addKey(1, world.stranger, keyPurpose.anchor, 0, 0))
        .to.be.revertedWithCustomError(world.registry, 'IssuerNotActive')
        .withArgs(1, issuerState.suspended);
    });

    it('rejects the zero address', async () => {
      await expect(world.as(world.admin).addKey(1, ZeroAddress, keyPurpose.anchor, 0, 0))
        .to.be.revertedWithCustomError(world.registry, 'KeyInvalid')
        .withArgs(ZeroAddress);
    });

    it('rejects a key without a purpose', async () => {
      await expect(world.as(world.admin).addKey(1, world.stranger, keyPurpose.none, 0, 0))
        .to.be.revertedWithCustomError(world.registry, 'KeyInvalidPurpose')
        .withArgs(world.stranger, keyPurpose.none);
    });

    it('rejects a key of this or another issuer, ended or not', async () => {
      await world.as(world.admin).endKey(1, world.anchorKey, 0);
      await expect(world.as(world.admin).addKey(1, world.anchorKey, keyPurpose.anchor, 0, 0))
        .to.be.revertedWithCustomError(world.registry, 'KeyAlreadyAdded')
        .withArgs(world.anchorKey, 1);
      await expect(world.as(world.admin).addKey(1, world.otherKey, keyPurpose.anchor, 0, 0))
        .to.be.revertedWithCustomError(world.registry, 'KeyAlreadyAdded')
        .withArgs(world.otherKey, 2);
    });

    it('rejects a window that begins before the block', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.admin).addKey(1, world.stranger, keyPurpose.anchor, time - 1, 0))
        .to.be.revertedWithCustomError(world.registry, 'KeyBackDated')
        .withArgs(world.stranger, time - 1, time);
    });

    it('rejects an empty window', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.admin).addKey(1, world.stranger, keyPurpose.anchor, 0, time))
        .to.be.revertedWithCustomError(world.registry, 'KeyInvalidWindow')
        .withArgs(world.stranger, time, time);
    });
  });

  describe('the window of a key', () => {
    it('begins at validFrom and ends before validUntil', async () => {
      const time = await inSeconds(60);
      await world.as(world.admin).addKey(1, world.stranger, keyPurpose.anchor, time + 100, time + 200);
      await networkHelpers.time.setNextBlockTimestamp(time + 99);
      await keyRefused(world.stranger, keyFault.notYetValid);
      await networkHelpers.time.setNextBlockTimestamp(time + 100);
      await world.registry.anchor([await signBatch(world, toBatch(world, { size: 1 }), world.stranger)]);
      await networkHelpers.time.setNextBlockTimestamp(time + 199);
      await world.registry.anchor([await signBatch(world, toBatch(world, { size: 2 }), world.stranger)]);
      await networkHelpers.time.setNextBlockTimestamp(time + 200);
      await keyRefused(world.stranger, keyFault.ended);
    });
  });

  describe('endKey', () => {
    it('ends the key after the block', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.admin).endKey(1, world.anchorKey, 0))
        .to.emit(world.registry, 'KeyEnded')
        .withArgs(1, world.anchorKey, time + 1);
      await networkHelpers.time.setNextBlockTimestamp(time + 1);
      await keyRefused(world.anchorKey, keyFault.ended);
    });

    it('leaves a batch of the same block inside the window', async () => {
      await ethers.provider.send('evm_setAutomine', [false]);
      const options = { gasLimit: 1_000_000 };
      await world.registry.anchor([await signBatch(world, toBatch(world))], options);
      await world.as(world.admin).endKey(1, world.anchorKey, 0, options);
      await ethers.provider.send('evm_setAutomine', [true]);
      await networkHelpers.mine();
      const reading = await world.registry.readPage(1, 0);
      const [batch] = reading.batches;
      const [key] = reading.getValue('keys');
      expect(key.validUntil).to.equal(batch.anchoredAt + 1n);
    });

    it('works while the issuer is suspended or ended', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await world.as(world.admin).endKey(1, world.anchorKey, 0);
      await world.as(world.governance).endIssuer(1, 0);
      await expect(world.as(world.admin).endKey(1, world.statusKey, 0)).to.emit(world.registry, 'KeyEnded');
    });

    it('brings a later end forward', async () => {
      const time = await inSeconds(60);
      await world.as(world.admin).addKey(1, world.stranger, keyPurpose.anchor, 0, time + 1000);
      await networkHelpers.time.setNextBlockTimestamp(time + 10);
      await expect(world.as(world.admin).endKey(1, world.stranger, 0))
        .to.emit(world.registry, 'KeyEnded')
        .withArgs(1, world.stranger, time + 11);
    });

    it('ends the key at a time to come', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.admin).endKey(1, world.anchorKey, time + 100))
        .to.emit(world.registry, 'KeyEnded')
        .withArgs(1, world.anchorKey, time + 100);
      await networkHelpers.time.setNextBlockTimestamp(time + 99);
      await world.registry.anchor([await signBatch(world, toBatch(world, { size: 1 }))]);
      await networkHelpers.time.setNextBlockTimestamp(time + 100);
      await keyRefused(world.anchorKey, keyFault.ended);
    });

    it('takes the next second, and rejects the block itself and every earlier time', async () => {
      const time = await inSeconds(60);
      for (const end of [time, time - 1, 1]) {
        await expect(world.as(world.admin).endKey(1, world.anchorKey, end))
          .to.be.revertedWithCustomError(world.registry, 'KeyEndInvalid')
          .withArgs(world.anchorKey, end, time);
      }
      await expect(world.as(world.admin).endKey(1, world.anchorKey, time + 1))
        .to.emit(world.registry, 'KeyEnded')
        .withArgs(1, world.anchorKey, time + 1);
    });

    it('never prolongs a key, and brings an announced end forward', async () => {
      const time = await inSeconds(60);
      await world.as(world.admin).endKey(1, world.anchorKey, time + 100);
      for (const end of [time + 100, time + 101]) {
        await expect(world.as(world.admin).endKey(1, world.anchorKey, end))
          .to.be.revertedWithCustomError(world.registry, 'KeyAlreadyEnded')
          .withArgs(world.anchorKey, time + 100);
      }
      await expect(world.as(world.admin).endKey(1, world.anchorKey, time + 99))
        .to.emit(world.registry, 'KeyEnded')
        .withArgs(1, world.anchorKey, time + 99);
    });

    it('rejects everybody but the admin of the issuer', async () => {
      for (const account of [world.governance, world.otherAdmin, world.anchorKey]) {
        await expect(world.as(account).endKey(1, world.anchorKey, 0))
          .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
          .withArgs(1, account);
      }
    });

    it('rejects the key of another issuer', async () => {
      await expect(world.as(world.admin).endKey(1, world.otherKey, 0))
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(1, world.otherKey, keyFault.unknown);
    });

    it('rejects a key that has ended', async () => {
      const time = await inSeconds(60);
      await world.as(world.admin).endKey(1, world.anchorKey, 0);
      await expect(world.as(world.admin).endKey(1, world.anchorKey, 0))
        .to.be.revertedWithCustomError(world.registry, 'KeyAlreadyEnded')
        .withArgs(world.anchorKey, time + 1);
    });

    it('rejects a key that ends as early by itself', async () => {
      const time = await inSeconds(60);
      await world.as(world.admin).addKey(1, world.stranger, keyPurpose.anchor, 0, time + 100);
      await networkHelpers.time.setNextBlockTimestamp(time + 99);
      await expect(world.as(world.admin).endKey(1, world.stranger, 0))
        .to.be.revertedWithCustomError(world.registry, 'KeyAlreadyEnded')
        .withArgs(world.stranger, time + 100);
    });
  });

  describe('renounceKey', () => {
    it('ends the key that calls, after the block', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.anchorKey).renounceKey())
        .to.emit(world.registry, 'KeyEnded')
        .withArgs(1, world.anchorKey, time + 1);
      await networkHelpers.time.setNextBlockTimestamp(time + 1);
      await keyRefused(world.anchorKey, keyFault.ended);
    });

    it('works for a status key of a suspended issuer, and for a key that was reported', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await world.as(world.admin).reportCompromise(1, world.statusKey, 1);
      await expect(world.as(world.statusKey).renounceKey()).to.emit(world.registry, 'KeyEnded');
    });

    it('brings a later end forward, and no end puts it off', async () => {
      const time = await inSeconds(60);
      await world.as(world.admin).endKey(1, world.anchorKey, time + 100);
      await networkHelpers.time.setNextBlockTimestamp(time + 10);
      await expect(world.as(world.anchorKey).renounceKey())
        .to.emit(world.registry, 'KeyEnded')
        .withArgs(1, world.anchorKey, time + 11);
      await expect(world.as(world.anchorKey).renounceKey())
        .to.be.revertedWithCustomError(world.registry, 'KeyAlreadyEnded')
        .withArgs(world.anchorKey, time + 11);
    });

    it('rejects whoever is no key, the admin too', async () => {
      for (const account of [world.admin, world.governance, world.stranger]) {
        await expect(world.as(account).renounceKey())
          .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
          .withArgs(0, account, keyFault.unknown);
      }
    });
  });

  describe('relayRenounceKey', () => {
    const renounce = async (key: Signer, nonce: number, signer = key, carrier = world.stranger) => {
      const address = await key.getAddress();
      const signature = await signMessage(world, 'KeyRenunciation', { key: address, nonce }, signer);
      return world.as(carrier).relayRenounceKey(address, nonce, signature);
    };

    it('ends the key that signed, whoever carries it, and uses up its nonce', async () => {
      const time = await inSeconds(60);
      await expect(renounce(world.anchorKey, 0))
        .to.emit(world.registry, 'KeyEnded')
        .withArgs(1, world.anchorKey, time + 1);
      expect(await world.registry.nonces(world.anchorKey)).to.equal(1n);
    });

    it('rejects the signature of another key, of the admin too', async () => {
      for (const signer of [world.statusKey, world.admin]) {
        await expect(renounce(world.anchorKey, 0, signer))
          .to.be.revertedWithCustomError(world.registry, 'KeyNotSigner')
          .withArgs(world.anchorKey, signer);
      }
    });

    it('rejects an address that is no key', async () => {
      await expect(renounce(world.stranger, 0))
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(0, world.stranger, keyFault.unknown);
    });

    it('rejects a key that has ended', async () => {
      const time = await inSeconds(60);
      await renounce(world.anchorKey, 0);
      await expect(renounce(world.anchorKey, 1))
        .to.be.revertedWithCustomError(world.registry, 'KeyAlreadyEnded')
        .withArgs(world.anchorKey, time + 1);
    });
  });

  describe('reportCompromise', () => {
    it('says since when the anchors of the key are void, and stops the key', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.admin).reportCompromise(1, world.anchorKey, time - 30))
        .to.emit(world.registry, 'KeyCompromised')
        .withArgs(1, world.anchorKey, time - 30);
      await keyRefused(world.anchorKey, keyFault.compromised);
    });

    it('is read with every batch of the key', async () => {
      const { registry, as, admin, anchorKey } = await networkHelpers.loadFixture(anchorFive);
      const time = await inSeconds(60);
      await as(admin).reportCompromise(1, anchorKey, time);
      const [key] = (await registry.readPage(1, 0)).getValue('keys');
      expect(key.invalidFrom).to.equal(BigInt(time));
    });

    it('stops the key from changing status', async () => {
      const { registry, as, admin, statusKey, fiveId } = await networkHelpers.loadFixture(anchorFive);
      await as(admin).reportCompromise(1, statusKey, 1);
      await expect(as(statusKey).postStatus({ batch: fiveId, act: statusAct.revoke, leaves: 1n, until: 0, reason: 0 }))
        .to.be.revertedWithCustomError(registry, 'KeyRefused')
        .withArgs(1, statusKey, keyFault.compromised);
    });

    it('moves only to an earlier time', async () => {
      const time = await inSeconds(60);
      await world.as(world.admin).reportCompromise(1, world.anchorKey, time - 30);
      for (const since of [time - 30, time - 29]) {
        await expect(world.as(world.admin).reportCompromise(1, world.anchorKey, since))
          .to.be.revertedWithCustomError(world.registry, 'KeyCompromiseNotEarlier')
          .withArgs(world.anchorKey, since, time - 30);
      }
      await expect(world.as(world.admin).reportCompromise(1, world.anchorKey, time - 31))
        .to.emit(world.registry, 'KeyCompromised')
        .withArgs(1, world.anchorKey, time - 31);
    });

    it('rejects a time that has not come and the time 0', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.admin).reportCompromise(1, world.anchorKey, time + 1))
        .to.be.revertedWithCustomError(world.registry, 'KeyCompromiseTimeInvalid')
        .withArgs(world.anchorKey, time + 1, time);
      await expect(world.as(world.admin).reportCompromise(1, world.anchorKey, 0)).to.be.revertedWithCustomError(
        world.registry,
        'KeyCompromiseTimeInvalid',
      );
    });

    it('works for an ended key of a suspended issuer', async () => {
      await world.as(world.admin).endKey(1, world.anchorKey, 0);
      await world.as(world.governance).suspendIssuer(1);
      await expect(world.as(world.admin).reportCompromise(1, world.anchorKey, 1)).to.emit(
        world.registry,
        'KeyCompromised',
      );
    });

    it('rejects everybody but the admin of the issuer', async () => {
      for (const account of [world.governance, world.otherAdmin, world.anchorKey]) {
        await expect(world.as(account).reportCompromise(1, world.anchorKey, 1))
          .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
          .withArgs(1, account);
      }
    });

    it('rejects the key of another issuer', async () => {
      await expect(world.as(world.admin).reportCompromise(1, world.otherKey, 1))
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(1, world.otherKey, keyFault.unknown);
    });
  });
});
