import { toDate } from '../../proof/day.ts';
import type { CredentialRow, StatusChangeRow } from '../store/schema.ts';

/** What a credential's status will be when everything recorded has reached the chain. */
export interface IntendedStatus {
  revoked: boolean;
  /** `until` is the last suspended day in Hong Kong; null: until it is reinstated. */
  suspension: Suspension | null;
  superseded: boolean;
  /** The last valid day as it was moved to; null where the credential's own counts. */
  extendedUntil: number | null;
}

export interface Suspension {
  until: number | null;
}

type Shown = Pick<CredentialRow, 'revoked' | 'suspended' | 'suspended_until' | 'superseded_by_seq' | 'extended_until'>;

type Act = Pick<StatusChangeRow, 'act' | 'until' | 'valid_until'>;

/** What the chain was last seen to say, and then the changes that it does not show yet. */
export function foldChanges(row: Shown, changes: readonly Act[]): IntendedStatus {
  const suspension = row.suspended ? { until: row.suspended_until } : null;
  const { revoked, extended_until: extendedUntil } = row;
  return foldOnto({ revoked, suspension, superseded: row.superseded_by_seq !== null, extendedUntil }, changes);
}

export function foldOnto(before: IntendedStatus, changes: readonly Act[]): IntendedStatus {
  const status = { ...before };
  for (const { act, until, valid_until } of changes) {
    if (act === 'revoke') status.revoked = true;
    else if (act === 'amend') status.superseded = true;
    else if (act === 'extend') status.extendedUntil = valid_until;
    else status.suspension = act === 'suspend' ? { until } : null;
  }
  return status;
}

/** For the record of who changed what. */
export function describeStatus({ revoked, suspension, superseded, extendedUntil }: IntendedStatus) {
  const until = toDateOrNull(suspension?.until ?? null);
  return { revoked, suspended: suspension !== null, until, superseded, extended: toDateOrNull(extendedUntil) };
}

function toDateOrNull(day: number | null): string | null {
  return day === null ? null : toDate(day);
}

/**
 * The suspension as it is on a day: null where its last day has passed. The registry lifts nothing by then, it only stops counting, and so
 * does every verifier; lifting it afterwards changes nothing there.
 */
export function suspensionOn(day: number, suspension: Suspension | null): Suspension | null {
  if (suspension?.until != null && day > suspension.until) return null;
  return suspension;
}
