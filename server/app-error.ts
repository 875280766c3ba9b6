/** Why the service refuses something. Codes are never renamed and never reused. */
export type AppErrorCode =
  | 'VALIDATION_FAILED'
  | 'TYPE_UNKNOWN'
  | 'TYPE_NOT_YOURS'
  | 'TYPE_NOT_OPEN'
  | 'ISSUER_NOT_READY'
  | 'ISSUER_HELD'
  | 'APPROVAL_REQUIRED'
  | 'DRAFT_NOT_FOUND'
  | 'DRAFT_STATE'
  | 'DRAFT_CHANGED'
  | 'CONTENT_CHANGED'
  | 'QR_TOO_LARGE'
  | 'CREDENTIAL_TOO_LARGE'
  | 'CREDENTIAL_NOT_FOUND'
  | 'CREDENTIAL_FAILED'
  | 'CREDENTIAL_ERASED'
  | 'NOT_FINAL'
  | 'HOLDER_WITHOUT_EMAIL'
  | 'MAIL_WAITING'
  | 'ALREADY_REVOKED'
  | 'ALREADY_SUSPENDED'
  | 'NOT_SUSPENDED'
  | 'ALREADY_SUPERSEDED'
  | 'VALIDITY_UNCHANGED'
  | 'NOT_RENEWABLE'
  | 'RENEWAL_TOO_EARLY'
  | 'RENEWAL_TOO_LATE'
  | 'OPERATION_NOT_FOUND'
  | 'OPERATION_CLOSED'
  | 'NOTICE_NOT_FOUND'
  | 'NOTICE_CLOSED'
  | 'NOTICE_LIMIT'
  | 'SAME_PERSON'
  | 'FORBIDDEN'
  | 'SIGN_IN_REQUIRED'
  | 'SIGN_IN_INVALID'
  | 'SIGN_IN_UNAVAILABLE'
  | 'CSRF_REFUSED'
  | 'DEPARTMENT_AMBIGUOUS'
  | 'OFFICER_UNKNOWN'
  | 'OFFICER_NOT_FOUND'
  | 'OFFICER_EXISTS'
  | 'OWN_ROLES'
  | 'LAST_ADMIN'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_CONFLICT'
  | 'IMPORT_NOT_FOUND'
  | 'IMPORT_STATE'
  | 'ROW_NOT_FOUND'
  | 'REPORT_NOT_FOUND'
  | 'REPORT_ANSWERED'
  | 'REPORT_LIMIT'
  | 'SHARE_NOT_FOUND'
  | 'SHARE_OVER'
  | 'SHARE_LIMIT'
  | 'SHARE_EXPIRY_INVALID'
  | 'DELEGATION_ENDED'
  | 'DELEGATE_NOT_FOUND'
  | 'DELEGATE_EXISTS'
  | 'DELEGATE_LIMIT'
  | 'NOMINATION_NOT_FOUND'
  | 'NOMINATION_EXISTS'
  | 'REQUEST_NOT_FOUND'
  | 'REQUEST_LIMIT'
  | 'REQUEST_CLOSED'
  | 'REQUEST_NOT_READABLE'
  | 'PROOF_NOT_AS_ASKED'
  | 'IMPORT_HEADER_INVALID'
  | 'IMPORT_OFFSET_WRONG'
  | 'IMPORT_TOO_LARGE'
  | 'CURSOR_INVALID'
  | 'WEBHOOK_NOT_FOUND'
  | 'WEBHOOK_URL_REFUSED'
  | 'WEBHOOK_INACTIVE'
  | 'WEBHOOK_LIMIT'
  | 'DELIVERY_NOT_FOUND'
  | 'LOOK_UP_NO_MATCH'
  | 'ACCESS_TOKEN_INVALID'
  | 'API_KEY_EXPIRED'
  | 'API_KEY_MODE'
  | 'API_KEY_NOT_FOUND'
  | 'API_KEY_INACTIVE'
  | 'API_KEY_LIMIT'
  | 'SCOPES_EXCEEDED'
  | 'STORE_NEWER'
  | 'BACKUP_UNUSABLE'
  | 'BACKUP_TARGET_IN_USE'
  | 'STORE_ROLE_UNUSABLE'
  | 'SECRET_MISSING'
  | 'SECRET_DIFFERS'
  | 'DATA_UNREADABLE'
  | 'KEY_UNREADABLE'
  | 'KEY_UNKNOWN'
  | 'SIGNING_REFUSED'
  | 'SIGNER_UNREACHABLE'
  | 'CHAIN_UNREACHABLE'
  | 'CHAIN_REFUSED';

/** One thing that is wrong with what was sent. `pointer` is a JSON pointer into the body; the message never repeats a value. */
export interface Problem {
  pointer: string;
  code: string;
  message: string;
}

/** What the use cases and the jobs throw for reasons that they know. The message never carries a claim, a key or a token. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: AppErrorCode, message: string, more: { problems?: readonly Problem[]; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'AppError';
    this.code = code;
    this.problems = more.problems ?? [];
  }
}
