import type { Fault } from '../client/problem.ts';
import { element } from '../ui/element.ts';
import { faultSummaryView } from '../ui/signed-in/fault-summary.ts';
import type { Shape } from './claim-shape.ts';
import type { Reader } from './reader.ts';

/** What is said in words of our own; anything else is said in those of the service. */
export const FAULT_CODES = [
  'CLAIM_MISSING',
  'FIELD_MISSING',
  'CHARACTER_NOT_AVAILABLE',
  'DATE_INVALID',
  'DATE_PASSED',
  'END_BEFORE_START',
  'END_MISSING',
  'PERIOD_TOO_LONG',
  'PERIOD_TOO_SHORT',
  'NOT_YEAR_END',
  'AFTER_FOLLOWED_DATE',
  'FOLLOWED_DATE_TO_COME',
  'ITEM_ENDED',
  'DATE_TO_COME',
  'RENEWAL_TOO_EARLY',
  'RENEWAL_TOO_LATE',
  'PARENT_ENDED',
  'AFTER_PARENT',
  'CREDENTIAL_NOT_FOUND',
  'QR_TOO_LARGE',
  'FILE_MISSING',
  'FILE_FORMAT',
  'FILE_SPREADSHEET',
  'KEY_ADDRESS_INVALID',
  'KEY_BACK_DATED',
  'KEY_END_PASSED',
  'KEY_WINDOW_EMPTY',
  'COMPROMISE_TO_COME',
  'COMPROMISE_NOT_EARLIER',
  'WEBHOOK_URL_REFUSED',
  'TEXT_TOO_LONG',
  'TEXT_UNPRINTABLE',
  'VALUE_UNKNOWN',
  'COUNT_INVALID',
  'CLAIM_NEEDED',
  'NAME_INVALID',
  'NAME_TWICE',
  'OPTIONS_MISSING',
  'NUMBER_MISSING',
  'NOTHING_CHANGED',
  'TYPE_RULE_BROKEN',
  'DEFINITION_UNREADABLE',
  'COMPANY_NUMBER_INVALID',
  'ACCOUNT_DIFFERS',
  'VIEW_EXISTS',
] as const;
type FaultCode = (typeof FAULT_CODES)[number];

export const FAULT_SHAPES = ['text', 'date', 'decimal', 'integer', 'choice', 'list', 'picture', 'file'] as const;
type FaultShape = (typeof FAULT_SHAPES)[number];

/** A JSON pointer into what was typed; "" where the fault names no field. */
export function pointerOf({ pointer = '' }: Fault): string {
  return pointer.replace(/^#/, '');
}

/** Those of a field, or of what is in it. */
export function faultsAt(faults: readonly Fault[], pointer: string, depth: 'here' | 'below' = 'here'): Fault[] {
  return faults.filter((fault) => {
    const at = pointerOf(fault);
    return at === pointer || (depth === 'below' && at.startsWith(`${pointer}/`));
  });
}

/** What is wrong and what would be right. The service's own sentence has the figures. */
export function faultText(fault: Fault, shape: Shape | null, reader: Reader): string {
  const { words } = reader;
  return knownFault(fault.code, reader) ?? (shape ? words.fault.shape[shapeName(shape)] : words.fault.other);
}

/** Null where there are no words of our own. */
export function knownFault(fault: string, { words }: Reader): string | null {
  const known = FAULT_CODES.find((code) => code === fault);
  return known ? words.fault.code[known satisfies FaultCode] : null;
}

function shapeName(shape: Shape): FaultShape {
  switch (shape.kind) {
    case 'line':
      if (shape.input === 'instant') return 'date';
      return shape.input === 'paragraph' ? 'text' : shape.input;
    case 'choice':
    case 'yes-no':
    case 'many':
    case 'tick':
      return 'choice';
    case 'picture':
    case 'file':
      return shape.kind;
    case 'record':
      return 'text';
    default:
      return 'list';
  }
}

const SAYS_NOTHING_MORE: readonly string[] = [
  'CLAIM_MISSING',
  'FIELD_MISSING',
  'END_MISSING',
  'CREDENTIAL_NOT_FOUND',
  'ACCOUNT_DIFFERS',
  'VIEW_EXISTS',
];

/** Beside the field; null where nothing is wrong with it. */
export function faultNote(
  id: string,
  faults: readonly Fault[],
  shape: Shape | null,
  reader: Reader,
): HTMLElement | null {
  if (faults.length === 0) return null;
  return element(
    'div',
    { class: 'fault', id },
    ...faults.flatMap((fault) => [
      element('p', {}, faultText(fault, shape, reader)),
      !SAYS_NOTHING_MORE.includes(fault.code) && element('p', { class: 'hint', lang: 'en' }, fault.detail),
    ]),
  );
}

export interface FaultLine {
  fault: Fault;
  /** What the field is called; null where the fault belongs to none. */
  label: string | null;
  shape: Shape | null;
  /** Of the field. */
  id: string | null;
}

/** All that is wrong, above the form: each leads to its field. */
export function faultSummary(lines: readonly FaultLine[], reader: Reader): HTMLElement | null {
  return faultSummaryView(
    reader.words.fault.heading,
    lines.map(({ fault, label, shape, id }) => ({
      text: faultText(fault, shape, reader),
      field: id === null || label === null ? null : { id, label },
      detail: fault.detail,
    })),
  );
}
