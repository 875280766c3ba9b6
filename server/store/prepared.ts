import type pg from 'pg';

/** How often a text comes before it is prepared: what comes once is cheaper as it is. */
const WORTH_PREPARING = 3;
/** Each connection of the server remembers them all; a list of another length is another text. */
const MOST_TEXTS = 400;
const RESULT_TYPE_CHANGED = '0A000';

/**
 * For the connections of one pool: has each plan a query once and not each time it is asked, because to plan a list of credentials takes ten
 * times as long as to find it. The server plans anew when a table changes. Only where a newer release gives a table a column, a query for all
 * columns fails once on each connection, and works again under another name.
 */
export function createPreparing(): (client: pg.PoolClient) => void {
  const seen = new Map<string, { name: string; times: number }>();
  let generation = 0;

  /** Undefined while it is not worth it. */
  function nameOf(text: string): string | undefined {
    const known = seen.get(text);
    if (known) return ++known.times > WORTH_PREPARING ? `${known.name}_${generation}` : undefined;
    if (seen.size < MOST_TEXTS) seen.set(text, { name: `eproof_${seen.size}`, times: 1 });
    return undefined;
  }

  function renameAfter(error: { code?: string }): never {
    if (error.code === RESULT_TYPE_CHANGED) generation++;
    throw error;
  }

  return (client) => {
    const query = client.query.bind(client) as (...asked: unknown[]) => unknown;
    const prepared = (...asked: unknown[]): unknown => {
      const [text, values, callback] = asked;
      const name = typeof text === 'string' && Array.isArray(values) && !callback ? nameOf(text) : undefined;
      if (name === undefined) return query(...asked);
      return (query({ name, text, values }) as Promise<unknown>).catch(renameAfter);
    };
    client.query = prepared as typeof client.query;
  };
}
