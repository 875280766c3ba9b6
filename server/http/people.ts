import { z } from 'zod';
import type { Colleague } from '../auth/people.ts';
import type { Actor } from '../auth/policy.ts';
import { pageOf, pageQuery, toPage } from './page.ts';
import { type Route, readRoute } from './route.ts';

const person = z
  .strictObject({
    id: z.string().meta({ description: 'As it stands beside what was done', examples: ['officer:7'] }),
    name: z.string(),
  })
  .meta({ id: 'Person' });

type List = (request: {
  actor: Actor;
  limit: number;
  cursor?: string | undefined;
}) => Promise<{ items: Colleague[]; next: string | null }>;

export function listPeopleRoute(list: List): Route {
  return readRoute({
    path: '/v1/people',
    name: 'listPeople',
    summary: "The names of the department's officers and keys, those that left included",
    query: z.strictObject({ ...pageQuery({ usual: 200, most: 1_000, cursorLength: 24 }) }),
    answer: { status: 200, description: 'A page', schema: pageOf(person, 'PersonPage') },
    problems: ['CURSOR_INVALID', 'FORBIDDEN'],
    async handle({ caller: { actor }, query: { limit, starting_after: cursor } }) {
      const { items, next } = await list({ actor, limit, cursor });
      return { status: 200, body: toPage(items, next) };
    },
  });
}
