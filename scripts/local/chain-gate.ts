/** Lets any number of pieces of work in together, or one alone. */
export interface Gate {
  shared<T>(work: () => Promise<T>): Promise<T>;
  alone<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(): Gate {
  const inside = new Set<Promise<unknown>>();
  let closed: Promise<unknown> | undefined;
  return {
    async shared(work) {
      while (closed) await closed;
      return enter(inside, work());
    },
    async alone(work) {
      while (closed) await closed;
      const mine = Promise.allSettled(inside).then(work);
      closed = mine
        .catch(() => {})
        .finally(() => {
          closed = undefined;
        });
      return mine;
    },
  };
}

function enter<T>(inside: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  inside.add(work);
  const leave = () => inside.delete(work);
  work.then(leave, leave);
  return work;
}
