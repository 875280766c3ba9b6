import { expect } from 'chai';
import { id } from 'ethers';
import {
  anchorFive,
  inSeconds,
  issuerState,
  judgement,
  NO_PAGE,
  networkHelpers,
  signBatch,
  statusAct,
  toBatch,
  toBatchId,
} from './registry.ts';

describe('EProofRegistry: judgements of batches', () => {
  let world: Awaited<ReturnType<typeof anchorFive>>;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(anchorFive);
  });

  const judgementOf = async (batch: string): Promise<number> =>
    Number((await world.registry.read(batch)).batches[0].judgement);
  const anchorOther = async (): Promise<string> => {
    const batch = toBatch(world, { issuer: 2 });
    await world.registry.anchor([await signBatch(world, batch, world.otherKey)]);
    return toBatchId(world.domain, batch);
  };

  describe('voidBatch', () => {
    it('disowns an anchored batch for ever, and no other', async () => {
      const next = toBatch(world);
      await world.registry.anchor([await signBatch(world, next)]);
      await expect(world.as(world.admin).voidBatch(1, world.fiveId))
        .to.emit(world.registry, 'BatchVoided')
        .withArgs(1, 0, world.fiveId);
      expect(await judgementOf(world.fiveId)).to.equal(judgement.void);
      expect(await judgementOf(toBatchId(world.domain, next))).to.equal(judgement.none);
      await expect(world.as(world.admin).endorseBatch(1, world.fiveId))
        .to.be.revertedWithCustomError(world.registry, 'BatchAlreadyVoid')
        .withArgs(world.fiveId);
    });

    it('names the page of the batch', async () => {
      const batches = Array.from({ length: 64 }, (_, index) => toBatch(world, { root: id(`${index}`) }));
      await world.registry.anchor(await Promise.all(batches.map((batch) => signBatch(world, batch))));
      const last = toBatchId(world.domain, batches[63]!);
      await expect(world.as(world.admin).voidBatch(1, last))
        .to.emit(world.registry, 'BatchVoided')
        .withArgs(1, 1, last);
    });

    it('changes nothing else of the batch, whose status can still change', async () => {
      const before = (await world.registry.read(world.fiveId)).batches[0].toObject();
      await world.as(world.admin).voidBatch(1, world.fiveId);
      expect((await world.registry.read(world.fiveId)).batches[0].toObject()).to.deep.equal({
        ...before,
        judgement: BigInt(judgement.void),
      });
      await expect(
        world
          .as(world.statusKey)
          .postStatus({ batch: world.fiveId, act: statusAct.revoke, leaves: 1n, until: 0, reason: 0 }),
      ).to.emit(world.registry, 'StatusChanged');
    });

    it('beats an endorsement', async () => {
      await world.as(world.admin).endorseBatch(1, world.fiveId);
      await expect(world.as(world.admin).voidBatch(1, world.fiveId)).to.emit(world.registry, 'BatchVoided');
      expect(await judgementOf(world.fiveId)).to.equal(judgement.void);
    });

    it('stops a batch before it is anchored, for ever', async () => {
      const batch = toBatch(world, { root: id('stolen') });
      const batchId = toBatchId(world.domain, batch);
      await expect(world.as(world.admin).voidBatch(1, batchId))
        .to.emit(world.registry, 'BatchVoided')
        .withArgs(1, NO_PAGE, batchId);
      await expect(world.registry.anchor([await signBatch(world, toBatch(world)), await signBatch(world, batch)]))
        .to.be.revertedWithCustomError(world.registry, 'BatchIsVoid')
        .withArgs(1, batchId);
      expect((await world.registry.read(batchId)).batches).to.be.empty;
    });

    it('stops no batch of another issuer before it is anchored', async () => {
      const batch = toBatch(world, { issuer: 2 });
      const batchId = toBatchId(world.domain, batch);
      await expect(world.as(world.admin).voidBatch(1, batchId)).to.emit(world.registry, 'BatchVoided');
      await expect(world.registry.anchor([await signBatch(world, batch, world.otherKey)])).to.emit(
        world.registry,
        'BatchAnchored',
      );
      expect(await judgementOf(batchId)).to.equal(judgement.none);
    });

    it('rejects an anchored batch of another issuer, whatever was said before it was anchored', async () => {
      const batchId = toBatchId(world.domain, toBatch(world, { issuer: 2 }));
      await world.as(world.admin).voidBatch(1, batchId);
      await anchorOther();
      await expect(world.as(world.admin).voidBatch(1, batchId))
        .to.be.revertedWithCustomError(world.registry, 'BatchOfAnotherIssuer')
        .withArgs(batchId, 2);
    });

    it('says nothing the second time, before and after anchoring', async () => {
      for (const batch of [world.fiveId, id('nothing')]) {
        await world.as(world.admin).voidBatch(1, batch);
        await expect(world.as(world.admin).voidBatch(1, batch)).to.not.emit(world.registry, 'BatchVoided');
      }
    });

    it('skips a void batch that is anchored already, like any other', async () => {
      await world.as(world.admin).voidBatch(1, world.fiveId);
      await expect(world.registry.anchor([await signBatch(world, world.five)]))
        .to.emit(world.registry, 'BatchAlreadyAnchored')
        .withArgs(world.fiveId);
    });

    it('works in every state of the issuer', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await expect(world.as(world.admin).voidBatch(1, id('one'))).to.emit(world.registry, 'BatchVoided');
      await world.as(world.governance).endIssuer(1, 2);
      await expect(world.as(world.admin).voidBatch(1, world.fiveId)).to.emit(world.registry, 'BatchVoided');
    });

    it('rejects everybody but the admin of the issuer, its keys and its successor too', async () => {
      await world.as(world.governance).endIssuer(1, 2);
      for (const account of [world.governance, world.anchorKey, world.otherAdmin, world.otherKey, world.stranger]) {
        await expect(world.as(account).voidBatch(1, world.fiveId))
          .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
          .withArgs(1, account);
      }
    });
  });

  describe('endorseBatch', () => {
    it('stands by a batch, whose key can then be reported', async () => {
      await expect(world.as(world.admin).endorseBatch(1, world.fiveId))
        .to.emit(world.registry, 'BatchEndorsed')
        .withArgs(1, 0, world.fiveId);
      await world.as(world.admin).reportCompromise(1, world.anchorKey, 1);
      expect(await judgementOf(world.fiveId)).to.equal(judgement.endorsed);
    });

    it('stands by a batch whose key was reported', async () => {
      await world.as(world.admin).reportCompromise(1, world.anchorKey, 1);
      await world.as(world.admin).endorseBatch(1, world.fiveId);
      expect(await judgementOf(world.fiveId)).to.equal(judgement.endorsed);
      const [key] = (await world.registry.read(world.fiveId)).getValue('keys');
      expect(key.invalidFrom).to.equal(1n);
    });

    it('says nothing the second time', async () => {
      await world.as(world.admin).endorseBatch(1, world.fiveId);
      await expect(world.as(world.admin).endorseBatch(1, world.fiveId)).to.not.emit(world.registry, 'BatchEndorsed');
    });

    it('rejects a batch that is not anchored', async () => {
      await expect(world.as(world.admin).endorseBatch(1, id('nothing')))
        .to.be.revertedWithCustomError(world.registry, 'BatchUnknown')
        .withArgs(id('nothing'));
    });

    it('rejects a batch of another issuer', async () => {
      const batchId = await anchorOther();
      await expect(world.as(world.admin).endorseBatch(1, batchId))
        .to.be.revertedWithCustomError(world.registry, 'BatchOfAnotherIssuer')
        .withArgs(batchId, 2);
    });

    it('rejects an issuer that is not active', async () => {
      await world.as(world.governance).suspendIssuer(1);
      await expect(world.as(world.admin).endorseBatch(1, world.fiveId))
        .to.be.revertedWithCustomError(world.registry, 'IssuerNotActive')
        .withArgs(1, issuerState.suspended);
      await world.as(world.governance).endIssuer(1, 2);
      await expect(world.as(world.admin).endorseBatch(1, world.fiveId))
        .to.be.revertedWithCustomError(world.registry, 'IssuerNotActive')
        .withArgs(1, issuerState.ended);
    });

    it('rejects everybody but the admin of the issuer, its keys too', async () => {
      for (const account of [world.governance, world.anchorKey, world.otherAdmin, world.stranger]) {
        await expect(world.as(account).endorseBatch(1, world.fiveId))
          .to.be.revertedWithCustomError(world.registry, 'IssuerUnauthorizedAdmin')
          .withArgs(1, account);
      }
    });

    it('writes nothing about the time of the batch', async () => {
      const [{ anchoredAt }] = (await world.registry.read(world.fiveId)).batches;
      await inSeconds(600);
      await world.as(world.admin).endorseBatch(1, world.fiveId);
      expect((await world.registry.read(world.fiveId)).batches[0].anchoredAt).to.equal(anchoredAt);
    });
  });
});
