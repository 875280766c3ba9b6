import { sql } from 'kysely';
import { issuingWhile } from './issuing-while.ts';
import type { Mood } from './receiver.ts';
import type { Scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

/** Deliveries fail, and what they tell of goes on. */
function toldTo(mood: Exclude<Mood, 'well'>, { name, isShort = false }: { name: string; isShort?: boolean }): Scenario {
  return issuingWhile(name, {
    isShort,
    fail: async ({ receiver }) => receiver.setMood(mood),
    isMet: async (stage) => (await countFailed(stage)) > 0 && (await allFinal(stage)),
    mend: async ({ receiver }) => receiver.setMood('well'),
  });
}

async function countFailed({ world: { db } }: Stage): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from webhook_deliveries
    where state = 'waiting' and failure is not null`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Nothing waits for a receiver. */
async function allFinal({ world: { db } }: Stage): Promise<boolean> {
  const { rows } = await sql<{ open: number }>`select
    (select count(*)::int from batches where state in ('open', 'signed', 'sent', 'anchored')) +
    (select count(*)::int from credentials where state = 'issued') as open`.execute(db);
  return rows[0]?.open === 0;
}

export const RECEIVER_FAULTS: readonly Scenario[] = [
  toldTo('dead', { name: 'the receiver of webhooks is dead', isShort: true }),
  toldTo('silent', { name: 'the receiver of webhooks does not answer' }),
  toldTo('failing', { name: 'the receiver of webhooks answers with errors' }),
];
