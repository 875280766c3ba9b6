import { ApiProblem, NoAnswer } from '../../client/problem.ts';

export const FAILURE_KINDS = ['signed-out', 'forbidden', 'not-found', 'no-answer', 'busy', 'refused', 'fault'] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** What went wrong, as far as whoever reads it can do something about it. */
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
