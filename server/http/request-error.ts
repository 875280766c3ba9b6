/** What can be wrong with a request before any use case sees it. Codes are never renamed and never reused. */
export type RequestErrorCode =
  | 'API_KEY_MISSING'
  | 'API_KEY_INVALID'
  | 'RATE_LIMITED'
  | 'ROUTE_UNKNOWN'
  | 'METHOD_NOT_ALLOWED'
  | 'TYPE_NOT_FOUND'
  | 'QUERY_INVALID'
  | 'CONTENT_TYPE_UNSUPPORTED'
  | 'UPLOAD_HEADER_INVALID'
  | 'BODY_TOO_LARGE'
  | 'BODY_INCOMPLETE'
  | 'BODY_TOO_SLOW'
  | 'JSON_INVALID'
  | 'JSON_TOO_DEEP'
  | 'IDEMPOTENCY_KEY_MISSING'
  | 'IDEMPOTENCY_KEY_INVALID'
  | 'INTERNAL_ERROR';

/** Where in the query something is wrong. */
export interface ParameterProblem {
  parameter: string;
  code: string;
  message: string;
}

/** A request that is refused as it stands. The message never repeats a value of the request. */
export class RequestError extends Error {
  readonly code: RequestErrorCode;
  readonly problems: readonly ParameterProblem[];

  constructor(
    code: RequestErrorCode,
    message: string,
    more: { problems?: readonly ParameterProblem[]; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'RequestError';
    this.code = code;
    this.problems = more.problems ?? [];
  }
}
