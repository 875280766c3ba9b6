/** "deadlock_detected": two transactions waited each for what the other holds, and PostgreSQL has undone the whole of this one. */
const DEADLOCK = '40P01';
const MOST_ATTEMPTS = 5;

/** Does a transaction again that PostgreSQL gave up for another one; nothing of the first attempt is left. `work` is that whole transaction. */
export async function againAfterDeadlock<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++)
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK || attempt === MOST_ATTEMPTS) throw error;
    }
}
