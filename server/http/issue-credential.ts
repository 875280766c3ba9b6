import type { Actor } from '../auth/policy.ts';
import type { CredentialView, NewCredential } from '../issuance/use-cases.ts';
import type { Tx } from '../store/schema.ts';
import { credential, newCredential, selfOf, toCredentialJson } from './credential-schema.ts';
import { type Route, writeRoute } from './route.ts';

type Issue = (tx: Tx, input: { actor: Actor; request: NewCredential }) => Promise<CredentialView>;

export function issueCredentialRoute(issue: Issue): Route {
  return writeRoute({
    path: '/v1/credentials',
    name: 'issueCredential',
    summary: 'Issue a credential',
    body: newCredential,
    answer: { status: 202, description: 'Accepted: it will be sealed, anchored and final', schema: credential },
    problems: [
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
    async handle(tx, { caller: { actor }, body }) {
      const view = await issue(tx, { actor, request: body });
      return { status: 202, body: toCredentialJson(view) };
    },
  });
}
