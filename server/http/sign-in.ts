import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { AppError } from '../app-error.ts';
import type { Denial } from '../audit/denials.ts';
import { beginSignIn, CALLBACK_PATH, finishSignIn, type SignInDeps, signOut } from '../auth/sign-in.ts';
import { codeOf, isDenial, originOf } from './mount.ts';
import type { RateLimiters } from './rate-limit.ts';
import { RequestError } from './request-error.ts';
import { clearCookie, createCookie, readCookie, setCookie } from './session-cookie.ts';
import type { FindSession } from './session-request.ts';
import { answerWithPage } from './sign-in-problem.ts';
import { parseQuery } from './validation.ts';

/** It stands in a row for ten minutes, of which anybody can make many. */
const LONGEST_RETURN = 500;
/** A provider's code and state are far shorter. */
const LONGEST_CALLBACK = 4_000;

const loginQuery = z.strictObject({
  return: z.string().max(LONGEST_RETURN).default('/'),
  as: z.enum(['officer', 'holder'], 'must be "officer" or "holder"').default('officer'),
  department: z.string().min(1).max(20).optional(),
  ui_locales: z.enum(['en', 'zh-Hant', 'zh-Hans'], 'must be "en", "zh-Hant" or "zh-Hans"').optional(),
});

export interface SignInParts {
  /** Null where no provider is set up. */
  signIn: SignInDeps | null;
  findSession: FindSession;
  isDepartment(code: string): boolean;
  limit: RateLimiters['signIn'];
  recordDenial(denial: Denial): Promise<void>;
}

/** What browsers open to sign in and out: redirections, which no program calls. */
export function serveSignIn({ signIn, findSession, isDepartment, limit, recordDenial }: SignInParts): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.use('/auth', (request, response, next) => {
    response.locals.route = `/auth${request.path}`.match(/^\/auth\/(?:login|callback|logout)$/)?.[0];
    next();
  });
  router.get(['/auth/login', CALLBACK_PATH], async (request, response, next) => {
    await limit({ request, response });
    next();
  });
  router.get('/auth/login', (request, response) => login(requireSetUp(signIn), { request, response, isDepartment }));
  router.get('/auth/callback', (request, response) => callback(requireSetUp(signIn), { request, response }));
  router.post('/auth/logout', (request, response) => logout(requireSetUp(signIn), { request, response, findSession }));
  router.use('/auth', tellDenials(recordDenial), answerWithPage() satisfies ErrorRequestHandler);
  return router;
}

/** Whom a provider knows and no department does is told to the platform's log. */
function tellDenials(recordDenial: SignInParts['recordDenial']): ErrorRequestHandler {
  return async (error: unknown, request, response, next) => {
    const origin = originOf({ request, response });
    const code = codeOf(error);
    if (isDenial(code)) await recordDenial({ actor: null, operation: 'signIn', object: null, code, origin });
    next(error);
  };
}

function requireSetUp(signIn: SignInDeps | null): SignInDeps {
  if (!signIn)
    throw new AppError('SIGN_IN_UNAVAILABLE', 'no sign-in service is set up: the operator sets "OIDC_ISSUER"');
  return signIn;
}

interface Exchange {
  request: Request;
  response: Response;
}

async function login(
  signIn: SignInDeps,
  { request, response, isDepartment }: Exchange & Pick<SignInParts, 'isDepartment'>,
): Promise<void> {
  const { publicUrl } = signIn;
  // whoever opened "localhost" comes back to 127.0.0.1, without the cookie; behind a proxy the name says nothing
  if (publicUrl.startsWith('http:') && request.get('host') !== new URL(publicUrl).host)
    return response.redirect(303, publicUrl + request.originalUrl);
  const query = parseQuery(loginQuery, request.query);
  const returnTo = toOwnAddress(query.return, publicUrl);
  if (query.department !== undefined && !isDepartment(query.department))
    throw refuseParameter('department', 'must be the code of a department');
  const { secret, url } = await beginSignIn(signIn, {
    people: query.as === 'holder' ? 'holders' : 'officers',
    department: query.department ?? null,
    returnTo,
    language: query.ui_locales,
  });
  setCookie(response, createCookie('sign-in', publicUrl), secret);
  response.redirect(303, url.href);
}

async function callback(signIn: SignInDeps, { request, response }: Exchange): Promise<void> {
  const { publicUrl } = signIn;
  const [begun, session] = [createCookie('sign-in', publicUrl), createCookie('session', publicUrl)];
  clearCookie(response, begun);
  if (request.originalUrl.length > LONGEST_CALLBACK)
    throw new AppError('SIGN_IN_INVALID', 'no sign-in service answers with an address of this length');
  const { secret, returnTo } = await finishSignIn(signIn, {
    secret: readCookie(request, begun) ?? undefined,
    sessionSecret: readCookie(request, session) ?? undefined,
    callback: new URL(publicUrl + request.originalUrl),
    origin: originOf({ request, response }),
  });
  setCookie(response, session, secret);
  response.redirect(303, returnTo);
}

/** Answers with where the page goes next: at the provider one is still signed in. */
async function logout(
  signIn: SignInDeps,
  { request, response, findSession }: Exchange & Pick<SignInParts, 'findSession'>,
): Promise<void> {
  const cookie = createCookie('session', signIn.publicUrl);
  const session = await findSession(request);
  if (!session) throw new AppError('SIGN_IN_REQUIRED', 'nobody is signed in');
  const secret = readCookie(request, cookie) as string;
  const next = await signOut(signIn, { secret, origin: originOf({ request, response }) });
  clearCookie(response, cookie);
  response.json({ next: next?.href ?? `${signIn.publicUrl}/` });
}

/**
 * The whole address of a path of this service. `//host` and `/\host` are other hosts to a browser, so that it is resolved as one would
 * and its origin compared; and it is sent whole, because a path that begins with two slashes would be another host once more.
 */
function toOwnAddress(path: string, publicUrl: string): string {
  const { origin } = new URL(publicUrl);
  const isPath = /^\/(?![/\\])[^\\\p{Cc}]*$/u.test(path) && URL.canParse(path, origin);
  const url = isPath ? new URL(path, origin) : null;
  if (url?.origin !== origin) throw refuseParameter('return', 'must be a path of this service, such as /issuer');
  return url.href;
}

function refuseParameter(parameter: string, rule: string): RequestError {
  const message = `"${parameter}" ${rule}`;
  return new RequestError('QUERY_INVALID', 'the query is not valid', {
    problems: [{ parameter, code: 'FIELD_INVALID', message }],
  });
}
