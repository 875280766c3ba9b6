/** Why a document cannot be drawn. Codes are never renamed and never reused. */
export type RenderErrorCode =
  | 'CHARACTER_NOT_AVAILABLE'
  | 'IMAGE_NOT_SUPPLIED'
  | 'IMAGE_NOT_THE_SAME'
  | 'IMAGE_NOT_SUPPORTED'
  | 'TABLE_TOO_WIDE'
  | 'QR_TEXT_INVALID'
  | 'QR_TEXT_TOO_LONG';

/** The message names the field and the rule; of a claim it repeats one character at most. */
export class RenderError extends Error {
  readonly code: RenderErrorCode;

  constructor(code: RenderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RenderError';
    this.code = code;
  }
}
