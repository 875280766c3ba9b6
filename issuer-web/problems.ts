import type { Reader } from './reader.ts';

/** Refusals of which the next step is known. */
export const PROBLEM_CODES = [
  'SAME_PERSON',
  'CONTENT_CHANGED',
  'DRAFT_STATE',
  'DRAFT_CHANGED',
  'TYPE_VERSION_OPEN',
  'TYPE_VERSION_STATE',
  'IMPORT_STATE',
  'IMPORT_HEADER_INVALID',
  'IMPORT_TOO_LARGE',
  'ISSUER_NOT_READY',
  'ISSUER_HELD',
  'TYPE_NOT_OPEN',
  'QR_TOO_LARGE',
  'CREDENTIAL_TOO_LARGE',
  'APPROVAL_REQUIRED',
  'CREDENTIAL_FAILED',
  'ALREADY_REVOKED',
  'ALREADY_SUSPENDED',
  'NOT_SUSPENDED',
  'ALREADY_SUPERSEDED',
  'VALIDITY_UNCHANGED',
  'NOT_RENEWABLE',
  'RENEWAL_TOO_EARLY',
  'RENEWAL_TOO_LATE',
  'OPERATION_CLOSED',
  'HOLDER_WITHOUT_EMAIL',
  'MAIL_WAITING',
  'NOT_FINAL',
  'OFFICER_EXISTS',
  'OWN_ROLES',
  'LAST_ADMIN',
  'API_KEY_LIMIT',
  'API_KEY_INACTIVE',
  'WEBHOOK_INACTIVE',
  'WEBHOOK_LIMIT',
  'SIGNING_KEY_TAKEN',
  'SIGNING_KEY_ENDED',
  'REGISTRY_REFUSES',
  'REGISTRY_UNAVAILABLE',
  'CREDENTIAL_DISBELIEVED',
  'LOOK_UP_NO_MATCH',
  'SCOPES_EXCEEDED',
  'NOMINATION_EXISTS',
  'NOMINATION_STATE',
  'VIEW_NOT_FOUND',
  'VIEW_CHANGED',
  'VIEW_LIMIT',
  'RULES_CHANGED',
  'OFFICER_CHANGED',
  'WEBHOOK_CHANGED',
] as const;
export type ProblemName = (typeof PROBLEM_CODES)[number];

/** Null for a refusal of which nothing more is known. */
export function problemText(code: string, { words }: Reader): string | null {
  const known = PROBLEM_CODES.find((each) => each === code);
  return known ? words.problem[known] : null;
}
