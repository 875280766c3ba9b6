import { z } from 'zod';
import { AppError } from '../app-error.ts';
import type { ReadKind } from '../audit/reads.ts';
import type { Caller } from '../auth/api-key.ts';
import type { Origin } from '../auth/policy.ts';
import type { HolderPerson, Session } from '../auth/session.ts';
import type { Outcome } from '../store/done-together.ts';
import type { Tx } from '../store/schema.ts';
import type { ProblemCode } from './statuses.ts';

/** What the API's description says of a route beside what follows from its schemas. */
interface RouteText {
  /** As Express writes it; the one variable part is `:id`. */
  path: string;
  /** The name of the operation in generated clients. */
  name: string;
  summary: string;
  answer: AnswerShape;
  /** Beside those that every route of its kind can answer with. */
  problems: readonly ProblemCode[];
  /** What it shows of people, for the audit log. */
  reads?: ReadKind;
  /** A limit of its own, beside that on all that a caller does. */
  limit?: 'lookUp' | 'facts';
}

export interface AnswerShape {
  status: number;
  description: string;
  mediaType?: string;
  /** Of a JSON answer. */
  schema?: z.ZodType;
}

/** Open to everybody. */
export interface OpenRoute extends RouteText {
  kind: 'open';
  handle(): Promise<Answer> | Answer;
}

/**
 * Open to everybody, asked by POST: what is asked may be personal, and addresses stand in logs and histories. It changes nothing, or the same however often it is
 * asked, so that it takes no Idempotency-Key.
 */
export interface QuestionRoute<Body extends z.ZodType = z.ZodType> extends RouteText {
  kind: 'question';
  limit: NonNullable<RouteText['limit']>;
  body: Body;
  handle(call: { body: z.output<Body>; origin: Origin }): Promise<Answer>;
}

/** Reads something of the caller's department. With a body it is asked by POST: what is asked is too much, or too personal, for an address. */
export interface ReadRoute<Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> extends RouteText {
  kind: 'read';
  /** For an officer who is signed in: no key opens it, because it is a person's own. */
  officersOnly?: true;
  query: Query;
  body?: Body;
  handle(call: {
    caller: Caller;
    id: string;
    query: z.output<Query>;
    body: z.output<Body>;
    /** Where a stream of events broke off. */
    lastEventId?: string | undefined;
    /** Aborted when nobody listens any more. */
    signal: AbortSignal;
  }): Promise<Answer> | Answer;
}

/** The body of an upload, which is read while it arrives, and which part of a file it is. */
export interface Upload<Format extends string = string> {
  idempotencyKey: string;
  format: Format;
  /** In bytes of the file. */
  offset: number;
  isComplete: boolean;
  body: AsyncIterable<Buffer>;
}

/** Takes a file that is too large to be held: the route stores it in parts, and what is stored under one key goes on there. */
export interface UploadRoute<Query extends z.ZodType = z.ZodType, Format extends string = string> extends RouteText {
  kind: 'upload';
  query: Query;
  mediaTypes: Readonly<Record<Format, string>>;
  handle(call: { caller: Caller; query: z.output<Query>; upload: Upload<Format> }): Promise<Answer>;
}

/** Reads something for the person who is signed in, officer or holder: no key opens it. */
export interface SessionRoute<Query extends z.ZodType = z.ZodType> extends RouteText {
  kind: 'session';
  query: Query;
  handle(call: { session: Session; id: string; query: z.output<Query> }): Promise<Answer> | Answer;
}

/** Reads something of a holder: of the person who is signed in, or of the company that the query names and that they act for. */
export interface HolderReadRoute<Query extends z.ZodType = z.ZodType> extends RouteText {
  kind: 'holder-read';
  query: Query;
  handle(call: { holder: HolderPerson; id: string; query: z.output<Query> }): Promise<Answer> | Answer;
}

/** For whom somebody acts who acts not for themselves: in the address, so that two windows do not mix. */
export const holderQuery = z.strictObject({
  company: z
    .string()
    .regex(/^cmp_[1-9]\d{0,14}$/, 'must be the id of a company')
    .optional()
    .meta({
      description: 'The company whose document it is, of GET /v1/holder/companies; oneself where it is left out',
    }),
});

/**
 * Changes something of such a holder, and of nobody else: an officer is refused before the body is looked at. It takes an Idempotency-Key too; the use case keeps it, because a holder belongs to no
 * department with whose answers it could be kept.
 */
export interface HolderWriteRoute<Body extends z.ZodType = z.ZodType> extends RouteText {
  kind: 'holder-write';
  query: typeof holderQuery;
  body: Body;
  handle(call: { holder: HolderPerson; id: string; body: z.output<Body>; idempotencyKey: string }): Promise<Answer>;
}

export interface WriteCall<Body extends z.ZodType = z.ZodType> {
  caller: Caller;
  id: string;
  body: z.output<Body>;
}

export interface WriteAnswer {
  status: number;
  body: object;
  /** What is told in the first answer alone, such as a secret: it is not in the answer that is kept for 24 hours. Not of what is done together. */
  once?: object;
}

/** Changes something of the caller's department: one transaction with the record of its answer. */
export interface WriteRoute<Body extends z.ZodType = z.ZodType> extends RouteText {
  kind: 'write';
  /** As of a `ReadRoute`. */
  officersOnly?: true;
  body: Body;
  handle(tx: Tx, call: WriteCall<Body>): Promise<WriteAnswer>;
  /** Where what several callers of a department ask for at once is done in one transaction: each has an outcome of its own. */
  handleAll?(tx: Tx, calls: readonly WriteCall<Body>[]): Promise<readonly Outcome<WriteAnswer>[]>;
  /** Which of them are done alone all the same: what waits for somebody's lock must not have others wait with it. */
  isApart?(body: z.output<Body>): boolean;
  /** Where the thing that an answer is about can be seen. */
  location(body: object): string;
}

export type Route =
  | OpenRoute
  | QuestionRoute
  | ReadRoute
  | SessionRoute
  | HolderReadRoute
  | HolderWriteRoute
  | WriteRoute
  | UploadRoute;

export type Answer =
  | { status: number; body: object; mediaType?: string; headers?: Record<string, string> }
  | { status: number; bytes: Uint8Array; mediaType: string; headers?: Record<string, string> }
  | { status: number; chunks: AsyncIterable<string>; mediaType: string; headers?: Record<string, string> };

// Identity functions: they let each route's schemas infer what its handler is given.

export function readRoute<Query extends z.ZodType, Body extends z.ZodType = z.ZodType>(
  route: Omit<ReadRoute<Query, Body>, 'kind'>,
): Route {
  return { kind: 'read', ...route } as Route;
}

export function writeRoute<Body extends z.ZodType>(route: Omit<WriteRoute<Body>, 'kind'>): Route {
  return { kind: 'write', ...route };
}

/** One that is done together with others of its kind. */
export function writeAllRoute<Body extends z.ZodType>({
  handleAll,
  ...route
}: Omit<WriteRoute<Body>, 'kind' | 'handle'> & Required<Pick<WriteRoute<Body>, 'handleAll'>>): Route {
  return writeRoute({
    ...route,
    handleAll,
    async handle(tx, call) {
      const [outcome] = await handleAll(tx, [call]);
      if (outcome instanceof AppError) throw outcome;
      return outcome as WriteAnswer;
    },
  });
}

export function uploadRoute<Query extends z.ZodType, Format extends string>(
  route: Omit<UploadRoute<Query, Format>, 'kind'>,
): Route {
  return { kind: 'upload', ...route } as Route;
}

export function sessionRoute<Query extends z.ZodType>(route: Omit<SessionRoute<Query>, 'kind'>): Route {
  return { kind: 'session', ...route };
}

export function holderReadRoute<Shape extends z.core.$ZodLooseShape>({
  query,
  ...route
}: Omit<HolderReadRoute<z.ZodObject<Shape, z.core.$strict>>, 'kind'>): Route {
  return { kind: 'holder-read', query: query.extend(holderQuery.shape), ...route } as unknown as Route;
}

export function holderWriteRoute<Body extends z.ZodType>(route: Omit<HolderWriteRoute<Body>, 'kind' | 'query'>): Route {
  return { kind: 'holder-write', query: holderQuery, ...route };
}

export function questionRoute<Body extends z.ZodType>(route: Omit<QuestionRoute<Body>, 'kind'>): Route {
  return { kind: 'question', ...route };
}

export function openRoute(route: Omit<OpenRoute, 'kind'>): Route {
  return { kind: 'open', ...route };
}

export function methodOf(route: Route): 'get' | 'post' {
  return route.kind === 'upload' || bodyOf(route) ? 'post' : 'get';
}

/** Whether it knows officers by their sessions alone, and no key. */
export function isOfficersOnly(route: Route): boolean {
  return 'officersOnly' in route && route.officersOnly === true;
}

/** The shape of the JSON that is sent with it, if any is. */
export function bodyOf(route: Route): z.ZodType | undefined {
  return 'body' in route ? route.body : undefined;
}
