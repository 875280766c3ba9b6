import { sql } from 'kysely';
import type { Rpc } from './chain/rpc.ts';
import type { Check } from './http/health.ts';
import { readiness } from './issuance/department.ts';
import type { Db } from './store/schema.ts';

export interface ReadinessParts {
  db: Db;
  rpc: Rpc;
  maxBlockAgeSeconds: number;
  /** Milliseconds since 1970 UTC. */
  now(): number;
  /** False as long as a start command still prepares something, such as its samples. */
  isPrepared(): boolean;
  /** False as long as the process that has the anchor keys is being started again. */
  isSignerRunning(): boolean;
}

/** The questions that /readyz asks. */
export function readinessChecks(parts: ReadinessParts): Record<string, Check> {
  return {
    database: () => askDatabase(parts),
    chain: () => askChain(parts),
    signer: async () => ({ ok: parts.isSignerRunning() }),
    work: workCheck(parts),
  };
}

async function askDatabase({ db }: ReadinessParts) {
  await sql`select 1`.execute(db);
  return { ok: true };
}

async function askChain({ rpc, now, maxBlockAgeSeconds }: ReadinessParts) {
  const head = await rpc.call<{ number: string; timestamp: string }>('eth_getBlockByNumber', ['latest', false]);
  const ageSeconds = Math.max(0, Math.floor(now() / 1000) - Number(head.timestamp));
  return { ok: ageSeconds <= maxBlockAgeSeconds, block: Number(head.number), ageSeconds };
}

/**
 * Ready when everything that an earlier run left has become final. From then on new work does not make the instance unready: it would
 * leave its load balancer with every request. How much waits is always told.
 */
function workCheck({ db, isPrepared }: ReadinessParts): Check {
  let isSettled = false;
  return async () => {
    const waiting = await readiness(db);
    const isPreparing = !isPrepared();
    isSettled ||= !isPreparing && waiting.credentials === 0 && waiting.statusChanges === 0;
    return { ok: isSettled, preparing: isPreparing, ...waiting };
  };
}
