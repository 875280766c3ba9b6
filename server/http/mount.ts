import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Application, Request, RequestHandler, Response } from 'express';
import { AppError } from '../app-error.ts';
import type { Denial } from '../audit/denials.ts';
import type { Read } from '../audit/reads.ts';
import type { Caller } from '../auth/api-key.ts';
import type { Actor, Origin } from '../auth/policy.ts';
import type { HolderPerson, Session } from '../auth/session.ts';
import type { Given, Keyed, RunAll } from '../issuance/idempotency.ts';
import type { IdempotentRequest, KeptAnswer } from '../issuance/use-cases.ts';
import { doTogether, type Outcome } from '../store/done-together.ts';
import type { Tx } from '../store/schema.ts';
import { atPace } from './body-pace.ts';
import type { RateLimiters } from './rate-limit.ts';
import { decodeJsonBody, readJsonBytes } from './request-body.ts';
import { RequestError } from './request-error.ts';
import {
  type Answer,
  type HolderReadRoute,
  type HolderWriteRoute,
  isOfficersOnly,
  methodOf,
  type QuestionRoute,
  type ReadRoute,
  type Route,
  type SessionRoute,
  type UploadRoute,
  type WriteAnswer,
  type WriteCall,
  type WriteRoute,
} from './route.ts';
import { type FindSession, requireHolder } from './session-request.ts';
import { PROBLEMS, type ProblemCode } from './statuses.ts';
import { uploadFormatOf, uploadPartOf } from './upload-request.ts';
import { parseBody, parseQuery } from './validation.ts';

export interface MountParts {
  findCaller(apiKey: string): Promise<Caller | null>;
  findSession: FindSession;
  /** The holder whose things are asked for: the person, or the company that they act for. */
  actAs(person: HolderPerson, company: string | undefined): Promise<HolderPerson>;
  /** The database that routes are handed shows the actor's department, and nothing outside of `work`. */
  inDepartment<T>(actor: Actor, work: () => T): T;
  /** Likewise the holder's. */
  inHolder<T>(holder: HolderPerson, work: () => T): T;
  idempotently(request: IdempotentRequest, run: (tx: Tx) => Promise<KeptAnswer>): Promise<Given>;
  /** The same for several of one department, in one transaction. */
  idempotentlyTogether<Work>(asked: readonly Keyed<Work>[], runAll: RunAll<Work>): Promise<Outcome<Given>[]>;
  limits: Pick<RateLimiters, 'caller' | 'refused' | 'lookUp' | 'facts'>;
  /** Tells the audit log who read what of people; it waits for nothing. */
  recordRead(read: Read): void;
  /** Tells the audit log who was refused what. */
  recordDenial(denial: Denial): Promise<void>;
}

/** Puts the routes into the application, and an answer for the methods that a path does not know. */
export function mountRoutes(app: Application, routes: readonly Route[], parts: MountParts): void {
  for (const route of routes) app[methodOf(route)](route.path, toHandler(route, parts));
  for (const path of new Set(routes.map((route) => route.path)))
    app.all(path, refuseMethod(routes.filter((route) => route.path === path)));
}

function toHandler(route: Route, parts: MountParts): RequestHandler {
  const write = route.kind === 'write' ? writerOf(route, parts) : null;
  return async (request, response) => {
    response.locals.route = route.path;
    if (route.kind === 'open') return send(response, await route.handle());
    if (route.kind === 'question') await answerQuestion(route, { request, response, parts });
    else if (route.kind === 'session' || route.kind === 'holder-read' || route.kind === 'holder-write')
      await answerPerson(route, { request, response, parts });
    else await answerCaller(route, { request, response, parts, write });
  };
}

async function answerCaller(
  route: ReadRoute | WriteRoute | UploadRoute,
  { request, response, parts, write }: Omit<Exchange, 'caller'> & { write: Write | null },
): Promise<void> {
  const origin = originOf({ request, response });
  let actor: Actor | null = null;
  try {
    const caller = await countingRefusals({ request, response, parts }, () => authenticate(route, request, parts));
    actor = { ...caller.actor, origin };
    response.locals.issuer = actor.issuer.code;
    await parts.limits.caller({ request, response }, actor.id);
    if (route.limit) await parts.limits[route.limit]({ request, response }, actor.id);
    const exchange = { request, response, caller: { ...caller, actor }, parts };
    await parts.inDepartment(actor, async () => {
      if (route.kind === 'read') await answerRead(route, exchange);
      else if (route.kind === 'upload') await answerUpload(route, exchange);
      else await answerWrite(route, exchange, write as Write);
    });
  } catch (error) {
    const code = codeOf(error);
    if (isDenial(code)) await parts.recordDenial({ actor, operation: route.name, object: idOf(request), code, origin });
    throw error;
  }
}

/** So that nobody tries keys, or makes us look for them, without end; whoever is known is not counted. */
async function countingRefusals<T>(
  { parts, ...exchange }: Omit<Exchange, 'caller'>,
  identify: () => Promise<T>,
): Promise<T> {
  try {
    return await identify();
  } catch (error) {
    if (PROBLEMS[codeOf(error)].status === 401) await parts.limits.refused(exchange);
    throw error;
  }
}

/** A holder belongs to no department, whose log could tell of it: what is refused stands in the platform's. */
async function answerPerson(
  route: SessionRoute | HolderReadRoute | HolderWriteRoute,
  exchange: Omit<Exchange, 'caller'>,
): Promise<void> {
  try {
    await answerSession(route, exchange);
  } catch (error) {
    await recordStranger(route, exchange, codeOf(error));
    throw error;
  }
}

async function answerQuestion(route: QuestionRoute, exchange: Omit<Exchange, 'caller'>): Promise<void> {
  const { request, response, parts } = exchange;
  await parts.limits[route.limit](exchange);
  try {
    const body = parseBody(route.body, decodeJsonBody(await readJsonBytes(request)));
    await send(response, await route.handle({ body, origin: originOf(exchange) }));
  } catch (error) {
    await recordStranger(route, exchange, codeOf(error));
    throw error;
  }
}

async function recordStranger(
  { name }: Route,
  { parts, ...exchange }: Omit<Exchange, 'caller'>,
  code: ProblemCode,
): Promise<void> {
  const denial = { actor: null, operation: name, object: idOf(exchange.request), code, origin: originOf(exchange) };
  if (isDenial(code)) await parts.recordDenial(denial);
}

export function originOf({ request, response }: Pick<Exchange, 'request' | 'response'>): Origin {
  return { requestId: response.locals.requestId as string, address: request.ip ?? null };
}

export function codeOf(error: unknown): ProblemCode {
  return error instanceof AppError || error instanceof RequestError ? error.code : 'INTERNAL_ERROR';
}

/** Who is not recognised, may not, or asks for what is not theirs. */
export function isDenial(code: ProblemCode): boolean {
  return [401, 403, 404].includes(PROBLEMS[code].status);
}

interface Exchange {
  request: Request;
  response: Response;
  caller: Caller;
  parts: MountParts;
}

async function answerSession(
  route: SessionRoute | HolderReadRoute | HolderWriteRoute,
  { request, response, parts }: Omit<Exchange, 'caller'>,
): Promise<void> {
  const session = await countingRefusals({ request, response, parts }, () => requireSession(request, parts));
  await parts.limits.caller({ request, response }, callerOf(session));
  const id = idOf(request);
  if (route.kind === 'session') {
    const query = parseQuery(route.query, request.query);
    return send(response, await route.handle({ session, id, query }));
  }
  const person = requireHolder(session);
  const query = parseQuery(route.query, request.query) as { company?: string };
  const holder = await parts.actAs(person, query.company);
  if (route.kind === 'holder-read')
    return send(response, await parts.inHolder(holder, async () => route.handle({ holder, id, query })));
  const idempotencyKey = idempotencyKeyOf(request);
  const body = parseBody(route.body, decodeJsonBody(await readJsonBytes(request)));
  await send(response, await parts.inHolder(holder, () => route.handle({ holder, id, body, idempotencyKey })));
}

async function requireSession(request: Request, { findSession }: MountParts): Promise<Session> {
  const session = await findSession(request);
  if (!session) throw new AppError('SIGN_IN_REQUIRED', 'nobody is signed in');
  return session;
}

function callerOf({ person }: Session): string {
  return person.kind === 'officer' ? person.actor.id : `holder:${person.subjectHmac.toString('hex')}`;
}

async function answerRead(route: ReadRoute, { request, response, caller, parts }: Exchange): Promise<void> {
  const query = parseQuery(route.query, request.query);
  const body = route.body && parseBody(route.body, decodeJsonBody(await readJsonBytes(request)));
  const closing = new AbortController();
  response.once('close', () => response.writableFinished || closing.abort());
  const lastEventId = request.get('last-event-id');
  const id = idOf(request);
  const answer = await route.handle({ caller, id, query, body, lastEventId, signal: closing.signal });
  if (route.reads) parts.recordRead({ ...route.reads, actor: caller.actor, object: id || null });
  await send(response, answer);
}

async function answerUpload(route: UploadRoute, { request, response, caller }: Exchange): Promise<void> {
  const idempotencyKey = idempotencyKeyOf(request);
  const query = parseQuery(route.query, request.query);
  const upload = {
    idempotencyKey,
    format: uploadFormatOf(request, route),
    ...uploadPartOf(request),
    body: atPace(request),
  };
  await send(response, await route.handle({ caller, query, upload }));
}

async function answerWrite(route: WriteRoute, { request, response, caller }: Exchange, write: Write): Promise<void> {
  const key = idempotencyKeyOf(request);
  const bytes = await readJsonBytes(request);
  const body = parseBody(route.body, decodeJsonBody(bytes));
  const bodySha256 = createHash('sha256').update(bytes).digest();
  const { issuer, id: actor } = caller.actor;
  const { given: kept, once } = await write({
    request: { issuer, actor, key, method: 'POST', path: request.path, bodySha256 },
    work: { caller, id: idOf(request), body },
  });
  if (kept.replayed) response.set('Idempotency-Replayed', 'true');
  response.location(route.location(JSON.parse(kept.body) as object));
  const told = once && !kept.replayed ? JSON.stringify({ ...JSON.parse(kept.body), ...once }) : kept.body;
  response.status(kept.status).type('application/json').send(told);
}

/** Does what a request asks for, once. */
type Write = (asked: Keyed<WriteCall>) => Promise<{ given: Given; once?: object | undefined }>;

/** So many transactions of one department and route at once, for so many requests each. */
const GROUPS = { lanes: 2, most: 50 };

function writerOf({ handle, handleAll, isApart }: WriteRoute, parts: MountParts): Write {
  const alone = writerOfOne(handle, parts);
  if (!handleAll) return alone;
  const together = writerOfAll(handleAll, parts);
  return (asked) => (isApart?.(asked.work.body) ? alone : together)(asked);
}

function writerOfOne(handle: WriteRoute['handle'], parts: MountParts): Write {
  return async ({ request, work }) => {
    let once: object | undefined;
    const given = await parts.idempotently(request, async (tx) => {
      const answer = await handle(tx, work);
      once = answer.once;
      return toKept(answer);
    });
    return { given, once };
  };
}

function writerOfAll(handleAll: NonNullable<WriteRoute['handleAll']>, parts: MountParts): Write {
  const departments = new Map<number, (asked: Keyed<WriteCall>) => Promise<Given>>();
  const runAll: RunAll<WriteCall> = async (tx, calls) =>
    (await handleAll(tx, calls)).map((outcome) => (outcome instanceof AppError ? outcome : toKept(outcome)));
  return async (asked) => {
    const { caller } = asked.work;
    const { id } = caller.actor.issuer;
    const write =
      departments.get(id) ??
      doTogether<Keyed<WriteCall>, Given>(
        (all) => parts.inDepartment(caller.actor, () => parts.idempotentlyTogether(all, runAll)),
        GROUPS,
      );
    departments.set(id, write);
    return { given: await write(asked) };
  };
}

function toKept({ status, body }: WriteAnswer): KeptAnswer {
  return { status, body: JSON.stringify(body) };
}

/** A key where there is one: no other page can make a browser send that, so that it needs no word of where it comes from. */
async function authenticate(route: Route, request: Request, parts: MountParts): Promise<Caller> {
  if (isOfficersOnly(route)) return toCaller(await requireSession(request, parts));
  const { findCaller, findSession } = parts;
  const header = request.get('authorization');
  const session = header === undefined ? await findSession(request) : null;
  if (session) return toCaller(session);
  if (header === undefined)
    throw new RequestError('API_KEY_MISSING', 'the header "Authorization" must be Bearer and an API key');
  const key = /^Bearer +(\S+)$/i.exec(header)?.[1];
  const caller = key === undefined ? null : await findCaller(key);
  if (!caller) throw new RequestError('API_KEY_INVALID', 'the API key is unknown or revoked');
  return caller;
}

function toCaller({ person }: Session): Caller {
  if (person.kind === 'officer') return { actor: person.actor, apiKey: null };
  throw new AppError('FORBIDDEN', 'this is for the officers and systems of departments');
}

function idempotencyKeyOf(request: Request): string {
  const key = request.get('idempotency-key');
  if (key === undefined || key === '')
    throw new RequestError('IDEMPOTENCY_KEY_MISSING', 'the header "Idempotency-Key" is required');
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new RequestError(
      'IDEMPOTENCY_KEY_INVALID',
      'the header "Idempotency-Key" must have 1 to 255 visible ASCII characters',
    );
  return key;
}

function idOf(request: Request): string {
  return String(request.params.id ?? '');
}

async function send(response: Response, answer: Answer): Promise<void> {
  response.status(answer.status).set(answer.headers ?? {});
  if ('chunks' in answer) {
    response.type(answer.mediaType);
    await pipeline(Readable.from(answer.chunks), response);
  } else if ('bytes' in answer)
    response
      .type(answer.mediaType)
      .send(Buffer.from(answer.bytes.buffer, answer.bytes.byteOffset, answer.bytes.length));
  else response.type(answer.mediaType ?? 'application/json').send(JSON.stringify(answer.body));
}

function refuseMethod(routes: readonly Route[]): RequestHandler {
  const methods = new Set(routes.map(methodOf));
  const allow = [
    ...(methods.has('get') ? ['GET', 'HEAD'] : []),
    ...(methods.has('post') ? ['POST'] : []),
    'OPTIONS',
  ].join(', ');
  return (request, response) => {
    response.locals.route = routes[0]?.path;
    response.set('Allow', allow);
    if (request.method === 'OPTIONS') return void response.status(204).end();
    throw new RequestError('METHOD_NOT_ALLOWED', `the address knows ${allow}`);
  };
}
