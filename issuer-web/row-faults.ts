import type { CredentialTypeDetail, ImportError } from '../client/api.ts';
import type { ClaimDefinition } from '../proof/credential-type.ts';
import { fill } from '../ui/phrase.ts';
import { type Shape, shapeOf } from './claim-shape.ts';
import { claimsOf } from './draft-content-view.ts';
import { faultText } from './fault-view.ts';
import type { Reader } from './reader.ts';

/** What may be wrong with a row of a file, by the service's code. */
export const ROW_FAULTS = [
  'CLAIM_MISSING',
  'FIELD_MISSING',
  'CLAIM_INVALID',
  'FIELD_INVALID',
  'CLAIM_UNKNOWN',
  'FIELD_UNKNOWN',
  'CHARACTER_NOT_AVAILABLE',
  'DATE_INVALID',
  'END_BEFORE_START',
  'END_MISSING',
  'END_NOT_ALLOWED',
  'PERIOD_TOO_LONG',
  'PERIOD_TOO_SHORT',
  'NOT_YEAR_END',
  'NOT_POINT_IN_TIME',
  'AFTER_FOLLOWED_DATE',
  'FOLLOWED_DATE_TO_COME',
  'NOT_END_OF_ITEMS',
  'ITEM_ENDED',
  'CREDENTIAL_NOT_FOUND',
  'PARENT_NOT_ALLOWED',
  'PARENT_ENDED',
  'PARENT_OTHER',
  'AFTER_PARENT',
  'HOLDER_KEY_INVALID',
  'QR_TOO_LARGE',
  'CREDENTIAL_TOO_LARGE',
  'CELLS_TOO_MANY',
  'ROW_TOO_LARGE',
  'TEXT_MALFORMED',
  'JSON_INVALID',
  'TOO_DEEP',
  'DUPLICATE_IN_FILE',
  'ALREADY_ISSUED',
] as const;
type RowFaultCode = (typeof ROW_FAULTS)[number];

/** Those of which forms say nothing, or do not say what to do. */
export const ROW_REMEDIES = [
  'CLAIM_UNKNOWN',
  'FIELD_UNKNOWN',
  'END_NOT_ALLOWED',
  'PERIOD_TOO_LONG',
  'PERIOD_TOO_SHORT',
  'NOT_YEAR_END',
  'NOT_POINT_IN_TIME',
  'AFTER_FOLLOWED_DATE',
  'FOLLOWED_DATE_TO_COME',
  'NOT_END_OF_ITEMS',
  'ITEM_ENDED',
  'CREDENTIAL_NOT_FOUND',
  'PARENT_NOT_ALLOWED',
  'PARENT_ENDED',
  'PARENT_OTHER',
  'AFTER_PARENT',
  'HOLDER_KEY_INVALID',
  'CREDENTIAL_TOO_LARGE',
  'CELLS_TOO_MANY',
  'ROW_TOO_LARGE',
  'TEXT_MALFORMED',
  'JSON_INVALID',
  'TOO_DEEP',
  'DUPLICATE_IN_FILE',
  'ALREADY_ISSUED',
] as const;

/** Of which the service's sentence says no more than our own words do. */
const SAYS_NOTHING_MORE: readonly string[] = [
  ...['CLAIM_MISSING', 'FIELD_MISSING', 'DATE_INVALID', 'END_MISSING', 'END_NOT_ALLOWED', 'END_BEFORE_START'],
  ...['NOT_YEAR_END', 'NOT_POINT_IN_TIME', 'FOLLOWED_DATE_TO_COME', 'CREDENTIAL_NOT_FOUND', 'PARENT_ENDED'],
  ...['TEXT_MALFORMED', 'JSON_INVALID', 'TOO_DEEP', 'DUPLICATE_IN_FILE', 'ALREADY_ISSUED'],
];

export interface RowFault {
  /** What the field is called: in a CSV as the file does. */
  field: string;
  what: string;
  remedy: string;
  /** The service's own sentence, in English, where it has figures or names that our words do not; else null. */
  detail: string | null;
}

/** In the reader's language. */
export function rowFault(error: ImportError, type: CredentialTypeDetail, reader: Reader): RowFault {
  const { code, kind, column, pointer, detail } = error;
  const { words, language } = reader;
  const claim = claimAt(pointer, type);
  const known = ROW_FAULTS.find((each) => each === code);
  return {
    field: column ?? claim?.label[language] ?? (pointer === '' ? words.imports.wholeRow : pointer),
    what: known ? words.imports.fault[known satisfies RowFaultCode] : words.imports.kind[kind],
    remedy: remedyOf(error, claim, reader),
    detail: SAYS_NOTHING_MORE.includes(code) ? null : detail,
  };
}

function remedyOf({ code, kind, pointer }: ImportError, claim: ClaimDefinition | null, reader: Reader): string {
  const { words } = reader;
  const own = ROW_REMEDIES.find((each) => each === code);
  if (own) return words.imports.faultRemedy[own];
  if (kind !== 'malformed' || !ROW_FAULTS.some((each) => each === code)) return words.imports.remedies[kind];
  const isValue = code === 'CLAIM_INVALID' || code === 'FIELD_INVALID';
  if (isValue && claim?.options) return oneOf(claim, reader);
  const shape = pointer.startsWith('/validity/') ? DATE : claim && partOf(shapeOf(claim), pointer);
  if (isValue && shape === null) return words.imports.asTemplate;
  return faultText({ code, pointer, detail: '' }, shape, reader);
}

const DATE: Shape = { kind: 'line', input: 'date' };
/** More of them are read in the template. */
const MOST_OPTIONS = 12;

function oneOf({ options = [] }: ClaimDefinition, { words, language }: Reader): string {
  const labels = options.map(({ label }) => label[language]);
  if (labels.length > MOST_OPTIONS) return words.fault.shape.choice;
  return fill(words.imports.oneOf, { options: new Intl.ListFormat(language, { type: 'disjunction' }).format(labels) });
}

function claimAt(pointer: string, type: CredentialTypeDetail): ClaimDefinition | null {
  const [, group, name] = pointer.split('/');
  return (group === 'claims' && claimsOf(type).find((claim) => claim.name === name)) || null;
}

/** Of a claim in parts, that of the part. */
function partOf(shape: Shape, pointer: string): Shape {
  const name = pointer.split('/')[3];
  if (shape.kind !== 'record') return shape;
  return shape.parts.find(([part]) => part === name)?.[1] ?? shape;
}
