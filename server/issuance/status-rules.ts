import { AppError } from '../app-error.ts';
import type { CredentialRow, StatusAct } from '../store/schema.ts';
import { type IntendedStatus, suspensionOn } from './intended-status.ts';
import { toDay } from './to-day.ts';

/** What a status key signs for a department; a successor is named by the service when a replacement is final. */
export type AskedAct = Exclude<StatusAct, 'amend' | 'extend'>;

export interface Asked {
  act: AskedAct;
  /** The last suspended day; null for an open suspension and for every other act. */
  until: number | null;
  today: number;
  /** Whether something is to be kept with the change. */
  hasNote: boolean;
}

/** @throws AppError CREDENTIAL_FAILED, CREDENTIAL_ERASED, ALREADY_REVOKED, ALREADY_SUSPENDED, NOT_SUSPENDED, ALREADY_SUPERSEDED */
export function requireAllowed(
  { act, until, today, hasNote }: Asked,
  status: IntendedStatus,
  row: Pick<CredentialRow, 'state' | 'erased_at'>,
): void {
  requireNotFailed(row);
  if (hasNote && row.erased_at !== null)
    throw new AppError('CREDENTIAL_ERASED', '"note" cannot be kept: the credential was erased, and its key with it');
  if (status.revoked) throw new AppError('ALREADY_REVOKED', 'the credential is revoked, which is for ever');
  if (act === 'revoke') return;
  const suspension = suspensionOn(today, status.suspension);
  if (act === 'reinstate') {
    if (!suspension) throw new AppError('NOT_SUSPENDED', 'the credential is not suspended');
    return;
  }
  if (status.superseded) throw new AppError('ALREADY_SUPERSEDED', 'the credential was replaced by a newer one');
  if (suspension?.until === until)
    throw new AppError('ALREADY_SUSPENDED', 'the credential is suspended already, until the same day');
}

export function requireNotFailed(row: Pick<CredentialRow, 'state'>): void {
  if (row.state === 'failed') throw new AppError('CREDENTIAL_FAILED', 'the credential was never issued: it failed');
}

/** @throws AppError VALIDATION_FAILED unless it is a day from today on */
export function readLastDay(date: string | undefined, today: number): number | null {
  if (date === undefined) return null;
  const day = toDay(date);
  if (day !== null && day >= today) return day;
  const message = '"until" must be a day of the calendar as YYYY-MM-DD, not before today in Hong Kong';
  throw new AppError('VALIDATION_FAILED', 'the suspension has no such end', {
    problems: [{ pointer: '/until', code: day === null ? 'DATE_INVALID' : 'DATE_PASSED', message }],
  });
}
