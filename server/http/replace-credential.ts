import type { Actor } from '../auth/policy.ts';
import type { CredentialView, NewCredential } from '../issuance/use-cases.ts';
import type { Tx } from '../store/schema.ts';
import { credential, newCredential, selfOf, toCredentialJson } from './credential-schema.ts';
import { type Route, writeRoute } from './route.ts';

type Replace = (tx: Tx, input: { actor: Actor; id: string; request: NewCredential }) => Promise<CredentialView>;

export function replaceCredentialRoute(replace: Replace): Route {
  return writeRoute({
    path: '/v1/credentials/:id/replace',
    name: 'replaceCredential',
    summary: 'Issue a credential that takes the place of this one as soon as it is final',
    body: newCredential,
    answer: { status: 202, description: 'The new credential', schema: credential },
    problems: [
      'CREDENTIAL_NOT_FOUND',
      'CREDENTIAL_FAILED',
      'ALREADY_REVOKED',
      'ALREADY_SUPERSEDED',
      'TYPE_UNKNOWN',
      'TYPE_NOT_YOURS',
      'TYPE_NOT_OPEN',
      'ISSUER_NOT_READY',
      'ISSUER_HELD',
      'APPROVAL_REQUIRED',
      'QR_TOO_LARGE',
      'CREDENTIAL_TOO_LARGE',
    ],
    location: selfOf,
    async handle(tx, { caller: { actor }, id, body }) {
      const view = await replace(tx, { actor, id, request: body });
      return { status: 202, body: toCredentialJson(view) };
    },
  });
}
