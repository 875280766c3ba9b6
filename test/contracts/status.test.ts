import { expect } from 'chai';
import { id, type Signer, Wallet, ZeroHash } from 'ethers';
import {
  anchorFive,
  inSeconds,
  keyFault,
  keyPurpose,
  NO_PAGE,
  networkHelpers,
  type StatusChange,
  signBatch,
  signStatus,
  statusAct,
  toBatch,
  toBatchId,
  toDigest,
  toHighS,
} from './registry.ts';

const ALL = (1n << 256n) - 1n;

describe('EProofRegistry: status', () => {
  let world: Awaited<ReturnType<typeof anchorFive>>;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(anchorFive);
  });

  const toChange = (act: number, leaves: bigint, reason = 0, until = 0): StatusChange => ({
    batch: world.fiveId,
    act,
    leaves,
    until,
    reason,
  });
  const revoke = (leaves: bigint, reason = 0) => toChange(statusAct.revoke, leaves, reason);
  const suspend = (leaves: bigint) => toChange(statusAct.suspend, leaves);
  const reinstate = (leaves: bigint) => toChange(statusAct.reinstate, leaves);
  const wordsOf = async (batch: string): Promise<{ revoked: bigint; suspended: bigint }> => {
    const [{ revoked, suspended }] = (await world.registry.read(batch)).batches;
    return { revoked, suspended };
  };

  describe('postStatus', () => {
    it('revokes leaves, for ever', async () => {
      const time = await inSeconds(60);
      await expect(world.as(world.anchorKey).postStatus(revoke(0b10001n, 5)))
        .to.emit(world.registry, 'StatusChanged')
        .withArgs(1, 0, world.fiveId, statusAct.revoke, 0b10001n, 0, 5, world.anchorKey, time);
      await world.as(world.statusKey).postStatus(reinstate(0b11111n));
      expect(await wordsOf(world.fiveId)).to.deep.equal({ revoked: 0b10001n, suspended: 0n });
    });

    it('suspends and reinstates leaves', async () => {
      await world.as(world.statusKey).postStatus(suspend(0b111n));
      expect(await wordsOf(world.fiveId)).to.deep.equal({ revoked: 0n, suspended: 0b111n });
      await expect(world.as(world.anchorKey).postStatus(reinstate(0b010n))).to.emit(world.registry, 'StatusChanged');
      expect(await wordsOf(world.fiveId)).to.deep.equal({ revoked: 0n, suspended: 0b101n });
    });

    it('keeps revoked and suspended apart', async () => {
      await world.as(world.statusKey).postStatus(suspend(0b011n));
      await world.as(world.statusKey).postStatus(revoke(0b110n));
      expect(await wordsOf(world.fiveId)).to.deep.equal({ revoked: 0b110n, suspended: 0b011n });
    });

    it('names in its event only the leaves that changed', async () => {
      await world.as(world.statusKey).postStatus(revoke(0b011n, 1));
      const time = await inSeconds(60);
      await expect(world.as(world.statusKey).postStatus(revoke(0b110n, 2)))
        .to.emit(world.registry, 'StatusChanged')
        .withArgs(1, 0, world.fiveId, statusAct.revoke, 0b100n, 0, 2, world.statusKey, time);
    });

    it('says nothing where nothing changes', async () => {
      await world.as(world.statusKey).postStatus(revoke(0b1n));
      for (const change of [revoke(0b1n), reinstate(0b1n)]) {
        await expect(world.as(world.statusKey).postStatus(change)).to.not.emit(world.registry, 'StatusChanged');
      }
    });

    it('takes all 256 leaves of a full batch', async () => {
      const full = toBatch(world, { root: id('full') });
      await world.registry.anchor([await signBatch(world, full)]);
      const batch = toBatchId(world.domain, full);
      await world.as(world.statusKey).postStatus({ ...revoke(ALL), batch });
      expect(await wordsOf(batch)).to.deep.equal({ revoked: ALL, suspended: 0n });
    });

    it('touches no other batch', async () => {
      const full = toBatch(world, { root: id('full') });
      await world.registry.anchor([await signBatch(world, full)]);
      await world.as(world.statusKey).postStatus(revoke(0b11111n));
      expect(await wordsOf(toBatchId(world.domain, full))).to.deep.equal({ revoked: 0n, suspended: 0n });
    });

    it('works whatever the state of the issuer and of the type', async () => {
      await world.as(world.admin).closeCredentialType(1, 1);
      await world.as(world.governance).suspendIssuer(1);
      await world.as(world.statusKey).postStatus(revoke(0b1n));
      await world.as(world.governance).endIssuer(1, 2);
      await world.as(world.anchorKey).postStatus(revoke(0b10n));
      expect(await wordsOf(world.fiveId)).to.deep.equal({ revoked: 0b11n, suspended: 0n });
    });

    it('rejects an account that is not a key of the issuer', async () => {
      for (const account of [world.otherKey, world.admin, world.governance, world.stranger]) {
        await expect(world.as(account).postStatus(revoke(1n)))
          .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
          .withArgs(1, account, keyFault.unknown);
      }
    });

    it('rejects a key outside its window', async () => {
      const time = await inSeconds(60);
      await world.as(world.admin).addKey(1, world.stranger, keyPurpose.status, time + 100, time + 200);
      for (const [at, fault] of [
        [time + 99, keyFault.notYetValid],
        [time + 200, keyFault.ended],
      ] as const) {
        await networkHelpers.time.setNextBlockTimestamp(at);
        await expect(world.as(world.stranger).postStatus(revoke(1n)))
          .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
          .withArgs(1, world.stranger, fault);
      }
    });

    it('rejects every act but a revocation for a batch that is not anchored', async () => {
      for (const change of [suspend(1n), reinstate(1n)]) {
        await expect(world.as(world.statusKey).postStatus({ ...change, batch: id('nothing') }))
          .to.be.revertedWithCustomError(world.registry, 'BatchUnknown')
          .withArgs(id('nothing'));
      }
    });

    it('rejects leaves that the batch does not have, and no leaves at all', async () => {
      for (const act of Object.values(statusAct)) {
        for (const leaves of [0n, 1n << 5n, 0b100001n, 1n << 255n, ALL]) {
          await expect(world.as(world.statusKey).postStatus(toChange(act, leaves)))
            .to.be.revertedWithCustomError(world.registry, 'StatusLeavesInvalid')
            .withArgs(world.fiveId, leaves, 5);
        }
      }
    });

    it('rejects an act that does not exist', async () => {
      for (const act of [3, 255]) {
        await expect(world.as(world.statusKey).postStatus(toChange(act, 1n)))
          .to.be.revertedWithCustomError(world.registry, 'StatusActUnknown')
          .withArgs(world.fiveId, act);
      }
    });
  });

  describe('postStatus, for a batch that is not anchored', () => {
    const batchOf = (size: number) => toBatch(world, { root: id('to come'), size });
    const revokeEarly = (key: Signer, batch: string, leaves: bigint) =>
      world.as(key).postStatus({ ...revoke(leaves), batch });

    it('revokes leaves, which are revoked when the batch is anchored', async () => {
      const batch = toBatchId(world.domain, batchOf(5));
      const time = await inSeconds(60);
      await expect(revokeEarly(world.statusKey, batch, 0b10001n))
        .to.emit(world.registry, 'StatusChanged')
        .withArgs(1, NO_PAGE, batch, statusAct.revoke, 0b10001n, 0, 0, world.statusKey, time);
      await world.registry.anchor([await signBatch(world, batchOf(5))]);
      expect(await wordsOf(batch)).to.deep.equal({ revoked: 0b10001n, suspended: 0n });
    });

    it('takes any leaves, of which those count that the batch has', async () => {
      for (const size of [1, 5, 255, 256]) {
        const batch = toBatchId(world.domain, batchOf(size));
        await revokeEarly(world.statusKey, batch, ALL);
        await world.registry.anchor([await signBatch(world, batchOf(size))]);
        expect((await wordsOf(batch)).revoked).to.equal((1n << BigInt(size)) - 1n);
      }
    });

    it('says nothing where the leaf was revoked before, anchored since or not', async () => {
      const batch = toBatchId(world.domain, batchOf(5));
      await revokeEarly(world.statusKey, batch, 0b11n);
      await expect(revokeEarly(world.anchorKey, batch, 0b01n)).to.not.emit(world.registry, 'StatusChanged');
      await world.registry.anchor([await signBatch(world, batchOf(5))]);
      await expect(revokeEarly(world.anchorKey, batch, 0b10n)).to.not.emit(world.registry, 'StatusChanged');
      const time = await inSeconds(60);
      await expect(revokeEarly(world.anchorKey, batch, 0b111n))
        .to.emit(world.registry, 'StatusChanged')
        .withArgs(1, 0, batch, statusAct.revoke, 0b100n, 0, 0, world.anchorKey, time);
    });

    it('speaks for the issuer of the key alone: nobody revokes a batch of another', async () => {
      const batch = toBatchId(world.domain, batchOf(5));
      const time = await inSeconds(60);
      await expect(revokeEarly(world.otherKey, batch, ALL))
        .to.emit(world.registry, 'StatusChanged')
        .withArgs(2, NO_PAGE, batch, statusAct.revoke, ALL, 0, 0, world.otherKey, time);
      await world.registry.anchor([await signBatch(world, batchOf(5))]);
      expect(await wordsOf(batch)).to.deep.equal({ revoked: 0n, suspended: 0n });
    });

    it('is carried like any other change', async () => {
      const change = { ...revoke(0b1n), batch: toBatchId(world.domain, batchOf(5)) };
      await world.registry.relayStatus(change, 0, await signStatus(world, { ...change, nonce: 0 }));
      await world.registry.anchor([await signBatch(world, batchOf(5))]);
      expect((await wordsOf(change.batch)).revoked).to.equal(0b1n);
    });

    it('rejects no leaves at all', async () => {
      await expect(revokeEarly(world.statusKey, id('nothing'), 0n))
        .to.be.revertedWithCustomError(world.registry, 'StatusLeavesInvalid')
        .withArgs(id('nothing'), 0, 0);
    });

    it('rejects whoever is no key', async () => {
      for (const account of [world.stranger, world.admin, world.governance]) {
        await expect(revokeEarly(account, id('nothing'), 1n))
          .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
          .withArgs(0, account, keyFault.unknown);
      }
    });

    it('rejects a key that has ended or was reported', async () => {
      await world.as(world.admin).endKey(1, world.statusKey, 0);
      await world.as(world.admin).reportCompromise(1, world.anchorKey, 1);
      for (const [key, fault] of [
        [world.statusKey, keyFault.ended],
        [world.anchorKey, keyFault.compromised],
      ] as const) {
        await expect(revokeEarly(key, id('nothing'), 1n))
          .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
          .withArgs(1, key, fault);
      }
    });
  });

  describe('relayStatus', () => {
    it('does what the key signed, whoever carries it, and uses up the nonce', async () => {
      const change = revoke(0b1n, 4);
      const time = await inSeconds(60);
      await expect(world.as(world.stranger).relayStatus(change, 0, await signStatus(world, { ...change, nonce: 0 })))
        .to.emit(world.registry, 'StatusChanged')
        .withArgs(1, 0, world.fiveId, statusAct.revoke, 0b1n, 0, 4, world.statusKey, time);
      expect(await world.registry.nonces(world.statusKey)).to.equal(1n);
      expect(await wordsOf(world.fiveId)).to.deep.equal({ revoked: 0b1n, suspended: 0n });
    });

    it('counts the nonces of each key apart', async () => {
      await world.registry.relayStatus(suspend(1n), 0, await signStatus(world, { ...suspend(1n), nonce: 0 }));
      await world.registry.relayStatus(
        revoke(1n),
        0,
        await signStatus(world, { ...revoke(1n), nonce: 0 }, world.anchorKey),
      );
      expect(await world.registry.nonces(world.statusKey)).to.equal(1n);
      expect(await world.registry.nonces(world.anchorKey)).to.equal(1n);
    });

    it('rejects the same message a second time', async () => {
      const signature = await signStatus(world, { ...suspend(1n), nonce: 0 });
      await world.registry.relayStatus(suspend(1n), 0, signature);
      await world.as(world.anchorKey).postStatus(reinstate(1n));
      await expect(world.registry.relayStatus(suspend(1n), 0, signature))
        .to.be.revertedWithCustomError(world.registry, 'KeyInvalidNonce')
        .withArgs(world.statusKey, 0, 1);
    });

    it('rejects a nonce that is not the next', async () => {
      await expect(world.registry.relayStatus(revoke(1n), 1, await signStatus(world, { ...revoke(1n), nonce: 1 })))
        .to.be.revertedWithCustomError(world.registry, 'KeyInvalidNonce')
        .withArgs(world.statusKey, 1, 0);
    });

    it('rejects a change that differs from what was signed, in any field', async () => {
      const signature = await signStatus(world, { ...suspend(0b1n), nonce: 0 });
      const full = toBatch(world, { root: id('full') });
      await world.registry.anchor([await signBatch(world, full)]);
      for (const changed of [
        { act: statusAct.revoke },
        { leaves: 0b11n },
        { reason: 1 },
        { batch: toBatchId(world.domain, full) },
      ]) {
        await expect(
          world.registry.relayStatus({ ...suspend(0b1n), ...changed }, 0, signature),
        ).to.be.revertedWithCustomError(world.registry, 'KeyRefused');
      }
    });

    it('rejects a signature made for another chain or registry', async () => {
      for (const changed of [{ chainId: 1n }, { verifyingContract: await world.stranger.getAddress() }]) {
        const abroad = { ...world, domain: { ...world.domain, ...changed } };
        const signature = await signStatus(abroad, { ...revoke(1n), nonce: 0 });
        await expect(world.registry.relayStatus(revoke(1n), 0, signature)).to.be.revertedWithCustomError(
          world.registry,
          'KeyRefused',
        );
      }
    });

    it('rejects the signature of a stranger, whose nonce stays', async () => {
      const stranger = Wallet.createRandom();
      await expect(
        world.registry.relayStatus(revoke(1n), 0, await signStatus(world, { ...revoke(1n), nonce: 0 }, stranger)),
      )
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(1, stranger.address, keyFault.unknown);
      expect(await world.registry.nonces(stranger.address)).to.equal(0n);
    });

    it('rejects a signature with s in the upper half, another v, or no signer', async () => {
      const signature = await signStatus(world, { ...revoke(1n), nonce: 0 });
      const digest = toDigest(world.domain, 'StatusChange', { ...revoke(1n), nonce: 0 });
      for (const wrong of [
        toHighS(signature),
        { ...signature, v: signature.v - 27 },
        { v: 27, r: ZeroHash, s: ZeroHash },
      ]) {
        await expect(world.registry.relayStatus(revoke(1n), 0, wrong))
          .to.be.revertedWithCustomError(world.registry, 'SignatureInvalid')
          .withArgs(digest);
      }
    });

    it('rejects an ended key', async () => {
      const signature = await signStatus(world, { ...revoke(1n), nonce: 0 });
      await world.as(world.admin).endKey(1, world.statusKey, 0);
      await expect(world.registry.relayStatus(revoke(1n), 0, signature))
        .to.be.revertedWithCustomError(world.registry, 'KeyRefused')
        .withArgs(1, world.statusKey, keyFault.ended);
    });
  });
});
