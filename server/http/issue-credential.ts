import { AppError } from '../app-error.ts';
import type { Actor } from '../auth/policy.ts';
import type { CredentialView, NewCredential } from '../issuance/use-cases.ts';
import type { Outcome } from '../store/done-together.ts';
import type { Tx } from '../store/schema.ts';
import { credential, newCredential, selfOf, toCredentialJson } from './credential-schema.ts';
import { type Route, writeAllRoute } from './route.ts';

type IssueAll = (
  tx: Tx,
  all: readonly { actor: Actor; request: NewCredential }[],
) => Promise<readonly Outcome<CredentialView>[]>;

export function issueCredentialRoute(issueAll: IssueAll): Route {
  return writeAllRoute({
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
    // the parent is shared with whoever else names it, and waited for where somebody ends it
    isApart: ({ parent }) => parent !== undefined,
    async handleAll(tx, calls) {
      const asked = calls.map(({ caller: { actor }, body }) => ({ actor, request: body }));
      const outcomes = await issueAll(tx, asked);
      return outcomes.map((view) => (view instanceof AppError ? view : { status: 202, body: toCredentialJson(view) }));
    },
  });
}
