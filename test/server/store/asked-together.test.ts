import { expect } from 'chai';
import { askAlike, askTogether } from '../../../server/store/asked-together.ts';

/** Answers with what is true when a question begins, when it is let go. */
function createWorld() {
  const truth = new Map<string, string>();
  const questions: { names: string[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const ask = askTogether<string>((names) => {
    const told = new Map(names.flatMap((name) => (truth.has(name) ? [[name, truth.get(name) as string]] : [])));
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, string>>();
    questions.push({ names, answer: () => resolve(told), fail: reject });
    return promise;
  });
  return { truth, questions, ask };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('what is asked together', () => {
  it('is one question for all that come while another is under way', async () => {
    const { truth, questions, ask } = createWorld();
    truth.set('a', 'A').set('b', 'B');
    const first = ask('a');
    await settle();
    const others = [ask('a'), ask('b'), ask('c'), ask('b')];
    await settle();
    expect(questions.map(({ names }) => names)).to.deep.equal([['a']]);
    questions[0]?.answer();
    expect(await first).to.equal('A');
    await settle();
    questions[1]?.answer();
    expect(await Promise.all(others)).to.deep.equal(['A', 'B', undefined, 'B']);
    expect(questions.map(({ names }) => names)).to.deep.equal([['a'], ['a', 'b', 'c']]);
  });

  it('is answered with what is true after it was asked, though an older answer is on its way', async () => {
    const { truth, questions, ask } = createWorld();
    truth.set('key', 'works');
    const before = ask('key');
    await settle();
    truth.delete('key');
    const after = ask('key');
    questions[0]?.answer();
    await settle();
    questions[1]?.answer();
    expect([await before, await after]).to.deep.equal(['works', undefined]);
  });

  it('fails alone: the next question is asked again', async () => {
    const { truth, questions, ask } = createWorld();
    truth.set('a', 'A');
    const failing = [ask('a'), ask('b')].map((asked) => asked.catch(({ message }: Error) => message));
    await settle();
    questions[0]?.fail(new Error('the database is away'));
    expect(await Promise.all(failing)).to.deep.equal(['the database is away', 'the database is away']);
    const next = ask('a');
    await settle();
    questions[1]?.answer();
    expect(await next).to.equal('A');
  });
});

describe('what is asked in the same words', () => {
  it('is asked once for all who come while it is asked, and keeps no other question back', async () => {
    const asked: { question: object; answer: (text: string) => void }[] = [];
    const ask = askAlike((question: { page: number }) => {
      const { promise, resolve } = Promise.withResolvers<string>();
      asked.push({ question, answer: resolve });
      return promise;
    });
    const first = ask({ page: 1 });
    await settle();
    const others = [ask({ page: 1 }), ask({ page: 2 }), ask({ page: 1 })];
    await settle();
    expect(asked.map(({ question }) => question)).to.deep.equal([{ page: 1 }, { page: 2 }]);
    asked[1]?.answer('second page');
    expect(await others[1]).to.equal('second page');
    asked[0]?.answer('before');
    expect(await first).to.equal('before');
    await settle();
    expect(asked[2]?.question).to.deep.equal({ page: 1 });
    asked[2]?.answer('after');
    expect(await Promise.all([others[0], others[2]])).to.deep.equal(['after', 'after']);
    const later = ask({ page: 1 });
    await settle();
    asked[3]?.answer('later');
    expect(await later).to.equal('later');
  });
});
