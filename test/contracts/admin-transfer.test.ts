import { expect } from 'chai';
import { ZeroAddress } from 'ethers';
import { deployWorld, keyPurpose, networkHelpers, type World } from './registry.ts';

describe('EProofRegistry: transfer of an admin', () => {
  let world: World;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(deployWorld);
  });

  const adminOf = async (issuer: number): Promise<[string, string]> => {
    const { admin, offered } = await world.registry.adminOf(issuer);
    return [admin, offered];
  };

  describe('transferAdmin', () => {
    it('offers the place and keeps it until the offer is accepted', async () => {
      await expect(world.as(world.admin).transferAdmin(1, world.stranger))
        .to.emit(world.registry, 'AdminTransferOffered')
        .withArgs(1, world.stranger);
      expect(await adminOf(1)).to.deep.equal([await world.admin.getAddress(), await world.stranger.getAddress()]);
      await expect(world.as(world.stranger).endKey(1, world.anchorKey, 0))
        .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
        .withArgs(1, world.stranger);
    });

    it('withdraws the offer by zero', async () => {
      await world.as(world.admin).transferAdmin(1, world.stranger);
      await expect(world.as(world.admin).transferAdmin(1, ZeroAddress))
        .to.emit(world.registry, 'AdminTransferOffered')
        .withArgs(1, ZeroAddress);
      await expect(world.as(world.stranger).acceptAdmin(1))
        .to.be.revertedWithCustomError(world.registry, 'AdminTransferNotOffered')
        .withArgs(1, world.stranger);
    });

    it('leaves only the last offer', async () => {
      await world.as(world.admin).transferAdmin(1, world.stranger);
      await world.as(world.admin).transferAdmin(1, world.carrier);
      await expect(world.as(world.stranger).acceptAdmin(1)).to.be.revertedWithCustomError(
        world.registry,
        'AdminTransferNotOffered',
      );
      await world.as(world.carrier).acceptAdmin(1);
    });

    it('works in every state of the issuer', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await world.as(world.admin).transferAdmin(1, world.stranger);
      await world.as(world.governance).endIssuer(1, 0);
      await expect(world.as(world.admin).transferAdmin(1, world.carrier)).to.emit(
        world.registry,
        'AdminTransferOffered',
      );
      await expect(world.as(world.carrier).acceptAdmin(1)).to.emit(world.registry, 'AdminTransferred');
    });

    it('rejects everybody but the admin of the issuer, the governance too', async () => {
      for (const account of [world.governance, world.otherAdmin, world.anchorKey, world.stranger]) {
        await expect(world.as(account).transferAdmin(1, account))
          .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
          .withArgs(1, account);
      }
    });
  });

  describe('acceptAdmin', () => {
    it('takes the place of the admin, who has no power any more', async () => {
      await world.as(world.admin).transferAdmin(1, world.stranger);
      await expect(world.as(world.stranger).acceptAdmin(1))
        .to.emit(world.registry, 'AdminTransferred')
        .withArgs(1, world.admin, world.stranger);
      expect(await adminOf(1)).to.deep.equal([await world.stranger.getAddress(), ZeroAddress]);
      await world.as(world.stranger).addKey(1, world.carrier, keyPurpose.anchor, 0, 0);
      await expect(world.as(world.admin).endKey(1, world.anchorKey, 0))
        .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
        .withArgs(1, world.admin);
    });

    it('uses up the offer', async () => {
      await world.as(world.admin).transferAdmin(1, world.stranger);
      await world.as(world.stranger).acceptAdmin(1);
      await world.as(world.stranger).transferAdmin(1, world.admin);
      await world.as(world.admin).acceptAdmin(1);
      await expect(world.as(world.stranger).acceptAdmin(1))
        .to.be.revertedWithCustomError(world.registry, 'AdminTransferNotOffered')
        .withArgs(1, world.stranger);
    });

    it('rejects everybody to whom nothing was offered, at this issuer', async () => {
      await world.as(world.admin).transferAdmin(1, world.stranger);
      for (const [issuer, account] of [
        [1, world.admin],
        [1, world.governance],
        [2, world.stranger],
        [3, world.stranger],
      ] as const) {
        await expect(world.as(account).acceptAdmin(issuer))
          .to.be.revertedWithCustomError(world.registry, 'AdminTransferNotOffered')
          .withArgs(issuer, account);
      }
    });
  });
});
