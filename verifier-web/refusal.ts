import type { Language } from '../ui/language.ts';
import type { Reader } from './reader.ts';
import type { Passage } from './words/dictionary.ts';

/** Why there is nothing to judge. Each has its own words and a next step; none of them is a verdict. */
export const REFUSAL_CODES = [
  'QR_OTHER_HOST',
  'QR_NOT_EPROOF',
  'JSON_NOT_EPROOF',
  'FILE_KIND',
  'FILE_TOO_LARGE',
  'FILE_UNREADABLE',
  'IMAGE_WITHOUT_CODE',
  'CAMERA_DENIED',
  'CAMERA_ABSENT',
  'CAMERA_BUSY',
  'CAMERA_UNSUPPORTED',
  'DECODER_UNAVAILABLE',
  'SCRIPT_UNAVAILABLE',
  'LOOK_UP_UNAVAILABLE',
  'LOOK_UP_LIMITED',
  'PAGE_FAILED',
] as const;
/** Those that a PDF alone can meet: their words come with its reader (pdf/words.ts). */
export const PDF_REFUSAL_CODES = [
  'PDF_WITHOUT_PROOF',
  'PDF_ENCRYPTED',
  'PDF_BROKEN',
  'PDF_PAGES_LEFT',
  'PDF_SLOW',
  'PDF_SEVERAL',
] as const;
export type PdfRefusalCode = (typeof PDF_REFUSAL_CODES)[number];
export type PageRefusalCode = (typeof REFUSAL_CODES)[number];
export type RefusalCode = PageRefusalCode | PdfRefusalCode;

export class Refusal extends Error {
  readonly code: RefusalCode;
  /** Where a code of somebody else leads to. */
  readonly host: string;
  /** Where the page's own dictionary has none for it. */
  declare readonly words?: RefusalWords;
  /** Of a PDF, where one of several is meant. */
  declare readonly page?: number;

  constructor(code: RefusalCode, host = '') {
    super(code);
    this.name = 'Refusal';
    this.code = code;
    this.host = host;
  }
}

/** By its name: a script that is loaded later has a class of its own. */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && error.name === 'Refusal';
}

type RefusalWords = Record<Language, Passage>;

export function wordsOf({ code, words }: { code: RefusalCode; words?: RefusalWords }, reader: Reader): Passage {
  return words?.[reader.language] ?? reader.words.refusal[code as PageRefusalCode];
}
