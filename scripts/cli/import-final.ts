import { setTimeout } from 'node:timers/promises';
import type { Import } from '../../client/api.ts';
import type { Client } from '../../client/client.ts';

const LOOK_EVERY_MS = 1_000;
/** The service and its database need not have the same time. */
const SKEW_MS = 60_000;
const ON_THE_WAY = ['issued', 'sealed', 'anchored'] as const;

export type Settling = 'all-final' | 'some-failed' | 'not-yet';

interface Following {
  view: Import;
  followSeconds: number;
  signal: AbortSignal;
}

/** Waits until nothing of the type that was issued while the file was received is on its way. */
export async function awaitAllFinal(client: Client, { view, followSeconds, signal }: Following): Promise<Settling> {
  const giveUpAt = Date.now() + followSeconds * 1_000;
  for (let i = 0; i < ON_THE_WAY.length; ) {
    const state = ON_THE_WAY[i] as (typeof ON_THE_WAY)[number];
    if (!(await isAny(client, { view, state, signal }))) i++;
    else if (Date.now() >= giveUpAt) return 'not-yet';
    else await setTimeout(LOOK_EVERY_MS, undefined, { signal });
  }
  return (await isAny(client, { view, state: 'failed', signal })) ? 'some-failed' : 'all-final';
}

interface Wanted {
  view: Import;
  state: (typeof ON_THE_WAY)[number] | 'failed';
  signal: AbortSignal;
}

async function isAny(client: Client, { view, state, signal }: Wanted): Promise<boolean> {
  const created_from = around(view.createdAt, -SKEW_MS);
  const created_to = around(view.finishedAt ?? view.updatedAt, SKEW_MS);
  const query = { type: view.type, state, created_from, created_to, limit: 1 };
  return (await client.call('listCredentials', { query, signal })).items.length > 0;
}

function around(instant: string, byMs: number): string {
  return new Date(Date.parse(instant) + byMs).toISOString();
}
