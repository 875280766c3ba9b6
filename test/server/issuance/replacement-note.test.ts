import { expect } from 'chai';
import { toDate, toHongKongDay } from '../../../proof/day.ts';
import { type Actor, actsOf } from '../../../server/auth/policy.ts';
import { approveDraft, createDraft, getDraft, submitDraft, withdrawDraft } from '../../../server/issuance/drafts.ts';
import { eraseCredential } from '../../../server/issuance/erase.ts';
import { listPastChanges } from '../../../server/issuance/history.ts';
import { replaceCredential } from '../../../server/issuance/issue.ts';
import { renewCredential } from '../../../server/issuance/renew.ts';
import { nameSuccessors } from '../../../server/issuance/replacement.ts';
import type { Tx } from '../../../server/store/schema.ts';
import { actorOf, createWorld, eventually, expectCode, sampleRequest, untilFinal, type World } from '../harness.ts';

const NOTE = 'The name was spelt wrongly, file 17';

describe('why a credential takes the place of another', () => {
  let world: World;
  let old: string;

  beforeEach(async () => {
    world = await createWorld();
    await world.startJobs();
    old = (await world.issue('FEHD-GRL', 1)).id;
    await untilFinal(world, [old]);
  });
  afterEach(() => world.close());

  const run = <T>(work: (tx: Tx) => Promise<T>) => world.db.transaction().execute(work);
  const system = () => actorOf(world.issuers.FEHD);
  const person = (id: string): Actor => ({
    ...{ issuer: world.issuers.FEHD, id, name: id, may: actsOf(['preparer', 'approver']) },
  });
  const replacement = { ...sampleRequest('FEHD-GRL', 2) };
  const replace = (note?: string) =>
    run((tx) => replaceCredential(tx, world.deps, { actor: system(), id: old, request: replacement, note }));
  const historyOf = async (id: string) => {
    const changes = await listPastChanges(world.db, world.deps, { actor: system(), id });
    return changes.map(({ act, reason, note }) => ({ act, reason, note }));
  };
  const kept = () => world.db.selectFrom('replacement_notes').selectAll().execute();
  const inHistory = (note: string | null) =>
    eventually('the old one has it in its history', async () => {
      const [change] = await historyOf(old);
      if (!change) return false;
      expect(change).to.deep.equal({ act: 'amend', reason: 'replaced', note });
      return true;
    });

  it('is in its history as soon as it is replaced, and is kept in clear nowhere', async () => {
    await replace(NOTE);
    const [row] = await kept();
    expect(row?.note.includes('spelt')).to.equal(false);
    await inHistory(NOTE);
    expect(await kept(), 'moved').to.deep.equal([]);
    const changes = await world.db.selectFrom('status_changes').select('note').execute();
    expect(changes.map(({ note }) => note?.includes('spelt'))).to.deep.equal([false]);
  });

  it('may be left out', async () => {
    await replace();
    await inHistory(null);
  });

  it('stays with a draft, is shown to its approver, and goes with what is taken back', async () => {
    const content = { ...replacement, replaces: old, note: NOTE };
    const { id } = await run((tx) => createDraft(tx, world.deps, { actor: person('officer:1'), content }));
    const submit = () => run((tx) => submitDraft(tx, world.deps, { actor: person('officer:1'), id }));
    await submit();
    expect(await kept()).to.have.length(1);
    await run((tx) => withdrawDraft(tx, world.deps, { actor: person('officer:1'), id }));
    expect(await kept()).to.deep.equal([]);
    await submit();
    const { content: seen, contentHash } = await getDraft(world.db, world.deps, { actor: person('officer:2'), id });
    expect(seen?.note).to.equal(NOTE);
    await run((tx) =>
      approveDraft(tx, world.deps, { actor: person('officer:2'), id, contentHash: contentHash as string }),
    );
    await inHistory(NOTE);
  });

  it('waits with a next term for its first day, and is forgotten where the old one is erased before', async () => {
    const today = toHongKongDay(Date.now() / 1000);
    const validity = {
      ...{ issued: toDate(today - 20), validFrom: toDate(today - 20), validUntil: toDate(today) },
    };
    const ending = (await world.issue('FEHD-GRL', 3, { validity })).id;
    await untilFinal(world, [ending]);
    const { id } = await run((tx) => renewCredential(tx, world.deps, { actor: system(), id: ending, note: NOTE }));
    await untilFinal(world, [id]);
    expect(await historyOf(ending)).to.deep.equal([]);
    expect(await kept()).to.have.length(1);
    await run((tx) => eraseCredential(tx, world.deps, { actor: system(), id: ending }));
    expect(await kept()).to.deep.equal([]);
    await nameSuccessors(world.db, { now: new Date(), today: today + 1 });
    expect(await historyOf(ending)).to.deep.equal([{ act: 'amend', reason: 'replaced', note: null }]);
  });

  it('needs one that is replaced, and that is not erased', async () => {
    const content = { ...replacement, note: NOTE };
    const draft = await run((tx) => createDraft(tx, world.deps, { actor: person('officer:1'), content }));
    expect(draft.problems.map(({ pointer, code }) => ({ pointer, code }))).to.deep.equal([
      { pointer: '/note', code: 'REPLACES_MISSING' },
    ]);
    await run((tx) => eraseCredential(tx, world.deps, { actor: system(), id: old }));
    await expectCode(replace(NOTE), 'CREDENTIAL_ERASED');
    expect(await kept()).to.deep.equal([]);
  });
});
