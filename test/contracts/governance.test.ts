import { expect } from 'chai';
import { id, ZeroAddress } from 'ethers';
import { deployRegistry } from '../../server/chain/deploy-registry.ts';
import { connect, deployWorld, issuerState, networkHelpers, type World } from './registry.ts';

describe('EProofRegistry: governance and issuers', () => {
  let world: World;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(deployWorld);
  });

  const stateOf = async (issuer: number): Promise<number> =>
    Number((await world.registry.readPage(issuer, 0)).issuerState);

  describe('constructor', () => {
    it('names the governance for ever', async () => {
      expect(await world.registry.governance()).to.equal(await world.governance.getAddress());
    });

    it('rejects the zero address', async () => {
      const deployed = deployRegistry({ signer: world.carrier, governance: ZeroAddress });
      await expect(deployed)
        .to.be.revertedWithCustomError(world.registry, 'GovernanceInvalidAddress')
        .withArgs(ZeroAddress);
    });

    it('admits nobody yet', async () => {
      const { address } = await deployRegistry({
        signer: world.carrier,
        governance: await world.governance.getAddress(),
      });
      expect(await connect(address, world.carrier).issuerCount()).to.equal(0n);
    });
  });

  describe('admitIssuer', () => {
    it('numbers issuers from 1 without gaps', async () => {
      expect(await world.registry.issuerCount()).to.equal(2n);
      await expect(world.as(world.governance).admitIssuer(world.stranger, id('profile 3')))
        .to.emit(world.registry, 'IssuerAdmitted')
        .withArgs(3, world.stranger, id('profile 3'));
      expect(await world.registry.issuerCount()).to.equal(3n);
      const reading = await world.registry.readPage(3, 0);
      expect(reading.profile).to.equal(id('profile 3'));
      expect(reading.issuerState).to.equal(BigInt(issuerState.active));
    });

    it('rejects everybody but the governance', async () => {
      for (const account of [world.admin, world.anchorKey, world.stranger]) {
        await expect(world.as(account).admitIssuer(account, id('profile')))
          .to.be.revertedWithCustomError(world.registry, 'GovernanceUnauthorized')
          .withArgs(account);
      }
    });

    it('rejects an admin that is zero', async () => {
      await expect(world.as(world.governance).admitIssuer(ZeroAddress, id('profile')))
        .to.be.revertedWithCustomError(world.registry, 'IssuerInvalidAdmin')
        .withArgs(ZeroAddress);
    });

    it('rejects a profile that is zero', async () => {
      await expect(world.as(world.governance).admitIssuer(world.stranger, `0x${'00'.repeat(32)}`))
        .to.be.revertedWithCustomError(world.registry, 'IssuerInvalidProfile')
        .withArgs(`0x${'00'.repeat(32)}`);
    });
  });

  describe('suspendIssuer', () => {
    it('suspends an active issuer', async () => {
      await expect(world.as(world.governance).suspendIssuer(1)).to.emit(world.registry, 'IssuerSuspended').withArgs(1);
      expect(await stateOf(1)).to.equal(issuerState.suspended);
      expect(await stateOf(2)).to.equal(issuerState.active);
    });

    it('rejects everybody but the governance', async () => {
      await expect(world.as(world.admin).suspendIssuer(2))
        .to.be.revertedWithCustomError(world.registry, 'GovernanceUnauthorized')
        .withArgs(world.admin);
    });

    it('rejects an issuer that is not active', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await expect(world.as(world.governance).suspendIssuer(1))
        .to.be.revertedWithCustomError(world.registry, 'IssuerInvalidTransition')
        .withArgs(1, issuerState.suspended, issuerState.suspended);
      await expect(world.as(world.governance).suspendIssuer(3))
        .to.be.revertedWithCustomError(world.registry, 'IssuerInvalidTransition')
        .withArgs(3, issuerState.none, issuerState.suspended);
    });
  });

  describe('reinstateIssuer', () => {
    it('makes a suspended issuer active', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await expect(world.as(world.governance).reinstateIssuer(1))
        .to.emit(world.registry, 'IssuerReinstated')
        .withArgs(1);
      expect(await stateOf(1)).to.equal(issuerState.active);
    });

    it('rejects everybody but the governance', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await expect(world.as(world.admin).reinstateIssuer(1))
        .to.be.revertedWithCustomError(world.registry, 'GovernanceUnauthorized')
        .withArgs(world.admin);
    });

    it('rejects an issuer that is not suspended, an ended one above all', async () => {
      await world.as(world.governance).endIssuer(1, 0);
      await expect(world.as(world.governance).reinstateIssuer(1))
        .to.be.revertedWithCustomError(world.registry, 'IssuerInvalidTransition')
        .withArgs(1, issuerState.ended, issuerState.active);
      await expect(world.as(world.governance).reinstateIssuer(2))
        .to.be.revertedWithCustomError(world.registry, 'IssuerInvalidTransition')
        .withArgs(2, issuerState.active, issuerState.active);
    });
  });

  describe('endIssuer', () => {
    it('names the successor', async () => {
      await expect(world.as(world.governance).endIssuer(1, 2)).to.emit(world.registry, 'IssuerEnded').withArgs(1, 2);
      const reading = await world.registry.readPage(1, 0);
      expect(reading.issuerState).to.equal(BigInt(issuerState.ended));
      expect(reading.successor).to.equal(2n);
    });

    it('ends a suspended issuer without a successor', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await expect(world.as(world.governance).endIssuer(1, 0)).to.emit(world.registry, 'IssuerEnded').withArgs(1, 0);
    });

    it('rejects everybody but the governance', async () => {
      await expect(world.as(world.admin).endIssuer(1, 0))
        .to.be.revertedWithCustomError(world.registry, 'GovernanceUnauthorized')
        .withArgs(world.admin);
    });

    it('rejects an issuer that was never admitted or has ended', async () => {
      await world.as(world.governance).endIssuer(1, 2);
      for (const [issuer, state] of [
        [1, issuerState.ended],
        [3, issuerState.none],
      ]) {
        await expect(world.as(world.governance).endIssuer(issuer, 0))
          .to.be.revertedWithCustomError(world.registry, 'IssuerInvalidTransition')
          .withArgs(issuer, state, issuerState.ended);
      }
    });

    it('rejects a successor that is itself, unknown or not active', async () => {
      await world.as(world.governance).suspendIssuer(2);
      for (const successor of [1, 2, 3]) {
        await expect(world.as(world.governance).endIssuer(1, successor))
          .to.be.revertedWithCustomError(world.registry, 'IssuerInvalidSuccessor')
          .withArgs(1, successor);
      }
    });
  });
});
