import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';

interface Kept {
  payload: AdapterPayload;
  endsAt: number;
}

/**
 * Where the development provider keeps its own sessions and codes: in memory, because after a restart of everything on this machine
 * signing in once more is no loss. The service's sessions are in its database.
 */
export function createIdentityMemory(now: () => number): AdapterFactory {
  const everything = new Map<string, Kept>();
  const find = (key: string): AdapterPayload | undefined => {
    const kept = everything.get(key);
    return kept && kept.endsAt > now() ? kept.payload : undefined;
  };
  const forget = () => {
    for (const [key, { endsAt }] of everything) if (endsAt <= now()) everything.delete(key);
  };
  return (model): Adapter => ({
    async upsert(id, payload, expiresInSeconds = Number.POSITIVE_INFINITY) {
      forget();
      everything.set(`${model}:${id}`, { payload, endsAt: now() + expiresInSeconds * 1000 });
    },
    find: async (id) => find(`${model}:${id}`),
    findByUid: async (uid) => findBy(everything, (key, { uid: found }) => key.startsWith(`${model}:`) && found === uid),
    findByUserCode: async () => undefined,
    async consume(id) {
      const payload = find(`${model}:${id}`);
      if (payload) payload.consumed = Math.floor(now() / 1000);
    },
    async destroy(id) {
      everything.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of everything)
        if (payload.grantId === grantId && key.startsWith(`${model}:`)) everything.delete(key);
    },
  });
}

function findBy(
  everything: ReadonlyMap<string, Kept>,
  isIt: (key: string, payload: AdapterPayload) => boolean,
): AdapterPayload | undefined {
  for (const [key, { payload }] of everything) if (isIt(key, payload)) return payload;
  return undefined;
}
