import { z } from 'zod';
import type { ExtensionRequest } from '../issuance/extend.ts';
import type { OperationView } from '../issuance/operation-view.ts';
import type { StatusChangeView } from '../issuance/use-cases.ts';
import type { Tx } from '../store/schema.ts';
import { changeOrOperation, locationOf, toChangedJson } from './change-status.ts';
import { reason } from './credential-schema.ts';
import { day, line } from './fields.ts';
import { type Route, writeRoute } from './route.ts';

const extensionRequest = z
  .strictObject({
    validUntil: day('The new last valid day in Hong Kong').optional(),
    pendingRenewal: z.literal(true).optional().meta({
      description: 'In force past its date until further notice, while a renewal is decided',
    }),
    reason: reason.optional(),
    note: line(500).optional().meta({ description: 'Kept for the department; not public' }),
  })
  .refine(({ validUntil, pendingRenewal }) => (validUntil === undefined) !== (pendingRenewal === undefined), {
    path: ['validUntil'],
    message: 'must be given, or "pendingRenewal", and not both',
  })
  .meta({ id: 'ExtensionRequest' });

type Extend = (tx: Tx, request: ExtensionRequest) => Promise<StatusChangeView | OperationView>;

export function extendCredentialRoute(extend: Extend): Route {
  return writeRoute({
    path: '/v1/credentials/:id/extend',
    name: 'extendCredential',
    summary: 'Move the last valid day of a credential, or keep it in force while a renewal is decided',
    body: extensionRequest,
    answer: {
      status: 202,
      description:
        'Recorded: it will be on the chain as soon as the chain takes it. Or what waits to be confirmed, where the type demands a second person',
      schema: changeOrOperation,
    },
    problems: [
      'CREDENTIAL_NOT_FOUND',
      'CREDENTIAL_FAILED',
      'CREDENTIAL_ERASED',
      'ALREADY_REVOKED',
      'ALREADY_SUPERSEDED',
      'VALIDITY_UNCHANGED',
    ],
    location: locationOf,
    async handle(tx, { caller: { actor }, id, body }) {
      return { status: 202, body: toChangedJson(await extend(tx, { ...body, actor, id })) };
    },
  });
}
