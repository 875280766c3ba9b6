import { decodeHex, toHex } from './bytes.ts';
import { type CborValue, checkText } from './cbor.ts';
import { decodeDate, LAST_DAY, toDate } from './day.ts';
import type { ProofError } from './errors.ts';
import { isJsonObject, type Json } from './json.ts';

/** The kinds of claim that a credential type may have (FORMAT.md section 7). */
export const CLAIM_TYPES = [
  'identifier',
  'text',
  'bilingualText',
  'bilingualAddress',
  'date',
  'integer',
  'boolean',
  'enum',
  'list',
  'bilingualList',
  'addressList',
  'quantity',
  'money',
  'quantityList',
  'classList',
  'endorsementList',
  'table',
  'gradeList',
  'image',
] as const;
export type ClaimType = (typeof CLAIM_TYPES)[number];

/** What the claim's definition adds to its type. */
export interface ClaimRule {
  type: ClaimType;
  /** Option codes of an enum, in the order that their numbers follow. */
  options?: readonly { code: string }[] | undefined;
  /** Characters, of each text of the claim. */
  maxLength?: number | undefined;
}

/** One value in its two forms. `toCbor` and `toJson` refuse the same values, so that whatever decodes could have been issued. */
interface Codec {
  /** @throws ClaimValueError */
  toCbor(json: Json | undefined): CborValue;
  /** @throws ClaimValueError */
  toJson(value: CborValue): Json;
}

/** A value that does not fit its type. `path` is a JSON pointer below the claim, '' for the claim itself. */
export class ClaimValueError extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.name = 'ClaimValueError';
    this.path = path;
  }
}

const DEFAULT_MAX_LENGTH = 1_000;
const MOST_ITEMS = 200;

/** The CBOR of a claim's JSON value. @throws ClaimValueError */
export function encodeClaimValue(rule: ClaimRule, json: Json): CborValue {
  return codecOf(rule).toCbor(json);
}

/** The JSON of a claim's CBOR value. @throws ClaimValueError */
export function decodeClaimValue(rule: ClaimRule, value: CborValue): Json {
  return codecOf(rule).toJson(value);
}

/** A definition is asked for the same codec with every credential. */
const codecs = new WeakMap<ClaimRule, Codec>();

function codecOf(rule: ClaimRule): Codec {
  const known = codecs.get(rule) ?? createCodec(rule);
  codecs.set(rule, known);
  return known;
}

function createCodec(rule: ClaimRule): Codec {
  const text = textCodec(rule.maxLength ?? DEFAULT_MAX_LENGTH);
  const bilingual = bilingualCodec(text);
  switch (rule.type) {
    case 'identifier':
    case 'text':
      return text;
    case 'bilingualText':
    case 'bilingualAddress':
      return bilingual;
    case 'date':
      return date;
    case 'integer':
      return integer;
    case 'boolean':
      return boolean;
    case 'enum':
      return enumCodec((rule.options ?? []).map((option) => option.code));
    case 'list':
      return listCodec(text);
    case 'bilingualList':
    case 'addressList':
      return listCodec(bilingual);
    case 'quantity':
      return recordCodec({ amount: decimal, unit: text });
    case 'money':
      return recordCodec({ amount: decimal, currency: text });
    case 'quantityList':
      return listCodec(recordCodec({ item: text, amount: decimal, unit: text }));
    case 'classList':
      return listCodec(recordCodec({ class: text, validFrom: date, validUntil: nullable(date) }));
    case 'endorsementList':
      return listCodec(recordCodec({ text: bilingual, date }));
    case 'table':
      return listCodec(listCodec(text));
    case 'gradeList':
      return listCodec(recordCodec({ subject: bilingual, grade: text }));
    case 'image':
      return recordCodec({ mediaType: enumText(['image/png', 'image/jpeg']), sha256: hash });
  }
}

/** A JSON pointer (RFC 6901) to a name. What a stranger named is cut: it stands in messages. */
export function pointerTo(name: string): string {
  return `/${name.slice(0, 60).replace(/~/g, '~0').replace(/\//g, '~1')}`;
}

function refuse(message: string, path = ''): never {
  throw new ClaimValueError(path, message);
}

// What is not seen, changes the direction of what follows, or looks different on every device: a name could look like another one.
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each code point stands for itself, invisible marks among them
  /[\u034f\u17b4\u17b5\u180b-\u180f\p{Cc}\p{Co}\p{NChar}\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffd\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}]/u;
const EDGE_SPACE = /^\p{Zs}|\p{Zs}$/u;

function checkPrintable(text: string, maxLength: number): void {
  try {
    checkText(text);
  } catch (error) {
    refuse((error as ProofError).message.replace(/^text /, ''));
  }
  if (text.length === 0 || EDGE_SPACE.test(text)) refuse('must not be empty or start or end with a space');
  if (text.length > maxLength) refuse(`must have at most ${maxLength} characters, got ${text.length}`);
  if (UNPRINTABLE.test(text)) refuse('must not contain control, direction, invisible or private-use characters');
}

function textCodec(maxLength: number): Codec {
  const check = (value: unknown): string => {
    if (typeof value !== 'string') refuse('must be text');
    checkPrintable(value, maxLength);
    return value;
  };
  return { toCbor: check, toJson: check };
}

function enumText(allowed: readonly string[]): Codec {
  const check = (value: unknown): string =>
    allowed.includes(value as string) ? (value as string) : refuse(`must be one of ${allowed.join(', ')}`);
  return { toCbor: check, toJson: check };
}

const decimal: Codec = (() => {
  const check = (value: unknown): string => {
    if (typeof value !== 'string' || !/^(?!-[0.]+$)-?(0|[1-9]\d{0,14})(\.\d{1,6})?$/.test(value))
      refuse('must be a decimal number as text, such as "125.5"');
    return value;
  };
  return { toCbor: check, toJson: check };
})();

const integer: Codec = (() => {
  const check = (value: unknown): number => {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) refuse('must be a whole number');
    return value as number;
  };
  return { toCbor: check, toJson: check };
})();

const boolean: Codec = (() => {
  const check = (value: unknown): boolean => (typeof value === 'boolean' ? value : refuse('must be true or false'));
  return { toCbor: check, toJson: check };
})();

const FIRST_DAY = decodeDate('1900-01-01');

const date: Codec = {
  toCbor(json) {
    if (typeof json !== 'string') refuse('must be a date as YYYY-MM-DD');
    try {
      return decodeDate(json);
    } catch {
      return refuse('must be a date of the calendar as YYYY-MM-DD');
    }
  },
  toJson(value) {
    if (typeof value !== 'number' || value < FIRST_DAY || value > LAST_DAY)
      refuse('must be a day from 1900-01-01 to 9999-12-31');
    return toDate(value);
  },
};

const hash: Codec = {
  toCbor(json) {
    if (typeof json !== 'string' || !/^[0-9a-f]{64}$/.test(json))
      refuse('must be a SHA-256 in 64 lower-case hexadecimal digits');
    return decodeHex(json);
  },
  toJson(value) {
    if (!(value instanceof Uint8Array) || value.length !== 32) refuse('must be 32 bytes');
    return toHex(value);
  },
};

function enumCodec(codes: readonly string[]): Codec {
  return {
    toCbor(json) {
      const index = codes.indexOf(json as string);
      return index >= 0 ? index : refuse(`must be one of ${codes.join(', ')}`);
    },
    toJson(value) {
      return (typeof value === 'number' ? codes[value] : undefined) ?? refuse('must be the number of an option');
    },
  };
}

function nullable(codec: Codec): Codec {
  return {
    toCbor: (json) => (json === null ? null : codec.toCbor(json)),
    toJson: (value) => (value === null ? null : codec.toJson(value)),
  };
}

function below<T>(step: string | number, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ClaimValueError) throw new ClaimValueError(pointerTo(`${step}`) + error.path, error.message);
    throw error;
  }
}

function checkItems(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) refuse('must be a list');
  if (value.length < 1 || value.length > MOST_ITEMS) refuse(`must have 1 to ${MOST_ITEMS} items, got ${value.length}`);
  return value;
}

function listCodec(item: Codec): Codec {
  return {
    toCbor: (json) => checkItems(json).map((value, i) => below(i, () => item.toCbor(value as Json))),
    toJson: (value) => checkItems(value).map((member, i) => below(i, () => item.toJson(member as CborValue))),
  };
}

function checkNames(json: Json | undefined, names: readonly string[]): void {
  if (!isJsonObject(json)) refuse(`must be an object with ${names.map((name) => `"${name}"`).join(', ')}`);
  for (const name of Object.keys(json)) if (!names.includes(name)) refuse('is not known here', pointerTo(name));
}

/** An object with exactly these names, in CBOR an array in this order. */
function recordCodec(fields: Record<string, Codec>): Codec {
  const entries = Object.entries(fields);
  return {
    toCbor(json) {
      checkNames(json, Object.keys(fields));
      return entries.map(([name, codec]) => below(name, () => codec.toCbor((json as Record<string, Json>)[name])));
    },
    toJson(value) {
      if (!Array.isArray(value) || value.length !== entries.length) refuse(`must be an array of ${entries.length}`);
      return Object.fromEntries(entries.map(([name, codec], i) => [name, below(name, () => codec.toJson(value[i]))]));
    },
  };
}

const LANGUAGES = ['en', 'zh-Hant'] as const;

/** English and Traditional Chinese, of which one may be missing: an absent name in JSON, null in CBOR. */
function bilingualCodec(text: Codec): Codec {
  return {
    toCbor(json) {
      checkNames(json, LANGUAGES);
      const values = LANGUAGES.map((language) => {
        const value = (json as Record<string, Json>)[language];
        return value === undefined ? null : below(language, () => text.toCbor(value));
      });
      if (values.every((value) => value === null)) refuse('must have "en" or "zh-Hant"');
      return values;
    },
    toJson(value) {
      if (!Array.isArray(value) || value.length !== LANGUAGES.length) refuse('must be an array of 2');
      const named = LANGUAGES.flatMap((language, i) =>
        value[i] === null ? [] : [[language, below(language, () => text.toJson(value[i]))] as const],
      );
      if (named.length === 0) refuse('must have "en" or "zh-Hant"');
      return Object.fromEntries(named);
    },
  };
}
