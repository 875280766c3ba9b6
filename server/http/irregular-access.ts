import { z } from 'zod';
import { toHongKongDay } from '../../proof/day.ts';
import {
  type AccessRequest,
  type IrregularAccess,
  MANY_OPENED,
  MANY_OUTSIDE,
  OUTSIDE_PERCENT,
  TIMES_USUAL,
  USUAL_DAYS,
} from '../audit/irregular-access.ts';
import { toDay } from '../issuance/to-day.ts';
import { calendarDay } from './fields.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { type Route, readRoute } from './route.ts';

const query = z.strictObject({
  from: calendarDay.optional().meta({ description: `A Hong Kong day; ${USUAL_DAYS} days ago where it is left out` }),
  to: calendarDay.optional().meta({ description: 'Likewise; today where it is left out' }),
  ...pageQuery({ usual: 50, most: 500, cursorLength: 80 }),
});

const item = z
  .strictObject({
    actor: z.string(),
    day: z.iso.date(),
    opened: z.int().meta({ description: 'How many credentials; one that was opened in several hours counts in each' }),
    usual: z
      .number()
      .nullable()
      .meta({
        description: `On a day, over the ${USUAL_DAYS} days before on which they opened any; null where there is none`,
      }),
    outsideWork: z
      .int()
      .meta({ description: 'Of how many of those the log names nothing else that the actor did with them' }),
    why: z.array(z.enum(['more-than-usual', 'outside-work'])).meta({
      description: `more-than-usual: ${MANY_OPENED} or more, and more than ${TIMES_USUAL} times the usual. outside-work: an officer who opened ${MANY_OUTSIDE} or more, ${OUTSIDE_PERCENT} % of them outside their work`,
    }),
  })
  .meta({ id: 'IrregularAccess' });

type List = (request: AccessRequest) => Promise<{ items: IrregularAccess[]; next: string | null }>;

export function irregularAccessRoute(list: List, now: () => number): Route {
  return readRoute({
    path: '/v1/audit/irregular-access',
    name: 'listIrregularAccess',
    summary:
      'Who opened far more credentials than usual on a day, or nearly only others’ work; a question, not a verdict',
    query,
    answer: { status: 200, description: 'A page, newest day first', schema: pageOf(item, 'IrregularAccessPage') },
    problems: ['CURSOR_INVALID', 'FORBIDDEN'],
    async handle({ caller: { actor }, query: { from, to, limit, starting_after: cursor } }) {
      const today = toHongKongDay(now() / 1000);
      const days = { from: dayOr(from, today - USUAL_DAYS), to: dayOr(to, today) };
      const { items, next } = await list({ actor, ...days, limit, cursor });
      return { status: 200, body: toPage(items, next) };
    },
  });
}

function dayOr(date: string | undefined, otherwise: number): number {
  return date === undefined ? otherwise : (toDay(date) ?? otherwise);
}
