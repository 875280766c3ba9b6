import type { StatusChangeView, StatusRequest } from '../issuance/use-cases.ts';
import type { Tx } from '../store/schema.ts';
import { statusChange, statusRequest } from './credential-schema.ts';
import { type Route, writeRoute } from './route.ts';
import type { ProblemCode } from './statuses.ts';

type Change = (tx: Tx, request: StatusRequest) => Promise<StatusChangeView>;

/** The three acts on a credential's status differ in their use case, their words and what stands in their way. */
const ACTS = {
  revoke: { summary: 'Revoke a credential, for ever', problems: ['ALREADY_REVOKED'] },
  suspend: { summary: 'Suspend a credential', problems: ['ALREADY_REVOKED', 'ALREADY_SUSPENDED'] },
  reinstate: { summary: 'Reinstate a suspended credential', problems: ['ALREADY_REVOKED', 'NOT_SUSPENDED'] },
} as const satisfies Record<string, { summary: string; problems: readonly ProblemCode[] }>;

export function changeStatusRoute(act: keyof typeof ACTS, change: Change): Route {
  const { summary, problems } = ACTS[act];
  return writeRoute({
    path: `/v1/credentials/:id/${act}`,
    name: `${act}Credential`,
    summary,
    body: statusRequest,
    answer: {
      status: 202,
      description: 'Recorded: it will be on the chain as soon as the chain takes it',
      schema: statusChange,
    },
    problems: ['CREDENTIAL_NOT_FOUND', 'CREDENTIAL_FAILED', 'ALREADY_SUPERSEDED', ...problems],
    location: (body) => `/v1/credentials/${(body as StatusChangeView).credential}`,
    async handle(tx, { caller: { actor }, id, body }) {
      return { status: 202, body: await change(tx, { actor, id, ...body }) };
    },
  });
}
