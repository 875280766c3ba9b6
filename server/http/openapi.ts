import { z } from 'zod';
import type { Json, JsonObject } from '../../proof/json.ts';
import { ACTS } from '../auth/policy.ts';
import { GROUPS, groupOf } from './groups.ts';
import { problem } from './problem.ts';
import { bodyOf, isOfficersOnly, methodOf, openRoute, type Route, type UploadRoute } from './route.ts';
import { CSRF_HEADER } from './session-request.ts';
import { PROBLEMS, type ProblemCode } from './statuses.ts';

const VERSION = '1.0.0';
const DESCRIPTION = [
  'A department issues licences and certificates; anybody verifies them against the chain.',
  'Every write takes an `Idempotency-Key`: send the same request again with the same key and it is done once. Look-ups for everybody and previews are a POST that changes nothing, and take none.',
  'Problems are RFC 9457 `application/problem+json`; `code` never changes, `type` leads to its explanation.',
].join('\n\n');

/** What every route of a kind can answer with. */
const COMMON: Record<Route['kind'], readonly ProblemCode[]> = {
  open: [],
  question: ['RATE_LIMITED'],
  read: [
    'API_KEY_MISSING',
    'API_KEY_INVALID',
    'API_KEY_EXPIRED',
    'API_KEY_MODE',
    'ACCESS_TOKEN_INVALID',
    'SIGN_IN_REQUIRED',
    'RATE_LIMITED',
    'QUERY_INVALID',
  ],
  session: ['SIGN_IN_REQUIRED', 'RATE_LIMITED', 'QUERY_INVALID'],
  'holder-read': ['SIGN_IN_REQUIRED', 'RATE_LIMITED', 'QUERY_INVALID', 'FORBIDDEN', 'DELEGATION_ENDED'],
  'holder-write': [
    'SIGN_IN_REQUIRED',
    'RATE_LIMITED',
    'QUERY_INVALID',
    'FORBIDDEN',
    'DELEGATION_ENDED',
    'CSRF_REFUSED',
    'IDEMPOTENCY_KEY_MISSING',
    'IDEMPOTENCY_KEY_INVALID',
    'IDEMPOTENCY_KEY_REUSED',
  ],
  upload: [
    'API_KEY_MISSING',
    'API_KEY_INVALID',
    'API_KEY_EXPIRED',
    'API_KEY_MODE',
    'ACCESS_TOKEN_INVALID',
    'SIGN_IN_REQUIRED',
    'RATE_LIMITED',
    'CSRF_REFUSED',
    'QUERY_INVALID',
    'IDEMPOTENCY_KEY_MISSING',
    'IDEMPOTENCY_KEY_INVALID',
    'IDEMPOTENCY_KEY_REUSED',
    'IDEMPOTENCY_CONFLICT',
    'CONTENT_TYPE_UNSUPPORTED',
    'UPLOAD_HEADER_INVALID',
    'BODY_INCOMPLETE',
    'BODY_TOO_SLOW',
  ],
  write: [
    'API_KEY_MISSING',
    'API_KEY_INVALID',
    'API_KEY_EXPIRED',
    'API_KEY_MODE',
    'ACCESS_TOKEN_INVALID',
    'SIGN_IN_REQUIRED',
    'RATE_LIMITED',
    'CSRF_REFUSED',
    'IDEMPOTENCY_KEY_MISSING',
    'IDEMPOTENCY_KEY_INVALID',
    'IDEMPOTENCY_KEY_REUSED',
    'IDEMPOTENCY_CONFLICT',
  ],
};

/** What every route that takes JSON can answer with, beside those. */
const OF_BODY: readonly ProblemCode[] = [
  'CONTENT_TYPE_UNSUPPORTED',
  'BODY_TOO_LARGE',
  'BODY_INCOMPLETE',
  'BODY_TOO_SLOW',
  'JSON_INVALID',
  'JSON_TOO_DEEP',
  'VALIDATION_FAILED',
];

const SECURITY: Record<Exclude<Route['kind'], 'open' | 'question'>, JsonObject[]> = {
  read: [{ apiKey: [] }, { oauth: [] }, { session: [] }],
  session: [{ session: [] }],
  'holder-read': [{ session: [] }],
  'holder-write': [{ session: [] }],
  upload: [{ apiKey: [] }, { oauth: [] }, { session: [] }],
  write: [{ apiKey: [] }, { oauth: [] }, { session: [] }],
};

/** What only who comes with a key is told. */
const OF_KEYS: readonly ProblemCode[] = [
  'API_KEY_MISSING',
  'API_KEY_INVALID',
  'API_KEY_EXPIRED',
  'API_KEY_MODE',
  'ACCESS_TOKEN_INVALID',
];

function securityOf(route: Route): { security?: JsonObject[] } {
  if (route.kind === 'open' || route.kind === 'question') return {};
  return { security: isOfficersOnly(route) ? SECURITY.session : SECURITY[route.kind] };
}

function commonOf(route: Route): readonly ProblemCode[] {
  const common = COMMON[route.kind];
  return isOfficersOnly(route) ? common.filter((code) => !OF_KEYS.includes(code)) : common;
}

/** The API's description in OpenAPI 3.1, made of what the routes are made of. */
export function openapiRoute(routes: readonly Route[]): Route {
  const route = openRoute({
    path: '/openapi.json',
    name: 'openapi',
    summary: 'This description',
    answer: { status: 200, description: 'OpenAPI 3.1' },
    problems: [],
    handle: () => ({ status: 200, body: description }),
  });
  const description = toOpenApi([...routes, route]);
  return route;
}

export function toOpenApi(routes: readonly Route[]): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of routes) {
    const path = route.path.replace(':id', '{id}');
    paths[path] = { ...paths[path], [methodOf(route)]: toOperation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'e-Proof', version: VERSION, description: DESCRIPTION },
    servers: [{ url: '/' }],
    tags: GROUPS.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key of the department: ep_test_…' },
        oauth: {
          type: 'oauth2',
          description: 'The client is an API key: client_id is its id, client_secret the key itself',
          flows: {
            clientCredentials: { tokenUrl: '/oauth/token', scopes: Object.fromEntries(ACTS.map((act) => [act, ''])) },
          },
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-eproof-session',
          description:
            'A person who signed in at /auth/login; "eproof-session" where the service is reached by plain http',
        },
      },
      schemas: toSchemas(),
    },
  };
}

function toOperation(route: Route): JsonObject {
  const body = bodyOf(route);
  return {
    operationId: route.name,
    summary: route.summary,
    tags: [groupOf(route).name],
    ...securityOf(route),
    parameters: toParameters(route),
    ...(body ? { requestBody: { required: true, content: { 'application/json': { schema: toSchema(body) } } } } : {}),
    ...(route.kind === 'upload' ? { requestBody: { required: true, content: toUploadContent(route) } } : {}),
    responses: { [route.answer.status]: toAnswer(route), ...toProblems(route) },
  };
}

function toParameters(route: Route): JsonObject[] {
  const parameters: JsonObject[] = [];
  if (route.path.includes(':id'))
    parameters.push({ name: 'id', in: 'path', required: true, schema: { type: 'string' } });
  const isWriting = ['write', 'upload', 'holder-write'].includes(route.kind);
  const isAsking = route.kind === 'read' && bodyOf(route) !== undefined;
  if (isWriting)
    parameters.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: true,
      schema: { type: 'string', minLength: 1, maxLength: 255 },
      description: 'Yours, one for each thing that you want done; answers are kept for 24 hours',
    });
  if (isWriting || isAsking)
    parameters.push({
      name: CSRF_HEADER,
      in: 'header',
      required: false,
      schema: { type: 'string' },
      description: 'With a session, not with a key: "csrfToken" of GET /v1/session',
    });
  if ('query' in route) parameters.push(...toQueryParameters(toSchema(route.query)));
  if (route.kind === 'upload')
    for (const [name, schema] of Object.entries(UPLOAD_HEADERS)) parameters.push({ name, in: 'header', schema });
  return parameters;
}

function toQueryParameters({ properties = {}, required = [] }: JsonObject): JsonObject[] {
  return Object.entries(properties as Record<string, JsonObject>).map(([name, schema]) => ({
    name,
    in: 'query',
    ...((required as readonly Json[]).includes(name) ? { required: true } : {}),
    schema,
  }));
}

const UPLOAD_HEADERS = {
  'Upload-Offset': { type: 'integer', minimum: 0, default: 0, description: 'Where in the file the body starts' },
  'Upload-Complete': {
    type: 'string',
    enum: ['?1', '?0'],
    default: '?1',
    description: '?0 where more of the file will follow',
  },
};

function toUploadContent({ mediaTypes }: UploadRoute): JsonObject {
  return Object.fromEntries(Object.values(mediaTypes).map((mediaType) => [mediaType, { schema: { type: 'string' } }]));
}

function toAnswer({ answer: { description, mediaType, schema }, kind }: Route): JsonObject {
  const content = { [mediaType ?? 'application/json']: { schema: schema ? toSchema(schema) : {} } };
  return {
    description,
    ...(kind === 'write' ? { headers: { Location: { schema: { type: 'string' } } } } : {}),
    content,
  };
}

function toProblems(route: Route): Record<string, JsonObject> {
  const ofBody = bodyOf(route) ? OF_BODY : [];
  const codes = [...new Set([...commonOf(route), ...ofBody, ...route.problems])];
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))].sort((a, b) => a - b);
  const content = { 'application/problem+json': { schema: toSchema(problem) } };
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: codes.filter((code) => PROBLEMS[code].status === status).join(', '), content },
    ]),
  );
}

/** A reference where the schema has a name. */
function toSchema(schema: z.ZodType): JsonObject {
  const id = z.globalRegistry.get(schema)?.id;
  if (id !== undefined) return { $ref: toUri(id) };
  return tidy(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }));
}

/** Every schema that has a name, once. */
function toSchemas(): JsonObject {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { io: 'input', unrepresentable: 'any', uri: toUri });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, tidy(schema)]));
}

function toUri(id: string): string {
  return `#/components/schemas/${id}`;
}

function tidy({ $schema, $id, ...rest }: object & { $schema?: unknown; $id?: unknown; id?: unknown }): JsonObject {
  delete rest.id;
  return rest as JsonObject;
}
