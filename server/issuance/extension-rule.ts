import { AppError } from '../app-error.ts';
import type { CredentialRow } from '../store/schema.ts';
import type { IntendedStatus } from './intended-status.ts';
import { requireNotFailed } from './status-rules.ts';

export interface AskedEnd {
  /** LAST_DAY: until further notice. */
  day: number;
  /** Whether something is to be kept with the change. */
  hasNote: boolean;
}

/** @throws AppError CREDENTIAL_FAILED, CREDENTIAL_ERASED, ALREADY_REVOKED, ALREADY_SUPERSEDED, VALIDITY_UNCHANGED */
export function requireExtendable(
  { day, hasNote }: AskedEnd,
  { revoked, superseded, extendedUntil }: IntendedStatus,
  row: Pick<CredentialRow, 'state' | 'erased_at' | 'valid_until'>,
): void {
  requireNotFailed(row);
  if (revoked) throw new AppError('ALREADY_REVOKED', 'the credential is revoked, which is for ever');
  if (superseded) throw new AppError('ALREADY_SUPERSEDED', 'the credential was replaced by a newer one');
  if (day === (extendedUntil ?? row.valid_until))
    throw new AppError('VALIDITY_UNCHANGED', 'the credential ends on that day already');
  if (hasNote && row.erased_at !== null)
    throw new AppError('CREDENTIAL_ERASED', '"note" cannot be kept: the credential was erased, and its key with it');
}
