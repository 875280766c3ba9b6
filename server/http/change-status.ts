import { z } from 'zod';
import type { OperationView } from '../issuance/operation-view.ts';
import type { StatusChangeView, StatusRequest } from '../issuance/use-cases.ts';
import type { Tx } from '../store/schema.ts';
import { endingRequest, statusChange, statusRequest, suspensionRequest } from './credential-schema.ts';
import { type Route, writeRoute } from './route.ts';
import { statusOperation, toOperationJson } from './status-operations.ts';
import type { ProblemCode } from './statuses.ts';

type Change<Request extends StatusRequest> = (tx: Tx, request: Request) => Promise<StatusChangeView | OperationView>;
type Suspension = StatusRequest & { until?: string | undefined };

export const changeOrOperation = z.union([statusChange, statusOperation]).meta({ id: 'StatusChangeOrOperation' });

/** The acts on a credential's status differ in their use case, their body, their words and what stands in their way. */
export function revokeRoute(change: Change<StatusRequest>): Route {
  return changeRoute('revoke', endingRequest, {
    summary: 'Revoke a credential, for ever',
    problems: ['ALREADY_REVOKED'],
    change,
  });
}

export function suspendRoute(change: Change<Suspension>): Route {
  return changeRoute('suspend', suspensionRequest, {
    summary:
      'Suspend a credential until it is reinstated, or to the end of a day; again gives the suspension another end',
    problems: ['ALREADY_REVOKED', 'ALREADY_SUSPENDED'],
    change,
  });
}

export function reinstateRoute(change: Change<StatusRequest>): Route {
  return changeRoute('reinstate', statusRequest, {
    summary: 'Reinstate a suspended credential',
    problems: ['ALREADY_REVOKED', 'NOT_SUSPENDED'],
    change,
  });
}

interface Particulars<Body> {
  summary: string;
  problems: readonly ProblemCode[];
  change(tx: Tx, request: Body & Pick<StatusRequest, 'actor' | 'id'>): Promise<StatusChangeView | OperationView>;
}

function changeRoute<Schema extends z.ZodType<object>>(
  act: string,
  body: Schema,
  { summary, problems, change }: Particulars<z.output<Schema>>,
): Route {
  return writeRoute({
    path: `/v1/credentials/:id/${act}`,
    name: `${act}Credential`,
    summary,
    body,
    answer: {
      status: 202,
      description:
        'Recorded: it will be on the chain as soon as the chain takes it. Or what waits to be confirmed: where the type demands a second person, and with "children"',
      schema: changeOrOperation,
    },
    problems: ['CREDENTIAL_NOT_FOUND', 'CREDENTIAL_FAILED', 'CREDENTIAL_ERASED', 'ALREADY_SUPERSEDED', ...problems],
    location: locationOf,
    async handle(tx, { caller: { actor }, id, body: request }) {
      return { status: 202, body: toChangedJson(await change(tx, { ...request, actor, id })) };
    },
  });
}

export function toChangedJson(changed: StatusChangeView | OperationView) {
  return 'credential' in changed ? changed : toOperationJson(changed);
}

/** Where what was asked for can be followed. */
export function locationOf(answer: object): string {
  return 'credential' in answer
    ? `/v1/credentials/${answer.credential}`
    : `/v1/status-changes/${(answer as OperationView).id}`;
}
