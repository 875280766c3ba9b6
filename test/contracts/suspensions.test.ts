import { expect } from 'chai';
import { id, type Signer, ZeroAddress } from 'ethers';
import {
  anchorFive,
  at,
  inSeconds,
  keyPurpose,
  LAST_DAY,
  networkHelpers,
  signBatch,
  startOf,
  statusAct,
  toBatch,
  toBatchId,
  today,
} from './registry.ts';

/** Issuer 1 has a second status key. */
async function addSecondKey() {
  const world = await anchorFive();
  await world.as(world.admin).addKey(1, world.stranger, keyPurpose.status, 0, 0);
  return { ...world, secondKey: world.stranger, day: await today() };
}

describe('EProofRegistry: suspensions', () => {
  let world: Awaited<ReturnType<typeof addSecondKey>>;
  beforeEach(async () => {
    world = await networkHelpers.loadFixture(addSecondKey);
  });

  const send = (key: Signer, act: number, leaves: bigint, until = 0) =>
    world.as(key).postStatus({ batch: world.fiveId, act, leaves, until, reason: 0 });
  const suspend = (key: Signer, leaves: bigint, until = 0) => send(key, statusAct.suspend, leaves, until);
  const reinstate = (key: Signer, leaves: bigint) => send(key, statusAct.reinstate, leaves);
  const wordsOf = async (batch = world.fiveId): Promise<[bigint, bigint]> => {
    const [{ suspended, amended }] = (await world.registry.read(batch)).batches;
    return [suspended, amended];
  };
  const recordOf = async (leaf: number) => {
    const found = (await world.registry.readRecords(world.fiveId)).find(
      (record: { leaf: bigint }) => Number(record.leaf) === leaf,
    );
    const { suspension, suspendedUntil, lift } = found.toObject(true);
    return { suspension, suspendedUntil: Number(suspendedUntil), lift };
  };
  const act = async (key: Signer, time: number, invalidFrom = 0) => ({
    key: await key.getAddress(),
    time: BigInt(time),
    invalidFrom: BigInt(invalidFrom),
  });
  const nobody = { key: ZeroAddress, time: 0n, invalidFrom: 0n };
  const refused = async (sent: Promise<unknown>, leaf: number) =>
    expect(sent).to.be.revertedWithCustomError(world.registry, 'StatusOfAnotherKey').withArgs(world.fiveId, leaf);

  describe('of a leaf', () => {
    it('is recorded with its key, its time and its end', async () => {
      const time = await inSeconds(60);
      await expect(suspend(world.statusKey, 0b10010n, world.day + 30))
        .to.emit(world.registry, 'StatusChanged')
        .withArgs(1, 0, world.fiveId, statusAct.suspend, 0b10010n, world.day + 30, 0, world.statusKey, time);
      expect(await wordsOf()).to.deep.equal([0b10010n, 0b10010n]);
      for (const leaf of [1, 4]) {
        expect(await recordOf(leaf)).to.deep.equal({
          suspension: await act(world.statusKey, time),
          suspendedUntil: world.day + 30,
          lift: nobody,
        });
      }
    });

    it('is recorded for the first and the last leaf of a full batch', async () => {
      const full = toBatch(world);
      await world.registry.anchor([await signBatch(world, full)]);
      const batch = toBatchId(world.domain, full);
      const leaves = 1n | (1n << 255n);
      await world.as(world.statusKey).postStatus({ batch, act: statusAct.suspend, leaves, until: 0, reason: 0 });
      expect(await wordsOf(batch)).to.deep.equal([leaves, leaves]);
      const records = await world.registry.readRecords(batch);
      expect(records.map(({ leaf }: { leaf: bigint }) => leaf)).to.deep.equal([0n, 255n]);
      expect(await wordsOf()).to.deep.equal([0n, 0n]);
    });

    it('changes nothing where it is suspended with the same end, by whatever key', async () => {
      await suspend(world.statusKey, 0b1n, world.day + 30);
      const before = await recordOf(0);
      for (const key of [world.statusKey, world.anchorKey, world.secondKey])
        await expect(suspend(key, 0b1n, world.day + 30)).to.not.emit(world.registry, 'StatusChanged');
      expect(await recordOf(0)).to.deep.equal(before);
    });

    it('names in its event only the leaves that changed', async () => {
      await suspend(world.statusKey, 0b001n, world.day + 30);
      const time = await inSeconds(60);
      await expect(suspend(world.secondKey, 0b111n, world.day + 30))
        .to.emit(world.registry, 'StatusChanged')
        .withArgs(1, 0, world.fiveId, statusAct.suspend, 0b110n, world.day + 30, 0, world.secondKey, time);
      expect((await recordOf(0)).suspension.key).to.equal(await world.statusKey.getAddress());
      expect((await recordOf(1)).suspension.key).to.equal(await world.secondKey.getAddress());
    });
  });

  describe('until', () => {
    const untilRefused = async (change: { act: number; until: number }) =>
      expect(send(world.statusKey, change.act, 1n, change.until))
        .to.be.revertedWithCustomError(world.registry, 'StatusUntilInvalid')
        .withArgs(world.fiveId, change.act, change.until);

    it('is a day of Hong Kong that has not passed', async () => {
      const day = world.day + 10;
      await at(startOf(day + 1) - 1);
      await expect(suspend(world.statusKey, 0b1n, day)).to.emit(world.registry, 'StatusChanged');
      await at(startOf(day + 1));
      await untilRefused({ act: statusAct.suspend, until: day });
      await expect(suspend(world.statusKey, 0b10n, day + 1)).to.emit(world.registry, 'StatusChanged');
    });

    it('is at most the last day of the year 9999', async () => {
      await untilRefused({ act: statusAct.suspend, until: LAST_DAY + 1 });
      await untilRefused({ act: statusAct.suspend, until: 0xff_ffff });
      await expect(suspend(world.statusKey, 1n, LAST_DAY)).to.emit(world.registry, 'StatusChanged');
    });

    it('is 0 for a revocation and a reinstatement', async () => {
      await suspend(world.statusKey, 1n, world.day + 30);
      for (const rejected of [statusAct.revoke, statusAct.reinstate])
        await untilRefused({ act: rejected, until: world.day + 30 });
    });
  });

  describe('another end', () => {
    for (const [name, from, to] of [
      ['earlier', 30, 20],
      ['later', 30, 40],
      ['of none', 30, 0],
      ['where there was none', 0, 30],
    ] as const) {
      const dayOf = (days: number) => (days === 0 ? 0 : world.day + days);

      for (const by of ['statusKey', 'anchorKey'] as const) {
        it(`${name} is set by the ${by === 'statusKey' ? 'key that suspended' : 'anchor key'}`, async () => {
          await suspend(world.statusKey, 1n, dayOf(from));
          const time = await inSeconds(60);
          await expect(suspend(world[by], 1n, dayOf(to)))
            .to.emit(world.registry, 'StatusChanged')
            .withArgs(1, 0, world.fiveId, statusAct.suspend, 1n, dayOf(to), 0, world[by], time);
          expect(await recordOf(0)).to.deep.equal({
            suspension: await act(world[by], time),
            suspendedUntil: dayOf(to),
            lift: nobody,
          });
        });
      }

      it(`${name} is not set by another status key`, async () => {
        await suspend(world.statusKey, 1n, dayOf(from));
        await refused(suspend(world.secondKey, 1n, dayOf(to)), 0);
      });

      it(`${name} is not set by a status key for what an anchor key suspended`, async () => {
        await suspend(world.anchorKey, 1n, dayOf(from));
        await refused(suspend(world.statusKey, 1n, dayOf(to)), 0);
      });
    }

    it('is refused for all leaves where one is another key’s', async () => {
      await suspend(world.statusKey, 0b00011n);
      await suspend(world.secondKey, 0b00100n);
      await refused(suspend(world.statusKey, 0b11111n, world.day + 30), 2);
      expect(await wordsOf()).to.deep.equal([0b111n, 0b111n]);
    });
  });

  describe('that is over', () => {
    it('counts to the last second of its last day, and not a second longer', async () => {
      const until = world.day + 10;
      await suspend(world.statusKey, 0b1n, until);
      await at(startOf(until + 1) - 1);
      await refused(suspend(world.secondKey, 0b1n, until + 5), 0);
      await at(startOf(until + 1));
      await expect(suspend(world.secondKey, 0b1n, until + 5)).to.emit(world.registry, 'StatusChanged');
      expect((await recordOf(0)).suspension).to.deep.equal(await act(world.secondKey, startOf(until + 1)));
    });

    it('has nothing to be lifted', async () => {
      const until = world.day + 10;
      await suspend(world.statusKey, 0b1n, until);
      const before = await recordOf(0);
      await at(startOf(until + 1));
      for (const key of [world.statusKey, world.secondKey])
        await expect(reinstate(key, 0b1n)).to.not.emit(world.registry, 'StatusChanged');
      expect(await recordOf(0)).to.deep.equal(before);
    });
  });

  describe('lifted', () => {
    for (const by of ['statusKey', 'anchorKey'] as const) {
      it(`is recorded for the ${by === 'statusKey' ? 'key that suspended' : 'anchor key'}`, async () => {
        const since = await inSeconds(60);
        await suspend(world.statusKey, 0b11n, world.day + 30);
        const time = await inSeconds(60);
        await expect(reinstate(world[by], 0b01n))
          .to.emit(world.registry, 'StatusChanged')
          .withArgs(1, 0, world.fiveId, statusAct.reinstate, 0b01n, 0, 0, world[by], time);
        expect(await wordsOf()).to.deep.equal([0b10n, 0b11n]);
        expect(await recordOf(0)).to.deep.equal({
          suspension: await act(world.statusKey, since),
          suspendedUntil: world.day + 30,
          lift: await act(world[by], time),
        });
      });
    }

    it('rejects another status key, and a status key for what an anchor key suspended', async () => {
      await suspend(world.statusKey, 0b01n);
      await suspend(world.anchorKey, 0b10n);
      await refused(reinstate(world.secondKey, 0b01n), 0);
      await refused(reinstate(world.statusKey, 0b10n), 1);
    });

    it('is refused for all leaves where one is another key’s, and skips those that are not suspended', async () => {
      await suspend(world.statusKey, 0b00011n);
      await suspend(world.secondKey, 0b00100n);
      await refused(reinstate(world.statusKey, 0b11111n), 2);
      const time = await inSeconds(60);
      await expect(reinstate(world.statusKey, 0b11011n))
        .to.emit(world.registry, 'StatusChanged')
        .withArgs(1, 0, world.fiveId, statusAct.reinstate, 0b00011n, 0, 0, world.statusKey, time);
    });

    it('says nothing the second time', async () => {
      await suspend(world.statusKey, 1n);
      await reinstate(world.statusKey, 1n);
      const before = await recordOf(0);
      await expect(reinstate(world.anchorKey, 1n)).to.not.emit(world.registry, 'StatusChanged');
      expect(await recordOf(0)).to.deep.equal(before);
    });

    it('leaves the leaf to any key, which suspends it anew', async () => {
      await suspend(world.statusKey, 1n);
      await reinstate(world.statusKey, 1n);
      const time = await inSeconds(60);
      await suspend(world.secondKey, 1n);
      expect(await recordOf(0)).to.deep.equal({
        suspension: await act(world.secondKey, time),
        suspendedUntil: 0,
        lift: nobody,
      });
      expect(await wordsOf()).to.deep.equal([1n, 1n]);
    });
  });

  describe('by a key that is reported', () => {
    it('since before it suspended is none: any key suspends anew, with the same end too', async () => {
      const time = await inSeconds(60);
      await suspend(world.statusKey, 1n);
      await world.as(world.admin).reportCompromise(1, world.statusKey, time);
      expect((await recordOf(0)).suspension).to.deep.equal(await act(world.statusKey, time, time));
      await expect(reinstate(world.secondKey, 1n)).to.not.emit(world.registry, 'StatusChanged');
      await expect(suspend(world.secondKey, 1n)).to.emit(world.registry, 'StatusChanged');
      expect((await recordOf(0)).suspension.key).to.equal(await world.secondKey.getAddress());
    });

    it('since after it suspended is still in force', async () => {
      const time = await inSeconds(60);
      await suspend(world.statusKey, 1n);
      await at(time + 1);
      await world.as(world.admin).reportCompromise(1, world.statusKey, time + 1);
      await expect(suspend(world.secondKey, 1n)).to.not.emit(world.registry, 'StatusChanged');
      await refused(reinstate(world.secondKey, 1n), 0);
      await expect(reinstate(world.anchorKey, 1n)).to.emit(world.registry, 'StatusChanged');
    });

    it('since before it lifted is in force again, for the keys whose it was', async () => {
      const since = await inSeconds(60);
      await suspend(world.statusKey, 1n);
      const liftedAt = await inSeconds(60);
      await reinstate(world.anchorKey, 1n);
      await world.as(world.admin).reportCompromise(1, world.anchorKey, liftedAt);
      await refused(reinstate(world.secondKey, 1n), 0);
      await refused(suspend(world.secondKey, 1n), 0);
      const time = await inSeconds(60);
      await expect(reinstate(world.statusKey, 1n)).to.emit(world.registry, 'StatusChanged');
      expect(await recordOf(0)).to.deep.equal({
        suspension: await act(world.statusKey, since),
        suspendedUntil: 0,
        lift: await act(world.statusKey, time),
      });
    });

    it('since before it lifted is suspended again by its own key, so that the bit says it too', async () => {
      await suspend(world.statusKey, 1n);
      const liftedAt = await inSeconds(60);
      await reinstate(world.anchorKey, 1n);
      await world.as(world.admin).reportCompromise(1, world.anchorKey, liftedAt);
      expect(await wordsOf()).to.deep.equal([0n, 1n]);
      await suspend(world.statusKey, 1n);
      expect(await wordsOf()).to.deep.equal([1n, 1n]);
      expect((await recordOf(0)).lift).to.deep.equal(nobody);
    });
  });

  it('of a revoked leaf is recorded and lifted like any other, and the leaf stays revoked', async () => {
    await send(world.statusKey, statusAct.revoke, 1n);
    await suspend(world.statusKey, 1n);
    await reinstate(world.statusKey, 1n);
    const [{ revoked, suspended }] = (await world.registry.read(world.fiveId)).batches;
    expect([revoked, suspended]).to.deep.equal([1n, 0n]);
  });

  it('rejects a batch that is not anchored', async () => {
    await expect(
      world
        .as(world.statusKey)
        .postStatus({ batch: id('nothing'), act: statusAct.suspend, leaves: 1n, until: world.day + 1, reason: 0 }),
    )
      .to.be.revertedWithCustomError(world.registry, 'BatchUnknown')
      .withArgs(id('nothing'));
  });
});
