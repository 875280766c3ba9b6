import { ApiProblem, NoAnswer } from '../client/problem.ts';

export const FAILURE_KINDS = ['signed-out', 'forbidden', 'not-found', 'no-answer', 'busy', 'refused', 'fault'] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Refusals of which the next step is known. */
export const PROBLEM_CODES = [
  'SAME_PERSON',
  'CONTENT_CHANGED',
  'DRAFT_STATE',
  'IMPORT_STATE',
  'IMPORT_HEADER_INVALID',
  'IMPORT_TOO_LARGE',
  'ISSUER_NOT_READY',
  'ISSUER_HELD',
  'TYPE_NOT_OPEN',
  'QR_TOO_LARGE',
  'CREDENTIAL_TOO_LARGE',
  'APPROVAL_REQUIRED',
  'CREDENTIAL_FAILED',
  'ALREADY_REVOKED',
  'ALREADY_SUSPENDED',
  'NOT_SUSPENDED',
  'ALREADY_SUPERSEDED',
  'VALIDITY_UNCHANGED',
  'NOT_RENEWABLE',
  'RENEWAL_TOO_EARLY',
  'RENEWAL_TOO_LATE',
  'OPERATION_CLOSED',
  'HOLDER_WITHOUT_EMAIL',
  'MAIL_WAITING',
  'NOT_FINAL',
  'OFFICER_EXISTS',
  'OWN_ROLES',
  'LAST_ADMIN',
  'API_KEY_LIMIT',
  'API_KEY_INACTIVE',
] as const;
export type ProblemName = (typeof PROBLEM_CODES)[number];

/** What went wrong, as far as an officer can do something about it. */
export interface Failure {
  kind: FailureKind;
  /** To tell the operator, with what stands in the service's log. */
  code: string;
  requestId: string | null;
}

export function toFailure(error: unknown): Failure {
  if (error instanceof NoAnswer) return { kind: 'no-answer', code: error.reason, requestId: error.requestId };
  if (error instanceof ApiProblem) return { kind: kindOf(error), code: error.code, requestId: error.requestId };
  // a fault of this page: its author reads it there
  console.error(error);
  return { kind: 'fault', code: 'PAGE_FAULT', requestId: null };
}

function kindOf({ status }: ApiProblem): FailureKind {
  if (status === 401) return 'signed-out';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 429) return 'busy';
  return status >= 500 ? 'fault' : 'refused';
}
