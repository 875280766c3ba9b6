import { z } from 'zod';
import type { CredentialView, ReplaceCredential } from '../issuance/use-cases.ts';
import type { Tx } from '../store/schema.ts';
import { credential, newCredential, selfOf, successorKey, toCredentialJson } from './credential-schema.ts';
import { appliedOn, replacementNote } from './renew-credential.ts';
import { type Route, writeRoute } from './route.ts';

const replacement = z
  .strictObject({
    ...newCredential.shape,
    holderKey: successorKey,
    appliedOn: appliedOn.optional(),
    note: replacementNote.optional(),
  })
  .meta({ id: 'Replacement' });

type Replace = (tx: Tx, input: Parameters<ReplaceCredential>[2]) => Promise<CredentialView>;

export function replaceCredentialRoute(replace: Replace): Route {
  return writeRoute({
    path: '/v1/credentials/:id/replace',
    name: 'replaceCredential',
    summary:
      'Issue a credential that takes the place of this one as soon as it is final; one that ends later renews it, within the window of its type',
    body: replacement,
    answer: { status: 202, description: 'The new credential', schema: credential },
    problems: [
      'CREDENTIAL_NOT_FOUND',
      'CREDENTIAL_FAILED',
      'CREDENTIAL_ERASED',
      'ALREADY_REVOKED',
      'ALREADY_SUPERSEDED',
      'TYPE_UNKNOWN',
      'TYPE_NOT_YOURS',
      'TYPE_NOT_OPEN',
      'ISSUER_NOT_READY',
      'ISSUER_HELD',
      'APPROVAL_REQUIRED',
      'RENEWAL_TOO_EARLY',
      'RENEWAL_TOO_LATE',
      'QR_TOO_LARGE',
      'CREDENTIAL_TOO_LARGE',
    ],
    location: selfOf,
    async handle(tx, { caller: { actor }, id, body: { appliedOn: day, note, ...request } }) {
      const view = await replace(tx, { actor, id, request, appliedOn: day, note });
      return { status: 202, body: toCredentialJson(view) };
    },
  });
}
