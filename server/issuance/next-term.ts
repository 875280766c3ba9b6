import { toDate, toHongKongDay } from '../../proof/day.ts';
import { AppError } from '../app-error.ts';
import type { CredentialRow, Db, Tx } from '../store/schema.ts';
import { openChanges } from './change-status.ts';
import { foldChanges } from './intended-status.ts';
import { findNotices } from './last-day.ts';
import { lastDayOf, readAppliedOn, requireInWindow } from './renew.ts';
import type { IssuanceDeps } from './use-cases.ts';

/*
 * A replacement says something better of the same term, or gives the term that follows. Which of both it is, its last day says, whatever it was
 * asked for as: what is valid on a day after the old one's last is a renewal, and may be applied for within the window of its type. What ends no later
 * corrects, at any time. Where the very end was wrong, it is moved (extend.ts).
 */

interface Succession {
  old: CredentialRow;
  /** The type of what takes its place. */
  code: string;
  /** A day number; null for what has no end. */
  validUntil: number | null;
  /** YYYY-MM-DD; today where it is left out. */
  appliedOn: string | undefined;
}

/**
 * The day on which the next term was applied for; null for what gives none. A full licence after a provisional one is none, nor is there a window to
 * ask where the type names none.
 * @throws AppError VALIDATION_FAILED, RENEWAL_TOO_EARLY, RENEWAL_TOO_LATE
 */
export async function requireTerm(
  tx: Db | Tx,
  deps: IssuanceDeps,
  { old, code, validUntil, appliedOn }: Succession,
): Promise<string | null> {
  const day = readAppliedOn(appliedOn, toHongKongDay(deps.now() / 1000));
  const window = deps.findType(old.code)?.lifecycle.renewal;
  if (!window || old.code !== code || old.valid_until === null) return null;
  const status = foldChanges(old, await openChanges(tx, old));
  const notices = await findNotices(tx, [old.issuer_id], 'intended');
  const last = lastDayOf(old.valid_until, { row: old, status, notices });
  if (validUntil !== null && validUntil <= last) return null;
  try {
    requireInWindow(window, { lastDay: toDate(last), appliedOn: day });
  } catch (error) {
    throw error instanceof AppError ? asRenewal(error, toDate(last)) : error;
  }
  return toDate(day);
}

function asRenewal({ code, message }: AppError, last: string): AppError {
  const why = `it ends after ${last}, the last day of what it replaces, and so renews it: ${message}`;
  return new AppError(code, why, {
    problems: [
      { pointer: '/validity/validUntil', code, message: `"validUntil" must be ${last} or earlier: ${message}` },
    ],
  });
}
