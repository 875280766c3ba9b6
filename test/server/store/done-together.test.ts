import { expect } from 'chai';
import { AppError } from '../../../server/app-error.ts';
import { doTogether, type Outcome } from '../../../server/store/done-together.ts';

/** Work is a text, and done in capitals when its group is let go. */
function createWorld({ lanes = 1, most = 10 } = {}) {
  const groups: { works: readonly string[]; finish(): void; fail(error: Error): void }[] = [];
  const work = doTogether<string, string>(
    (works) => {
      const { promise, resolve, reject } = Promise.withResolvers<Outcome<string>[]>();
      const outcomes = works.map((text) =>
        text === 'wrong' ? new AppError('VALIDATION_FAILED', text) : text.toUpperCase(),
      );
      groups.push({ works, finish: () => resolve(outcomes), fail: reject });
      return promise;
    },
    { lanes, most },
  );
  return { groups, work, worksOf: () => groups.map(({ works }) => works) };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const reasonOf = (work: Promise<unknown>) => work.then(String, (error: Error) => error.message);

describe('what is done together', () => {
  it('is begun at once where nothing is under way, and in one go with all that came meanwhile', async () => {
    const { groups, work, worksOf } = createWorld();
    const done = ['a', 'b', 'c'].map(work);
    expect(worksOf()).to.deep.equal([['a']]);
    groups[0]?.finish();
    await settle();
    expect(worksOf()).to.deep.equal([['a'], ['b', 'c']]);
    groups[1]?.finish();
    expect(await Promise.all(done)).to.deep.equal(['A', 'B', 'C']);
  });

  it('is in so many groups at once, with so many in each, and leaves none behind', async () => {
    const { groups, work, worksOf } = createWorld({ lanes: 2, most: 3 });
    const done = [...'abcdefgh'].map(work);
    expect(worksOf()).to.deep.equal([['a'], ['b']]);
    for (let at = 0; at < 4; at++) {
      groups[at]?.finish();
      await settle();
    }
    expect(worksOf()).to.deep.equal([['a'], ['b'], ['c', 'd', 'e'], ['f', 'g', 'h']]);
    expect(await Promise.all(done)).to.deep.equal([...'ABCDEFGH']);
  });

  it('has an outcome each: what is refused keeps no other back', async () => {
    const { groups, work } = createWorld();
    const done = ['a', 'b', 'wrong', 'c'].map((text) => reasonOf(work(text)));
    groups[0]?.finish();
    await settle();
    groups[1]?.finish();
    expect(await Promise.all(done)).to.deep.equal(['A', 'B', 'wrong', 'C']);
  });

  it('is done alone, each, where a group comes to nothing', async () => {
    const { groups, work, worksOf } = createWorld();
    const done = ['a', 'b', 'c'].map((text) => reasonOf(work(text)));
    groups[0]?.finish();
    await settle();
    groups[1]?.fail(new Error('the whole of it'));
    await settle();
    expect(worksOf().slice(2)).to.deep.equal([['b'], ['c']]);
    groups[2]?.fail(new Error('this one'));
    groups[3]?.finish();
    expect(await Promise.all(done)).to.deep.equal(['A', 'this one', 'C']);
    const after = work('d');
    await settle();
    groups[4]?.finish();
    expect(await after).to.equal('D');
  });
});
