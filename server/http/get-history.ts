import { z } from 'zod';
import type { Actor } from '../auth/policy.ts';
import type { PastChange } from '../issuance/history.ts';
import { statusChange } from './credential-schema.ts';
import { type Route, readRoute } from './route.ts';

const pastChange = z
  .strictObject({
    ...statusChange.shape,
    requestedBy: z.string().meta({ description: 'As it stands in the audit log' }),
    note: z.string().nullable().meta({ description: 'For the department’s eyes' }),
    block: z.int().nullable().meta({ description: 'Null as long as it is not on the chain' }),
  })
  .meta({ id: 'PastChange' });

export function getHistoryRoute(list: (input: { actor: Actor; id: string }) => Promise<PastChange[]>): Route {
  return readRoute({
    path: '/v1/credentials/:id/history',
    name: 'getHistory',
    reads: { act: 'credential.read', what: 'history' },
    summary: 'What was done to the status of a credential',
    query: z.strictObject({}),
    answer: {
      status: 200,
      description: 'Newest first, at most 200',
      schema: z.strictObject({ items: z.array(pastChange) }).meta({ id: 'History' }),
    },
    problems: ['CREDENTIAL_NOT_FOUND'],
    handle: async ({ caller: { actor }, id }) => ({ status: 200, body: { items: await list({ actor, id }) } }),
  });
}
