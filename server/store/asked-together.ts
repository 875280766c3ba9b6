/** Answers to what is named by a text; undefined where there is none. */
export type AskAll<Answer> = (names: string[]) => Promise<ReadonlyMap<string, Answer>>;

/**
 * Asks for all at once what is asked while a question is under way, so that many requests cost one. An answer is never older than its
 * question: what was taken away before somebody asks is away in the answer, which a cache could not promise.
 */
export function askTogether<Answer>(askAll: AskAll<Answer>): (name: string) => Promise<Answer | undefined> {
  let underWay: Promise<unknown> = Promise.resolve();
  let next: { names: Set<string>; answers: ReturnType<AskAll<Answer>> } | null = null;

  function begin() {
    const names = new Set<string>();
    const answers = underWay.then(() => {
      next = null;
      return askAll([...names]);
    });
    underWay = answers.catch(() => {});
    return { names, answers };
  }

  return async (name) => {
    next ??= begin();
    next.names.add(name);
    return (await next.answers).get(name);
  };
}

/**
 * Asks once what several ask in the same words: of all who come while it is under way, once more. What others ask meanwhile does not wait for it. An answer is
 * never older than its question here either.
 */
export function askAlike<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
): (question: Question) => Promise<Answer> {
  const asked = new Map<string, { ask: (name: string) => Promise<Answer | undefined>; waiting: number }>();
  return async (question) => {
    const words = JSON.stringify(question);
    const one = asked.get(words) ?? {
      ask: askTogether(async (names) => new Map([[names[0] as string, await ask(question)]])),
      waiting: 0,
    };
    asked.set(words, one);
    one.waiting++;
    try {
      return (await one.ask(words)) as Answer;
    } finally {
      if (--one.waiting === 0) asked.delete(words);
    }
  };
}
