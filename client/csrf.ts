import { ApiProblem } from './problem.ts';

/** Lends the session's token to what changes something. It is fetched once, and again when it is refused: who signed in anew has another one. */
export function createTokenKeeper(fetchToken: () => Promise<string>) {
  let token: Promise<string> | null = null;
  const current = (): Promise<string> => {
    token ??= fetchToken().catch((error: unknown) => {
      token = null;
      throw error;
    });
    return token;
  };
  return async <T>(work: (csrfToken: string) => Promise<T>): Promise<T> => {
    const lent = current();
    try {
      return await work(await lent);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== 'CSRF_REFUSED') throw error;
      if (token === lent) token = null;
      return work(await current());
    }
  };
}
