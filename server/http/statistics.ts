import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import { STANDINGS, type Statistics } from '../issuance/statistics.ts';
import { type Route, readRoute } from './route.ts';

const month = z
  .string()
  .regex(/^\d{4}-\d\d$/)
  .meta({ description: 'A month of Hong Kong', examples: ['2026-11'] });
const type = z.string().meta({ description: 'The code of a credential type' });
const count = z.int().min(1);

const statistics = z
  .strictObject({
    standing: z
      .array(z.strictObject({ type, standing: z.enum(STANDINGS), count }))
      .meta({ description: 'How many of each type stand how today; what there is none of is left out' }),
    issued: z
      .array(z.strictObject({ month, type, count }))
      .meta({ description: 'Accepted in each month; a month with none is left out' }),
    changes: z
      .array(z.strictObject({ month, act: z.enum(['revoke', 'suspend', 'reinstate', 'amend', 'extend']), count }))
      .meta({ description: 'Changes of status in each month, those that failed left out' }),
  })
  .meta({ id: 'Statistics' });

export function getStatisticsRoute(get: (asked: { actor: Actor; months: number }) => Promise<Statistics>): Route {
  return readRoute({
    path: '/v1/statistics',
    name: 'getStatistics',
    summary: 'How many credentials stand how, and what was issued and changed month by month',
    query: z.strictObject({
      months: z.coerce.number().int().min(1).max(60).default(12).meta({
        description: 'How many months, of which the current one is the last; 12 where it is left out',
      }),
    }),
    answer: { status: 200, description: 'Numbers alone', schema: statistics },
    problems: ['FORBIDDEN'],
    handle: async ({ caller: { actor }, query: { months } }) => ({ status: 200, body: await get({ actor, months }) }),
  });
}
