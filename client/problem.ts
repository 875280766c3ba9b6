import type { Problem } from './api.ts';

/** One thing that is wrong with a request, and where: a JSON pointer into its body or a parameter of its query. */
export type Fault = NonNullable<Problem['errors']>[number];

/** The service has answered, and refused. */
export class ApiProblem extends Error {
  readonly status: number;
  /** Never changes; a newer service may have codes that this client has not heard of. */
  readonly code: Problem['code'];
  readonly title: string;
  readonly faults: readonly Fault[];
  readonly requestId: string;

  constructor({ status, code, title, detail, errors, requestId }: Problem) {
    super(detail ?? title);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.title = title;
    this.faults = errors ?? [];
    this.requestId = requestId;
  }
}

export type NoAnswerReason = 'UNREACHABLE' | 'TIMED_OUT' | 'CUT_OFF' | 'NOT_THE_SERVICE';

/** Nothing is known of what became of the request: nobody answered, or something that is not the service did. */
export class NoAnswer extends Error {
  readonly reason: NoAnswerReason;
  readonly requestId: string;

  constructor(reason: NoAnswerReason, message: string, { requestId, cause }: { requestId: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'NoAnswer';
    this.reason = reason;
    this.requestId = requestId;
  }
}

/** The problem that an answer holds; null where it is none of the service's. */
export function readProblem(response: Response, text: string): Problem | null {
  if (!/^application\/problem\+json\b/.test(response.headers.get('content-type') ?? '')) return null;
  const problem = parseOrNull(text) as Partial<Problem> | null;
  return typeof problem?.code === 'string' && typeof problem.title === 'string' ? (problem as Problem) : null;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
