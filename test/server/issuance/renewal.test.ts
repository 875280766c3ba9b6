import { expect } from 'chai';
import { lastDayOf } from '../../../catalogue/validity.ts';
import { toDate, toHongKongDay } from '../../../proof/day.ts';
import { verifyProof } from '../../../proof/verification.ts';
import { revokeCredential } from '../../../server/issuance/change-status.ts';
import { credentialDocument } from '../../../server/issuance/document.ts';
import { renewCredential } from '../../../server/issuance/renew.ts';
import { nameSuccessors } from '../../../server/issuance/replacement.ts';
import { actorOf, createWorld, eventually, untilFinal, viewOf, type World } from '../harness.ts';
import { sourcesOf } from '../sources.ts';

describe('a next term', () => {
  let world: World;
  const today = toHongKongDay(Date.now() / 1000);

  beforeEach(async () => {
    world = await createWorld();
    await world.startJobs();
  });
  afterEach(() => world.close());

  const issueOld = async () => {
    const validFrom = toDate(today - 20);
    const validUntil = toDate(today);
    expect(lastDayOf(validFrom, 12) > validUntil).to.equal(true);
    const { id } = await world.issue('FEHD-GRL', 1, { validity: { issued: validFrom, validFrom, validUntil } });
    return id;
  };
  const renew = (id: string) =>
    world.db.transaction().execute((tx) => renewCredential(tx, world.deps, { actor: actorOf(world.issuers.FEHD), id }));
  const standing = async (id: string) => {
    const { qrProof } = await credentialDocument(world.db, world.deps, { actor: actorOf(world.issuers.FEHD), id });
    return (await verifyProof(qrProof, await sourcesOf(world))).standing?.code;
  };
  const amendments = () =>
    world.db.selectFrom('status_changes').select(['state', 'successor_seq']).where('act', '=', 'amend').execute();
  const name = (day: number) => nameSuccessors(world.db, { now: new Date(), today: day });

  it('takes the old one’s place on its first day and not before, once, however many instances look', async () => {
    const old = await issueOld();
    const next = (await renew(old)).id;
    await untilFinal(world, [old, next]);
    expect([await standing(old), await standing(next)]).to.deep.equal(['in-force', 'not-yet-in-force']);
    expect(await name(today)).to.equal(false);
    expect(await amendments()).to.deep.equal([]);

    await Promise.all([name(today + 1), name(today + 1), name(today + 1)]);
    await eventually('the old one leads to the next', async () => {
      const { status, supersededBy } = await viewOf(world, 'FEHD', old);
      return status === 'superseded' && supersededBy === next;
    });
    expect(await standing(old)).to.equal('superseded');
    expect(await name(today + 2)).to.equal(false);
    expect(await amendments()).to.have.length(1);
  });

  it('that was revoked before its first day takes no place, and can be issued again', async () => {
    const old = await issueOld();
    const next = (await renew(old)).id;
    await untilFinal(world, [old, next]);
    await world.db.transaction().execute((tx) =>
      revokeCredential(tx, world.deps, {
        actor: actorOf(world.issuers.FEHD),
        id: next,
        reason: 'issued-in-error',
      }),
    );
    await eventually('it is revoked', async () => (await viewOf(world, 'FEHD', next)).status === 'revoked');
    await name(today + 1);
    expect(await amendments()).to.deep.equal([]);
    expect((await renew(old)).replaces).to.equal(old);
  });
});
