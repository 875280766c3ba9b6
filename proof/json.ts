import { ProofError } from './errors.ts';

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Room for a full document with conditions and tables; small enough to parse on any phone. */
export const MOST_JSON_CHARACTERS = 262_144;
const MOST_DEPTH = 16;

export interface JsonRules {
  /** The longest text that is looked at. */
  characters: number;
  /**
   * Whether whole numbers must be safe integers, written as digits alone. `1.0`, `1e0` and `1.00000000000000000001` are one number to a program that
   * reads doubles and three to one that does not.
   */
  plainNumbers: boolean;
}

const JSON_RULES: JsonRules = { characters: MOST_JSON_CHARACTERS, plainNumbers: false };

const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 section 7 bars exactly these from strings
  /[\t\n\r ]*(?:([{}[\]:,])|("[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

/**
 * The value of a JSON text, stricter than `JSON.parse`: bounded in size and depth, and no name twice in one object (two programs
 * would read two different documents). Objects have no prototype, so a name such as `__proto__` is a name like any other.
 * @throws ProofError JSON_INVALID, TOO_LARGE, TOO_DEEP
 */
export function decodeJson(text: string, rules: JsonRules = JSON_RULES): Json {
  if (text.length > rules.characters)
    throw new ProofError('TOO_LARGE', `expected at most ${rules.characters} characters, got ${text.length}`);
  return readPlain(text, rules) ?? readStrictly(text, rules);
}

/**
 * The same value at a quarter of the cost, for a text as `JSON.stringify` writes it, which most programs send: a name that stands twice, a blank and
 * every other way to write a value would not come back the same. Undefined for any other text, whatever is wrong with it.
 */
function readPlain(text: string, rules: JsonRules): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return JSON.stringify(value) === text ? withoutPrototypes(value, rules, MOST_DEPTH) : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where the rules do not allow it. */
function withoutPrototypes(value: Json, rules: JsonRules, depth: number): Json | undefined {
  if (typeof value === 'number') return rules.plainNumbers && !isPlain(value, String(value)) ? undefined : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return undefined;
  const copy: Json[] | Record<string, Json> = Array.isArray(value) ? [] : Object.create(null);
  for (const name of Object.keys(value)) {
    const item = withoutPrototypes((value as JsonObject)[name] as Json, rules, depth - 1);
    if (item === undefined) return undefined;
    (copy as Record<string, Json>)[name] = item;
  }
  return copy;
}

function readStrictly(text: string, rules: JsonRules): Json {
  const reader: Reader = { text: text.startsWith('\ufeff') ? text.slice(1) : text, offset: 0, rules };
  const value = readValue(reader, nextToken(reader), MOST_DEPTH);
  if (!/^[\t\n\r ]*$/.test(reader.text.slice(reader.offset)))
    throw new ProofError('JSON_INVALID', 'text follows the JSON value');
  return value;
}

interface Reader {
  text: string;
  offset: number;
  rules: JsonRules;
}

function nextToken(reader: Reader): string {
  TOKEN.lastIndex = reader.offset;
  const match = TOKEN.exec(reader.text);
  if (!match) throw new ProofError('JSON_INVALID', 'this is not JSON');
  reader.offset = TOKEN.lastIndex;
  return (match[1] ?? match[2] ?? match[3]) as string;
}

function readValue(reader: Reader, token: string, depth: number): Json {
  if (token !== '{' && token !== '[') {
    if (/^[\]}:,]$/.test(token)) throw new ProofError('JSON_INVALID', 'this is not JSON');
    return readScalar(reader, token);
  }
  if (depth === 0) throw new ProofError('TOO_DEEP', 'the JSON is nested too deeply');
  return token === '{' ? readObject(reader, depth - 1) : readArray(reader, depth - 1);
}

function readScalar({ rules }: Reader, token: string): Json {
  const value = JSON.parse(token) as Json;
  if (rules.plainNumbers && typeof value === 'number' && !isPlain(value, token))
    throw new ProofError('JSON_INVALID', 'a number is too large, or whole and not written as digits alone');
  return value;
}

function isPlain(value: number, token: string): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) && String(value) === token : Number.isFinite(value);
}

function readArray(reader: Reader, depth: number): Json[] {
  const items: Json[] = [];
  let token = nextToken(reader);
  if (token === ']') return items;
  for (;;) {
    items.push(readValue(reader, token, depth));
    if (isAtEnd(nextToken(reader), ']')) return items;
    token = nextToken(reader);
  }
}

function readObject(reader: Reader, depth: number): JsonObject {
  const object: Record<string, Json> = Object.create(null);
  let token = nextToken(reader);
  if (token === '}') return object;
  for (;;) {
    if (!token.startsWith('"')) throw new ProofError('JSON_INVALID', 'this is not JSON');
    const name = JSON.parse(token) as string;
    if (name in object)
      throw new ProofError('JSON_INVALID', `the name "${name.slice(0, 40)}" stands twice in one object`);
    if (nextToken(reader) !== ':') throw new ProofError('JSON_INVALID', 'this is not JSON');
    object[name] = readValue(reader, nextToken(reader), depth);
    if (isAtEnd(nextToken(reader), '}')) return object;
    token = nextToken(reader);
  }
}

function isAtEnd(token: string, end: string): boolean {
  if (token === end) return true;
  if (token !== ',') throw new ProofError('JSON_INVALID', 'this is not JSON');
  return false;
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are the same, whatever the order of names in their objects. */
export function isEqualJson(a: Json | undefined, b: Json | undefined): boolean {
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isEqualJson(item, b[i]));
  if (!isJsonObject(a) || !isJsonObject(b)) return Object.is(a, b);
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqualJson(a[name], b[name]))
  );
}
