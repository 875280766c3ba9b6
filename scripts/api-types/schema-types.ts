import type { Json, JsonObject } from '../../proof/json.ts';

/** The TypeScript of the JSON Schemas that the API's description is made of. @throws Error where a schema has what no type here says */

const REFERENCE = '#/components/schemas/';

export function toInterface(name: string, schema: JsonObject): string {
  if (schema.type === 'object' && schema.properties !== undefined)
    return `${toComment(schema)}export interface ${name} ${toMembers(schema)}\n`;
  return `${toComment(schema)}export type ${name} = ${toType(schema)};\n`;
}

export function toType(schema: JsonObject): string {
  if (typeof schema.$ref === 'string') return schema.$ref.slice(REFERENCE.length);
  if (schema.const !== undefined) return toLiteral(schema.const);
  if (schema.enum !== undefined) return (schema.enum as Json[]).map(toLiteral).join(' | ');
  const choices = (schema.anyOf ?? schema.oneOf) as JsonObject[] | undefined;
  if (choices) return [...new Set(choices.map(toType))].join(' | ');
  const parts = schema.allOf as JsonObject[] | undefined;
  if (parts) return parts.map(toType).join(' & ');
  if (Array.isArray(schema.type)) return schema.type.map((type) => toType({ ...schema, type })).join(' | ');
  return ofKind(schema);
}

function ofKind(schema: JsonObject): string {
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return `readonly (${toType(schema.items as JsonObject)})[]`;
    case 'object':
      return ofObject(schema);
    case undefined:
      if (Object.keys(schema).every((key) => ANNOTATIONS.includes(key))) return 'Json';
  }
  throw new Error(`no type says what this schema does: ${JSON.stringify(schema)}`);
}

/** What says nothing of the type. */
const ANNOTATIONS = ['description', 'examples', 'default'];

function ofObject(schema: JsonObject): string {
  const more = schema.additionalProperties;
  if (schema.properties !== undefined && Object.keys(schema.properties as JsonObject).length > 0)
    return toMembers(schema);
  if (more === false) return 'Record<string, never>';
  return typeof more === 'object' && more !== null && Object.keys(more).length > 0
    ? `{ readonly [name: string]: ${toType(more as JsonObject)} }`
    : 'JsonObject';
}

/** `{ name: type; … }` with what is said of each. */
export function toMembers({ properties, required = [] }: JsonObject): string {
  const members = Object.entries(properties as Record<string, JsonObject>).map(([name, schema]) => {
    const isRequired = (required as readonly Json[]).includes(name);
    return `${toComment(schema)}${toName(name)}${isRequired ? '' : '?'}: ${toType(schema)}${isRequired ? '' : ' | undefined'};`;
  });
  return `{\n${members.join('\n')}\n}`;
}

export function toComment({ description }: JsonObject): string {
  return typeof description === 'string' ? `/** ${description.replaceAll('*/', '* /')} */\n` : '';
}

function toName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : toLiteral(name);
}

function toLiteral(value: Json): string {
  return typeof value === 'string' ? `'${value.replace(/[\\']/g, '\\$&')}'` : JSON.stringify(value);
}
