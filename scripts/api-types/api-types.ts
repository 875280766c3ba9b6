import type { Json, JsonObject } from '../../proof/json.ts';
import { toComment, toInterface, toMembers, toType } from './schema-types.ts';

/** `client/api.ts`: what the API's description says, for the compiler and for the client. */
export function toApiTypes(description: JsonObject): string {
  const { schemas } = description.components as { schemas: Record<string, JsonObject> };
  const operations = readOperations(description.paths as Record<string, Record<string, JsonObject>>);
  return [
    '// Made of the description of the API by scripts/make-client.ts, which is run again where a route changes.',
    "import type { Json, JsonObject } from '../proof/json.ts';\n",
    ...Object.keys(schemas)
      .sort()
      .map((name) => toInterface(name, schemas[name] as JsonObject)),
    '/** By its name: what an operation is called with, and what it answers. */',
    `export interface Operations {\n${operations.map(toOperationType).join('\n')}\n}\n`,
    '/** How each is sent, and what kind of answer comes. */',
    `export const OPERATIONS = {\n${operations.map(toEntry).join('\n')}\n} as const;\n`,
  ].join('\n');
}

interface Operation {
  name: string;
  summary: string;
  method: string;
  path: string;
  query: JsonObject | null;
  body: JsonObject | null;
  /** Of an upload. */
  mediaTypes: string[];
  answer: JsonObject;
  kind: 'json' | 'file' | 'events' | 'upload';
}

function readOperations(paths: Record<string, Record<string, JsonObject>>): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => readOperation(operation, { method, path })),
  );
}

function readOperation(operation: JsonObject, { method, path }: { method: string; path: string }): Operation {
  const requests = contentOf(operation.requestBody as JsonObject | undefined);
  const answers = contentOf(Object.entries(operation.responses as JsonObject).find(([status]) => status < '300')?.[1]);
  const body = requests['application/json']?.schema as JsonObject | undefined;
  const mediaTypes = Object.keys(requests).filter((mediaType) => mediaType !== 'application/json');
  return {
    name: operation.operationId as string,
    summary: operation.summary as string,
    method: method.toUpperCase(),
    path,
    query: readQuery(operation.parameters as readonly JsonObject[]),
    body: body ?? null,
    mediaTypes,
    answer: (answers['application/json']?.schema as JsonObject | undefined) ?? {},
    kind: mediaTypes.length > 0 ? 'upload' : kindOf(Object.keys(answers)),
  };
}

function contentOf(part: Json | undefined): Record<string, JsonObject> {
  return ((part as JsonObject | undefined)?.content as Record<string, JsonObject> | undefined) ?? {};
}

function kindOf(mediaTypes: string[]): Operation['kind'] {
  if (mediaTypes.includes('text/event-stream')) return 'events';
  return mediaTypes.includes('application/json') ? 'json' : 'file';
}

function readQuery(parameters: readonly JsonObject[]): JsonObject | null {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  if (inQuery.length === 0) return null;
  const properties = Object.fromEntries(inQuery.map(({ name, schema }) => [name as string, schema as JsonObject]));
  const required = inQuery.filter((parameter) => parameter.required === true).map(({ name }) => name as Json);
  return { type: 'object', properties, required };
}

function toOperationType({ name, summary, path, query, body, mediaTypes, answer, kind }: Operation): string {
  const members = [
    path.includes('{id}') ? 'id: string;' : '',
    query ? `query${(query.required as Json[]).length > 0 ? '' : '?'}: ${toMembers(query)};` : '',
    body ? toBody(toType(body)) : '',
    mediaTypes.length > 0 ? `mediaType: ${mediaTypes.map((mediaType) => `'${mediaType}'`).join(' | ')};` : '',
  ].filter((member) => member !== '');
  const call = members.length > 0 ? `{ ${members.join(' ')} }` : 'Record<never, never>';
  return `${toComment({ description: summary })}${name}: { call: ${call}; answer: ${kind === 'json' || kind === 'upload' ? toType(answer) : 'never'} };`;
}

/** What has nothing to say need not be written down. */
function toBody(type: string): string {
  return type === 'Record<string, never>' ? `body?: ${type};` : `body: ${type};`;
}

function toEntry({ name, method, path, kind }: Operation): string {
  return `${name}: { method: '${method}', path: '${path}', kind: '${kind}' },`;
}
