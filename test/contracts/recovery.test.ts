import { expect } from 'chai';
import { id, ZeroAddress } from 'ethers';
import {
  at,
  DAY,
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
  type World,
} from './registry.ts';

describe('EProofRegistry: recovery of an admin', () => {
  let world: World;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(deployWorld);
  });

  const propose = async (): Promise<number> => {
    const time = await inSeconds(60);
    await world.as(world.governance).proposeRecovery(1, world.stranger);
    return time;
  };
  const recover = async (): Promise<number> => {
    const time = await propose();
    await at(time + 14 * DAY);
    await world.registry.executeRecovery(1);
    return time + 14 * DAY;
  };
  const proposalOf = async (issuer: number) => (await world.registry.recoveryOf(issuer)).toArray();
  const adminOf = async (issuer: number): Promise<string> => (await world.registry.adminOf(issuer)).admin;

  describe('proposeRecovery', () => {
    it('says who is to administer, and from when', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.governance).proposeRecovery(1, world.stranger))
        .to.emit(world.registry, 'RecoveryProposed')
        .withArgs(1, world.stranger, time + 14 * DAY);
      expect(await proposalOf(1)).to.deep.equal([
        await world.stranger.getAddress(),
        BigInt(time + 14 * DAY),
        false,
        0n,
      ]);
      expect(await adminOf(1)).to.equal(await world.admin.getAddress());
    });

    it('rejects everybody but the governance', async () => {
      for (const account of [world.admin, world.guardian, world.stranger]) {
        await expect(world.as(account).proposeRecovery(1, account))
          .to.be.revertedWithCustomError(world.registry, 'GovernanceUnauthorized')
          .withArgs(account);
      }
    });

    it('rejects a second proposal', async () => {
      await propose();
      await expect(world.as(world.governance).proposeRecovery(1, world.carrier))
        .to.be.revertedWithCustomError(world.registry, 'RecoveryAlreadyProposed')
        .withArgs(1);
      await expect(world.as(world.governance).proposeRecovery(2, world.carrier)).to.emit(
        world.registry,
        'RecoveryProposed',
      );
    });

    it('rejects an admin that is zero', async () => {
      await expect(world.as(world.governance).proposeRecovery(1, ZeroAddress))
        .to.be.revertedWithCustomError(world.registry, 'IssuerInvalidAdmin')
        .withArgs(ZeroAddress);
    });

    it('rejects an issuer that was never admitted', async () => {
      for (const issuer of [0, 3]) {
        await expect(world.as(world.governance).proposeRecovery(issuer, world.stranger))
          .to.be.revertedWithCustomError(world.registry, 'RecoveryIssuerUnknown')
          .withArgs(issuer);
      }
    });
  });

  describe('objectToRecovery', () => {
    it('puts the recovery off until exactly 60 days after the proposal', async () => {
      const time = await propose();
      await at(time + 10 * DAY);
      await expect(world.as(world.admin).objectToRecovery(1))
        .to.emit(world.registry, 'RecoveryObjected')
        .withArgs(1, time + 60 * DAY);
      expect((await proposalOf(1)).slice(1, 3)).to.deep.equal([BigInt(time + 60 * DAY), true]);
      await at(time + 60 * DAY - 1);
      await expect(world.registry.executeRecovery(1))
        .to.be.revertedWithCustomError(world.registry, 'RecoveryTooEarly')
        .withArgs(1, time + 60 * DAY - 1, time + 60 * DAY);
      await at(time + 60 * DAY);
      await expect(world.registry.executeRecovery(1)).to.emit(world.registry, 'RecoveryExecuted');
    });

    it('is heard on the very day too, as long as nobody has executed', async () => {
      const time = await propose();
      await at(time + 14 * DAY);
      await world.as(world.admin).objectToRecovery(1);
      await at(time + 14 * DAY + 1);
      await expect(world.registry.executeRecovery(1)).to.be.revertedWithCustomError(world.registry, 'RecoveryTooEarly');
    });

    it('rejects a second objection, also by an admin to whom the place was passed on', async () => {
      await propose();
      await world.as(world.admin).objectToRecovery(1);
      await world.as(world.admin).transferAdmin(1, world.carrier);
      await world.as(world.carrier).acceptAdmin(1);
      await expect(world.as(world.carrier).objectToRecovery(1))
        .to.be.revertedWithCustomError(world.registry, 'RecoveryAlreadyObjected')
        .withArgs(1);
    });

    it('is allowed once for each proposal', async () => {
      await propose();
      await world.as(world.admin).objectToRecovery(1);
      await world.as(world.governance).withdrawRecovery(1);
      const time = await propose();
      await expect(world.as(world.admin).objectToRecovery(1))
        .to.emit(world.registry, 'RecoveryObjected')
        .withArgs(1, time + 60 * DAY);
    });

    it('rejects everybody but the admin of the issuer, the one proposed too', async () => {
      await propose();
      for (const account of [world.governance, world.otherAdmin, world.stranger, world.anchorKey]) {
        await expect(world.as(account).objectToRecovery(1))
          .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
          .withArgs(1, account);
      }
    });

    it('rejects an objection to nothing', async () => {
      await expect(world.as(world.admin).objectToRecovery(1))
        .to.be.revertedWithCustomError(world.registry, 'RecoveryNotProposed')
        .withArgs(1);
    });
  });

  describe('withdrawRecovery', () => {
    it('takes the proposal back', async () => {
      const time = await propose();
      await expect(world.as(world.governance).withdrawRecovery(1))
        .to.emit(world.registry, 'RecoveryWithdrawn')
        .withArgs(1);
      expect(await proposalOf(1)).to.deep.equal([ZeroAddress, 0n, false, 0n]);
      await at(time + 14 * DAY);
      await expect(world.registry.executeRecovery(1))
        .to.be.revertedWithCustomError(world.registry, 'RecoveryNotProposed')
        .withArgs(1);
    });

    it('rejects everybody but the governance', async () => {
      await propose();
      for (const account of [world.admin, world.guardian, world.stranger]) {
        await expect(world.as(account).withdrawRecovery(1))
          .to.be.revertedWithCustomError(world.registry, 'GovernanceUnauthorized')
          .withArgs(account);
      }
    });

    it('rejects what was not proposed', async () => {
      await expect(world.as(world.governance).withdrawRecovery(1))
        .to.be.revertedWithCustomError(world.registry, 'RecoveryNotProposed')
        .withArgs(1);
    });
  });

  describe('executeRecovery', () => {
    it('makes the proposed account the admin exactly 14 days after the proposal, whoever asks', async () => {
      const time = await propose();
      await at(time + 14 * DAY - 1);
      await expect(world.as(world.governance).executeRecovery(1))
        .to.be.revertedWithCustomError(world.registry, 'RecoveryTooEarly')
        .withArgs(1, time + 14 * DAY - 1, time + 14 * DAY);
      await at(time + 14 * DAY);
      await expect(world.as(world.carrier).executeRecovery(1))
        .to.emit(world.registry, 'RecoveryExecuted')
        .withArgs(1, world.admin, world.stranger);
      expect(await adminOf(1)).to.equal(await world.stranger.getAddress());
      expect(await proposalOf(1)).to.deep.equal([ZeroAddress, 0n, false, BigInt(time + 14 * DAY)]);
      await expect(world.as(world.admin).endKey(1, world.anchorKey, 0))
        .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
        .withArgs(1, world.admin);
    });

    it('rejects what was not proposed, or was executed already', async () => {
      await recover();
      for (const issuer of [1, 2]) {
        await expect(world.registry.executeRecovery(issuer))
          .to.be.revertedWithCustomError(world.registry, 'RecoveryNotProposed')
          .withArgs(issuer);
      }
    });

    it('is not cancelled by a transfer of the admin meanwhile', async () => {
      const time = await propose();
      await world.as(world.admin).transferAdmin(1, world.carrier);
      await world.as(world.carrier).acceptAdmin(1);
      await at(time + 14 * DAY);
      await expect(world.registry.executeRecovery(1))
        .to.emit(world.registry, 'RecoveryExecuted')
        .withArgs(1, world.carrier, world.stranger);
    });

    it('clears the offer of the earlier admin', async () => {
      await world.as(world.admin).transferAdmin(1, world.carrier);
      await recover();
      await expect(world.as(world.carrier).acceptAdmin(1))
        .to.be.revertedWithCustomError(world.registry, 'AdminTransferNotOffered')
        .withArgs(1, world.carrier);
    });

    it('recovers an ended issuer, whose keys can then be ended and batches voided, and no more', async () => {
      const batch = toBatch(world);
      await world.registry.anchor([await signBatch(world, batch)]);
      await world.as(world.governance).endIssuer(1, 0);
      await recover();
      await expect(world.as(world.stranger).endKey(1, world.anchorKey, 0)).to.emit(world.registry, 'KeyEnded');
      await expect(world.as(world.stranger).voidBatch(1, toBatchId(world.domain, batch))).to.emit(
        world.registry,
        'BatchVoided',
      );
      await expect(world.as(world.stranger).addKey(1, world.carrier, keyPurpose.anchor, 0, 0))
        .to.be.revertedWithCustomError(world.registry, 'IssuerNotActive')
        .withArgs(1, issuerState.ended);
    });

    it('throws out a thief of the admin, whatever he does', async () => {
      // the thief sits in the place of the admin; the governance stops what he could create, and proposes
      await world.as(world.admin).transferAdmin(1, world.carrier);
      await world.as(world.carrier).acceptAdmin(1);
      const thief = world.as(world.carrier);
      await world.as(world.governance).suspendIssuer(1);
      const time = await propose();
      await expect(thief.addKey(1, world.otherAdmin, keyPurpose.anchor, 0, 0))
        .to.be.revertedWithCustomError(world.registry, 'IssuerNotActive')
        .withArgs(1, issuerState.suspended);
      await at(time + 14 * DAY - 1);
      await thief.objectToRecovery(1);
      await thief.transferAdmin(1, world.otherAdmin);
      await world.as(world.otherAdmin).acceptAdmin(1);
      await world.as(world.otherAdmin).transferAdmin(1, world.carrier);
      await expect(world.as(world.otherAdmin).objectToRecovery(1)).to.be.revertedWithCustomError(
        world.registry,
        'RecoveryAlreadyObjected',
      );
      await at(time + 60 * DAY);
      await world.registry.executeRecovery(1);
      await expect(thief.acceptAdmin(1)).to.be.revertedWithCustomError(world.registry, 'AdminTransferNotOffered');
      await world.as(world.governance).reinstateIssuer(1);
      await world.as(world.stranger).addKey(1, world.admin, keyPurpose.anchor, 0, 0);
      expect(await adminOf(1)).to.equal(await world.stranger.getAddress());
    });
  });

  describe('the flag of what is anchored after a recovery', () => {
    let number = 0;
    const flagAt = async (time: number, key = world.anchorKey, issuer = 1): Promise<boolean> => {
      const batch = toBatch(world, { issuer, root: id(`flag ${number++}`) });
      await at(time);
      await world.registry.anchor([await signBatch(world, batch, key)]);
      return (await world.registry.read(toBatchId(world.domain, batch))).batches[0].flagged;
    };

    it('is set for exactly 90 days', async () => {
      const recoveredAt = await recover();
      expect(await flagAt(recoveredAt + 1)).to.equal(true);
      expect(await flagAt(recoveredAt + 90 * DAY - 1)).to.equal(true);
      expect(await flagAt(recoveredAt + 90 * DAY)).to.equal(false);
    });

    it('is set in the very block of the recovery', async () => {
      const time = await propose();
      const batch = toBatch(world, { root: id('same block') });
      await at(time + 14 * DAY - 10);
      await networkHelpers.mine();
      await ethers.provider.send('evm_setAutomine', [false]);
      await world.registry.executeRecovery(1, { gasLimit: 500_000 });
      await world.registry.anchor([await signBatch(world, batch)], { gasLimit: 500_000 });
      await ethers.provider.send('evm_setAutomine', [true]);
      await at(time + 14 * DAY);
      await networkHelpers.mine();
      const [found] = (await world.registry.read(toBatchId(world.domain, batch))).batches;
      expect(found.anchoredAt).to.equal(BigInt(time + 14 * DAY));
      expect(found.flagged).to.equal(true);
    });

    it('is not set before a recovery, while one is only proposed, or for another issuer', async () => {
      const time = await propose();
      expect(await flagAt(time + 1)).to.equal(false);
      expect(await flagAt(time + 14 * DAY - 1)).to.equal(false);
      await at(time + 14 * DAY);
      await world.registry.executeRecovery(1);
      expect(await flagAt(time + 14 * DAY + 1, world.otherKey, 2)).to.equal(false);
    });

    it('is not set by a transfer of the admin, which both sides wanted', async () => {
      await world.as(world.admin).transferAdmin(1, world.stranger);
      await world.as(world.stranger).acceptAdmin(1);
      expect(await flagAt(await inSeconds(60))).to.equal(false);
    });

    it('stays with its batch after a later recovery, and begins anew with it', async () => {
      const recoveredAt = await recover();
      const batch = toBatch(world, { root: id('flagged') });
      await world.registry.anchor([await signBatch(world, batch)]);
      await at(recoveredAt + 100 * DAY);
      await world.as(world.governance).proposeRecovery(1, world.admin);
      await at(recoveredAt + 114 * DAY);
      await world.registry.executeRecovery(1);
      expect((await world.registry.read(toBatchId(world.domain, batch))).batches[0].flagged).to.equal(true);
      expect(await flagAt(recoveredAt + 204 * DAY - 1)).to.equal(true);
      expect(await flagAt(recoveredAt + 204 * DAY)).to.equal(false);
    });

    it('is no obstacle to a revocation', async () => {
      await recover();
      const batch = toBatch(world, { size: 5 });
      const batchId = toBatchId(world.domain, batch);
      await world.registry.anchor([await signBatch(world, batch)]);
      const change = { batch: batchId, act: statusAct.revoke, leaves: 1n, until: 0, reason: 0 };
      await expect(world.as(world.statusKey).postStatus(change)).to.emit(world.registry, 'StatusChanged');
    });
  });
});
