import type { CatalogueType } from '../../catalogue/catalogue.ts';
import { NOTE_COLUMNS } from '../../catalogue/csv-records.ts';
import type { ClaimDefinition, Label } from '../../proof/credential-type.ts';
import { ProofError } from '../../proof/errors.ts';
import { decodeJson, type Json, type JsonObject } from '../../proof/json.ts';
import { AppError, type Problem } from '../app-error.ts';
import { toLetters } from '../column-letters.ts';
import { fromCell } from '../csv.ts';

/*
 * A CSV's columns. One is named by the claim, "licenceNumber", or by its label in any of the three languages; a part of a claim by both and the
 * part, "licenseeName.en", "持牌人姓名.zh-Hant". Cells are text as it is; lists and tables are JSON in the cell; an empty cell is no value. Of an
 * apostrophe that keeps a cell from being a formula nothing is left (csv.ts).
 */

/** Where a cell goes in the request, as a JSON pointer, and how it is read. */
export interface Column {
  pointer: string;
  path: readonly string[];
  claim: ClaimDefinition | null;
}

const LANGUAGES = ['en', 'zh-Hant', 'zh-Hans'] as const;
/** Claims of these types have a column for each part; any other has one. */
const PARTS: Partial<Record<ClaimDefinition['type'], readonly string[]>> = {
  bilingualText: ['en', 'zh-Hant'],
  bilingualAddress: ['en', 'zh-Hant'],
  quantity: ['amount', 'unit'],
  money: ['amount', 'currency'],
};
const DATES = ['issued', 'validFrom', 'validUntil'] as const;
/** Of types that may have a parent alone. */
const PARENT = ['parent'] as const;
const OTHERS = [
  ['holder', 'email'],
  ['holder', 'subject'],
  ['holder', 'company'],
  ['holder', 'language'],
  ['holderKey'],
] as const;

/** No part of a template. */
const NOTES: readonly Known[] = Object.values(NOTE_COLUMNS).map(({ name, label }) =>
  toKnown(name.split('.'), [name, ...labelsOf(label)], null),
);

/** Of a column that is not imported. */
export function isNote({ path }: Column): boolean {
  return path[0] === 'note';
}

interface Known {
  column: Column;
  /** The first is the one that templates have. */
  names: readonly string[];
}

type Type = Pick<CatalogueType, 'definition' | 'lifecycle'>;

function knownColumns({ definition: type, lifecycle }: Type): Known[] {
  const claims = type.claims.flatMap((claim): Known[] => {
    const parts = PARTS[claim.type];
    const names = [claim.name, ...labelsOf(claim.label)];
    const whole = toKnown(['claims', claim.name], names, claim);
    if (!parts) return [whole];
    return parts.map((part) =>
      toKnown(
        ['claims', claim.name, part],
        names.map((name) => `${name}.${part}`),
        claim,
      ),
    );
  });
  const dates = DATES.map((date) => toKnown(['validity', date], [date, ...labelsOf(type.dates[date])], null));
  const others = lifecycle.parent === null ? OTHERS : [PARENT, ...OTHERS];
  return [...claims, ...dates, ...others.map((path) => toKnown(path, [path.join('.')], null))];
}

function labelsOf(label: Label | undefined): string[] {
  return label ? LANGUAGES.map((language) => label[language]) : [];
}

function toKnown(path: readonly string[], names: readonly string[], claim: ClaimDefinition | null): Known {
  return { column: { path, pointer: path.map((step) => `/${step}`).join(''), claim }, names };
}

/** The names of all columns of a type: by claim, or by label where a language is asked for. */
export function columnNames(type: Type, language?: (typeof LANGUAGES)[number]): string[] {
  const at = language === undefined ? 0 : 1 + LANGUAGES.indexOf(language);
  return knownColumns(type).map(({ names }) => names[at] ?? (names[0] as string));
}

/** The pointers of the columns that {@link columnNames} lists, in the same order. */
export function columnsOf(type: Type): Column[] {
  return knownColumns(type).map(({ column }) => column);
}

/** @throws AppError IMPORT_HEADER_INVALID, naming every column that is wrong by its place: a file without a first line of names has values there */
export function readHeader(type: Type, cells: readonly string[]): Column[] {
  const known = knownColumns(type);
  const byName = new Map<string, Known[]>();
  for (const one of [...known, ...NOTES])
    for (const name of new Set(one.names.map(normalise))) byName.set(name, [...(byName.get(name) ?? []), one]);
  const problems: Problem[] = [];
  const found = cells.map((cell, i) => {
    const candidates = byName.get(normalise(cell)) ?? [];
    if (candidates.length !== 1) problems.push(refuseColumn(i, candidates.length > 1 ? candidates : known));
    return candidates.length === 1 ? (candidates[0] as Known) : null;
  });
  problems.push(...findTwice(found), ...findMissing(type, known, found));
  if (problems.length > 0)
    throw new AppError('IMPORT_HEADER_INVALID', 'the first line must name columns of the type', { problems });
  return found.map((one) => (one as Known).column);
}

function normalise(name: string): string {
  return name.normalize('NFC').trim().toLowerCase();
}

function refuseColumn(at: number, candidates: readonly Known[]): Problem {
  const names = candidates.map(({ names }) => `"${names[0]}"`).join(', ');
  return toProblem(at, `is none that the type has, or more than one: name it one of ${names}`);
}

function toProblem(at: number, rule: string): Problem {
  return { pointer: `/columns/${at}`, code: 'COLUMN_INVALID', message: `column ${toLetters(at)} ${rule}` };
}

function findTwice(found: readonly (Known | null)[]): Problem[] {
  return found.flatMap((one, i) =>
    one && found.indexOf(one) < i
      ? [toProblem(i, `says the same as column ${toLetters(found.indexOf(one))}: remove one of them`)]
      : [],
  );
}

function findMissing({ definition }: Type, known: readonly Known[], found: readonly (Known | null)[]): Problem[] {
  const has = (pointer: string) => found.some((one) => one?.column.pointer.startsWith(pointer));
  const needed = [
    '/validity/validFrom',
    ...definition.claims.filter((claim) => claim.required).map((claim) => `/claims/${claim.name}`),
  ];
  return needed
    .filter((pointer) => !has(pointer))
    .map((pointer) => {
      const names = known
        .filter(({ column }) => column.pointer === pointer || column.pointer.startsWith(`${pointer}/`))
        .map(({ names }) => `"${names[0]}"`);
      return { pointer: '/columns', code: 'COLUMN_MISSING', message: `the column ${names.join(' or ')} is required` };
    });
}

/** A row as it would be sent to issue one credential, and what cannot be read of it. */
export function toRequest(
  columns: readonly Column[],
  cells: readonly string[],
): { row: JsonObject; problems: Problem[] } {
  const row: Record<string, Json> = { claims: {}, validity: {} };
  const problems: Problem[] = [];
  if (cells.length > columns.length)
    problems.push({
      pointer: '',
      code: 'CELLS_TOO_MANY',
      message: `the row has ${cells.length} cells, the first line ${columns.length}: put a cell with a comma in quotation marks`,
    });
  for (const [i, column] of columns.entries()) {
    const cell = fromCell(cells[i] ?? '');
    if (cell === '' || isNote(column)) continue;
    const value = readCell(column, cell);
    if (value === undefined) problems.push(refuseCell(column));
    else put(row, column.path, value);
  }
  return { row, problems };
}

// Paths are the type's own, and no claim is called "__proto__": their names start with a letter.
function put(row: Record<string, Json>, path: readonly string[], value: Json): void {
  let at = row;
  for (const step of path.slice(0, -1)) {
    if (!Object.hasOwn(at, step)) at[step] = {};
    at = at[step] as Record<string, Json>;
  }
  at[path.at(-1) as string] = value;
}

/** Undefined where the cell is not what its column has. */
function readCell({ claim, path }: Column, cell: string): Json | undefined {
  if (!claim || path.length > 2) return cell;
  switch (claim.type) {
    case 'identifier':
    case 'text':
    case 'date':
      return cell;
    case 'enum':
      return readOption(claim, cell);
    case 'integer':
      return /^-?\d{1,15}$/.test(cell) ? Number(cell) : undefined;
    case 'boolean':
      return /^(?:true|false)$/i.test(cell) ? cell.toLowerCase() === 'true' : undefined;
    default:
      return readJson(cell);
  }
}

/** An option's code, or its label in any language. */
function readOption({ options = [] }: ClaimDefinition, cell: string): string {
  const labelled = options.filter(({ label }) => labelsOf(label).includes(cell));
  return options.some(({ code }) => code === cell) || labelled.length !== 1 ? cell : (labelled[0]?.code as string);
}

function readJson(cell: string): Json | undefined {
  try {
    return decodeJson(cell);
  } catch (error) {
    if (error instanceof ProofError) return undefined;
    throw error;
  }
}

const FORMS: Partial<Record<ClaimDefinition['type'], string>> = {
  integer: 'a whole number in digits alone',
  boolean: 'true or false',
};

function refuseCell({ pointer, claim }: Column): Problem {
  const form = FORMS[claim?.type ?? 'text'] ?? 'JSON, in the form that the template shows';
  return { pointer, code: 'CLAIM_INVALID', message: `"${claim?.name}" must be ${form}` };
}
