import { expect } from 'chai';
import fc from 'fast-check';
import { sql } from 'kysely';
import { LAST_DAY } from '../../../proof/day.ts';
import { movedDay } from '../../../server/issuance/last-day.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import { createDatabase } from '../database.ts';

const TYPE = 7;
const days = fc.tuple(fc.nat(60), fc.nat(20), fc.nat(40));
const notice = fc.record({
  days,
  withdrawn: fc.boolean(),
  disbelieved: fc.boolean(),
  isFinal: fc.boolean(),
  isOther: fc.boolean(),
});

describe('the last valid day in the database', () => {
  let store: Store;
  let issuer: number;

  before(async () => {
    store = await openStore(await createDatabase());
    const row = { code: 'TIA', profile: '0'.repeat(64) };
    ({ id: issuer } = await store.db.insertInto('issuers').values(row).returning('id').executeTakeFirstOrThrow());
  });
  after(() => store.close());

  it("is where the verifier's function moves it, whatever notices there are", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(notice, { maxLength: 8 }),
        fc.option(fc.nat(90)),
        fc.boolean(),
        async (all, own, seen) => {
          await keep(all);
          const holding = all
            .filter(({ withdrawn, disbelieved, isOther }) => !withdrawn && !disbelieved && !isOther)
            .filter(({ isFinal }) => isFinal || !seen)
            .toSorted((a, b) => Number(b.isFinal) - Number(a.isFinal))
            .map(({ days: [from, to, more] }) => ({ from, to: from + to, validUntil: from + to + more, law: 'L' }));
          const notices = new Map([[`${issuer} ${TYPE}`, holding]]);
          const expected = movedDay({ issuer_id: issuer, type_number: TYPE }, own, notices)?.day ?? own;
          expect(await ask(own, seen)).to.equal(expected);
        },
      ),
      { numRuns: 150 },
    ));

  it('of what is in force until further notice is not moved', async () => {
    await keep([{ days: [0, LAST_DAY, 0], withdrawn: false, disbelieved: false, isFinal: true, isOther: false }]);
    expect(await ask(LAST_DAY, true)).to.equal(LAST_DAY);
  });

  async function ask(own: number | null, seen: boolean): Promise<number | null> {
    const { rows } = await sql<{
      day: number | null;
    }>`select last_valid_day(${issuer}, ${TYPE}, ${own}, ${seen}) as day`.execute(store.db);
    return rows[0]?.day ?? null;
  }

  async function keep(all: readonly (typeof notice extends fc.Arbitrary<infer N> ? N : never)[]): Promise<void> {
    await store.db.deleteFrom('notice_posts').execute();
    await store.db.deleteFrom('notices').execute();
    for (const [
      place,
      {
        days: [from, to, more],
        withdrawn,
        disbelieved,
        isFinal,
        isOther,
      },
    ] of all.entries()) {
      const { seq } = await store.db
        .insertInto('notices')
        .values({
          issuer_id: issuer,
          code: 'TIA-TAL',
          from_day: from,
          to_day: from + to,
          valid_until: from + to + more,
          law: 'L',
          touched: 0,
          approvals: 0,
          state: 'confirmed',
          requested_by: 'test',
          decided_at: new Date(),
        })
        .returning('seq')
        .executeTakeFirstOrThrow();
      await store.db
        .insertInto('notice_posts')
        .values({
          issuer_id: issuer,
          notice_seq: seq,
          type_number: isOther ? TYPE + 1 : TYPE,
          place: isFinal ? place : null,
          state: isFinal ? 'final' : 'recorded',
          withdrawn_at: withdrawn ? new Date() : null,
          disbelieved,
        })
        .execute();
    }
  }
});
