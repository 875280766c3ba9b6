import type { Json, JsonObject } from '../../../proof/json.ts';
import { call, newCredential, type TestService } from './service.ts';

/** One route that takes a JSON body, as the API's own description tells of it. */
export interface WritingRoute {
  /** Whether it takes an Idempotency-Key; a look-up by POST changes nothing and has none. */
  changes: boolean;
  name: string;
  /** With "{id}" filled in. */
  path: string;
  /** The smallest body that has the right shape. */
  body: JsonObject;
  /** Every field that a body may have, its place and its schema. */
  fields: Field[];
}

export interface Field {
  path: readonly (string | number)[];
  schema: JsonObject;
}

/** Where the schema alone does not say what a body needs. */
const BODIES: Readonly<Record<string, () => JsonObject>> = {
  issueCredential: () => newBody(),
  replaceCredential: () => newBody(),
  createDraft: () => newBody(),
  updateDraft: () => newBody(),
  extendCredential: () => ({ pendingRenewal: true }),
  createRequest: () => ({
    ...{ holder: { subject: 'asked' }, type: 'TD-DL', claims: ['holderName'], purpose: 'p', caseNumber: '1' },
    ...{ answerBy: '2026-12-01T00:00:00Z', readUntil: '2026-12-31T00:00:00Z' },
  }),
  prepareSigningKeyTransaction: () => ({ act: 'add', address: `0x${'99'.repeat(20)}`, purpose: 'status' }),
  updateTypeVersion: () => ({ definition: {}, changedAt: '2026-11-01T00:00:00.000Z' }),
  prepareTypeVersion: () => ({ changedAt: '2026-11-01T00:00:00.000Z' }),
  previewStatusChange: () => ({ act: 'revoke', reason: 'ceased', filter: { type: 'FEHD-GRL' } }),
};

function newBody(): JsonObject {
  return { ...newCredential() } as unknown as JsonObject;
}

/** By the first part of a path; what is not among them has the id of nothing. */
type Ids = Readonly<Record<string, string>>;

type Schemas = Readonly<Record<string, JsonObject>>;

/** All that take a JSON body and a key, or nobody's: a new route is among them as soon as it is described. Holders' own have a test of theirs. */
export async function readWritingRoutes(service: Pick<TestService, 'url'>, ids: Ids = {}): Promise<WritingRoute[]> {
  const { json } = await call(service, '/openapi.json');
  const schemas: Schemas = json.components.schemas;
  return Object.entries(json.paths as Record<string, Record<string, JsonObject>>).flatMap(([path, { post }]) => {
    const content = (post?.requestBody as JsonObject | undefined)?.content as JsonObject | undefined;
    const { schema } = (content?.['application/json'] ?? {}) as { schema?: JsonObject };
    const security = (post?.security ?? []) as readonly JsonObject[];
    const isOfKeys = security.length === 0 || security.some((way) => 'apiKey' in way);
    if (!post || !schema || !isOfKeys) return [];
    const name = post.operationId as string;
    const resource = path.split('/')[2] as string;
    const parameters = post.parameters as readonly JsonObject[];
    return {
      changes: parameters.some((parameter) => parameter.name === 'Idempotency-Key'),
      name,
      path: path.replace('{id}', ids[resource] ?? 'none_1'),
      body: BODIES[name]?.() ?? (toSmallest(schema, schemas) as JsonObject),
      fields: toFields(schema, schemas, []),
    };
  });
}

function resolve(schema: JsonObject, schemas: Schemas): JsonObject {
  const choices = (schema.anyOf ?? schema.oneOf) as JsonObject[] | undefined;
  if (choices) return resolve(choices[0] as JsonObject, schemas);
  if (typeof schema.$ref !== 'string') return schema;
  return resolve(schemas[schema.$ref.split('/').at(-1) as string] as JsonObject, schemas);
}

function toSmallest(given: JsonObject, schemas: Schemas): Json {
  const schema = resolve(given, schemas);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return (schema.enum as Json[])[0] as Json;
  switch (schema.type) {
    case 'object': {
      const properties = (schema.properties ?? {}) as Record<string, JsonObject>;
      const required = (schema.required ?? []) as string[];
      return Object.fromEntries(required.map((name) => [name, toSmallest(properties[name] as JsonObject, schemas)]));
    }
    case 'array':
      return [toSmallest(schema.items as JsonObject, schemas)];
    case 'integer':
      return Number(schema.minimum ?? 0);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return toText(schema);
  }
}

function toText({ format, examples, pattern }: JsonObject): string {
  const [example] = (examples ?? []) as string[];
  if (example !== undefined) return example;
  if (format === 'date') return '2026-03-01';
  if (format === 'uri') return 'https://example.com/hook';
  return String(pattern ?? '').includes('64') ? '0'.repeat(64) : 'text';
}

function toFields(given: JsonObject, schemas: Schemas, path: readonly (string | number)[]): Field[] {
  const schema = resolve(given, schemas);
  if (schema.type === 'object')
    return Object.entries((schema.properties ?? {}) as Record<string, JsonObject>).flatMap(([name, inner]) =>
      toFields(inner, schemas, [...path, name]),
    );
  if (schema.type === 'array')
    return [{ path, schema }, ...toFields(schema.items as JsonObject, schemas, [...path, 0])];
  return [{ path, schema }];
}

/** The body with another value at a place, whatever was there. */
export function withValue(body: JsonObject, path: readonly (string | number)[], value: Json): JsonObject {
  const copy = structuredClone(body) as Record<string | number, Json>;
  let at = copy;
  for (const [i, step] of path.slice(0, -1).entries()) {
    const next = at[step];
    const empty: Json = typeof path[i + 1] === 'number' ? [] : {};
    at[step] = typeof next === 'object' && next !== null ? next : empty;
    at = at[step] as unknown as typeof copy;
  }
  at[path.at(-1) as string | number] = value;
  return copy as JsonObject;
}
