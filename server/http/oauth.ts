import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import { AppError } from '../app-error.ts';
import type { Denial } from '../audit/denials.ts';
import { type AccessToken, TOKEN_LIFE_SECONDS, type TokenRequest } from '../auth/access-token.ts';
import type { Caller } from '../auth/api-key.ts';
import type { RateLimiters } from './rate-limit.ts';
import { readBytes } from './request-body.ts';
import { RequestError } from './request-error.ts';

export interface OAuthParts {
  findCaller(apiKey: string): Promise<Caller | null>;
  issueToken(request: TokenRequest): Promise<AccessToken>;
  limits: Pick<RateLimiters, 'refused' | 'token'>;
  recordDenial(denial: Denial): Promise<void>;
}

const PATH = '/oauth/token';
const FORM = 'application/x-www-form-urlencoded';
/** A secret, and every right by name, are far shorter. */
const MOST_BYTES = 4_096;

type OAuthCode = 'invalid_request' | 'invalid_client' | 'invalid_scope' | 'unsupported_grant_type';

/** RFC 6749, section 5.2. */
class OAuthError extends Error {
  readonly code: OAuthCode;

  constructor(code: OAuthCode, message: string) {
    super(message);
    this.name = 'OAuthError';
    this.code = code;
  }
}

/**
 * The client credentials grant of RFC 6749: a client is an API key, by its id, and its secret is the key itself. Errors are the
 * standard's, because the libraries that call this know no others.
 */
export function serveOAuth(parts: OAuthParts): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.use(PATH, (_request, response, next) => {
    response.locals.route = PATH;
    next();
  });
  router.post(PATH, (request, response) => answer(parts, { request, response }));
  router.all(PATH, (_request, response) => {
    response.set('Allow', 'POST');
    throw new RequestError('METHOD_NOT_ALLOWED', 'the address knows POST');
  });
  router.use(PATH, answerOAuthErrors() satisfies ErrorRequestHandler);
  return router;
}

interface Exchange {
  request: Request;
  response: Response;
}

async function answer(parts: OAuthParts, { request, response }: Exchange): Promise<void> {
  const form = await readForm(request);
  if (form.get('grant_type') !== 'client_credentials')
    throw new OAuthError(
      form.has('grant_type') ? 'unsupported_grant_type' : 'invalid_request',
      '"grant_type" must be client_credentials',
    );
  const { id, secret } = readClient(request, form);
  const caller = await identify(parts, { request, response }, { id, secret });
  await parts.limits.token({ request, response }, id);
  response.locals.issuer = caller.actor.issuer.code;
  const scopes = form.get('scope')?.split(' ').filter(Boolean);
  const origin = { requestId: response.locals.requestId as string, address: request.ip ?? null };
  const issued = await parts.issueToken({ caller, secret, scopes: scopes?.length ? scopes : undefined, origin });
  response.set('Pragma', 'no-cache').json({
    access_token: issued.token,
    token_type: 'Bearer',
    expires_in: TOKEN_LIFE_SECONDS,
    scope: issued.scopes.join(' '),
  });
}

async function readForm(request: Request): Promise<URLSearchParams> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (type.split(';')[0]?.trim().toLowerCase() !== FORM || encoding.toLowerCase() !== 'identity')
    throw new OAuthError('invalid_request', `the body must be ${FORM}, and not compressed`);
  const form = new URLSearchParams((await readBytes(request, { mostBytes: MOST_BYTES })).toString('utf8'));
  const names = [...form.keys()];
  if (new Set(names).size !== names.length) throw new OAuthError('invalid_request', 'a parameter stands twice');
  return form;
}

interface Client {
  id: string;
  secret: string;
}

function readClient(request: Request, form: URLSearchParams): Client {
  const header = request.get('authorization');
  const inBody = form.has('client_secret');
  if (header !== undefined && inBody)
    throw new OAuthError('invalid_request', 'the client is named in the header and in the body: name it once');
  const client = header === undefined ? fromForm(form) : fromHeader(header);
  if (!client)
    throw new OAuthError('invalid_client', 'name the client by HTTP Basic, or by client_id and client_secret');
  if (form.has('client_id') && form.get('client_id') !== client.id)
    throw new OAuthError('invalid_request', '"client_id" is not the client of the header');
  return client;
}

function fromForm(form: URLSearchParams): Client | null {
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  return id === null || secret === null ? null : { id, secret };
}

/** Both parts are form-encoded before they are joined (RFC 6749, section 2.3.1). */
function fromHeader(header: string): Client | null {
  const base64 = /^Basic +([\w+/]+={0,2})$/i.exec(header)?.[1];
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(base64 ?? '', 'base64').toString('utf8')) ?? [];
  if (id === undefined || secret === undefined) return null;
  try {
    return { id: decodeURIComponent(id.replace(/\+/g, ' ')), secret: decodeURIComponent(secret.replace(/\+/g, ' ')) };
  } catch {
    return null;
  }
}

/** One answer for a wrong secret, a wrong id and both: nobody learns which ids there are. */
async function identify(
  { findCaller, limits, recordDenial }: OAuthParts,
  { request, response }: Exchange,
  { id, secret }: Client,
): Promise<TokenRequest['caller']> {
  const found = await findCaller(secret).catch((error: unknown) => {
    if (error instanceof AppError && error.code.startsWith('API_KEY_')) return error;
    throw error;
  });
  if (found && !(found instanceof Error) && found.apiKey && `key_${found.apiKey.id}` === id)
    return { actor: found.actor, apiKey: found.apiKey };
  await limits.refused({ request, response });
  const origin = { requestId: response.locals.requestId as string, address: request.ip ?? null };
  const code = found instanceof AppError ? found.code : 'API_KEY_INVALID';
  await recordDenial({ actor: null, operation: 'issueToken', object: null, code, origin });
  throw new OAuthError(
    'invalid_client',
    found instanceof AppError ? found.message : 'the client or its secret is not known',
  );
}

function answerOAuthErrors(): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const known = toOAuthError(error);
    if (!known) return next(error);
    if (known.code === 'invalid_client') response.set('WWW-Authenticate', 'Basic realm="e-Proof"');
    response
      .status(known.code === 'invalid_client' ? 401 : 400)
      .json({ error: known.code, error_description: known.message.replace(/"/g, "'") });
  };
}

function toOAuthError(error: unknown): OAuthError | null {
  if (error instanceof OAuthError) return error;
  if (error instanceof AppError && error.code === 'SCOPES_EXCEEDED')
    return new OAuthError('invalid_scope', error.message);
  const isBody = error instanceof RequestError && error.code.startsWith('BODY_');
  return isBody ? new OAuthError('invalid_request', error.message) : null;
}
