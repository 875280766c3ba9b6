import { expect } from 'chai';
import { id, ZeroHash } from 'ethers';
import { deployWorld, issuerState, networkHelpers, typeState, type World } from './registry.ts';

describe('EProofRegistry: credential types', () => {
  let world: World;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(deployWorld);
  });

  describe('openCredentialType', () => {
    it('numbers the types of each issuer from 1 without gaps', async () => {
      await expect(world.as(world.admin).openCredentialType(1, id('type 3')))
        .to.emit(world.registry, 'CredentialTypeOpened')
        .withArgs(1, 3, id('type 3'));
      await expect(world.as(world.otherAdmin).openCredentialType(2, id('type 3')))
        .to.emit(world.registry, 'CredentialTypeOpened')
        .withArgs(2, 2, id('type 3'));
    });

    it('rejects everybody but the admin of the issuer, the governance too', async () => {
      for (const account of [world.governance, world.otherAdmin, world.anchorKey]) {
        await expect(world.as(account).openCredentialType(1, id('type 3')))
          .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
          .withArgs(1, account);
      }
    });

    it('rejects an issuer that is not active', async () => {
      await world.as(world.governance).endIssuer(1, 0);
      await expect(world.as(world.admin).openCredentialType(1, id('type 3')))
        .to.be.revertedWithCustomError(world.registry, 'IssuerNotActive')
        .withArgs(1, issuerState.ended);
    });

    it('rejects a definition that is zero', async () => {
      await expect(world.as(world.admin).openCredentialType(1, ZeroHash))
        .to.be.revertedWithCustomError(world.registry, 'CredentialTypeInvalidDefinition')
        .withArgs(1, ZeroHash);
    });

    it('rejects a definition that was opened before, closed or not', async () => {
      await world.as(world.admin).closeCredentialType(1, 2);
      for (const [definition, number] of [
        [world.definition, 1],
        [world.secondDefinition, 2],
      ]) {
        await expect(world.as(world.admin).openCredentialType(1, definition))
          .to.be.revertedWithCustomError(world.registry, 'CredentialTypeAlreadyOpened')
          .withArgs(1, definition, number);
      }
    });
  });

  describe('closeCredentialType', () => {
    it('closes a type of this issuer alone', async () => {
      await expect(world.as(world.admin).closeCredentialType(1, 1))
        .to.emit(world.registry, 'CredentialTypeClosed')
        .withArgs(1, 1);
      await expect(world.as(world.otherAdmin).closeCredentialType(2, 1))
        .to.emit(world.registry, 'CredentialTypeClosed')
        .withArgs(2, 1);
    });

    it('works while the issuer is suspended', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await expect(world.as(world.admin).closeCredentialType(1, 1))
        .to.emit(world.registry, 'CredentialTypeClosed')
        .withArgs(1, 1);
    });

    it('rejects everybody but the admin of the issuer', async () => {
      for (const account of [world.governance, world.otherAdmin, world.anchorKey]) {
        await expect(world.as(account).closeCredentialType(1, 1))
          .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
          .withArgs(1, account);
      }
    });

    it('rejects a type that is closed or was never opened', async () => {
      await world.as(world.admin).closeCredentialType(1, 1);
      for (const [number, state] of [
        [1, typeState.closed],
        [3, typeState.none],
        [0, typeState.none],
      ]) {
        await expect(world.as(world.admin).closeCredentialType(1, number))
          .to.be.revertedWithCustomError(world.registry, 'CredentialTypeNotOpen')
          .withArgs(1, number, state);
      }
    });
  });
});
