/** Why there is nothing to judge. Each has its own words and a next step; none of them is a verdict. */
export const REFUSAL_CODES = [
  'QR_OTHER_HOST',
  'QR_NOT_EPROOF',
  'JSON_NOT_EPROOF',
  'FILE_KIND',
  'FILE_TOO_LARGE',
  'FILE_UNREADABLE',
  'PDF_WITHOUT_PROOF',
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
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export class Refusal extends Error {
  readonly code: RefusalCode;
  /** Where a code of somebody else leads to. */
  readonly host: string;

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
