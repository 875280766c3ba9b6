import { z } from 'zod';
import { AppError } from '../app-error.ts';
import type { RenewalRequest } from '../issuance/renew.ts';
import type { CredentialView } from '../issuance/use-cases.ts';
import type { Tx } from '../store/schema.ts';
import { credential, newCredential, selfOf, toCredentialJson } from './credential-schema.ts';
import { day, paragraph } from './fields.ts';
import { type Route, writeRoute } from './route.ts';

export const appliedOn = day('The day in Hong Kong on which the renewal was applied for; today where it is left out');

/** The registry has no reason of a succession, so that there is none for the public. */
export const replacementNote = paragraph(500).meta({
  description: 'Why it takes the place of the old one, whose history will have it. Kept for the department; not public',
});

const renewalRequest = z
  .strictObject({
    appliedOn: appliedOn.optional(),
    validUntil: day('The last valid day, where it is another than the rule of the type proposes').optional(),
    claims: newCredential.shape.claims
      .optional()
      .meta({ description: 'What changed since, by name; null takes a claim away. All others are as they were' }),
    holder: newCredential.shape.holder,
    note: replacementNote.optional(),
  })
  .meta({ id: 'RenewalRequest' });

type Renew = (tx: Tx, request: RenewalRequest) => Promise<CredentialView>;

export function renewCredentialRoute(renew: Renew): Route {
  return writeRoute({
    path: '/v1/credentials/:id/renew',
    name: 'renewCredential',
    summary:
      'Issue the next term, from the day after the last one; this one names it as its successor when that has come',
    body: renewalRequest,
    answer: { status: 202, description: 'The new credential', schema: credential },
    problems: [
      ...(['CREDENTIAL_NOT_FOUND', 'CREDENTIAL_FAILED', 'CREDENTIAL_ERASED'] as const),
      ...(['ALREADY_REVOKED', 'ALREADY_SUPERSEDED'] as const),
      ...(['NOT_RENEWABLE', 'RENEWAL_TOO_EARLY', 'RENEWAL_TOO_LATE'] as const),
      ...(['TYPE_NOT_OPEN', 'ISSUER_NOT_READY', 'ISSUER_HELD', 'APPROVAL_REQUIRED'] as const),
      ...(['QR_TOO_LARGE', 'CREDENTIAL_TOO_LARGE'] as const),
    ],
    location: selfOf,
    async handle(tx, { caller: { actor }, id, body }) {
      const renewed = await renew(tx, { ...body, actor, id }).catch(refuseInBody);
      return { status: 202, body: toCredentialJson(renewed) };
    },
  });
}

/** What is wrong is a place of the credential that would be made; the caller wrote this body. */
function refuseInBody(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  const problems = error.problems.map((problem) => ({
    ...problem,
    pointer: problem.pointer.replace(/^\/validity(?=\/validUntil)/, ''),
  }));
  throw new AppError(error.code, error.message, { problems, cause: error });
}
