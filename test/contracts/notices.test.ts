import { expect } from 'chai';
import { encodeBytes32String, ZeroHash } from 'ethers';
import {
  deployWorld,
  inSeconds,
  issuerState,
  keyFault,
  LAST_DAY,
  type Notice,
  networkHelpers,
  signMessage,
  type World,
} from './registry.ts';

const LAW = encodeBytes32String('L.N. 95 of 2022');

describe('EProofRegistry: notices', () => {
  let world: World;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(deployWorld);
  });

  const toNotice = (differences: Partial<Notice> = {}): Notice => ({
    issuer: 1,
    credentialType: 1,
    from: 20_800,
    to: 20_900,
    validUntil: 21_000,
    law: LAW,
    ...differences,
  });
  const post = (differences: Partial<Notice> = {}) => world.as(world.anchorKey).postNotice(toNotice(differences));

  describe('postNotice', () => {
    it('is read with its key and time, numbered from 0 for each type of each issuer', async () => {
      const time = await inSeconds(60);
      await expect(post())
        .to.emit(world.registry, 'NoticePosted')
        .withArgs(1, 1, 0, 20_800, 20_900, 21_000, LAW, world.anchorKey, time);
      await expect(post({ credentialType: 2 })).to.emit(world.registry, 'NoticePosted');
      await expect(world.as(world.otherKey).postNotice(toNotice({ issuer: 2 }))).to.emit(
        world.registry,
        'NoticePosted',
      );
      const second = await inSeconds(60);
      await expect(post({ validUntil: 21_001 }))
        .to.emit(world.registry, 'NoticePosted')
        .withArgs(1, 1, 1, 20_800, 20_900, 21_001, LAW, world.anchorKey, second);
      const key = await world.anchorKey.getAddress();
      expect((await world.registry.readNotices(1, 1)).toArray(true)).to.deep.equal([
        [20_800n, 20_900n, 21_000n, LAW, [key, BigInt(time), 0n], 0n],
        [20_800n, 20_900n, 21_001n, LAW, [key, BigInt(second), 0n], 0n],
      ]);
    });

    it('takes a type that was closed', async () => {
      await world.as(world.admin).closeCredentialType(1, 1);
      await expect(post()).to.emit(world.registry, 'NoticePosted');
    });

    it('takes days that are equal, and the last there is', async () => {
      for (const day of [0, LAST_DAY]) {
        await expect(post({ from: day, to: day, validUntil: day })).to.emit(world.registry, 'NoticePosted');
      }
    });

    it('rejects days out of order, or later than the last', async () => {
      for (const days of [
        { from: 20_901 },
        { to: 21_001 },
        { validUntil: 20_899 },
        { validUntil: LAST_DAY + 1 },
        { from: LAST_DAY + 1, to: LAST_DAY + 1, validUntil: LAST_DAY + 1 },
      ]) {
        const { from, to, validUntil } = toNotice(days);
        await expect(post(days))
          .to.be.revertedWithCustomError(world.registry, 'NoticeDaysInvalid')
          .withArgs(from, to, validUntil);
      }
    });

    it('takes a law of 1 to 32 bytes', async () => {
      for (const law of [`0x41${'00'.repeat(31)}`, `0x${'41'.repeat(31)}00`, `0x${'41'.repeat(32)}`])
        await expect(post({ law })).to.emit(world.registry, 'NoticePosted');
    });

    it('rejects a law that is empty, or goes on after a zero', async () => {
      for (const law of [ZeroHash, `0x00${'41'.repeat(31)}`, `0x4100${'41'.repeat(30)}`, `0x41${'00'.repeat(30)}41`]) {
        await expect(post({ law })).to.be.revertedWithCustomError(world.registry, 'NoticeLawInvalid').withArgs(law);
      }
    });

    it('rejects a type that the issuer never opened', async () => {
      for (const credentialType of [0, 3]) {
        await expect(post({ credentialType }))
          .to.be.revertedWithCustomError(world.registry, 'NoticeTypeUnknown')
          .withArgs(1, credentialType);
      }
    });

    it('rejects the 33rd notice of a type, withdrawn ones counted', async () => {
      for (let index = 0; index < 32; index++) await post({ validUntil: 21_000 + index });
      await world.as(world.admin).withdrawNotice(1, 1, 0);
      await expect(post()).to.be.revertedWithCustomError(world.registry, 'NoticeCountExceeded').withArgs(1, 1);
      await expect(post({ credentialType: 2 })).to.emit(world.registry, 'NoticePosted');
      expect(await world.registry.readNotices(1, 1)).to.have.length(32);
    });

    it('rejects a status key', async () => {
      await expect(world.as(world.statusKey).postNotice(toNotice()))
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(1, world.statusKey, keyFault.purpose);
    });

    it('rejects a stranger for an issuer that there is not', async () => {
      await expect(world.as(world.stranger).postNotice(toNotice({ issuer: 0 })))
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(0, world.stranger, keyFault.unknown);
    });

    it('rejects whoever is not a key of the issuer, the admin and the governance too', async () => {
      for (const account of [world.otherKey, world.admin, world.governance, world.stranger]) {
        await expect(world.as(account).postNotice(toNotice()))
          .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
          .withArgs(1, account, keyFault.unknown);
      }
    });

    it('rejects an issuer that is not active', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await expect(post())
        .to.be.revertedWithCustomError(world.registry, 'IssuerNotActive')
        .withArgs(1, issuerState.suspended);
      await world.as(world.governance).endIssuer(1, 0);
      await expect(post())
        .to.be.revertedWithCustomError(world.registry, 'IssuerNotActive')
        .withArgs(1, issuerState.ended);
    });
  });

  describe('relayNotice', () => {
    it('does what the key signed, whoever carries it, and uses up the nonce', async () => {
      const signature = await signMessage(world, 'Notice', { ...toNotice(), nonce: 0 }, world.anchorKey);
      const time = await inSeconds(60);
      await expect(world.as(world.stranger).relayNotice(toNotice(), 0, signature))
        .to.emit(world.registry, 'NoticePosted')
        .withArgs(1, 1, 0, 20_800, 20_900, 21_000, LAW, world.anchorKey, time);
      expect(await world.registry.nonces(world.anchorKey)).to.equal(1n);
    });
  });

  describe('withdrawNotice', () => {
    it('withdraws one notice for ever', async () => {
      await post();
      await post({ validUntil: 21_001 });
      const time = await inSeconds(60);
      await expect(world.as(world.admin).withdrawNotice(1, 1, 1))
        .to.emit(world.registry, 'NoticeWithdrawn')
        .withArgs(1, 1, 1);
      const withdrawn = (await world.registry.readNotices(1, 1)).map(
        ({ withdrawnAt }: { withdrawnAt: bigint }) => withdrawnAt,
      );
      expect(withdrawn).to.deep.equal([0n, BigInt(time)]);
      await expect(world.as(world.admin).withdrawNotice(1, 1, 1))
        .to.be.revertedWithCustomError(world.registry, 'NoticeAlreadyWithdrawn')
        .withArgs(1, 1, 1);
    });

    it('works in every state of the issuer', async () => {
      await post();
      await post();
      await world.as(world.governance).suspendIssuer(1);
      await expect(world.as(world.admin).withdrawNotice(1, 1, 0)).to.emit(world.registry, 'NoticeWithdrawn');
      await world.as(world.governance).endIssuer(1, 2);
      await expect(world.as(world.admin).withdrawNotice(1, 1, 1)).to.emit(world.registry, 'NoticeWithdrawn');
    });

    it('rejects a notice that was never posted', async () => {
      await post();
      for (const [credentialType, index] of [
        [1, 1],
        [2, 0],
        [3, 0],
      ]) {
        await expect(world.as(world.admin).withdrawNotice(1, credentialType, index))
          .to.be.revertedWithCustomError(world.registry, 'NoticeUnknown')
          .withArgs(1, credentialType, index);
      }
    });

    it('rejects everybody but the admin of the issuer, the key that posted too', async () => {
      await post();
      for (const account of [world.governance, world.anchorKey, world.otherAdmin, world.stranger]) {
        await expect(world.as(account).withdrawNotice(1, 1, 0))
          .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
          .withArgs(1, account);
      }
    });
  });
});
