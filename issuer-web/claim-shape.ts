import type { ClaimDefinition, Label } from '../proof/credential-type.ts';
import { isJsonObject, type Json } from '../proof/json.ts';

/** What stands in the fields of a claim: texts, with the names and in the order that the value has. */
export type Typed = string | Typed[] | TypedRecord;
export interface TypedRecord {
  [name: string]: Typed;
}

/** The parts of claims that have several. */
export const PARTS = [
  'en',
  'zh-Hant',
  'zh-Hans',
  'amount',
  'unit',
  'currency',
  'item',
  'class',
  'validFrom',
  'validUntil',
  'text',
  'date',
  'subject',
  'grade',
  'code',
  'label',
] as const;
export type Part = (typeof PARTS)[number];

/** An instant is a day and a time of it, in Hong Kong; no claim is typed so. */
export type LineInput = 'text' | 'paragraph' | 'decimal' | 'integer' | 'date' | 'instant';

export interface Option {
  code: string;
  label: Label | string;
}

/** Which fields a claim is typed into. */
export type Shape =
  | { kind: 'line'; input: LineInput; maxLength?: number | undefined; blank?: null }
  | { kind: 'choice'; options: readonly Option[] }
  | { kind: 'yes-no' }
  | { kind: 'record'; parts: readonly (readonly [Part, Shape])[] }
  | { kind: 'list'; item: Shape }
  /** A line for each row. */
  | { kind: 'table' }
  | { kind: 'picture' }
  /** Sent by itself, and not with what is typed. No claim is typed so. */
  | { kind: 'file'; accept: string; chosen: File | null; choose(file: File): void }
  /** Boxes to tick, of which each names an option; one alone is "true" or nothing. No claim is typed so. */
  | { kind: 'many'; options: readonly Option[] }
  | { kind: 'tick' };

const DATE = { kind: 'line', input: 'date' } as const satisfies Shape;
const DECIMAL: Shape = { kind: 'line', input: 'decimal' };
/** Longer texts have room for several lines. */
const SHORT_LENGTH = 120;

export function shapeOf({ type, options = [], maxLength }: ClaimDefinition): Shape {
  const text = { kind: 'line', input: 'text', maxLength } as const satisfies Shape;
  const prose: Shape = { kind: 'line', input: (maxLength ?? 0) > SHORT_LENGTH ? 'paragraph' : 'text', maxLength };
  const both = (line: Shape): Shape => ({
    kind: 'record',
    parts: [
      ['en', line],
      ['zh-Hant', line],
    ],
  });
  const listOf = (...parts: [Part, Shape][]): Shape => ({ kind: 'list', item: { kind: 'record', parts } });
  switch (type) {
    case 'identifier':
      return text;
    case 'text':
      return prose;
    case 'bilingualText':
      return both(prose);
    case 'bilingualAddress':
      return both({ ...text, input: 'paragraph' });
    case 'date':
      return DATE;
    case 'integer':
      return { kind: 'line', input: 'integer' };
    case 'boolean':
      return { kind: 'yes-no' };
    case 'enum':
      return { kind: 'choice', options };
    case 'list':
      return { kind: 'list', item: text };
    case 'bilingualList':
    case 'addressList':
      return { kind: 'list', item: both(prose) };
    case 'quantity':
      return {
        kind: 'record',
        parts: [
          ['amount', DECIMAL],
          ['unit', text],
        ],
      };
    case 'money':
      return {
        kind: 'record',
        parts: [
          ['amount', DECIMAL],
          ['currency', text],
        ],
      };
    case 'quantityList':
      return listOf(['item', text], ['amount', DECIMAL], ['unit', text]);
    case 'classList':
      return listOf(['class', text], ['validFrom', DATE], ['validUntil', { ...DATE, blank: null }]);
    case 'endorsementList':
      return listOf(['text', both(prose)], ['date', DATE]);
    case 'gradeList':
      return listOf(['subject', both(text)], ['grade', text]);
    case 'table':
      return { kind: 'table' };
    case 'image':
      return { kind: 'picture' };
  }
}

/** Fields in which nothing was typed yet. */
export function blankOf(shape: Shape): Typed {
  switch (shape.kind) {
    case 'record':
      return Object.fromEntries(shape.parts.map(([name, part]) => [name, blankOf(part)]));
    case 'list':
    case 'many':
      return [];
    case 'picture':
      return {};
    default:
      return '';
  }
}

/** The fields that say a value; of a value of another form, what can be said of it. */
export function toTyped(shape: Shape, json: Json | undefined): Typed {
  if (json === undefined || json === null) return blankOf(shape);
  switch (shape.kind) {
    case 'record': {
      const values = isJsonObject(json) ? json : {};
      return Object.fromEntries(shape.parts.map(([name, part]) => [name, toTyped(part, values[name])]));
    }
    case 'list':
      return Array.isArray(json) ? json.map((item: Json) => toTyped(shape.item, item)) : [];
    case 'table':
      return Array.isArray(json) ? json.map((row) => rowText(row as readonly string[])).join('\n') : '';
    case 'many':
      return Array.isArray(json) ? [...(json as string[])] : [];
    case 'picture':
      return isJsonObject(json) ? ({ ...json } as TypedRecord) : {};
    default:
      return typeof json === 'object' ? JSON.stringify(json) : String(json);
  }
}

/** A cell that has the mark between cells in it stays one cell: such a row is written as spreadsheets copy it. */
function rowText(cells: readonly string[]): string {
  return cells.some((cell) => cell.includes('|')) ? cells.join('\t') : cells.join(' | ');
}

/** The value that the fields say; undefined where nothing was typed. What is wrong stays as it was typed: the service says why. */
export function toJson(shape: Shape, typed: Typed): Json | undefined {
  switch (shape.kind) {
    case 'line':
      return lineJson(shape, (typed as string).trim());
    case 'choice':
      return typed === '' ? undefined : (typed as string);
    case 'yes-no':
    case 'tick':
      return typed === '' ? undefined : typed === 'true';
    case 'record':
      return recordJson(shape.parts, typed as TypedRecord);
    case 'list': {
      const items = (typed as Typed[]).map((item) => toJson(shape.item, item) ?? blankItem(shape.item));
      return items.length === 0 ? undefined : items;
    }
    case 'table': {
      const rows = (typed as string).split(/\r?\n/).filter((line) => line.trim() !== '');
      return rows.length === 0
        ? undefined
        : rows.map((line) => line.split(line.includes('\t') ? '\t' : '|').map((cell) => cell.trim()));
    }
    case 'many':
      return typed as string[];
    case 'picture':
      return Object.keys(typed).length === 0 ? undefined : (typed as unknown as Json);
    case 'file':
      return undefined;
  }
}

function lineJson({ input, blank }: Extract<Shape, { kind: 'line' }>, text: string): Json | undefined {
  if (text === '') return blank;
  if (input === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  return text;
}

function recordJson(parts: Extract<Shape, { kind: 'record' }>['parts'], typed: TypedRecord): Json | undefined {
  const values = parts.flatMap(([name, part]) => {
    const json = toJson(part, typed[name] ?? '');
    return json === undefined ? [] : [[name, json] as const];
  });
  return values.some(([, json]) => json !== null) ? Object.fromEntries(values) : undefined;
}

/** A row that was added and not filled in is refused by the service, and not passed over: it may be one that was forgotten. */
function blankItem(shape: Shape): Json {
  return shape.kind === 'line' ? '' : {};
}

/** Writes into fields. */
export function setTyped(tree: TypedRecord, path: readonly string[], value: Typed): void {
  const [first = '', ...rest] = path;
  if (rest.length === 0) tree[first] = value;
  else setTyped(tree[first] as TypedRecord, rest, value);
}
