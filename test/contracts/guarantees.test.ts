import { expect } from 'chai';
import { encodeBytes32String, id, type Signer } from 'ethers';
import {
  anchorFive,
  at,
  DAY,
  inSeconds,
  keyPurpose,
  networkHelpers,
  type Registry,
  signBatch,
  statusAct,
  toBatch,
  toBatchId,
  today,
} from './registry.ts';

type Five = Awaited<ReturnType<typeof anchorFive>>;

describe('EProofRegistry: guarantees', () => {
  let world: Five;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(anchorFive);
  });

  const change = (act: number, leaves: bigint, until = 0) => ({ batch: world.fiveId, act, leaves, until, reason: 0 });

  describe('what was issued stays as it is', () => {
    const readAll = async () => {
      const reading = await world.registry.readPage(1, 0);
      return {
        batches: reading.batches.toArray(true),
        keys: reading.getValue('keys').toArray(true),
        records: (await world.registry.readRecords(world.fiveId)).toArray(true),
      };
    };
    const events: Record<string, (as: (signer: Signer) => Registry) => Promise<unknown>> = {
      'its issuer is suspended': (as) => as(world.governance).suspendIssuer(1),
      'its issuer is ended': (as) => as(world.governance).endIssuer(1, 0),
      'its issuer is ended in favour of another': (as) => as(world.governance).endIssuer(1, 2),
      'its type is closed': (as) => as(world.admin).closeCredentialType(1, 1),
      'the guardian pauses': (as) => as(world.guardian).pause(),
      'its admin passes the place on': async (as) => {
        await as(world.admin).transferAdmin(1, world.stranger);
        await as(world.stranger).acceptAdmin(1);
      },
      'its admin is recovered': async (as) => {
        await as(world.governance).proposeRecovery(1, world.stranger);
        await networkHelpers.time.increase(14 * DAY);
        await as(world.stranger).executeRecovery(1);
      },
      'the guardian changes': (as) => as(world.governance).setGuardian(world.stranger),
    };
    for (const [name, happen] of Object.entries(events)) {
      it(`when ${name}`, async () => {
        await world.as(world.anchorKey).extend({ batch: world.fiveId, leaf: 2, validUntil: 21_000, reason: 0 });
        const before = await readAll();
        await happen(world.as);
        expect(await readAll()).to.deep.equal(before);
      });
    }

    it('when its key ends: the window still holds the time of the anchor', async () => {
      await world.as(world.admin).endKey(1, world.anchorKey, 0);
      const reading = await world.registry.readPage(1, 0);
      const [{ validFrom, validUntil, invalidFrom }] = reading.getValue('keys');
      const [{ anchoredAt }] = reading.batches;
      expect(validFrom <= anchoredAt && anchoredAt < validUntil && invalidFrom === 0n).to.equal(true);
    });
  });

  describe('a revocation is for ever', () => {
    it('whoever does whatever may be done later', async () => {
      await world.as(world.statusKey).postStatus(change(statusAct.revoke, 0b11n));
      for (const key of [world.statusKey, world.anchorKey]) {
        await world.as(key).postStatus(change(statusAct.suspend, 0b11n));
        await world.as(key).postStatus(change(statusAct.reinstate, 0b11n));
      }
      await world.as(world.anchorKey).extend({ batch: world.fiveId, leaf: 0, validUntil: 21_000, reason: 0 });
      await world.as(world.admin).endorseBatch(1, world.fiveId);
      await world.as(world.admin).reportCompromise(1, world.statusKey, 1);
      await world.registry.anchor([await signBatch(world, world.five)]);
      expect((await world.registry.read(world.fiveId)).batches[0].revoked).to.equal(0b11n);
    });
  });

  describe('the governance and the guardian create no validity', () => {
    const asAdmin: Record<string, (as: Registry) => Promise<unknown>> = {
      addKey: (as) => as.addKey(1, world.stranger, keyPurpose.anchor, 0, 0),
      endKey: (as) => as.endKey(1, world.anchorKey, 0),
      reportCompromise: (as) => as.reportCompromise(1, world.anchorKey, 1),
      openCredentialType: (as) => as.openCredentialType(1, id('type 3')),
      closeCredentialType: (as) => as.closeCredentialType(1, 1),
      endorseBatch: (as) => as.endorseBatch(1, world.fiveId),
      voidBatch: (as) => as.voidBatch(1, world.fiveId),
      withdrawNotice: (as) => as.withdrawNotice(1, 1, 0),
      transferAdmin: (as) => as.transferAdmin(1, world.governance),
      objectToRecovery: (as) => as.objectToRecovery(1),
    };
    const asKey: Record<string, (as: Registry) => Promise<unknown>> = {
      'postStatus, a revocation': (as) => as.postStatus(change(statusAct.revoke, 1n)),
      'postStatus, a suspension': (as) => as.postStatus(change(statusAct.suspend, 1n)),
      'postStatus, a reinstatement': (as) => as.postStatus(change(statusAct.reinstate, 1n)),
      nameSuccessor: (as) =>
        as.nameSuccessor({ batch: world.fiveId, leaf: 0, successorBatch: world.fiveId, successorLeaf: 1 }),
      extend: (as) => as.extend({ batch: world.fiveId, leaf: 0, validUntil: 21_000, reason: 0 }),
      postNotice: (as) =>
        as.postNotice({
          issuer: 1,
          credentialType: 1,
          from: 100,
          to: 200,
          validUntil: 300,
          law: encodeBytes32String('x'),
        }),
      renounceKey: (as) => as.renounceKey(),
    };
    for (const account of ['governance', 'guardian'] as const) {
      for (const [name, send] of Object.entries(asAdmin)) {
        it(`the ${account} not by ${name}`, async () => {
          await expect(send(world.as(world[account])))
            .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
            .withArgs(1, world[account]);
        });
      }
      for (const [name, send] of Object.entries(asKey)) {
        it(`the ${account} not by ${name}`, async () => {
          await expect(send(world.as(world[account]))).to.be.revertedWithCustomError(world.registry, 'KeyRefused');
        });
      }
      it(`the ${account} not by anchor`, async () => {
        await expect(
          world.registry.anchor([await signBatch(world, toBatch(world), world[account])]),
        ).to.be.revertedWithCustomError(world.registry, 'BatchKeyRefused');
      });
    }

    it('not by a department of its own that it names the successor', async () => {
      const until = (await today()) + 30;
      await world.as(world.statusKey).postStatus(change(statusAct.suspend, 0b0001n, until));
      const naming = { batch: world.fiveId, leaf: 1, successorBatch: world.fiveId, successorLeaf: 2 };
      await world.as(world.statusKey).nameSuccessor(naming);
      const before = (await world.registry.readRecords(world.fiveId)).toArray(true);

      await world.as(world.governance).admitIssuer(world.governance, id('puppet'));
      await world.as(world.governance).addKey(3, world.stranger, keyPurpose.anchor, 0, 0);
      await world.as(world.governance).endIssuer(1, 3);
      const puppet = world.as(world.stranger);
      const refusals: [() => Promise<unknown>, string][] = [
        [() => puppet.postStatus(change(statusAct.reinstate, 1n)), 'StatusOfAnotherKey'],
        [() => puppet.postStatus(change(statusAct.suspend, 1n, until - 1)), 'StatusOfAnotherKey'],
        // to change the end now and lift it later, or to have its own key reported, would undo it as well
        [() => puppet.postStatus(change(statusAct.suspend, 1n, until + 1)), 'StatusOfAnotherKey'],
        [() => puppet.postStatus(change(statusAct.suspend, 1n)), 'StatusOfAnotherKey'],
        [() => puppet.nameSuccessor({ ...naming, successorLeaf: 3 }), 'SuccessionNamed'],
        [() => puppet.extend({ batch: world.fiveId, leaf: 0, validUntil: 21_000, reason: 0 }), 'KeyRefused'],
        [() => world.as(world.governance).endorseBatch(1, world.fiveId), 'IssuerUnauthorizedAdmin'],
        [() => world.as(world.governance).reportCompromise(1, world.statusKey, 1), 'IssuerUnauthorizedAdmin'],
      ];
      for (const [send, error] of refusals) await expect(send()).to.be.revertedWithCustomError(world.registry, error);
      await puppet.postStatus(change(statusAct.suspend, 1n, until));
      await puppet.nameSuccessor(naming);
      await world.as(world.governance).reportCompromise(3, world.stranger, 1);
      expect((await world.registry.readRecords(world.fiveId)).toArray(true)).to.deep.equal(before);
      expect((await world.registry.read(world.fiveId)).batches[0].suspended).to.equal(1n);
    });

    it('but by a recovery, 14 days after everybody could see it, and what is anchored then is flagged', async () => {
      const time = await inSeconds(60);
      await world.as(world.governance).proposeRecovery(1, world.governance);
      await at(time + 14 * DAY - 1);
      await expect(
        world.as(world.governance).addKey(1, world.stranger, keyPurpose.anchor, 0, 0),
      ).to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin');
      await at(time + 14 * DAY);
      await world.registry.executeRecovery(1);
      await world.as(world.governance).addKey(1, world.stranger, keyPurpose.anchor, 0, 0);
      const batch = toBatch(world);
      await world.registry.anchor([await signBatch(world, batch, world.stranger)]);
      expect((await world.registry.read(toBatchId(world.domain, batch))).batches[0].flagged).to.equal(true);
      expect((await world.registry.read(world.fiveId)).batches[0].flagged).to.equal(false);
    });
  });
});
