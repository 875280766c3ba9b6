import { timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { AppError } from '../app-error.ts';
import type { HolderPerson, Session } from '../auth/session.ts';
import { createCookie, readCookie } from './session-cookie.ts';

export type FindSession = (request: Request) => Promise<Session | null>;

export interface SessionRequests {
  publicUrl: string;
  findSession(secret: string): Promise<Session | null>;
}

export const CSRF_HEADER = 'X-CSRF-Token';
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * The session that a request's cookie names; null where it has no cookie.
 * @throws AppError SIGN_IN_REQUIRED where the session has ended, CSRF_REFUSED where another page may have sent the request
 */
export function createFindSession({ publicUrl, findSession }: SessionRequests): FindSession {
  const cookie = createCookie('session', publicUrl);
  const { origin } = new URL(publicUrl);
  return async (request) => {
    const secret = readCookie(request, cookie);
    if (secret === null) return null;
    const session = await findSession(secret);
    if (!session) throw new AppError('SIGN_IN_REQUIRED', 'the session has ended');
    if (!SAFE_METHODS.includes(request.method)) requireOwnPage(request, session, origin);
    return session;
  };
}

/**
 * A browser sends the cookie with whatever any page makes it send. Two things only our own page can have: the browser's word for where
 * the request comes from, and the token, which is read from an answer of ours. Either would do; a gap in one leaves the other.
 */
function requireOwnPage(request: Request, { csrfToken }: Session, origin: string): void {
  const site = request.get('sec-fetch-site');
  const from = request.get('origin');
  const isOurs = (site ?? 'same-origin') === 'same-origin' && (from ?? origin) === origin;
  if (!isOurs || (site ?? from) === undefined)
    throw new AppError('CSRF_REFUSED', `"Origin" or "Sec-Fetch-Site" must say that the request comes from ${origin}`);
  if (!isEqual(request.get(CSRF_HEADER) ?? '', csrfToken))
    throw new AppError('CSRF_REFUSED', `the header "${CSRF_HEADER}" must be "csrfToken" of GET /v1/session`);
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** An officer may be a holder too, but has to sign in as one: what is read here is private, and no business of the department. */
export function requireHolder({ person }: Session): HolderPerson {
  if (person.kind === 'holder') return person;
  throw new AppError('FORBIDDEN', 'this is for holders: sign in at /auth/login?as=holder');
}
