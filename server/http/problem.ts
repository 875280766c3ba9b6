import type { ErrorRequestHandler } from 'express';
import { z } from 'zod';
import { AppError } from '../app-error.ts';
import type { Log } from '../log.ts';
import { RequestError } from './request-error.ts';
import { isInternal, PROBLEMS, type ProblemCode, PUBLIC_CODES } from './statuses.ts';

const whatIsWrong = {
  type: z.string().meta({ description: 'The address of an explanation' }),
  title: z.string(),
  status: z.int(),
  code: z.enum(PUBLIC_CODES),
  detail: z.string().optional(),
  errors: z
    .array(
      z.strictObject({
        pointer: z
          .string()
          .optional()
          .meta({ description: 'A JSON pointer into the body', examples: ['#/claims/licenceNumber'] }),
        parameter: z.string().optional().meta({ description: 'A query parameter' }),
        code: z.string(),
        detail: z.string(),
      }),
    )
    .optional(),
};

/** RFC 9457. */
export const problem = z
  .strictObject({
    ...whatIsWrong,
    instance: z.string(),
    requestId: z.string().meta({ description: 'To tell the operator' }),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof problem>;

/** The one place where errors become answers. What nobody foresaw is told to the log and not to the caller. */
export function answerErrors(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { requestId } = response.locals;
    const body = toProblem(error, { instance: request.path, requestId });
    if (body.status === 500) log.error({ requestId, err: error }, 'request failed');
    // half a document must not look like a whole one
    if (response.headersSent) return void response.destroy();
    const { retryAfterSeconds } = PROBLEMS[body.code];
    if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds));
    if (body.status === 401) response.set('WWW-Authenticate', 'Bearer realm="e-Proof"');
    // what is left of a body that nobody reads would be taken for the next request
    if (!request.complete) response.set('Connection', 'close');
    response.status(body.status).type('application/problem+json').send(JSON.stringify(body));
  };
}

function toProblem(error: unknown, where: { instance: string; requestId: string }): Problem {
  const known = error instanceof AppError || error instanceof RequestError ? error : fromExpress(error);
  const code = known && !isInternal(known.code) ? known.code : 'INTERNAL_ERROR';
  const body = kindOf(code);
  if (!known || code === 'INTERNAL_ERROR') return { ...body, ...where };
  return { ...body, detail: known.message, ...where, ...toErrors(known.problems) };
}

/** The same of one thing among many that were asked for at once. */
export const itemProblem = z.strictObject(whatIsWrong).meta({ id: 'ItemProblem' });

/** @throws the error itself where nobody outside is told of it */
export function toItemProblem(error: AppError): z.output<typeof itemProblem> {
  if (isInternal(error.code)) throw error;
  return { ...kindOf(error.code), detail: error.message, ...toErrors(error.problems) };
}

function kindOf(code: ProblemCode) {
  const { status, title } = PROBLEMS[code];
  return { type: `/problems#${code}`, title, status, code };
}

function toErrors(problems: (AppError | RequestError)['problems']): Pick<Problem, 'errors'> {
  if (problems.length === 0) return {};
  return { errors: problems.map(({ message, ...place }) => ({ ...withFragment(place), detail: message })) };
}

/** RFC 9457's pointers are fragments of a URI. */
function withFragment<Place extends { code: string }>(place: Place): Place {
  return 'pointer' in place ? { ...place, pointer: `#${String(place.pointer).replace(/^#/, '')}` } : place;
}

// A path such as "/v1/types/%E0" cannot be decoded: Express refuses it before any route is asked.
function fromExpress(error: unknown): RequestError | null {
  const isPath = error instanceof URIError && 'status' in error && error.status === 400;
  return isPath ? new RequestError('ROUTE_UNKNOWN', 'the address cannot be decoded') : null;
}
